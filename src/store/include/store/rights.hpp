#pragma once

#include "base/problem.hpp"
#include "store/store.hpp"

namespace zhijia::store {

/// Whether who connects to PostgreSQL may do no more than serving needs (OWASP ASVS 5.0, 13.2.2): neither he nor a role
/// that he may take on is a superuser, makes roles, replicates, bypasses row security, or reads the server's files or
/// runs its programs. On SQLite nobody is asked. Problems: store.rights.
Result<void> check_rights(Reader& reader);

}  // namespace zhijia::store
