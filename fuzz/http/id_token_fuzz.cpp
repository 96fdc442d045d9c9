#include "oidc/id_token.hpp"

#include <cstdint>

/// A stranger's token is refused, whatever it is: there is no key that it could be signed with.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const boost::json::value keys = boost::json::parse(
      R"({"keys":[{"kty":"RSA","n":"AQAB","e":"AQAB"},{"kty":"EC","crv":"P-256","x":"AA","y":"AA"}]})");
  const std::string_view token(reinterpret_cast<const char*>(data), size);
  const zhijia::http::oidc::Expected expected{"https://id.example", "zhijia", "n", zhijia::Moment{}};
  if (zhijia::http::oidc::verified_subject(token, keys, expected)) std::abort();
  return 0;
}
