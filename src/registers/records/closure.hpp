#pragma once

#include "registers/engine.hpp"

namespace zhijia::registers {

/// Puts a union that was just written under its parent (if it has one), with all that lie under it.
/// Problems: union.circle, when the parent lies under the union itself.
Result<void> place_union(store::Transaction& transaction, Id union_id, std::optional<Id> parent);

}  // namespace zhijia::registers
