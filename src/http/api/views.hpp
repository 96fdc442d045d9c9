#pragma once

#include "access/vault.hpp"

namespace zhijia::http {

/// Lists as somebody likes to see them, by register and name: what filters, sorts and stands in columns, sealed, for
/// it tells whom somebody looked for.
store::TableSchema view_schema();
access::SealedColumn sealed_view_column();

/// Seals the views that an earlier version kept in clear.
Result<void> seal_views(store::Store& store, const access::Vault& vault);

}  // namespace zhijia::http
