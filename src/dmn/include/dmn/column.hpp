#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <utility>
#include <vector>

#include "dmn/packed.hpp"
#include "feel/value.hpp"

namespace zhijia::dmn {

/// One value a case, held in the cheapest form that tells it: a million amounts are 4 MB and no allocations.
///
/// A column of one value holds for every case, as the policy's parameters do.
struct Column {
  enum class Form : std::uint8_t {
    values,    ///< anything: `values`
    numbers,   ///< integers × 10^-scale; fen are numbers of scale 2, in yuan
    dates,     ///< integers: days since 1970-01-01
    booleans,  ///< `truths`: 0 or 1
    coded,     ///< `codes`: places in `values`, which holds each distinct value at least once
    parts      ///< contexts: `parts`, each a column of as many cases
  };

  Column() = default;
  Column(feel::Values all) : values(std::move(all)) {}
  Column(std::initializer_list<feel::Value> all) : values(all) {}
  static Column of_numbers(std::vector<std::int64_t> coefficients, int scale = 0);
  static Column of_dates(std::vector<std::int64_t> days);
  static Column of_booleans(std::vector<std::uint8_t> truths);
  static Column of_codes(Packed codes, feel::Values dictionary);
  static Column of_parts(std::vector<std::pair<std::string, Column>> parts);

  std::size_t size() const;
  feel::Value at(std::size_t place) const;  ///< the only value, whatever the place, of a column of one
  /// Whether it can hold for so many cases: its lengths agree, and codes lie in the dictionary.
  bool covers(std::size_t cases) const;

  Form form = Form::values;
  int scale = 0;  ///< 0 … 18
  feel::Values values;
  Packed integers;
  std::vector<std::uint8_t> truths;
  Packed codes;
  std::vector<std::pair<std::string, Column>> parts;
  /// 1 where there is no value; empty: there is one everywhere. Not of values (they may be null) nor of parts.
  std::vector<std::uint8_t> missing;
};

}  // namespace zhijia::dmn
