#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "access/users.hpp"

namespace zhijia::http {

/// A body that was written to the disk as it came. Removed with the last who holds it, unless it was moved away.
struct Upload {
  std::filesystem::path path;
  std::uint64_t bytes = 0;
  Upload() = default;
  Upload(const Upload&) = delete;
  Upload& operator=(const Upload&) = delete;
  ~Upload();
};

/// Takes the next piece of a body that is made while it is sent; false when nobody listens any more.
using Piece = std::function<bool(std::string bytes)>;

/// What was asked, decoded. Names of headers are in lower case.
struct Request {
  std::string method;                                        ///< "GET"; HEAD is answered as GET without the body
  std::vector<std::string> path;                             ///< "/review/2020" → {"review", "2020"}
  std::vector<std::pair<std::string, std::string>> query;    ///< in the order sent
  std::map<std::string, std::string, std::less<>> headers;   ///< repeated ones joined by ", "
  std::map<std::string, std::string, std::less<>> captured;  ///< what stood in the route's {places}
  std::string body;
  std::shared_ptr<const Upload> upload = nullptr;  ///< instead of the body, where the route takes one
  std::string from;                                ///< the peer's address, or the one that a trusted proxy speaks for
  bool is_secure = false;                          ///< whether it came by HTTPS
  /// Who asks; null while there are no accounts, when everything may be read and nothing changed.
  std::shared_ptr<const access::Session> session = nullptr;

  /// The first of that name; empty when there is none.
  std::string_view parameter(std::string_view name) const;
  std::string_view header(std::string_view name) const;
  std::string_view operator[](std::string_view place) const;  ///< a captured {place} of the route
};

struct Response {
  int status = 200;
  std::string type = "application/json";
  std::string body;
  std::vector<std::pair<std::string, std::string>> headers;
  Id asked_by = 0;  ///< the account that asked, for the server's own log; 0: nobody who is known
  /// Makes the body piece by piece instead, on a thread of its own; what it throws ends the connection. What it needs
  /// it must own.
  std::function<void(const Piece& send)> stream = nullptr;
};

}  // namespace zhijia::http
