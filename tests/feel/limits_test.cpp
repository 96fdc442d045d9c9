#include <gtest/gtest.h>

#include "feel/feel.hpp"

namespace zhijia::feel {
namespace {

std::string repeated(std::string_view text, std::size_t count) {
  std::string out;
  for (std::size_t i = 0; i < count; ++i) out += text;
  return out;
}

TEST(Limits, ATextThatIsTooMuchIsRefused) {
  const struct {
    std::string_view name;
    std::string text;
    std::string_view code;
  } cases[] = {
      {"a very long text", repeated("1+", text_bytes_max), "feel.too_long"},
      {"deep parentheses", repeated("(", 100'000), "feel.too_deep"},
      {"deep lists", repeated("[", 100'000), "feel.too_deep"},
      {"deep contexts", repeated("{a:", 50'000), "feel.too_deep"},
      {"deep negation", repeated("-", 100'000) + "a", "feel.too_deep"},
      {"deep conditions", repeated("if true then 1 else ", 10'000), "feel.too_deep"},
      {"deep types", "1 instance of " + repeated("list<", 40'000), "feel.too_deep"},
      {"long sums", repeated("1+", 10'000) + "1", "feel.too_deep"},
      {"long paths", "{}" + repeated(".a", 10'000), "feel.too_deep"},
      {"bytes that are no text", "\"\xFF\"", "feel.encoding"},
      {"an unknown name", "unknown + 1", "feel.unknown_name"},
      {"an unknown type", "1 instance of thing", "feel.unknown_type"},
      {"an open string", "\"abc", "feel.syntax"},
      {"an open comment", "1 /* 2", "feel.syntax"},
      {"nothing", "", "feel.syntax"},
      {"a number out of range", "1e9999", "feel.number_too_large"},
      {"a key twice", "{a: 1, a: 2}", "feel.duplicate_key"},
      {"a wrong date literal", "@\"2020-13-01\"", "feel.temporal_literal"},
      {"names for some arguments only", "substring(string: \"a\", 1)", "feel.syntax"},
  };
  for (const auto& c : cases) {
    const auto expression = parse(c.text, Scope());
    ASSERT_FALSE(expression) << c.name;
    EXPECT_EQ(expression.error().front().code, c.code) << c.name;
  }
}

TEST(Limits, AnEvaluationThatIsTooMuchIsNullAndSaysSo) {
  const struct {
    std::string_view name, expression, code;
  } cases[] = {
      {"a long loop", "for i in 1..1000000000000 return i", "feel.too_many_items"},
      {"nested loops", "count(for i in 1..100000, j in 1..100000 return null)", "feel.too_many_items"},
      {"a long search", "some i in 1..1000000000000 satisfies i < 0", "feel.too_long_running"},
      {"doubling texts",
       "(for i in 1..60 return if i = 1 then \"aaaaaaaaaaaaaaaa\" else partial[-1] + partial[-1])[-1]",
       "feel.too_much_memory"},
      {"doubling lists", "(for i in 1..60 return if i = 1 then [1] else concatenate(partial[-1], partial[-1]))[-1]",
       "feel.too_many_items"},
      {"endless recursion", "{f: function(g) g(g), r: f(f)}.r", "feel.too_deep"},
      {"a pattern that backtracks without end",
       "matches(\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab\", \"^(a+)+$\")", "feel.regular_expression"},
  };
  for (const auto& c : cases) {
    const auto expression = parse(c.expression, Scope());
    ASSERT_TRUE(expression) << c.name;
    Diagnostics diagnostics;
    EXPECT_TRUE(evaluate(*expression, {}, &diagnostics).is_null()) << c.name;
    ASSERT_FALSE(diagnostics.problems.empty()) << c.name;
    EXPECT_EQ(diagnostics.problems.front().code, c.code) << c.name;
  }
}

TEST(Limits, ValuesNestOnlySoDeep) {
  const auto nested = parse("count(for i in 1..100000 return if i = 1 then [] else [partial[-1]])", Scope());
  EXPECT_EQ(literal(evaluate(*nested, {})), "null");  // the loop is stopped by its memory
  Value value = 1;
  for (std::uint32_t i = 0; i < value_depth_max; ++i) value = Value::list({value});
  EXPECT_FALSE(value.is_null());
  EXPECT_TRUE(Value::list({value}).is_null());
}

TEST(Diagnostics, SayWhereAndWhy) {
  const struct {
    std::string_view expression, place, code;
  } cases[] = {
      {"1 +\n  \"a\" * 2", "2:3", "feel.type_mismatch"}, {"1 / (2 - 2)", "1:1", "feel.division_by_zero"},
      {"[1, 2][3]", "1:1", "feel.index_out_of_range"},   {"1 + abs(\"a\")", "1:5", "feel.arguments"},
      {"{a: 1}.a.b", "1:1", "feel.no_property"},         {"(function(a) a)(1, 2)", "1:2", "feel.argument_count"},
  };
  for (const auto& c : cases) {
    Diagnostics diagnostics;
    EXPECT_TRUE(evaluate(*parse(c.expression, Scope()), {}, &diagnostics).is_null());
    ASSERT_FALSE(diagnostics.problems.empty()) << c.expression;
    EXPECT_EQ(diagnostics.problems.front().place.cell, c.place) << c.expression;
    EXPECT_EQ(diagnostics.problems.front().code, c.code) << c.expression;
  }
}

}  // namespace
}  // namespace zhijia::feel
