#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "dmn/dmn.hpp"

/// One decision for many cases at once, on all cores.
namespace zhijia::dmn {

/// Cases as columns: `values[i]` is the value of `names[i]` for each case. Columns of one value hold for every case, as
/// the policy's parameters do.
struct Columns {
  std::vector<std::string> names;
  std::vector<feel::Values> values;
  std::size_t cases = 0;
};

struct Decided {
  feel::Values values;  ///< of the decision, one a case
  /// The rows that matched, from 1, of the decision's own table; a list a case, kept only if asked for.
  std::vector<std::vector<std::size_t>> rows;
};

struct BatchOptions {
  unsigned threads = 0;  ///< 0: as many as the machine has
  bool keep_rows = false;
  const Clock* clock = nullptr;
};

/// The same values as Model::evaluate() gives for each case. Problems: "dmn.unknown_decision", "dmn.columns".
Result<Decided> decide(const Model& model, std::string_view decision, const Columns& columns,
                       const BatchOptions& options = {});

/// A case that two versions of a policy decide differently.
struct Difference {
  std::size_t at;  ///< of the case, from 0
  feel::Value before;
  feel::Value after;
};

/// Who gains and who loses when `after` replaces `before`: every case whose decision differs, in order of the cases.
Result<std::vector<Difference>> differences(const Model& before, const Model& after, std::string_view decision,
                                            const Columns& columns, const BatchOptions& options = {});

}  // namespace zhijia::dmn
