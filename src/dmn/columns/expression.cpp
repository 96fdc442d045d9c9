#include <algorithm>
#include <set>

#include "columns/memo.hpp"
#include "columns/planner.hpp"

namespace zhijia::dmn::columns {

using feel::Node;
using feel::Value;
using NK = Node::Kind;
using NO = Node::Operator;

bool is_plain(const Node& node) {
  if (node.is_constant) return true;
  switch (node.kind) {
    case NK::literal:
    case NK::variable:
    case NK::input:
    case NK::arithmetic:
    case NK::comparison:
    case NK::conjunction:
    case NK::disjunction:
    case NK::negate:
    case NK::between:
    case NK::conditional:
    case NK::path:
    case NK::in:
    case NK::unary_tests:
    case NK::range:
      break;
    case NK::builtin_call:
      // Without arguments only the clock's are left.
      if (node.children.empty() || node.keys != nullptr || node.flag) return false;
      break;
    default:
      return false;
  }
  return std::ranges::all_of(
      node.children, [&](const Node* child) { return child != nullptr ? is_plain(*child) : node.kind == NK::range; });
}

void collect_slots(const Node& node, std::set<std::uint32_t>& slots) {
  if (node.kind == NK::variable) slots.insert(node.slot);
  for (const auto* child : node.children)
    if (child != nullptr) collect_slots(*child, slots);
}

namespace {

/// What the term of a node is for every case; nothing where it varies or is left to be evaluated alone.
std::optional<Value> fixed_value(const Node& node, const Term& term) {
  if (!term.is_constant()) return std::nullopt;
  const bool is_known = node.is_constant || node.kind == NK::literal || node.kind == NK::variable ||
                        (term.op != nullptr && (term.op->vector().seen & odd) == 0);
  return is_known ? std::optional(term.get(0)) : std::nullopt;
}

/// Evaluates an expression for one case after the other.
class Cases {
 public:
  Cases(feel::Expression expression, const Terms& variables, const std::set<std::uint32_t>& slots, const Op* input,
        Scalar& scalar)
      : expression_(std::move(expression)), input_(input), scalar_(scalar) {
    std::vector<const Op*> columns;
    for (const auto slot : slots) {
      if (slot >= variables.size() || !variables[slot]) continue;
      used_.emplace_back(slot, variables[slot]);
      variables[slot].columns(columns);
      values_.resize(std::max<std::size_t>(values_.size(), slot + 1));
    }
    if (input_ != nullptr) columns.push_back(input_);
    is_constant = std::ranges::all_of(columns, [](const Op* op) { return op->is_constant; });
    memo_.emplace(std::move(columns));
  }

  void begin() { memo_->begin(); }

  Value evaluate(std::size_t at) {
    auto* kept = memo_->find(at);
    if (kept != nullptr && kept->is_known) return kept->value;
    for (const auto& [slot, term] : used_) values_[slot] = term.get(at);
    auto& activity = scalar_.activity;
    activity.calls = 0;
    auto value = feel::evaluate(expression_, {.variables = values_,
                                              .input = input_ != nullptr ? input_->vector().get(at) : Value(),
                                              .clock = activity.options.clock,
                                              .limits = &activity.options.limits});
    if (activity.calls > scalar_.calls_warned) {
      scalar_.heavy.push_back(at);
    } else if (kept != nullptr) {
      *kept = {value, true};
    }
    return value;
  }

  bool is_constant = false;

 private:
  struct Kept {
    Value value;
    bool is_known = false;
  };
  feel::Expression expression_;
  const Op* input_;
  Scalar& scalar_;
  std::vector<std::pair<std::uint32_t, Term>> used_;
  Variables values_;
  std::optional<Memo<Kept>> memo_;
};

class CasesOp final : public Op {
 public:
  explicit CasesOp(Cases cases) : cases_(std::move(cases)) {}
  void run(std::size_t, std::size_t n) override {
    cases_.begin();
    for (std::size_t i = 0; i < n; ++i) own_.room()[i] = cases_.evaluate(i);
    own_.take(n);
  }

 private:
  Cases cases_;
};

/// Evaluates alone what the steps of an expression left odd.
class MendOp final : public Op {
 public:
  MendOp(Op& mended, Cases cases) : mended_(mended), cases_(std::move(cases)) {}
  void run(std::size_t, std::size_t n) override {
    auto& vector = mended_.own();
    if ((vector.seen & odd) == 0) return;
    cases_.begin();
    const auto odd_cases = static_cast<std::size_t>(
        std::count_if(vector.states.begin(), vector.states.begin() + static_cast<std::ptrdiff_t>(n),
                      [](State state) { return (state & odd) != 0; }));
    if (odd_cases == n) {
      for (std::size_t i = 0; i < n; ++i) vector.room()[i] = cases_.evaluate(i);
      return vector.take(n);
    }
    for (std::size_t i = 0; i < n; ++i)
      if ((vector.states[i] & odd) != 0) vector.put(i, cases_.evaluate(i));
    vector.note_states(n);
  }
  void repeat() override { mended_.repeat(); }

 private:
  Op& mended_;
  Cases cases_;
};

class Expressions {
 public:
  Expressions(Planner& planner, const Terms& variables, Op* input)
      : planner_(planner), variables_(variables), input_(input) {}

  Term term(const Node& node) {
    if (node.is_constant || node.kind == NK::literal) return {planner_.constant(node.value)};
    switch (node.kind) {
      case NK::variable:
        if (node.slot < variables_.size() && variables_[node.slot]) return variables_[node.slot];
        return {planner_.constant({})};
      case NK::input:
        return {input_};
      case NK::path: {
        const auto base = term(*node.children[0]);
        if (base.keys != nullptr) {
          const auto at = base.keys->find(node.name);
          return at < base.parts.size() ? base.parts[at] : Term{planner_.constant({})};
        }
        const bool known = has_values(*node.children[0]);
        return {made((known ? "." : "?.") + std::string(node.name), {base.op},
                     [&] { return path(*base.op, node.name, known); })};
      }
      default:
        return {calculated(node)};
    }
  }

 private:
  /// Whether what is odd in its column can be looked at: within an expression it is only known not to be known.
  static bool has_values(const Node& node) {
    return node.kind == NK::variable || node.kind == NK::input ||
           (node.kind == NK::path && has_values(*node.children[0]));
  }

  /// A step over operands, made once for all expressions in which it means the same: what it leaves odd is mended by
  /// one of them for all.
  template <typename Make>
  Op* made(const std::string& what, const std::vector<Op*>& operands, Make&& make) {
    std::string key = what;
    for (const auto* operand : operands) key += "|" + std::to_string(reinterpret_cast<std::uintptr_t>(operand));
    return planner_.shared(key, [&] {
      auto op = make();
      op->is_constant = std::ranges::all_of(operands, &Op::is_constant);
      return op;
    });
  }

  Op* column(const Node& node) { return planner_.column_of(term(node)); }

  Op* calculated(const Node& node) {
    switch (node.kind) {
      case NK::arithmetic: {
        auto* left = column(*node.children[0]);
        auto* right = column(*node.children[1]);
        return made(std::string(feel::symbol(node.op)), {left, right},
                    [&] { return arithmetic(node.op, *left, *right); });
      }
      case NK::comparison:
        return compare(node.op, column(*node.children[0]), column(*node.children[1]));
      case NK::conjunction:
      case NK::disjunction:
        return join(node.kind == NK::disjunction, false, column(*node.children[0]), column(*node.children[1]));
      case NK::negate: {
        auto* operand = column(*node.children[0]);
        return made("minus", {operand}, [&] { return minus(*operand); });
      }
      case NK::between: {
        auto* value = column(*node.children[0]);
        auto* low = compare(NO::less_equal, column(*node.children[1]), value);
        return join(false, false, low, compare(NO::less_equal, value, column(*node.children[2])));
      }
      case NK::conditional: {
        auto* condition = column(*node.children[0]);
        auto* then = column(*node.children[1]);
        auto* otherwise = column(*node.children[2]);
        return made("if", {condition, then, otherwise}, [&] { return choice(*condition, *then, *otherwise); });
      }
      case NK::in: {
        auto* outer = std::exchange(input_, column(*node.children[0]));
        auto* result = tests(node.children.subspan(1));
        input_ = outer;
        return result;
      }
      case NK::unary_tests: {
        if (node.children.empty()) return planner_.constant(true);
        auto* result = tests(node.children);
        return node.flag ? made("not", {result}, [&] { return negation(*result); }) : result;
      }
      case NK::builtin_call:
        return call(node);
      default:
        // A range as a value: whoever needs it evaluates the expression alone.
        return planner_.add(std::make_unique<OddOp>());
    }
  }

  /// Knows of no case.
  class OddOp final : public Op {
   public:
    void run(std::size_t, std::size_t n) override {
      own_.clear(Form::null, n);
      std::fill_n(own_.states.begin(), n, odd);
      own_.note_states(n);
    }
  };

  Op* compare(NO op, Op* left, Op* right) {
    return made(std::string(feel::symbol(op)), {left, right}, [&] { return comparison(op, *left, *right); });
  }

  /// Against the input; `as` tells what kind of test it is.
  Op* compare_input(std::string_view as, NO op, Op* bound) {
    return made(std::string(as) + std::string(feel::symbol(op)), {input_, bound},
                [&] { return comparing_test(op, *input_, *bound); });
  }

  Op* join(bool deciding, bool strict, Op* left, Op* right) {
    return made(std::string(deciding ? "or" : "and") + (strict ? "!" : ""), {left, right},
                [&] { return junction(deciding, strict, *left, *right); });
  }

  Op* tests(std::span<const Node* const> nodes) {
    Op* any = nullptr;
    for (const auto* node : nodes) {
      auto* one = test(*node);
      any = any == nullptr ? one : join(true, false, any, one);
    }
    return any;
  }

  Op* test(const Node& node) {
    if (node.kind == NK::range && !node.is_constant) {
      if (node.op == NO::equal || node.op == NO::not_equal || node.op == NO::none) return bounds(node);
      const bool is_upper = node.op == NO::less || node.op == NO::less_equal;
      return compare_input("test", node.op, column(*node.children[is_upper ? 1 : 0]));
    }
    if (node.uses_input) return truth(node);
    const auto tested = term(node);
    if (const auto value = fixed_value(node, tested); value && value->is(feel::Kind::range))
      return range_test(value->range());
    return compare_input("value", NO::equal, planner_.column_of(tested));
  }

  /// An expression over `?` says itself whether it holds, if it gives a truth.
  Op* truth(const Node& node) {
    auto* result = column(node);
    if (node.kind == NK::comparison) return result;
    auto* no = planner_.constant(false);
    return made("truth", {result, no}, [&] { return junction(true, false, *result, *no); });
  }

  Op* bounds(const Node& node) {
    if (node.children[0] == nullptr || node.children[1] == nullptr) return planner_.add(std::make_unique<OddOp>());
    if (node.op != NO::none) return compare_input("test", node.op, column(*node.children[0]));
    return between(column(*node.children[0]), node.low_closed, column(*node.children[1]), node.high_closed);
  }

  Op* between(Op* low, bool low_closed, Op* high, bool high_closed) {
    auto* above = compare_input("low", low_closed ? NO::greater_equal : NO::greater, low);
    return join(false, true, above, compare_input("high", high_closed ? NO::less_equal : NO::less, high));
  }

  Op* range_test(const feel::Range& range) {
    if (range.form == feel::Range::Form::interval && !range.low.is_null() && !range.high.is_null())
      return between(planner_.constant(range.low), range.low_closed, planner_.constant(range.high), range.high_closed);
    if (range.form == feel::Range::Form::comparison && range.low.is_null() && !range.high.is_null())
      return compare_input("test", range.high_closed ? NO::less_equal : NO::less, planner_.constant(range.high));
    if (range.form == feel::Range::Form::comparison && range.high.is_null() && !range.low.is_null())
      return compare_input("test", range.low_closed ? NO::greater_equal : NO::greater, planner_.constant(range.low));
    return planner_.add(std::make_unique<OddOp>());
  }

  Op* call(const Node& node) {
    const auto name = feel::builtin_name(*node.builtin);
    std::vector<Op*> arguments;
    for (const auto* child : node.children) arguments.push_back(column(*child));
    if (name == "not" && arguments.size() == 1) return made("not", arguments, [&] { return negation(*arguments[0]); });
    const std::vector<const Op*> operands(arguments.begin(), arguments.end());
    if ((name == "min" || name == "max") && arguments.size() > 1)
      return made(std::string(name), arguments, [&] { return extreme(name == "max" ? 1 : -1, operands); });
    return made(std::string(name), arguments, [&] {
      auto op = builtin(name, operands);
      return op ? std::move(op) : std::make_unique<OddOp>();
    });
  }

  Planner& planner_;
  const Terms& variables_;
  Op* input_;
};

}  // namespace

std::optional<Value> Planner::fixed(const Node& node, const Terms& variables) {
  return fixed_value(node, Expressions(*this, variables, nullptr).term(node));
}

Term Planner::expression(const feel::Expression& expression, const Terms& variables, Op* input) {
  if (!expression) return {constant({})};
  std::set<std::uint32_t> slots;
  const auto& root = expression->root();
  collect_slots(root, slots);
  Cases cases(expression, variables, slots, input, scalar_);
  // A function may be called by what it is given to.
  const bool has_function = std::ranges::any_of(slots, [&](std::uint32_t slot) {
    return slot < variables.size() && variables[slot].op != nullptr && variables[slot].is_constant() &&
           variables[slot].get(0).is(feel::Kind::function);
  });
  if (has_function || !is_plain(root)) {
    const bool is_constant = cases.is_constant;
    auto op = std::make_unique<CasesOp>(std::move(cases));
    op->is_constant = is_constant;
    return {add(std::move(op))};
  }
  const auto term = Expressions(*this, variables, input).term(root);
  std::vector<const Op*> columns;
  for (const auto slot : slots)
    if (slot < variables.size()) variables[slot].columns(columns);
  const bool is_given = term.op == nullptr || term.op == input || root.is_constant ||
                        std::ranges::find(columns, term.op) != columns.end();
  if (is_given) return term;
  auto mend = std::make_unique<MendOp>(*term.op, std::move(cases));
  mend->is_constant = term.op->is_constant;
  add(std::move(mend));
  return term;
}

}  // namespace zhijia::dmn::columns
