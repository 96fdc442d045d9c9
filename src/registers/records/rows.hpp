#pragma once

#include <string>
#include <vector>

#include "feel/value.hpp"
#include "records/layout.hpp"

/// The rows of a record's sub-tables, as expressions see them.
namespace zhijia::registers {

/// The sub-tables of a register, objections left out.
std::vector<const Register*> sub_tables(const Catalogue& catalogue, const Register& of);

/// What an expression calls the sub-table: its name in the pack.
std::string part_name(const Register& table);

/// The rows of the record in the sub-table, in the order in which they were made, each a context.
feel::Value rows_of(const Register& table, Id record, store::Reader& reader, const Layouts& layouts);

}  // namespace zhijia::registers
