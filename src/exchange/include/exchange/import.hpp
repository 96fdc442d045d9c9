#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>

#include "exchange/sheet_reader.hpp"
#include "registers/engine.hpp"

namespace zhijia::exchange {

struct ImportReport {
  std::int64_t rows = 0;
  std::int64_t created = 0;
  std::int64_t changed = 0;
  std::int64_t unchanged = 0;
};

struct ImportOptions {
  registers::Actor actor;
  SheetLimits limits = {};
  /// Told the rows read so far, every progress_rows rows; returning false cancels, and nothing is stored.
  std::function<bool(std::int64_t rows)> progress = {};
};

/// More faults than this are not listed one by one: nobody mends them by reading.
constexpr std::size_t import_faults_max = 1'000;
constexpr std::int64_t progress_rows = 5'000;

/// Takes a workbook into a register: all of it, or nothing when a row has a fault. The first row that holds the title
/// of a column (Chinese, English or the field's name) is the header; columns may stand in any order, those of fields
/// that are not required may be missing. Problems, each with file, sheet and cell: those of read_sheet,
/// import.no_header, import.missing_column, import.unknown_column, import.column_twice, import.formula_error,
/// sheet.merged (merged cells at or below the header), import.cancelled, and those of registers::Batch.
Result<ImportReport> import_sheet(store::Store& store, const registers::Registers& registers,
                                  const registers::Register& into, const std::filesystem::path& file,
                                  const ImportOptions& options);

}  // namespace zhijia::exchange
