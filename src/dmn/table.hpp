#pragma once

#include <optional>

#include "box.hpp"

namespace zhijia::dmn {

enum class HitPolicy { unique, any, priority, first, rule_order, output_order, collect };
enum class Aggregation { none, sum, minimum, maximum, count };

struct InputClause {
  std::string text;
  std::string label;
  feel::Expression expression;
  feel::Expression allowed;  ///< nullptr: any value
};

struct OutputClause {
  std::string name;
  ItemTypePtr type;
  feel::Expression priorities;  ///< a list, best first; nullptr when the values are not listed
  feel::Expression fallback;    ///< the default output; nullptr when there is none
};

struct Cell {
  std::string text;
  feel::Expression test;  ///< nullptr: could not be read, never true
};

struct Rule {
  std::vector<Cell> tests;
  std::vector<feel::Expression> outputs;
  std::string note = {};  ///< its description
};

struct TableParts {
  HitPolicy policy = HitPolicy::unique;
  Aggregation aggregation = Aggregation::none;
  std::vector<InputClause> inputs;
  std::vector<OutputClause> outputs;
  std::vector<Rule> rules;
  std::shared_ptr<const feel::Keys> keys;  ///< of several outputs
};

/// A rule that matched: its place in the table and what it gives, one value an output.
struct Hit {
  std::size_t rule;
  feel::Values outputs;
};

/// A decision table.
class TableBox final : public Box {
 public:
  explicit TableBox(TableParts parts) : parts_(std::move(parts)) {}

  feel::Value evaluate(const Variables& variables, Activity& activity) const override;
  columns::Term plan(columns::Planner& planner, const std::vector<columns::Term>& variables) const override;

  const TableParts& parts() const { return parts_; }
  /// Whether there is an output where no row matches.
  bool has_default() const;
  /// What the matched rows give together; `variables` are read only where priorities are written with names.
  feel::Value decide(const std::vector<Hit>& hits, const Variables& variables, Activity& activity) const;
  /// The outputs of one row as the table's value.
  feel::Value as_value(const Hit& hit) const;

 private:
  std::optional<feel::Values> input_values(const Variables& variables, Activity& activity, TableTrace& trace) const;
  std::vector<Hit> matches(const feel::Values& values, const Variables& variables, Activity& activity,
                           TableTrace& trace) const;
  feel::Values outputs_of(const Rule& rule, const Variables& variables, Activity& activity) const;
  feel::Value default_output(const Variables& variables, Activity& activity) const;
  feel::Value as_list(const std::vector<Hit>& hits) const;
  std::vector<Hit> by_priority(std::vector<Hit> hits, const Variables& variables, Activity& activity) const;
  feel::Value aggregate(const std::vector<Hit>& hits, Activity& activity) const;

  TableParts parts_;
};

}  // namespace zhijia::dmn
