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

std::string sum_of(const std::string& field) {
  return fmt::format("CAST(COALESCE(SUM(t.{}), 0) AS BIGINT)", store::quoted_name(field));
}

/// Whole percent, rounded down, of the first value's sum in the second's: for the group where it is least.
std::string least_share_query(const Indicator& indicator, const Selection& selection) {
  const std::string whole = sum_of(indicator.values[1]);
  return fmt::format(
      "SELECT COALESCE(MIN(share), 0), CAST(COALESCE(SUM(records), 0) AS BIGINT) FROM (SELECT {} * 100 / {} AS share, "
      "COUNT(*) AS records{} GROUP BY t.{} HAVING {} > 0) AS shares",
      sum_of(indicator.values[0]), whole, selection.from, store::quoted_name(indicator.by), whole);
}

/// The groups whose share, not rounded, is below the bound.
std::string groups_below(const Indicator& indicator, const Selection& selection) {
  const std::string by = "t." + store::quoted_name(indicator.by), whole = sum_of(indicator.values[1]);
  return fmt::format("SELECT {} AS of_group, COUNT(*) AS records{} GROUP BY {} HAVING {} * 100 < {} * {}", by,
                     selection.from, by, sum_of(indicator.values[0]), whole, indicator.below);
}

/// The selection without the records of groups whose share is high enough: those behind a count of shares below.
Selection only_groups_below(const Indicator& indicator, Selection selection) {
  selection.from += fmt::format(" AND t.{} IN (SELECT of_group FROM ({}) AS low)", store::quoted_name(indicator.by),
                                groups_below(indicator, selection));
  const auto once = selection.parameters;
  selection.parameters.insert(selection.parameters.end(), once.begin(), once.end());
  return selection;
}

std::string figure_query(const Indicator& indicator, const Selection& selection) {
  if (indicator.count == Count::least_share) return least_share_query(indicator, selection);
  if (indicator.count == Count::shares_below)
    return fmt::format("SELECT COUNT(*), CAST(COALESCE(SUM(records), 0) AS BIGINT) FROM ({}) AS low",
                       groups_below(indicator, selection));
  return fmt::format("SELECT {}, COUNT(*){}", total(indicator, selection), selection.from);
}

/// What a record adds to the figure: of several with the same value, or of one group, only the first counts.
std::string contribution(const Indicator& indicator, const Selection& selection) {
  if (indicator.count != Count::distinct && indicator.count != Count::shares_below) return selection.value;
  const std::string value =
      indicator.count == Count::distinct ? selection.value : "t." + store::quoted_name(indicator.by);
  return fmt::format(
      "CASE WHEN {0} IS NOT NULL AND ROW_NUMBER() OVER (PARTITION BY {0} ORDER BY t.id) = 1 THEN 1 ELSE 0 END", value);
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
  store::Rows rows = run(reader, figure_query(indicator, *selection), *selection);
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
  auto selection = select_rows(catalogue, indicator, view);
  if (!selection) return std::unexpected(selection.error());
  if (indicator.count == Count::shares_below) selection = only_groups_below(indicator, std::move(*selection));
  const std::string& label = catalogue.find_register(indicator.of)->label;
  const std::string& on = indicator.on.empty() ? indicator.open_from : indicator.on;
  const std::string sql = fmt::format("SELECT t.id, {}, t.{}, {}{} ORDER BY t.id LIMIT ? OFFSET ?",
                                      label.empty() ? "''" : "CAST(t." + store::quoted_name(label) + " AS TEXT)",
                                      store::quoted_name(on), contribution(indicator, *selection), selection->from);
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
