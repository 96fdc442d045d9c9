#include "oidc/id_token.hpp"

#include <gtest/gtest.h>
#include <openssl/core_names.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rsa.h>

#include <functional>

#include "oidc/fetch.hpp"

namespace zhijia::http::oidc {
namespace {

namespace json = boost::json;

constexpr std::int64_t now = 1'600'000'000;

std::string number_of(EVP_PKEY* key, const char* name) {
  BIGNUM* number = nullptr;
  EVP_PKEY_get_bn_param(key, name, &number);
  std::string bytes(static_cast<std::size_t>(BN_num_bytes(number)), '\0');
  BN_bn2bin(number, reinterpret_cast<unsigned char*>(bytes.data()));
  BN_free(number);
  return bytes;
}

std::string padded(std::string bytes) { return std::string(32 - bytes.size(), '\0') + bytes; }

/// A provider's keys, one of each type, and tokens signed with them.
struct Signer {
  EVP_PKEY* rsa = EVP_RSA_gen(2'048);
  EVP_PKEY* elliptic = EVP_EC_gen("P-256");
  ~Signer() {
    EVP_PKEY_free(rsa);
    EVP_PKEY_free(elliptic);
  }

  json::value key_set() const {
    return {
        {"keys", json::array{json::object{{"kty", "RSA"},
                                          {"kid", "r"},
                                          {"alg", "RS256"},
                                          {"n", base64url(number_of(rsa, OSSL_PKEY_PARAM_RSA_N))},
                                          {"e", base64url(number_of(rsa, OSSL_PKEY_PARAM_RSA_E))}},
                             json::object{{"kty", "EC"},
                                          {"kid", "e"},
                                          {"crv", "P-256"},
                                          {"use", "sig"},
                                          {"x", base64url(padded(number_of(elliptic, OSSL_PKEY_PARAM_EC_PUB_X)))},
                                          {"y", base64url(padded(number_of(elliptic, OSSL_PKEY_PARAM_EC_PUB_Y)))}}}}};
  }

  std::string signature(EVP_PKEY* key, const std::string& text) const {
    EVP_MD_CTX* context = EVP_MD_CTX_new();
    std::size_t size = 0;
    EVP_DigestSignInit(context, nullptr, EVP_sha256(), nullptr, key);
    const auto* bytes = reinterpret_cast<const unsigned char*>(text.data());
    EVP_DigestSign(context, nullptr, &size, bytes, text.size());
    std::string signed_(size, '\0');
    EVP_DigestSign(context, reinterpret_cast<unsigned char*>(signed_.data()), &size, bytes, text.size());
    signed_.resize(size);
    EVP_MD_CTX_free(context);
    if (key != elliptic) return signed_;
    const auto* der = reinterpret_cast<const unsigned char*>(signed_.data());
    ECDSA_SIG* pair = d2i_ECDSA_SIG(nullptr, &der, static_cast<long>(signed_.size()));
    std::string raw(64, '\0');
    BN_bn2binpad(ECDSA_SIG_get0_r(pair), reinterpret_cast<unsigned char*>(raw.data()), 32);
    BN_bn2binpad(ECDSA_SIG_get0_s(pair), reinterpret_cast<unsigned char*>(raw.data()) + 32, 32);
    ECDSA_SIG_free(pair);
    return raw;
  }

  std::string token(const json::object& header, const json::object& claims) const {
    const std::string text = base64url(json::serialize(header)) + "." + base64url(json::serialize(claims));
    const std::string algorithm(header.at("alg").as_string());
    if (algorithm == "none") return text + ".";
    if (algorithm == "HS256") {
      // The trick of old: the public key, which everybody has, taken as a shared secret.
      const std::string secret = json::serialize(key_set());
      unsigned char digest[32];
      HMAC(EVP_sha256(), secret.data(), static_cast<int>(secret.size()),
           reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest, nullptr);
      return text + "." + base64url({reinterpret_cast<char*>(digest), 32});
    }
    return text + "." + base64url(signature(algorithm == "ES256" ? elliptic : rsa, text));
  }
};

const Expected expected{"https://id.example", "zhijia", "n-1", Moment(std::chrono::seconds(now))};

json::object good_claims() {
  return {{"iss", "https://id.example"},
          {"sub", "u1"},
          {"aud", "zhijia"},
          {"exp", now + 300},
          {"iat", now},
          {"nonce", "n-1"}};
}

struct Case {
  const char* name;
  std::function<void(json::object& header, json::object& claims)> alter;
  const char* code;  ///< empty: believed
};

const Case cases[] = {
    {"RS256", [](auto&, auto&) {}, ""},
    {"ES256", [](auto& h, auto&) { h = {{"alg", "ES256"}, {"kid", "e"}}; }, ""},
    {"no key named, one of the type", [](auto& h, auto&) { h.erase("kid"); }, ""},
    {"several audiences, ours authorized",
     [](auto&, auto& c) { c["aud"] = json::array{"a", "zhijia"}, c["azp"] = "zhijia"; }, ""},
    {"the clocks differ by half a minute", [](auto&, auto& c) { c["exp"] = now - 30, c["iat"] = now - 330; }, ""},
    {"unsigned", [](auto& h, auto&) { h["alg"] = "none"; }, "oidc.token"},
    {"signed by a shared secret", [](auto& h, auto&) { h["alg"] = "HS256"; }, "oidc.token"},
    {"an algorithm that is none", [](auto& h, auto&) { h["alg"] = "RS1"; }, "oidc.token"},
    {"a key of the other type", [](auto& h, auto&) { h = {{"alg", "ES256"}, {"kid", "r"}}; }, "oidc.key"},
    {"a key that is not published", [](auto& h, auto&) { h["kid"] = "x"; }, "oidc.key"},
    {"what is critical and not known", [](auto& h, auto&) { h["crit"] = json::array{"b64"}; }, "oidc.token"},
    {"another issuer", [](auto&, auto& c) { c["iss"] = "https://id.example/"; }, "oidc.token"},
    {"another audience", [](auto&, auto& c) { c["aud"] = "other"; }, "oidc.token"},
    {"no audience", [](auto&, auto& c) { c.erase("aud"); }, "oidc.token"},
    {"several audiences, none authorized", [](auto&, auto& c) { c["aud"] = json::array{"a", "zhijia"}; }, "oidc.token"},
    {"another party authorized", [](auto&, auto& c) { c["azp"] = "a"; }, "oidc.token"},
    {"expired", [](auto&, auto& c) { c["exp"] = now - 61; }, "oidc.token"},
    {"without end", [](auto&, auto& c) { c.erase("exp"); }, "oidc.token"},
    {"issued in the future", [](auto&, auto& c) { c["iat"] = now + 120; }, "oidc.token"},
    {"issued long ago", [](auto&, auto& c) { c["iat"] = now - 3'600; }, "oidc.token"},
    {"not valid yet", [](auto&, auto& c) { c["nbf"] = now + 120; }, "oidc.token"},
    {"of another sign-in", [](auto&, auto& c) { c["nonce"] = "n-2"; }, "oidc.token"},
    {"without a nonce", [](auto&, auto& c) { c.erase("nonce"); }, "oidc.token"},
    {"of nobody", [](auto&, auto& c) { c["sub"] = ""; }, "oidc.token"},
    {"a subject that is no text", [](auto&, auto& c) { c["sub"] = 7; }, "oidc.token"},
};

TEST(IdToken, must_be_of_the_context_class_that_was_asked_for) {
  const Signer signer;
  Expected strong = expected;
  strong.acr = "mfa";
  for (const auto& [acr, code] :
       {std::pair{json::value("mfa"), ""}, {json::value("pwd"), "oidc.token"}, {json::value(nullptr), "oidc.token"}}) {
    json::object claims = good_claims();
    if (!acr.is_null()) claims["acr"] = acr;
    const auto subject =
        verified_subject(signer.token({{"alg", "RS256"}, {"kid", "r"}}, claims), signer.key_set(), strong);
    EXPECT_EQ(subject ? "" : subject.error().front().code, code) << json::serialize(acr);
  }
}

TEST(IdToken, is_believed_when_all_of_it_is_right_and_refused_otherwise) {
  const Signer signer;
  for (const Case& each : cases) {
    json::object header{{"alg", "RS256"}, {"kid", "r"}}, claims = good_claims();
    each.alter(header, claims);
    const auto subject = verified_subject(signer.token(header, claims), signer.key_set(), expected);
    if (std::string_view(each.code).empty())
      EXPECT_EQ(subject, "u1") << each.name;
    else
      EXPECT_EQ(subject ? "" : subject.error().front().code, each.code) << each.name;
  }
}

TEST(IdToken, with_any_character_altered_is_refused) {
  const Signer signer;
  const std::string token = signer.token({{"alg", "ES256"}, {"kid", "e"}}, good_claims());
  for (std::size_t i = 0; i < token.size(); ++i) {
    std::string altered = token;
    altered[i] = altered[i] == 'A' ? 'B' : 'A';
    if (altered == token) continue;
    EXPECT_FALSE(verified_subject(altered, signer.key_set(), expected)) << i;
  }
}

TEST(IdToken, of_any_shape_is_refused_without_harm) {
  const Signer signer;
  for (const char* token : {"", ".", "..", "...", "a.b.c", "e30.e30.", "e30.e30.e30"})
    EXPECT_FALSE(verified_subject(token, signer.key_set(), expected)) << token;
  const std::string good = signer.token({{"alg", "RS256"}, {"kid", "r"}}, good_claims());
  for (const json::value& set : {json::value(nullptr), json::value{{"keys", 1}}, json::value{{"keys", json::array{1}}},
                                 json::value{{"keys", json::array{json::object{{"kty", "RSA"}, {"kid", "r"}}}}}})
    EXPECT_FALSE(verified_subject(good, set, expected));
}

TEST(IdToken, of_a_short_key_is_refused) {
  Signer signer;
  EVP_PKEY_free(signer.rsa);
  signer.rsa = EVP_RSA_gen(1'024);
  const std::string token = signer.token({{"alg", "RS256"}, {"kid", "r"}}, good_claims());
  EXPECT_FALSE(verified_subject(token, signer.key_set(), expected));
}

TEST(Base64Url, gives_back_what_was_put_in_and_takes_one_text_for_each) {
  for (const std::string& bytes : {std::string(), std::string("a"), std::string("ab"), std::string("\xFF\0\xFE", 3)})
    EXPECT_EQ(from_base64url(base64url(bytes)), bytes);
  for (const char* text : {"a", "YQ==", "YR", "a+b", "a/b", "YQ\n"})
    EXPECT_EQ(from_base64url(text), std::nullopt) << text;
}

TEST(Fetch, goes_to_https_and_to_this_machine_only) {
  for (const char* url : {"https://id.example/x", "http://127.0.0.1:9000", "http://localhost/x"})
    EXPECT_TRUE(is_safe_address(url)) << url;
  for (const char* url : {"http://id.example/", "ftp://id.example/", "file:///etc/passwd", "javascript:alert(1)",
                          "https://user:word@id.example/", "https:///x", "http://localhost.evil.example/", ""})
    EXPECT_FALSE(is_safe_address(url)) << url;
}

}  // namespace
}  // namespace zhijia::http::oidc
