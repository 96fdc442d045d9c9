#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace zhijia::feel {

__extension__ typedef __int128 Wide;                   // NOLINT: only a typedef may carry __extension__
__extension__ typedef unsigned __int128 WideUnsigned;  // NOLINT

/// A FEEL number: IEEE 754-2008 decimal128, 34 digits, always finite (OMG DMN 1.5, 10.3.2.3.1).
///
/// The two words are the standard's binary integer encoding: sign, 14 bits of exponent (biased by 6176), 113 bits of
/// coefficient. Operations whose operands have coefficients of at most 64 bits are done here on integers; the others
/// go to Intel's decimal library. Results round half to even; what is undefined or too large is std::nullopt.
class Number {
 public:
  constexpr Number() = default;
  constexpr Number(std::int64_t integer)  // NOLINT: an integer is a number
      : low_(integer < 0 ? -static_cast<std::uint64_t>(integer) : static_cast<std::uint64_t>(integer)),
        high_(exponent_zero | (integer < 0 ? sign_bit : 0)) {}

  /// coefficient × 10^exponent; the exponent must lie in −6176 … 6111.
  static constexpr Number scaled(std::int64_t coefficient, int exponent) {
    Number number(coefficient);
    number.high_ += static_cast<std::uint64_t>(static_cast<std::int64_t>(exponent)) << exponent_shift;
    return number;
  }
  /// Reads "12", "-0.5", ".5", "1.2e-3"; std::nullopt for anything else.
  static std::optional<Number> parse(std::string_view text);
  static Number from_double(double value);  ///< the nearest decimal of 17 digits; value must be finite

  /// Plain decimal digits without exponent and without superfluous zeros: "0.5", "1000000".
  std::string text() const;
  double to_double() const;
  std::optional<std::int64_t> to_integer() const;  ///< truncated towards zero; std::nullopt outside 64 bits
  bool is_integer() const;
  constexpr bool is_zero() const { return is_small() ? low_ == 0 : is_zero_slow(); }
  constexpr bool is_negative() const { return (high_ & sign_bit) != 0 && !is_zero(); }
  /// When the number is coefficient × 10^exponent with a 64-bit coefficient: for compilers of columns.
  bool as_scaled(std::int64_t& coefficient, int& exponent) const;
  std::uint64_t hash() const;  ///< equal numbers hash alike, whatever their exponent

  constexpr std::uint64_t low() const { return low_; }
  constexpr std::uint64_t high() const { return high_; }
  static constexpr Number from_words(std::uint64_t low, std::uint64_t high) { return Number(low, high); }

  friend constexpr Number operator-(Number n) { return Number(n.low_, n.high_ ^ sign_bit); }
  // Each operation once with its result written where the caller wants it, for evaluators: a Number that comes back in
  // an optional is stored by halves and read as a whole, which stalls today's processors for longer than the sum takes.
  friend bool add(Number a, Number b, Number& sum) {
    if (a.is_small() && b.is_small() && ((a.high_ ^ b.high_) & ~sign_bit) == 0) {
      if (a.high_ == b.high_) {
        if (std::uint64_t low = 0; !__builtin_add_overflow(a.low_, b.low_, &low)) return sum.set(low, a.high_);
      } else {
        return a.low_ >= b.low_ ? sum.set(a.low_ - b.low_, a.low_ == b.low_ ? a.high_ & ~sign_bit : a.high_)
                                : sum.set(b.low_ - a.low_, b.high_);
      }
    }
    return sum.set(add_slow(a, b));
  }
  friend bool subtract(Number a, Number b, Number& difference) { return add(a, -b, difference); }
  friend bool multiply(Number a, Number b, Number& result) {
    if (a.is_small() && b.is_small()) {
      const auto product = static_cast<WideUnsigned>(a.low_) * b.low_;
      const std::int64_t exponent = a.biased_exponent() + b.biased_exponent() - exponent_bias;
      if (product < coefficient_fast_max && exponent >= 0 && exponent <= exponent_biased_max) {
        const auto high = static_cast<std::uint64_t>(product >> 64U) |
                          (static_cast<std::uint64_t>(exponent) << exponent_shift) | ((a.high_ ^ b.high_) & sign_bit);
        return result.set(static_cast<std::uint64_t>(product), high);
      }
    }
    return result.set(multiply_slow(a, b));
  }
  friend std::optional<Number> add(Number a, Number b) {
    Number sum;
    return add(a, b, sum) ? std::optional(sum) : std::nullopt;
  }
  friend std::optional<Number> subtract(Number a, Number b) { return add(a, -b); }
  friend std::optional<Number> multiply(Number a, Number b) {
    Number product;
    return multiply(a, b, product) ? std::optional(product) : std::nullopt;
  }
  friend bool divide(Number a, Number b, Number& quotient) { return quotient.set(divide_any(a, b)); }
  friend std::optional<Number> divide(Number a, Number b) { return divide_any(a, b).made(); }  ///< by zero: none
  friend std::optional<Number> power(Number base, Number exponent);
  /// Negative, zero or positive as a is less than, equal to or greater than b.
  friend int compare(Number a, Number b) {
    if (a.is_small() && b.is_small() && ((a.high_ ^ b.high_) & ~sign_bit) == 0) {
      if (a.high_ != b.high_) return (a.low_ | b.low_) == 0 ? 0 : (a.high_ & sign_bit) != 0 ? -1 : 1;
      if (a.low_ == b.low_) return 0;
      return ((a.low_ < b.low_) != ((a.high_ & sign_bit) != 0)) ? -1 : 1;
    }
    return compare_slow(a, b);
  }
  friend bool operator==(Number a, Number b) { return compare(a, b) == 0; }
  friend auto operator<=>(Number a, Number b) { return compare(a, b) <=> 0; }

  std::optional<Number> square_root() const;
  std::optional<Number> exponential() const;
  std::optional<Number> natural_logarithm() const;
  /// dividend − divisor × floor(dividend ÷ divisor): the sign follows the divisor.
  friend std::optional<Number> modulo(Number dividend, Number divisor);
  Number magnitude() const { return Number(low_, high_ & ~sign_bit); }

  enum class Rounding { half_even, down, up, half_up, half_down, floor, ceiling };
  /// Rounded to `scale` digits after the point (negative: before it).
  std::optional<Number> rounded(int scale, Rounding rounding) const;

 private:
  constexpr Number(std::uint64_t low, std::uint64_t high) : low_(low), high_(high) {}

  static constexpr std::uint64_t sign_bit = 1ULL << 63U;
  static constexpr unsigned exponent_shift = 49;
  static constexpr std::int64_t exponent_bias = 6176;
  static constexpr std::int64_t exponent_biased_max = 12287;
  static constexpr std::uint64_t exponent_zero = static_cast<std::uint64_t>(exponent_bias) << exponent_shift;
  static constexpr std::uint64_t coefficient_high = (1ULL << exponent_shift) - 1;
  // Below 10^34, the largest coefficient of 34 digits, and quick to compare with.
  static constexpr WideUnsigned coefficient_fast_max = static_cast<WideUnsigned>(1) << 112U;

  bool set(std::uint64_t low, std::uint64_t high) {
    low_ = low;
    high_ = high;
    return true;
  }
  bool set(Number number) { return number.high_ != nothing && set(number.low_, number.high_); }
  std::optional<Number> made() const { return high_ == nothing ? std::nullopt : std::optional(*this); }
  constexpr bool is_small() const { return (high_ & coefficient_high) == 0; }
  constexpr std::int64_t biased_exponent() const {
    return static_cast<std::int64_t>((high_ & ~sign_bit) >> exponent_shift);
  }
  constexpr bool is_zero_slow() const { return low_ == 0 && (high_ & coefficient_high) == 0; }
  // No result is a word that no number has, so that results come back in two registers.
  static constexpr std::uint64_t nothing = UINT64_MAX;
  static Number add_slow(Number a, Number b);
  static Number multiply_slow(Number a, Number b);
  static Number divide_any(Number a, Number b);
  static int compare_slow(Number a, Number b);
  // What the library does, apart from what comes before: its calls need their operands in memory.
  [[gnu::noinline]] static Number add_any(Number a, Number b);
  [[gnu::noinline]] static Number divide_slow(Number a, Number b);
  [[gnu::noinline]] static int compare_any(Number a, Number b);

  std::uint64_t low_ = 0;
  std::uint64_t high_ = exponent_zero;
};

std::optional<Number> add(Number a, Number b);
std::optional<Number> subtract(Number a, Number b);
std::optional<Number> multiply(Number a, Number b);
std::optional<Number> divide(Number a, Number b);
std::optional<Number> power(Number base, Number exponent);
std::optional<Number> modulo(Number dividend, Number divisor);

}  // namespace zhijia::feel
