#pragma once

#include "base/problem.hpp"
#include "exchange/sheet_reader.hpp"

namespace zhijia::exchange::xlsx {

/// Reads the first visible sheet of the workbook.
Result<SheetFacts> read_workbook(const std::filesystem::path& file, const RowSink& sink, const SheetLimits& limits);

}  // namespace zhijia::exchange::xlsx
