#include "evaluator.hpp"

#include <algorithm>
#include <array>

#include "feel/feel.hpp"

namespace zhijia::feel {
namespace {

using NK = Node::Kind;
using Op = Node::Operator;

constinit const Value null_value;

/// Three-valued logic knows true, false and everything else.
Value truth(const Value& value) { return value.is(Kind::boolean) ? value : Value(); }

}  // namespace

// --- Diagnostics and limits ------------------------------------------------------------------------------------------

Value Evaluator::fail(std::string_view code, std::string_view zh, std::string_view en) {
  if (diagnostics_ != nullptr && diagnostics_->problems.size() < Diagnostics::problems_max) {
    Place place;
    if (node_ != nullptr) place.cell = tree_->place(node_->begin);
    diagnostics_->problems.push_back({std::string(code), std::move(place), {std::string(zh), std::string(en)}});
  }
  return {};
}

Value Evaluator::mismatch(const Node& node, const Value& left, const Value& right) {
  if (diagnostics_ == nullptr) return {};
  node_ = &node;
  const std::string op(node.op == Op::none ? "and/or" : symbol(node.op));
  const auto a = std::string(kind_name(left.kind()));
  const auto b = std::string(kind_name(right.kind()));
  return fail("feel.type_mismatch", "“" + op + "”不能用于 " + a + " 和 " + b,
              "'" + op + "' cannot be applied to " + a + " and " + b);
}

Value Evaluator::exhausted(std::string_view code, std::string_view zh, std::string_view en) {
  if (!budget_.exhausted) fail(code, zh, en);
  budget_.exhausted = true;
  return {};
}

bool Evaluator::charge_bytes(std::size_t bytes) {
  budget_.bytes += bytes;
  if (budget_.bytes <= budget_.limits.bytes_max) return true;
  exhausted("feel.too_much_memory", "计算占用的内存超过上限", "The evaluation needs more memory than it may use");
  return false;
}

bool Evaluator::charge_items(std::size_t items) {
  if (items > budget_.limits.items_max) {
    exhausted("feel.too_many_items", "列表超过最大长度", "A list grew beyond the largest size");
    return false;
  }
  return charge_bytes(items * sizeof(Value));
}

bool Evaluator::charge_steps(std::uint64_t steps) {
  budget_.steps += steps;
  if (budget_.steps <= budget_.limits.steps_max) return !budget_.exhausted;
  exhausted("feel.too_long_running", "计算步骤超过上限", "The evaluation takes more steps than it may");
  return false;
}

Value Evaluator::new_list(Values items) {
  if (!charge_items(items.size())) return {};
  return Value::list(std::move(items));
}

Value Evaluator::new_text(std::string text) {
  if (!charge_bytes(text.size())) return {};
  return Value(std::move(text));
}

// --- Nodes -----------------------------------------------------------------------------------------------------------

namespace {

/// The locals of one call: in place when few, so that most calls allocate nothing.
class Locals {
 public:
  explicit Locals(std::size_t count) : count_(count) {
    if (count > few_max)
      many_ = std::make_unique<Value[]>(count);
    else
      std::uninitialized_default_construct_n(few(), count);
  }
  ~Locals() {
    if (!many_) std::destroy_n(few(), count_);
  }
  Locals(const Locals&) = delete;
  Locals& operator=(const Locals&) = delete;
  Value* get() { return many_ ? many_.get() : few(); }

 private:
  static constexpr std::size_t few_max = 6;
  Value* few() { return reinterpret_cast<Value*>(room_); }

  std::size_t count_;
  alignas(Value) std::byte room_[few_max * sizeof(Value)];
  std::unique_ptr<Value[]> many_;
};

/// A call of a function or an evaluation inside another: what it may add to the depth of the stack is counted on entry.
class Entry {
 public:
  Entry(Budget& budget, std::uint32_t levels) : budget_(budget), levels_(levels) { budget_.depth += levels_; }
  ~Entry() { budget_.depth -= levels_; }
  Entry(const Entry&) = delete;
  Entry& operator=(const Entry&) = delete;
  bool is_too_deep() const { return budget_.depth > budget_.limits.depth_max; }

 private:
  Budget& budget_;
  std::uint32_t levels_;
};

}  // namespace

Value Evaluator::run() {
  const auto& root = tree_->root();
  const Entry entry(budget_, root.depth + 1U);
  if (entry.is_too_deep()) return too_deep();
  if (!charge_steps(root.size)) return {};
  Locals locals(tree_->locals());
  locals_ = locals.get();
  auto value = evaluate(root);
  return budget_.exhausted ? Value() : value;
}

Value Evaluator::too_deep() { return exhausted("feel.too_deep", "调用嵌套过深", "Calls are nested too deeply"); }

inline const Value& Evaluator::refer(const Node& node, Value& made) {
  if (node.is_constant || node.kind == NK::literal) return node.value;
  if (node.kind == NK::local) return locals_[node.slot];
  if (node.kind == NK::variable) return node.slot < frame_.variables.size() ? frame_.variables[node.slot] : null_value;
  return made = evaluate(node);
}

Value Evaluator::evaluate(const Node& node) {
  if (node.is_constant) return node.value;
  switch (node.kind) {
    case NK::literal:
      return node.value;
    case NK::local:
      return locals_[node.slot];
    case NK::variable:
      return node.slot < frame_.variables.size() ? frame_.variables[node.slot] : Value();
    case NK::input:
      return input_;
    case NK::arithmetic:
      return arithmetic(node);
    case NK::comparison:
      return comparison(node);
    case NK::conjunction:
      return junction(node, false);
    case NK::disjunction:
      return junction(node, true);
    case NK::negate:
      return negate(node);
    case NK::between:
      return between(node);
    case NK::in:
      return in(node);
    case NK::unary_tests:
      return unary_tests(node);
    case NK::conditional:
      return conditional(node);
    case NK::list:
      return list(node);
    case NK::context:
      return context(node);
    case NK::range:
      return range(node);
    case NK::filter:
      return filter(node);
    case NK::path: {
      Value made;
      return path(refer(*node.children[0], made), node);
    }
    case NK::item_name:
      return item_name(node);
    case NK::iteration:
      return iteration(node);
    case NK::some:
    case NK::every:
      return quantified(node);
    case NK::builtin_call:
      return builtin_call(node);
    case NK::call:
      return call_node(node);
    case NK::instance_of:
      return instance_of(evaluate(*node.children[0]), node.type);
    case NK::function:
    case NK::external:
      return make_function(node);
    case NK::iterated_range:
      return {};  // a loop reads it itself
  }
  return {};
}

Value Evaluator::arithmetic(const Node& node) {
  Number number;
  Value other;
  return calculate(node, number, other) ? Value(number) : std::move(other);
}

/// What most nodes below arithmetic give is a number; it then passes through without becoming a Value.
/// @return  whether `number` was set; otherwise the value is in `other`
inline bool Evaluator::number_or(const Node& node, Number& number, Value& other) {
  if (node.kind == NK::arithmetic && !node.is_constant) return calculate(node, number, other);
  const auto& value = refer(node, other);
  if (value.is(Kind::number)) {
    number = value.number();
    return true;
  }
  if (&value != &other) other = value;
  return false;
}

bool Evaluator::calculate(const Node& node, Number& number, Value& other) {
  Number a;
  Number b;
  Value other_a;
  Value other_b;
  const bool is_number_a = number_or(*node.children[0], a, other_a);
  const bool is_number_b = number_or(*node.children[1], b, other_b);
  if (!is_number_a || !is_number_b) {
    other = mixed_arithmetic(node, is_number_a ? Value(a) : other_a, is_number_b ? Value(b) : other_b);
    if (other.is(Kind::number)) number = other.number();
    return other.is(Kind::number);
  }
  std::optional<Number> result;
  switch (node.op) {
    case Op::add:
      if (add(a, b, number)) return true;
      break;
    case Op::subtract:
      if (subtract(a, b, number)) return true;
      break;
    case Op::multiply:
      if (multiply(a, b, number)) return true;
      break;
    case Op::divide:
      result = divide(a, b);
      break;
    default:
      result = power(a, b);
      break;
  }
  if (result) {
    number = *result;
    return true;
  }
  node_ = &node;
  other = node.op == Op::divide && b.is_zero() ? fail("feel.division_by_zero", "除数为零", "Division by zero")
                                               : out_of_range();
  return false;
}

Value Evaluator::mixed_arithmetic(const Node& node, const Value& a, const Value& b) {
  if (a.is(Kind::string) && b.is(Kind::string) && node.op == Op::add) {
    std::string joined;
    joined.reserve(a.string().size() + b.string().size());
    return new_text(joined.append(a.string()).append(b.string()));
  }
  if (const auto result = temporal_arithmetic(node.op, a, b)) {
    if (!result->is_null()) return *result;
    node_ = &node;
    return out_of_range();
  }
  return mismatch(node, a, b);
}

Value Evaluator::negate(const Node& node) {
  const auto operand = evaluate(*node.children[0]);
  switch (operand.kind()) {
    case Kind::number:
      return -operand.number();
    case Kind::months:
      return Months{-operand.months().count};
    case Kind::duration:
      return Duration{-operand.duration().nanos};
    default:
      return mismatch(node, operand, {});
  }
}

namespace {

Value ordered(Op op, int distance) {
  switch (op) {
    case Op::less:
      return distance < 0;
    case Op::less_equal:
      return distance <= 0;
    case Op::greater:
      return distance > 0;
    default:
      return distance >= 0;
  }
}

}  // namespace

Value Evaluator::comparison(const Node& node) {
  const bool is_calculated = node.children[0]->kind == NK::arithmetic || node.children[1]->kind == NK::arithmetic;
  if (is_calculated && node.op != Op::equal && node.op != Op::not_equal) {
    Number x;
    Number y;
    Value other_x;
    Value other_y;
    const bool is_number_x = number_or(*node.children[0], x, other_x);
    const bool is_number_y = number_or(*node.children[1], y, other_y);
    if (is_number_x && is_number_y) return ordered(node.op, compare(x, y));
    return compared(node, is_number_x ? Value(x) : other_x, is_number_y ? Value(y) : other_y);
  }
  Value made_left;
  Value made_right;
  const auto& a = refer(*node.children[0], made_left);
  const auto& b = refer(*node.children[1], made_right);
  return compared(node, a, b);
}

Value Evaluator::compared(const Node& node, const Value& a, const Value& b) {
  if (node.op == Op::equal || node.op == Op::not_equal) {
    const auto equal = equals(a, b);
    if (equal.is_null()) return mismatch(node, a, b);
    return node.op == Op::equal ? equal : Value(!equal.boolean());
  }
  if (a.is(Kind::number) && b.is(Kind::number)) return ordered(node.op, compare(a.number(), b.number()));
  const auto distance = order(a, b);
  return distance ? ordered(node.op, *distance) : mismatch(node, a, b);
}

/// and, or: `deciding` is the operand that settles it, whatever the other is.
Value Evaluator::junction(const Node& node, bool deciding) {
  const auto left = truth(evaluate(*node.children[0]));
  if (left.is(Kind::boolean) && left.boolean() == deciding) return left;
  const auto right = truth(evaluate(*node.children[1]));
  if (right.is(Kind::boolean) && right.boolean() == deciding) return right;
  if (left.is_null() || right.is_null()) return {};
  return !deciding;
}

Value Evaluator::between(const Node& node) {
  const auto value = evaluate(*node.children[0]);
  const auto low = order(evaluate(*node.children[1]), value);
  const auto high = order(value, evaluate(*node.children[2]));
  // value >= low and value <= high, three-valued
  if ((low && *low > 0) || (high && *high > 0)) return false;
  return low && high ? Value(true) : Value();
}

namespace {

/// Whether the input passes a test that is a value: equal to it, in its range, or in its list.
Value passes(const Value& input, const Value& test) {
  if (test.is(Kind::range) && !input.is(Kind::range)) return contains(test.range(), input);
  if (!test.is(Kind::list)) return equals(input, test);
  if (equals(input, test).is_true()) return true;
  return std::ranges::any_of(test.items(), [&](const Value& item) {
    return item.is(Kind::range) && !input.is(Kind::range) ? contains(item.range(), input).is_true()
                                                          : equals(input, item).is_true();
  });
}

/// Disjunction of three-valued results, one by one.
struct AnyOf {
  bool unknown = false;
  bool found = false;
  void add(const Value& result) {
    found = found || result.is_true();
    unknown = unknown || !result.is(Kind::boolean);
  }
  Value value() const { return found ? Value(true) : unknown ? Value() : Value(false); }
};

}  // namespace

/// A test that is written as an interval holds without the interval being made.
Value Evaluator::interval_test(const Node& node) {
  Value made_low;
  Value made_high;
  const auto& low = refer(*node.children[0], made_low);
  const auto& high = refer(*node.children[1], made_high);
  if (input_.is(Kind::number) && low.is(Kind::number) && high.is(Kind::number)) {
    const auto from = compare(low.number(), input_.number());
    const auto to = compare(input_.number(), high.number());
    return (from < 0 || (from == 0 && node.low_closed)) && (to < 0 || (to == 0 && node.high_closed));
  }
  return contains(Range{low, high, node.low_closed, node.high_closed}, input_);
}

/// One test against input_: an expression over `?` says itself whether it holds.
Value Evaluator::test(const Node& node) {
  if (node.kind == NK::range && node.op == Op::none && !input_.is(Kind::range)) return interval_test(node);
  auto result = evaluate(node);
  if (node.uses_input && result.is(Kind::boolean)) return result;
  if (result.is_null() && (node.uses_input || node.kind == NK::range)) return {};
  if (result.is_true() && !input_.is(Kind::boolean)) return true;
  return passes(input_, result);
}

Value Evaluator::in(const Node& node) {
  auto outer = std::exchange(input_, evaluate(*node.children[0]));
  AnyOf any;
  for (std::size_t i = 1; i < node.children.size() && !any.found; ++i) any.add(test(*node.children[i]));
  input_ = std::move(outer);
  return any.value();
}

Value Evaluator::unary_tests(const Node& node) {
  if (node.children.empty()) return true;
  AnyOf any;
  for (const auto* child : node.children) {
    any.add(test(*child));
    if (any.found) break;
  }
  const auto result = any.value();
  return node.flag && result.is(Kind::boolean) ? Value(!result.boolean()) : result;
}

Value Evaluator::conditional(const Node& node) {
  return evaluate(*node.children[evaluate(*node.children[0]).is_true() ? 1 : 2]);
}

Value Evaluator::list(const Node& node) {
  Values items;
  items.reserve(node.children.size());
  for (const auto* child : node.children) items.push_back(evaluate(*child));
  return new_list(std::move(items));
}

Value Evaluator::context(const Node& node) {
  Values values;
  values.reserve(node.children.size());
  for (std::size_t i = 0; i < node.children.size(); ++i) {
    values.push_back(evaluate(*node.children[i]));
    locals_[node.slots[i]] = values.back();
  }
  if (!charge_items(values.size())) return {};
  return Value::context(node.keys, std::move(values));
}

Value Evaluator::range(const Node& node) {
  Range range;
  if (node.children[0] != nullptr) range.low = evaluate(*node.children[0]);
  if (node.op != Op::equal && node.children[1] != nullptr) range.high = evaluate(*node.children[1]);
  if (node.op == Op::equal) range.high = range.low;
  // `> null` says nothing of any value; only what is not written is unbounded.
  const bool is_order = node.op != Op::none && node.op != Op::equal && node.op != Op::not_equal;
  if (is_order && range.low.is_null() && range.high.is_null()) return {};
  range.low_closed = node.low_closed;
  range.high_closed = node.high_closed;
  if (node.op == Op::not_equal)
    range.form = Range::Form::exclusion;
  else if (node.op != Op::none)
    range.form = Range::Form::comparison;
  const bool bounded = !range.low.is_null() && !range.high.is_null();
  if (node.op == Op::none && bounded && !order(range.low, range.high)) return mismatch(node, range.low, range.high);
  return Value::range(std::move(range));
}

// --- Filters and paths -----------------------------------------------------------------------------------------------

Value Evaluator::index(const Value& list, const Value& position) {
  const auto number = position.number();
  const auto at = number.is_integer() ? number.to_integer() : std::nullopt;
  const bool is_list = list.is(Kind::list);
  const auto size = is_list ? static_cast<std::int64_t>(list.items().size()) : 1;
  if (!at || *at == 0 || *at > size || *at < -size)
    return fail("feel.index_out_of_range", "列表没有这个序号的元素", "The list has no item at that position");
  if (!is_list) return list;
  return list.items()[static_cast<std::size_t>(*at > 0 ? *at - 1 : size + *at)];
}

Value Evaluator::filter(const Node& node) {
  Value made;
  const auto& list = refer(*node.children[0], made);
  const auto& condition = *node.children[1];
  if (list.is_null()) return {};
  node_ = &node;
  if (condition.kind == NK::literal && condition.value.is(Kind::number)) return index(list, condition.value);
  const std::span<const Value> items = list.is(Kind::list) ? std::span(list.items()) : std::span(&list, 1);
  Values kept;
  constexpr std::size_t kept_expected = 16;
  kept.reserve(std::min(items.size(), kept_expected));
  Loan item(locals_[node.slot]);
  if (items.empty()) return list;
  for (const auto& candidate : items) {
    item.lend(candidate);
    if (!charge_steps(condition.size)) return {};
    const auto held = evaluate(condition);
    if (held.is(Kind::number)) return node_ = &node, index(list, held);
    if (held.is_true()) kept.push_back(candidate);
  }
  return new_list(std::move(kept));
}

Value Evaluator::path(const Value& base, const Node& node) {
  if (base.is(Kind::context)) {
    const auto* entry = base.find(node.name);
    return entry == nullptr ? Value() : *entry;
  }
  if (base.is(Kind::list)) {
    Values found;
    found.reserve(base.items().size());
    for (const auto& item : base.items()) found.push_back(path(item, node));
    return new_list(std::move(found));
  }
  if (auto found = property(base, node.name)) return *found;
  if (diagnostics_ == nullptr) return {};
  node_ = &node;
  const auto kind = std::string(kind_name(base.kind()));
  return fail("feel.no_property", kind + " 没有“" + std::string(node.name) + "”",
              "A " + kind + " has no '" + std::string(node.name) + "'");
}

Value Evaluator::item_name(const Node& node) {
  const auto items = node.children.first(node.children.size() - (node.flag ? 1 : 0));
  for (const auto* item : items) {
    Value made;
    const auto& context = refer(*item, made);
    if (!context.is(Kind::context)) continue;
    if (const auto* entry = context.find(node.name)) return *entry;
  }
  return node.flag ? evaluate(*node.children.back()) : Value();
}

// --- Loops -----------------------------------------------------------------------------------------------------------

template <typename Visit>
bool Evaluator::each_of_range(const Range& range, bool downwards_too, Value& variable, const Node& node,
                              std::size_t next, Visit& visit) {
  const bool of_days = range.low.is(Kind::date) && range.high.is(Kind::date);
  const bool of_numbers = range.low.is(Kind::number) && range.high.is(Kind::number);
  const auto from = of_days ? range.low.date().days : of_numbers ? range.low.number().to_integer() : std::nullopt;
  const auto to = of_days ? range.high.date().days : of_numbers ? range.high.number().to_integer() : std::nullopt;
  if (!from || !to || (of_numbers && !(range.low.number().is_integer() && range.high.number().is_integer())))
    return false;
  if (*from > *to && !downwards_too) return false;
  const std::int64_t step = *from <= *to ? 1 : -1;
  for (auto at = *from;; at += step) {
    const bool excluded = (at == *from && !range.low_closed) || (at == *to && !range.high_closed);
    if (!excluded) {
      variable = of_days ? Value(Date{at}) : Value(at);
      if (!each(node, next, visit)) return false;
    }
    if (at == *to || budget_.exhausted) return true;
  }
}

template <typename Visit>
bool Evaluator::each(const Node& node, std::size_t variable, Visit& visit) {
  if (variable + 1 == node.children.size()) return visit();
  if (!charge_steps(1)) return false;
  auto& local = locals_[node.slots[variable]];
  const auto& domain = *node.children[variable];
  if (domain.kind == NK::iterated_range) {
    const Range range{evaluate(*domain.children[0]), evaluate(*domain.children[1]), true, true};
    return each_of_range(range, true, local, node, variable + 1, visit);
  }
  Value made;
  const auto& list = refer(domain, made);
  if (list.is(Kind::range)) return each_of_range(list.range(), false, local, node, variable + 1, visit);
  if (list.is_null()) return false;
  const std::span<const Value> items = list.is(Kind::list) ? std::span(list.items()) : std::span(&list, 1);
  Loan lent(local);
  for (const auto& item : items) {
    lent.lend(item);
    if (!each(node, variable + 1, visit)) return false;
  }
  return true;
}

Value Evaluator::iteration(const Node& node) {
  Values results;
  constexpr std::size_t results_expected = 8;
  results.reserve(results_expected);
  auto& partial = locals_[node.slots.back()];
  auto visit = [&] {
    if (node.flag) partial = new_list(results);
    if (!charge_steps(node.children.back()->size)) return false;
    results.push_back(evaluate(*node.children.back()));
    return results.size() <= budget_.limits.items_max || charge_items(results.size());
  };
  if (!each(node, 0, visit)) {
    node_ = &node;
    return fail("feel.not_iterable", "for 只能遍历列表和整数或日期的范围",
                "'for' needs a list or a range of integers or dates");
  }
  return new_list(std::move(results));
}

Value Evaluator::quantified(const Node& node) {
  const bool deciding = node.kind == NK::some;
  bool decided = false;
  bool unknown = false;
  auto visit = [&] {
    if (!charge_steps(node.children.back()->size)) return false;
    const auto held = evaluate(*node.children.back());
    unknown = unknown || !held.is(Kind::boolean);
    decided = held.is(Kind::boolean) && held.boolean() == deciding;
    return !decided;
  };
  const bool complete = each(node, 0, visit);
  if (decided) return deciding;
  if (complete) return unknown ? Value() : Value(!deciding);
  node_ = &node;
  return fail("feel.not_iterable", "some 和 every 只能遍历列表和整数或日期的范围",
              "'some' and 'every' need a list or a range of integers or dates");
}

// --- Functions -------------------------------------------------------------------------------------------------------

Value Evaluator::make_function(const Node& node) {
  auto closure = std::make_shared<Closure>();
  closure->tree = tree_->shared_from_this();
  closure->node = &node;
  for (const auto* captured : node.children.subspan(1)) closure->captured.push_back(evaluate(*captured));
  Function function;
  function.closure = std::move(closure);
  return Value::function(std::move(function));
}

std::uint32_t captured_depth(const Function& function) {
  std::uint32_t depth = 0;
  if (function.closure != nullptr)
    for (const auto& value : function.closure->captured) depth = std::max(depth, value.depth());
  return depth;
}

Value Evaluator::call_closure(const Closure& closure, std::span<const Value> arguments) {
  const auto& node = *closure.node;
  if (node.kind == NK::external)
    return fail("feel.external_function", "不支持外部函数", "External functions are not supported");
  if (arguments.size() != node.types.size())
    return fail("feel.argument_count", "参数个数不对", "The number of arguments is wrong");
  const auto& body = *node.children[0];
  const Entry entry(budget_, body.depth + 1U);
  if (entry.is_too_deep()) return too_deep();
  if (!charge_steps(body.size)) return {};
  Locals locals(node.locals);
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    bool lost = false;
    locals.get()[i] = convert(arguments[i], node.types[i], lost);
    if (lost) return fail("feel.argument_type", "参数类型不对", "An argument has the wrong type");
  }
  for (std::size_t i = 0; i < node.slots.size(); ++i) locals.get()[node.slots[i]] = closure.captured[i];
  const auto* outer_locals = std::exchange(locals_, locals.get());
  const auto* outer_tree = std::exchange(tree_, closure.tree.get());
  const auto* outer_node = node_;
  auto value = evaluate(body);
  locals_ = const_cast<Value*>(outer_locals);
  tree_ = outer_tree;
  node_ = outer_node;
  return value;
}

Value Evaluator::call(const Value& function, std::span<const Value> arguments) {
  if (!function.is(Kind::function))
    return fail("feel.not_a_function", "不是函数,不能调用", "Only a function can be called");
  const auto callee = function;  // the variable that holds it may change during the call
  const auto& parts = callee.function();
  if (parts.closure != nullptr) return call_closure(*parts.closure, arguments);
  if (parts.builtin != nullptr) {
    Values copied(arguments.begin(), arguments.end());
    return call_builtin(*parts.builtin, copied);
  }
  if (arguments.size() != parts.parameters.size())
    return fail("feel.argument_count", "参数个数不对", "The number of arguments is wrong");
  Values converted(arguments.begin(), arguments.end());
  for (std::size_t i = 0; parts.parameter_types != nullptr && i < converted.size(); ++i) {
    bool lost = false;
    converted[i] = convert(arguments[i], (*parts.parameter_types)[i], lost);
    if (lost) return fail("feel.argument_type", "参数类型不对", "An argument has the wrong type");
  }
  return (*parts.native)(converted, diagnostics_);
}

namespace {

std::span<const std::string> parameter_names(const Function& function) {
  return function.closure != nullptr ? std::span(function.closure->node->keys->names()) : function.parameters;
}

}  // namespace

Value Evaluator::call_node(const Node& node) {
  const auto function = evaluate(*node.children[0]);
  node_ = &node;
  Values arguments;
  arguments.reserve(node.children.size() - 1);
  for (const auto* child : node.children.subspan(1)) arguments.push_back(evaluate(*child));
  node_ = &node;
  if (node.keys == nullptr || !function.is(Kind::function)) return call(function, arguments);
  const auto names = parameter_names(function.function());
  Values placed(names.size());
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const auto at = std::ranges::find(names, (*node.keys)[i]);
    if (at == names.end() || arguments.size() != names.size())
      return fail("feel.argument_name", "函数没有这个名称的参数", "The function has no parameter of that name");
    placed[static_cast<std::size_t>(at - names.begin())] = std::move(arguments[i]);
  }
  return call(function, placed);
}

Value Evaluator::builtin_call(const Node& node) {
  constexpr std::size_t few = 4;
  std::array<Value, few> in_place;
  Values many;
  if (node.children.size() > few) many.resize(node.children.size());
  const auto arguments = std::span(many.empty() ? in_place.data() : many.data(), node.children.size());
  for (std::size_t i = 0; i < arguments.size(); ++i)
    if (node.children[i] != nullptr) arguments[i] = evaluate(*node.children[i]);
  const auto* outer = std::exchange(node_, &node);
  auto value = node.flag
                   ? fail("feel.argument_name", "函数没有这个名称的参数", "The function has no parameter of that name")
                   : call_builtin(*node.builtin, arguments, node.keys.get());
  node_ = outer;
  return value;
}

namespace {

constexpr std::uint16_t bit(Kind kind) { return static_cast<std::uint16_t>(1U << static_cast<unsigned>(kind)); }

/// Whether the argument fits, as it is or after an implicit conversion, which is then made.
bool fits(const Signature::Parameter& parameter, Value& argument) {
  if ((parameter.kinds & bit(argument.kind())) != 0) return true;
  if (argument.is_null()) return parameter.optional;
  if ((parameter.kinds & bit(Kind::list)) != 0) {
    argument = Value::list({argument});
    return true;
  }
  if (!argument.is(Kind::list) || argument.items().size() != 1) return false;
  if ((parameter.kinds & bit(argument.items().front().kind())) == 0) return false;
  argument = Value(argument.items().front());
  return true;
}

bool has_parameters(const Signature& signature, const Keys& names) {
  return std::ranges::all_of(names.names(), [&](const std::string& name) {
    return std::ranges::find(signature.parameters, name, &Signature::Parameter::name) != signature.parameters.end();
  });
}

bool fits_all(const Signature& signature, std::span<Value> arguments) {
  for (std::size_t i = 0; i < arguments.size(); ++i)
    if (!fits(signature.parameters[i], arguments[i])) return false;
  return true;
}

}  // namespace

/// `names` are those of the arguments that were given by name: only signatures that have them all are meant.
Value Evaluator::call_builtin(const Builtin& builtin, std::span<Value> arguments, const Keys* names) {
  constexpr std::size_t parameters_max = 5;
  for (const auto& signature : builtin.signatures) {
    if (signature.packed) {
      if (arguments.empty()) continue;
      const std::array<Value, 1> packed{new_list({arguments.begin(), arguments.end()})};
      return packed[0].is_null() ? Value() : signature.body(*this, packed);
    }
    if (names != nullptr && !has_parameters(signature, *names)) continue;
    if (arguments.size() < signature.required || arguments.size() > signature.parameters.size()) continue;
    if (!fits_all(signature, arguments)) continue;
    if (arguments.size() == signature.parameters.size()) return signature.body(*this, arguments);
    std::array<Value, parameters_max> padded;
    std::ranges::copy(arguments, padded.begin());
    return signature.body(*this, std::span(padded).first(signature.parameters.size()));
  }
  return no_fit(builtin, arguments);
}

Value Evaluator::no_fit(const Builtin& builtin, std::span<const Value> arguments) {
  if (diagnostics_ == nullptr) return {};
  std::string kinds;
  for (const auto& argument : arguments) kinds += (kinds.empty() ? "" : ", ") + std::string(kind_name(argument.kind()));
  const auto call = std::string(builtin.name) + "(" + kinds + ")";
  return fail("feel.arguments", "内置函数不接受这样的参数:" + call,
              "The built-in function does not take such arguments: " + call);
}

// --- The public face -------------------------------------------------------------------------------------------------

namespace {

/// The budget of the evaluation that this thread is in, if it is in one.
thread_local Budget* active_budget = nullptr;

class BudgetOfThread {
 public:
  explicit BudgetOfThread(const Limits* limits) {
    if (active_budget != nullptr) return;
    if (limits != nullptr) own_.limits = *limits;
    active_budget = &own_;
  }
  ~BudgetOfThread() {
    if (active_budget == &own_) active_budget = nullptr;
  }
  BudgetOfThread(const BudgetOfThread&) = delete;
  BudgetOfThread& operator=(const BudgetOfThread&) = delete;
  Budget& get() { return *active_budget; }

 private:
  Budget own_;
};

}  // namespace

Value evaluate_constant(const Tree& tree, const Node& node) {
  static const Frame nothing;
  Budget budget;
  budget.limits = {.steps_max = 10'000, .depth_max = node_depth_max, .items_max = 1'000, .bytes_max = 64 * 1024};
  auto value = Evaluator(tree, nothing, nullptr, budget).evaluate(node);
  return budget.exhausted ? Value() : value;
}

Value evaluate(const Tree& tree, const Frame& frame, Diagnostics* diagnostics) {
  BudgetOfThread budget(frame.limits);
  return Evaluator(tree, frame, diagnostics, budget.get()).run();
}

Value call(const Value& function, std::span<const Value> arguments, const Frame& frame, Diagnostics* diagnostics) {
  BudgetOfThread budget(frame.limits);
  static const auto nothing = parse("null", Scope()).value();
  return Evaluator(*nothing, frame, diagnostics, budget.get()).call(function, arguments);
}

}  // namespace zhijia::feel
