#pragma once

#include <algorithm>

#include "columns/vector.hpp"

namespace zhijia::dmn::columns {

/// How two columns of fixed numbers compare.
class ScaledOrder {
 public:
  ScaledOrder(const Vector& a, const Vector& b)
      : a_(a),
        b_(b),
        of_a_(power_of_ten(std::max(0, b.scale - a.scale))),
        of_b_(power_of_ten(std::max(0, a.scale - b.scale))) {}
  int operator()(std::size_t at) const {
    const auto x = static_cast<feel::Wide>(a_.integers[at]) * of_a_;
    const auto y = static_cast<feel::Wide>(b_.integers[at]) * of_b_;
    return x < y ? -1 : x > y ? 1 : 0;
  }

 private:
  const Vector& a_;
  const Vector& b_;
  std::int64_t of_a_;
  std::int64_t of_b_;
};

/// How the quotient at a place of a ratio compares to integer × 10^-scale; `number` gives the latter where the
/// fraction is too fine to tell.
///
/// A quotient has 34 digits once rounded, a chain of them each. Compared as fractions, both sides are integers below
/// 10^31 here: if they differ, it is by more than all the roundings together can bridge; if they are equal, every
/// quotient of the chain has few enough digits to be exact.
template <typename Give>
int ratio_order(const Vector& ratio, std::size_t at, std::int64_t integer, int scale, Give&& number) {
  static constexpr auto bound = static_cast<feel::Wide>(1'000'000'000'000'000) * 10'000'000'000'000'000;
  const int shift = scale - ratio.scale;
  constexpr int shift_max = 12;
  if (shift >= -shift_max && shift <= shift_max) {
    auto x = static_cast<feel::Wide>(ratio.integers[at]);
    auto y = static_cast<feel::Wide>(integer) * ratio.divisors[at];
    if (y < bound && y > -bound) {
      if (shift > 0) x *= power_of_ten(shift);
      if (shift < 0 && __builtin_mul_overflow(y, static_cast<feel::Wide>(power_of_ten(-shift)), &y)) y = bound;
      if (x < bound && x > -bound && y < bound && y > -bound) return x < y ? -1 : x > y ? 1 : 0;
    }
  }
  if (ratio.states[at] != given) return 0;
  return compare(ratio.number_at(at), number());
}

}  // namespace zhijia::dmn::columns
