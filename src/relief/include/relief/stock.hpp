#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/date.hpp"
#include "store/store.hpp"

namespace zhijia::relief {

/// How many files of a county and a main cause were on the roll when the time began, came, left, and were left.
struct Stock {
  std::string region, cause;  ///< codes
  std::int64_t opening = 0, opened = 0, closed = 0, open = 0;

  /// What always holds: opening + opened − closed = open.
  bool agrees() const { return opening + opened - closed == open; }
};

/// Of the periods on the roll, from the first day to the last, both included; a line for each county and cause that has
/// any, by their codes. Each of the four numbers is counted from the records on its own.
std::vector<Stock> stock_and_flow(store::Reader& reader, Date first, Date last);

}  // namespace zhijia::relief
