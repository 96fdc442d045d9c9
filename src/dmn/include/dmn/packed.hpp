#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>
#include <variant>
#include <vector>

namespace zhijia::dmn {

/// Integers of one, four or eight bytes each, as few as hold all of them: a batch waits for memory more than for
/// anything else.
class Packed {
 public:
  using Bytes = std::vector<std::uint8_t>;  ///< 0 … 255
  using Small = std::vector<std::int32_t>;
  using Wide = std::vector<std::int64_t>;

  Packed() = default;
  /// Looks at each, and packs them as closely as they allow.
  explicit Packed(Wide integers);
  /// As they are.
  explicit Packed(Bytes integers) : cells_(std::move(integers)), bits_(8) {}
  explicit Packed(Small integers) : cells_(std::move(integers)), bits_(31) {}

  std::size_t size() const {
    return std::visit([](const auto& cells) { return cells.size(); }, cells_);
  }
  /// So many are enough for the magnitude of each.
  int bits() const { return bits_; }
  std::int64_t operator[](std::size_t at) const {
    return std::visit([at](const auto& cells) { return static_cast<std::int64_t>(cells[at]); }, cells_);
  }
  /// What `look` makes of the Bytes, Small or Wide.
  template <typename Look>
  decltype(auto) visit(Look&& look) const {
    return std::visit(std::forward<Look>(look), cells_);
  }
  /// The same, to change them as they are held.
  template <typename Look>
  decltype(auto) visit(Look&& look) {
    return std::visit(std::forward<Look>(look), cells_);
  }

 private:
  std::variant<Bytes, Small, Wide> cells_;
  int bits_ = 0;
};

}  // namespace zhijia::dmn
