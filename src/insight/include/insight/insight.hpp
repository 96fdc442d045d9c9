#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/ids.hpp"
#include "registers/pack.hpp"
#include "store/store.hpp"

/// What is counted, and the records that it was counted from.
namespace zhijia::insight {

/// Which year, and the log as it stood when (empty: now).
struct View {
  int year = 0;
  std::optional<std::int64_t> as_of;
};

/// One indicator's value. Nothing behind it gives 0.
struct Figure {
  const registers::Indicator* indicator = nullptr;
  std::int64_t value = 0;    ///< times 10^scale: fen for money
  int scale = 0;             ///< decimals of the value: 2 for money
  std::int64_t records = 0;  ///< how many records stand behind it

  std::string text() const;  ///< "18260000", "0.30": plain, without needless decimals
};

/// A record behind a figure.
struct Contribution {
  Id record = 0;
  std::string label;       ///< what the register calls a record's name
  std::string on;          ///< the day that places it in time
  std::int64_t value = 0;  ///< its part of the figure, at the figure's scale; for distinct: 1 for the first of equals
};

/// Counts the indicator with one query. Problems: those of an expression that is no filter, and insight.path.
/// Cost: one pass over the register's rows of the period.
Result<Figure> compute(store::Reader& reader, const registers::Catalogue& catalogue,
                       const registers::Indicator& indicator, const View& view);

/// All indicators of the catalogue, in its order.
Result<std::vector<Figure>> compute_all(store::Reader& reader, const registers::Catalogue& catalogue, const View& view);

/// The records behind the figure, oldest first. The values of all of them add up to a count or sum; of max, min and
/// least_share they are what was compared.
Result<std::vector<Contribution>> drill(store::Reader& reader, const registers::Catalogue& catalogue,
                                        const registers::Indicator& indicator, const View& view,
                                        std::int64_t rows_max = 1'000'000, std::int64_t skipped = 0);

/// Whether every indicator can be counted: its filter is FEEL that compiles to SQL over fields that exist.
Problems check_indicators(const registers::Catalogue& catalogue);

/// First and last day that the indicator covers in the review of a year; no first day where all that came before
/// counts.
struct Span {
  std::optional<Date> first;
  Date last;
};
Span span_of(const registers::Indicator& indicator, int year);

}  // namespace zhijia::insight
