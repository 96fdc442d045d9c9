#pragma once

#include <optional>
#include <span>
#include <vector>

#include "base/date.hpp"
#include "base/money.hpp"

/// The balances that a bank tells beside its lines, in whatever order it writes them.
namespace zhijia::finance {

struct ToldLine {
  Date on;
  Money amount;                  ///< received is positive, paid negative
  std::optional<Money> balance;  ///< after the line, as the bank has it
};

/// A line whose balance is not that of the line before and its own amount: a line is missing, or a figure is wrong.
struct Misfit {
  std::size_t line = 0;  ///< place in what was given
  Money expected;
};

struct RunningBalance {
  /// After the last line; nothing when no line tells one, or the lines of the last day do not follow each other.
  std::optional<Money> last;
  std::vector<Misfit> misfits;  ///< oldest first
};

/// Lines of one account as they were entered. Days follow each other; the lines of one day are put oldest first or
/// newest first, or in an order of two files together, whichever their balances follow. Where the balances leave it
/// open, as the other days are, and the days of the whole. Cost: lines times their logarithm.
RunningBalance running_balance(std::span<const ToldLine> lines);

}  // namespace zhijia::finance
