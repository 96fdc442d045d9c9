#include <fmt/format.h>

#include "gate.hpp"
#include "pages/page.hpp"
#include "server/target.hpp"

namespace zhijia::http {

using insight::Language;

namespace {

Response form(const Request& request, const Problems& problems, int status) {
  const bool chinese = asked_language(request) == Language::zh;
  std::string said;
  for (const Problem& problem : problems)
    said += fmt::format("<p role=\"alert\">{}</p>", escaped(in(asked_language(request), problem.message)));
  const std::string title = chinese ? "登录" : "Sign in";
  const auto field = [&](const char* name, const char* type, const char* complete, const char* zh, const char* en,
                         const char* more) {
    return fmt::format("<label>{}<br><input name=\"{}\" type=\"{}\" autocomplete=\"{}\" {}></label>", chinese ? zh : en,
                       name, type, complete, more);
  };
  return page(asked_language(request), title,
              fmt::format("<main class=\"text\"><h1>{}</h1>{}<form method=\"post\" action=\"/plain/sign-in{}\">{}{}{}"
                          "<button>{}</button></form></main>",
                          title, said, escaped(carried(request)),
                          field("name", "text", "username", "账号", "Name", "required autofocus"),
                          field("password", "password", "current-password", "密码", "Password", "required"),
                          field("code", "text", "one-time-code", "动态验证码（如已启用）",
                                "Code, if you have set one up", "inputmode=\"numeric\" maxlength=\"6\""),
                          title),
              request, status);
}

Response take(access::Users& users, const Request& request) {
  Request sent;
  if (!request.header("content-type").starts_with("application/x-www-form-urlencoded") ||
      !read_target("/?" + request.body, sent))
    return form(request, {}, 400);
  const auto signed_in =
      users.sign_in(sent.parameter("name"), sent.parameter("password"), sent.parameter("code"), request.from);
  if (!signed_in) return form(request, signed_in.error(), 401);
  return {.status = 303,
          .type = "text/plain",
          .body = {},
          .headers = {{"Location", "/plain"}, {"Set-Cookie", session_cookie(signed_in->token)}}};
}

}  // namespace

void add_sign_in_pages(Router& router, const Services& services) {
  if (!services.users) return;
  access::Users& users = *services.users;
  router.add("GET", "/plain/sign-in", [](const Request& request) { return form(request, {}, 200); });
  router.add("POST", "/plain/sign-in", [&users](const Request& request) { return take(users, request); });
  // The cookie comes from our own pages only (SameSite=Strict), so a stranger's page signs nobody out.
  router.add("POST", "/plain/sign-out", [&users](const Request& request) {
    users.sign_out(session_token(request));
    return Response{.status = 303,
                    .type = "text/plain",
                    .body = {},
                    .headers = {{"Location", "/plain/sign-in"}, {"Set-Cookie", session_cookie("")}}};
  });
}

}  // namespace zhijia::http
