#include "connection.hpp"
namespace zhijia::store {
std::unique_ptr<Connection> open_postgresql(const std::string&, bool) { throw DatabaseError("not yet"); }
}  // namespace zhijia::store
