#pragma once

#include <string>

namespace zhijia::http {

/// An OpenID Connect provider that people may sign in with. Empty issuer: none.
struct SignOn {
  std::string issuer;         ///< as its discovery document names itself
  std::string client;         ///< what this server is registered as
  std::string client_secret;  ///< empty: a public client, held by PKCE alone
  std::string acr = {};       ///< the context class that means two factors at the provider; empty: none is asked for
  std::string address;        ///< of this server as browsers know it: "https://union.example"
};

}  // namespace zhijia::http
