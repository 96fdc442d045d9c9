#include "answers.hpp"
#include "api/api.hpp"
#include "api/body.hpp"
#include "gate.hpp"

namespace zhijia::http {

namespace json = boost::json;

json::object session_json(const access::Session& session) {
  const access::User& user = session.user;
  return {{"user", json::object{{"id", std::to_string(user.id)},
                                {"name", user.name},
                                {"title", user.title},
                                {"grants", grants_json(user.grants)},
                                {"has_totp", user.has_totp},
                                {"must_change_password", user.must_change_password},
                                {"must_set_up_totp", user.must_set_up_totp},
                                {"is_worker", user.is_worker}}},
          {"csrf", session.csrf}};
}

namespace {

Response sign_in(access::Users& users, const Request& request) {
  const auto body = asked_body(request, {"name", "password", "code"});
  if (!body) return refusal(body.error());
  const auto signed_in =
      users.sign_in(text_of(*body, "name"), text_of(*body, "password"), text_of(*body, "code"), request.from);
  if (!signed_in) return refusal(signed_in.error());
  Response response = json_answer(session_json(signed_in->session));
  response.headers.emplace_back("Set-Cookie", session_cookie(signed_in->token, signed_in->session.user.is_worker));
  return response;
}

Response sign_out(access::Users& users, const Request& request) {
  users.sign_out(session_token(request));
  return {.status = 204,
          .headers = {{"Set-Cookie", session_cookie("")}, {"Clear-Site-Data", "\"cache\", \"cookies\", \"storage\""}}};
}

Response change_password(access::Users& users, const Request& request) {
  const auto body = asked_body(request, {"old", "new"});
  if (!body) return refusal(body.error());
  const auto changed = users.change_password(request.session->user, session_token(request), text_of(*body, "old"),
                                             text_of(*body, "new"));
  return changed ? Response{.status = 204} : refusal(changed.error());
}

Response begin_totp(access::Users& users, const Request& request) {
  const auto body = asked_body(request, {"password"});
  if (!body) return refusal(body.error());
  const auto secret = users.begin_totp(request.session->user, text_of(*body, "password"));
  if (!secret) return refusal(secret.error());
  return json_answer(json::object{{"secret", *secret}});
}

Response confirm_totp(access::Users& users, const Request& request) {
  const auto body = asked_body(request, {"code"});
  if (!body) return refusal(body.error());
  const auto confirmed = users.confirm_totp(request.session->user, text_of(*body, "code"));
  return confirmed ? Response{.status = 204} : refusal(confirmed.error());
}

Response list_sessions(access::Users& users, const Request& request) {
  json::array list;
  for (const access::OpenSession& each : users.sessions_of(request.session->user, session_token(request)))
    list.push_back(json::object{{"id", each.id},
                                {"begun_at", to_string(each.begun_at)},
                                {"seen_at", to_string(each.seen_at)},
                                {"from", each.from},
                                {"is_this", each.is_this}});
  return json_answer(list);
}

Response end_session(access::Users& users, const Request& request) {
  const auto ended = users.end_session(request.session->user, request["id"]);
  return ended ? Response{.status = 204} : refusal(ended.error());
}

Response end_other_sessions(access::Users& users, const Request& request) {
  users.end_other_sessions(request.session->user, session_token(request));
  return {.status = 204};
}

/// For who signed in; while there are no accounts, nobody has.
Handler of_session(access::Users& users, Response (*answer)(access::Users&, const Request&)) {
  return [&users, answer](const Request& request) {
    return request.session ? answer(users, request)
                           : refusal(401, {{"session.none", {}, {"请先登录。", "Please sign in first."}}});
  };
}

}  // namespace

void add_session(Router& router, const Services& services) {
  if (!services.users) return;
  access::Users& users = *services.users;
  const auto with_users = [&users](Response (*answer)(access::Users&, const Request&)) {
    return [&users, answer](const Request& request) { return answer(users, request); };
  };
  const std::string session = "/api/v1/session";
  router.add("POST", session, with_users(sign_in));
  router.add("GET", session, of_session(users, [](access::Users&, const Request& request) {
               return json_answer(session_json(*request.session));
             }));
  router.add("DELETE", session, with_users(sign_out));
  router.add("POST", session + "/password", with_users(change_password));
  router.add("POST", session + "/totp", with_users(begin_totp));
  router.add("PUT", session + "/totp", with_users(confirm_totp));
  const std::string sessions = "/api/v1/sessions";
  router.add("GET", sessions, of_session(users, list_sessions));
  router.add("DELETE", sessions, with_users(end_other_sessions));
  router.add("DELETE", sessions + "/{id}", with_users(end_session));
}

}  // namespace zhijia::http
