#pragma once

#include <boost/json.hpp>
#include <map>
#include <mutex>
#include <optional>

#include "base/date.hpp"
#include "base/problem.hpp"
#include "http/sign_on.hpp"

namespace zhijia::http::oidc {

/// One sign-in on its way through the provider, known by a handle that its browser holds.
struct Attempt {
  std::string state, nonce, verifier;
  Moment ends_at;
};

/// The provider, and who is on the way to it and back. Any thread may use it.
class Provider {
 public:
  Provider(SignOn sign_on, const Clock& clock) : sign_on_(std::move(sign_on)), clock_(clock) {}

  struct Begun {
    std::string address;  ///< where to send the browser
    std::string handle;   ///< for its cookie
  };
  /// Authorization code flow with PKCE (RFC 7636), state and nonce. Problems: oidc.provider, oidc.busy.
  Result<Begun> begin();

  /// What the provider sent the browser back with; the subject who signed in. Each attempt serves once, for ten
  /// minutes. Problems: oidc.state (none of this browser's attempts), oidc.denied, oidc.provider, those of
  /// verified_subject.
  Result<std::string> finish(const std::string& handle, std::string_view state, std::string_view code,
                             std::string_view issuer);

  const std::string& issuer() const { return sign_on_.issuer; }
  /// Whether who comes from it was asked for two factors, for else his token is refused.
  bool asks_for_two_factors() const { return !sign_on_.acr.empty(); }

 private:
  struct Endpoints {
    std::string authorization, token, keys;
  };
  Result<Endpoints> endpoints();
  Result<std::string> id_token(const Attempt& attempt, std::string_view code);
  Result<boost::json::value> key_set(bool anew);
  std::string redirect_address() const { return sign_on_.address + "/api/v1/session/oidc/callback"; }

  const SignOn sign_on_;
  const Clock& clock_;
  std::mutex mutex_;
  std::optional<Endpoints> endpoints_;
  std::optional<boost::json::value> key_set_;
  Moment key_set_read_{};
  std::map<std::string, Attempt> attempts_;  // by the hash of the handle
};

}  // namespace zhijia::http::oidc
