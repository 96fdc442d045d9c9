#include "records/expressions.hpp"

#include <algorithm>
#include <cstdlib>
#include <utility>

#include "records/cell.hpp"
#include "records/rows.hpp"
#include "registers/columns.hpp"

namespace zhijia::registers {
namespace {

/// Parses the texts of one register; gathers what FEEL says against them.
struct Parser {
  const Register& of;
  const feel::Scope scope;       // the record's fields
  const feel::Scope with_parts;  // its sub-tables besides
  Problems problems;

  feel::Expression parse(const std::string& text, const std::string& where, const Field* input = nullptr) {
    return parse(text, where, input, scope);
  }
  feel::Expression parse_computed(const Field& field) {
    return parse(field.computed_as, field.name, nullptr, with_parts);
  }

 private:
  feel::Expression parse(const std::string& text, const std::string& where, const Field* input,
                         const feel::Scope& scope_) {
    if (text.empty()) return nullptr;
    auto parsed =
        input ? feel::parse_unary_tests(text, scope_, {.input = feel_type(*input)}) : feel::parse(text, scope_);
    if (parsed) return std::move(*parsed);
    if (&scope_ == &scope && !input && feel::parse(text, with_parts)) {
      problems.push_back(
          {"pack.no_parts_here",
           {.file = of.file, .field = where},
           {"表达式“" + text + "”：只有计算字段和 sets 能看到明细表；请用 computed 字段算好，再在这里写那个字段。",
            "The expression “" + text +
                "”: only computed fields and `sets` see sub-tables; compute a field from the rows, and ask for it "
                "here."}});
      return nullptr;
    }
    for (const Problem& fault : parsed.error())
      problems.push_back({"pack.expression",
                          {.file = of.file, .field = where},
                          {"表达式“" + text + "”有误（" + fault.place.cell + "）：" + fault.message.zh,
                           "The expression “" + text + "” is wrong (" + fault.place.cell + "): " + fault.message.en}});
    return nullptr;
  }
};

feel::Scope scope_of(const Register& of, const std::vector<const Register*>& tables = {}) {
  feel::Scope scope;
  for (const Field& field : of.fields) scope.declare(field.name, feel_type(field));
  for (const Register* table : tables) scope.declare(part_name(*table));
  return scope;
}

}  // namespace

Result<Expressions> Expressions::parse(const Register& of, std::vector<const Register*> tables, const Clock& clock) {
  Parser parser{of, scope_of(of), scope_of(of, tables), {}};
  Expressions parsed;
  parsed.tables_ = std::move(tables);
  parsed.clock_ = &clock;
  for (const Field& field : of.fields) {
    parsed.field_checks_.push_back(parser.parse(field.check, field.name, &field));
    parsed.computed_.push_back(parser.parse_computed(field));
  }
  for (const RecordCheck& check : of.checks) parsed.record_checks_.push_back(parser.parse(check.check, of.name));
  if (of.flow) {
    for (const Step& step : of.flow->steps) parsed.guards_.push_back(parser.parse(step.guard, step.name));
    for (const Deadline& each : of.flow->deadlines)
      parsed.deadlines_.push_back(parser.parse(each.term.length, each.name));
    for (const Publicity& each : of.flow->publicities)
      parsed.publicities_.push_back(parser.parse(each.term.length, each.state));
  }
  if (!parser.problems.empty()) return std::unexpected(std::move(parser.problems));

  parsed.uses_.assign(of.fields.size() + parsed.tables_.size(), Use::none);
  for (const auto* group : {&parsed.field_checks_, &parsed.computed_, &parsed.record_checks_, &parsed.guards_,
                            &parsed.deadlines_, &parsed.publicities_})
    for (const feel::Expression& expression : *group)
      if (expression) parsed.note_uses(expression->root());
  return parsed;
}

void Expressions::note_uses(const feel::Node& node) {
  using NodeKind = feel::Node::Kind;
  if (node.kind == NodeKind::variable) uses_[node.slot] = std::max(uses_[node.slot], Use::plain);
  if (node.kind == NodeKind::path && node.children[0]->kind == NodeKind::variable)
    uses_[node.children[0]->slot] = Use::followed;
  for (const feel::Node* child : node.children)
    if (child) note_uses(*child);
}

std::vector<feel::Value> Expressions::variables(const Register& of, const Record& record, const Follow& follow) const {
  std::vector<feel::Value> variables(of.fields.size());
  for (std::size_t i = 0; i < variables.size(); ++i) {
    if (uses_[i] == Use::none) continue;
    const Id* id = std::get_if<std::int64_t>(&record.values[i]);
    variables[i] = id && is_link(of.fields[i]) && uses_[i] == Use::followed ? follow(of.fields[i], *id)
                                                                            : to_feel(of.fields[i], record.values[i]);
  }
  return variables;
}

void Expressions::compute(const Register& of, Record& record, const Follow& follow, const Rows& rows) const {
  std::vector<feel::Value> parts;
  for (const Register* table : tables_) parts.push_back(looks_into(*table) ? rows(*table) : feel::Value());
  for (std::size_t i = 0; i < of.fields.size(); ++i) {
    if (!computed_[i]) continue;
    std::vector<feel::Value> known = variables(of, record, follow);
    known.insert(known.end(), parts.begin(), parts.end());
    record.values[i] = from_feel(of.fields[i], feel::evaluate(computed_[i], {.variables = known, .clock = clock_}));
  }
}

bool Expressions::looks_into(const Register& table) const {
  const auto place = std::ranges::find(tables_, &table) - tables_.begin();
  const std::size_t fields = uses_.size() - tables_.size();
  return std::cmp_less(place, tables_.size()) && uses_[fields + static_cast<std::size_t>(place)] != Use::none;
}

Problems Expressions::refusals(const Register& of, const Record& record, bool whole, const Follow& follow) const {
  Problems problems;
  const std::vector<feel::Value> known = variables(of, record, follow);
  for (std::size_t i = 0; i < of.fields.size(); ++i) {
    const Field& field = of.fields[i];
    if (!field_checks_[i] || std::holds_alternative<std::monostate>(record.values[i])) continue;
    const feel::Frame frame{.variables = known, .input = to_feel(field, record.values[i]), .clock = clock_};
    if (feel::evaluate(field_checks_[i], frame).is_false())
      problems.push_back(
          problem_at(field, "field.check", "不符合规则：" + field.check, "It breaks the rule: " + field.check));
  }
  for (std::size_t i = 0; whole && i < of.checks.size(); ++i)
    if (feel::evaluate(record_checks_[i], {.variables = known, .clock = clock_}).is_false())
      problems.push_back({"record.check", {}, of.checks[i].message});
  return problems;
}

bool Expressions::allows(std::size_t step, const Register& of, const Record& record, const Follow& follow) const {
  if (!guards_[step]) return true;
  return feel::evaluate(guards_[step], {.variables = variables(of, record, follow), .clock = clock_}).is_true();
}

feel::Value Expressions::evaluate(const feel::Expression& expression, const Register& of, const Record& record,
                                  const Follow& follow) const {
  return feel::evaluate(expression, {.variables = variables(of, record, follow), .clock = clock_});
}

std::optional<Date> Expressions::end_of(const Deadline& deadline, Date from, const Register& of, const Record& record,
                                        const Calendar& calendar, const Follow& follow) const {
  const auto place = static_cast<std::size_t>(&deadline - of.flow->deadlines.data());
  return end_of(deadline.term.unit, deadlines_[place], from, of, record, calendar, follow);
}

std::optional<Date> Expressions::end_of(const Publicity& publicity, Date from, const Register& of, const Record& record,
                                        const Calendar& calendar, const Follow& follow) const {
  const auto place = static_cast<std::size_t>(&publicity - of.flow->publicities.data());
  return end_of(publicity.term.unit, publicities_[place], from, of, record, calendar, follow);
}

std::optional<Date> Expressions::end_of(Term::Unit unit, const feel::Expression& length, Date from, const Register& of,
                                        const Record& record, const Calendar& calendar, const Follow& follow) const {
  const feel::Value value = feel::evaluate(length, {.variables = variables(of, record, follow), .clock = clock_});
  const auto count = value.is(feel::Kind::number) ? value.number().to_integer() : std::nullopt;
  if (!count || std::abs(*count) > term_days_max) return std::nullopt;
  const int so_many = static_cast<int>(*count);
  switch (unit) {
    case Term::Unit::days:
      return calendar.days_after(from, so_many);
    case Term::Unit::working_days:
      return calendar.working_days_after(from, so_many);
    case Term::Unit::months:
      return so_many > 0 ? calendar.on_or_after(add_months(from, so_many)) : add_months(from, so_many);
  }
  return std::nullopt;
}

}  // namespace zhijia::registers
