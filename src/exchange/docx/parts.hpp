#pragma once

#include <string>
#include <string_view>

#include "exchange/document.hpp"

namespace zhijia::exchange {

/// Paths within the package and their XML, in the order that they are stored in.
std::vector<std::pair<std::string, std::string>> docx_parts(const Document& document);

}  // namespace zhijia::exchange
