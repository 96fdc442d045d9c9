#include "evaluator.hpp"

#include <algorithm>

namespace zhijia::feel {
namespace {

using NK = Node::Kind;
using Op = Node::Operator;

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

bool Evaluator::too_much_memory() {
  exhausted("feel.too_much_memory", "计算占用的内存超过上限", "The evaluation needs more memory than it may use");
  return false;
}

bool Evaluator::too_many_items() {
  exhausted("feel.too_many_items", "列表超过最大长度", "A list grew beyond the largest size");
  return false;
}

bool Evaluator::too_many_steps() {
  exhausted("feel.too_long_running", "计算步骤超过上限", "The evaluation takes more steps than it may");
  return false;
}

Value Evaluator::too_deep() { return exhausted("feel.too_deep", "调用嵌套过深", "Calls are nested too deeply"); }

void Evaluator::run(Value& out) {
  const auto& root = tree_->root();
  const Entry entry(budget_, root.depth + 1U);
  if (entry.is_too_deep()) {
    too_deep();
    return;
  }
  if (!charge_steps(root.size)) return;
  Values padded;  // variables that were not given are null
  variables_ = frame_.variables.data();
  if (frame_.variables.size() < tree_->variables()) [[unlikely]] {
    padded.assign(frame_.variables.begin(), frame_.variables.end());
    padded.resize(tree_->variables());
    variables_ = padded.data();
  }
  Locals locals(tree_->locals());
  locals_ = locals.get();
  put(root, out);
  if (budget_.exhausted) out = Value();
}

// --- Arithmetic ------------------------------------------------------------------------------------------------------

namespace {

template <Op op>
inline bool calculate(Number a, Number b, Number& result) {
  if constexpr (op == Op::add) return add(a, b, result);
  if constexpr (op == Op::subtract) return subtract(a, b, result);
  if constexpr (op == Op::multiply) return multiply(a, b, result);
  if constexpr (op == Op::divide) return divide(a, b, result);
  const auto raised = power(a, b);
  if (raised) result = *raised;
  return raised.has_value();
}

}  // namespace

template <Op op>
void Evaluator::arithmetic(const Node& node, Value& out) {
  Value made_a;
  Value made_b;
  const auto& a = see(*node.children[0], made_a);
  const auto& b = see(*node.children[1], made_b);
  if (a.is(Kind::number) && b.is(Kind::number)) [[likely]] {
    Number result;
    if (calculate<op>(a.number(), b.number(), result)) [[likely]]
      return out.become(result);
  }
  failed_arithmetic(node, a, b, out);
}

/// What is not done on two numbers, and why what is has no result.
void Evaluator::failed_arithmetic(const Node& node, const Value& a, const Value& b, Value& out) {
  if (a.is(Kind::string) && b.is(Kind::string) && node.op == Op::add) {
    out = new_text(a.string().size() + b.string().size(),
                   [&](char* bytes) { std::ranges::copy(b.string(), std::ranges::copy(a.string(), bytes).out); });
    return;
  }
  if (!a.is(Kind::number) || !b.is(Kind::number)) {
    auto result = temporal_arithmetic(node.op, a, b);
    if (!result) {
      mismatch(node, a, b);
      return;
    }
    out = std::move(*result);
    if (!out.is_null()) return;
  }
  node_ = &node;
  if (node.op == Op::divide && b.is(Kind::number) && b.number().is_zero())
    fail("feel.division_by_zero", "除数为零", "Division by zero");
  else
    out_of_range();
}

void Evaluator::negate(const Node& node, Value& out) {
  Value made;
  const auto& operand = see(*node.children[0], made);
  switch (operand.kind()) {
    case Kind::number:
      return out.become(-operand.number());
    case Kind::months:
      out = Months{-operand.months().count};
      return;
    case Kind::duration:
      out = Duration{-operand.duration().nanos};
      return;
    default:
      mismatch(node, operand, {});
  }
}

// --- Comparison and logic --------------------------------------------------------------------------------------------

namespace {

inline Truth ordered(Op op, int distance) {
  switch (op) {
    case Op::less:
      return truth(distance < 0);
    case Op::less_equal:
      return truth(distance <= 0);
    case Op::greater:
      return truth(distance > 0);
    case Op::equal:
      return truth(distance == 0);
    case Op::not_equal:
      return truth(distance != 0);
    default:
      return truth(distance >= 0);
  }
}

inline Truth opposite(Truth held) {
  return held == Truth::unknown ? held : held == Truth::yes ? Truth::no : Truth::yes;
}

}  // namespace

template <Op op>
Truth Evaluator::comparison(const Node& node) {
  Value made_a;
  Value made_b;
  const auto& a = see(*node.children[0], made_a);
  const auto& b = see(*node.children[1], made_b);
  if (a.is(Kind::number) && b.is(Kind::number)) [[likely]]
    return ordered(op, compare(a.number(), b.number()));
  return compared(node, a, b);
}

Truth Evaluator::compared(const Node& node, const Value& a, const Value& b) {
  if (node.op == Op::equal || node.op == Op::not_equal) {
    const auto equal = truth(equals(a, b));
    if (equal == Truth::unknown) mismatch(node, a, b);
    return node.op == Op::equal ? equal : opposite(equal);
  }
  if (const auto distance = order(a, b)) return ordered(node.op, *distance);
  mismatch(node, a, b);
  return Truth::unknown;
}

/// and, or: `deciding` is the operand that settles it, whatever the other is.
template <bool deciding>
Truth Evaluator::junction(const Node& node) {
  const auto left = holds(*node.children[0]);
  if (left == truth(deciding)) return left;
  const auto right = holds(*node.children[1]);
  if (right == truth(deciding)) return right;
  return left == Truth::unknown || right == Truth::unknown ? Truth::unknown : truth(!deciding);
}

Truth Evaluator::between(const Node& node) {
  Value made_value;
  Value made_low;
  Value made_high;
  const auto& value = see(*node.children[0], made_value);
  const auto low = order(see(*node.children[1], made_low), value);
  const auto high = order(value, see(*node.children[2], made_high));
  // value >= low and value <= high, three-valued
  if ((low && *low > 0) || (high && *high > 0)) return Truth::no;
  return low && high ? Truth::yes : Truth::unknown;
}

namespace {

/// Whether the input passes a test that is a value: equal to it, in its range, or in its list.
Truth passes(const Value& input, const Value& test) {
  if (test.is(Kind::range) && !input.is(Kind::range)) return truth(contains(test.range(), input));
  if (!test.is(Kind::list)) return truth(equals(input, test));
  if (equals(input, test).is_true()) return Truth::yes;
  return truth(std::ranges::any_of(test.items(), [&](const Value& item) {
    return item.is(Kind::range) && !input.is(Kind::range) ? contains(item.range(), input).is_true()
                                                          : equals(input, item).is_true();
  }));
}

/// Disjunction of three-valued results, one by one.
struct AnyOf {
  bool unknown = false;
  bool found = false;
  void add(Truth result) {
    found = found || result == Truth::yes;
    unknown = unknown || result == Truth::unknown;
  }
  Truth value() const { return found ? Truth::yes : unknown ? Truth::unknown : Truth::no; }
};

bool is_order(Op op) { return op != Op::none && op != Op::equal && op != Op::not_equal; }

}  // namespace

/// A test that is written as an interval or a comparison holds without a range being made.
Truth Evaluator::interval_test(const Node& node) {
  Value made_low;
  Value made_high;
  const auto& low = node.children[0] != nullptr ? see(*node.children[0], made_low) : made_low;
  const auto& high = node.children[1] != nullptr ? see(*node.children[1], made_high) : made_high;
  if (is_order(node.op) && low.is_null() && high.is_null()) return Truth::unknown;
  const bool numbers = input_->is(Kind::number) && (low.is(Kind::number) || node.children[0] == nullptr) &&
                       (high.is(Kind::number) || node.children[1] == nullptr);
  if (!numbers) {
    const auto form = node.op == Op::none ? Range::Form::interval : Range::Form::comparison;
    return truth(contains(Range{low, high, node.low_closed, node.high_closed, form}, *input_));
  }
  const auto number = input_->number();
  const auto from = node.children[0] != nullptr ? compare(low.number(), number) : -1;
  const auto to = node.children[1] != nullptr ? compare(number, high.number()) : -1;
  return truth((from < 0 || (from == 0 && node.low_closed)) && (to < 0 || (to == 0 && node.high_closed)));
}

/// One test against input_: an expression over `?` says itself whether it holds.
Truth Evaluator::test(const Node& node) {
  const bool is_interval = node.kind == NK::range && (node.op == Op::none || is_order(node.op));
  if (is_interval && !input_->is(Kind::range)) return interval_test(node);
  Value made;
  const auto& result = see(node, made);
  if (node.uses_input && result.is(Kind::boolean)) return truth(result);
  if (result.is_null() && (node.uses_input || node.kind == NK::range)) return Truth::unknown;
  if (result.is_true() && !input_->is(Kind::boolean)) return Truth::yes;
  return passes(*input_, result);
}

Truth Evaluator::in(const Node& node) {
  Value made;
  const auto* outer = std::exchange(input_, &see(*node.children[0], made));
  AnyOf any;
  for (std::size_t i = 1; i < node.children.size() && !any.found; ++i) any.add(test(*node.children[i]));
  input_ = outer;
  return any.value();
}

Truth Evaluator::unary_tests(const Node& node) {
  if (node.children.empty()) return Truth::yes;
  AnyOf any;
  for (const auto* child : node.children) {
    any.add(test(*child));
    if (any.found) break;
  }
  return node.flag ? opposite(any.value()) : any.value();
}

void Evaluator::conditional(const Node& node, Value& out) {
  put(*node.children[holds(*node.children[0]) == Truth::yes ? 1 : 2], out);
}

// --- Lists, contexts, ranges -----------------------------------------------------------------------------------------

void Evaluator::list(const Node& node, Value& out) {
  Values items;
  items.reserve(node.children.size());
  for (const auto* child : node.children) put(*child, items.emplace_back());
  out = new_list(std::move(items));
}

void Evaluator::context(const Node& node, Value& out) {
  Values values;
  values.reserve(node.children.size());
  for (std::size_t i = 0; i < node.children.size(); ++i) {
    put(*node.children[i], values.emplace_back());
    locals_[node.slots[i]] = values.back();
  }
  if (charge_items(values.size())) out = Value::context(node.keys, std::move(values));
}

/// `{…}.key` with a key that is written there: the context need not be made, its entries are locals anyway. The node's
/// slot says which entry is asked for; nobody else asks for the last one.
void Evaluator::let(const Node& node, Value& out) {
  const auto& context = *node.children[0];
  const std::size_t last = context.children.size() - 1;
  for (std::size_t i = 0; i < last; ++i) {
    auto& local = locals_[context.slots[i]];
    local = Value();
    put(*context.children[i], local);
  }
  Value unasked;
  put(*context.children[last], node.slot == last ? out : unasked);
  if (node.slot != last) out = locals_[context.slots[node.slot]];
}

void Evaluator::range(const Node& node, Value& out) {
  Range range;
  if (node.children[0] != nullptr) put(*node.children[0], range.low);
  if (node.op != Op::equal && node.children[1] != nullptr) put(*node.children[1], range.high);
  if (node.op == Op::equal) range.high = range.low;
  // `> null` says nothing of any value; only what is not written is unbounded.
  if (is_order(node.op) && range.low.is_null() && range.high.is_null()) return;
  range.low_closed = node.low_closed;
  range.high_closed = node.high_closed;
  if (node.op == Op::not_equal)
    range.form = Range::Form::exclusion;
  else if (node.op != Op::none)
    range.form = Range::Form::comparison;
  const bool bounded = !range.low.is_null() && !range.high.is_null();
  if (node.op == Op::none && bounded && !order(range.low, range.high))
    mismatch(node, range.low, range.high);
  else
    out = Value::range(std::move(range));
}

void Evaluator::path(const Node& node, Value& out) {
  Value made;
  path_of(see(*node.children[0], made), node, out);
}

void Evaluator::path_of(const Value& base, const Node& node, Value& out) {
  if (base.is(Kind::context)) {
    if (const auto* entry = base.find(node.name)) out = *entry;
    return;
  }
  if (base.is(Kind::list)) {
    Values found;
    found.reserve(base.items().size());
    for (const auto& item : base.items()) path_of(item, node, found.emplace_back());
    out = new_list(std::move(found));
    return;
  }
  if (auto found = property(base, node.name)) {
    out = std::move(*found);
    return;
  }
  if (diagnostics_ == nullptr) return;
  node_ = &node;
  const auto kind = std::string(kind_name(base.kind()));
  fail("feel.no_property", kind + " 没有“" + std::string(node.name) + "”",
       "A " + kind + " has no '" + std::string(node.name) + "'");
}

void Evaluator::item_name(const Node& node, Value& out) {
  const auto items = node.children.first(node.children.size() - (node.flag ? 1 : 0));
  for (const auto* item : items) {
    Value made;
    const auto& context = see(*item, made);
    if (!context.is(Kind::context)) continue;
    if (const auto* entry = context.find(node.name)) {
      out = *entry;
      return;
    }
  }
  if (node.flag) put(*node.children.back(), out);
}

void Evaluator::is_instance(const Node& node, Value& out) {
  Value made;
  out = instance_of(see(*node.children[0], made), node.type);
}

void Evaluator::nothing(const Node&, Value&) {}

// --- How each node is evaluated --------------------------------------------------------------------------------------

template <auto method>
void Evaluator::made_by_deciding(Evaluator& evaluator, const Node& node, Value& out) {
  const auto held = (evaluator.*method)(node);
  if (held != Truth::unknown) out.become(held == Truth::yes);
}

template <auto method>
void Evaluator::make_by(Node& node) {
  node.make = made_by<method>;
}

template <auto method>
void Evaluator::decide_by(Node& node) {
  node.make = made_by_deciding<method>;
  node.decide = decided_by<method>;
}

void Evaluator::prepare_operation(Node& node) {
  switch (node.op) {
    case Op::add:
      return make_by<&Evaluator::arithmetic<Op::add>>(node);
    case Op::subtract:
      return make_by<&Evaluator::arithmetic<Op::subtract>>(node);
    case Op::multiply:
      return make_by<&Evaluator::arithmetic<Op::multiply>>(node);
    case Op::divide:
      return make_by<&Evaluator::arithmetic<Op::divide>>(node);
    case Op::power:
      return make_by<&Evaluator::arithmetic<Op::power>>(node);
    case Op::equal:
      return decide_by<&Evaluator::comparison<Op::equal>>(node);
    case Op::not_equal:
      return decide_by<&Evaluator::comparison<Op::not_equal>>(node);
    case Op::less:
      return decide_by<&Evaluator::comparison<Op::less>>(node);
    case Op::less_equal:
      return decide_by<&Evaluator::comparison<Op::less_equal>>(node);
    case Op::greater:
      return decide_by<&Evaluator::comparison<Op::greater>>(node);
    case Op::greater_equal:
      return decide_by<&Evaluator::comparison<Op::greater_equal>>(node);
    case Op::none:
      return make_by<&Evaluator::nothing>(node);
  }
}

namespace {

bool decides(const Node& node) {
  switch (node.kind) {
    case NK::comparison:
    case NK::conjunction:
    case NK::disjunction:
    case NK::between:
    case NK::in:
    case NK::some:
    case NK::every:
      return true;
    default:
      return false;
  }
}

/// Whether a call is NAME(list[condition]) with a condition that cannot be an index.
bool is_of_filter(const Node& node, std::string_view name) {
  if (node.name != name || node.flag || node.children.size() != 1) return false;
  const auto& list = *node.children[0];
  return list.kind == NK::filter && !list.is_constant && decides(*list.children[1]);
}

}  // namespace

void prepare(Node& node) {
  using E = Evaluator;
  if (node.is_constant) node.place = Node::Place::constant;
  switch (node.kind) {
    case NK::literal:
      node.place = Node::Place::constant;
      return;
    case NK::local:
      node.place = Node::Place::local;
      return;
    case NK::variable:
      node.place = Node::Place::variable;
      return;
    case NK::input:
      node.place = Node::Place::input;
      return;
    case NK::arithmetic:
    case NK::comparison:
      return E::prepare_operation(node);
    case NK::conjunction:
      return E::decide_by<&E::junction<false>>(node);
    case NK::disjunction:
      return E::decide_by<&E::junction<true>>(node);
    case NK::negate:
      return E::make_by<&E::negate>(node);
    case NK::between:
      return E::decide_by<&E::between>(node);
    case NK::in:
      return E::decide_by<&E::in>(node);
    case NK::unary_tests:
      return E::decide_by<&E::unary_tests>(node);
    case NK::conditional:
      return E::make_by<&E::conditional>(node);
    case NK::list:
      return E::make_by<&E::list>(node);
    case NK::context:
      return E::make_by<&E::context>(node);
    case NK::range:
      return E::make_by<&E::range>(node);
    case NK::filter:
      return E::make_by<&E::filter>(node);
    case NK::path: {
      const auto& base = *node.children[0];
      const std::size_t entry = base.kind == NK::context ? base.keys->find(node.name) : 0;
      if (base.kind != NK::context || entry == base.keys->size()) return E::make_by<&E::path>(node);
      node.slot = static_cast<std::uint32_t>(entry);
      return E::make_by<&E::let>(node);
    }
    case NK::item_name:
      return E::make_by<&E::item_name>(node);
    case NK::iteration:
      return E::make_by<&E::iteration>(node);
    case NK::some:
      return E::decide_by<&E::quantified<true>>(node);
    case NK::every:
      return E::decide_by<&E::quantified<false>>(node);
    case NK::builtin_call:
      if (is_of_filter(node, "count")) return E::make_by<&E::count_kept>(node);
      if (is_of_filter(node, "sum")) return E::make_by<&E::sum_kept>(node);
      return E::make_by<&E::builtin_call>(node);
    case NK::call:
      return E::make_by<&E::call_node>(node);
    case NK::instance_of:
      return E::make_by<&E::is_instance>(node);
    case NK::function:
    case NK::external:
      return E::make_by<&E::make_function>(node);
    case NK::iterated_range:
      return E::make_by<&E::nothing>(node);  // a loop reads it itself
  }
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
  Value value;
  Evaluator evaluator(tree, nothing, nullptr, budget);
  node.make(evaluator, node, value);
  return budget.exhausted ? Value() : value;
}

Value evaluate(const Tree& tree, const Frame& frame, Diagnostics* diagnostics) {
  BudgetOfThread budget(frame.limits);
  Value out;
  Evaluator(tree, frame, diagnostics, budget.get()).run(out);
  return out;
}

Value call(const Value& function, std::span<const Value> arguments, const Frame& frame, Diagnostics* diagnostics) {
  BudgetOfThread budget(frame.limits);
  static const auto nothing = parse("null", Scope()).value();
  return Evaluator(*nothing, frame, diagnostics, budget.get()).call(function, arguments);
}

}  // namespace zhijia::feel
