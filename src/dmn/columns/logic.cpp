#include <algorithm>

#include "columns/number_order.hpp"
#include "columns/planner.hpp"

namespace zhijia::dmn::columns {

using feel::Value;
using NO = feel::Node::Operator;

namespace {

constexpr State bad = odd | null;

bool is_equality(NO op) { return op == NO::equal || op == NO::not_equal; }

bool holds(NO op, int distance) {
  switch (op) {
    case NO::equal:
      return distance == 0;
    case NO::not_equal:
      return distance != 0;
    case NO::less:
      return distance < 0;
    case NO::less_equal:
      return distance <= 0;
    case NO::greater:
      return distance > 0;
    default:
      return distance >= 0;
  }
}

class CompareOp final : public Op {
 public:
  CompareOp(NO op, bool as_test, const Op& left, const Op& right)
      : op_(op), as_test_(as_test), left_(left), right_(right) {}

  void run(std::size_t, std::size_t n) override {
    const auto& a = left_.vector();
    const auto& b = right_.vector();
    own_.clear(Form::boolean, n);
    if (a.form == Form::date && b.form == Form::date) {
      compare_all_integers(a, 1, b, 1, n);
    } else if (a.form == Form::boolean && b.form == Form::boolean && is_equality(op_)) {
      fill(n, [&](std::size_t i) { return (a.truths[i] == b.truths[i]) == (op_ == NO::equal); });
    } else if (a.is_number() && b.is_number()) {
      if (a.form == Form::fixed && b.form == Form::fixed) {
        compare_scaled(a, b, n);
      } else if (a.form == Form::ratio && b.form == Form::fixed) {
        compare_all(n, [&](std::size_t i) {
          return ratio_order(a, i, b.integers[i], b.scale, [&] { return b.number_at(i); });
        });
      } else if (a.form == Form::fixed && b.form == Form::ratio) {
        compare_all(n, [&](std::size_t i) {
          return -ratio_order(b, i, a.integers[i], a.scale, [&] { return a.number_at(i); });
        });
      } else {
        for (std::size_t i = 0; i < n; ++i)
          if (((a.states[i] | b.states[i]) & bad) == given)
            own_.truths[i] = holds(op_, compare(a.number_at(i), b.number_at(i))) ? 1 : 0;
      }
    } else {
      return compare_values(a, b, n);
    }
    if ((a.seen | b.seen) != given) mark(a, b, n);
  }

 private:
  void compare_scaled(const Vector& a, const Vector& b, std::size_t n) {
    const auto of_a = power_of_ten(std::max(0, b.scale - a.scale));
    const auto of_b = power_of_ten(std::max(0, a.scale - b.scale));
    const bool fits = a.integers.bits() + loops::factor_bits(of_a) <= loops::bits_max &&
                      b.integers.bits() + loops::factor_bits(of_b) <= loops::bits_max;
    if (!fits) return compare_all(n, ScaledOrder(a, b));
    compare_all_integers(a, of_a, b, of_b, n);
  }

  void compare_all_integers(const Vector& a, std::int64_t of_a, const Vector& b, std::int64_t of_b, std::size_t n) {
    const auto fits_small = [](const Integers& integers, std::int64_t factor) {
      return integers.is_narrow() && integers.bits() + loops::factor_bits(factor) <= loops::small_bits_max;
    };
    if (fits_small(a.integers, of_a) && fits_small(b.integers, of_b))
      loops::compare(op_, a.integers.small(), static_cast<std::int32_t>(of_a), b.integers.small(),
                     static_cast<std::int32_t>(of_b), own_.truths.own(), n);
    else
      loops::compare(op_, a.integers.wide(), of_a, b.integers.wide(), of_b, own_.truths.own(), n);
  }

  template <typename Order>
  void compare_all(std::size_t n, Order order) {
    switch (op_) {
      case NO::equal:
        return fill(n, [&](std::size_t i) { return order(i) == 0; });
      case NO::not_equal:
        return fill(n, [&](std::size_t i) { return order(i) != 0; });
      case NO::less:
        return fill(n, [&](std::size_t i) { return order(i) < 0; });
      case NO::less_equal:
        return fill(n, [&](std::size_t i) { return order(i) <= 0; });
      case NO::greater:
        return fill(n, [&](std::size_t i) { return order(i) > 0; });
      default:
        return fill(n, [&](std::size_t i) { return order(i) >= 0; });
    }
  }

  template <typename Holds>
  void fill(std::size_t n, Holds test) {
    auto* truths = own_.truths.own();
    for (std::size_t i = 0; i < n; ++i) truths[i] = test(i) ? 1 : 0;
  }

  /// What becomes of the cases in which an operand is not given.
  void mark(const Vector& a, const Vector& b, std::size_t n) {
    const bool are_truths = a.form == Form::boolean;
    for (std::size_t i = 0; i < n; ++i) {
      if ((a.states[i] | b.states[i]) == given) continue;
      settle(i, a.states[i], b.states[i], are_truths);
    }
    own_.note_states(n);
  }

  void settle(std::size_t i, State a, State b, bool are_truths) {
    own_.truths[i] = 0;
    own_.states[i] = given;
    // A test whose bound is null, or a truth that an input other than a truth meets, is more than a comparison.
    const bool is_special = as_test_ && (b != given || are_truths);
    if (((a | b) & odd) != 0 || is_special) {
      own_.states[i] = odd;
    } else if (!is_equality(op_)) {
      own_.states[i] = null;
    } else {
      own_.truths[i] = (a == b) == (op_ == NO::equal) ? 1 : 0;
    }
  }

  /// Texts, and values of different kinds.
  void compare_values(const Vector& a, const Vector& b, std::size_t n) {
    const bool by_code = right_.is_constant && a.form == Form::coded;
    if (by_code && a.dictionary != known_of_) {
      known_of_ = a.dictionary;
      known_.clear();
    }
    if (by_code) known_.resize(a.dictionary->size(), unknown);
    const bool mixed = a.form != b.form || a.form == Form::null;
    const bool is_plain_bound = b.is_number() || b.form == Form::date;
    for (std::size_t i = 0; i < n; ++i) {
      if ((a.states[i] | b.states[i]) != given) {
        const bool is_text = b.form == Form::coded && b.states[i] == given && b.get(i).is(feel::Kind::string);
        settle(i, a.states[i], b.states[i], !is_plain_bound && !is_text);
        continue;
      }
      if (as_test_ && mixed) {
        own_.states[i] = odd;
        own_.truths[i] = 0;
        continue;
      }
      auto result = by_code ? known_[static_cast<std::size_t>(a.integers[i])] : unknown;
      if (result == unknown) {
        result = compared(a.get(i), b.get(i));
        if (by_code) known_[static_cast<std::size_t>(a.integers[i])] = result;
      }
      own_.truths[i] = result == yes ? 1 : 0;
      own_.states[i] = result == no_answer ? null : result == unsure ? odd : given;
    }
    own_.note_states(n);
  }

  enum Known : std::uint8_t { unknown, no, yes, no_answer, unsure };
  Known compared(const Value& a, const Value& b) const {
    // A list or range tests otherwise than by being equal.
    if (as_test_ && !(a.is(feel::Kind::string) && b.is(feel::Kind::string))) return unsure;
    if (!is_equality(op_)) {
      const auto distance = feel::order(a, b);
      return !distance ? no_answer : holds(op_, *distance) ? yes : no;
    }
    const auto equal = feel::equals(a, b);
    if (equal.is_null()) return no_answer;
    return equal.boolean() == (op_ == NO::equal) ? yes : no;
  }

  NO op_;
  bool as_test_;
  const Op& left_;
  const Op& right_;
  const feel::Values* known_of_ = nullptr;
  std::vector<Known> known_;  ///< by code
};

class JunctionOp final : public Op {
 public:
  JunctionOp(bool deciding, bool strict, const Op& left, const Op& right)
      : deciding_(deciding ? 1 : 0), strict_(strict), left_(left), right_(right) {}

  void run(std::size_t, std::size_t n) override {
    const auto& a = left_.vector();
    const auto& b = right_.vector();
    own_.clear(Form::boolean, n);
    const auto fits = [](const Vector& vector) { return vector.form == Form::boolean || vector.form == Form::null; };
    if (!fits(a) || !fits(b)) {
      std::fill_n(own_.states.begin(), n, odd);
      own_.seen = odd;
      return;
    }
    const auto* x = a.truths.data();
    const auto* y = b.truths.data();
    auto* truths = own_.truths.own();
    if (deciding_ == 1)
      loops::either(x, y, truths, n);
    else
      loops::both(x, y, truths, n);
    if ((a.seen | b.seen) == given) return;
    for (std::size_t i = 0; i < n; ++i) settle(i, a, b);
    own_.note_states(n);
  }

 private:
  void settle(std::size_t i, const Vector& a, const Vector& b) {
    const auto x = a.states[i];
    const auto y = b.states[i];
    if ((x | y) == given) return;
    own_.truths[i] = 0;
    const bool is_decided =
        !strict_ && ((x == given && a.truths[i] == deciding_) || (y == given && b.truths[i] == deciding_));
    if (((x | y) & odd) != 0) {
      own_.states[i] = odd;
    } else if (is_decided) {
      own_.truths[i] = deciding_;
    } else {
      own_.states[i] = null;
    }
  }

  std::uint8_t deciding_;
  bool strict_;
  const Op& left_;
  const Op& right_;
};

class NotOp final : public Op {
 public:
  explicit NotOp(const Op& operand) : operand_(operand) {}
  void run(std::size_t, std::size_t n) override {
    const auto& a = operand_.vector();
    own_.clear(Form::boolean, n);
    const bool fits = a.form == Form::boolean || a.form == Form::null;
    if (fits && a.seen == given) {
      const auto* truths = a.truths.data();
      auto* others = own_.truths.own();
      for (std::size_t i = 0; i < n; ++i) others[i] = truths[i] ^ 1U;
      return;
    }
    for (std::size_t i = 0; i < n; ++i) {
      own_.states[i] = a.states[i] == given && !fits ? odd : a.states[i];
      own_.truths[i] = own_.states[i] == given ? a.truths[i] ^ 1U : 0;
    }
    own_.note_states(n);
  }

 private:
  const Op& operand_;
};

/// if, then, else.
class ChoiceOp final : public Op {
 public:
  ChoiceOp(const Op& condition, const Op& then, const Op& otherwise)
      : condition_(condition), then_(then), otherwise_(otherwise) {}

  void run(std::size_t, std::size_t n) override {
    const auto& condition = condition_.vector();
    const auto& a = then_.vector();
    const auto& b = otherwise_.vector();
    const bool alike = a.form == b.form && (a.form == Form::boolean || a.form == Form::date ||
                                            (a.form == Form::fixed && a.scale == b.scale) ||
                                            (a.form == Form::coded && a.dictionary == b.dictionary));
    if (!alike) return choose_values(condition, a, b, n);
    own_.clear(a.form, n);
    own_.scale = a.scale;
    own_.dictionary = a.dictionary;
    auto* const integers = own_.integers.own_wide();
    for (std::size_t i = 0; i < n; ++i) {
      const auto& chosen = is_true(condition, i) ? a : b;
      integers[i] = a.form == Form::boolean ? 0 : chosen.integers[i];
      own_.truths[i] = a.form == Form::boolean ? chosen.truths[i] : 0;
      own_.states[i] = (condition.states[i] & odd) != 0 ? odd : chosen.states[i];
    }
    own_.note_states(n);
  }

 private:
  static bool is_true(const Vector& condition, std::size_t i) {
    return condition.form == Form::boolean && condition.states[i] == given && condition.truths[i] == 1;
  }

  void choose_values(const Vector& condition, const Vector& a, const Vector& b, std::size_t n) {
    unsure_.assign(n, 0);
    for (std::size_t i = 0; i < n; ++i) {
      const auto& chosen = is_true(condition, i) ? a : b;
      unsure_[i] = ((condition.states[i] | chosen.states[i]) & odd) != 0 ? 1 : 0;
      own_.room()[i] = unsure_[i] != 0 ? Value() : chosen.get(i);
    }
    own_.take(n);
    for (std::size_t i = 0; i < n; ++i)
      if (unsure_[i] != 0) own_.states[i] = odd;
    own_.note_states(n);
  }

  const Op& condition_;
  const Op& then_;
  const Op& otherwise_;
  std::vector<std::uint8_t> unsure_;
};

}  // namespace

std::unique_ptr<Op> comparison(NO op, const Op& left, const Op& right) {
  return std::make_unique<CompareOp>(op, false, left, right);
}
std::unique_ptr<Op> comparing_test(NO op, const Op& left, const Op& right) {
  return std::make_unique<CompareOp>(op, true, left, right);
}
std::unique_ptr<Op> junction(bool deciding, bool strict, const Op& left, const Op& right) {
  return std::make_unique<JunctionOp>(deciding, strict, left, right);
}
std::unique_ptr<Op> negation(const Op& operand) { return std::make_unique<NotOp>(operand); }
std::unique_ptr<Op> choice(const Op& condition, const Op& then, const Op& otherwise) {
  return std::make_unique<ChoiceOp>(condition, then, otherwise);
}

}  // namespace zhijia::dmn::columns
