#include <fmt/format.h>

#include "query.hpp"

namespace zhijia::insight {

namespace {

using registers::Count;
using registers::Indicator;

/// The figure of all rows, as SQL over the selection.
std::string total(const Indicator& indicator, const Selection& selection) {
  switch (indicator.count) {
    case Count::records:
      return "COUNT(*)";
    case Count::distinct:
      return fmt::format("COUNT(DISTINCT {})", selection.value);
    case Count::max:
      return fmt::format("COALESCE(MAX({}), 0)", selection.value);
    case Count::min:
      return fmt::format("COALESCE(MIN({}), 0)", selection.value);
    default:
      return fmt::format("CAST(COALESCE(SUM({}), 0) AS BIGINT)", selection.value);
  }
}

/// Whole percent, rounded down, of the first value's sum in the second's: for the group where it is least.
std::string least_share_query(const Indicator& indicator, const Selection& selection) {
  const auto sum = [&](const std::string& field) {
    return fmt::format("CAST(COALESCE(SUM(t.{}), 0) AS BIGINT)", store::quoted_name(field));
  };
  const std::string whole = sum(indicator.values[1]);
  return fmt::format(
      "SELECT COALESCE(MIN(share), 0), CAST(COALESCE(SUM(records), 0) AS BIGINT) FROM (SELECT {} * 100 / {} AS share, "
      "COUNT(*) AS records{} GROUP BY t.{} HAVING {} > 0) AS shares",
      sum(indicator.values[0]), whole, selection.from, store::quoted_name(indicator.by), whole);
}

}  // namespace

std::string Figure::text() const {
  std::int64_t unit = 1;
  for (int i = 0; i < scale; ++i) unit *= 10;
  if (value % unit == 0) return fmt::format("{}", value / unit);
  const std::uint64_t size = value < 0 ? 0 - static_cast<std::uint64_t>(value) : static_cast<std::uint64_t>(value);
  const auto part = static_cast<std::uint64_t>(unit);
  return fmt::format("{}{}.{:0{}}", value < 0 ? "-" : "", size / part, size % part, scale);
}

Result<Figure> compute(store::Reader& reader, const registers::Catalogue& catalogue, const Indicator& indicator,
                       const View& view) {
  const auto selection = select_rows(catalogue, indicator, view);
  if (!selection) return std::unexpected(selection.error());
  const std::string sql = indicator.count == Count::least_share
                              ? least_share_query(indicator, *selection)
                              : fmt::format("SELECT {}, COUNT(*){}", total(indicator, *selection), selection->from);
  store::Rows rows = run(reader, sql, *selection);
  rows.next();
  return Figure{&indicator, rows.integer(0), selection->scale, rows.integer(1)};
}

Result<std::vector<Figure>> compute_all(store::Reader& reader, const registers::Catalogue& catalogue,
                                        const View& view) {
  std::vector<Figure> figures;
  Problems problems;
  for (const Indicator& indicator : catalogue.indicators) {
    auto figure = compute(reader, catalogue, indicator, view);
    if (figure)
      figures.push_back(*figure);
    else
      problems.insert(problems.end(), figure.error().begin(), figure.error().end());
  }
  if (!problems.empty()) return std::unexpected(std::move(problems));
  return figures;
}

Result<std::vector<Contribution>> drill(store::Reader& reader, const registers::Catalogue& catalogue,
                                        const Indicator& indicator, const View& view, std::int64_t rows_max,
                                        std::int64_t skipped) {
  const auto selection = select_rows(catalogue, indicator, view);
  if (!selection) return std::unexpected(selection.error());
  // Of several records with the same value only the first counts.
  const std::string value = indicator.count == Count::distinct
                                ? fmt::format(
                                      "CASE WHEN {0} IS NOT NULL AND ROW_NUMBER() OVER (PARTITION BY {0} ORDER BY "
                                      "t.id) = 1 THEN 1 ELSE 0 END",
                                      selection->value)
                                : selection->value;
  const std::string& label = catalogue.find_register(indicator.of)->label;
  const std::string& on = indicator.on.empty() ? indicator.open_from : indicator.on;
  const std::string sql = fmt::format("SELECT t.id, {}, t.{}, {}{} ORDER BY t.id LIMIT ? OFFSET ?",
                                      label.empty() ? "''" : "CAST(t." + store::quoted_name(label) + " AS TEXT)",
                                      store::quoted_name(on), value, selection->from);
  store::Rows rows = run(reader, sql, *selection, {rows_max, skipped});
  std::vector<Contribution> contributions;
  while (rows.next())
    contributions.push_back({rows.integer(0), std::string(rows.text(1)), std::string(rows.text(2)), rows.integer(3)});
  return contributions;
}

Problems check_indicators(const registers::Catalogue& catalogue) {
  Problems problems;
  for (const Indicator& indicator : catalogue.indicators)
    if (const auto selection = select_rows(catalogue, indicator, {.year = 2000, .as_of = {}}); !selection)
      problems.insert(problems.end(), selection.error().begin(), selection.error().end());
  return problems;
}

}  // namespace zhijia::insight
