#include <fmt/format.h>
#include <gtest/gtest.h>

#include <random>

#include "feel/sql.hpp"
#include "store/store.hpp"
#include "support/database.hpp"

/// feel::compile_sql against the evaluator: random conditions over random rows, nulls included, on both databases.
namespace zhijia::registers {
namespace {

using Random = std::mt19937_64;

const store::TableSchema table{.name = "sample",
                               .columns = {{"id", store::Type::integer, true},
                                           {"position", store::Type::integer, true},
                                           {"version", store::Type::integer, true},
                                           {"amount", store::Type::integer},
                                           {"members", store::Type::integer},
                                           {"state", store::Type::text},
                                           {"note", store::Type::text},
                                           {"paid_on", store::Type::text},
                                           {"closed_on", store::Type::text},
                                           {"urgent", store::Type::integer}},
                               .primary_key = {"id"},
                               .versioned = true};

std::optional<feel::SqlName> resolve(const std::vector<std::string_view>& path) {
  using Kind = feel::SqlName::Kind;
  if (path.size() != 1) return std::nullopt;
  if (path[0] == "amount") return feel::SqlName{"amount", Kind::number, 2};
  if (path[0] == "members") return feel::SqlName{"members", Kind::number, 0};
  if (path[0] == "state" || path[0] == "note") return feel::SqlName{std::string(path[0]), Kind::text, 0};
  if (path[0] == "paid_on" || path[0] == "closed_on") return feel::SqlName{std::string(path[0]), Kind::date, 0};
  if (path[0] == "urgent") return feel::SqlName{"urgent", Kind::boolean, 0};
  return std::nullopt;
}

feel::Scope scope_of_rows() {
  feel::Scope scope;
  using Kind = feel::Type::Kind;
  for (const auto& [name, kind] : {std::pair{"amount", Kind::number},
                                   {"members", Kind::number},
                                   {"state", Kind::string},
                                   {"note", Kind::string},
                                   {"paid_on", Kind::date},
                                   {"closed_on", Kind::date},
                                   {"urgent", Kind::boolean}})
    scope.declare(name, kind);
  return scope;
}

/// Writes conditions of every form that compiles. Depths are small: what goes wrong goes wrong in small ones too.
class Conditions {
 public:
  explicit Conditions(Random& random) : random_(random) {}

  std::string condition(int depth) {
    if (depth == 0) return simple();
    switch (pick(9)) {
      case 0:
        return fmt::format("({} and {})", condition(depth - 1), condition(depth - 1));
      case 1:
        return fmt::format("({} or {})", condition(depth - 1), condition(depth - 1));
      case 2:
        return fmt::format("not({})", condition(depth - 1));
      case 3:
        return fmt::format("(if {} then {} else {})", condition(depth - 1), condition(depth - 1), condition(depth - 1));
      case 4:
        return fmt::format("(if {} then {} else {}) {} {}", condition(depth - 1), number(1), number(1), sign(),
                           number(0));
      default:
        return simple();
    }
  }

 private:
  int pick(int count) { return static_cast<int>(random_() % static_cast<unsigned>(count)); }
  template <std::size_t n>
  std::string one(const char* const (&choices)[n]) {
    return choices[pick(static_cast<int>(n))];
  }
  std::string sign() { return one({"=", "!=", "<", "<=", ">", ">="}); }
  std::string literal_number() { return one({"0", "1", "2.5", "-3", "12.34", "100", "0.01", "99999999"}); }
  std::string number(int depth) {
    if (depth == 0) return pick(2) == 0 ? one({"amount", "members"}) : literal_number();
    switch (pick(7)) {
      case 0:
        return fmt::format("({} {} {})", number(depth - 1), one({"+", "-"}), number(depth - 1));
      case 1:
        return fmt::format("({} * members)", number(0));
      case 2:
        return one({"paid_on.year", "closed_on.month", "paid_on.day"});
      case 3:
        return fmt::format("abs({})", number(depth - 1));
      case 4:
        return fmt::format("string length({})", one({"state", "note"}));
      case 5:
        return fmt::format("-{}", one({"amount", "members"}));
      default:
        return number(0);
    }
  }
  std::string text() { return one({"state", "note"}); }
  std::string literal_text() {
    return one({"\"a\"", "\"A\"", "\"ab\"", "\"困难\"", "\"%\"", "\"_\"", "\"\"", "\"b\\\\\""});
  }
  std::string day() { return one({"paid_on", "closed_on"}); }
  std::string literal_day() {
    return one({"date(\"2020-01-31\")", "date(\"2020-02-29\")", "@\"2020-03-01\"", "date(\"2019-12-31\")",
                "date(2020, 2, 28)"});
  }
  std::string duration() {
    return one({"duration(\"P1M\")", "duration(\"P1Y\")", "duration(\"P13M\")", "@\"P30D\"", "duration(\"P1D\")",
                "@\"PT36H\"", "duration(\"-P2M\")"});
  }
  std::string days() { return one({"duration(\"P30D\")", "@\"P0D\"", "duration(\"-P1D\")", "duration(\"P366D\")"}); }

  std::string simple() {
    switch (pick(17)) {
      case 0:
        return fmt::format("{} {} {}", number(1), sign(), number(1));
      case 1:
        return fmt::format("{} {} {}", text(), sign(), literal_text());
      case 2:
        return fmt::format("{} {} {}", day(), sign(), literal_day());
      case 3:
        return fmt::format("{} {} {}", day(), one({"=", "<"}), day());
      case 4:
        return fmt::format("{} {} null", one({"amount", "state", "paid_on", "urgent"}), one({"=", "!="}));
      case 5:
        return one({"urgent", "urgent = true", "urgent != false", "true", "false", "null"});
      case 6:
        return fmt::format("{} between {} and {}", number(0), number(0), number(0));
      case 7:
        return fmt::format("{} in [{}..{})", one({"amount", "members"}), one({"0", "-3", "1"}),
                           one({"2.5", "100", "12.34"}));
      case 8:
        return fmt::format("{} in ({}, {})", text(), literal_text(), literal_text());
      case 9:
        return fmt::format("{} in [{}, {}]", text(), literal_text(), literal_text());
      case 10:
        return fmt::format("members in (< {}, > {}, {})", literal_number(), literal_number(), literal_number());
      case 11:
        return fmt::format("{}({}, {})", one({"contains", "starts with", "ends with"}), text(), literal_text());
      case 12:
        return fmt::format("list contains([{}, {}, null], {})", literal_text(), literal_text(), text());
      case 13:
        return fmt::format("{} {} {} {} {}", day(), one({"+", "-"}), duration(), sign(), literal_day());
      case 14:
        return fmt::format("{} {} {} {} {}", literal_day(), sign(), day(), one({"+", "-"}), duration());
      case 15:
        return fmt::format("{} - {} {} {}", day(), literal_day(), sign(), days());
      default:
        return fmt::format("{} - {} {} {}", literal_day(), day(), sign(), days());
    }
  }

  Random& random_;
};

class FilterSqlTest : public testing::TestWithParam<std::string> {
 protected:
  void SetUp() override {
    if (!database.missing().empty()) GTEST_SKIP() << database.missing();
    auto opened = store::Store::open(database.url(), clock, {.durable = false});
    if (!opened) throw std::runtime_error(describe(opened.error().front()));
    store = std::move(*opened);
    const auto migrated = store->migrate(std::span(&table, 1));
    if (!migrated) throw std::runtime_error(describe(migrated.error().front()));
  }

  template <typename T>
  static std::optional<T> some(Random& random, std::initializer_list<T> choices) {
    const auto at = random() % (choices.size() + 1);
    return at == choices.size() ? std::nullopt : std::optional(*(choices.begin() + at));
  }

  void add_rows(Random& random, std::int64_t count) {
    for (std::int64_t id = 1; id <= count; ++id) {
      const auto amount = some<std::int64_t>(random, {0, 1, 100, 250, 1234, -300, 9'999'999'900});
      const auto members = some<std::int64_t>(random, {0, 1, 2, 3, -3, 100});
      const auto state = some<std::string>(random, {"a", "A", "ab", "困难", "", "%", "b\\"});
      const auto note = some<std::string>(random, {"a_b", "xaby", "深度困难", "_", "b"});
      const auto paid = some<std::string>(
          random, {"2020-01-29", "2020-01-30", "2020-01-31", "2020-02-29", "2019-12-31", "2019-01-31", "2020-03-01"});
      const auto closed = some<std::string>(random, {"2020-01-31", "2020-02-28", "2020-02-29", "2018-11-30"});
      const auto urgent = some<std::int64_t>(random, {0, 1});
      store
          ->write([&](store::Transaction& transaction) -> Result<void> {
            const auto position = transaction.log({"tester", "test", "create", "sample", Id(id), "{}"});
            transaction.execute(
                "INSERT INTO sample (id, position, version, amount, members, state, note, paid_on, closed_on, urgent) "
                "VALUES (?, ?, 1, ?, ?, ?, ?, ?, ?, ?)",
                id, position, amount, members, state, note, paid, closed, urgent);
            return {};
          })
          .value();
      const auto day = [](const auto& text) { return text ? feel::Value(*feel::Date::parse(*text)) : feel::Value(); };
      rows.push_back({amount ? feel::Value(feel::Number::scaled(*amount, -2)) : feel::Value(), feel::Value::of(members),
                      feel::Value::of(state), feel::Value::of(note), day(paid), day(closed),
                      urgent ? feel::Value(*urgent == 1) : feel::Value()});
    }
  }

  std::vector<std::int64_t> evaluated(const feel::Expression& expression) {
    std::vector<std::int64_t> ids;
    for (std::size_t i = 0; i < rows.size(); ++i)
      if (feel::evaluate(expression, {.variables = rows[i]}).is_true()) ids.push_back(static_cast<std::int64_t>(i + 1));
    return ids;
  }

  std::vector<std::int64_t> selected(const feel::SqlCondition& condition) {
    std::vector<store::Parameter> parameters;
    for (const auto& value : condition.parameters)
      std::visit([&](const auto& content) { parameters.emplace_back(content); }, value);
    return store->read([&](store::Reader& reader) {
      std::vector<std::int64_t> ids;
      auto found = reader.query_with("SELECT id FROM sample WHERE " + condition.sql + " ORDER BY id", parameters);
      while (found.next()) ids.push_back(found.integer(0));
      return ids;
    });
  }

  tests::TestDatabase database{GetParam()};
  FixedClock clock{Date::of(2020, 1, 31)};
  std::unique_ptr<store::Store> store;
  std::vector<feel::Values> rows;
};

TEST_P(FilterSqlTest, SelectsTheRowsForWhichTheConditionIsTrue) {
  const auto seed = std::random_device{}();
  SCOPED_TRACE(fmt::format("seed {}", seed));
  fmt::print("seed {}\n", seed);
  Random random(seed);
  constexpr std::int64_t rows_made = 60;
  constexpr int conditions_tried = 1500;
  add_rows(random, rows_made);
  const auto scope = scope_of_rows();
  Conditions conditions(random);
  for (int i = 0; i < conditions_tried && !HasFailure(); ++i) {
    const auto text = conditions.condition(i % 3);
    SCOPED_TRACE(text);
    const auto expression = feel::parse(text, scope);
    ASSERT_TRUE(expression) << describe(expression.error().front());
    const auto condition = feel::compile_sql(**expression, resolve);
    ASSERT_TRUE(condition) << describe(condition.error().front());
    EXPECT_EQ(selected(*condition), evaluated(*expression)) << condition->sql;
  }
}

INSTANTIATE_TEST_SUITE_P(On, FilterSqlTest, testing::Values("sqlite", "postgresql"),
                         [](const auto& each) { return each.param; });

}  // namespace
}  // namespace zhijia::registers
