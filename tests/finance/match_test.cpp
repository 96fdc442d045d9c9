#include <gtest/gtest.h>

#include "finance/reconcile.hpp"

namespace zhijia::finance {
namespace {

Movement moved(int day, std::int64_t yuan, std::string name, std::string words = {}, bool is_batch = false) {
  return {.on = Date::of(2020, 11, static_cast<unsigned>(day)),
          .amount = Money::yuan(yuan),
          .name = std::move(name),
          .words = std::move(words),
          .is_batch = is_batch};
}

struct Case {
  const char* name;
  std::vector<Movement> lines, entries;
  std::vector<std::pair<std::size_t, std::size_t>> exact;
  std::vector<std::pair<std::size_t, std::vector<std::size_t>>> doubtful;
};

TEST(Match, lines_of_the_bank_with_entries_of_the_book) {
  const Case cases[] = {
      {"amount, day and name agree", {moved(10, -500, "王伟")}, {moved(9, -500, "王伟")}, {{0, 0}}, {}},
      {"a name cut off and spaced is still the name",
       {moved(10, -500, "汉江 机械")},
       {moved(10, -500, "汉江机械厂")},
       {{0, 0}},
       {}},
      {"three days are near, four are not",
       {moved(13, -5, "甲"), moved(24, -6, "乙")},
       {moved(10, -5, "甲"), moved(20, -6, "乙")},
       {{0, 0}},
       {}},
      {"what came in is not what went out", {moved(10, 500, "王伟")}, {moved(10, -500, "王伟")}, {}, {}},
      {"another name of that amount is doubtful", {moved(10, -500, "李静")}, {moved(10, -500, "王伟")}, {}, {{0, {0}}}},
      {"two payments to one person are doubtful, the nearer first",
       {moved(10, -500, "王伟")},
       {moved(8, -500, "王伟"), moved(10, -500, "王伟")},
       {},
       {{0, {1, 0}}}},
      {"one entry is not proposed to two lines",
       {moved(10, -5, "甲"), moved(11, -5, "甲")},
       {moved(10, -5, "甲")},
       {},
       {{0, {0}}, {1, {0}}}},
      {"a batch is told by its code",
       {moved(10, -900, "", "代发 ZF-7")},
       {moved(10, -900, "ZF-7", "ZF-7", true), moved(10, -900, "赵敏")},
       {{0, 0}},
       {}},
      {"what is matched exactly is no doubt of another",
       {moved(10, -5, "甲"), moved(10, -5, "丙")},
       {moved(10, -5, "甲")},
       {{0, 0}},
       {}},
      {"nameless lines are doubtful", {moved(10, -5, "")}, {moved(10, -5, "")}, {}, {{0, {0}}}},
      {"nothing meets nothing", {}, {}, {}, {}},
  };
  for (const Case& each : cases) {
    const Matching found = match(each.lines, each.entries, 3);
    std::vector<std::pair<std::size_t, std::size_t>> exact;
    for (const Pair& pair : found.exact) exact.emplace_back(pair.line, pair.entry);
    EXPECT_EQ(exact, each.exact) << each.name;
    std::vector<std::pair<std::size_t, std::vector<std::size_t>>> doubtful;
    for (const Doubt& doubt : found.doubtful) doubtful.emplace_back(doubt.line, doubt.entries);
    EXPECT_EQ(doubtful, each.doubtful) << each.name;
  }
}

}  // namespace
}  // namespace zhijia::finance
