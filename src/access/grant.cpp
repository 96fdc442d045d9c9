#include <algorithm>

#include "access/users.hpp"

namespace zhijia::access {

std::string_view name_of(Scope scope) {
  constexpr std::string_view names[] = {"own", "own_and_below", "region", "all"};
  return names[static_cast<std::size_t>(scope)];
}

Result<Grant> parse_grant(std::string_view text) {
  const auto at = text.find('@');
  Grant grant{.role = std::string(text.substr(0, at))};
  // The program's own role is nobody's.
  if ((!store::is_name(grant.role) && !grant.role.empty()) || grant.role == "system")
    return fail("user.grant", "角色名称有误：" + grant.role, "This is no role: " + grant.role);
  if (at == std::string_view::npos && !grant.role.empty()) return grant;
  const std::string_view where = at == std::string_view::npos ? std::string_view() : text.substr(at + 1);
  const auto colon = where.find(':');
  const std::string_view kind = where.substr(0, colon);
  if (colon != std::string_view::npos && (kind == "union" || kind == "below")) {
    grant.organisation = parse_id(where.substr(colon + 1));
    grant.scope = kind == "union" ? Scope::own : Scope::own_and_below;
    if (grant.organisation > 0 && !grant.role.empty()) return grant;
  } else if (where.size() == 6 && std::ranges::all_of(where, [](char c) { return c >= '0' && c <= '9'; }) &&
             !grant.role.empty()) {
    grant.scope = Scope::region;
    grant.region = where;
    return grant;
  }
  return fail("user.grant",
              "授权应写作 clerk、clerk@610702、clerk@union:编号 或 clerk@below:编号：" + std::string(text),
              "A grant is written clerk, clerk@610702, clerk@union:ID or clerk@below:ID: " + std::string(text));
}

}  // namespace zhijia::access
