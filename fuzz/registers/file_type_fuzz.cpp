#include <cstddef>
#include <cstdint>
#include <string_view>

#include "registers/attachments.hpp"

/// Bytes that a stranger sends as a paper.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  (void)zhijia::registers::file_type({reinterpret_cast<const char*>(data), size});
  return 0;
}
