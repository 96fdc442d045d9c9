#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace zhijia {

/// What a careful typist would have entered: full-width letters, digits and punctuation of ASCII folded to half width,
/// ideographic and no-break spaces and line breaks to one space, zero-width characters dropped, ends trimmed.
std::string tidy(std::string_view text);

/// A person's or unit's name for comparison: tidied, and without any space inside when it is Chinese ("张  三" →
/// "张三").
std::string tidy_name(std::string_view text);

/// Whether the bytes are well-formed UTF-8 (no surrogates, no overlong forms).
bool is_utf8(std::string_view text);
/// Code points of a well-formed UTF-8 text.
std::size_t code_points(std::string_view text);

/// Public lists show the surname only: 张三 → 张*, longer names 张**, whatever their length.
std::string mask_name(std::string_view name);
/// 13812341234 → 138****1234; anything shorter than seven characters is hidden whole.
std::string mask_phone(std::string_view phone);
/// Identity numbers and cards in lists: the last four characters stay, the rest are stars.
std::string mask_number(std::string_view number);

/// Mainland mobile number: 1[3-9] and nine digits.
bool is_mobile(std::string_view text);
/// Luhn check (ISO/IEC 7812-1) on 12 to 19 digits.
bool is_bank_card(std::string_view digits);

std::vector<std::string_view> split(std::string_view text, char separator);

}  // namespace zhijia
