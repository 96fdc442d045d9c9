#pragma once

#include "exchange/sheet_reader.hpp"

namespace zhijia::exchange {

/// As read_sheet, and `sink` is called on this thread; but the sheet is unpacked and parsed on another, a few thousand
/// rows ahead, so that reading costs the one who stores no time.
Result<SheetFacts> read_ahead(const std::filesystem::path& file, const RowSink& sink, const SheetLimits& limits);

}  // namespace zhijia::exchange
