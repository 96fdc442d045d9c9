#include "lexical.hpp"

#include <algorithm>
#include <array>

namespace zhijia::feel {
namespace {

struct Interval {
  char32_t first, last;
};

template <std::size_t N>
bool within(const std::array<Interval, N>& intervals, char32_t c) {
  return std::ranges::any_of(intervals, [&](const Interval& i) { return c >= i.first && c <= i.last; });
}

bool is_space(char32_t c) {
  constexpr std::array<Interval, 9> spaces{{{0x09, 0x0D},
                                            {0x20, 0x20},
                                            {0x85, 0x85},
                                            {0xA0, 0xA0},
                                            {0x1680, 0x1680},
                                            {0x180E, 0x180E},
                                            {0x2000, 0x200B},
                                            {0x2028, 0x202F},
                                            {0x205F, 0x205F}}};
  return within(spaces, c) || c == 0x3000 || c == 0xFEFF;
}

/// OMG DMN 1.5, 10.3.1.2, grammar rules 28 and 29, without `?`, which is its own token here.
bool is_name_start(char32_t c) {
  constexpr std::array<Interval, 16> starts{{{'A', 'Z'},
                                             {'_', '_'},
                                             {'a', 'z'},
                                             {0xC0, 0xD6},
                                             {0xD8, 0xF6},
                                             {0xF8, 0x2FF},
                                             {0x370, 0x37D},
                                             {0x37F, 0x1FFF},
                                             {0x200C, 0x200D},
                                             {0x2070, 0x218F},
                                             {0x2C00, 0x2FEF},
                                             {0x3001, 0xD7FF},
                                             {0xF900, 0xFDCF},
                                             {0xFDF0, 0xFFFD},
                                             {0x10000, 0xEFFFF},
                                             {0xAA, 0xAA}}};
  return within(starts, c) && !is_space(c);
}

bool is_name_part(char32_t c) {
  return is_name_start(c) || (c >= '0' && c <= '9') || c == 0xB7 || (c >= 0x300 && c <= 0x36F) ||
         (c >= 0x203F && c <= 0x2040);
}

bool is_name_symbol(char c) { return std::string_view("./-'+*").find(c) != std::string_view::npos; }

std::size_t word_length(std::string_view text, std::size_t at) {
  std::size_t end = at;
  while (end < text.size()) {
    std::size_t length = 0;
    if (!is_name_part(code_point(text, end, length))) break;
    end += length;
  }
  return end - at;
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

}  // namespace

char32_t code_point(std::string_view text, std::size_t at, std::size_t& length) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[at + i]); };
  const auto follow = [&](std::size_t i) { return static_cast<char32_t>(byte(i) & 0x3FU); };
  const auto first = byte(0);
  if (first < 0x80) {
    length = 1;
    return first;
  }
  if (first < 0xE0) {
    length = 2;
    return (static_cast<char32_t>(first & 0x1FU) << 6U) | follow(1);
  }
  if (first < 0xF0) {
    length = 3;
    return (static_cast<char32_t>(first & 0x0FU) << 12U) | (follow(1) << 6U) | follow(2);
  }
  length = 4;
  return (static_cast<char32_t>(first & 0x07U) << 18U) | (follow(1) << 12U) | (follow(2) << 6U) | follow(3);
}

void append_utf8(std::string& text, char32_t c) {
  const auto put = [&](char32_t byte) { text += static_cast<char>(byte); };
  if (c < 0x80) {
    put(c);
  } else if (c < 0x800) {
    put(0xC0 | (c >> 6U));
    put(0x80 | (c & 0x3FU));
  } else if (c < 0x10000) {
    put(0xE0 | (c >> 12U));
    put(0x80 | ((c >> 6U) & 0x3FU));
    put(0x80 | (c & 0x3FU));
  } else {
    put(0xF0 | (c >> 18U));
    put(0x80 | ((c >> 12U) & 0x3FU));
    put(0x80 | ((c >> 6U) & 0x3FU));
    put(0x80 | (c & 0x3FU));
  }
}

void Cursor::skip_space() {
  while (at_ < text_.size()) {
    const auto rest = text_.substr(at_);
    if (rest.starts_with("//")) {
      at_ += std::min(rest.find('\n'), rest.size());
      continue;
    }
    if (rest.starts_with("/*")) {
      const auto end = rest.find("*/", 2);
      if (end == std::string_view::npos) return;  // no comment: the parser will stumble over it
      at_ += end + 2;
      continue;
    }
    std::size_t length = 0;
    if (!is_space(code_point(text_, at_, length))) return;
    at_ += length;
  }
}

bool Cursor::comes(std::string_view symbol) {
  skip_space();
  return text_.substr(at_).starts_with(symbol);
}

bool Cursor::take(std::string_view symbol) {
  if (!comes(symbol)) return false;
  at_ += symbol.size();
  return true;
}

std::string_view Cursor::peek_word() {
  skip_space();
  if (at_ >= text_.size()) return {};
  std::size_t length = 0;
  if (!is_name_start(code_point(text_, at_, length))) return {};
  return text_.substr(at_, word_length(text_, at_));
}

bool Cursor::comes_word(std::string_view word) { return peek_word() == word; }

bool Cursor::take_word(std::string_view word) {
  if (!comes_word(word)) return false;
  at_ += word.size();
  return true;
}

std::vector<Cursor::Part> Cursor::name_parts(std::size_t count) {
  std::vector<Part> parts;
  const auto from = at_;
  while (parts.size() < count) {
    skip_space();
    if (at_ >= text_.size()) break;
    std::size_t length = word_length(text_, at_);
    if (length == 0 && is_name_symbol(text_[at_])) length = 1;
    if (length == 0 || (parts.empty() && peek_word().empty())) break;
    parts.push_back({text_.substr(at_, length), static_cast<std::uint32_t>(at_ + length)});
    at_ += length;
  }
  at_ = from;
  return parts;
}

std::string Cursor::take_name(bool stops_at_in) {
  constexpr std::size_t name_parts_max = 100;
  skip_space();
  const auto from = at_;
  auto parts = name_parts(name_parts_max);
  const auto in = std::ranges::find(parts, "in", &Part::text);
  if (stops_at_in && in != parts.end() && in != parts.begin()) parts.erase(in, parts.end());
  if (parts.empty()) return {};
  at_ = parts.back().end;
  // Runs of spaces are one space; otherwise the name stays as written.
  std::string name;
  bool space = false;
  for (std::size_t i = from; i < at_;) {
    std::size_t length = 0;
    const bool is_blank = is_space(code_point(text_, i, length));
    if (!is_blank) {
      if (space) name += ' ';
      name += text_.substr(i, length);
    }
    space = is_blank;
    i += length;
  }
  return name;
}

std::optional<std::string_view> Cursor::take_number() {
  skip_space();
  auto end = at_;
  const auto digits = [&] {
    const auto first = end;
    while (end < text_.size() && is_digit(text_[end])) ++end;
    return end > first;
  };
  const bool whole = digits();
  if (end + 1 < text_.size() && text_[end] == '.' && is_digit(text_[end + 1])) {
    ++end;
    digits();
  } else if (!whole) {
    return std::nullopt;
  }
  if (end < text_.size() && (text_[end] == 'e' || text_[end] == 'E')) {
    const auto mantissa_end = end++;
    if (end < text_.size() && (text_[end] == '+' || text_[end] == '-')) ++end;
    if (!digits()) end = mantissa_end;
  }
  const auto number = text_.substr(at_, end - at_);
  at_ = end;
  return number;
}

namespace {

/// The value of `count` hexadecimal digits; std::nullopt when there are fewer.
std::optional<char32_t> hexadecimal(std::string_view text, std::size_t at, std::size_t count) {
  if (at + count > text.size()) return std::nullopt;
  char32_t value = 0;
  for (const char c : text.substr(at, count)) {
    const auto lower = static_cast<char>(c | 0x20);
    if (!is_digit(c) && (lower < 'a' || lower > 'f')) return std::nullopt;
    value = value * 16 + static_cast<char32_t>(is_digit(c) ? c - '0' : lower - 'a' + 10);
  }
  return value;
}

bool is_high_surrogate(char32_t c) { return c >= 0xD800 && c < 0xDC00; }
bool is_low_surrogate(char32_t c) { return c >= 0xDC00 && c < 0xE000; }

/// Appends what the escape at `at` (just behind the backslash) means and moves behind it; false when it means nothing.
bool append_escape(std::string_view text, std::size_t& at, std::string& out) {
  const char kind = text[at];
  constexpr std::string_view plain = "nrt'\"\\";
  constexpr std::string_view meanings = "\n\r\t'\"\\";
  if (const auto found = plain.find(kind); found != std::string_view::npos) {
    out += meanings[found];
    ++at;
    return true;
  }
  if (kind != 'u' && kind != 'U') return false;
  const std::size_t width = kind == 'u' ? 4 : 6;
  auto c = hexadecimal(text, at + 1, width);
  if (!c || *c > 0x10FFFF) return false;
  auto end = at + 1 + width;
  if (is_high_surrogate(*c) && text.substr(end).starts_with("\\u")) {
    if (const auto low = hexadecimal(text, end + 2, 4); low && is_low_surrogate(*low)) {
      c = 0x10000 + ((*c - 0xD800) << 10U) + (*low - 0xDC00);
      end += 6;
    }
  }
  if (is_high_surrogate(*c) || is_low_surrogate(*c)) c = 0xFFFD;  // half a character is none
  append_utf8(out, *c);
  at = end;
  return true;
}

}  // namespace

std::optional<std::string> Cursor::take_string() {
  skip_space();
  if (!comes("\"")) return std::nullopt;
  std::string out;
  for (auto i = at_ + 1; i < text_.size();) {
    const char c = text_[i];
    if (c == '"') {
      at_ = i + 1;
      return out;
    }
    if (c == '\\' && i + 1 < text_.size()) {
      ++i;
      // An unknown escape stays as written: regular expressions are full of them.
      if (!append_escape(text_, i, out)) out += '\\';
      continue;
    }
    out += c;
    ++i;
  }
  return std::nullopt;
}

std::string name_key(const std::vector<Cursor::Part>& parts, std::size_t count) {
  std::string key;
  bool after_word = false;
  for (std::size_t i = 0; i < count; ++i) {
    const bool is_word = parts[i].text.size() > 1 || !is_name_symbol(parts[i].text[0]);
    if (is_word && after_word) key += ' ';
    key += parts[i].text;
    after_word = is_word;
  }
  return key;
}

std::string name_key(std::string_view name) {
  constexpr std::size_t name_parts_max = 100;
  Cursor cursor(name);
  const auto parts = cursor.name_parts(name_parts_max);
  return parts.empty() || parts.back().end < name.find_last_not_of(" \t\r\n") + 1 ? std::string(name)
                                                                                  : name_key(parts, parts.size());
}

std::size_t name_part_count(std::string_view key) {
  constexpr std::size_t name_parts_max = 100;
  return Cursor(key).name_parts(name_parts_max).size();
}

}  // namespace zhijia::feel
