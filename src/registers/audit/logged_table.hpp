#pragma once

#include <string>
#include <vector>

#include "registers/audit.hpp"
#include "store/schema.hpp"

/// A versioned table, and how the change log speaks of it.
namespace zhijia::registers {

struct LoggedColumn {
  std::string column;
  std::string logged_as;  ///< the member of the entry's body
  store::Type type = store::Type::text;
  bool is_sealed = false;
  std::string hash_column = {};  ///< of a sealed one: where its fingerprint lies too; empty for none
  bool is_attachment = false;
};

struct LoggedTable {
  std::string name;
  std::vector<LoggedColumn> columns;
};

LoggedTable logged_table(const Register& of);
LoggedTable logged_person();
LoggedTable logged_household();

/// Where the comparison puts what it found.
class Findings {
 public:
  explicit Findings(Audit& audit) : audit_(audit) {}
  void add(std::string_view code, std::string record, std::string field, std::string zh, std::string en);
  Audit& audit() { return audit_; }

 private:
  Audit& audit_;
};

/// Folds the log's entries of each record and compares each version with what they come to.
void compare_table(store::Reader& reader, const LoggedTable& table, const access::Vault& vault,
                   const store::Files& files, Findings& findings);

}  // namespace zhijia::registers
