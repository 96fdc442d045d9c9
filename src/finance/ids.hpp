#pragma once

#include <charconv>
#include <string_view>

#include "base/ids.hpp"

namespace zhijia::finance {

/// An id kept as text, because what it leads to may be of any register; 0, which no record has, for anything else.
inline Id id_in(std::string_view text) {
  Id id = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), id);
  return error == std::errc() && end == text.data() + text.size() && id > 0 ? id : 0;
}

}  // namespace zhijia::finance
