#include "draw/draw.hpp"

#include <gmock/gmock.h>

#include <map>
#include <set>

namespace zhijia::draw {
namespace {

using testing::ElementsAre;

std::vector<std::string> codes_of(const Problems& problems) {
  std::vector<std::string> codes;
  for (const Problem& problem : problems) codes.push_back(problem.code);
  return codes;
}

/// Five tickets, the secret "secret", the public value "0817". Its hashes were computed with sha256sum, its winners by
/// hand from their digits (docs/draw.md goes through this very draw).
Sheet small_draw() {
  Sheet sheet{.title = "知识竞赛",
              .places = 2,
              .commitment = "2bb80d537b1da3e38bd30361aa855686bde0eacd7162fef6a25fe97bf527a25b",
              .randomness = "某日开奖号",
              .entries = {"1001", "1002", "1003", "1004", "1005"},
              .entries_hash = "9353e4d096c4557cffe3342e48893cdbdc11bc55d5bf729a7ca16e6290dcab07"};
  draw(sheet, "secret", "0817");
  return sheet;
}

TEST(Draw, follows_the_fixed_vector) {
  const Sheet sheet = small_draw();
  EXPECT_EQ(commitment_of("secret"), sheet.commitment);
  EXPECT_EQ(hash_of(sheet.entries), sheet.entries_hash);
  EXPECT_EQ(sheet.seed, "d048ea07f6c2416ae82bcec83737103d1a54d473a5c2e34b49151db301613e7d");
  EXPECT_THAT(sheet.winners, ElementsAre("1004", "1005"));
  EXPECT_TRUE(verify(sheet).empty());
}

TEST(Draw, any_change_is_found) {
  struct Case {
    const char* name;
    void (*change)(Sheet&);
    const char* problem;
  };
  const Case cases[] = {
      {"an entry more", [](Sheet& s) { s.entries.emplace_back("1006"); }, "draw.entries_hash"},
      {"an entry twice", [](Sheet& s) { s.entries.emplace_back("1005"); }, "draw.entries_twice"},
      {"another order", [](Sheet& s) { std::swap(s.entries[0], s.entries[1]); }, "draw.entries_hash"},
      {"another secret", [](Sheet& s) { s.secret = "other"; }, "draw.commitment"},
      {"another public value", [](Sheet& s) { s.random_value = "0818"; }, "draw.seed"},
      {"another seed", [](Sheet& s) { s.seed[0] = s.seed[0] == '0' ? '1' : '0'; }, "draw.seed"},
      {"another winner", [](Sheet& s) { s.winners[0] = s.winners[0] == "1001" ? "1002" : "1001"; }, "draw.winners"},
      {"one winner less", [](Sheet& s) { s.winners.pop_back(); }, "draw.winners"},
      {"not drawn yet", [](Sheet& s) { s.seed.clear(); }, "draw.not_drawn"},
  };
  for (const Case& each : cases) {
    Sheet sheet = small_draw();
    each.change(sheet);
    EXPECT_THAT(codes_of(verify(sheet)), testing::Contains(each.problem)) << each.name;
  }
}

TEST(Draw, every_entry_wins_as_often_as_any_other) {
  std::map<std::size_t, int> first, any;
  constexpr int draws = 7'000, count = 7, places = 3;
  for (int i = 0; i < draws; ++i) {
    const auto winners = winners_of("seed " + std::to_string(i), count, places);
    ++first[winners.front()];
    for (const std::size_t winner : winners) ++any[winner];
    EXPECT_EQ(std::set(winners.begin(), winners.end()).size(), static_cast<std::size_t>(places));
  }
  // Five standard deviations of a fair draw: 146 for the first place, 207 for any.
  for (std::size_t i = 0; i < count; ++i) {
    EXPECT_NEAR(first[i], draws / count, 146) << i;
    EXPECT_NEAR(any[i], draws * places / count, 207) << i;
  }
}

TEST(Draw, more_places_than_entries_let_everyone_win_once) {
  EXPECT_THAT(winners_of("s", 3, 10), testing::UnorderedElementsAre(0, 1, 2));
  EXPECT_TRUE(winners_of("s", 0, 10).empty());
}

TEST(Draw, its_file_reads_as_it_was_written) {
  const Sheet sheet = small_draw();
  const auto read = parse(write(sheet));
  ASSERT_TRUE(read);
  EXPECT_EQ(*read, sheet);
}

TEST(Draw, what_is_no_draw_is_refused) {
  for (const char* text : {"", "{}", "[1]", "\xff", R"({"zhijia_draw":2})", R"({"zhijia_draw":1,"places":-1})",
                           R"({"zhijia_draw":1,"places":1,"title":"x"})"})
    EXPECT_FALSE(parse(text)) << text;
}

}  // namespace
}  // namespace zhijia::draw
