#include "xlsx/values.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>

#include "base/date.hpp"
#include "exchange/sheet_reader.hpp"

namespace zhijia::exchange::xlsx {

bool is_date_format(int id) {
  const bool is_time =
      (id >= 18 && id <= 21) || (id >= 32 && id <= 35) || (id >= 45 && id <= 47) || id == 55 || id == 56;
  return !is_time && ((id >= 14 && id <= 22) || (id >= 27 && id <= 36) || (id >= 50 && id <= 58));
}

bool is_date_format(std::string_view code) {
  bool quoted = false, bracketed = false, has_month = false, has_time = false;
  for (std::size_t i = 0; i < code.size(); ++i) {
    const char c = code[i];
    if (c == '"') quoted = !quoted;
    if (quoted) continue;
    if (c == '\\' || c == '_' || c == '*') {  // the next character is shown, measured or repeated
      ++i;
      continue;
    }
    if (c == '[') bracketed = true;
    if (c == ']') bracketed = false;
    const char lower = static_cast<char>(c | 0x20);
    if (!bracketed && (lower == 'y' || lower == 'd')) return true;
    if (!bracketed && lower == 'm') has_month = true;
    // An m beside hours or seconds stands for minutes.
    if (lower == 'h' || lower == 's') has_time = true;
  }
  return has_month && !has_time;
}

std::string date_of_serial(double serial, bool from_1904) {
  const double serial_min = from_1904 ? 0 : 1;
  const double serial_end = from_1904 ? 2'957'004 : 2'958'466;  // the day after 9999-12-31
  if (!(serial >= serial_min) || serial >= serial_end) return {};
  const auto day = std::chrono::days(static_cast<int>(std::floor(serial)));
  const Date epoch = from_1904 ? Date::of(1904, 1, 1) : Date::of(1899, 12, 30);
  const bool before_false_leap_day = !from_1904 && serial < 60;
  return to_string(epoch + day + std::chrono::days(before_false_leap_day ? 1 : 0));
}

std::string plain_number(std::string_view stored) {
  double value = 0;
  const auto [end, error] = std::from_chars(stored.data(), stored.data() + stored.size(), value);
  if (error != std::errc{} || end != stored.data() + stored.size()) return std::string(stored);
  // From sixteen digits on Excel has rounded: the scientific form lets the field's own check say so.
  if (std::abs(value) >= 1e15) return fmt::format("{:.5E}", value);
  if (value == std::floor(value)) return fmt::format("{:.0f}", value);
  return fmt::format("{:.15g}", value);
}

std::string unescaped(std::string_view text) {
  constexpr std::size_t escape_bytes = 7;  // "_x000D_"
  std::string out;
  while (!text.empty()) {
    unsigned code = 0;
    const bool escaped = text.size() >= escape_bytes && text.starts_with("_x") && text[6] == '_' &&
                         std::from_chars(text.data() + 2, text.data() + 6, code, 16).ptr == text.data() + 6;
    if (escaped && code > 0 && code < 0x80) {
      out += static_cast<char>(code);
      text.remove_prefix(escape_bytes);
    } else {
      out += text.front();
      text.remove_prefix(1);
    }
  }
  return out;
}

std::size_t column_of(std::string_view name) {
  constexpr std::size_t columns_of_a_sheet = 16'384;
  std::size_t column = 0;
  for (char c : name) {
    if (c < 'A' || c > 'Z') break;
    column = column * 26 + static_cast<std::size_t>(c - 'A' + 1);
    if (column > columns_of_a_sheet) return columns_of_a_sheet;
  }
  return column == 0 ? columns_of_a_sheet : column - 1;
}

}  // namespace zhijia::exchange::xlsx

namespace zhijia::exchange {

std::string cell_name(std::size_t column, std::size_t row) {
  std::string letters;
  for (std::size_t rest = column + 1; rest > 0; rest = (rest - 1) / 26)
    letters.insert(letters.begin(), static_cast<char>('A' + (rest - 1) % 26));
  return fmt::format("{}{}", letters, row);
}

std::optional<std::pair<std::size_t, std::size_t>> read_cell_name(std::string_view name) {
  constexpr std::size_t columns_max = 16'384, rows_max = 1'048'576;
  const std::size_t digits = std::min(name.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ"), name.size());
  const std::size_t column = digits == 0 ? columns_max : xlsx::column_of(name);
  std::size_t row = 0;
  const auto [end, error] = std::from_chars(name.data() + digits, name.data() + name.size(), row);
  if (error != std::errc{} || end != name.data() + name.size()) return std::nullopt;
  if (column >= columns_max || row == 0 || row > rows_max) return std::nullopt;
  return std::pair(column, row);
}

}  // namespace zhijia::exchange
