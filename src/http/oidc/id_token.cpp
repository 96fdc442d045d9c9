#include "oidc/id_token.hpp"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>

#include <algorithm>
#include <memory>

namespace zhijia::http::oidc {

namespace json = boost::json;

namespace {

constexpr std::size_t token_bytes_max = 16'384;
constexpr std::size_t subject_bytes_max = 255;  // OpenID Connect Core 1.0, section 2
constexpr std::size_t rsa_bits_min = 2'048;     // NIST SP 800-131A
constexpr std::size_t p256_bytes = 32;
/// Clocks differ.
constexpr std::int64_t skew_seconds = 60;
/// A token older than this was not made for the sign-in that has just ended.
constexpr std::int64_t age_seconds_max = 600;

template <auto Free>
struct Freed {
  template <typename T>
  void operator()(T* held) const {
    Free(held);
  }
};
using Key = std::unique_ptr<EVP_PKEY, Freed<EVP_PKEY_free>>;
using Number = std::unique_ptr<BIGNUM, Freed<BN_free>>;

std::unexpected<Problems> refused(std::string_view why) {
  return fail("oidc.token", "单点登录的身份令牌未通过检查，请重新登录。",
              "The identity token did not pass: " + std::string(why) + ". Sign in again.");
}

const unsigned char* bytes(std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }

std::string text_of(const json::object& object, std::string_view name) {
  const json::value* value = object.if_contains(name);
  return value && value->is_string() ? std::string(value->get_string()) : std::string();
}

std::optional<std::int64_t> number_of(const json::object& object, std::string_view name) {
  const json::value* value = object.if_contains(name);
  if (!value) return std::nullopt;
  if (value->is_int64()) return value->get_int64();
  if (value->is_double() && value->get_double() > 0 && value->get_double() < 1e15)
    return static_cast<std::int64_t>(value->get_double());
  return std::nullopt;
}

std::optional<json::object> object_in(std::string_view part) {
  const auto decoded = from_base64url(part);
  json::error_code error;
  json::parse_options options;
  options.max_depth = 8;
  json::value value = decoded ? json::parse(*decoded, error, {}, options) : json::value();
  if (error || !value.is_object()) return std::nullopt;
  return std::move(value.get_object());
}

Key key_from(const char* type, OSSL_PARAM_BLD* builder) {
  const std::unique_ptr<OSSL_PARAM, Freed<OSSL_PARAM_free>> parameters(OSSL_PARAM_BLD_to_param(builder));
  const std::unique_ptr<EVP_PKEY_CTX, Freed<EVP_PKEY_CTX_free>> context(
      EVP_PKEY_CTX_new_from_name(nullptr, type, nullptr));
  EVP_PKEY* key = nullptr;
  if (!parameters || !context || EVP_PKEY_fromdata_init(context.get()) != 1 ||
      EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_PUBLIC_KEY, parameters.get()) != 1)
    return nullptr;
  return Key(key);
}

Key rsa_key(const json::object& jwk) {
  const auto modulus = from_base64url(text_of(jwk, "n")), exponent = from_base64url(text_of(jwk, "e"));
  if (!modulus || !exponent || modulus->empty() || exponent->empty()) return nullptr;
  const Number n(BN_bin2bn(bytes(*modulus), static_cast<int>(modulus->size()), nullptr));
  const Number e(BN_bin2bn(bytes(*exponent), static_cast<int>(exponent->size()), nullptr));
  const std::unique_ptr<OSSL_PARAM_BLD, Freed<OSSL_PARAM_BLD_free>> builder(OSSL_PARAM_BLD_new());
  if (static_cast<std::size_t>(BN_num_bits(n.get())) < rsa_bits_min ||
      OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_N, n.get()) != 1 ||
      OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_E, e.get()) != 1)
    return nullptr;
  return key_from("RSA", builder.get());
}

Key elliptic_key(const json::object& jwk) {
  const auto x = from_base64url(text_of(jwk, "x")), y = from_base64url(text_of(jwk, "y"));
  if (text_of(jwk, "crv") != "P-256" || !x || !y || x->size() != p256_bytes || y->size() != p256_bytes) return nullptr;
  const std::string point = "\x04" + *x + *y;
  const std::unique_ptr<OSSL_PARAM_BLD, Freed<OSSL_PARAM_BLD_free>> builder(OSSL_PARAM_BLD_new());
  if (OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME, "P-256", 0) != 1 ||
      OSSL_PARAM_BLD_push_octet_string(builder.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(), point.size()) != 1)
    return nullptr;
  return key_from("EC", builder.get());
}

/// R and S side by side, as RFC 7518, section 3.4, has them, in the form that OpenSSL reads.
std::string der_signature(std::string_view raw) {
  const std::unique_ptr<ECDSA_SIG, Freed<ECDSA_SIG_free>> signature(ECDSA_SIG_new());
  ECDSA_SIG_set0(signature.get(), BN_bin2bn(bytes(raw), p256_bytes, nullptr),
                 BN_bin2bn(bytes(raw) + p256_bytes, p256_bytes, nullptr));
  std::string der(static_cast<std::size_t>(i2d_ECDSA_SIG(signature.get(), nullptr)), '\0');
  auto* into = reinterpret_cast<unsigned char*>(der.data());
  i2d_ECDSA_SIG(signature.get(), &into);
  return der;
}

bool is_signed(std::string_view text, std::string_view signature, EVP_PKEY* key) {
  const std::unique_ptr<EVP_MD_CTX, Freed<EVP_MD_CTX_free>> context(EVP_MD_CTX_new());
  return EVP_DigestVerifyInit(context.get(), nullptr, EVP_sha256(), nullptr, key) == 1 &&
         EVP_DigestVerify(context.get(), bytes(signature), signature.size(), bytes(text), text.size()) == 1;
}

/// The key that the header names; the only one of its type when it names none.
const json::object* find_key(const json::value& set, const std::string& id, std::string_view type) {
  const json::object* only = nullptr;
  const json::value* keys = set.is_object() ? set.get_object().if_contains("keys") : nullptr;
  if (!keys || !keys->is_array()) return nullptr;
  for (const json::value& each : keys->get_array()) {
    if (!each.is_object() || text_of(each.get_object(), "kty") != type) continue;
    const std::string use = text_of(each.get_object(), "use");
    if (!use.empty() && use != "sig") continue;
    if (!id.empty() && text_of(each.get_object(), "kid") == id) return &each.get_object();
    if (id.empty() && only) return nullptr;
    if (id.empty()) only = &each.get_object();
  }
  return only;
}

bool is_for(const json::object& claims, const std::string& client) {
  const json::value* audience = claims.if_contains("aud");
  if (!audience) return false;
  if (audience->is_string()) return audience->get_string() == client;
  if (!audience->is_array()) return false;
  const json::array& all = audience->get_array();
  if (std::ranges::find(all, json::value(client)) == all.end()) return false;
  return all.size() == 1 || text_of(claims, "azp") == client;
}

Result<std::string> checked_subject(const json::object& claims, const Expected& expected) {
  const std::int64_t now = std::chrono::floor<std::chrono::seconds>(expected.now).time_since_epoch().count();
  const auto expires = number_of(claims, "exp"), issued = number_of(claims, "iat"), begins = number_of(claims, "nbf");
  if (text_of(claims, "iss") != expected.issuer) return refused("another issuer");
  if (!is_for(claims, expected.client)) return refused("another audience");
  if (const std::string party = text_of(claims, "azp"); !party.empty() && party != expected.client)
    return refused("another authorized party");
  if (!expires || *expires + skew_seconds <= now) return refused("it has expired");
  if (!issued || *issued > now + skew_seconds || *issued + age_seconds_max < now)
    return refused("issued at a wrong time");
  if (begins && *begins > now + skew_seconds) return refused("not valid yet");
  if (expected.nonce.empty() || text_of(claims, "nonce") != expected.nonce) return refused("another nonce");
  if (!expected.acr.empty() && text_of(claims, "acr") != expected.acr) return refused("another context class");
  std::string subject = text_of(claims, "sub");
  if (subject.empty() || subject.size() > subject_bytes_max) return refused("no subject");
  return subject;
}

}  // namespace

std::optional<std::string> from_base64url(std::string_view text) {
  if (text.size() % 4 == 1) return std::nullopt;
  std::string decoded;
  unsigned held = 0;
  int bits = 0;
  for (const char c : text) {
    unsigned value = 0;
    if (c >= 'A' && c <= 'Z')
      value = static_cast<unsigned>(c - 'A');
    else if (c >= 'a' && c <= 'z')
      value = static_cast<unsigned>(c - 'a') + 26;
    else if (c >= '0' && c <= '9')
      value = static_cast<unsigned>(c - '0') + 52;
    else if (c == '-' || c == '_')
      value = c == '-' ? 62 : 63;
    else
      return std::nullopt;
    held = (held << 6U | value) & 0xFFFFU;
    bits += 6;
    if (bits < 8) continue;
    bits -= 8;
    decoded += static_cast<char>(held >> bits & 0xFFU);
  }
  if ((held & ((1U << bits) - 1U)) != 0) return std::nullopt;  // two texts of the same bytes would pass for one another
  return decoded;
}

std::string base64url(std::string_view raw) {
  constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  std::string text;
  unsigned held = 0;
  int bits = 0;
  for (const unsigned char c : raw) {
    held = (held << 8U | c) & 0xFFFFU;
    for (bits += 8; bits >= 6;) {
      bits -= 6;
      text += alphabet[held >> bits & 63U];
    }
  }
  if (bits > 0) text += alphabet[held << (6 - bits) & 63U];
  return text;
}

Result<std::string> verified_subject(std::string_view token, const json::value& key_set, const Expected& expected) {
  const auto first = token.find('.'), second = token.find('.', first + 1);
  if (token.size() > token_bytes_max || first == std::string_view::npos || second == std::string_view::npos)
    return refused("it is no token");
  const auto header = object_in(token.substr(0, first)),
             claims = object_in(token.substr(first + 1, second - first - 1));
  auto signature = from_base64url(token.substr(second + 1));
  if (!header || !claims || !signature) return refused("it cannot be read");
  const std::string algorithm = text_of(*header, "alg");
  const bool is_elliptic = algorithm == "ES256";
  if (!is_elliptic && algorithm != "RS256") return refused("its algorithm is not taken");
  if (header->contains("crit")) return refused("it asks for what is not known here");
  const json::object* jwk = find_key(key_set, text_of(*header, "kid"), is_elliptic ? "EC" : "RSA");
  if (!jwk)
    return fail("oidc.key", "单点登录服务没有公布这个签名密钥，请重试。",
                "The provider does not publish the key that signed; try again.");
  if (const std::string meant = text_of(*jwk, "alg"); !meant.empty() && meant != algorithm)
    return refused("its key is for another algorithm");
  const Key key = is_elliptic ? elliptic_key(*jwk) : rsa_key(*jwk);
  if (!key) return refused("its key cannot be used");
  if (is_elliptic && signature->size() != 2 * p256_bytes) return refused("its signature is not right");
  if (is_elliptic) signature = der_signature(*signature);
  if (!is_signed(token.substr(0, second), *signature, key.get())) return refused("its signature is not right");
  return checked_subject(*claims, expected);
}

}  // namespace zhijia::http::oidc
