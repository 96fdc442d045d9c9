#pragma once

#include <string>
#include <vector>

#include "access/vault.hpp"
#include "feel/type.hpp"
#include "registers/pack.hpp"
#include "store/schema.hpp"

/// How a register lies in the database, and how its fields look to an expression.
namespace zhijia::registers {

/// Whether the field's value is sealed at rest: identity numbers and bank cards always are, others on request.
bool is_sealed(const Field& field);

/// Whether the field holds the id of a record elsewhere.
bool is_link(const Field& field);

/// The register that a `ref` or `organisation` leads to; empty for people, who are no register, and for plain values.
std::string target_of(const Field& field);

/// The column of the field bears the field's name and has this type.
store::Type column_type(const Field& field);

/// The type of the field in an expression. Money is a number of yuan; a link is Any, because it is the id, or where the
/// expression follows it the record behind it.
feel::Type feel_type(const Field& field);

/// "state" IN ('draft', …)
std::string in_states(const std::vector<std::string>& states, const std::string& alias = {});

/// The same of the states that something is still to be done in, for the index that finds their records.
/// Empty for a register without flow, or whose every state is an end.
std::string open_states(const Register& of, const std::string& alias = {});

/// Whether equal values must be found although they are sealed: the field is unique, or part of a key or unique list.
bool is_matched(const Register& of, const Field& field);

/// Where equality with the field's values is asked for: its column or, when that is sealed, NAME_hash, which holds the
/// vault's fingerprint of the clear value.
std::string match_column(const Field& field);

/// The versioned table of the register: `id`, `position`, `version`, then its fields in order.
store::TableSchema schema_of(const Register& of);

/// Where the registers' sealed values lie, those of earlier versions too, and those of people.
std::vector<access::SealedColumn> sealed_columns(const Catalogue& catalogue);

/// Which unions lie under which: organisation_closure (ancestor, descendant), each union under itself too. Kept by the
/// engine when a record of the register `union` is written; for scopes and counts over a union and all below it.
store::TableSchema closure_schema();

}  // namespace zhijia::registers
