#include "server/target.hpp"

#include <cstdint>
#include <cstdlib>

#include "base/text.hpp"

/// A stranger's request target is read or refused; what is read is text and never climbs.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  zhijia::http::Request request;
  if (!zhijia::http::read_target({reinterpret_cast<const char*>(data), size}, request)) return 0;
  for (const std::string& segment : request.path)
    if (segment == ".." || segment == "." || !zhijia::is_utf8(segment)) std::abort();
  for (const auto& [name, value] : request.query)
    if (!zhijia::is_utf8(name) || !zhijia::is_utf8(value)) std::abort();
  return 0;
}
