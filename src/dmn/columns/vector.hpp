#pragma once

#include <algorithm>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "columns/integers.hpp"
#include "feel/feel.hpp"

namespace zhijia::dmn::columns {

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

/// Truths of a chunk: its own, which can be written, or those of somebody else, which are read where they are.
class Truths {
 public:
  Truths() : own_(chunk_cases, 0), shown_(own_.data()) {}
  Truths(const Truths&) = delete;
  Truths& operator=(const Truths&) = delete;

  const std::uint8_t& operator[](std::size_t at) const { return shown_[at]; }
  std::uint8_t& operator[](std::size_t at) { return own_[at]; }
  const std::uint8_t* data() const { return shown_; }
  std::uint8_t* own() {
    shown_ = own_.data();
    return own_.data();
  }
  void show(const std::uint8_t* others) { shown_ = others; }
  void repeat() {
    std::ranges::fill(own_, std::uint8_t{shown_[0]});
    shown_ = own_.data();
  }

 private:
  std::vector<std::uint8_t> own_;
  const std::uint8_t* shown_;
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
  bool is_number() const { return form == Form::fixed || form == Form::ratio || form == Form::number; }

  /// Where values are put for take().
  feel::Values& room();
  /// Puts the values of [0, n) of room() into the form that suits most of them.
  void take(std::size_t n);
  /// Puts one value where an odd one is; its state tells what became of it.
  void put(std::size_t at, feel::Value value);
  void clear(Form new_form, std::size_t n);  ///< all given
  void note_states(std::size_t n);           ///< brings `seen` up to date, which whoever changes a state must do
  void repeat();                             ///< the first value for the whole chunk

  Form form = Form::null;
  State seen = null;  ///< states of the chunk, put together
  int scale = 0;
  std::vector<State> states = std::vector<State>(chunk_cases, null);
  Integers integers{0};
  Truths truths;
  Integers divisors{1};
  std::vector<feel::Number> numbers;
  feel::Values values;                       ///< the odd ones
  const feel::Values* dictionary = nullptr;  ///< of coded
  const Vector* dividend = nullptr;          ///< of a ratio, as is `divisor`
  const Vector* divisor = nullptr;

 private:
  std::size_t given_ = 0;  ///< states from the first that are given where `seen` says so

  bool put_scaled(std::size_t at, feel::Number number);
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
