#include "feel/number.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>

#define DECIMAL_CALL_BY_REFERENCE 0
#define DECIMAL_GLOBAL_ROUNDING 0
#define DECIMAL_GLOBAL_EXCEPTION_FLAGS 0
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wpedantic"
#include <bid_conf.h>
#include <bid_functions.h>
#pragma GCC diagnostic pop

namespace zhijia::feel {
namespace {

using Decimal = BID_UINT128;
constexpr unsigned half_even = BID_ROUNDING_TO_NEAREST;

Decimal decimal(Number n) {
  Decimal d;
  d.w[BID_LOW_128W] = n.low();
  d.w[BID_HIGH_128W] = n.high();
  return d;
}

/// FEEL has neither infinities nor NaN: where IEEE 754 gives one, the operation has no result.
std::optional<Number> number(Decimal d) {
  if (bid128_isFinite(d) == 0) return std::nullopt;
  return Number::from_words(d.w[BID_LOW_128W], d.w[BID_HIGH_128W]);
}

constexpr std::array<std::uint64_t, 20> powers_of_ten = [] {
  std::array<std::uint64_t, 20> powers{1};
  for (std::size_t i = 1; i < powers.size(); ++i) powers[i] = powers[i - 1] * 10;
  return powers;
}();

constexpr int digits_max = 34;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// FEEL's numeric literal with a sign: [-+]? digits [. digits] | . digits, with an exponent.
bool is_numeral(std::string_view text) {
  std::size_t at = 0;
  const auto digits = [&] {
    const auto from = at;
    while (at < text.size() && is_digit(text[at])) ++at;
    return at > from;
  };
  if (at < text.size() && (text[at] == '-' || text[at] == '+')) ++at;
  const bool whole = digits();
  if (at < text.size() && text[at] == '.') {
    ++at;
    if (!digits()) return false;
  } else if (!whole) {
    return false;
  }
  if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
    ++at;
    if (at < text.size() && (text[at] == '-' || text[at] == '+')) ++at;
    if (!digits()) return false;
  }
  return at == text.size();
}

}  // namespace

std::optional<Number> Number::parse(std::string_view text) {
  if (!is_numeral(text)) return std::nullopt;
  std::string buffer(text);
  unsigned flags = 0;
  return number(bid128_from_string(buffer.data(), half_even, &flags));
}

Number Number::from_double(double value) {
  std::array<char, 40> buffer{};
  std::snprintf(buffer.data(), buffer.size(), "%.17g", value);
  return parse(buffer.data()).value_or(Number());
}

std::string Number::text() const {
  if (is_zero()) return "0";
  unsigned flags = 0;
  std::array<char, 64> buffer{};
  bid128_to_string(buffer.data(), decimal(*this), &flags);
  // The library writes sign, coefficient and exponent: "+1250E-2".
  std::string_view written(buffer.data());
  const auto e = written.find('E');
  std::string digits(written.substr(1, e - 1));
  int exponent = std::atoi(written.substr(e + 1).data());
  while (exponent < 0 && digits.size() > 1 && digits.back() == '0') {
    digits.pop_back();
    ++exponent;
  }
  if (exponent > 0) {
    digits.append(static_cast<std::size_t>(exponent), '0');
  } else if (exponent < 0) {
    const auto places = static_cast<std::size_t>(-exponent);
    if (digits.size() <= places) digits.insert(0, places + 1 - digits.size(), '0');
    digits.insert(digits.size() - places, ".");
  }
  return written[0] == '-' ? "-" + digits : digits;
}

double Number::to_double() const {
  unsigned flags = 0;
  return bid128_to_binary64(decimal(*this), half_even, &flags);
}

std::optional<std::int64_t> Number::to_integer() const {
  if (is_small() && biased_exponent() == exponent_bias && low_ <= INT64_MAX) {
    const auto magnitude = static_cast<std::int64_t>(low_);
    return (high_ & sign_bit) != 0 ? -magnitude : magnitude;
  }
  unsigned flags = 0;
  const auto integer = bid128_to_int64_int(decimal(*this), &flags);
  if ((flags & BID_INVALID_EXCEPTION) != 0) return std::nullopt;
  return integer;
}

bool Number::is_integer() const {
  if (biased_exponent() >= exponent_bias) return true;
  const auto whole = rounded(0, Rounding::down);
  return whole && compare(*whole, *this) == 0;
}

bool Number::as_scaled(std::int64_t& coefficient, int& exponent) const {
  if (!is_small() || low_ > INT64_MAX) return false;
  coefficient = (high_ & sign_bit) != 0 ? -static_cast<std::int64_t>(low_) : static_cast<std::int64_t>(low_);
  exponent = static_cast<int>(biased_exponent() - exponent_bias);
  return true;
}

std::uint64_t Number::hash() const {
  if (is_zero()) return 0;
  if (is_small()) {
    auto coefficient = low_;
    auto exponent = biased_exponent();
    while (coefficient % 10 == 0) {
      coefficient /= 10;
      ++exponent;
    }
    return (coefficient * 0x9E3779B97F4A7C15ULL) ^ static_cast<std::uint64_t>(exponent) ^ (high_ & sign_bit);
  }
  // Rare: numbers of more than 19 digits. Their double is the same for all their encodings.
  return std::hash<double>{}(to_double());
}

namespace {

/// As number(), in two registers.
Number word(Decimal d, Number nothing) {
  return bid128_isFinite(d) == 0 ? nothing : Number::from_words(d.w[BID_LOW_128W], d.w[BID_HIGH_128W]);
}

}  // namespace

Number Number::add_slow(Number a, Number b) {
  // One exponent a little above the other: the commonest case of money with and without fen.
  if (a.is_small() && b.is_small()) {
    if (a.biased_exponent() < b.biased_exponent()) std::swap(a, b);
    const auto distance = a.biased_exponent() - b.biased_exponent();
    std::uint64_t scaled_up = 0;
    if (distance < static_cast<std::int64_t>(powers_of_ten.size()) &&
        !__builtin_mul_overflow(a.low_, powers_of_ten[static_cast<std::size_t>(distance)], &scaled_up)) {
      const Number aligned(scaled_up, (b.high_ & ~sign_bit) | (a.high_ & sign_bit));
      std::uint64_t sum = 0;
      if (aligned.high_ != b.high_ || !__builtin_add_overflow(scaled_up, b.low_, &sum)) {
        Number result;
        add(aligned, b, result);
        return result;
      }
    }
  }
  return add_any(a, b);
}

Number Number::add_any(Number a, Number b) {
  unsigned flags = 0;
  return word(bid128_add(decimal(a), decimal(b), half_even, &flags), Number(nothing, nothing));
}

Number Number::multiply_slow(Number a, Number b) {
  unsigned flags = 0;
  return word(bid128_mul(decimal(a), decimal(b), half_even, &flags), Number(nothing, nothing));
}

int Number::compare_slow(Number a, Number b) {
  // Whole numbers against ones with a few decimals: the one of the larger exponent takes on the other's.
  if (a.is_small() && b.is_small()) {
    const bool a_larger = a.biased_exponent() > b.biased_exponent();
    auto& larger = a_larger ? a : b;
    const auto& smaller = a_larger ? b : a;
    const auto distance = static_cast<std::size_t>(larger.biased_exponent() - smaller.biased_exponent());
    std::uint64_t aligned = 0;
    if (distance != 0 && distance < powers_of_ten.size() &&
        !__builtin_mul_overflow(larger.low_, powers_of_ten[distance], &aligned)) {
      larger = Number(aligned, (smaller.high_ & ~sign_bit) | (larger.high_ & sign_bit));
      return compare(a, b);
    }
  }
  return compare_any(a, b);
}

int Number::compare_any(Number a, Number b) {
  unsigned flags = 0;
  if (bid128_quiet_less(decimal(a), decimal(b), &flags) != 0) return -1;
  return bid128_quiet_equal(decimal(a), decimal(b), &flags) != 0 ? 0 : 1;
}

Number Number::divide_slow(Number a, Number b) {
  unsigned flags = 0;
  return word(bid128_div(decimal(a), decimal(b), half_even, &flags), Number(nothing, nothing));
}

Number Number::divide_any(Number a, Number b) {
  if (b.is_zero()) return {nothing, nothing};
  const auto sign = (a.high_ ^ b.high_) & sign_bit;
  if (a.is_small() && b.is_small()) {
    const auto exponent = a.biased_exponent() - b.biased_exponent() + exponent_bias;
    // Halves of a word divide several times as fast as whole ones on many processors.
    const bool is_short = ((a.low_ | b.low_) >> 32U) == 0;
    const auto quotient =
        is_short ? static_cast<std::uint32_t>(a.low_) / static_cast<std::uint32_t>(b.low_) : a.low_ / b.low_;
    if (quotient * b.low_ == a.low_ && exponent >= 0 && exponent <= exponent_biased_max)
      return {quotient, (static_cast<std::uint64_t>(exponent) << exponent_shift) | sign};
  }
  return divide_slow(a, b);
}

namespace {

/// Integer powers by squaring are exact as long as the digits last; the library's general power is not always.
std::optional<Number> integer_power(Number base, std::int64_t exponent) {
  const bool inverse = exponent < 0;
  auto left = inverse ? -static_cast<std::uint64_t>(exponent) : static_cast<std::uint64_t>(exponent);
  std::optional<Number> result = Number(1);
  std::optional<Number> square = base;
  while (left != 0) {
    if ((left & 1U) != 0) result = multiply(*result, *square);
    left >>= 1U;
    if (left != 0) square = multiply(*square, *square);
    if (!result || !square) return std::nullopt;
  }
  return inverse ? divide(1, *result) : result;
}

}  // namespace

std::optional<Number> power(Number base, Number exponent) {
  constexpr std::int64_t squared_exponent_max = 1'000'000;  // beyond it only 0, 1 and −1 stay in range or near it
  if (exponent.is_integer()) {
    const auto integer = exponent.to_integer();
    if (integer && *integer >= -squared_exponent_max && *integer <= squared_exponent_max) {
      if (base.is_zero() && *integer < 0) return std::nullopt;
      return integer_power(base, *integer);
    }
  }
  unsigned flags = 0;
  return number(bid128_pow(decimal(base), decimal(exponent), half_even, &flags));
}

std::optional<Number> Number::square_root() const {
  unsigned flags = 0;
  return number(bid128_sqrt(decimal(*this), half_even, &flags));
}

std::optional<Number> Number::exponential() const {
  unsigned flags = 0;
  return number(bid128_exp(decimal(*this), half_even, &flags));
}

std::optional<Number> Number::natural_logarithm() const {
  if (is_zero() || is_negative()) return std::nullopt;
  unsigned flags = 0;
  return number(bid128_log(decimal(*this), half_even, &flags));
}

std::optional<Number> modulo(Number dividend, Number divisor) {
  if (divisor.is_zero()) return std::nullopt;
  unsigned flags = 0;
  // The library's remainder is exact and has the sign of the dividend.
  const auto remainder = number(bid128_fmod(decimal(dividend), decimal(divisor), &flags));
  if (!remainder || remainder->is_zero()) return remainder ? std::optional(Number(0)) : std::nullopt;
  return remainder->is_negative() == divisor.is_negative() ? remainder : add(*remainder, divisor);
}

namespace {

std::optional<Number> to_integral(Number n, Number::Rounding rounding) {
  unsigned flags = 0;
  const auto d = decimal(n);
  switch (rounding) {
    case Number::Rounding::half_even:
      return number(bid128_round_integral_nearest_even(d, &flags));
    case Number::Rounding::down:
      return number(bid128_round_integral_zero(d, &flags));
    case Number::Rounding::floor:
      return number(bid128_round_integral_negative(d, &flags));
    case Number::Rounding::ceiling:
      return number(bid128_round_integral_positive(d, &flags));
    case Number::Rounding::half_up:
      return number(bid128_round_integral_nearest_away(d, &flags));
    case Number::Rounding::up:
      return number(n.is_negative() ? bid128_round_integral_negative(d, &flags)
                                    : bid128_round_integral_positive(d, &flags));
    case Number::Rounding::half_down:
      break;
  }
  // Half down: towards zero, unless the part cut off is more than a half.
  const auto whole = number(bid128_round_integral_zero(d, &flags));
  const auto rest = number(bid128_sub(d, decimal(*whole), half_even, &flags));
  if (compare(rest->magnitude(), Number::scaled(5, -1)) <= 0) return whole;
  return add(*whole, n.is_negative() ? -1 : 1);
}

}  // namespace

std::optional<Number> Number::rounded(int scale, Rounding rounding) const {
  if (scale == 0) return to_integral(*this, rounding);
  // A number has at least as many digits after the point as its exponent says: nothing is cut off.
  if (scale >= exponent_bias - biased_exponent()) return *this;
  unsigned flags = 0;
  const auto shifted = number(bid128_scalbn(decimal(*this), scale, half_even, &flags));
  if (!shifted) return std::nullopt;
  const auto whole = to_integral(*shifted, rounding);
  if (!whole) return std::nullopt;
  static_assert(digits_max == 34);
  return number(bid128_scalbn(decimal(*whole), -scale, half_even, &flags));
}

}  // namespace zhijia::feel
