#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "store/change_log.hpp"

/// Checkpoints come back from outside. What is taken is written back as it was read, up to its last line.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto checkpoint = zhijia::store::Checkpoint::parse(text);
  if (!checkpoint) return 0;
  const auto again = zhijia::store::Checkpoint::parse(checkpoint->note());
  if (!again || again->note() != checkpoint->note()) std::abort();
  return 0;
}
