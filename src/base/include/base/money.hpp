#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/problem.hpp"

namespace zhijia {

/// An amount of renminbi, held exactly as a whole number of fen (1/100 yuan). Never floating point.
/// Sums are checked: an overflow throws std::overflow_error, which only a fault of ours can cause.
struct Money {
  std::int64_t fen = 0;

  static constexpr Money yuan(std::int64_t yuan) { return Money{yuan * 100}; }
  auto operator<=>(const Money&) const = default;
};

Money operator+(Money a, Money b);
Money operator-(Money a, Money b);
inline Money& operator+=(Money& a, Money b) { return a = a + b; }

/// The largest amount a user may enter: a hundred billion yuan, far above any federation's yearly budget.
constexpr std::int64_t money_fen_max = 10'000'000'000'000;

/// Reads "1234.5", "¥1,234.50", "1,234元", "1.2万" (full-width forms too). At most two decimals of a yuan.
Result<Money> parse_money(std::string_view text);

/// "1234.50": two decimals, no separators. What machines read.
std::string to_string(Money amount);

/// "1,234.50": for people.
std::string to_display(Money amount);

}  // namespace zhijia
