#include <algorithm>
#include <optional>

#include "box.hpp"
#include "check.hpp"

namespace zhijia::dmn {

using feel::Value;
using feel::Values;

namespace {

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
  Values outputs;
};

class TableBox final : public Box {
 public:
  explicit TableBox(TableParts parts) : parts_(std::move(parts)) {}

  Value evaluate(const Variables& variables, Activity& activity) const override {
    TableTrace trace;
    const auto values = input_values(variables, activity, trace);
    Value result;
    if (values) {
      const auto hits = matches(*values, variables, activity, trace);
      trace.by_default = hits.empty() && has_default();
      result = trace.by_default ? default_output(variables, activity) : decide(hits, variables, activity);
    }
    if (activity.steps) activity.tables.push_back(std::move(trace));
    return result;
  }

 private:
  std::optional<Values> input_values(const Variables& variables, Activity& activity, TableTrace& trace) const {
    Values values;
    bool all_allowed = true;
    for (const auto& input : parts_.inputs) {
      auto value = input.expression
                       ? feel::evaluate(input.expression, frame(variables, activity), &activity.diagnostics)
                       : Value();
      if (input.allowed && !value.is_null() && !holds(input.allowed, value, variables, activity)) {
        report(activity, "dmn.input_value",
               "输入“" + input.text + "”的值 " + feel::literal(value) + " 不在允许的取值内",
               "The value " + feel::literal(value) + " of input \"" + input.text + "\" is not among its input values");
        all_allowed = false;
      }
      if (activity.steps) trace.columns.push_back({input.text, input.label, value});
      values.push_back(std::move(value));
    }
    if (!all_allowed) return std::nullopt;
    return values;
  }

  static bool holds(const feel::Expression& test, const Value& value, const Variables& variables, Activity& activity) {
    if (!test) return false;
    auto at = frame(variables, activity);
    at.input = value;
    return feel::evaluate(test, at, &activity.diagnostics).is_true();
  }

  std::vector<Hit> matches(const Values& values, const Variables& variables, Activity& activity,
                           TableTrace& trace) const {
    std::vector<Hit> hits;
    for (std::size_t at = 0; at < parts_.rules.size(); ++at) {
      const auto& rule = parts_.rules[at];
      // Only an explanation needs to know whether a row failed in more than one column.
      const std::size_t failures_max = activity.steps ? 2 : 1;
      std::size_t failures = 0;
      std::size_t failed = 0;
      for (std::size_t column = 0; column < values.size() && failures < failures_max; ++column) {
        if (holds(rule.tests[column].test, values[column], variables, activity)) continue;
        ++failures;
        failed = column;
      }
      if (failures == 1 && activity.steps) trace.misses.push_back({at + 1, failed, rule.tests[failed].text});
      if (failures > 0) continue;
      trace.rows.push_back(at + 1);
      hits.push_back({at, outputs_of(rule, variables, activity)});
      if (parts_.policy == HitPolicy::first && !activity.steps) break;
    }
    return hits;
  }

  Values outputs_of(const Rule& rule, const Variables& variables, Activity& activity) const {
    Values values;
    for (std::size_t i = 0; i < parts_.outputs.size(); ++i)
      values.push_back(output(rule.outputs[i], parts_.outputs[i], variables, activity));
    return values;
  }

  static Value output(const feel::Expression& expression, const OutputClause& clause, const Variables& variables,
                      Activity& activity) {
    if (!expression) return {};
    return coerce(feel::evaluate(expression, frame(variables, activity), &activity.diagnostics), *clause.type,
                  &activity.diagnostics);
  }

  bool has_default() const {
    return std::ranges::any_of(parts_.outputs, [](const auto& clause) { return clause.fallback != nullptr; });
  }

  Value default_output(const Variables& variables, Activity& activity) const {
    Hit hit{0, {}};
    for (const auto& clause : parts_.outputs)
      hit.outputs.push_back(output(clause.fallback, clause, variables, activity));
    return as_value(hit);
  }

  Value as_value(const Hit& hit) const {
    return parts_.outputs.size() == 1 ? hit.outputs.front() : Value::context(parts_.keys, hit.outputs);
  }

  Value as_list(const std::vector<Hit>& hits) const {
    Values values;
    for (const auto& hit : hits) values.push_back(as_value(hit));
    return Value::list(std::move(values));
  }

  Value decide(const std::vector<Hit>& hits, const Variables& variables, Activity& activity) const {
    switch (parts_.policy) {
      case HitPolicy::unique:
        if (hits.size() > 1) {
          report(activity, "dmn.unique", "唯一命中的决策表有多行命中：" + rows(hits),
                 "More than one row of a unique table matched: " + rows(hits));
          return {};
        }
        return hits.empty() ? Value() : as_value(hits.front());
      case HitPolicy::any:
        for (const auto& hit : hits) {
          if (feel::equals(as_value(hit), as_value(hits.front())).is_true()) continue;
          report(activity, "dmn.any", "任一命中的决策表中，命中各行的结果不同：" + rows(hits),
                 "The matched rows of an any table differ: " + rows(hits));
          return {};
        }
        return hits.empty() ? Value() : as_value(hits.front());
      case HitPolicy::first:
        return hits.empty() ? Value() : as_value(hits.front());
      case HitPolicy::priority:
        return hits.empty() ? Value() : as_value(by_priority(hits, variables, activity).front());
      case HitPolicy::rule_order:
        return as_list(hits);
      case HitPolicy::output_order:
        return as_list(by_priority(hits, variables, activity));
      case HitPolicy::collect:
        return aggregate(hits, activity);
    }
    return {};
  }

  static std::string rows(const std::vector<Hit>& hits) {
    std::string text;
    for (const auto& hit : hits) text += (text.empty() ? "" : ", ") + std::to_string(hit.rule + 1);
    return text;
  }

  /// By the order of each output's listed values, the leftmost output first.
  std::vector<Hit> by_priority(std::vector<Hit> hits, const Variables& variables, Activity& activity) const {
    std::vector<Value> lists;
    for (const auto& clause : parts_.outputs) {
      lists.push_back(clause.priorities
                          ? feel::evaluate(clause.priorities, frame(variables, activity), &activity.diagnostics)
                          : Value());
    }
    const auto rank = [&](const Hit& hit, std::size_t output) {
      if (!lists[output].is(feel::Kind::list)) return std::size_t{0};
      const auto& items = lists[output].items();
      const auto found = std::ranges::find_if(
          items, [&](const Value& item) { return feel::equals(item, hit.outputs[output]).is_true(); });
      return static_cast<std::size_t>(found - items.begin());
    };
    std::ranges::sort(hits, [&](const Hit& a, const Hit& b) {
      for (std::size_t i = 0; i < lists.size(); ++i)
        if (const auto left = rank(a, i), right = rank(b, i); left != right) return left < right;
      return a.rule < b.rule;
    });
    return hits;
  }

  Value aggregate(const std::vector<Hit>& hits, Activity& activity) const {
    if (parts_.aggregation == Aggregation::none) return as_list(hits);
    if (parts_.aggregation == Aggregation::count) return Value(static_cast<std::int64_t>(hits.size()));
    if (hits.empty()) return {};
    if (parts_.outputs.size() != 1) {
      report(activity, "dmn.aggregation", "有多个输出的决策表不能汇总",
             "A table with several outputs cannot be aggregated");
      return {};
    }
    Value best = hits.front().outputs.front();
    if (parts_.aggregation == Aggregation::sum && !best.is(feel::Kind::number)) return {};
    for (std::size_t i = 1; i < hits.size(); ++i) {
      const auto& next = hits[i].outputs.front();
      if (parts_.aggregation == Aggregation::sum) {
        if (!best.is(feel::Kind::number) || !next.is(feel::Kind::number)) return {};
        best = Value::of(add(best.number(), next.number()));
        continue;
      }
      const auto order = feel::order(next, best);
      if (!order) return {};
      if (parts_.aggregation == Aggregation::minimum ? *order < 0 : *order > 0) best = next;
    }
    return best;
  }

  static void report(Activity& activity, std::string_view code, std::string zh, std::string en) {
    if (activity.diagnostics.problems.size() >= feel::Diagnostics::problems_max) return;
    activity.diagnostics.problems.push_back({std::string(code), {}, {std::move(zh), std::move(en)}});
  }

  TableParts parts_;
};

HitPolicy policy_of(std::string_view text) {
  if (text == "ANY") return HitPolicy::any;
  if (text == "PRIORITY") return HitPolicy::priority;
  if (text == "FIRST") return HitPolicy::first;
  if (text == "RULE ORDER") return HitPolicy::rule_order;
  if (text == "OUTPUT ORDER") return HitPolicy::output_order;
  if (text == "COLLECT") return HitPolicy::collect;
  return HitPolicy::unique;
}

Aggregation aggregation_of(std::string_view text) {
  if (text == "SUM") return Aggregation::sum;
  if (text == "MIN") return Aggregation::minimum;
  if (text == "MAX") return Aggregation::maximum;
  if (text == "COUNT") return Aggregation::count;
  return Aggregation::none;
}

class TableCompiler {
 public:
  TableCompiler(BoxCompiler& compiler, const feel::Scope& scope) : compiler_(compiler), scope_(scope) {}

  BoxPtr compile(pugi::xml_node node) {
    parts_.policy = policy_of(attribute(node, "hitPolicy"));
    parts_.aggregation = aggregation_of(attribute(node, "aggregation"));
    for (auto input : children(node, "input")) add_input(input);
    const auto outputs = children(node, "output");
    for (auto output : outputs) add_output(output, outputs.size() == 1 ? reference(node, "typeRef") : "");
    for (auto rule : children(node, "rule")) add_rule(rule);
    check();
    auto type = result_type();
    auto box = std::make_shared<TableBox>(std::move(parts_));
    box->type = std::move(type);
    return box;
  }

 private:
  void add_input(pugi::xml_node node) {
    const auto expression = child(node, "inputExpression");
    const auto text = text_of(expression);
    InputClause clause{text, std::string(attribute(node, "label")), compiler_.expression(text, scope_), nullptr};
    const auto declared = compiler_.types().find(reference(expression, "typeRef"));
    auto type = declared->type;
    if (type.is(feel::Type::Kind::any) && clause.expression) type = clause.expression->type();
    if (const auto values = child(node, "inputValues")) clause.allowed = compiler_.tests(text_of(values), scope_, type);
    input_types_.push_back(std::move(type));
    parts_.inputs.push_back(std::move(clause));
  }

  void add_output(pugi::xml_node node, const std::string& table_type) {
    auto type = compiler_.types().find(reference(node, "typeRef"));
    if (!table_type.empty() && type->type.is(feel::Type::Kind::any)) type = compiler_.types().find(table_type);
    // Where rows make a list, a list's type is that of the whole.
    if (gives_list() && type->element) type = type->element;
    OutputClause clause{std::string(attribute(node, "name")), std::move(type), nullptr, nullptr};
    auto values = text_of(child(node, "outputValues"));
    if (values.empty()) values = clause.type->allowed_text;
    const bool by_priority = parts_.policy == HitPolicy::priority || parts_.policy == HitPolicy::output_order;
    if (by_priority && !values.empty()) clause.priorities = compiler_.expression("[" + values + "]", scope_);
    if (const auto fallback = text_of(child(node, "defaultOutputEntry")); !fallback.empty())
      clause.fallback = compiler_.expression(fallback, scope_);
    parts_.outputs.push_back(std::move(clause));
  }

  void add_rule(pugi::xml_node node) {
    const auto tests = children(node, "inputEntry");
    const auto outputs = children(node, "outputEntry");
    if (parts_.rules.size() == rules_max || tests.size() != parts_.inputs.size() ||
        outputs.size() != parts_.outputs.size()) {
      compiler_.warn("dmn.rule",
                     "第 " + std::to_string(parts_.rules.size() + 1) + " 行的格数与表头不符，或行数过多，此行不用",
                     "Row " + std::to_string(parts_.rules.size() + 1) +
                         " has not as many cells as the table has columns, or is one too many; it is not used");
      return;
    }
    Rule rule;
    for (std::size_t i = 0; i < tests.size(); ++i) {
      auto text = text_of(tests[i]);
      // DMN 1.5, 8.2.8: an empty cell is irrelevant.
      if (text.find_first_not_of(" \t\r\n") == std::string::npos) text = "-";
      auto test = compiler_.tests(text, scope_, input_types_[i]);
      rule.tests.push_back({std::move(text), std::move(test)});
    }
    for (const auto& output : outputs) {
      const auto text = text_of(output);
      const bool empty = text.find_first_not_of(" \t\r\n") == std::string::npos;
      rule.outputs.push_back(empty ? nullptr : compiler_.expression(text, scope_));
    }
    parts_.rules.push_back(std::move(rule));
  }

  /// Tables that collect may well have gaps and overlaps; the others are asked for an answer, a unique one for one.
  void check() {
    if (parts_.policy == HitPolicy::collect || gives_list()) return;
    std::vector<CheckedColumn> columns;
    for (std::size_t i = 0; i < parts_.inputs.size(); ++i) {
      columns.push_back({parts_.inputs[i].text, input_types_[i], parts_.inputs[i].allowed, {}});
      for (const auto& rule : parts_.rules) columns.back().tests.push_back(rule.tests[i].test);
    }
    const auto findings = check_table(columns);
    const bool has_default =
        std::ranges::any_of(parts_.outputs, [](const auto& clause) { return clause.fallback != nullptr; });
    for (const auto& gap : findings.gaps) {
      if (has_default) break;
      compiler_.warn("dmn.table_gap", "决策表有遗漏：没有一行适用于 " + gap.example + "；请补一行或设默认值",
                     "The table has a gap: no row matches " + gap.example + "; add a row or a default output");
    }
    for (const auto& overlap : findings.overlaps) {
      if (parts_.policy != HitPolicy::unique) break;
      const auto rows = std::to_string(overlap.rows[0]) + ", " + std::to_string(overlap.rows[1]);
      compiler_.warn("dmn.table_overlap", "决策表应唯一命中，但第 " + rows + " 行都适用于 " + overlap.example,
                     "The table is unique, but rows " + rows + " both match " + overlap.example);
    }
  }

  bool gives_list() const {
    return parts_.policy == HitPolicy::rule_order || parts_.policy == HitPolicy::output_order ||
           (parts_.policy == HitPolicy::collect && parts_.aggregation == Aggregation::none);
  }

  feel::Type result_type() {
    feel::Type one;
    if (parts_.outputs.size() == 1) one = parts_.outputs.front().type->type;
    if (parts_.outputs.size() > 1) {
      feel::Type::Fields fields;
      std::vector<std::string> names;
      for (const auto& clause : parts_.outputs) {
        fields.emplace_back(clause.name, clause.type->type);
        names.push_back(clause.name);
      }
      parts_.keys = std::make_shared<const feel::Keys>(std::move(names));
      one = feel::Type::context(std::move(fields));
    }
    if (parts_.aggregation == Aggregation::count) return feel::Type::Kind::number;
    // A default output of such a table need not be a list.
    return gives_list() ? feel::Type() : one;
  }

  BoxCompiler& compiler_;
  const feel::Scope& scope_;
  TableParts parts_;
  std::vector<feel::Type> input_types_;
};

}  // namespace

BoxPtr compile_table(BoxCompiler& compiler, pugi::xml_node node, const feel::Scope& scope) {
  return TableCompiler(compiler, scope).compile(node);
}

}  // namespace zhijia::dmn
