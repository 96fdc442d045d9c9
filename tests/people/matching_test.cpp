#include "people/matching.hpp"

#include <gtest/gtest.h>

#include <set>

#include "support/invented_rosters.hpp"

namespace zhijia::people {
namespace {

Roster packed(const std::vector<tests::Entry>& entries) {
  Roster roster;
  for (const auto& entry : entries)
    roster.add({.name = entry.name,
                .identity_number = {},
                .birth_date = entry.birth_date,
                .phone = entry.phone,
                .address = entry.address});
  return roster;
}

std::string meanings(const Matching& matching, const Pair& pair) {
  std::string all;
  for (const auto& level : matching.evidence(pair).levels) all += level.meaning.en + "; ";
  return all;
}

struct Case {
  std::string_view name;
  Traits left, right;
  std::string_view evidence;
};

const Case cases[] = {
    {"a name that sounds the same",
     {"张伟", "", "1980-03-12", "13800001111", "汉台区东大街12号"},
     {"张威", "", "1980-03-12", "13800001111", "汉台区东大街12号"},
     "names that sound the same, a rare one; same date of birth; same telephone; same address; "},
    {"day and month swapped, a digit of the telephone missed",
     {"李秀英", "", "1975-04-11", "13900002222", ""},
     {"李秀英", "", "1975-11-04", "13900002223", ""},
     "same name, a rare one; day and month of birth swapped; one digit of the telephone differs; "},
    {"two neighbouring digits swapped are one mistake",
     {"王芳", "", "1990-12-30", "13712345678", ""},
     {"王芳", "", "1990-12-30", "13712354678", ""},
     "same name, a rare one; same date of birth; one digit of the telephone differs; "},
    {"an address with province and city, and numbers written another way",
     {"赵强", "", "1969-01-02", "", "汉台区兴元路8号2单元301室"},
     {"赵强", "", "1969-01-02", "", "陕西省汉中市汉台区兴元路8号2-301"},
     "same name, a rare one; same date of birth; same address; "},
    {"an identity number of the old form",
     {"陈静", "610799800101001", "1980-01-01", "", ""},
     {"陈静", "61079919800101001X", "1980-01-01", "", ""},
     "same identity number; same name, a rare one; same date of birth; "},
    {"a missed character, an old address on the same road",
     {"周建国", "", "1960-05-06", "13611112222", "勉县和平路3号"},
     {"周国", "", "1960-05-06", "13611112222", "勉县和平路77号"},
     "one character more or less in the name; same date of birth; same telephone; same road; "},
};

TEST(Matching, SaysHowTwoPeopleCompare) {
  for (const Case& each : cases) {
    Roster left, right;
    left.add(each.left);
    right.add(each.right);
    const Matching matching = match(left, right, {.probability_min = 0});
    ASSERT_EQ(matching.pairs.size(), 1U) << each.name;
    EXPECT_EQ(meanings(matching, matching.pairs[0]), each.evidence) << each.name;
  }
}

TEST(Matching, FindsWhoIsWhoInTwoRostersThatDifferAsRostersDo) {
  const auto rosters = tests::invent_rosters(20'000, 7);
  Roster left = packed(rosters.left), right = packed(rosters.right);
  const Matching matching = match(left, right);
  std::size_t right_pairs = 0;
  for (const Pair& pair : matching.pairs)
    right_pairs += rosters.left[pair.left].person == rosters.right[pair.right].person;
  const double precision = static_cast<double>(right_pairs) / static_cast<double>(matching.pairs.size());
  const double recall = static_cast<double>(right_pairs) / 12'000.0;
  EXPECT_GT(precision, 0.98);
  EXPECT_GT(recall, 0.97);
  std::set<std::uint32_t> lefts, rights;
  for (const Pair& pair : matching.pairs) {
    EXPECT_TRUE(lefts.insert(pair.left).second) << "one partner at most";
    EXPECT_TRUE(rights.insert(pair.right).second) << "one partner at most";
  }
}

TEST(Matching, GivesTheSamePairsOnOneThreadAndOnMany) {
  const auto rosters = tests::invent_rosters(3'000, 8);
  Roster left = packed(rosters.left), right = packed(rosters.right);
  const Matching one = match(left, right, {.threads = 1}), many = match(left, right, {.threads = 4});
  ASSERT_EQ(one.pairs.size(), many.pairs.size());
  for (std::size_t i = 0; i < one.pairs.size(); ++i) {
    EXPECT_EQ(one.pairs[i].left, many.pairs[i].left);
    EXPECT_EQ(one.pairs[i].right, many.pairs[i].right);
  }
}

TEST(Matching, FindsThoseWhoStandInARosterTwice) {
  const auto rosters = tests::invent_rosters(3'000, 9);
  std::vector<tests::Entry> all = rosters.left;
  all.insert(all.end(), rosters.right.begin(), rosters.right.end());
  Roster roster = packed(all);
  std::size_t right_pairs = 0;
  const Matching matching = duplicates(roster);
  for (const Pair& pair : matching.pairs) {
    EXPECT_LT(pair.left, pair.right);
    right_pairs += all[pair.left].person == all[pair.right].person;
  }
  EXPECT_GT(right_pairs, 1'700U) << "of 1,800";
  EXPECT_LT(matching.pairs.size() - right_pairs, 40U);
}

TEST(Matching, AKeyThatHundredsShareIsNotFollowed) {
  Roster left, right;
  for (int i = 0; i < 1'000; ++i) {
    const std::string birth = "19" + std::to_string(50 + i % 50) + "-05-" + std::to_string(10 + i % 19);
    left.add({"王" + std::string(i % 2 ? "一" : "二"), "", birth, "13800000000", ""});
    right.add({"李三", "", birth, "13800000000", ""});
  }
  EXPECT_EQ(match(left, right).crowded_keys, 1U);
}

TEST(Matching, NobodyIsFoundInAnEmptyRoster) {
  Roster left, right;
  left.add({"张伟", "", "1980-03-12", "", ""});
  EXPECT_TRUE(match(left, right).pairs.empty());
  EXPECT_TRUE(match(right, left).pairs.empty());
}

}  // namespace
}  // namespace zhijia::people
