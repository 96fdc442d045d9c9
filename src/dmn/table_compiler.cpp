#include <algorithm>

#include "check.hpp"
#include "table.hpp"

namespace zhijia::dmn {

namespace {

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
    if (clause.expression && !clause.expression->type().can_become(type))
      compiler_.warn_clash(text, clause.expression->type(), type);
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
    rule.note = child(node, "description").child_value();
    for (std::size_t i = 0; i < tests.size(); ++i) {
      auto text = text_of(tests[i]);
      // DMN 1.5, 8.2.8: an empty cell is irrelevant.
      if (text.find_first_not_of(" \t\r\n") == std::string::npos) text = "-";
      auto test = compiler_.tests(text, scope_, input_types_[i]);
      if (test) check_cell(test->root(), text, input_types_[i]);
      rule.tests.push_back({std::move(text), std::move(test)});
    }
    for (const auto& output : outputs) {
      const auto text = text_of(output);
      const bool empty = text.find_first_not_of(" \t\r\n") == std::string::npos;
      const auto& declared = parts_.outputs[rule.outputs.size()].type->type;
      auto expression = empty ? nullptr : compiler_.expression(text, scope_);
      if (expression && !expression->type().can_become(declared))
        compiler_.warn_clash(text, expression->type(), declared);
      rule.outputs.push_back(std::move(expression));
    }
    parts_.rules.push_back(std::move(rule));
  }

  static bool is_count(const feel::Expression& expression) {
    return expression && expression->root().kind == feel::Node::Kind::builtin_call &&
           expression->root().name == "count";
  }

  /// Values that a cell lists must be of the column's type to match anything.
  void check_cell(const feel::Node& root, const std::string& text, const feel::Type& column) {
    if (root.kind != feel::Node::Kind::unary_tests || root.flag) return;
    for (const auto* test : root.children) {
      const bool is_value = test->kind == feel::Node::Kind::literal || test->is_constant;
      if (!is_value || test->uses_input || test->value.is_true()) continue;
      const auto type = feel::type_of(test->value);
      const auto& compared = type.is(feel::Type::Kind::range) ? type.element() : type;
      if (!compared.can_become(column)) compiler_.warn_clash(text, compared, column);
    }
  }

  /// Tables that collect may well have gaps and overlaps; the others are asked for an answer, a unique one for one.
  void check() {
    if (parts_.policy == HitPolicy::collect || gives_list()) return;
    std::vector<CheckedColumn> columns;
    for (std::size_t i = 0; i < parts_.inputs.size(); ++i) {
      columns.push_back({.text = parts_.inputs[i].text,
                         .type = input_types_[i],
                         .allowed = parts_.inputs[i].allowed,
                         .tests = {},
                         .counts = is_count(parts_.inputs[i].expression)});
      for (const auto& rule : parts_.rules) columns.back().tests.push_back(rule.tests[i].test);
    }
    const auto findings = check_table(columns, scope_);
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
