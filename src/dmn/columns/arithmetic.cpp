#include <algorithm>

#include "columns/planner.hpp"

namespace zhijia::dmn::columns {

using feel::Number;
using feel::Wide;
using NO = feel::Node::Operator;

namespace {

/// What a step over two columns knows of each case: nothing where either is odd, null where either is null.
void join_states(const Vector& a, const Vector& b, Vector& result, std::size_t n) {
  if ((a.seen | b.seen) == given) return;
  for (std::size_t i = 0; i < n; ++i) result.states[i] = a.states[i] | b.states[i];
  result.note_states(n);
}

class ArithmeticOp final : public Op {
 public:
  ArithmeticOp(NO op, const Op& left, const Op& right) : op_(op), left_(left), right_(right) {}

  void run(std::size_t, std::size_t n) override {
    const auto& a = left_.vector();
    const auto& b = right_.vector();
    const bool are_numbers = (a.is_number() || a.form == Form::null) && (b.is_number() || b.form == Form::null);
    if (!are_numbers) return know_nulls_only(a, b, n);
    own_.clear(Form::fixed, n);
    join_states(a, b, own_, n);
    if (a.form == Form::null || b.form == Form::null) {
      own_.form = Form::null;
      return;
    }
    if (!in_integers(a, b, n)) in_numbers(a, b, n);
    if (own_.seen != given) blank(n);
  }

 private:
  /// Texts, dates and durations have sums too: not here.
  void know_nulls_only(const Vector& a, const Vector& b, std::size_t n) {
    own_.clear(Form::null, n);
    for (std::size_t i = 0; i < n; ++i)
      own_.states[i] = ((a.states[i] | b.states[i]) & odd) == 0 && (a.states[i] | b.states[i]) != 0 ? null : odd;
    own_.note_states(n);
  }

  void blank(std::size_t n) {
    for (std::size_t i = 0; i < n; ++i)
      if (own_.states[i] != given) own_.integers[i] = 0;
    if (own_.form != Form::ratio) return;
    for (std::size_t i = 0; i < n; ++i)
      if (own_.states[i] != given) own_.divisors[i] = 1;
  }

  /// On 64-bit integers; false when they do not hold the result of some case.
  bool in_integers(const Vector& a, const Vector& b, std::size_t n) {
    if (op_ == NO::divide) return divided(a, b, n);
    if (a.form != Form::fixed || b.form != Form::fixed) return false;
    if (op_ == NO::multiply) return multiplied(a, b, n);
    return op_ != NO::power && added(a, b, n);
  }

  bool added(const Vector& a, const Vector& b, std::size_t n) {
    own_.scale = std::max(a.scale, b.scale);
    const auto of_a = power_of_ten(own_.scale - a.scale);
    const auto of_b = power_of_ten(own_.scale - b.scale) * (op_ == NO::subtract ? -1 : 1);
    const auto* x = a.integers.data();
    const auto* y = b.integers.data();
    auto* sum = own_.integers.own();
    const int bits_of_a = a.bits(n) + loops::factor_bits(of_a);
    const int bits_of_b = b.bits(n) + loops::factor_bits(of_b);
    if (std::max(bits_of_a, bits_of_b) < loops::bits_max) {
      if (of_a == 1 && of_b == 1)
        loops::add(x, y, sum, n);
      else
        loops::add_scaled(x, of_a, y, of_b, sum, n);
      own_.note_bits(std::max(bits_of_a, bits_of_b) + 1);
      return true;
    }
    bool overflows = false;
    for (std::size_t i = 0; i < n; ++i) {
      std::int64_t left = 0;
      std::int64_t right = 0;
      overflows |= __builtin_mul_overflow(x[i], of_a, &left) || __builtin_mul_overflow(y[i], of_b, &right);
      overflows |= __builtin_add_overflow(left, right, &sum[i]);
    }
    return !overflows;
  }

  bool multiplied(const Vector& a, const Vector& b, std::size_t n) {
    own_.scale = a.scale + b.scale;
    if (own_.scale > scale_max) return false;
    const int bits = a.bits(n) + b.bits(n);
    own_.note_bits(bits + 1);  // two of the least numbers make one more than the greatest
    return multiplied(a.integers.data(), b, bits, own_.integers.own(), n);
  }

  static bool multiplied(const std::int64_t* x, const Vector& by, int bits, std::int64_t* product, std::size_t n) {
    const auto* y = by.integers.data();
    bool overflows = false;
    if (bits <= loops::bits_max)
      loops::multiply(x, y, product, n);
    else
      for (std::size_t i = 0; i < n; ++i) overflows |= __builtin_mul_overflow(x[i], y[i], &product[i]);
    return !overflows;
  }

  /// Kept as a fraction: most quotients are only compared, for which nobody needs their 34 digits.
  bool divided(const Vector& a, const Vector& b, std::size_t n) {
    if ((a.form != Form::fixed && a.form != Form::ratio) || b.form != Form::fixed) return false;
    own_.form = Form::ratio;
    own_.scale = a.scale - b.scale;
    own_.dividend = &a;
    own_.divisor = &b;
    if (own_.seen == given && loops::are_positive(b.integers.data(), n)) return divided_as_they_are(a, b, n);
    bool overflows = false;
    bool by_zero = false;
    for (std::size_t i = 0; i < n; ++i) {
      std::int64_t above = a.integers[i];
      std::int64_t below = b.integers[i];
      if (below == 0) {
        by_zero = true;
        own_.states[i] |= null;
        own_.integers[i] = 0;
        own_.divisors[i] = 1;
        continue;
      }
      if (below < 0) {
        overflows |= above == INT64_MIN || below == INT64_MIN;
        above = static_cast<std::int64_t>(-static_cast<std::uint64_t>(above));
        below = static_cast<std::int64_t>(-static_cast<std::uint64_t>(below));
      }
      if (a.form == Form::ratio) overflows |= __builtin_mul_overflow(below, a.divisors[i], &below);
      own_.integers[i] = above;
      own_.divisors[i] = below;
    }
    if (by_zero) own_.note_states(n);
    return !overflows;
  }

  bool divided_as_they_are(const Vector& a, const Vector& b, std::size_t n) {
    own_.integers.show(a.integers.data());
    own_.note_bits(a.bits(n));
    const int bits = b.bits(n) + (a.form == Form::ratio ? a.divisor_bits(n) : 0);
    own_.note_divisor_bits(bits);
    if (a.form == Form::ratio) return multiplied(a.divisors.data(), b, bits, own_.divisors.own(), n);
    own_.divisors.show(b.integers.data());
    return true;
  }

  void in_numbers(const Vector& a, const Vector& b, std::size_t n) {
    own_.form = Form::number;
    own_.numbers.resize(chunk_cases);
    own_.integers.own();
    own_.divisors.own();
    for (std::size_t i = 0; i < n; ++i) {
      own_.integers[i] = 0;
      if (own_.states[i] != given) continue;
      if (!calculate(a.number_at(i), b.number_at(i), own_.numbers[i])) own_.states[i] = null;
    }
    own_.note_states(n);
  }

  bool calculate(Number a, Number b, Number& result) const {
    const auto made = [&] {
      switch (op_) {
        case NO::add:
          return add(a, b);
        case NO::subtract:
          return subtract(a, b);
        case NO::multiply:
          return multiply(a, b);
        case NO::divide:
          return divide(a, b);
        default:
          return power(a, b);
      }
    }();
    if (made) result = *made;
    return made.has_value();
  }

  NO op_;
  const Op& left_;
  const Op& right_;
};

class MinusOp final : public Op {
 public:
  explicit MinusOp(const Op& operand) : operand_(operand) {}
  void run(std::size_t, std::size_t n) override {
    const auto& a = operand_.vector();
    own_.clear(a.form == Form::fixed ? Form::fixed : a.is_number() ? Form::number : Form::null, n);
    own_.scale = a.scale;
    bool overflows = false;
    for (std::size_t i = 0; i < n; ++i) {
      own_.states[i] = a.states[i];
      if (own_.form == Form::fixed) {
        overflows |= a.integers[i] == INT64_MIN;
        own_.integers[i] = static_cast<std::int64_t>(-static_cast<std::uint64_t>(a.integers[i]));
      } else if (a.states[i] == given) {
        if (own_.form == Form::number)
          own_.numbers[i] = -a.number_at(i);
        else
          own_.states[i] = odd;
      }
      if (overflows) own_.states[i] = odd;
    }
    own_.note_states(n);
  }

 private:
  const Op& operand_;
};

/// min or max of several numbers.
class ExtremeOp final : public Op {
 public:
  ExtremeOp(int direction, std::vector<const Op*> operands) : direction_(direction), operands_(std::move(operands)) {}

  void run(std::size_t, std::size_t n) override {
    bool are_fixed = true;
    int scale = 0;
    own_.clear(Form::fixed, n);
    State seen = given;
    for (const auto* operand : operands_) {
      const auto& vector = operand->vector();
      are_fixed = are_fixed && vector.form == Form::fixed;
      scale = std::max(scale, vector.scale);
      seen |= vector.seen;
    }
    // A list with a null in it has no order that holds for every place of the null: evaluated alone.
    for (const auto* operand : operands_)
      for (std::size_t i = 0; i < n && seen != given; ++i)
        if (operand->vector().states[i] != given) own_.states[i] = odd;
    own_.note_states(n);
    if (are_fixed && in_integers(scale, n)) return;
    in_numbers(n);
    own_.note_states(n);
  }

 private:
  bool in_integers(int digits, std::size_t n) {
    own_.scale = digits;
    bool overflows = false;
    for (std::size_t at = 0; at < operands_.size(); ++at) {
      const auto& vector = operands_[at]->vector();
      const auto factor = power_of_ten(digits - vector.scale);
      if (vector.bits(n) + loops::factor_bits(factor) <= loops::bits_max) {
        auto* best = own_.integers.own();
        if (at == 0)
          loops::scale(vector.integers.data(), factor, best, n);
        else
          loops::keep_extreme(direction_, vector.integers.data(), factor, best, n);
        continue;
      }
      for (std::size_t i = 0; i < n; ++i) {
        std::int64_t scaled = 0;
        overflows |= __builtin_mul_overflow(vector.integers[i], factor, &scaled);
        const auto so_far = own_.integers[i];
        own_.integers[i] = at == 0 || (direction_ < 0 ? scaled < so_far : scaled > so_far) ? scaled : so_far;
      }
    }
    if (own_.seen == given) return !overflows;
    for (std::size_t i = 0; i < n; ++i)
      if (own_.states[i] != given) own_.integers[i] = 0;
    return !overflows;
  }

  void in_numbers(std::size_t n) {
    const bool are_numbers = std::ranges::all_of(operands_, [](const Op* op) { return op->vector().is_number(); });
    own_.form = Form::number;
    own_.numbers.resize(chunk_cases);
    for (std::size_t i = 0; i < n; ++i) {
      own_.integers[i] = 0;
      if (!are_numbers) own_.states[i] = odd;
      if (own_.states[i] != given) continue;
      auto best = operands_.front()->vector().number_at(i);
      for (const auto* operand : operands_) {
        const auto number = operand->vector().number_at(i);
        if (compare(number, best) * direction_ > 0) best = number;
      }
      own_.numbers[i] = best;
    }
  }

  int direction_;
  std::vector<const Op*> operands_;
};

}  // namespace

std::unique_ptr<Op> arithmetic(NO op, const Op& left, const Op& right) {
  return std::make_unique<ArithmeticOp>(op, left, right);
}

std::unique_ptr<Op> minus(const Op& operand) { return std::make_unique<MinusOp>(operand); }

std::unique_ptr<Op> extreme(int direction, std::vector<const Op*> operands) {
  return std::make_unique<ExtremeOp>(direction, std::move(operands));
}

}  // namespace zhijia::dmn::columns
