#pragma once

#include <string>
#include <string_view>

#include "feel/value.hpp"
#include "registers/engine.hpp"

/// One value of one field: from a workbook's cell, to and from an expression.
namespace zhijia::registers {

/// Reads a cell of a field that is no link. `text` is tidied and not empty; `codes` is the code list of a choice.
Result<Stored> read_cell(const Field& field, const CodeList* codes, const std::string& text);

/// As an expression sees it; a link as the id.
feel::Value to_feel(const Field& field, const Stored& value);

/// What a computed field keeps of an expression's result, rounded half up to the field's scale; nothing when the result
/// is of another type.
Stored from_feel(const Field& field, const feel::Value& value);

Problem problem_at(const Field& field, std::string_view code, std::string_view zh, std::string_view en);

}  // namespace zhijia::registers
