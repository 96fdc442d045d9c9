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

/// Walks a tree. One evaluator serves one call of evaluate(), on one thread.
class Evaluator {
 public:
  Evaluator(const Tree& tree, const Frame& frame, Diagnostics* diagnostics, Budget& budget)
      : tree_(&tree), frame_(frame), diagnostics_(diagnostics), budget_(budget), input_(frame.input) {}

  Value run();

  // For the built-in functions.

  /// Null, with a diagnostic at the call that is being evaluated.
  Value fail(std::string_view code, std::string_view zh, std::string_view en);
  Value out_of_range() { return fail("feel.out_of_range", "结果超出范围", "The result is out of range"); }
  /// Counts what is about to be made; false, with a diagnostic, when it is beyond the limits.
  bool charge_bytes(std::size_t bytes);
  bool charge_items(std::size_t items);
  bool charge_steps(std::uint64_t steps);
  Value new_list(Values items);
  Value new_text(std::string text);
  Value call(const Value& function, std::span<const Value> arguments);
  const Clock& clock() const { return frame_.clock == nullptr ? system_clock() : *frame_.clock; }

 private:
  friend Value evaluate_constant(const Tree& tree, const Node& node);
  Value evaluate(const Node& node);
  /// The value of a literal or variable where it stands; any other node's in `made`.
  const Value& refer(const Node& node, Value& made);

  Value arithmetic(const Node& node);
  bool number_or(const Node& node, Number& number, Value& other);
  bool calculate(const Node& node, Number& number, Value& other);
  Value mixed_arithmetic(const Node& node, const Value& a, const Value& b);
  Value negate(const Node& node);
  Value comparison(const Node& node);
  Value compared(const Node& node, const Value& a, const Value& b);
  Value junction(const Node& node, bool deciding);
  Value between(const Node& node);
  Value in(const Node& node);
  Value unary_tests(const Node& node);
  Value test(const Node& node);
  Value interval_test(const Node& node);
  Value conditional(const Node& node);
  Value list(const Node& node);
  Value context(const Node& node);
  Value range(const Node& node);
  Value filter(const Node& node);
  Value index(const Value& list, const Value& position);
  Value path(const Value& base, const Node& node);
  Value item_name(const Node& node);
  Value iteration(const Node& node);
  Value quantified(const Node& node);
  /// Calls `visit` for each combination of the loop's variables until it gives false; false when a domain is no list.
  template <typename Visit>
  bool each(const Node& node, std::size_t variable, Visit& visit);
  template <typename Visit>
  bool each_of_range(const Range& range, bool downwards_too, Value& variable, const Node& node, std::size_t next,
                     Visit& visit);
  Value make_function(const Node& node);
  Value call_node(const Node& node);
  Value builtin_call(const Node& node);
  Value call_builtin(const Builtin& builtin, std::span<Value> arguments, const Keys* names = nullptr);
  Value call_closure(const Closure& closure, std::span<const Value> arguments);
  Value no_fit(const Builtin& builtin, std::span<const Value> arguments);
  Value mismatch(const Node& node, const Value& left, const Value& right);
  Value too_deep();
  Value exhausted(std::string_view code, std::string_view zh, std::string_view en);

  const Tree* tree_;
  const Frame& frame_;
  Diagnostics* diagnostics_;
  Budget& budget_;
  Value input_;
  const Node* node_ = nullptr;  // the call being evaluated, for diagnostics
  Value* locals_ = nullptr;
};

/// What a node gives that depends on nothing: its children are all constant. Null when that would be much work.
Value evaluate_constant(const Tree& tree, const Node& node);
/// Arithmetic on anything but two numbers; std::nullopt when the kinds have no such operation.
std::optional<Value> temporal_arithmetic(Node::Operator op, const Value& a, const Value& b);
/// A property such as `year` of a date or `start` of a range; std::nullopt when the kind has none of that name.
std::optional<Value> property(const Value& value, std::string_view name);
std::optional<Number> number_from(Wide integer);
std::optional<Wide> wide_from(Number number);  ///< truncated

}  // namespace zhijia::feel
