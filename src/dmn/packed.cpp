#include "dmn/packed.hpp"

#include <algorithm>
#include <bit>
#include <limits>

namespace zhijia::dmn {

namespace {

template <typename Cell>
std::vector<Cell> cells_of(const Packed::Wide& integers) {
  std::vector<Cell> cells(integers.size());
  std::ranges::transform(integers, cells.begin(), [](std::int64_t integer) { return static_cast<Cell>(integer); });
  return cells;
}

}  // namespace

Packed::Packed(Wide integers) {
  std::uint64_t magnitudes = 0;
  bool is_any_negative = false;
  for (const auto integer : integers) {
    magnitudes |= static_cast<std::uint64_t>(integer < 0 ? ~integer : integer);
    is_any_negative = is_any_negative || integer < 0;
  }
  bits_ = std::bit_width(magnitudes);
  if (bits_ <= std::numeric_limits<std::uint8_t>::digits && !is_any_negative)
    cells_ = cells_of<std::uint8_t>(integers);
  else if (bits_ <= std::numeric_limits<std::int32_t>::digits)
    cells_ = cells_of<std::int32_t>(integers);
  else
    cells_ = std::move(integers);
}

}  // namespace zhijia::dmn
