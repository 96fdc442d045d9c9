#pragma once

#include <string>

#include "base/problem.hpp"

namespace zhijia::store {

/// Whether what goes to this PostgreSQL stays on the machine (a socket's folder, a loopback address), or is encrypted
/// for a server whose certificate and name are checked (sslmode=verify-full; OWASP ASVS 5.0, 12.3.1). What the address
/// leaves open is read from libpq's environment (PGHOST, PGSSLMODE …), as libpq will. Problems: store.not_encrypted,
/// store.url.
Result<void> check_postgresql_address(const std::string& url);

}  // namespace zhijia::store
