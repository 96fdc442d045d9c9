#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <iterator>

#include "dmn/batch.hpp"
#include "support/source.hpp"

namespace zhijia::dmn {
namespace {

using feel::Number;
using feel::Value;

std::string content_of(const std::string& path) {
  std::ifstream file(tests::source_folder() / path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

Model difficulty() {
  auto model = load(content_of("packs/relief/difficulty.dmn"), {}, "difficulty.dmn");
  EXPECT_TRUE(model);
  for (const auto& warning : model->warnings()) ADD_FAILURE() << describe(warning);
  return *model;
}

/// A household of three with 60,000 yuan a year and no rigid spending: 1,666.67 a head a month, line 600.
Inputs household(const Inputs& changes) {
  const auto facts = [](bool car) {
    return Value::context({{"costly schooling", false},
                           {"second home", false},
                           {"needless car", car},
                           {"business owner", false},
                           {"concealed income", false},
                           {"refused survey", false}});
  };
  Inputs inputs = {{"Members", 3},
                   {"Disposable Income", 60'000},
                   {"Idle Members", 0},
                   {"Medical Cost", 0},
                   {"Schooling Cost", 0},
                   {"Care Cost", 0},
                   {"Work Cost", 0},
                   {"On Subsistence", false},
                   {"Disaster", false},
                   {"Accident Cost", 0},
                   {"Union Member", true},
                   {"Migrant Worker", false},
                   {"Employed Months", 0},
                   {"Exclusion Facts", facts(false)},
                   {"Subsistence Line", 600},
                   {"Relative Multiple", 2},
                   {"Accident Share", Number::scaled(8, -1)},
                   {"Minimum Wage", 1'800},
                   {"Schooling Limit", 10'000},
                   {"Employed Months Min", 12}};
  for (const auto& change : changes) {
    // "Car" stands for the fact among the exclusions.
    if (change.name == "Car") inputs.push_back({"Exclusion Facts", facts(true)});
    if (change.name != "Car") inputs.push_back(change);
  }
  return inputs;
}

struct Case {
  std::string_view name;
  Inputs changes;
  std::string_view kind;
};

TEST(Difficulty, FollowsTheRules) {
  const Case cases[] = {
      {"enough income is no difficulty", {}, "none"},
      {"below the line is deep", {{"Disposable Income", 20'000}}, "deep"},
      {"exactly the line is relative", {{"Disposable Income", 21'600}}, "relative"},
      {"exactly twice the line is none", {{"Disposable Income", 43'200}}, "none"},
      {"medical cost is subtracted", {{"Medical Cost", 40'000}}, "deep"},
      {"schooling counts up to the limit", {{"Schooling Cost", 50'000}}, "none"},
      {"an idle member counts at the minimum wage", {{"Disposable Income", 20'000}, {"Idle Members", 1}}, "relative"},
      {"another place's multiple is used",
       {{"Disposable Income", 40'000}, {"Relative Multiple", Number::scaled(15, -1)}},
       "none"},
      {"a sudden cost above the share is accidental", {{"Accident Cost", 48'001}}, "accidental"},
      {"a sudden cost of exactly the share is not", {{"Accident Cost", 48'000}}, "none"},
      {"a disaster is accidental", {{"Disaster", true}}, "accidental"},
      {"a subsistence household with rigid spending is deep", {{"On Subsistence", true}, {"Care Cost", 1}}, "deep"},
      {"a needless car excludes", {{"Disposable Income", 20'000}, {"Car", true}}, "none"},
      {"who is no member is out of scope", {{"Disposable Income", 20'000}, {"Union Member", false}}, "none"},
      {"a migrant worker needs a year of work",
       {{"Disposable Income", 20'000}, {"Migrant Worker", true}, {"Employed Months", 11}},
       "none"},
      {"a migrant worker with a year of work is judged alike",
       {{"Disposable Income", 20'000}, {"Migrant Worker", true}, {"Employed Months", 12}},
       "deep"},
  };
  const auto model = difficulty();
  for (const auto& [name, changes, kind] : cases) {
    SCOPED_TRACE(name);
    const auto outcome = model.evaluate("Difficulty", household(changes));
    const auto* decided = outcome.value.is(feel::Kind::context) ? outcome.value.find("kind") : nullptr;
    ASSERT_NE(decided, nullptr) << feel::literal(outcome.value);
    EXPECT_EQ(feel::text(*decided), kind);
  }
}

TEST(Difficulty, KeepsTheRowsOfEveryTableOnTheWay) {
  Columns columns{.cases = 2};
  for (const auto& input : household({})) {
    columns.names.push_back(input.name);
    columns.values.push_back(Column{input.value});
  }
  columns.names.emplace_back("Exclusion Facts");
  columns.values.push_back(Column{household({})[13].value, household({{"Car", true}}).back().value});
  const auto decided = decide(difficulty(), "Difficulty", columns, {.keep_rows = true});
  ASSERT_TRUE(decided);
  ASSERT_EQ(decided->rows.size(), 2U);
  EXPECT_EQ(decided->rows[0].decision, "Exclusions");
  EXPECT_EQ(decided->rows[0].tables(0)[0], DecidingRows::Rows());
  EXPECT_EQ(decided->rows[0].tables(1)[0], DecidingRows::Rows{3});
  EXPECT_EQ(decided->rows[1].decision, "Difficulty");
  EXPECT_EQ(decided->rows[1].tables(0)[0], DecidingRows::Rows{7});
  EXPECT_EQ(decided->own_rows(1)[0], 2U);
}

TEST(Difficulty, ExplainsItselfInBothLanguages) {
  const auto outcome = difficulty().evaluate(
      "Difficulty", household({{"Disposable Income", 30'000}, {"Medical Cost", 3'000}}), {.explain = true});
  const auto words = difficulty().words();
  for (const bool chinese : {true, false}) {
    const std::string path = chinese ? "tests/dmn/golden/difficulty.zh.txt" : "tests/dmn/golden/difficulty.en.txt";
    // ZHIJIA_GOLDEN=1 writes the files anew; read the difference before committing it.
    if (std::getenv("ZHIJIA_GOLDEN") != nullptr)
      std::ofstream(tests::source_folder() / path, std::ios::binary) << explanation(outcome, chinese, words);
    EXPECT_EQ(explanation(outcome, chinese, words), content_of(path));
  }
}

}  // namespace
}  // namespace zhijia::dmn
