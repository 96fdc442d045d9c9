#include <gtest/gtest.h>

#include "support/cases.hpp"

/// The built-in functions of OMG DMN 1.5, 10.3.4, each with its plain use, its named parameters and its edges.
namespace zhijia::feel {
namespace {

TEST(Builtin, Conversions) {
  constexpr Case cases[] = {
      {"date(\"2012-12-24\")", "@\"2012-12-24\""},
      {"date(year: 2012, month: 2, day: 29)", "@\"2012-02-29\""},
      {"date(2013, 2, 29)", "null"},
      {"date(\"2012-2-29\")", "null"},
      {"date(date and time(\"2012-12-24T23:59:00Z\"))", "@\"2012-12-24\""},
      {"date(999999999, 12, 31)", "@\"999999999-12-31\""},
      {"date(1000000000, 1, 1)", "null"},
      {"time(\"11:00:00.5+08:00\")", "@\"11:00:00.5+08:00\""},
      {"time(\"24:00:00\")", "null"},
      {"time(10, 30, 1.25)", "@\"10:30:01.25\""},
      {"time(10, 30, 0, duration(\"PT8H\"))", "@\"10:30:00+08:00\""},
      {"time(date(\"2020-01-01\"))", "@\"00:00:00Z\""},
      {"date and time(\"2020-02-30T00:00:00\")", "null"},
      {"date and time(date(\"2020-01-01\"), time(\"08:00:00@Asia/Shanghai\"))",
       "@\"2020-01-01T08:00:00@Asia/Shanghai\""},
      {"date and time(\"2020-01-01T00:00:00@Nowhere/Land\")", "null"},
      {"duration(\"P400D\")", "@\"P400D\""},
      {"duration(\"P1Y13M\")", "@\"P2Y1M\""},
      {"duration(\"P1Y1D\")", "null"},
      {"duration(\"-PT90M\")", "@\"-PT1H30M\""},
      {"duration(\"P\")", "null"},
      {"years and months duration(date(\"2013-08-24\"), date(\"2011-12-22\"))", "@\"-P1Y8M\""},
      {"number(\"1 234,5\", \" \", \",\")", "1234.5"},
      {"number(from: \"1.234,5\", decimal separator: \",\", grouping separator: \".\")", "1234.5"},
      {"number(\"1,5\", \",\", \",\")", "null"},
      {"number(\"abc\")", "null"},
      {"string(1.50)", "\"1.5\""},
      {"string(1e10)", "\"10000000000\""},
      {"string(null)", "null"},
      {"string([1, \"a\", {b: @\"2020-01-01\"}])", "\"[1, \\\"a\\\", {b: 2020-01-01}]\""},
      {"string({\"a b\": 1, \"{\": 2})", "\"{a b: 1, \\\"{\\\": 2}\""},
      {"range(\"[1..3)\")", "[1..3)"},
      {"range(\"[3..1]\")", "null"},
      {"range(\"[date(\\\"2020-01-01\\\")..date(\\\"2020-01-02\\\")]\")", "[@\"2020-01-01\"..@\"2020-01-02\"]"},
  };
  expect_all(cases);
}

TEST(Builtin, Strings) {
  constexpr Case cases[] = {
      {"substring(\"foobar\", 3)", "\"obar\""},
      {"substring(\"foobar\", 3, 3)", "\"oba\""},
      {"substring(\"foobar\", -2, 1)", "\"a\""},
      {"substring(string: \"\\U01F40Eab\", start position: 2)", "\"ab\""},
      {"substring(\"foobar\", 0)", "null"},
      {"string length(\"职工\\U01F40E\")", "3"},
      {"upper case(\"aßc\")", "\"ASSC\""},
      {"lower case(\"ABÇ\")", "\"abç\""},
      {"substring before(\"foobar\", \"bar\")", "\"foo\""},
      {"substring before(\"foobar\", \"xyz\")", "\"\""},
      {"substring after(\"foobar\", \"ob\")", "\"ar\""},
      {"substring after(\"foobar\", \"\")", "\"foobar\""},
      {"contains(\"foobar\", \"of\")", "false"},
      {"starts with(\"foobar\", \"fo\")", "true"},
      {"ends with(string: \"foobar\", match: \"r\")", "true"},
      {"ends with(\"foobar\", null)", "null"},
      {"matches(\"foobar\", \"^fo*b\")", "true"},
      {"matches(\"FOO\", \"foo\", \"i\")", "true"},
      {"matches(\"a\\nb\", \"a.b\")", "false"},
      {"matches(\"a\\nb\", \"a.b\", \"s\")", "true"},
      {"matches(\"ab\", \"a b\", \"x\")", "true"},
      {"matches(\"a\\n\", \"a$\")", "false"},
      {"matches(\"b\", \"[a-z-[aeiou]]\")", "true"},
      {"matches(\"e\", \"[a-z-[aeiou]]\")", "false"},
      {"matches(\"a\", \"(\")", "null"},
      {"matches(\"a\", \"a\", \"p\")", "null"},
      {"replace(\"abcd\", \"(ab)|(a)\", \"[1=$1][2=$2]\")", "\"[1=ab][2=]cd\""},
      {"replace(\"a.b\", \"\\.\", \"\\\\$\")", "\"a$b\""},
      {"replace(\"abc\", \"x*\", \"-\")", "null"},
      {"replace(\"abc\", \"b\", \"$x\")", "null"},
      {"split(\"John Doe\", \"\\s\")", "[\"John\", \"Doe\"]"},
      {"split(\"a;b;;c;;\", \";\")", "[\"a\", \"b\", \"\", \"c\", \"\", \"\"]"},
      {"string join([\"a\", null, \"c\"], \"_\")", "\"a_c\""},
      {"string join([\"a\", \"b\"])", "\"ab\""},
      {"string join([1])", "null"},
      {"string join([])", "\"\""},
  };
  expect_all(cases);
}

TEST(Builtin, Numbers) {
  constexpr Case cases[] = {
      {"decimal(1 / 3, 2)", "0.33"},
      {"decimal(2.5, 0)", "2"},
      {"decimal(1234, -2)", "1200"},
      {"decimal(1, 7000)", "null"},
      {"floor(-1.5)", "-2"},
      {"floor(-1.56, 1)", "-1.6"},
      {"ceiling(-1.5)", "-1"},
      {"ceiling(n: 1.51, scale: 1)", "1.6"},
      {"round up(-5.5, 0)", "-6"},
      {"round down(-5.5, 0)", "-5"},
      {"round half up(-2.5, 0)", "-3"},
      {"round half down(-2.5, 0)", "-2"},
      {"round half down(-2.51, 0)", "-3"},
      {"abs(-10)", "10"},
      {"abs(n: @\"-P1D\")", "@\"P1D\""},
      {"abs(\"1\")", "null"},
      {"modulo(-12, 5)", "3"},
      {"modulo(12, -5)", "-3"},
      {"modulo(10.1, 4.5)", "1.1"},
      {"modulo(1, 0)", "null"},
      {"sqrt(16)", "4"},
      {"sqrt(-1)", "null"},
      {"log(0)", "null"},
      {"decimal(log(10), 4)", "2.3026"},
      {"decimal(exp(1), 4)", "2.7183"},
      {"odd(5)", "true"},
      {"odd(5.5)", "false"},
      {"even(-2)", "true"},
      {"even(number: 3)", "false"},
  };
  expect_all(cases);
}

TEST(Builtin, Lists) {
  constexpr Case cases[] = {
      {"list contains([1, null], null)", "true"},
      {"list contains([[1]], [1])", "true"},
      {"count([1, 2, 3])", "3"},
      {"count([])", "0"},
      {"min(3, 1, 2)", "1"},
      {"max([\"a\", \"c\", \"b\"])", "\"c\""},
      {"max(list: [@\"2020-01-01\", @\"2021-01-01\"])", "@\"2021-01-01\""},
      {"min([])", "null"},
      {"min([1, \"a\"])", "null"},
      {"sum([1, 2, 3.5])", "6.5"},
      {"sum(1, 2)", "3"},
      {"sum([])", "null"},
      {"sum([1, null])", "null"},
      {"mean([1, 2, 4])", "2.333333333333333333333333333333333"},
      {"product(2, 3, 4)", "24"},
      {"median(8, 2, 5, 7)", "6"},
      {"stddev(2, 4, 7, 5)", "2.081665999466132735282297706979931"},
      {"stddev([47])", "null"},
      {"mode(6, 3, 9, 6, 6)", "[6]"},
      {"mode([6, 1, 9, 6, 1])", "[1, 6]"},
      {"all([true, null])", "null"},
      {"any(false, true)", "true"},
      {"any([])", "false"},
      {"sublist([1, 2, 3], 2)", "[2, 3]"},
      {"sublist(list: [1, 2, 3], start position: -2, length: 1)", "[2]"},
      {"sublist([1, 2, 3], 2, 5)", "null"},
      {"append([1], 2, [3])", "[1, 2, [3]]"},
      {"append([], null)", "[null]"},
      {"concatenate([1, 2], [3], [[4]])", "[1, 2, 3, [4]]"},
      {"insert before([1, 3], 2, 2)", "[1, 2, 3]"},
      {"insert before([1, 3], -1, 2)", "[1, 2, 3]"},
      {"remove([1, 2, 3], 2)", "[1, 3]"},
      {"remove([1, 2, 3], 4)", "null"},
      {"list replace([2, 4, 7, 8], 3, 6)", "[2, 4, 6, 8]"},
      {"list replace([2, 4, 7, 8], function(item, newItem) item < newItem, 5)", "[5, 5, 7, 8]"},
      {"reverse([1, 2, 3])", "[3, 2, 1]"},
      {"index of([1, 2, 3, 2], 2)", "[2, 4]"},
      {"union([1, 2], [2, 3])", "[1, 2, 3]"},
      {"distinct values([1, 2, 3, 2, 1, null, null])", "[1, 2, 3, null]"},
      {"duplicate values([1, 2, 3, 2, 1])", "[1, 2]"},
      {"flatten([[1, 2], [[3]], 4])", "[1, 2, 3, 4]"},
      {"sort([3, 1, 4], function(x, y) x < y)", "[1, 3, 4]"},
      {"sort(list: [\"b\", \"a\"])", "[\"a\", \"b\"]"},
      {"sort([1, \"a\"])", "null"},
      {"partition([1, 2, 3, 4, 5], 2)", "[[1, 2], [3, 4], [5]]"},
      {"count()", "null"},
      {"count(l: [1])", "null"},
  };
  expect_all(cases);
}

TEST(Builtin, Contexts) {
  constexpr Case cases[] = {
      {"get value({a: 1}, \"a\")", "1"},
      {"get value({a: 1}, \"b\")", "null"},
      {"get entries({a: 1, b: 2})", "[{key: \"a\", value: 1}, {key: \"b\", value: 2}]"},
      {"context([{key: \"a\", value: 1}, {key: \"b\", value: 2}])", "{a: 1, b: 2}"},
      {"context([{key: \"a\", value: 1}, {key: \"a\", value: 2}])", "null"},
      {"context([{key: \"a\"}])", "null"},
      {"context put({x: 1}, \"y\", 2)", "{x: 1, y: 2}"},
      {"context put({x: 1}, [\"y\", \"z\"], 2)", "{x: 1, y: {z: 2}}"},
      {"context put({x: 1}, [], 2)", "null"},
      {"context merge([{x: 1}, {y: 2}, {x: 3}])", "{x: 3, y: 2}"},
      {"context merge([{x: 1}, 2])", "null"},
  };
  expect_all(cases);
}

TEST(Builtin, DaysAndClock) {
  constexpr Case cases[] = {
      {"day of year(date(2019, 9, 17))", "260"},
      {"day of week(date(2019, 9, 17))", "\"Tuesday\""},
      {"month of year(date: date(2019, 9, 17))", "\"September\""},
      {"week of year(date(2019, 9, 17))", "38"},
      {"week of year(date(2005, 1, 1))", "53"},
      {"week of year(date(2003, 12, 29))", "1"},
      {"today()", "@\"2020-12-31\""},
      {"now() - date and time(\"2020-12-31T04:00:00Z\")", "@\"PT0S\""},
      {"is(@\"23:00:50Z\", @\"23:00:50+00:00\")", "true"},
      {"is(@\"2012-12-25\", @\"23:00:50\")", "false"},
      {"is(@\"10:00:00+08:00\", @\"02:00:00Z\")", "false"},
  };
  expect_all(cases);
}

TEST(Builtin, Relations) {
  constexpr Case cases[] = {
      {"before(1, 10)", "true"},
      {"before([1..10), [10..20])", "true"},
      {"before([1..10], [10..20])", "false"},
      {"after(point: 12, range: [1..10])", "true"},
      {"meets([1..5], [5..10])", "true"},
      {"met by([5..10], [1..5))", "false"},
      {"overlaps([1..5], [5..8])", "true"},
      {"overlaps([1..5), [5..8])", "false"},
      {"overlaps before([1..5], [3..8])", "true"},
      {"overlaps before([1..8], [3..5])", "false"},
      {"overlaps after([3..8], [1..5])", "true"},
      {"finishes(10, [1..10])", "true"},
      {"finishes([5..10), [1..10])", "false"},
      {"finished by([1..10], [5..10])", "true"},
      {"includes([1..10], (1..10))", "true"},
      {"during([1..10), [1..10))", "true"},
      {"starts(1, (1..10])", "false"},
      {"started by([1..10], [1..5])", "true"},
      {"coincides(5, 5)", "true"},
      {"coincides((1..5), [1..5])", "false"},
      {"before(1, \"a\")", "null"},
      {"before(@\"2020-01-01\", @\"2020-01-02\")", "true"},
  };
  expect_all(cases);
}

}  // namespace
}  // namespace zhijia::feel
