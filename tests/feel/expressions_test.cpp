#include <gtest/gtest.h>

#include "feel/feel.hpp"
#include "support/cases.hpp"

namespace zhijia::feel {
namespace {

TEST(Expression, Arithmetic) {
  constexpr Case cases[] = {
      {"1 + 2 * 3", "7"},
      {"(1 + 2) * 3", "9"},
      {"10 - 4 - 3", "3"},
      {"-3 ** 2", "9"},
      {"2 ** 3 ** 2", "64"},
      {"0.1 + 0.2", "0.3"},
      {"1 / 3", "0.3333333333333333333333333333333333"},
      {"1 / 0", "null"},
      {"1e6144 * 10", "null"},
      {"12345678901234567890 * 98765432109876543210", "1219326311370217952237463801111264000000"},
      {"\"a\" + \"b\"", "\"ab\""},
      {"1 + \"b\"", "null"},
      {"1 + null", "null"},
      {".5 + 1.5e1", "15.5"},
  };
  expect_all(cases);
}

TEST(Expression, LogicHasThreeValues) {
  constexpr Case cases[] = {
      {"true and null", "null"},   {"false and null", "false"}, {"true or null", "true"}, {"false or null", "null"},
      {"null and null", "null"},   {"1 and false", "false"},    {"1 or true", "true"},    {"not(null)", "null"},
      {"1 < 2 and 2 < 3", "true"}, {"null = null", "true"},     {"1 = null", "false"},    {"1 = \"1\"", "null"},
  };
  expect_all(cases);
}

TEST(Expression, ListsAndFilters) {
  constexpr Case cases[] = {
      {"[1, 2, 3][2]", "2"},
      {"[1, 2, 3][-1]", "3"},
      {"[1, 2, 3][4]", "null"},
      {"[1, 2, 3][item > 1]", "[2, 3]"},
      {"[{a: 1}, {a: 2}][a > 1].a", "[2]"},
      {"[{unit price: 3}, {unit price: 5}][unit price > 4][1].unit price", "5"},
      {"[{item: 1}, {item: 2}][item >= 2]", "[{item: 2}]"},
      {"5[true]", "[5]"},
      {"{x: 2, r: [1, 2, 3][item > x]}.r", "[3]"},
      {"for x in [1, 2], y in [x, 10] return x * y", "[1, 10, 4, 20]"},
      {"for i in 3..1 return i", "[3, 2, 1]"},
      {"for i in 1..4 return if i = 1 then 1 else i * partial[-1]", "[1, 2, 6, 24]"},
      {"for d in @\"2021-01-30\"..@\"2021-02-01\" return d.day", "[30, 31, 1]"},
      {"some x in [1, 2] satisfies x > 1", "true"},
      {"every x in [1, 2] satisfies x > 1", "false"},
  };
  expect_all(cases);
}

TEST(Expression, RangesAndTests) {
  constexpr Case cases[] = {
      {"3 in [1..5]", "true"},
      {"1 in (1..5]", "false"},
      {"5 in ]1..5[", "false"},
      {"5 in < 6", "true"},
      {"5 in (1, 2, >= 5)", "true"},
      {"3 in [1..2] or true", "true"},
      {"1 in [1, 2] and 3 > 4", "false"},
      {"1 in < 2 and 2 in > 1", "true"},
      {"1 in [1..2] = true", "true"},
      {"5 in (? > 4)", "true"},
      {"5 between 1 and 5", "true"},
      {"null in [1..5]", "null"},
      {"[1..5].start included", "true"},
      {"(< 5).end", "5"},
      {"[1..5[", "[1..5)"},
      {"\"b\" in [\"a\"..\"c\"]", "true"},
      {"(< 10) = (null..10)", "false"},
  };
  expect_all(cases);
}

TEST(Expression, FunctionsAndClosures) {
  constexpr Case cases[] = {
      {"{add: function(a, b) a + b, r: add(1, 2)}.r", "3"},
      {"{add: function(a, b) a - b, r: add(b: 1, a: 2)}.r", "1"},
      {"{n: 10, f: function(x: number) x + n, r: f(5)}.r", "15"},
      {"{f: function(x) function(y) x * y, r: f(6)(7)}.r", "42"},
      {"{f: function(x: number) x, r: f(\"a\")}.r", "null"},
      {"sort([3, 1, 2], function(x, y) x > y)", "[3, 2, 1]"},
      {"(function(x) external {java: {class: \"A\"}})(1)", "null"},
      {"{a: 1, b: a + 1, c: {d: b + 1}}.c.d", "3"},
      {"{f: string length, r: f(\"abc\")}.r", "3"},
  };
  expect_all(cases);
}

TEST(Expression, Temporals) {
  constexpr Case cases[] = {
      {"date(\"2020-01-31\") + duration(\"P1M\")", "@\"2020-02-29\""},
      {"date and time(\"2020-01-01T00:00:00Z\") - date and time(\"2019-12-31T00:00:00Z\")", "@\"P1D\""},
      {"@\"2020-01-01\".weekday", "3"},
      {"time(\"10:00:00@Asia/Shanghai\").time offset", "@\"PT8H\""},
      {"date and time(\"2020-07-01T00:00:00@Europe/Paris\").time offset", "@\"PT2H\""},
      {"duration(\"P1D\") * 1.5", "@\"P1DT12H\""},
      {"date(2020, 2, 30)", "null"},
      {"date and time(\"-99999-12-31T11:22:33\")", "@\"-99999-12-31T11:22:33\""},
      {"years and months duration(@\"2011-12-22\", @\"2013-08-24\")", "@\"P1Y8M\""},
      {"date and time(\"2011-12-03T10:15:30+01:00@Europe/Paris\")", "null"},
  };
  expect_all(cases);
}

TEST(Expression, NamesWithSpacesAndSymbols) {
  Scope scope;
  scope.declare("Monthly Income", Type::Kind::number);
  scope.declare("a-b", Type::Kind::number);
  scope.declare("a", Type::Kind::number);
  scope.declare("date", Type::Kind::number);
  scope.declare("户主", Type::context({{"月 收入", Type::Kind::number}}));
  scope.declare("for sale", Type::Kind::boolean);
  const Values values{3000, 1, 10, 7, Value::context({{"月 收入", 5}}), true};
  constexpr Case cases[] = {
      {"Monthly   Income * 2", "6000"},
      {"a-b", "1"},
      {"a - b", "1"},
      {"if for sale then 1 else 2", "1"},
      {"{date in: 2}.date in", "2"},
      {"a + date", "17"},
      {"户主.月 收入", "5"},
      {"date and time(\"2020-01-01T00:00:00\").year", "2020"},
  };
  for (const auto& c : cases) {
    const auto expression = parse(c.expression, scope);
    ASSERT_TRUE(expression) << c.expression << ": " << describe(expression.error().front());
    EXPECT_EQ(literal(evaluate(*expression, {.variables = values})), c.result) << c.expression;
  }
}

TEST(Expression, UnaryTests) {
  struct TestCase {
    std::string_view tests;
    Value input;
    std::string_view result;
  };
  const TestCase cases[] = {
      {"-", 5, "true"},
      {"< 10", 5, "true"},
      {"1, 2, 3", 2, "true"},
      {"not(1, 2)", 2, "false"},
      {"[1..5], > 10", 7, "false"},
      {"? > 5 and ? < 7", 6, "true"},
      {"\"a\", \"b\"", "b", "true"},
      {"false", false, "true"},
      {"not(\"a\")", "b", "true"},
      {"contains(?, \"x\")", "axb", "true"},
      {"[1, 2]", 2, "true"},
      {"null", Value(), "true"},
      {"not(? = 1) and ? < 5", 2, "true"},
  };
  for (const auto& c : cases) {
    const auto tests = parse_unary_tests(c.tests, Scope());
    ASSERT_TRUE(tests) << c.tests;
    EXPECT_EQ(literal(evaluate(*tests, {.variables = {}, .input = c.input})), c.result) << c.tests;
  }
}

}  // namespace
}  // namespace zhijia::feel
