#pragma once

#include <string>
#include <utility>
#include <vector>

#include "base/problem.hpp"

namespace zhijia::http::oidc {

struct Fetch {
  std::string url;
  std::string form;  ///< application/x-www-form-urlencoded, sent by POST; empty: GET
  std::vector<std::pair<std::string, std::string>> headers = {};
};

/// The body of a 200, fetched by HTTPS from a server whose certificate the system trusts; plain HTTP from this machine
/// only. At most a megabyte within ten seconds, and no redirect is followed. Problems: oidc.provider.
Result<std::string> fetch(const Fetch& what);

/// Whether it is an address that fetch() would go to.
bool is_safe_address(std::string_view url);

}  // namespace zhijia::http::oidc
