#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "dmn/column.hpp"
#include "dmn/dmn.hpp"

/// One decision for many cases at once, on all cores: the model becomes a plan over columns. See docs/dmn-batch.md.
namespace zhijia::dmn {

/// Cases as columns, one an input (or a decision that is given instead of computed).
struct Columns {
  std::vector<std::string> names;
  std::vector<Column> values;
  std::size_t cases = 0;
};

/// What the tables of one decision matched, for each case. Rows count from 1.
struct DecidingRows {
  using Rows = std::vector<std::uint32_t>;
  std::string decision;
  Packed codes;                          ///< by case: places in `lists`
  std::vector<std::vector<Rows>> lists;  ///< one list of rows for each table that was looked at, in order

  std::span<const Rows> tables(std::size_t at) const { return lists[static_cast<std::size_t>(codes[at])]; }
};

struct Decided {
  Column values;  ///< of the decision, one a case: in form values or coded
  /// When asked for: of every decision on the way that looks at tables, the one asked for last.
  std::vector<DecidingRows> rows;

  /// The rows that matched in the decision's own table; empty when it has none or they were not kept.
  std::span<const std::uint32_t> own_rows(std::size_t at) const;
};

struct BatchOptions {
  unsigned threads = 0;  ///< 0: as many as the machine has
  bool keep_rows = false;
  const Clock* clock = nullptr;
};

/// The same values and rows as Model::evaluate() gives for each case. Problems: "dmn.unknown_decision", "dmn.columns".
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
