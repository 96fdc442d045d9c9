#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace zhijia::registers {

/// The GB/T 2260 code for a county's name, short name or code; of Hanzhong (610700) and its eleven counties.
std::optional<std::string_view> region_code(std::string_view text);

/// Its Chinese name; empty for an unknown code.
std::string_view region_name(std::string_view code);

/// All of them by name.
std::vector<std::string> region_names();

}  // namespace zhijia::registers
