#pragma once

#include <boost/json.hpp>
#include <string>
#include <string_view>

#include "base/date.hpp"
#include "base/problem.hpp"

namespace zhijia::http::oidc {

/// What an ID token must say to be believed (OpenID Connect Core 1.0, section 3.1.3.7).
struct Expected {
  std::string issuer, client, nonce;
  Moment now;
  std::string acr = {};  ///< empty: any
};

/// The subject of an ID token: whom the provider says has signed in. Its signature (RS256 or ES256 only: neither `none`
/// nor a shared secret) is checked with the key of the set that its header names, then issuer, audience, times, nonce
/// and context class. Problems: oidc.token (saying which check failed, and nothing of the token), oidc.key (the set has
/// no such key: it may have been replaced).
Result<std::string> verified_subject(std::string_view token, const boost::json::value& key_set,
                                     const Expected& expected);

/// RFC 4648, section 5, without padding; nothing for anything else.
std::optional<std::string> from_base64url(std::string_view text);
std::string base64url(std::string_view bytes);

}  // namespace zhijia::http::oidc
