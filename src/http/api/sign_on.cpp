#include "answers.hpp"
#include "api/api.hpp"
#include "api/body.hpp"
#include "asked.hpp"
#include "gate.hpp"
#include "oidc/provider.hpp"

namespace zhijia::http {

namespace {

constexpr std::string_view cookie_name = "zhijia_sign_on=";

/// Lax, for the browser comes back from the provider's site.
std::string handle_cookie(std::string_view handle) {
  return std::string(cookie_name) + std::string(handle) +
         "; Path=/; HttpOnly; SameSite=Lax; Max-Age=" + (handle.empty() ? "0" : "600");
}

Response begin(oidc::Provider& provider, const Request&) {
  const auto begun = provider.begin();
  if (!begun) return refusal(begun.error());
  return {.status = 303,
          .type = "text/plain",
          .headers = {{"Location", begun->address}, {"Set-Cookie", handle_cookie(begun->handle)}}};
}

/// A page that goes on by itself: a redirect would still be the other site's doing, and go without the new cookie.
Response signed_in_page(const std::string& token) {
  return {.type = "text/html; charset=utf-8",
          .body =
              "<!doctype html><meta charset=utf-8><title>职家</title><meta http-equiv=refresh content=\"0;url=/\">"
              "<p><a href=\"/\">继续 / Continue</a>",
          .headers = {{"Set-Cookie", session_cookie(token)}}};
}

Response finish(oidc::Provider& provider, access::Users& users, const Request& request) {
  const std::string handle(cookie_of(request, cookie_name));
  const auto subject =
      provider.finish(handle, request.parameter("state"), request.parameter("code"), request.parameter("iss"));
  if (!subject) return refusal(401, subject.error());
  const auto signed_in = users.sign_in_by(provider.issuer(), *subject, provider.asks_for_two_factors(), request.from);
  return signed_in ? signed_in_page(signed_in->token) : refusal(403, signed_in.error());
}

}  // namespace

void add_sign_on(Router& router, const Services& services) {
  if (!services.users || services.sign_on.issuer.empty()) return;
  const auto provider = std::make_shared<oidc::Provider>(services.sign_on, services.clock);
  access::Users& users = *services.users;
  router.add("GET", "/api/v1/session/oidc", [provider](const Request& request) { return begin(*provider, request); });
  router.add("GET", "/api/v1/session/oidc/callback",
             [provider, &users](const Request& request) { return finish(*provider, users, request); });
}

}  // namespace zhijia::http
