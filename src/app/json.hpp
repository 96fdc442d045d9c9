#pragma once

#include <fmt/format.h>

#include <string>
#include <string_view>

namespace zhijia::app {

/// A JSON string (RFC 8259, section 7) with its quotation marks.
inline std::string json_text(std::string_view text) {
  std::string json = "\"";
  for (const char byte : text) {
    if (byte == '"' || byte == '\\')
      (json += '\\') += byte;
    else if (static_cast<unsigned char>(byte) < 0x20)
      json += fmt::format("\\u{:04x}", static_cast<unsigned char>(byte));
    else
      json += byte;
  }
  return json += '"';
}

}  // namespace zhijia::app
