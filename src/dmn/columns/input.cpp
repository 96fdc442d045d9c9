#include <algorithm>

#include "columns/planner.hpp"

namespace zhijia::dmn::columns {

using feel::Value;

namespace {

/// Reads an input's column.
class InputOp final : public Op {
 public:
  explicit InputOp(const Column& column) : column_(column) {}

  void run(std::size_t begin, std::size_t n) override {
    if (is_constant) begin = 0;
    const auto from = static_cast<std::ptrdiff_t>(begin);
    switch (column_.form) {
      case Column::Form::numbers:
        own_.clear(Form::fixed, n);
        own_.scale = column_.scale;
        take_integers(column_.integers, begin, n);
        break;
      case Column::Form::dates:
        own_.clear(Form::date, n);
        take_integers(column_.integers, begin, n);
        break;
      case Column::Form::booleans:
        own_.clear(Form::boolean, n);
        take_truths(begin, n);
        break;
      case Column::Form::coded:
        return take_codes(begin, n);
      default:
        std::copy_n(column_.values.begin() + from, n, own_.room().begin());
        return own_.take(n);
    }
    leave_out_missing(begin, n);
  }

 private:
  /// Asks for the next chunk while this one is worked on: many columns at a time are more than a processor foresees.
  template <typename T>
  static void fetch(const T* next, std::size_t count) {
    constexpr std::size_t line = 64 / sizeof(T);
    for (std::size_t at = 0; at < std::min(count, chunk_cases); at += line) __builtin_prefetch(next + at, 0, 2);
  }

  /// Read where they are.
  void take_integers(const Packed& given_ones, std::size_t begin, std::size_t n) {
    given_ones.visit([&](const auto& cells) {
      const auto* from = cells.data() + begin;
      fetch(from + n, cells.size() - begin - n);
      own_.integers.show(from);
    });
    own_.integers.note_bits(given_ones.bits());
  }

  void take_truths(std::size_t begin, std::size_t n) {
    const auto* given_ones = column_.truths.data() + begin;
    fetch(given_ones + n, column_.truths.size() - begin - n);
    if (column_.missing.empty() && loops::are_truths(given_ones, n)) return own_.truths.show(given_ones);
    for (std::size_t i = 0; i < n; ++i) own_.truths[i] = given_ones[i] != 0 ? 1 : 0;
  }

  void take_codes(std::size_t begin, std::size_t n) {
    own_.clear(Form::coded, n);
    own_.dictionary = &column_.values;
    take_integers(column_.codes, begin, n);
    leave_out_missing(begin, n);
    for (std::size_t i = 0; i < n; ++i)
      if (column_.values[static_cast<std::size_t>(own_.integers[i])].is_null()) leave_out(i);
    own_.note_states(n);
  }

  void leave_out_missing(std::size_t begin, std::size_t n) {
    if (column_.missing.empty()) return;
    for (std::size_t i = 0; i < n; ++i)
      if (column_.missing[begin + i] != 0) leave_out(i);
    own_.note_states(n);
  }

  void leave_out(std::size_t i) {
    own_.states[i] = null;
    own_.integers.put(i, 0);
    own_.truths[i] = 0;
  }

  const Column& column_;
};

/// The contexts of a term's parts as values.
class ContextOp final : public Op {
 public:
  explicit ContextOp(Term term) : term_(std::move(term)) {}
  void run(std::size_t, std::size_t n) override {
    for (std::size_t i = 0; i < n; ++i) own_.room()[i] = term_.get(i);
    own_.take(n);
  }

 private:
  Term term_;
};

bool holds(const feel::Type& type, Column::Form form) {
  switch (form) {
    case Column::Form::numbers:
      return type.is(feel::Type::Kind::number);
    case Column::Form::booleans:
      return type.is(feel::Type::Kind::boolean);
    case Column::Form::dates:
      return type.is(feel::Type::Kind::date);
    default:
      return false;
  }
}

/// Whether every context of the column is of the type as it is, so that nothing needs to look at each.
bool is_of(const Column& column, const ItemType& type) {
  if (type.type.is(feel::Type::Kind::any)) return true;
  if (type.constrained || !type.type.is(feel::Type::Kind::context)) return false;
  return std::ranges::all_of(type.type.fields(), [&](const auto& field) {
    const auto found = std::ranges::find(column.parts, field.first, &std::pair<std::string, Column>::first);
    return found != column.parts.end() &&
           (field.second.is(feel::Type::Kind::any) || holds(field.second, found->second.form));
  });
}

}  // namespace

Op* Planner::column_of(const Term& term) {
  if (term.op != nullptr) return term.op;
  auto op = std::make_unique<ContextOp>(term);
  op->is_constant = term.is_constant();
  return add(std::move(op));
}

Term Planner::given(const Column& column) {
  if (column.form != Column::Form::parts) {
    auto op = std::make_unique<InputOp>(column);
    op->is_constant = column.size() == 1;
    return {add(std::move(op))};
  }
  Term term;
  std::vector<std::string> names;
  for (const auto& [name, part] : column.parts) {
    names.push_back(name);
    term.parts.push_back(given(part));
  }
  term.keys = std::make_shared<const feel::Keys>(std::move(names));
  return term;
}

Term Planner::given(const Column& column, const ItemTypePtr& type) {
  auto term = given(column);
  if (column.form == Column::Form::parts && is_of(column, *type)) return term;
  return coerced(term, type);
}

bool Term::is_constant() const {
  if (op != nullptr) return op->is_constant;
  return std::ranges::all_of(parts, [](const Term& part) { return part.is_constant(); });
}

Value Term::get(std::size_t at) const {
  if (op != nullptr) return op->vector().get(at);
  feel::Values values;
  for (const auto& part : parts) values.push_back(part.get(at));
  return Value::context(keys, std::move(values));
}

void Term::columns(std::vector<const Op*>& all) const {
  if (op != nullptr) all.push_back(op);
  for (const auto& part : parts) part.columns(all);
}

}  // namespace zhijia::dmn::columns
