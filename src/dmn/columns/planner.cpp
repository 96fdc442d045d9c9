#include "columns/planner.hpp"

#include <algorithm>
#include <map>

#include "columns/memo.hpp"

namespace zhijia::dmn::columns {

using feel::Kind;
using feel::Value;

namespace {

class ConstantOp final : public Op {
 public:
  explicit ConstantOp(Value value) : value_(std::move(value)) {}
  void run(std::size_t, std::size_t) override {
    own_.room()[0] = value_;
    own_.take(1);
  }

 private:
  Value value_;
};

/// Whether a column of this form holds only values of the type, which then are what coerce() makes of them.
bool is_of(const ItemType& type, Form form) {
  if (type.constrained) return false;
  switch (type.type.kind()) {
    case feel::Type::Kind::number:
      return form == Form::fixed || form == Form::ratio || form == Form::number;
    case feel::Type::Kind::boolean:
      return form == Form::boolean;
    case feel::Type::Kind::date:
      return form == Form::date;
    default:
      return false;
  }
}

/// Values converted to a declared type; the column itself where nothing is to do.
class CoerceOp final : public Op {
 public:
  CoerceOp(const Op& operand, ItemTypePtr type) : operand_(operand), type_(std::move(type)) {}

  void run(std::size_t, std::size_t n) override {
    const auto& vector = operand_.vector();
    show(vector);
    const bool has_odd = (vector.seen & odd) != 0;
    if (!has_odd && (vector.form == Form::null || is_of(*type_, vector.form))) return;
    if (!has_odd && vector.form == Form::coded && all_codes_are_kept(vector, n)) return;
    show_own();
    for (std::size_t i = 0; i < n; ++i) own_.room()[i] = coerce(vector.get(i), *type_, nullptr);
    own_.take(n);
  }
  void repeat() override { own_.repeat(); }

 private:
  enum Known : std::uint8_t { unknown, kept, changed };

  bool all_codes_are_kept(const Vector& vector, std::size_t n) {
    if (vector.dictionary != known_of_) {
      known_of_ = vector.dictionary;
      known_.clear();
      all_are_kept_ = false;
    }
    if (known_.size() == vector.dictionary->size() && all_are_kept_) return true;
    known_.resize(vector.dictionary->size(), unknown);
    // A short dictionary is looked at as a whole, a long one where the cases point.
    if (known_.size() <= chunk_cases / 2) {
      for (std::size_t code = 0; code < known_.size(); ++code)
        if (known_[code] == unknown) known_[code] = is_kept((*vector.dictionary)[code]);
      all_are_kept_ = std::ranges::all_of(known_, [](Known known) { return known == kept; });
      if (all_are_kept_) return true;
    }
    for (std::size_t i = 0; i < n; ++i) {
      if (vector.states[i] != given) continue;
      auto& known = known_[static_cast<std::size_t>(vector.integers[i])];
      if (known == unknown) known = is_kept((*vector.dictionary)[static_cast<std::size_t>(vector.integers[i])]);
      if (known == changed) return false;
    }
    return true;
  }

  Known is_kept(const Value& value) const {
    const auto made = coerce(value, *type_, nullptr);
    return made.kind() == value.kind() && feel::literal(made) == feel::literal(value) ? kept : changed;
  }

  const Op& operand_;
  ItemTypePtr type_;
  const feel::Values* known_of_ = nullptr;
  std::vector<Known> known_;  ///< by code
  bool all_are_kept_ = false;
};

/// A boxed expression that has no steps: evaluated case by case, once for cases alike.
class BoxOp final : public RowsOp {
 public:
  BoxOp(BoxPtr box, Terms variables, Scalar& scalar, bool keep_rows)
      : box_(std::move(box)), terms_(std::move(variables)), scalar_(scalar), keep_rows_(keep_rows) {
    std::vector<const Op*> columns;
    for (const auto& term : terms_) term.columns(columns);
    is_constant = std::ranges::all_of(columns, [](const Op* op) { return op->is_constant; });
    memo_.emplace(std::move(columns));
    values_.resize(terms_.size());
  }

  void run(std::size_t, std::size_t n) override {
    memo_->begin();
    row_codes.clear(n);
    auto* const rows = row_codes.own_small();
    for (std::size_t i = 0; i < n; ++i) {
      auto* known = memo_->find(i);
      if (known == nullptr) {
        auto made = evaluate(i);
        own_.room()[i] = std::move(made.value);
        rows[i] = made.rows;
        continue;
      }
      if (!known->is_known) *known = evaluate(i);
      own_.room()[i] = known->value;
      rows[i] = known->rows;
    }
    own_.take(n);
  }

 private:
  struct Made {
    Value value;
    std::int32_t rows = 0;
    bool is_known = false;
  };

  Made evaluate(std::size_t at) {
    for (std::size_t i = 0; i < terms_.size(); ++i) values_[i] = terms_[i] ? terms_[i].get(at) : Value();
    auto& activity = scalar_.activity;
    activity.calls = 0;
    activity.diagnostics.problems.clear();
    activity.tables.clear();
    activity.steps = keep_rows_ ? &scalar_.steps : nullptr;
    Made made{box_->evaluate(values_, activity), 0, true};
    activity.steps = nullptr;
    if (keep_rows_) made.rows = rows_of(activity.tables);
    if (activity.calls > scalar_.calls_warned) {
      scalar_.heavy.push_back(at);
      made.is_known = false;
    }
    scalar_.steps.clear();
    return made;
  }

  std::int32_t rows_of(const std::vector<TableTrace>& tables) {
    MatchedRows rows;
    for (const auto& table : tables) rows.emplace_back(table.rows.begin(), table.rows.end());
    const auto [found, is_new] = codes_.try_emplace(rows, static_cast<std::int32_t>(row_lists.size()));
    if (is_new) row_lists.push_back(std::move(rows));
    return found->second;
  }

  BoxPtr box_;
  Terms terms_;
  Scalar& scalar_;
  bool keep_rows_;
  Variables values_;
  std::optional<Memo<Made>> memo_;
  std::map<MatchedRows, std::int32_t> codes_;
};

}  // namespace

Planner::Planner(std::shared_ptr<const Parts> parts, const Columns& columns, Scalar& scalar, bool keep_rows)
    : parts_(std::move(parts)),
      columns_(columns),
      scalar_(scalar),
      keep_rows_(keep_rows),
      elements_(parts_->elements.size()) {}

Op* Planner::constant(const Value& value) {
  const auto make = [&] {
    auto op = std::make_unique<ConstantOp>(value);
    op->is_constant = true;
    return op;
  };
  const bool is_simple = value.is_null() || value.is(Kind::number) || value.is(Kind::string) || value.is(Kind::boolean);
  return is_simple ? shared("=" + feel::literal(value), make) : add(make());
}

Op* Planner::add(std::unique_ptr<Op> op) {
  auto* added = op.get();
  steps_.push_back(std::move(op));
  if (added->is_constant) {
    added->run(0, 1);
    added->repeat();
  }
  return added;
}

Term Planner::coerced(const Term& term, const ItemTypePtr& type) {
  if (type->type.is(feel::Type::Kind::any) && !type->constrained) return term;
  auto* column = column_of(term);
  auto op = std::make_unique<CoerceOp>(*column, type);
  op->is_constant = column->is_constant;
  return {add(std::move(op))};
}

Term Planner::box(const BoxPtr& box, const Terms& variables) {
  if (auto term = box->plan(*this, variables)) return term;
  auto op = std::make_unique<BoxOp>(box, variables, scalar_, keep_rows_);
  if (keep_rows_) looks_at(op.get());
  return {add(std::move(op))};
}

Term Planner::element(std::size_t at) {
  if (elements_[at]) return *elements_[at];
  const auto& element = parts_->elements[at];
  const bool takes_value = element.kind == ElementKind::input_data || element.kind == ElementKind::decision;
  Term term;
  // Of columns of the same name the last counts, as it does among inputs.
  for (std::size_t i = columns_.names.size(); i-- > 0 && takes_value && !term;)
    if (columns_.names[i] == element.name) term = given(columns_.values[i], element.type);
  if (!term && element.kind == ElementKind::decision) term = decision(at);
  if (!term) term = {constant(takes_value ? Value() : function_of(parts_, at))};
  elements_[at] = term;
  return term;
}

Term Planner::decision(std::size_t at) {
  const auto& element = parts_->elements[at];
  if (!element.logic) return {constant({})};
  const auto variables = variables_of(element);
  const auto outer = std::exchange(tables_, {});
  auto term = coerced(box(element.logic, variables), element.type);
  if (!tables_.empty()) looked_.push_back({at, tables_});
  tables_ = outer;
  return term;
}

Terms Planner::variables_of(const Element& element) {
  Terms variables(element.slots);
  std::map<std::uint32_t, std::vector<std::pair<std::string, Term>>> imported;
  for (const auto& requirement : element.requirements) {
    auto term = this->element(requirement.element);
    if (requirement.member.empty())
      variables[requirement.slot] = std::move(term);
    else
      imported[requirement.slot].emplace_back(requirement.member, std::move(term));
  }
  for (auto& [slot, members] : imported) {
    Term term;
    std::vector<std::string> names;
    for (auto& [name, member] : members) {
      names.push_back(name);
      term.parts.push_back(std::move(member));
    }
    term.keys = std::make_shared<const feel::Keys>(std::move(names));
    variables[slot] = std::move(term);
  }
  return variables;
}

}  // namespace zhijia::dmn::columns
