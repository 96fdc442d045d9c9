#pragma once

#include "registers/engine.hpp"

namespace zhijia::registers {

/// What a run of the schedule did.
struct Ticked {
  std::int64_t caught_up = 0;  ///< records whose state had begun before the pack asked for a deadline or publicity
  std::int64_t settled = 0;    ///< publicities that came to their end
  std::int64_t steps = 0;      ///< steps taken because a deadline had passed
  Problems refused;  ///< why steps could not be taken, place.record naming each; they are tried again next time
};

/// Does everything whose day has come: ends publicities, and takes the steps of deadlines that have passed, each in a
/// transaction of its own, by the actor "system" with the rule's name as source. To be run at start and every hour;
/// what was missed while nothing ran is made up for, and a second run finds nothing left to do. Cost: a look into
/// partial indexes when nothing is due, however many records there are.
Result<Ticked> tick(store::Store& store, const Registers& registers);

}  // namespace zhijia::registers
