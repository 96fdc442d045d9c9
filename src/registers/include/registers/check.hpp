#pragma once

#include "registers/pack.hpp"

/// What `zhijia pack check` tells beside the faults that keep a pack from being loaded.
namespace zhijia::registers {

/// As load_packs; adds to `warnings` what is allowed and should be looked at. Warnings: pack.lone_decision.
Result<Catalogue> load_packs(const std::filesystem::path& root, Problems& warnings);

/// What FEEL says against the checks, computed fields, guards, terms, effects and limits, which Registers::open would
/// refuse. Problems: pack.expression.
Problems check_expressions(const Catalogue& catalogue);

}  // namespace zhijia::registers
