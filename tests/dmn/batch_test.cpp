#include "dmn/batch.hpp"

#include <gtest/gtest.h>

#include <random>

namespace zhijia::dmn {
namespace {

using feel::Number;
using feel::Value;

/// A unique table over random bands of A, and an expression over A and B: both sides of equality see the same model.
std::string random_model(std::mt19937_64& random) {
  std::string rules;
  auto low = static_cast<int>(random() % 10);
  for (int i = 0; i < 5; ++i) {
    const auto high = low + 1 + static_cast<int>(random() % 10);
    rules += "<rule><inputEntry><text>[" + std::to_string(low) + ".." + std::to_string(high) +
             ")</text></inputEntry><inputEntry><text>" + (random() % 2 == 0 ? "-" : "not(&lt; 20)") +
             "</text></inputEntry><outputEntry><text>A / 7 + " + std::to_string(i) + "</text></outputEntry></rule>";
    low = high + static_cast<int>(random() % 2);
  }
  return R"(<definitions xmlns="https://www.omg.org/spec/DMN/20230324/MODEL/" name="m" namespace="urn:m">)"
         R"(<inputData id="a" name="A"/><inputData id="b" name="B"/><decision id="d" name="D">)"
         R"(<informationRequirement><requiredInput href="#a"/></informationRequirement>)"
         R"(<informationRequirement><requiredInput href="#b"/></informationRequirement>)"
         R"(<decisionTable><input><inputExpression><text>A</text></inputExpression></input>)"
         R"(<input><inputExpression><text>B * 3</text></inputExpression></input><output/>)" +
         rules + "</decisionTable></decision></definitions>";
}

feel::Value random_value(std::mt19937_64& random) {
  const auto kind = random() % 20;
  if (kind == 0) return {};
  if (kind == 1) return "text";
  return feel::Number::scaled(static_cast<std::int64_t>(random() % 700), -1);
}

TEST(Batch, GivesWhatOneByOneEvaluationGives) {
  const auto seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937_64 random(seed);
  for (int round = 0; round < 5; ++round) {
    const auto model = load(random_model(random));
    ASSERT_TRUE(model);
    Columns columns{{"A", "B"}, {Column(), Column()}, 1'500};
    for (auto& column : columns.values)
      while (column.size() < columns.cases) column.values.push_back(random_value(random));
    const auto decided = decide(*model, "D", columns, {.threads = 3, .keep_rows = true, .clock = nullptr});
    ASSERT_TRUE(decided);
    for (std::size_t at = 0; at < columns.cases; ++at) {
      const auto one = model->evaluate("D", {{"A", columns.values[0].at(at)}, {"B", columns.values[1].at(at)}},
                                       {.clock = nullptr, .explain = true});
      ASSERT_EQ(feel::literal(decided->values.at(at)), feel::literal(one.value)) << "case " << at;
      const auto rows = decided->own_rows(at);
      ASSERT_TRUE(std::ranges::equal(rows, one.steps.back().tables.back().rows)) << "case " << at;
    }
  }
}

/// A model whose decision D has this logic over the input A.
std::string decision(const std::string& logic) {
  return R"(<definitions xmlns="https://www.omg.org/spec/DMN/20230324/MODEL/" name="m" namespace="urn:m">)"
         R"(<inputData id="a" name="A"/><decision id="d" name="D"><informationRequirement><requiredInput href="#a"/>)"
         R"(</informationRequirement>)" +
         logic + "</decision></definitions>";
}

std::string doubled(std::string_view factor) {
  return decision("<literalExpression><text>A &lt; " + std::string(factor) + "</text></literalExpression>");
}

TEST(Batch, TakesColumnsInTheCheapestForm) {
  const auto model = load(doubled("10"));
  Column numbers = Column::of_numbers({950, 1'000, 1'050, 0}, 2);
  numbers.missing = {0, 0, 0, 1};
  const std::pair<std::string_view, Column> cases[] = {
      {"values", Column{Number::scaled(95, -1), 10, Number::scaled(105, -1), Value()}},
      {"fixed numbers with one that is missing", std::move(numbers)},
      {"codes of a dictionary",
       Column::of_codes(Packed(Packed::Wide{0, 1, 2, 3}), {Number::scaled(95, -1), 10, 11, Value()})},
  };
  for (const auto& [name, column] : cases) {
    SCOPED_TRACE(name);
    const auto decided = decide(*model, "D", {{"A"}, {column}, 4});
    ASSERT_TRUE(decided);
    EXPECT_TRUE(decided->values.at(0).is_true());
    EXPECT_TRUE(decided->values.at(1).is_false());
    EXPECT_TRUE(decided->values.at(2).is_false());
    EXPECT_TRUE(decided->values.at(3).is_null());
  }
}

/// Integers are worked on in as few bits as hold them: at each edge the results must be those of evaluating alone.
TEST(Batch, GivesResultsThatNeedMoreBitsThanTheirOperands) {
  const std::vector<std::int64_t> of_width[] = {
      {0, 1, 2, 127, 128, 254, 255},
      {-1, 46'340, 46'341, -46'341, 65'535, 65'536, 1'073'741'823, 1'073'741'824, INT32_MAX, INT32_MIN},
      {INT32_MAX + 1LL, INT32_MIN - 1LL, 3'037'000'500, INT64_MAX / 2, INT64_MAX, INT64_MIN, INT64_MIN + 1},
  };
  const std::string_view expressions[] = {
      "A + B",
      "A - B",
      "B - A",
      "A * B",
      "A * A",
      "A * B + A",
      "-A",
      "min(A, B)",
      "max(A, B)",
      "A &lt; B",
      "A * 10 &gt;= B",
      "A = B",
      "A + 0.01 != B",
      "A / 3 &lt; B",
      "A / B = 1",
      "A / 7 / 11",
      "A * 0.8 + B",
      "min(A, 0.5) * B",
      "A - B - A",
      "A * B &lt; 100",
      "if A &lt; B then A else B",
  };
  for (const auto expression : expressions) {
    SCOPED_TRACE(expression);
    const auto model = load(
        R"(<definitions xmlns="https://www.omg.org/spec/DMN/20230324/MODEL/" name="m" namespace="urn:m">)"
        R"(<inputData id="a" name="A"/><inputData id="b" name="B"/><decision id="d" name="D"><informationRequirement>)"
        R"(<requiredInput href="#a"/></informationRequirement><informationRequirement><requiredInput href="#b"/>)"
        R"(</informationRequirement><literalExpression><text>)" +
        std::string(expression) + "</text></literalExpression></decision></definitions>");
    ASSERT_TRUE(model);
    for (const auto& left : of_width) {
      for (const auto& right : of_width) {
        std::vector<std::int64_t> a;
        std::vector<std::int64_t> b;
        for (const auto x : left)
          for (const auto y : right) a.push_back(x), b.push_back(y);
        const Columns columns{{"A", "B"}, {Column::of_numbers(a, 2), Column::of_numbers(b)}, a.size()};
        const auto decided = decide(*model, "D", columns);
        ASSERT_TRUE(decided);
        for (std::size_t at = 0; at < a.size(); ++at) {
          const auto one = model->evaluate("D", {{"A", Number::scaled(a[at], -2)}, {"B", Number::scaled(b[at], 0)}});
          EXPECT_EQ(feel::literal(decided->values.at(at)), feel::literal(one.value)) << a[at] << " " << b[at];
        }
      }
    }
  }
}

/// A quotient is compared as a fraction; where a rounded one would differ it must be rounded.
TEST(Batch, ComparesQuotientsAsTheyRound) {
  const std::pair<std::string_view, bool> cases[] = {
      {"A / 3 &lt; 0.3333333333333333333333333333333334", true},
      {"A / 3 &lt; 0.3333333333333333333333333333333333", false},
      {"A / 3 = 0.3333333333333333333333333333333333", true},
      {"A / 3 * 3 = 1", false},
      {"A / 3 / 3 = 0.1111111111111111111111111111111111", true},
      {"A / 8 = 0.125", true},
      {"A / 8 / 5 &lt; 0.025", false},
      {"A / 0 = null", true},
      {"9007199254740993 / A * 9007199254740993 = 81129638414606699710187514626049", true},
  };
  for (const auto& [test, expected] : cases) {
    SCOPED_TRACE(test);
    const auto model = load(decision("<literalExpression><text>" + std::string(test) + "</text></literalExpression>"));
    ASSERT_TRUE(model);
    const auto decided = decide(*model, "D", {{"A"}, {Column::of_numbers({1, 1})}, 2});
    ASSERT_TRUE(decided);
    EXPECT_EQ(decided->values.at(0).is_true(), expected);
    EXPECT_EQ(feel::literal(decided->values.at(0)), feel::literal(model->evaluate("D", {{"A", 1}}).value));
  }
}

TEST(Batch, LooksUpTheRowsOfLongTables) {
  std::string rules;
  for (int i = 0; i < 1'000; ++i)
    rules += "<rule><inputEntry><text>[" + std::to_string(i * 10) + ".." + std::to_string(i * 10 + 12) +
             ")</text></inputEntry><outputEntry><text>" + std::to_string(i) + "</text></outputEntry></rule>";
  const auto model = load(decision(R"(<decisionTable hitPolicy="COLLECT"><input><inputExpression><text>A</text>)"
                                   R"(</inputExpression></input><output/>)" +
                                   rules + "</decisionTable>"));
  ASSERT_TRUE(model);
  std::vector<std::int64_t> numbers;
  for (std::int64_t i = -5; i < 1'500; ++i) numbers.push_back(i * 7);
  const auto cases = numbers.size();
  const auto decided = decide(*model, "D", {{"A"}, {Column::of_numbers(numbers)}, cases}, {.keep_rows = true});
  ASSERT_TRUE(decided);
  for (std::size_t at = 0; at < cases; ++at) {
    std::vector<std::uint32_t> expected;
    for (std::uint32_t row = 0; row < 1'000; ++row)
      if (numbers[at] >= row * 10 && numbers[at] < row * 10 + 12) expected.push_back(row + 1);
    ASSERT_TRUE(std::ranges::equal(decided->own_rows(at), expected)) << numbers[at];
    ASSERT_EQ(decided->values.at(at).items().size(), expected.size());
  }
}

TEST(Batch, ShowsWhoGainsAndWhoLoses) {
  const auto before = load(doubled("10"));
  const auto after = load(doubled("20"));
  const auto found = differences(*before, *after, "D", {{"A"}, {Column{5, 15, 25}}, 3});
  ASSERT_TRUE(found);
  ASSERT_EQ(found->size(), 1U);
  EXPECT_EQ(found->front().at, 1U);
  EXPECT_TRUE(found->front().before.is_false());
  EXPECT_TRUE(found->front().after.is_true());
}

TEST(Batch, RefusesUnevenColumnsAndUnknownDecisions) {
  const auto model = load(doubled("10"));
  EXPECT_EQ(decide(*model, "D", {{"A"}, {Column{1, 2}}, 3}).error().front().code, "dmn.columns");
  EXPECT_EQ(decide(*model, "E", {{"A"}, {Column{1}}, 3}).error().front().code, "dmn.unknown_decision");
}

}  // namespace
}  // namespace zhijia::dmn
