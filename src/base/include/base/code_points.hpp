#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace zhijia {

/// Reads the code point of UTF-8 at `at` and moves past it; returns false, and does not move, on malformed bytes.
bool next_code_point(std::string_view text, std::size_t& at, char32_t& code);

/// The code points of a text; malformed bytes are left out.
std::u32string to_code_points(std::string_view text);

}  // namespace zhijia
