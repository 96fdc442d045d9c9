#include "base/text.hpp"

#include "base/code_points.hpp"

namespace zhijia {

namespace {

bool is_space(char32_t c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == 0x0B || c == 0x0C || c == 0xA0 || c == 0x3000 ||
         (c >= 0x2000 && c <= 0x200A) || c == 0x202F || c == 0x205F;
}
bool is_invisible(char32_t c) {
  return c == 0x200B || c == 0x200C || c == 0x200D || c == 0x2060 || c == 0xFEFF || c == 0xAD;
}
bool is_full_width_ascii(char32_t c) { return c >= 0xFF01 && c <= 0xFF5E; }
bool is_han(char32_t c) {
  return (c >= 0x3400 && c <= 0x9FFF) || (c >= 0xF900 && c <= 0xFAFF) || (c >= 0x20000 && c <= 0x3FFFF) || c == 0x3007;
}

std::size_t first_code_point_bytes(std::string_view text) {
  std::size_t at = 0;
  char32_t code = 0;
  return !text.empty() && next_code_point(text, at, code) ? at : text.size();
}

/// Whether it is made of visible ASCII and three-byte code points from U+4000 to U+9FFF, which most cells are.
bool is_plain(std::string_view text) {
  const auto follows = [&](std::size_t at) { return at < text.size() && (text[at] & 0xC0) == 0x80; };
  for (std::size_t at = 0; at < text.size(); ++at) {
    const auto byte = static_cast<unsigned char>(text[at]);
    if (byte > ' ' && byte < 0x7F) continue;
    if (byte < 0xE4 || byte > 0xE9 || !follows(at + 1) || !follows(at + 2)) return false;
    at += 2;
  }
  return true;
}

}  // namespace

std::string tidy(std::string_view text) {
  if (is_plain(text)) return std::string(text);
  std::string out;
  out.reserve(text.size());
  bool space_pending = false;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t from = at;
    char32_t code = 0;
    if (!next_code_point(text, at, code)) {
      out += text[at++];  // malformed bytes are left for the caller's is_utf8 to refuse
      continue;
    }
    if (is_invisible(code)) continue;
    if (is_space(code)) {
      space_pending = !out.empty();
      continue;
    }
    if (space_pending) out += ' ';
    space_pending = false;
    if (is_full_width_ascii(code))
      out += static_cast<char>(code - 0xFF01 + 0x21);
    else
      out.append(text.substr(from, at - from));
  }
  return out;
}

std::string tidy_name(std::string_view text) {
  std::string tidied = tidy(text);
  if (!tidied.contains(' ')) return tidied;
  for (std::size_t at = 0; at < tidied.size();) {
    char32_t code = 0;
    if (!next_code_point(tidied, at, code)) return tidied;
    // A Latin letter means a foreign name, whose spaces are its own.
    if (!is_han(code) && code != ' ' && code < 0x80 && ((code | 0x20) >= 'a' && (code | 0x20) <= 'z')) return tidied;
  }
  std::erase(tidied, ' ');
  return tidied;
}

bool is_utf8(std::string_view text) {
  char32_t code = 0;
  for (std::size_t at = 0; at < text.size();)
    if (!next_code_point(text, at, code)) return false;
  return true;
}

std::size_t code_points(std::string_view text) {
  std::size_t count = 0;
  for (char c : text) count += (static_cast<unsigned char>(c) & 0xC0) != 0x80;
  return count;
}

std::string mask_name(std::string_view name) {
  if (name.empty()) return {};
  const std::string surname(name.substr(0, first_code_point_bytes(name)));
  return surname + (code_points(name) <= 2 ? "*" : "**");
}

std::string mask_phone(std::string_view phone) {
  if (phone.size() < 7) return std::string(phone.size(), '*');
  return std::string(phone.substr(0, 3)) + "****" + std::string(phone.substr(phone.size() - 4));
}

std::string mask_number(std::string_view number) {
  if (number.size() <= 4) return std::string(number.size(), '*');
  return std::string(number.size() - 4, '*') + std::string(number.substr(number.size() - 4));
}

bool is_mobile(std::string_view text) {
  return text.size() == 11 && text[0] == '1' && text[1] >= '3' && text[1] <= '9' &&
         text.find_first_not_of("0123456789") == std::string_view::npos;
}

bool is_bank_card(std::string_view digits) {
  if (digits.size() < 12 || digits.size() > 19) return false;
  int sum = 0;
  bool doubled = false;
  for (auto it = digits.rbegin(); it != digits.rend(); ++it, doubled = !doubled) {
    if (*it < '0' || *it > '9') return false;
    const int digit = (*it - '0') * (doubled ? 2 : 1);
    sum += digit > 9 ? digit - 9 : digit;
  }
  return sum % 10 == 0;
}

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  for (std::size_t from = 0;;) {
    const std::size_t to = text.find(separator, from);
    parts.push_back(text.substr(from, to - from));
    if (to == std::string_view::npos) return parts;
    from = to + 1;
  }
}

}  // namespace zhijia
