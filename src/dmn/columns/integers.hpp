#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

#include "columns/loops.hpp"

namespace zhijia::dmn::columns {

/// Cases that are worked on at a time: few enough that their columns stay in a core's own cache.
constexpr std::size_t chunk_cases = 1'024;

/// Integers of a chunk, in as few bits as who made them knew to be enough: its own, which can be written, or those of
/// somebody else, which are read where they are. One thread's: they are widened when somebody asks for more bits.
class Integers {
 public:
  enum class Width : std::uint8_t {
    byte,   ///< 0 … 255
    small,  ///< 32 bits
    wide    ///< 64 bits
  };

  /// All of them `fill`, of a byte, until there is something else.
  explicit Integers(std::uint8_t fill);

  /// Begins a chunk of n: all `fill` again.
  void clear(std::size_t n);
  Width width() const { return width_; }
  /// Whether small() may be asked for.
  bool is_narrow() const { return width_ != Width::wide; }
  std::int64_t operator[](std::size_t at) const;

  const std::uint8_t* bytes() const { return static_cast<const std::uint8_t*>(cells_); }  ///< of bytes only
  const std::int32_t* small() const;                                                      ///< not of wide ones
  const std::int64_t* wide() const;

  /// Bits that hold the magnitudes of all: as few as do, unless more were noted.
  int bits() const;
  /// As few as do.
  int counted_bits() const;
  /// What is known of them without looking at each. Where that many are too many, they are counted.
  void note_bits(int bits) { bits_ = bits <= loops::bits_max ? bits : unknown; }

  /// Reads n of somebody else's from here on, which must stay.
  void show(const std::uint8_t* others) { show(others, Width::byte); }
  void show(const std::int32_t* others) { show(others, Width::small); }
  void show(const std::int64_t* others) { show(others, Width::wide); }
  void show(const Integers& other);

  // Room for all of the chunk, which the caller writes.

  std::uint8_t* own_bytes() { return own<std::uint8_t>(own_bytes_, Width::byte); }
  std::int32_t* own_small() { return own<std::int32_t>(own_small_, Width::small); }
  std::int64_t* own_wide() { return own<std::int64_t>(own_wide_, Width::wide); }
  /// To change some of those that are there.
  std::int64_t* kept();
  void put(std::size_t at, std::int64_t integer) { kept()[at] = integer; }

  /// The first of them for every case of any chunk.
  void repeat();

 private:
  static constexpr int unknown = -1;

  template <typename T>
  static T* room(std::unique_ptr<T[]>& cells) {
    if (!cells) cells = std::make_unique<T[]>(chunk_cases);
    return cells.get();
  }
  template <typename T>
  T* own(std::unique_ptr<T[]>& cells, Width width) {
    show(room(cells), width);
    return cells.get();
  }
  void show(const void* others, Width width) {
    cells_ = others;
    width_ = width;
    bits_ = unknown;
    is_widened_to_small_ = is_widened_to_wide_ = false;
  }

  std::uint8_t fill_;
  Width width_ = Width::byte;
  std::size_t n_ = chunk_cases;
  const void* cells_;
  mutable int bits_ = unknown;
  // What is not shown in its width holds what was widened to it.
  mutable bool is_widened_to_small_ = false;
  mutable bool is_widened_to_wide_ = false;
  std::unique_ptr<std::uint8_t[]> own_bytes_;
  mutable std::unique_ptr<std::int32_t[]> own_small_;
  mutable std::unique_ptr<std::int64_t[]> own_wide_;
};

}  // namespace zhijia::dmn::columns
