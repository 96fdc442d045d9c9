#pragma once

#include "access/users.hpp"
#include "http/router.hpp"

namespace zhijia::http {

/// Lets in who is signed in, and anyone to what is public. Writes must bring the session's token back in X-CSRF-Token,
/// and somebody with a first password must change it before anything else. A program comes with `Authorization: Bearer`
/// and stays within its token's scope. While there are no accounts, everything may be read and nothing changed. One
/// address may try to sign in so many times a minute, and no more.
Gate gate_of(access::Users& users);

/// The value of the cookie that begins so ("name="); empty when there is none. By HTTPS only one that bears the prefix
/// __Host- counts.
std::string_view cookie_of(const Request& request, std::string_view name);

/// The session cookie's token; empty when there is none.
std::string_view session_token(const Request& request);

/// Set-Cookie: for this host and this site only, out of reach of scripts; the server makes it Secure by HTTPS. An
/// empty token ends it.
/// It is `kept` beyond the browser's end on a worker's own phone.
std::string session_cookie(std::string_view token, bool kept = false);

/// A worker's session opens what is made for workers and for everyone, and nothing else.
bool is_for_workers(const Request& request);

}  // namespace zhijia::http
