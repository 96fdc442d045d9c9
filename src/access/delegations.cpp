#include <algorithm>

#include "base/text.hpp"
#include "users_parts.hpp"

namespace zhijia::access {

namespace {

std::vector<std::string> roles_of(std::string_view joined) {
  std::vector<std::string> roles;
  for (const std::string_view role : split(joined, ' '))
    if (!role.empty()) roles.emplace_back(role);
  return roles;
}

bool owns(const User& user, const std::string& role) {
  return role != "admin" && std::ranges::any_of(user.grants, [&](const Grant& grant) {
           return grant.role == role && grant.deputed_by == 0;
         });
}

}  // namespace

std::vector<Grant> deputed_grants(store::Reader& reader, Id user, Date day) {
  struct Given {
    Id by;
    std::vector<std::string> roles;
  };
  std::vector<Given> given;
  {
    auto rows = reader.query(
        "SELECT d.from_user, d.roles FROM user_delegation d JOIN user_account a ON a.id = d.from_user WHERE d.to_user "
        "= ?1 "
        "AND d.begins_on <= ?2 AND d.ends_on >= ?2 AND a.disabled = 0 ORDER BY d.id",
        user, to_string(day));
    while (rows.next()) given.push_back({rows.integer(0), roles_of(rows.text(1))});
  }
  std::vector<Grant> grants;
  for (const auto& [by, roles] : given)
    for (Grant& grant : grants_of(reader, by)) {  // as they are today: what was taken from him is not his to give
      if (std::ranges::find(roles, grant.role) == roles.end()) continue;
      grant.deputed_by = by;
      grants.push_back(std::move(grant));
    }
  return grants;
}

Result<Delegation> Users::delegate(const User& user, const std::string& to, const std::vector<std::string>& roles,
                                   Date begins_on, Date ends_on) {
  const Date today = parts_->clock.today();
  if (ends_on < begins_on || ends_on < today || days_between(begins_on, ends_on) >= delegation_days_max.count())
    return fail("delegation.days", "委托期限有误：结束不能早于开始或今天，最长一年。",
                "The days are wrong: the end is not before the beginning or today, and a year at most.");
  if (roles.empty() || !std::ranges::all_of(roles, [&](const std::string& role) { return owns(user, role); }))
    return fail("delegation.roles", "只能委托自己的角色（系统管理员除外）。",
                "Only roles of your own can be given, and never “admin”.");
  return parts_->store.write([&](store::Transaction& transaction) -> Result<Delegation> {
    Delegation delegation{.id = parts_->ids.next(),
                          .from = user.id,
                          .to = 0,
                          .from_name = user.name,
                          .to_name = to,
                          .roles = roles,
                          .begins_on = begins_on,
                          .ends_on = ends_on};
    {
      auto found = transaction.query("SELECT id FROM user_account WHERE name = ? AND disabled = 0", to);
      if (found.next()) delegation.to = found.integer(0);
    }
    if (delegation.to == 0 || delegation.to == user.id)
      return fail("delegation.to", "没有可受托的账号“" + to + "”。",
                  "There is no account “" + to + "” to give them to.");
    std::string joined;
    for (const std::string& role : roles) joined += (joined.empty() ? "" : " ") + role;
    transaction.execute(
        store::insert_sql("user_delegation", {"id", "from_user", "to_user", "roles", "begins_on", "ends_on"}),
        delegation.id, user.id, delegation.to, joined, to_string(begins_on), to_string(ends_on));
    note_change(transaction, std::to_string(user.id), "delegation", "delegate", user.id,
                "{\"to\":\"" + std::to_string(delegation.to) + "\",\"roles\":\"" + joined + "\"}");
    parts_->forget();
    return delegation;
  });
}

std::vector<Delegation> Users::delegations_of(const User& user) const {
  return parts_->store.read([&](store::Reader& reader) {
    std::vector<Delegation> all;
    auto rows = reader.query(
        "SELECT d.id, d.from_user, d.to_user, f.name, t.name, d.roles, d.begins_on, d.ends_on FROM user_delegation d "
        "JOIN "
        "user_account f ON f.id = d.from_user JOIN user_account t ON t.id = d.to_user WHERE (d.from_user = ?1 OR "
        "d.to_user "
        "= ?1) AND d.ends_on >= ?2 ORDER BY d.id",
        user.id, to_string(parts_->clock.today()));
    while (rows.next())
      all.push_back({.id = rows.integer(0),
                     .from = rows.integer(1),
                     .to = rows.integer(2),
                     .from_name = std::string(rows.text(3)),
                     .to_name = std::string(rows.text(4)),
                     .roles = roles_of(rows.text(5)),
                     .begins_on = date_from_iso(rows.text(6)),
                     .ends_on = date_from_iso(rows.text(7))});
    return all;
  });
}

Result<void> Users::end_delegation(const User& user, Id delegation) {
  return parts_->store.write([&](store::Transaction& transaction) -> Result<void> {
    if (transaction.execute("DELETE FROM user_delegation WHERE id = ? AND from_user = ?", delegation, user.id) == 0)
      return fail("delegation.not_found", "没有这项委托。", "There is no such delegation.");
    note_change(transaction, std::to_string(user.id), "delegation", "end_delegation", user.id);
    parts_->forget();
    return {};
  });
}

}  // namespace zhijia::access
