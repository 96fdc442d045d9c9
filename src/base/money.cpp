#include "base/money.hpp"

#include <fmt/format.h>

#include <stdexcept>

#include "base/text.hpp"

namespace zhijia {

Money operator+(Money a, Money b) {
  Money sum;
  if (__builtin_add_overflow(a.fen, b.fen, &sum.fen)) throw std::overflow_error("money: sum out of range");
  return sum;
}

Money operator-(Money a, Money b) {
  Money difference;
  if (__builtin_sub_overflow(a.fen, b.fen, &difference.fen))
    throw std::overflow_error("money: difference out of range");
  return difference;
}

namespace {

/// Takes the currency sign and unit off `text` and returns how many fen one unit of the number is worth.
std::int64_t take_unit(std::string_view& text) {
  for (std::string_view sign : {"¥", "\uFFE5", "RMB", "CNY"})
    if (text.starts_with(sign)) text.remove_prefix(sign.size());
  if (text.ends_with("元")) text.remove_suffix(std::string_view("元").size());
  std::int64_t unit_fen = 100;
  if (constexpr std::string_view ten_thousand = "万"; text.ends_with(ten_thousand)) {
    text.remove_suffix(ten_thousand.size());
    unit_fen = 1'000'000;
  }
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  return unit_fen;
}

std::unexpected<Problems> not_money(std::string_view text) {
  return fail("money.format", fmt::format("“{}”不是金额;请填数字,如 1234.50", text),
              fmt::format("“{}” is not an amount; enter a number such as 1234.50", text));
}

}  // namespace

Result<Money> parse_money(std::string_view original) {
  const std::string tidied = tidy(original);
  std::string_view text = tidied;
  const bool negative = text.starts_with('-');
  if (negative) text.remove_prefix(1);
  std::int64_t place_fen = take_unit(text);
  if (text.empty()) return not_money(original);

  std::int64_t fen = 0;
  bool digit_seen = false, after_point = false;
  const std::int64_t unit_fen = place_fen;
  for (char c : text) {
    if (c == ',' && !after_point) continue;
    if (c == '.' && !after_point) {
      after_point = true;
      continue;
    }
    if (c < '0' || c > '9') return not_money(original);
    digit_seen = true;
    if (after_point) {
      place_fen /= 10;
      if (place_fen == 0) {
        if (c == '0') continue;
        return fail("money.decimals", fmt::format("“{}”的小数超过两位;请四舍五入到分", original),
                    fmt::format("“{}” has more than two decimals; round it to the fen", original));
      }
      fen += (c - '0') * place_fen;
    } else {
      fen = fen * 10 + (c - '0') * unit_fen;
    }
    if (fen > money_fen_max)
      return fail("money.too_large", fmt::format("“{}”太大;请核对单位是元还是万元", original),
                  fmt::format("“{}” is too large; check whether it is yuan or ten thousand yuan", original));
  }
  if (!digit_seen) return not_money(original);
  return Money{negative ? -fen : fen};
}

std::string to_string(Money amount) {
  const bool negative = amount.fen < 0;
  const std::uint64_t fen =
      negative ? 0 - static_cast<std::uint64_t>(amount.fen) : static_cast<std::uint64_t>(amount.fen);
  return fmt::format("{}{}.{:02}", negative ? "-" : "", fen / 100, fen % 100);
}

std::string to_display(Money amount) {
  std::string text = to_string(amount);
  const std::size_t first = text.starts_with('-') ? 1 : 0;
  for (std::size_t at = text.size() - 3; at > first + 3;) {
    at -= 3;
    text.insert(at, ",");
  }
  return text;
}

}  // namespace zhijia
