#include "columns/integers.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace zhijia::dmn::columns {

namespace {

template <std::uint8_t Fill>
constexpr auto filled = [] {
  std::array<std::uint8_t, chunk_cases> cells{};
  cells.fill(Fill);
  return cells;
}();

}  // namespace

Integers::Integers(std::uint8_t fill) : fill_(fill) { clear(chunk_cases); }

void Integers::clear(std::size_t n) {
  n_ = n;
  show(fill_ == 0 ? filled<0>.data() : filled<1>.data());
}

std::int64_t Integers::operator[](std::size_t at) const {
  switch (width_) {
    case Width::byte:
      return bytes()[at];
    case Width::small:
      return static_cast<const std::int32_t*>(cells_)[at];
    default:
      return static_cast<const std::int64_t*>(cells_)[at];
  }
}

const std::int32_t* Integers::small() const {
  if (width_ == Width::small) return static_cast<const std::int32_t*>(cells_);
  if (!is_widened_to_small_) loops::widen(bytes(), room(own_small_), n_);
  is_widened_to_small_ = true;
  return own_small_.get();
}

const std::int64_t* Integers::wide() const {
  if (width_ == Width::wide) return static_cast<const std::int64_t*>(cells_);
  if (!is_widened_to_wide_) loops::widen(small(), room(own_wide_), n_);
  is_widened_to_wide_ = true;
  return own_wide_.get();
}

int Integers::bits() const { return bits_ == unknown ? counted_bits() : bits_; }

int Integers::counted_bits() const {
  bits_ = width_ == Width::byte    ? loops::bits_of(bytes(), n_)
          : width_ == Width::small ? loops::bits_of(small(), n_)
                                   : loops::bits_of(wide(), n_);
  return bits_;
}

void Integers::show(const Integers& other) {
  n_ = other.n_;
  show(other.cells_, other.width_);
  bits_ = other.bits_;
}

std::int64_t* Integers::kept() {
  bits_ = unknown;
  if (width_ == Width::wide && cells_ == own_wide_.get()) return own_wide_.get();
  const auto* shown = wide();
  auto* cells = room(own_wide_);
  if (shown != cells) std::copy_n(shown, n_, cells);
  return own_wide();
}

void Integers::repeat() {
  const auto integer = (*this)[0];
  n_ = chunk_cases;
  if (std::in_range<std::uint8_t>(integer))
    std::fill_n(own_bytes(), n_, static_cast<std::uint8_t>(integer));
  else if (std::in_range<std::int32_t>(integer))
    std::fill_n(own_small(), n_, static_cast<std::int32_t>(integer));
  else
    std::fill_n(own_wide(), n_, integer);
}

}  // namespace zhijia::dmn::columns
