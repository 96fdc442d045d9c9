#pragma once

#include "exchange/sheet_reader.hpp"

namespace zhijia::exchange {

Result<SheetFacts> read_csv(const std::filesystem::path& file, const RowSink& sink, const SheetLimits& limits);

}  // namespace zhijia::exchange
