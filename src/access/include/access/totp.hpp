#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/date.hpp"

/// Codes of authenticator apps: RFC 6238 with SHA-1, six digits, steps of 30 seconds, which is what all apps speak.
namespace zhijia::access {

std::string totp_code(std::string_view secret, std::int64_t step);
std::int64_t totp_step(Moment at);

/// The step that the code belongs to, when it is the present one or a neighbour (clocks differ) and later than `after`,
/// the last one used: a code serves once.
std::optional<std::int64_t> accepted_step(std::string_view secret, std::string_view code, Moment at,
                                          std::int64_t after);

/// RFC 4648, without padding.
std::string base32(std::string_view bytes);

}  // namespace zhijia::access
