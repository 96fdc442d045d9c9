#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/problem.hpp"

namespace zhijia::exchange {

/// One cell as text, whatever it was: dates as "2020-01-31", numbers without needless digits, truth values as 是 or 否.
/// `is_error` marks a formula's error ("#REF!"), which no field accepts.
struct Cell {
  std::string text;
  bool is_error = false;
};

struct Row {
  std::size_t number = 0;   ///< as the spreadsheet counts, from 1
  std::vector<Cell> cells;  ///< from column A; cells left out are empty
};

/// What a sheet may ask of us. A sheet beyond a limit is refused as soon as it passes it, before its memory is taken.
struct SheetLimits {
  std::size_t rows_max = 1'048'576;                  ///< what Excel itself can hold
  std::size_t columns_max = 512;                     ///< the widest register has some fifty
  std::uint64_t unpacked_bytes_max = 2'000'000'000;  ///< a million rows of twenty cells unpack to about 1 GB
  std::uint64_t compression_ratio_max = 400;         ///< sheets pack some 10 to 50 times, bombs a thousand times
  std::size_t shared_text_bytes_max = 400'000'000;   ///< texts are held in memory, each once
  std::size_t cell_bytes_max = 200'000;              ///< Excel's limit is 32,767 characters
};

struct MergedCells {
  std::string range;         ///< "A1:F1"
  std::size_t last_row = 0;  ///< as the spreadsheet counts
};
constexpr std::size_t merged_max = 1'000;

/// What is known of a sheet once it is read.
struct SheetFacts {
  /// At most merged_max. Their first cell alone holds the value; the others lose theirs when rows are sorted.
  std::vector<MergedCells> merged;
};

/// Called for each row that holds something, in order. Returning false ends the reading early.
using RowSink = std::function<bool(const std::string& sheet, const Row& row)>;

/// Reads the first visible sheet of an .xlsx workbook, or a .csv file (UTF-8, UTF-16 or GB18030; comma, semicolon or
/// tab). Memory does not grow with the rows, except for the texts that a workbook shares. Problems, each with file,
/// sheet, cell and cure: sheet.open, sheet.not_a_workbook, sheet.old_format, sheet.encrypted, sheet.damaged,
/// sheet.too_large, sheet.encoding.
Result<SheetFacts> read_sheet(const std::filesystem::path& file, const RowSink& sink, const SheetLimits& limits = {});

/// "C17" for column 2 (from 0), row 17.
std::string cell_name(std::size_t column, std::size_t row);

/// The way back: column (from 0) and row; nothing when it is no cell of any sheet.
std::optional<std::pair<std::size_t, std::size_t>> read_cell_name(std::string_view name);

}  // namespace zhijia::exchange
