#include "api/api.hpp"

#include <algorithm>

#include "answers.hpp"
#include "api/body.hpp"
#include "asked.hpp"

namespace zhijia::http {

namespace json = boost::json;

namespace {

json::object described(const access::User& user) {
  return {{"id", std::to_string(user.id)},      {"name", user.name},         {"title", user.title},
          {"grants", grants_json(user.grants)}, {"has_totp", user.has_totp}, {"is_disabled", user.is_disabled}};
}

json::object described(const access::Token& token) {
  json::array registers;
  for (const std::string& name : token.scope.registers) registers.emplace_back(name);
  return {{"id", std::to_string(token.id)},      {"name", token.name},
          {"registers", std::move(registers)},   {"reads_only", token.scope.reads_only},
          {"made_at", to_string(token.made_at)}, {"ends_at", to_string(token.ends_at)}};
}

bool is_admin(const access::User& user) {
  return std::ranges::any_of(user.grants, [](const access::Grant& grant) { return grant.role == "admin"; });
}

Response for_admins() {
  return refusal(Problems{{"access.admin", {}, {"账号由系统管理员管理。", "Accounts are for the role “admin”."}}});
}

Problem member_problem(std::string_view name) {
  return bad_parameter(name, "此项的值格式不对，见接口说明。",
                       "This member has not the form that the description asks for.");
}

/// "clerk@610702", or what session and users show: {"role", "scope", "organisation", "region"}.
Result<std::vector<access::Grant>> read_grants(const json::value& list) {
  if (!list.is_array() || list.get_array().size() > 100) return std::unexpected(Problems{member_problem("grants")});
  std::vector<access::Grant> grants;
  for (const json::value& each : list.get_array()) {
    if (!each.is_string()) return std::unexpected(Problems{member_problem("grants")});
    auto grant = access::parse_grant(each.get_string());
    if (!grant) return std::unexpected(std::move(grant.error()));
    grants.push_back(std::move(*grant));
  }
  return grants;
}

Response list_users(access::Users& users, const Request& request) {
  if (!is_admin(request.session->user)) return for_admins();
  json::array list;
  for (const access::User& user : users.all()) list.push_back(described(user));
  return json_answer(list);
}

Response add_user(access::Users& users, const Request& request) {
  if (!is_admin(request.session->user)) return for_admins();
  const auto body = asked_body(request, {"name", "title", "password", "grants"});
  if (!body) return refusal(body.error());
  const json::value* listed = body->if_contains("grants");
  auto grants = listed ? read_grants(*listed) : std::vector<access::Grant>();
  if (!grants) return refusal(grants.error());
  const bool is_made = !body->contains("password");
  const std::string password = is_made ? access::made_password() : text_of(*body, "password");
  const auto added = users.add({.name = text_of(*body, "name"),
                                .title = text_of(*body, "title"),
                                .grants = std::move(*grants),
                                .must_change_password = true},
                               password, std::to_string(request.session->user.id));
  if (!added) return refusal(added.error());
  json::object answer = described(*added);
  if (is_made) answer.emplace("password", password);
  Response response = json_answer(answer);
  response.status = 201;
  return response;
}

/// Grants are replaced whole; a disabled account stays so.
Response change_user(access::Users& users, const Request& request) {
  if (!is_admin(request.session->user)) return for_admins();
  const auto body = asked_body(request, {"grants", "is_disabled"});
  if (!body) return refusal(body.error());
  const Id user = parse_id(request["id"]);
  const std::string actor = std::to_string(request.session->user.id);
  const json::value* disabled = body->if_contains("is_disabled");
  if (disabled && *disabled != json::value(true)) return refusal(Problems{member_problem("is_disabled")});
  if (const json::value* listed = body->if_contains("grants")) {
    const auto grants = read_grants(*listed);
    if (!grants) return refusal(grants.error());
    if (const auto granted = users.grant(user, *grants, actor); !granted) return refusal(granted.error());
  }
  if (disabled)
    if (const auto done = users.disable(user, actor); !done) return refusal(done.error());
  const auto all = users.all();
  const auto found = std::ranges::find(all, user, &access::User::id);
  return found == all.end() ? not_found() : json_answer(described(*found));
}

/// What an administrator does to another's account, named by the path.
Handler of_account(access::Users& users, Response (*answer)(access::Users&, Id, const std::string& actor)) {
  return [&users, answer](const Request& request) {
    if (!request.session || !is_admin(request.session->user)) return for_admins();
    return answer(users, parse_id(request["id"]), std::to_string(request.session->user.id));
  };
}

Response done(const Result<void>& result) { return result ? Response{.status = 204} : refusal(result.error()); }

Response renew_password(access::Users& users, Id user, const std::string& actor) {
  const auto made = users.renew_password(user, actor);
  if (!made) return refusal(made.error());
  return json_answer(json::object{{"password", made->text}, {"ends_at", to_string(made->ends_at)}});
}
Response remove_totp(access::Users& users, Id user, const std::string& actor) {
  return done(users.remove_totp(user, actor));
}
Response end_sessions(access::Users& users, Id user, const std::string& actor) {
  return done(users.end_sessions(user, actor));
}

Response list_tokens(access::Users& users, const Request& request) {
  json::array list;
  for (const access::Token& token : users.tokens_of(request.session->user)) list.push_back(described(token));
  return json_answer(list);
}

Response issue_token(access::Users& users, const registers::Catalogue& catalogue, const Request& request) {
  const auto body = asked_body(request, {"name", "registers", "reads_only", "days"});
  if (!body) return refusal(body.error());
  access::TokenScope scope;
  if (const json::value* listed = body->if_contains("registers")) {
    if (!listed->is_array()) return refusal(Problems{member_problem("registers")});
    for (const json::value& name : listed->get_array()) {
      if (!name.is_string() || !catalogue.find_register(name.get_string()))
        return refusal(Problems{member_problem("registers")});
      scope.registers.emplace_back(name.get_string());
    }
  }
  if (const json::value* reads_only = body->if_contains("reads_only")) {
    if (!reads_only->is_bool()) return refusal(Problems{member_problem("reads_only")});
    scope.reads_only = reads_only->get_bool();
  }
  const json::value* days = body->if_contains("days");
  if (!days || !days->is_int64() || days->get_int64() < 1 || days->get_int64() > access::token_days_max.count())
    return refusal(Problems{member_problem("days")});
  const auto issued = users.issue_token(request.session->user, text_of(*body, "name"), scope,
                                        std::chrono::days(static_cast<int>(days->get_int64())));
  if (!issued) return refusal(issued.error());
  json::object answer = described(issued->token);
  answer.emplace("secret", issued->secret);
  Response response = json_answer(answer);
  response.status = 201;
  return response;
}

Response revoke_token(access::Users& users, const Request& request) {
  const auto revoked = users.revoke_token(request.session->user, parse_id(request["id"]));
  return revoked ? Response{.status = 204} : refusal(revoked.error());
}

}  // namespace

json::array grants_json(const std::vector<access::Grant>& grants) {
  json::array list;
  for (const access::Grant& grant : grants) {
    json::object described{{"role", grant.role}, {"scope", access::name_of(grant.scope)}};
    if (grant.organisation != 0) described.emplace("organisation", std::to_string(grant.organisation));
    if (!grant.region.empty()) described.emplace("region", grant.region);
    if (grant.deputed_by != 0) described.emplace("deputed_by", std::to_string(grant.deputed_by));
    list.push_back(std::move(described));
  }
  return list;
}

void add_accounts(Router& router, const Services& services) {
  if (!services.users) return;
  access::Users& users = *services.users;
  const auto with_users = [&users](Response (*answer)(access::Users&, const Request&)) {
    return [&users, answer](const Request& request) {
      return request.session ? answer(users, request)
                             : refusal(401, {{"session.none", {}, {"请先登录。", "Please sign in first."}}});
    };
  };
  router.add("GET", "/api/v1/users", with_users(list_users));
  router.add("POST", "/api/v1/users", with_users(add_user));
  router.add("PATCH", "/api/v1/users/{id}", with_users(change_user));
  router.add("POST", "/api/v1/users/{id}/password", of_account(users, renew_password));
  router.add("DELETE", "/api/v1/users/{id}/totp", of_account(users, remove_totp));
  router.add("DELETE", "/api/v1/users/{id}/sessions", of_account(users, end_sessions));
  router.add("GET", "/api/v1/tokens", with_users(list_tokens));
  const registers::Catalogue& catalogue = services.registers.catalogue();
  router.add("POST", "/api/v1/tokens",
             [&users, &catalogue](const Request& request) { return issue_token(users, catalogue, request); });
  router.add("DELETE", "/api/v1/tokens/{id}", with_users(revoke_token));
}

}  // namespace zhijia::http
