#include "finance/running_balance.hpp"

#include <gtest/gtest.h>

namespace zhijia::finance {
namespace {

/// 2020-11-DAY, amount and balance in yuan.
ToldLine told(unsigned day, std::int64_t amount, std::int64_t balance) {
  return {Date::of(2020, 11, day), Money::yuan(amount), Money::yuan(balance)};
}
ToldLine untold(unsigned day, std::int64_t amount) { return {Date::of(2020, 11, day), Money::yuan(amount), {}}; }

struct Case {
  const char* name;
  std::vector<ToldLine> lines;
  std::optional<std::int64_t> last;
  std::vector<std::pair<std::size_t, std::int64_t>> misfits;  // place, yuan expected
};

TEST(RunningBalance, lines_in_whatever_order_the_bank_writes_them) {
  const Case cases[] = {
      {"oldest first", {told(1, 100, 100), told(2, -30, 70), told(3, 5, 75)}, 75, {}},
      {"newest first", {told(3, 5, 75), told(2, -30, 70), told(1, 100, 100)}, 75, {}},
      {"one day, oldest first", {told(1, 100, 100), told(1, -30, 70), told(1, 5, 75)}, 75, {}},
      {"one day, newest first", {told(1, 5, 75), told(1, -30, 70), told(1, 100, 100)}, 75, {}},
      {"days newest first, the lines of the last day too",
       {told(2, 5, 75), told(2, -30, 70), told(1, 60, 100), told(1, 40, 40)},
       75,
       {}},
      {"days oldest first, each with its newest line first",
       {told(1, 60, 100), told(1, 40, 40), told(2, 5, 75), told(2, -30, 70)},
       75,
       {}},
      {"the days newest first tell a day that fits both ways",
       {told(2, -10, 90), told(2, 10, 100), told(1, 50, 90), told(1, 40, 40)},
       90,
       {}},
      {"what the day before left tells a day that fits both ways",
       {told(1, 100, 100), told(2, 10, 100), told(2, -10, 90)},
       100,
       {}},
      {"January newest first, then February oldest first",
       {told(2, -30, 70), told(1, 100, 100), told(3, 5, 75), told(4, 5, 80)},
       80,
       {}},
      {"two files of one day, each newest first",
       {told(1, 3, 6), told(1, 2, 3), told(1, 1, 1), told(1, 5, 15), told(1, 4, 10)},
       15,
       {}},
      {"no balances", {untold(1, 100), untold(2, -30)}, std::nullopt, {}},
      {"no lines", {}, std::nullopt, {}},
      {"a line without a balance goes on from the one before",
       {told(1, 100, 100), untold(2, -30), told(3, 5, 75), untold(4, -1)},
       74,
       {}},
      {"a line is missing: the first that does not fit is told, and the end still stands",
       {told(1, 100, 100), told(3, 5, 75), told(4, 5, 80)},
       80,
       {{1, 105}}},
      {"the same newest first", {told(4, 5, 80), told(3, 5, 75), told(1, 100, 100)}, 80, {{1, 105}}},
      {"one day that fits no order leaves the end open",
       {told(1, 100, 100), told(1, -30, 60), told(1, 5, 65)},
       std::nullopt,
       {{1, 70}}},
      {"the same newest first", {told(1, 5, 65), told(1, -30, 60), told(1, 100, 100)}, std::nullopt, {{1, 70}}},
  };
  for (const Case& each : cases) {
    const RunningBalance found = running_balance(each.lines);
    EXPECT_EQ(found.last, each.last ? std::optional(Money::yuan(*each.last)) : std::nullopt) << each.name;
    std::vector<std::pair<std::size_t, std::int64_t>> misfits;
    for (const Misfit& misfit : found.misfits) misfits.emplace_back(misfit.line, misfit.expected.fen / 100);
    EXPECT_EQ(misfits, each.misfits) << each.name;
  }
}

}  // namespace
}  // namespace zhijia::finance
