#pragma once

#include <optional>
#include <string_view>

#include "http/message.hpp"

namespace zhijia::http {

/// Reads a request's target, "/review/2020?language=en", into path and query (RFC 3986). False for one that is no
/// origin form, is badly encoded, is no UTF-8, or climbs (".." stays out of every path).
bool read_target(std::string_view target, Request& into);

}  // namespace zhijia::http
