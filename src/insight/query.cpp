#include "query.hpp"

#include <fmt/format.h>

#include "feel/sql.hpp"
#include "registers/sources.hpp"

namespace zhijia::insight {

namespace {

using registers::Field;
using registers::Indicator;
using registers::Register;

/// The filter's condition, its parameters added to the selection.
Result<std::string> filter(const Indicator& indicator, const Register& of, registers::Sources& sources,
                           Selection& selection) {
  if (indicator.where.empty()) return std::string();
  feel::Scope scope;
  for (const Field& field : of.fields) scope.declare(field.name);
  const auto in_file = [&](Problems problems) {
    for (Problem& problem : problems) {
      problem.place.file = indicator.file;
      problem.place.field = indicator.id + ".where";
    }
    return std::unexpected(std::move(problems));
  };
  const auto tree = feel::parse(indicator.where, scope);
  if (!tree) return in_file(tree.error());
  auto condition = feel::compile_sql(**tree, [&](const auto& path) { return sources.resolve(path); });
  if (!condition) return in_file(condition.error());
  selection.parameters = std::move(condition->parameters);
  return " AND " + condition->sql;
}

/// The condition that places rows in the indicator's time.
std::string within_time(const Indicator& indicator, int year, Selection& selection) {
  const Span span = span_of(indicator, year);
  const std::string last = to_string(span.last);
  if (!indicator.open_from.empty()) {
    selection.parameters.emplace_back(last);
    selection.parameters.emplace_back(last);
    const std::string closed = "t." + store::quoted_name(indicator.open_to);
    return fmt::format(" AND t.{} <= ? AND ({} IS NULL OR {} > ?)", store::quoted_name(indicator.open_from), closed,
                       closed);
  }
  std::string condition;
  if (span.first) {
    selection.parameters.emplace_back(to_string(*span.first));
    condition = fmt::format(" AND t.{} >= ?", store::quoted_name(indicator.on));
  }
  selection.parameters.emplace_back(last);
  return condition + fmt::format(" AND t.{} <= ?", store::quoted_name(indicator.on));
}

/// What a row brings. Several fields of `distinct` are told apart by a character that no text holds.
std::string value_of(const Indicator& indicator, const Register& of, int& scale) {
  using registers::Count;
  if (indicator.count == Count::records || indicator.values.empty()) return "1";
  if (indicator.count != Count::distinct) {
    const feel::SqlName name = registers::sql_name(*of.field(indicator.values.front()), "t");
    scale = indicator.compares_shares() ? 0 : name.scale;
    return name.sql;
  }
  std::string joined;
  for (const std::string& value : indicator.values)
    joined +=
        (joined.empty() ? "" : " || '\x1F' || ") +
        (indicator.values.size() == 1 ? "t." + store::quoted_name(value)
                                      : fmt::format("COALESCE(CAST(t.{} AS TEXT), '')", store::quoted_name(value)));
  return joined;
}

}  // namespace

Span span_of(const Indicator& indicator, int year) {
  using Kind = registers::Period::Kind;
  const registers::Period& period = indicator.period;
  const int last_year = period.kind == Kind::end_of ? year + period.offset : year;
  Span span{std::nullopt, Date::of(last_year, period.until_month, period.until_day)};
  if (period.kind == Kind::years) span.first = Date::of(year - period.years + 1, 1, 1);
  return span;
}

Result<Selection> select_rows(const registers::Catalogue& catalogue, const Indicator& indicator, const View& view) {
  const Register* of = catalogue.find_register(indicator.of);
  Selection selection;
  registers::Sources sources(catalogue, *of, view.as_of);
  const auto condition = filter(indicator, *of, sources, selection);
  if (!condition) return std::unexpected(condition.error());
  selection.value = value_of(indicator, *of, selection.scale);
  const std::string time = within_time(indicator, view.year, selection);
  selection.from = fmt::format(" FROM {} WHERE 1 = 1{}{}", sources.sql(), *condition, time);
  return selection;
}

store::Rows run(store::Reader& reader, const std::string& sql, const Selection& selection,
                std::vector<std::int64_t> more) {
  std::vector<store::Parameter> parameters;
  for (const auto& value : selection.parameters)
    std::visit([&](const auto& held) { parameters.emplace_back(held); }, value);
  for (const std::int64_t value : more) parameters.emplace_back(value);
  return reader.query_with(sql, std::span<const store::Parameter>(parameters));
}

}  // namespace zhijia::insight
