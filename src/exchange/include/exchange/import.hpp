#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <set>

#include "exchange/mapping.hpp"
#include "exchange/sheet_reader.hpp"
#include "registers/engine.hpp"

/// Workbooks into registers. What a person does with it, and what is forgiven, is in docs/import.md.
namespace zhijia::exchange {

struct ImportReport {
  std::int64_t rows = 0;  ///< with something in them, below the header
  std::int64_t created = 0;
  std::int64_t changed = 0;
  std::int64_t unchanged = 0;
  std::int64_t faulty = 0;                             ///< rows with a fault: checked and not stored, or left out
  std::int64_t faults = 0;                             ///< all in all
  std::int64_t first_position = 0, last_position = 0;  ///< what it wrote to the change log; undo needs them
};

/// One thing wrong with one cell, or with its row as a whole.
struct Fault {
  std::size_t row = 0;     ///< as the spreadsheet counts
  std::size_t column = 0;  ///< from 0
  std::string header;      ///< of the column
  std::string value;       ///< what stands in the cell
  Problem problem;
};

/// Cells that are to be read otherwise than they stand in the file: row as the spreadsheet counts, column from 0.
using Corrections = std::map<std::pair<std::size_t, std::size_t>, std::string>;

struct ImportOptions {
  registers::Actor actor;
  /// Of the account in whose name it is done: see registers::BatchRules.
  std::optional<std::vector<access::Grant>> grants = {};
  bool keeps_filled = false;
  /// Absent: the header's own titles; one that is none of the register's is a fault then.
  std::optional<Mapping> mapping = {};
  Corrections corrections = {};
  std::set<std::size_t> left_out = {};  ///< rows that are not taken
  SheetLimits limits = {};
  /// Told the rows read so far, every progress_rows rows; returning false cancels, and nothing is stored.
  std::function<bool(std::int64_t rows)> progress = {};
  /// Called when all is written, before it is settled: what is written with it is stored with the import or not at all.
  std::function<void(store::Transaction& transaction, const ImportReport& report)> conclude = {};
};

/// More faults than this are not listed one by one: nobody mends them by reading.
constexpr std::size_t import_faults_max = 1'000;
constexpr std::int64_t progress_rows = 5'000;

/// Takes a workbook into a register: all of it, or nothing when a row has a fault. The header is found among the first
/// rows (see HeaderFinder); columns may stand in any order, those of fields that are not required may be missing, and
/// leave what is stored as it is. A row whose key a record has is that record's change. The import as a whole is
/// logged, with the file's name and hash. Problems, each with file, sheet and cell: those of read_sheet,
/// import.no_header, import.missing_column, import.unknown_column, import.column_twice, import.formula_error,
/// sheet.merged (merged cells below the header), import.cancelled, and those of registers::Batch.
Result<ImportReport> import_sheet(store::Store& store, const registers::Registers& registers,
                                  const registers::Register& into, const std::filesystem::path& file,
                                  const ImportOptions& options);

/// Tells what import_sheet would do, and writes nothing: runs on a snapshot, beside whoever writes. Every fault of
/// every row goes to `sink`, in the order of the rows. Problems: those that concern no row (a file that cannot be read,
/// a header that fits no field, import.cancelled).
Result<ImportReport> check_sheet(store::Store& store, const registers::Registers& registers,
                                 const registers::Register& into, const std::filesystem::path& file,
                                 const ImportOptions& options, const std::function<void(const Fault&)>& sink);

/// Of a file's bytes. Problems: sheet.open.
Result<std::string> file_hash(const std::filesystem::path& file);

}  // namespace zhijia::exchange
