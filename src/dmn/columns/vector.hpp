#pragma once

#include <algorithm>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "columns/loops.hpp"
#include "feel/feel.hpp"

namespace zhijia::dmn::columns {

/// Cases that are worked on at a time: few enough that their columns stay in a core's own cache.
constexpr std::size_t chunk_cases = 1'024;
/// Texts kept apart in one column; a column of more holds them one by one.
constexpr std::size_t codes_max = 1U << 16U;
/// Digits after the point that fixed numbers may have: powers of ten up to here are 64 bits.
constexpr int scale_max = 18;

/// How a chunk of values is held. What does not fit its form is odd: it stands beside it as a value.
enum class Form : std::uint8_t {
  null,     ///< nothing but nulls and what is odd
  boolean,  ///< truths: 0 or 1
  fixed,    ///< integers × 10^-scale
  ratio,    ///< integers ÷ divisors × 10^-scale: a quotient that is not rounded until somebody asks for it
  number,   ///< numbers
  date,     ///< integers: days since 1970-01-01
  coded,    ///< integers: places in the dictionary
};

/// What is known of one value.
using State = std::uint8_t;
constexpr State given = 0;
constexpr State null = 1;  ///< may also be set beside odd
constexpr State odd = 2;

std::int64_t power_of_ten(int exponent);  ///< 0 … scale_max

/// Values of a chunk: its own, which can be written, or those of somebody else, which are read where they are.
template <typename T>
class Cells {
 public:
  explicit Cells(T fill) : own_(chunk_cases, fill), shown_(own_.data()) {}
  Cells(const Cells&) = delete;
  Cells& operator=(const Cells&) = delete;

  const T& operator[](std::size_t at) const { return shown_[at]; }
  T& operator[](std::size_t at) { return own_[at]; }
  const T* data() const { return shown_; }
  T* own() {
    shown_ = own_.data();
    return own_.data();
  }
  void show(const T* others) { shown_ = others; }
  void repeat() {
    std::fill(own_.begin(), own_.end(), T(shown_[0]));
    shown_ = own_.data();
  }

 private:
  std::vector<T> own_;
  const T* shown_;
};

/// One column of a chunk. Integers and truths of cases that are not given are 0 (divisors 1), so that loops need not
/// skip them.
struct Vector {
  Vector() = default;
  Vector(const Vector&) = delete;
  Vector& operator=(const Vector&) = delete;

  /// Of an odd value only where somebody put it there: the values of expressions always are, those within are not.
  feel::Value get(std::size_t at) const;
  /// Of a number that is given, rounded as evaluating it alone rounds it.
  feel::Number number_at(std::size_t at) const;
  /// Bits that hold the magnitudes of the n integers of the chunk: as few as do, unless noted.
  int bits(std::size_t n) const {
    if (bits_ < 0) bits_ = loops::bits_of(integers.data(), n);
    return bits_;
  }
  /// The same of its divisors.
  int divisor_bits(std::size_t n) const {
    if (divisor_bits_ < 0) divisor_bits_ = loops::bits_of(divisors.data(), n);
    return divisor_bits_;
  }
  /// What is known of them without looking at each. Where that many are too many, they are counted.
  void note_bits(int bits) { bits_ = bits <= loops::bits_max ? bits : -1; }
  void note_divisor_bits(int bits) { divisor_bits_ = bits <= loops::bits_max ? bits : -1; }
  bool is_number() const { return form == Form::fixed || form == Form::ratio || form == Form::number; }

  /// Where values are put for take().
  feel::Values& room();
  /// Puts the values of [0, n) of room() into the form that suits most of them.
  void take(std::size_t n);
  /// Puts one value where an odd one is; its state tells what became of it.
  void put(std::size_t at, feel::Value value);
  void clear(Form new_form, std::size_t n);  ///< all given
  void widen(const std::int32_t* small, std::size_t n);  ///< its integers, after clear()
  void note_states(std::size_t n);           ///< brings `seen` up to date
  void repeat();                             ///< the first value for the whole chunk

  Form form = Form::null;
  State seen = null;  ///< states of the chunk, put together
  int scale = 0;
  std::vector<State> states = std::vector<State>(chunk_cases, null);
  Cells<std::int64_t> integers{0};
  Cells<std::uint8_t> truths{0};
  Cells<std::int64_t> divisors{1};
  std::vector<feel::Number> numbers;
  feel::Values values;                       ///< the odd ones
  const feel::Values* dictionary = nullptr;  ///< of coded
  const Vector* dividend = nullptr;          ///< of a ratio, as is `divisor`
  const Vector* divisor = nullptr;

 private:
  mutable int bits_ = -1;  // not known, as the next
  mutable int divisor_bits_ = -1;
  void take_numbers(std::size_t n);
  void take_texts(std::size_t n);
  bool set(std::size_t at, const feel::Value& value);

  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>()(text); }
  };
  struct Own {
    feel::Values values;
    std::unordered_map<std::string, std::int64_t, Hash, std::equal_to<>> codes;
  };
  std::unique_ptr<Own> own_;  // dictionary of the texts that this column met
};

}  // namespace zhijia::dmn::columns
