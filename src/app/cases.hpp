#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "dmn/batch.hpp"

namespace zhijia::app {

/// Reads a sheet of cases for a model: one row a case, one column an input, headed by the input's name; a part of a
/// structured input is headed "Input.part". `fixed` gives inputs that are the same for every case ("Minimum
/// Wage=1800"), as a policy's parameters are. An empty cell is null; an input without column is null in every case.
/// Problems, with file, sheet and cell: those of exchange::read_sheet, decide.column (no such input),
/// decide.column_twice, decide.value (the cell is none of the input's type), decide.fixed.
Result<dmn::Columns> read_cases(const dmn::Model& model, const std::filesystem::path& file,
                                const std::vector<std::string>& fixed);

}  // namespace zhijia::app
