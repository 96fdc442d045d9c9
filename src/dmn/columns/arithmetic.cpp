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
      if (own_.states[i] != given) own_.integers.put(i, 0);
    if (own_.form != Form::ratio) return;
    for (std::size_t i = 0; i < n; ++i)
      if (own_.states[i] != given) own_.divisors.put(i, 1);
  }

  /// On 32 or 64-bit integers; false when neither hold the result of some case.
  bool in_integers(const Vector& a, const Vector& b, std::size_t n) {
    if (op_ == NO::divide) return divided(a, b, n);
    if (a.form != Form::fixed || b.form != Form::fixed) return false;
    if (op_ == NO::multiply) {
      own_.scale = a.scale + b.scale;
      return own_.scale <= scale_max && multiplied(a.integers, b.integers, own_.integers, n);
    }
    return op_ != NO::power && added(a, b, n);
  }

  bool added(const Vector& a, const Vector& b, std::size_t n) {
    own_.scale = std::max(a.scale, b.scale);
    const auto of_a = power_of_ten(own_.scale - a.scale);
    const auto of_b = power_of_ten(own_.scale - b.scale) * (op_ == NO::subtract ? -1 : 1);
    const int bits = fewest_bits(
        [&](const auto& bits_of) {
          return std::max(bits_of(a.integers) + loops::factor_bits(of_a),
                          bits_of(b.integers) + loops::factor_bits(of_b)) +
                 1;
        },
        a.integers, b.integers);
    if (bits <= loops::small_bits_max && are_narrow(a.integers, b.integers))
      add_all<std::int32_t>(a.integers.small(), of_a, b.integers.small(), of_b, own_.integers.own_small(), n);
    else if (bits <= loops::bits_max)
      add_all<std::int64_t>(a.integers.wide(), of_a, b.integers.wide(), of_b, own_.integers.own_wide(), n);
    else
      return added_one_by_one(a.integers.wide(), of_a, b.integers.wide(), of_b, own_.integers.own_wide(), n);
    own_.integers.note_bits(bits);
    return true;
  }

  template <typename T>
  static void add_all(const T* x, std::int64_t of_x, const T* y, std::int64_t of_y, T* sum, std::size_t n) {
    if (of_x == 1 && of_y == 1)
      loops::add(x, y, sum, n);
    else
      loops::add_scaled(x, static_cast<T>(of_x), y, static_cast<T>(of_y), sum, n);
  }

  static bool added_one_by_one(const std::int64_t* x, std::int64_t of_x, const std::int64_t* y, std::int64_t of_y,
                               std::int64_t* sum, std::size_t n) {
    bool overflows = false;
    for (std::size_t i = 0; i < n; ++i) {
      std::int64_t left = 0;
      std::int64_t right = 0;
      overflows |= __builtin_mul_overflow(x[i], of_x, &left) || __builtin_mul_overflow(y[i], of_y, &right);
      overflows |= __builtin_add_overflow(left, right, &sum[i]);
    }
    return !overflows;
  }

  static bool multiplied(const Integers& a, const Integers& b, Integers& product, std::size_t n) {
    // One more: two of the least numbers make one more than the greatest.
    const int bits = fewest_bits([&](const auto& bits_of) { return bits_of(a) + bits_of(b) + 1; }, a, b);
    bool overflows = false;
    if (bits <= loops::small_bits_max && are_narrow(a, b)) {
      loops::multiply(a.small(), b.small(), product.own_small(), n);
    } else if (bits <= loops::bits_max) {
      loops::multiply(a.wide(), b.wide(), product.own_wide(), n);
    } else {
      const auto* x = a.wide();
      const auto* y = b.wide();
      auto* const all = product.own_wide();
      for (std::size_t i = 0; i < n; ++i) overflows |= __builtin_mul_overflow(x[i], y[i], &all[i]);
      return !overflows;
    }
    product.note_bits(bits);
    return true;
  }

  static bool are_narrow(const Integers& a, const Integers& b) { return a.is_narrow() && b.is_narrow(); }

  /// Bits of a result. Noted ones are an upper bound: where that is too much, the operands are counted.
  template <typename BitsOfResult>
  static int fewest_bits(BitsOfResult&& bits, const Integers& a, const Integers& b) {
    const int noted = bits([](const Integers& integers) { return integers.bits(); });
    if (noted <= loops::small_bits_max || !are_narrow(a, b)) return noted;
    return bits([](const Integers& integers) { return integers.counted_bits(); });
  }

  /// Kept as a fraction: most quotients are only compared, for which nobody needs their 34 digits.
  bool divided(const Vector& a, const Vector& b, std::size_t n) {
    if ((a.form != Form::fixed && a.form != Form::ratio) || b.form != Form::fixed) return false;
    own_.form = Form::ratio;
    own_.scale = a.scale - b.scale;
    own_.dividend = &a;
    own_.divisor = &b;
    if (own_.seen == given && are_positive(b.integers, n)) return divided_as_they_are(a, b, n);
    bool overflows = false;
    bool by_zero = false;
    auto* const dividends = own_.integers.own_wide();
    auto* const divisors = own_.divisors.own_wide();
    for (std::size_t i = 0; i < n; ++i) {
      std::int64_t above = a.integers[i];
      std::int64_t below = b.integers[i];
      if (below == 0) {
        by_zero = true;
        own_.states[i] |= null;
        above = 0;
        below = 1;
      } else if (below < 0) {
        overflows |= above == INT64_MIN || below == INT64_MIN;
        above = static_cast<std::int64_t>(-static_cast<std::uint64_t>(above));
        below = static_cast<std::int64_t>(-static_cast<std::uint64_t>(below));
      }
      if (a.form == Form::ratio && b.integers[i] != 0)
        overflows |= __builtin_mul_overflow(below, a.divisors[i], &below);
      dividends[i] = above;
      divisors[i] = below;
    }
    if (by_zero) own_.note_states(n);
    return !overflows;
  }

  static bool are_positive(const Integers& integers, std::size_t n) {
    return integers.is_narrow() ? loops::are_positive(integers.small(), n) : loops::are_positive(integers.wide(), n);
  }

  bool divided_as_they_are(const Vector& a, const Vector& b, std::size_t n) {
    own_.integers.show(a.integers);
    if (a.form == Form::ratio) return multiplied(a.divisors, b.integers, own_.divisors, n);
    own_.divisors.show(b.integers);
    return true;
  }

  void in_numbers(const Vector& a, const Vector& b, std::size_t n) {
    own_.form = Form::number;
    own_.numbers.resize(chunk_cases);
    own_.integers.clear(n);
    own_.divisors.clear(n);
    for (std::size_t i = 0; i < n; ++i) {
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
    auto* const integers = own_.form == Form::fixed ? own_.integers.own_wide() : nullptr;
    for (std::size_t i = 0; i < n; ++i) {
      own_.states[i] = a.states[i];
      if (own_.form == Form::fixed) {
        overflows |= a.integers[i] == INT64_MIN;
        integers[i] = static_cast<std::int64_t>(-static_cast<std::uint64_t>(a.integers[i]));
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
    int bits = 0;
    bool are_narrow = true;
    for (const auto* operand : operands_) {
      const auto& integers = operand->vector().integers;
      bits = std::max(bits, integers.bits() + loops::factor_bits(factor_of(*operand)));
      are_narrow = are_narrow && integers.is_narrow();
    }
    bool overflows = false;
    if (bits <= loops::small_bits_max && are_narrow)
      take_extremes<std::int32_t>([](const Integers& integers) { return integers.small(); }, own_.integers.own_small(),
                                  n);
    else if (bits <= loops::bits_max)
      take_extremes<std::int64_t>([](const Integers& integers) { return integers.wide(); }, own_.integers.own_wide(),
                                  n);
    else
      overflows = !took_one_by_one(own_.integers.own_wide(), n);
    own_.integers.note_bits(bits);
    if (own_.seen == given) return !overflows;
    for (std::size_t i = 0; i < n; ++i)
      if (own_.states[i] != given) own_.integers.put(i, 0);
    return !overflows;
  }

  std::int64_t factor_of(const Op& operand) const { return power_of_ten(own_.scale - operand.vector().scale); }

  template <typename T, typename CellsOf>
  void take_extremes(CellsOf&& cells_of, T* best, std::size_t n) const {
    for (std::size_t at = 0; at < operands_.size(); ++at) {
      const auto* cells = cells_of(operands_[at]->vector().integers);
      const auto factor = static_cast<T>(factor_of(*operands_[at]));
      if (at == 0)
        loops::scale(cells, factor, best, n);
      else
        loops::keep_extreme(direction_, cells, factor, best, n);
    }
  }

  bool took_one_by_one(std::int64_t* best, std::size_t n) const {
    bool overflows = false;
    for (std::size_t at = 0; at < operands_.size(); ++at) {
      const auto* cells = operands_[at]->vector().integers.wide();
      const auto factor = factor_of(*operands_[at]);
      for (std::size_t i = 0; i < n; ++i) {
        std::int64_t scaled = 0;
        overflows |= __builtin_mul_overflow(cells[i], factor, &scaled);
        if (at == 0 || (direction_ < 0 ? scaled < best[i] : scaled > best[i])) best[i] = scaled;
      }
    }
    return !overflows;
  }

  void in_numbers(std::size_t n) {
    const bool are_numbers = std::ranges::all_of(operands_, [](const Op* op) { return op->vector().is_number(); });
    own_.form = Form::number;
    own_.numbers.resize(chunk_cases);
    own_.integers.clear(n);
    for (std::size_t i = 0; i < n; ++i) {
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
