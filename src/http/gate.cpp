#include "gate.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>

#include "answers.hpp"
#include "api/asking.hpp"
#include "attempts.hpp"
#include "web/web.hpp"

namespace zhijia::http {

namespace {

constexpr std::string_view cookie_name = "zhijia_session=", host_prefix = "__Host-";
constexpr int attempts_a_minute = 30;

/// Whether there are accounts; "no" is asked anew each second, "yes" never.
class Opened {
 public:
  bool check(const access::Users& users) {
    if (has_users_) return true;
    const auto now = std::chrono::steady_clock::now().time_since_epoch().count();
    const auto second = std::chrono::steady_clock::duration(std::chrono::seconds(1)).count();
    if (std::int64_t last = asked_.load(); last == 0 || now - last >= second) {
      asked_ = now;
      has_users_ = users.any();
    }
    return has_users_;
  }

 private:
  std::atomic<bool> has_users_ = false;
  std::atomic<std::int64_t> asked_ = 0;
};

bool is_get(const Request& request) { return request.method == "GET" || request.method == "HEAD"; }

/// The search of a page that needs no script, whose form can send no header. It changes nothing, and another site's
/// page that sent it would not see the answer.
bool is_search_of_page(const Request& request) {
  const auto& path = request.path;
  return request.method == "POST" && path.size() == 3 && path[0] == "plain" && path[1] == "registers";
}

bool is_reading(const Request& request) { return is_get(request) || is_asking(request) || is_search_of_page(request); }

/// "session", "session/password" …
bool is_of_session(const Request& request) {
  const auto& path = request.path;
  return path.size() >= 3 && path[0] == "api" && path[1] == "v1" && path[2] == "session";
}

/// What somebody must do before anything else.
Response first(std::string_view code, std::string_view zh, std::string_view en) {
  return refusal(403, {{std::string(code), {}, {std::string(zh), std::string(en)}}});
}

bool is_public(const Request& request) {
  const auto& path = request.path;
  if (is_reading(request) && is_of_web(path)) return true;
  if (path.size() == 1 && path[0] == "healthz") return true;
  if (path.size() == 2 && path[0] == "plain" && (path[1] == "sign-in" || path[1] == "sign-out")) return true;
  if (path.size() == 2 && path[0] == "api" && path[1] == "openapi.json") return true;
  if (path.size() >= 3 && path[0] == "api" && path[1] == "v1" && path[2] == "public") return true;
  if (is_of_session(request) && path.size() > 3 && path[3] == "oidc" && is_reading(request)) return true;
  return is_of_session(request) && path.size() == 3 && request.method == "POST";
}

bool is_signing_in(const Request& request) {
  const auto& path = request.path;
  return request.method == "POST" &&
         ((path.size() == 2 && path[0] == "plain" && path[1] == "sign-in") ||
          (is_of_session(request) && path.size() == 3) ||
          (path.size() > 3 && path[2] == "public" && (path[3] == "sign-up" || path[3] == "join")) ||
          (path.size() == 4 && path[2] == "me" && path[3] == "confirm"));
}

std::string_view bearer_of(const Request& request) {
  constexpr std::string_view scheme = "Bearer ";
  const std::string_view value = request.header("authorization");
  return value.starts_with(scheme) ? value.substr(scheme.size()) : std::string_view();
}

/// A program asks the interface for its registers and what describes them, and nothing about accounts.
bool is_within(const access::TokenScope& scope, const Request& request) {
  const auto& path = request.path;
  if (path.size() < 3 || path[0] != "api" || path[1] != "v1") return false;
  if (scope.reads_only && !is_reading(request)) return false;
  if (path[2] == "catalogue") return true;
  if (path[2] == "registers" && path.size() > 3)
    return scope.registers.empty() || std::ranges::find(scope.registers, path[3]) != scope.registers.end();
  return scope.registers.empty() && (path[2] == "indicators" || path[2] == "review");
}

Response beyond_token() {
  return refusal(
      403,
      {{"access.token_scope", {}, {"此令牌的范围不包括这个操作。", "This is not within the scope of the token."}}});
}

Response for_staff() {
  return refusal(403, {{"access.staff", {}, {"这里供工会工作人员使用。", "This is for the union's staff."}}});
}

Response sign_in_first(const Request& request) {
  const bool is_page = is_reading(request) && (request.path.empty() || request.path[0] != "api");
  if (is_page) return {.status = 303, .type = "text/plain", .headers = {{"Location", "/plain/sign-in"}}};
  return refusal(401, {{"session.none", {}, {"请先登录。", "Please sign in first."}}});
}

}  // namespace

std::string_view cookie_of(const Request& request, std::string_view name) {
  std::string_view cookies = request.header("cookie");
  while (!cookies.empty()) {
    const auto end = cookies.find(';');
    std::string_view cookie = cookies.substr(0, end);
    cookie.remove_prefix(std::min(cookie.find_first_not_of(' '), cookie.size()));
    // By HTTPS only the name that no other site of the domain can set (RFC 6265bis, 4.1.3.2).
    if (request.is_secure && !cookie.starts_with(host_prefix)) cookie = {};
    if (cookie.starts_with(host_prefix)) cookie.remove_prefix(host_prefix.size());
    if (cookie.starts_with(name)) return cookie.substr(name.size());
    cookies = end == std::string_view::npos ? std::string_view() : cookies.substr(end + 1);
  }
  return {};
}

std::string_view session_token(const Request& request) { return cookie_of(request, cookie_name); }

std::string session_cookie(std::string_view token, bool kept) {
  return std::string(cookie_name) + std::string(token) + "; Path=/; HttpOnly; SameSite=Strict" +
         (token.empty() ? "; Max-Age=0"
          : kept        ? "; Max-Age=2592000"
                        : "");
}

bool is_for_workers(const Request& request) {
  const auto& path = request.path;
  if (path.size() < 3 || path[0] != "api" || path[1] != "v1") return false;
  return path[2] == "me" || path[2] == "session" || path[2] == "sessions";
}

Gate gate_of(access::Users& users) {
  return [&users, opened = std::make_shared<Opened>(),
          attempts = std::make_shared<Attempts>(attempts_a_minute, std::chrono::minutes(1))](
             Request& request) -> std::optional<Response> {
    if (is_signing_in(request) && !attempts->may_try(request.from))
      return refusal(429, {{"session.too_many",
                            {},
                            {"登录尝试过于频繁，请一分钟后再试。", "Too many attempts to sign in; wait a minute."}}});
    if (!opened->check(users)) {
      if (is_reading(request) || is_public(request)) return std::nullopt;
      return sign_in_first(request);
    }
    const std::string_view bearer = bearer_of(request);
    if (const std::string_view token = bearer.empty() ? session_token(request) : bearer; !token.empty())
      if (auto session = users.session(token); session && session->token.has_value() == !bearer.empty())
        request.session = std::make_shared<const access::Session>(std::move(*session));
    if (is_public(request)) return std::nullopt;
    if (!request.session) return sign_in_first(request);
    if (request.session->user.is_worker && !is_for_workers(request)) return for_staff();
    if (const auto& scope = request.session->token) {
      if (!is_within(*scope, request)) return beyond_token();
      return std::nullopt;  // no browser sends it by itself, so nobody can be made to
    }
    if (!is_get(request) && !is_search_of_page(request) && request.header("x-csrf-token") != request.session->csrf)
      return refusal(403, {{"access.csrf",
                            {},
                            {"请求缺少会话校验码（X-CSRF-Token），请刷新页面。",
                             "The header X-CSRF-Token of the session is missing; load the page again."}}});
    if (request.session->user.must_change_password && !is_of_session(request))
      return first("access.password_change", "请先修改初始密码。", "Change your first password before anything else.");
    if (request.session->user.must_set_up_totp && !is_of_session(request))
      return first("access.totp_needed", "您的角色须使用动态验证码：请先在“我的账号”中启用。",
                   "Your role asks for an authenticator: set one up before anything else.");
    return std::nullopt;
  };
}

}  // namespace zhijia::http
