#pragma once

#include <memory>
#include <span>
#include <string_view>

#include "builtins.hpp"
#include "feel/feel.hpp"
#include "shared.hpp"

namespace zhijia::feel {

/// What is left of the limits. Evaluations that a native function starts draw on the budget of the one that called it.
struct Budget {
  Limits limits;
  std::uint64_t steps = 0;
  std::uint64_t bytes = 0;
  std::uint32_t depth = 0;
  bool exhausted = false;
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

/// The locals of one call: in place when few, so that most calls allocate nothing.
class Locals {
 public:
  explicit Locals(std::size_t count) : count_(count) {
    if (count > few_max)
      many_ = std::make_unique<Value[]>(count);
    else if (count != 0)
      std::uninitialized_default_construct_n(few(), few_max);  // all of them: a fixed number needs no loop
  }
  ~Locals() {
    if (count_ <= few_max && count_ != 0) std::destroy_n(few(), few_max);
  }
  Locals(const Locals&) = delete;
  Locals& operator=(const Locals&) = delete;
  Value* get() { return many_ ? many_.get() : few(); }

 private:
  static constexpr std::size_t few_max = 4;
  Value* few() { return reinterpret_cast<Value*>(room_); }

  std::size_t count_;
  alignas(Value) std::byte room_[few_max * sizeof(Value)];
  std::unique_ptr<Value[]> many_;
};

/// Three-valued logic.
enum class Truth : std::uint8_t { no, yes, unknown };
inline Truth truth(bool held) { return held ? Truth::yes : Truth::no; }
inline Truth truth(const Value& value) { return value.is(Kind::boolean) ? truth(value.boolean()) : Truth::unknown; }
inline Value value_of(Truth truth) { return truth == Truth::unknown ? Value() : Value(truth == Truth::yes); }

/// Evaluates a tree: each node was given at parsing the function that does it (`Node::make`), chosen by its kind and
/// operator, so that evaluation asks only where operands stand. One evaluator serves one call of evaluate(), on one
/// thread.
class Evaluator {
 public:
  Evaluator(const Tree& tree, const Frame& frame, Diagnostics* diagnostics, Budget& budget)
      : tree_(&tree), frame_(frame), diagnostics_(diagnostics), budget_(budget), input_(&frame.input) {}

  /// The root's value, into `out`, which must be null.
  void run(Value& out);

  // For the built-in functions.

  /// Null, with a diagnostic at the call that is being evaluated.
  Value fail(std::string_view code, std::string_view zh, std::string_view en);
  Value out_of_range() { return fail("feel.out_of_range", "结果超出范围", "The result is out of range"); }
  /// Counts what is about to be made; false, with a diagnostic, when it is beyond the limits.
  bool charge_bytes(std::size_t bytes) {
    budget_.bytes += bytes;
    return budget_.bytes <= budget_.limits.bytes_max || too_much_memory();
  }
  bool charge_items(std::size_t items) {
    return items <= budget_.limits.items_max ? charge_bytes(items * sizeof(Value)) : too_many_items();
  }
  bool charge_steps(std::uint64_t steps) {
    budget_.steps += steps;
    return budget_.steps <= budget_.limits.steps_max ? !budget_.exhausted : too_many_steps();
  }
  Value new_list(Values items) { return charge_items(items.size()) ? Value::list(std::move(items)) : Value(); }
  Value new_text(std::string_view text) { return charge_bytes(text.size()) ? Value(text) : Value(); }
  /// A text of `size` bytes that `write(char*)` gives.
  template <typename Write>
  Value new_text(std::size_t size, Write write) {
    return charge_bytes(size) ? Value::text(size, write) : Value();
  }
  Value call(const Value& function, std::span<const Value> arguments);
  const Clock& clock() const { return frame_.clock == nullptr ? system_clock() : *frame_.clock; }

 private:
  friend Value evaluate_constant(const Tree& tree, const Node& node);
  friend void prepare(Node& node);
  template <auto method>
  static void made_by(Evaluator& evaluator, const Node& node, Value& out) {
    (evaluator.*method)(node, out);
  }
  /// A node that decides: `Node::decide` is the method, `Node::make` its result as a value.
  template <auto method>
  static Truth decided_by(Evaluator& evaluator, const Node& node) {
    return (evaluator.*method)(node);
  }
  template <auto method>
  static void made_by_deciding(Evaluator& evaluator, const Node& node, Value& out);
  template <auto method>
  static void make_by(Node& node);
  template <auto method>
  static void decide_by(Node& node);
  static void prepare_operation(Node& node);

  /// The value of a node: where it stands, or in `made`, which must be null before.
  const Value& see(const Node& node, Value& made) {
    switch (node.place) {
      case Node::Place::constant:
        return node.value;
      case Node::Place::local:
        return locals_[node.slot];
      case Node::Place::variable:
        return variables_[node.slot];
      case Node::Place::input:
        return *input_;
      case Node::Place::made:
        break;
    }
    node.make(*this, node, made);
    return made;
  }
  /// The value of a node as one's own, in `out`, which must be null before.
  void put(const Node& node, Value& out) {
    const auto& value = see(node, out);
    if (&value != &out) out = value;
  }
  Value evaluate(const Node& node) {
    Value out;
    put(node, out);
    return out;
  }
  Truth holds(const Node& node) {
    if (node.decide != nullptr) return node.decide(*this, node);
    Value made;
    return truth(see(node, made));
  }

  template <Node::Operator op>
  void arithmetic(const Node& node, Value& out);
  void failed_arithmetic(const Node& node, const Value& a, const Value& b, Value& out);
  void negate(const Node& node, Value& out);
  template <Node::Operator op>
  Truth comparison(const Node& node);
  Truth compared(const Node& node, const Value& a, const Value& b);
  template <bool deciding>
  Truth junction(const Node& node);
  Truth between(const Node& node);
  Truth in(const Node& node);
  Truth unary_tests(const Node& node);
  Truth test(const Node& node);
  Truth interval_test(const Node& node);
  void conditional(const Node& node, Value& out);
  void list(const Node& node, Value& out);
  void context(const Node& node, Value& out);
  void range(const Node& node, Value& out);
  void path(const Node& node, Value& out);
  void path_of(const Value& base, const Node& node, Value& out);
  void let(const Node& node, Value& out);
  void item_name(const Node& node, Value& out);
  void is_instance(const Node& node, Value& out);
  void nothing(const Node& node, Value& out);

  Value index(const Value& list, const Value& position);
  template <typename Visit>
  bool each_kept(const Node& node, const Value& list, Visit visit);
  void filter(const Node& node, Value& out);
  void count_kept(const Node& node, Value& out);
  void sum_kept(const Node& node, Value& out);
  void iteration(const Node& node, Value& out);
  template <bool deciding>
  Truth quantified(const Node& node);
  /// Calls `visit` for each combination of the loop's variables until it gives false; false when a domain is no list.
  template <typename Visit>
  bool each(const Node& node, std::size_t variable, Visit& visit);
  template <typename Visit>
  bool each_of_range(const Range& range, bool downwards_too, Value& variable, const Node& node, std::size_t next,
                     Visit& visit);

  void make_function(const Node& node, Value& out);
  void call_node(const Node& node, Value& out);
  void builtin_call(const Node& node, Value& out);
  void builtin_call_with(const Node& node, std::span<Value> arguments, Value& out);
  Value call_builtin(const Builtin& builtin, std::span<Value> arguments, const Keys* names = nullptr);
  /// Calls with the arguments that `give(at, place)` puts into the callee's locals.
  template <typename Give>
  void call_closure(const Closure& closure, std::size_t arguments, Give give, Value& out);
  Value no_fit(const Builtin& builtin, std::span<const Value> arguments);
  Value mismatch(const Node& node, const Value& left, const Value& right);
  Value too_deep();
  bool too_much_memory();
  bool too_many_items();
  bool too_many_steps();
  Value exhausted(std::string_view code, std::string_view zh, std::string_view en);

  const Tree* tree_;
  const Frame& frame_;
  Diagnostics* diagnostics_;
  Budget& budget_;
  const Value* input_;
  const Value* variables_ = nullptr;
  Value* locals_ = nullptr;
  const Node* node_ = nullptr;  // the call being evaluated, for diagnostics
};

/// Chooses how a node is evaluated: once its kind, operands and flags are settled. Its children are prepared before.
void prepare(Node& node);
/// What a node gives that depends on nothing: its children are all constant. Null when that would be much work.
Value evaluate_constant(const Tree& tree, const Node& node);
/// Arithmetic on anything but two numbers; std::nullopt when the kinds have no such operation.
std::optional<Value> temporal_arithmetic(Node::Operator op, const Value& a, const Value& b);
/// A property such as `year` of a date or `start` of a range; std::nullopt when the kind has none of that name.
std::optional<Value> property(const Value& value, std::string_view name);
std::optional<Number> number_from(Wide integer);
std::optional<Wide> wide_from(Number number);  ///< truncated

}  // namespace zhijia::feel
