#pragma once

#include <string>
#include <vector>

#include "registers/permission.hpp"

/// What waits for somebody: asked for one user, from indexes over the records that are still under way.
namespace zhijia::registers {

/// Records of one register in one state that the user may lead on.
struct Waiting {
  const Register* of = nullptr;
  std::string state;
  std::vector<std::string> steps;  ///< that he may take
  std::int64_t count = 0;
  std::int64_t overdue = 0;             ///< of them, those whose earliest deadline has passed
  std::optional<std::string> next_due;  ///< the earliest deadline that has not, ISO
};

struct Returned {
  const Register* of = nullptr;
  Id record = 0;
  std::string state, reason, by, at;  ///< by: a user's id; at: ISO moment
};

/// A deadline that has passed, or will within due_days.
struct Owed {
  const Register* of = nullptr;
  Id record = 0;
  const Deadline* deadline = nullptr;
  Date due_on;
};

struct Work {
  std::vector<Waiting> waiting;    ///< in the order of the packs; objections too
  std::vector<Returned> returned;  ///< the latest first
  std::vector<Owed> owed;          ///< by day
};

constexpr std::chrono::days due_days{7};
/// What is listed one by one is listed up to here; nobody works through more at a sitting.
constexpr std::size_t work_items_max = 200;

/// Cost: a count for each register and state that the grants lead on from, over its records in that state alone.
Work work_of(store::Reader& reader, const Registers& registers, Id user, const std::vector<access::Grant>& grants);

/// The deadlines of one record, by day; those whose day is not known are left out.
std::vector<Owed> owed_of(store::Reader& reader, const Register& of, Id record);

}  // namespace zhijia::registers
