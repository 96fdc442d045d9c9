#include "check.hpp"

#include <algorithm>
#include <optional>
#include <set>

namespace zhijia::dmn {

using feel::Node;
using feel::Number;
using feel::Value;

namespace {

/// Values for the numbers around a table, and which of them its tests look at.
struct Sample {
  const feel::Scope& scope;
  feel::Values values;
  std::set<std::uint32_t> used = {};

  /// Small ones that rise from variable to variable, or large ones that fall: neither their order nor how they compare
  /// to what a table names is the same in both.
  Sample(const feel::Scope& of, bool is_small) : scope(of), values(of.size()) {
    constexpr int least = 2, thousand = 1'000;
    for (std::uint32_t slot = 0; slot < of.size(); ++slot)
      values[slot] =
          is_small ? least + static_cast<int>(slot) : thousand * (least + static_cast<int>(of.size() - slot));
  }
};

/// Notes the numbers that the node is made of; false when it is made of anything else.
bool is_of_numbers(const Node& node, Sample& sample) {
  switch (node.kind) {
    case Node::Kind::literal:
      return node.value.is(feel::Kind::number);
    case Node::Kind::variable:
      sample.used.insert(node.slot);
      return sample.scope.type(node.slot).is(feel::Type::Kind::number);
    case Node::Kind::arithmetic:
    case Node::Kind::negate:
      return std::ranges::all_of(node.children, [&](const Node* child) { return is_of_numbers(*child, sample); });
    default:
      return false;
  }
}

/// What a bound is in the sample.
bool collect_bound(const feel::Tree& tree, const Node& node, Sample& sample, feel::Values& literals) {
  if (!is_of_numbers(node, sample)) return false;
  const auto bound = feel::parse(std::string(tree.text().substr(node.begin, node.end - node.begin)), sample.scope);
  if (!bound) return false;
  literals.push_back(feel::evaluate(*bound, {.variables = sample.values}));
  return literals.back().is(feel::Kind::number);
}

/// Collects the literals and bounds of a test; false when it uses anything but its input, numbers, texts and booleans.
bool collect(const feel::Tree& tree, const Node& node, Sample& sample, feel::Values& literals) {
  switch (node.kind) {
    case Node::Kind::literal:
      if (node.value.is(feel::Kind::number) || node.value.is(feel::Kind::string) || node.value.is(feel::Kind::boolean))
        literals.push_back(node.value);
      else if (node.value.is(feel::Kind::range))
        literals.insert(literals.end(), {node.value.range().low, node.value.range().high});
      else
        return false;
      return true;
    case Node::Kind::variable:
    case Node::Kind::arithmetic:
      return collect_bound(tree, node, sample, literals);
    case Node::Kind::input:
    case Node::Kind::unary_tests:
    case Node::Kind::range:
    case Node::Kind::negate:
    case Node::Kind::comparison:
    case Node::Kind::conjunction:
    case Node::Kind::disjunction:
    case Node::Kind::in:
    case Node::Kind::between:
    case Node::Kind::list:
      return std::ranges::all_of(node.children,
                                 [&](const Node* child) { return !child || collect(tree, *child, sample, literals); });
    default:
      return false;
  }
}

/// The values to try for one column: the literals and, for numbers, what lies just beside and between them.
std::optional<feel::Values> candidates(const CheckedColumn& column, Sample& sample) {
  feel::Values literals;
  for (const auto& test : column.tests)
    if (!test || !collect(*test, test->root(), sample, literals)) return std::nullopt;
  if (column.allowed && !collect(*column.allowed, column.allowed->root(), sample, literals)) return std::nullopt;
  if (column.type.is(feel::Type::Kind::boolean)) return feel::Values{true, false};

  feel::Values tried;
  std::set<Number> bounds;
  std::set<std::string> texts;
  for (const auto& literal : literals) {
    if (literal.is(feel::Kind::number)) bounds.insert(literal.number());
    if (literal.is(feel::Kind::string)) texts.insert(std::string(literal.string()));
  }
  if (column.type.is(feel::Type::Kind::number) || (!bounds.empty() && texts.empty())) {
    if (bounds.empty()) bounds.insert(Number(0));
    for (const auto& bound : bounds) {
      for (const auto step : {Number::scaled(-5, -1), Number(0), Number::scaled(5, -1)})
        if (const auto value = add(bound, step)) tried.emplace_back(*value);
    }
  } else if (column.type.is(feel::Type::Kind::string) || !texts.empty()) {
    for (const auto& text : texts) tried.emplace_back(text);
    // A column that lists its values usually means them to be all; whether it is so only its input values tell.
    if (column.allowed || texts.empty()) tried.emplace_back("…");
  } else {
    return std::nullopt;
  }
  if (column.counts)
    std::erase_if(tried, [](const Value& value) { return value.number() < Number(0) || !value.number().is_integer(); });
  if (column.allowed)
    std::erase_if(tried, [&](const Value& value) {
      return !feel::evaluate(column.allowed, {.variables = sample.values, .input = value}).is_true();
    });
  return tried;
}

/// matched[value][row]
using Matches = std::vector<std::vector<bool>>;

Matches try_all(const CheckedColumn& column, const feel::Values& values, const Sample& sample) {
  Matches matches;
  for (const auto& value : values) {
    auto& rows = matches.emplace_back();
    for (const auto& test : column.tests)
      rows.push_back(feel::evaluate(test, {.variables = sample.values, .input = value}).is_true());
  }
  return matches;
}

std::string example_of(const std::vector<CheckedColumn>& columns, const std::vector<feel::Values>& values,
                       const Sample& sample, std::size_t combination) {
  std::string example;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    const auto& value = values[i][combination % values[i].size()];
    combination /= values[i].size();
    example += (i == 0 ? "" : ", ") + columns[i].text + " = " + feel::literal(value);
  }
  for (const std::uint32_t slot : sample.used)
    example += ", " + std::string(sample.scope.name(slot)) + " = " + feel::literal(sample.values[slot]);
  return example;
}

TableFindings check_with(const std::vector<CheckedColumn>& columns, Sample& sample) {
  std::vector<feel::Values> values;
  std::vector<Matches> matches;
  std::size_t combinations = 1;
  std::set<std::string> texts;
  for (const auto& column : columns) {
    auto tried = candidates(column, sample);
    // Two columns over the same input cannot be varied one by one.
    if (!tried || tried->empty() || !texts.insert(column.text).second) return {};
    combinations *= tried->size();
    if (combinations > combinations_max || tried->size() * column.tests.size() > checks_max) return {};
    matches.push_back(try_all(column, *tried, sample));
    values.push_back(std::move(*tried));
  }
  TableFindings findings;
  const auto rows = columns.empty() ? 0 : columns.front().tests.size();
  if (rows == 0 || combinations * rows * columns.size() > checks_max) return {};
  for (std::size_t combination = 0; combination < combinations; ++combination) {
    std::vector<bool> alive(rows, true);
    Finding finding;
    auto rest = combination;
    for (std::size_t i = 0; i < columns.size(); ++i) {
      const auto at = rest % values[i].size();
      rest /= values[i].size();
      for (std::size_t row = 0; row < rows; ++row) alive[row] = alive[row] && matches[i][at][row];
    }
    for (std::size_t row = 0; row < rows; ++row)
      if (alive[row]) finding.rows.push_back(row + 1);
    auto& found = finding.rows.empty() ? findings.gaps : findings.overlaps;
    if (finding.rows.size() == 1 || !found.empty()) continue;
    finding.example = example_of(columns, values, sample, combination);
    found.push_back(std::move(finding));
  }
  return findings;
}

}  // namespace

TableFindings check_table(const std::vector<CheckedColumn>& columns, const feel::Scope& scope) {
  Sample small(scope, true);
  TableFindings findings = check_with(columns, small);
  if (small.used.empty()) return findings;
  Sample large(scope, false);
  const TableFindings others = check_with(columns, large);
  if (others.gaps.empty()) findings.gaps.clear();
  if (others.overlaps.empty()) findings.overlaps.clear();
  return findings;
}

}  // namespace zhijia::dmn
