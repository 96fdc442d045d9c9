#pragma once

#include <span>

#include "store/store.hpp"

namespace zhijia::store {

/// The store's own tables: settings, change log, nodes, checkpoints; with triggers that keep the log append-only.
void migrate_system_tables(Transaction& transaction);

/// As Store::migrate says. `day` names the columns that a change of type puts aside.
Result<void> migrate_tables(Transaction& transaction, std::span<const TableSchema> schemas, Date day);

}  // namespace zhijia::store
