#include "dmn/batch.hpp"

#include <gtest/gtest.h>

#include <random>

namespace zhijia::dmn {
namespace {

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
    Columns columns{{"A", "B"}, {{}, {}}, 1'500};
    for (auto& column : columns.values)
      while (column.size() < columns.cases) column.push_back(random_value(random));
    const auto decided = decide(*model, "D", columns, {.threads = 3, .keep_rows = true, .clock = nullptr});
    ASSERT_TRUE(decided);
    for (std::size_t at = 0; at < columns.cases; ++at) {
      const auto one = model->evaluate("D", {{"A", columns.values[0][at]}, {"B", columns.values[1][at]}},
                                       {.clock = nullptr, .explain = true});
      ASSERT_EQ(feel::literal(decided->values[at]), feel::literal(one.value)) << "case " << at;
      ASSERT_EQ(decided->rows[at], one.steps.back().tables.back().rows) << "case " << at;
    }
  }
}

std::string doubled(std::string_view factor) {
  return R"(<definitions xmlns="https://www.omg.org/spec/DMN/20230324/MODEL/" name="m" namespace="urn:m">)"
         R"(<inputData id="a" name="A"/><decision id="d" name="D"><informationRequirement><requiredInput href="#a"/>)"
         R"(</informationRequirement><literalExpression><text>A &lt; )" +
         std::string(factor) + "</text></literalExpression></decision></definitions>";
}

TEST(Batch, ShowsWhoGainsAndWhoLoses) {
  const auto before = load(doubled("10"));
  const auto after = load(doubled("20"));
  const auto found = differences(*before, *after, "D", {{"A"}, {{5, 15, 25}}, 3});
  ASSERT_TRUE(found);
  ASSERT_EQ(found->size(), 1U);
  EXPECT_EQ(found->front().at, 1U);
  EXPECT_TRUE(found->front().before.is_false());
  EXPECT_TRUE(found->front().after.is_true());
}

TEST(Batch, RefusesUnevenColumnsAndUnknownDecisions) {
  const auto model = load(doubled("10"));
  EXPECT_EQ(decide(*model, "D", {{"A"}, {{1, 2}}, 3}).error().front().code, "dmn.columns");
  EXPECT_EQ(decide(*model, "E", {{"A"}, {{1}}, 3}).error().front().code, "dmn.unknown_decision");
}

}  // namespace
}  // namespace zhijia::dmn
