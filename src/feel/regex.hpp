#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace zhijia::feel {

/// XPath 2.0 regular expressions (OMG DMN 1.5, table 75), on ICU. Flags are any of "smix". std::nullopt: the pattern,
/// its flags or its replacement are not well-formed, or matching takes longer than the limit allows.
/// What was done is added to `work`, in states of the engine and bytes.
std::optional<bool> regex_matches(std::string_view input, std::string_view pattern, std::string_view flags,
                                  std::uint64_t& work);
std::optional<std::string> regex_replace(std::string_view input, std::string_view pattern, std::string_view replacement,
                                         std::string_view flags, std::uint64_t& work);
std::optional<std::vector<std::string>> regex_split(std::string_view input, std::string_view pattern,
                                                    std::uint64_t& work);

}  // namespace zhijia::feel
