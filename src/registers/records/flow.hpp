#pragma once

#include <optional>
#include <vector>

#include "registers/engine.hpp"

namespace zhijia::registers {

/// Who took which step of which record, for rules such as "never by who submitted".
store::TableSchema flow_history_schema();

void note_step(store::Transaction& transaction, IdSource& ids, const Register& of, const Record& record,
               const Step& step, const std::string& actor);
bool has_taken(store::Reader& reader, const Register& of, Id record, const std::string& step, const std::string& actor);

/// The shortest way from one state to another; empty when they are the same, nothing when there is none.
std::optional<std::vector<const Step*>> way(const Flow& flow, const std::string& from, const std::string& to);

/// The code of a state given by code or title.
std::optional<std::string> state_code(const Flow& flow, const std::string& text);

}  // namespace zhijia::registers
