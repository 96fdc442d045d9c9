#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace zhijia {

/// The reading of a name without tones, syllables apart: "张伟" → "zhang wei". A first character that is read otherwise
/// as a surname is read so (单 "shan"). Characters that are not Han stand as they are, letters in lower case.
/// Cost: well under a microsecond a name; half a second once, at the first use in a program.
std::string pinyin(std::string_view name);

/// The first letters of the syllables, as people type them to find somebody: "张伟" → "zw".
std::string pinyin_initials(std::string_view name);

/// A small number for the syllable of one character, for comparing many names: equal for equal readings, 0 for what is
/// not Han. `is_first`: the character begins a name.
std::uint16_t syllable(char32_t character, bool is_first);

}  // namespace zhijia
