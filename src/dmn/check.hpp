#pragma once

#include <string>
#include <vector>

#include "feel/feel.hpp"

namespace zhijia::dmn {

/// An input that no row of a table matches (rows is empty) or that several do.
struct Finding {
  std::string example;            ///< "Age = 17.5, Kind = \"deep\""
  std::vector<std::size_t> rows;  ///< that match, from 1
};

/// What is looked at in one column: its input as written, its type, and one test a row (nullptr: never true).
struct CheckedColumn {
  std::string text;
  feel::Type type;
  feel::Expression allowed;  ///< nullptr: any value
  std::vector<feel::Expression> tests;
  bool counts = false;  ///< its input is a count(): a whole number from 0
};

struct TableFindings {
  std::vector<Finding> gaps;      ///< the first one only: one example shows where to look
  std::vector<Finding> overlaps;  ///< likewise
};

/// Tries every combination of the values at which some test can change: each bound, the values beside it, each listed
/// value and one that is not listed. Bounds may be sums and products of other numbers, such as a line times a multiple:
/// these are tried with small values in one order of size and with large ones in the other, and only what is wrong in
/// both is told. Finds nothing where a test depends on anything else than its input, or where there are more than
/// combinations_max of them or checks_max cells to look at: loading a model stays quick.
constexpr std::size_t combinations_max = 100'000;
constexpr std::size_t checks_max = 10'000'000;
TableFindings check_table(const std::vector<CheckedColumn>& columns, const feel::Scope& scope);

}  // namespace zhijia::dmn
