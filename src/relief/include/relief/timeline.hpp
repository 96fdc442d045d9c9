#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/money.hpp"
#include "people/people.hpp"
#include "registers/permission.hpp"

/// All that any pack knows of a household, on one answer.
namespace zhijia::relief {

/// A record of any register about the household, or about a person of it.
struct Event {
  std::string on;  ///< the day that places it in time
  const registers::Register* of = nullptr;
  Id record = 0;
  std::string label, state;     ///< as people read them; a state empty where there is no flow
  std::string person;           ///< whose it is, where it is one person's
  std::optional<Money> amount;  ///< of a payment that was made
  Message explanation;          ///< of a decision; empty for others

  struct Step {
    std::string name, at, actor;
  };
  std::vector<Step> steps;  ///< who took which step of its flow
};

struct Timeline {
  Id household = 0;
  people::Person head;
  struct Member {
    people::Person person;
    std::string relation;  ///< as people read it; empty for the head
  };
  std::vector<Member> members;  ///< the head first
  std::vector<Event> events;    ///< oldest first
  Money paid;                   ///< of the events, in all
};

/// How far the asker sees in a register; a pack may say who reads it.
using ReachOf = std::function<registers::Reach(const registers::Register& of)>;
/// How much of each field of a record the asker sees, by place of the field.
using SightsOf = std::function<std::vector<registers::Sight>(const registers::Register& of, Id record)>;

/// Reads what the reach covers of the records about the household: those that name it or one of its persons as their
/// subject, and those that must refer to such a record. Of a field that is not seen in clear nothing is told; a
/// person's name is masked, and an amount is in no sum. Problems: household.not_found, when there is no such household
/// or nothing of it is within the reach.
/// Cost: a query by index for each register, and a record each: some milliseconds.
Result<Timeline> timeline(store::Reader& reader, const registers::Registers& registers, Id household,
                          const ReachOf& reach, const SightsOf& sights);

}  // namespace zhijia::relief
