#include "oidc/provider.hpp"

#include <openssl/rand.h>
#include <openssl/sha.h>

#include <boost/url.hpp>
#include <stdexcept>

#include "access/digest.hpp"
#include "oidc/fetch.hpp"
#include "oidc/id_token.hpp"

namespace zhijia::http::oidc {

namespace json = boost::json;

namespace {

constexpr std::chrono::minutes attempt_lives{10};
constexpr std::size_t attempts_max = 10'000;
/// The keys are asked for anew when a token names one that is not known, but no more often than this.
constexpr std::chrono::minutes keys_kept_min{1};

std::string random_text() {
  std::string bytes(32, '\0');
  if (RAND_bytes(reinterpret_cast<unsigned char*>(bytes.data()), static_cast<int>(bytes.size())) != 1)
    throw std::runtime_error("OpenSSL has no random bytes");
  return base64url(bytes);
}

std::string sha256(std::string_view text) {
  std::string digest(SHA256_DIGEST_LENGTH, '\0');
  SHA256(reinterpret_cast<const unsigned char*>(text.data()), text.size(),
         reinterpret_cast<unsigned char*>(digest.data()));
  return digest;
}

std::unexpected<Problems> misbehaves() {
  return fail("oidc.provider", "单点登录服务的应答有误，请联系管理员。",
              "The sign-on provider's answer is not as it should be; tell the administrator.");
}

Result<json::object> fetch_object(const Fetch& what) {
  const auto body = fetch(what);
  if (!body) return std::unexpected(body.error());
  json::error_code error;
  json::parse_options options;
  options.max_depth = 8;
  json::value value = json::parse(*body, error, {}, options);
  if (error || !value.is_object()) return misbehaves();
  return std::move(value.get_object());
}

std::string text_of(const json::object& object, std::string_view name) {
  const json::value* value = object.if_contains(name);
  return value && value->is_string() ? std::string(value->get_string()) : std::string();
}

std::string form_of(std::initializer_list<std::pair<std::string_view, std::string_view>> members) {
  boost::urls::url url;
  for (const auto& [name, value] : members) url.params().append({name, value});
  return std::string(url.encoded_query());
}

std::string percent_encoded(std::string_view text) { return boost::urls::encode(text, boost::urls::unreserved_chars); }

std::string base64(std::string_view bytes) {
  std::string text = base64url(bytes);
  for (char& c : text) c = c == '-' ? '+' : c == '_' ? '/' : c;
  while (text.size() % 4 != 0) text += '=';
  return text;
}

}  // namespace

Result<Provider::Endpoints> Provider::endpoints() {
  {
    const std::lock_guard lock(mutex_);
    if (endpoints_) return *endpoints_;
  }
  const auto found = fetch_object({.url = sign_on_.issuer + "/.well-known/openid-configuration", .form = {}});
  if (!found) return std::unexpected(found.error());
  Endpoints endpoints{text_of(*found, "authorization_endpoint"), text_of(*found, "token_endpoint"),
                      text_of(*found, "jwks_uri")};
  // A document of another issuer could send our people elsewhere (OpenID Connect Discovery 1.0, 4.3).
  if (text_of(*found, "issuer") != sign_on_.issuer || !is_safe_address(endpoints.authorization) ||
      !is_safe_address(endpoints.token) || !is_safe_address(endpoints.keys))
    return misbehaves();
  const std::lock_guard lock(mutex_);
  endpoints_ = endpoints;
  return endpoints;
}

Result<Provider::Begun> Provider::begin() {
  const auto found = endpoints();
  if (!found) return std::unexpected(found.error());
  const Moment now = clock_.now();
  const Attempt attempt{random_text(), random_text(), random_text(), now + attempt_lives};
  const std::string handle = random_text();
  {
    const std::lock_guard lock(mutex_);
    std::erase_if(attempts_, [&](const auto& each) { return each.second.ends_at <= now; });
    if (attempts_.size() >= attempts_max)
      return fail("oidc.busy", "登录人数过多，请稍后再试。", "Too many are signing in; try again shortly.");
    attempts_.emplace(access::sha256_hex(handle), attempt);
  }
  boost::urls::url url = *boost::urls::parse_uri(found->authorization);
  for (const auto& [name, value] : std::initializer_list<std::pair<std::string_view, std::string>>{
           {"response_type", "code"},
           {"client_id", sign_on_.client},
           {"redirect_uri", redirect_address()},
           {"scope", "openid"},
           {"state", attempt.state},
           {"nonce", attempt.nonce},
           {"code_challenge", base64url(sha256(attempt.verifier))},
           {"code_challenge_method", "S256"}})
    url.params().append({name, value});
  if (!sign_on_.acr.empty()) url.params().append({"acr_values", sign_on_.acr});
  return Begun{std::string(url.buffer()), handle};
}

Result<std::string> Provider::id_token(const Attempt& attempt, std::string_view code) {
  const auto found = endpoints();
  if (!found) return std::unexpected(found.error());
  Fetch what{.url = found->token,
             .form = form_of({{"grant_type", "authorization_code"},
                              {"code", code},
                              {"redirect_uri", redirect_address()},
                              {"client_id", sign_on_.client},
                              {"code_verifier", attempt.verifier}}),
             .headers = {}};
  if (!sign_on_.client_secret.empty())
    what.headers.emplace_back("Authorization", "Basic " + base64(percent_encoded(sign_on_.client) + ":" +
                                                                 percent_encoded(sign_on_.client_secret)));
  const auto answer = fetch_object(what);
  if (!answer) return std::unexpected(answer.error());
  return text_of(*answer, "id_token");
}

Result<json::value> Provider::key_set(bool anew) {
  {
    const std::lock_guard lock(mutex_);
    if (key_set_ && (!anew || clock_.now() - key_set_read_ < keys_kept_min)) return *key_set_;
  }
  const auto found = endpoints();
  if (!found) return std::unexpected(found.error());
  auto set = fetch_object({.url = found->keys, .form = {}});
  if (!set) return std::unexpected(set.error());
  const std::lock_guard lock(mutex_);
  key_set_ = *set;
  key_set_read_ = clock_.now();
  return *key_set_;
}

Result<std::string> Provider::finish(const std::string& handle, std::string_view state, std::string_view code,
                                     std::string_view issuer) {
  Attempt attempt;
  {
    const std::lock_guard lock(mutex_);
    auto taken = attempts_.extract(access::sha256_hex(handle));
    if (!taken.empty()) attempt = std::move(taken.mapped());
  }
  if (attempt.state.empty() || attempt.state != state || attempt.ends_at <= clock_.now())
    return fail("oidc.state", "登录已超时或不是由此浏览器发起，请重新登录。",
                "The sign-in took too long, or another browser began it; start again.");
  // RFC 9207: where the answer says whose it is, it must be this provider's.
  if (code.empty() || (!issuer.empty() && issuer != sign_on_.issuer))
    return fail("oidc.denied", "单点登录未完成，请重新登录。", "The provider did not sign you in; start again.");
  const auto token = id_token(attempt, code);
  if (!token) return std::unexpected(token.error());
  const Expected expected{sign_on_.issuer, sign_on_.client, attempt.nonce, clock_.now(), sign_on_.acr};
  auto keys = key_set(false);
  if (!keys) return std::unexpected(keys.error());
  auto subject = verified_subject(*token, *keys, expected);
  if (subject || subject.error().front().code != "oidc.key") return subject;
  keys = key_set(true);
  if (!keys) return std::unexpected(keys.error());
  return verified_subject(*token, *keys, expected);
}

}  // namespace zhijia::http::oidc
