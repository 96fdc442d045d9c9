#pragma once

#include <string>
#include <string_view>

namespace zhijia::access {

/// SHA-256 (FIPS 180-4) in 64 lower-case hexadecimal digits.
std::string sha256_hex(std::string_view text);

/// `count` bytes of the system's random generator in lower-case hexadecimal digits.
std::string random_hex(std::size_t count);

}  // namespace zhijia::access
