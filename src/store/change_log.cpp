#include "store/change_log.hpp"

#include <charconv>

namespace zhijia::store {

namespace {

void append_netstring(std::string& bytes, std::string_view text) {
  std::array<char, 20> digits{};
  const auto end = std::to_chars(digits.begin(), digits.end(), text.size()).ptr;
  bytes.append(digits.begin(), end).append(":").append(text).append(",");
}

void append_netstring(std::string& bytes, std::int64_t number) { append_netstring(bytes, std::to_string(number)); }

}  // namespace

std::string canonical_bytes(std::int64_t position, std::string_view at, const LogEntry& entry) {
  std::string bytes;
  bytes.reserve(128 + entry.body.size());
  append_netstring(bytes, position);
  append_netstring(bytes, at);
  append_netstring(bytes, entry.actor);
  append_netstring(bytes, entry.source);
  append_netstring(bytes, entry.kind);
  append_netstring(bytes, entry.register_);
  append_netstring(bytes, entry.record);
  append_netstring(bytes, entry.body);
  return bytes;
}

}  // namespace zhijia::store
