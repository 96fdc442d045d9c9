#include "exchange/sheet_reader.hpp"

#include "csv_reader.hpp"
#include "xlsx/workbook.hpp"

namespace zhijia::exchange {

Result<SheetFacts> read_sheet(const std::filesystem::path& file, const RowSink& sink, const SheetLimits& limits) {
  const std::string ending = file.extension().string();
  if (ending == ".csv" || ending == ".CSV" || ending == ".txt") return read_csv(file, sink, limits);
  return xlsx::read_workbook(file, sink, limits);
}

}  // namespace zhijia::exchange
