#pragma once

#include <optional>
#include <vector>

#include "registers/engine.hpp"

namespace zhijia::registers {

/// Who took which step of which record, for rules such as "never by who submitted".
store::TableSchema flow_history_schema();

/// A step as it was taken, and for whom when the role was given by somebody on leave.
struct Taken {
  const Step* step = nullptr;
  std::string by, for_whom = {}, reason = {};
};

/// For note_step(), until the transaction's work is done.
store::Inserter& step_inserter(store::Transaction& transaction);
void note_step(store::Inserter& steps, IdSource& ids, const Register& of, const Record& record, const Taken& taken);
/// What `never_by` calls the making of a record, which is no step.
constexpr std::string_view creating = "create";
/// Whether the user has taken the step, or somebody for him; or, of `creating`, made the record.
bool has_taken(store::Reader& reader, const Register& of, Id record, const std::string& step, const std::string& actor);

/// Who last led the record on from the state; who made it, when nobody did and the flow begins there. Empty for nobody.
std::string who_led_on(store::Reader& reader, const Register& of, Id record, const std::string& state);
/// The day on which the record came into its present state.
Date entered_on(store::Reader& reader, const Register& of, const Record& record);

/// The shortest way from one state to another; empty when they are the same, nothing when there is none.
std::optional<std::vector<const Step*>> way(const Flow& flow, const std::string& from, const std::string& to);

/// The code of a state given by code or title.
std::optional<std::string> state_code(const Flow& flow, const std::string& text);

}  // namespace zhijia::registers
