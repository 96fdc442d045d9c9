#pragma once

#include <optional>
#include <string>

#include "registers/engine.hpp"

/// What the present state of a record brings with it: rows that go when the state does.
namespace zhijia::registers {

/// Deadlines, and that a record was returned: one row a record and rule.
store::TableSchema agenda_schema();
/// Periods on the public list; they stay, with how they came out.
store::TableSchema publicity_schema();

/// The rule of a record that was returned; no deadline is called so.
constexpr const char* returned_rule = "#returned";

/// Whether anything of the register ever stands in the agenda or on the public list.
bool has_agenda(const Register& of);

/// The name of a rule as the change log has it: "rule:collective_contract.unopposed".
std::string rule_source(const Register& of, std::string_view rule);

void set_deadline(store::Transaction& transaction, const Register& of, Id record, const Deadline& deadline,
                  std::optional<Date> due_on);
void note_returned(store::Transaction& transaction, const Register& of, Id record, const std::string& state,
                   const std::string& to, const std::string& by, const std::string& reason);
void open_publicity(store::Transaction& transaction, IdSource& ids, const Register& of, const Record& record,
                    const std::string& state, Date opened_on, Date ends_on);
/// The record has left its state.
void clear_agenda(store::Transaction& transaction, const Register& of, Id record);

}  // namespace zhijia::registers
