#include "base/code_points.hpp"

#include <array>

namespace zhijia {

bool next_code_point(std::string_view text, std::size_t& at, char32_t& code) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char lead = byte(at);
  if (lead < 0x80) {
    code = lead;
    ++at;
    return true;
  }
  const int length = lead >= 0xF0 && lead <= 0xF4  ? 4
                     : lead >= 0xE0 && lead < 0xF0 ? 3
                     : lead >= 0xC2 && lead < 0xE0 ? 2
                                                   : 0;
  if (length == 0 || at + static_cast<std::size_t>(length) > text.size()) return false;
  constexpr std::array<unsigned char, 5> lead_mask{0, 0, 0x1F, 0x0F, 0x07};
  code = lead & lead_mask[static_cast<std::size_t>(length)];
  for (int i = 1; i < length; ++i) {
    const unsigned char next = byte(at + static_cast<std::size_t>(i));
    if ((next & 0xC0) != 0x80) return false;
    code = (code << 6) | (next & 0x3F);
  }
  constexpr std::array<char32_t, 5> least{0, 0, 0x80, 0x800, 0x10000};
  if (code < least[static_cast<std::size_t>(length)] || code > 0x10FFFF || (code >= 0xD800 && code <= 0xDFFF))
    return false;
  at += static_cast<std::size_t>(length);
  return true;
}

std::u32string to_code_points(std::string_view text) {
  std::u32string points;
  points.reserve(text.size() / 3 + 1);
  for (std::size_t at = 0; at < text.size();) {
    char32_t code = 0;
    if (next_code_point(text, at, code))
      points += code;
    else
      ++at;
  }
  return points;
}

}  // namespace zhijia
