#include "dmn/packed.hpp"

#include <algorithm>

namespace zhijia::dmn {

namespace {

template <typename Cell>
bool holds(const Packed::Wide& integers) {
  if (integers.empty()) return true;
  const auto [least, greatest] = std::ranges::minmax(integers);
  return std::in_range<Cell>(least) && std::in_range<Cell>(greatest);
}

template <typename Cell>
std::vector<Cell> cells_of(const Packed::Wide& integers) {
  std::vector<Cell> cells(integers.size());
  std::ranges::transform(integers, cells.begin(), [](std::int64_t integer) { return static_cast<Cell>(integer); });
  return cells;
}

}  // namespace

Packed::Packed(Wide integers) {
  if (holds<std::uint8_t>(integers))
    cells_ = cells_of<std::uint8_t>(integers);
  else if (holds<std::int32_t>(integers))
    cells_ = cells_of<std::int32_t>(integers);
  else
    cells_ = std::move(integers);
}

}  // namespace zhijia::dmn
