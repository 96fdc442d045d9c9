#include "feel/sql.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace zhijia::feel {
namespace {

/// The condition and, after a semicolon, its parameters; or the problem's code.
std::string compiled(std::string_view text) {
  Scope scope;
  for (const char* name : {"amount", "state", "paid_on", "urgent", "programme"}) scope.declare(name);
  const auto tree = parse(text, scope);
  if (!tree) return tree.error().front().code;
  const auto condition = compile_sql(**tree, [](const std::vector<std::string_view>& path) -> std::optional<SqlName> {
    if (path.size() == 2 && path[0] == "programme") return SqlName{"p.season", SqlName::Kind::text, 0};
    if (path.size() > 1) return std::nullopt;
    if (path[0] == "amount") return SqlName{"amount", SqlName::Kind::number, 2};
    if (path[0] == "state") return SqlName{"state", SqlName::Kind::text, 0};
    if (path[0] == "paid_on") return SqlName{"paid_on", SqlName::Kind::date, 0};
    if (path[0] == "urgent") return SqlName{"urgent", SqlName::Kind::boolean, 0};
    return std::nullopt;
  });
  if (!condition) return condition.error().front().code;
  std::string all = condition->sql;
  for (const auto& value : condition->parameters)
    all += ";" + (value.index() == 0 ? fmt::format("{}", std::get<0>(value)) : std::get<1>(value));
  return all;
}

TEST(Sql, ConditionsAreCompiled) {
  struct Case {
    std::string_view name, text, sql;
  };
  constexpr Case cases[] = {
      {"equality is never unknown", R"(state = "paid")", "(state IS NOT DISTINCT FROM ?);paid"},
      {"null is looked for", "paid_on = null", "(paid_on IS NOT DISTINCT FROM NULL)"},
      {"yuan are compared with fen", "amount > 12.5", "(amount > (? * 10));125"},
      {"a path is followed", R"(programme.season = "winter")", "(p.season IS NOT DISTINCT FROM ?);winter"},
      {"and, or, not", R"(urgent and not(state = "x" or amount < 3))",
       "((urgent = 1) AND (NOT ((state IS NOT DISTINCT FROM ?) OR (amount < (? * 100)))));x;3"},
      {"one of several", R"(state in ("a", "b"))",
       "((state IS NOT DISTINCT FROM ?) OR (state IS NOT DISTINCT FROM ?));a;b"},
      {"within a range", "amount in [1..2)", "(((amount >= (? * 100)) AND (amount < (? * 100))));1;2"},
      {"a date", R"(paid_on >= date("2020-01-01"))", "(paid_on >= ?);2020-01-01"},
      {"a day as it is written", R"(paid_on = @"2020-01-01")", "(paid_on IS NOT DISTINCT FROM ?);2020-01-01"},
      {"a part of a day", "paid_on.year = 2020",
       "(CAST(substr(paid_on, 1, 4) AS INTEGER) IS NOT DISTINCT FROM ?);2020"},
      {"a month is taken off the other side", R"(paid_on + duration("P1M") >= date("2020-02-29"))",
       "(paid_on >= ?);2020-01-29"},
      {"what is equal to a day after a month are several", R"(paid_on + duration("P1M") = date("2020-02-29"))",
       "(paid_on IS NOT NULL AND paid_on >= ? AND paid_on < ?);2020-01-29;2020-02-01"},
      {"more than thirty days ago", R"(date("2020-12-31") - paid_on > duration("P30D"))", "(paid_on < ?);2020-12-01"},
      {"one of a list", R"(list contains(["a", "b"], state))",
       "((state IS NOT DISTINCT FROM ?) OR (state IS NOT DISTINCT FROM ?));a;b"},
      {"a choice", "(if urgent then 1 else 2) = 1",
       "((CASE WHEN (urgent = 1) THEN ? ELSE ? END) IS NOT DISTINCT FROM ?);1;2;1"},
      {"a length", "string length(state) > 3", "(length(state) > ?);3"},
      {"two days that both may vary are refused", "paid_on - paid_on > duration(\"P1D\")", "feel.sql_unsupported"},
      {"wildcards are letters", R"(starts with(state, "5%"))", "(state LIKE ? ESCAPE '\\');5\\%%"},
      {"division is refused", "amount / 2 > 1", "feel.sql_unsupported"},
      {"a loop is refused", "some x in [1] satisfies x = amount", "feel.sql_unsupported"},
      {"a text is no number", R"(amount = "x")", "feel.sql_unsupported"},
      {"an unknown path is named", "programme = 1", "feel.sql_name"},
  };
  for (const Case& c : cases) EXPECT_EQ(compiled(c.text), c.sql) << c.name;
}

}  // namespace
}  // namespace zhijia::feel
