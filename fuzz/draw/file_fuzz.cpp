#include <cstddef>
#include <cstdint>

#include "draw/draw.hpp"

using namespace zhijia;

/// Any bytes as the file of a draw: refused, or read, verified, and written as what reads the same.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto sheet = draw::parse({reinterpret_cast<const char*>(data), size});
  if (!sheet) return 0;
  if (sheet->places <= 10'000) (void)draw::verify(*sheet);
  if (draw::parse(draw::write(*sheet)) != *sheet) __builtin_trap();
  return 0;
}
