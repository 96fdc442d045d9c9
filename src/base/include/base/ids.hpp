#pragma once

#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>

#include "base/date.hpp"

namespace zhijia {

/// A record's identity: 64 bits, positive, ordered in time. From the top: 1 zero bit, 41 bits of milliseconds since
/// 2020-01-01 UTC, 10 bits of node number, 12 bits of sequence. As text it is the decimal number, so that JavaScript,
/// whose numbers hold 53 bits, never rounds it.
using Id = std::int64_t;

/// Reads it back; 0, which no record has, for any other text.
Id parse_id(std::string_view text);

constexpr int node_max = 1023;

/// Gives out ids that only grow, even when the clock stands still or steps back. Safe to call from any thread.
class IdSource {
 public:
  IdSource(const Clock& clock, int node) : clock_(clock), node_(node) {}
  Id next();

 private:
  const Clock& clock_;
  const int node_;
  std::mutex mutex_;
  std::int64_t tick_ =
      0;  // milliseconds and sequence as one number, so that a full sequence carries into the next millisecond
};

}  // namespace zhijia
