#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "exchange/sheet_reader.hpp"
#include "registers/engine.hpp"

/// Which column of a sheet is which field of a register.
namespace zhijia::exchange {

/// A column of the sheet that has a header.
struct SheetColumn {
  std::size_t place = 0;  ///< from 0
  std::string header;     ///< as written; of two rows, the upper and the lower text joined
  std::string field;      ///< CellColumn::key; empty for none
  bool is_ignored = false;
  /// How the field was found: by its title, by a header like it, by what was chosen for the same header before, by the
  /// user.
  enum class By { nothing, title, likeness, memory, user } by = By::nothing;
};

struct Mapping {
  std::string sheet;
  std::size_t header_first = 0, header_last = 0;  ///< rows, as the spreadsheet counts; 0: no header was found
  std::vector<SheetColumn> columns;

  bool has_header() const { return header_last > 0; }
  /// The headers in order, as one hash: the same workbook of next month has the same.
  std::string fingerprint() const;
};

/// What a user says of one column: `field` is a CellColumn::key, or empty to leave the column out.
struct Choice {
  std::size_t place = 0;  ///< of the column
  std::string field;
};

/// Rows among which the header is looked for: titles and notes above it are passed over.
constexpr std::size_t header_rows_max = 12;

/// Finds the header among the first rows: the row, or two rows (a merged one above the other), with most titles of the
/// register's columns in Chinese, English or as the field's name, whatever the spaces, brackets and stars about them.
class HeaderFinder {
 public:
  explicit HeaderFinder(const registers::Register& into);

  /// False once no more rows are needed.
  bool take(const std::string& sheet, const Row& row);
  /// The mapping; has_header() is false when there is none. Rows taken that lie below the header are in rows_below().
  Mapping finish();
  std::vector<Row> rows_below() const;

 private:
  struct Candidate;
  Candidate candidate(std::size_t first, std::size_t rows) const;

  const registers::Register& into_;
  const std::vector<registers::CellColumn> columns_;
  std::string sheet_;
  std::vector<Row> rows_;
  std::size_t header_last_ = 0;
};

/// Reads no further than the header. Problems: those of read_sheet, import.no_header.
Result<Mapping> find_header(const registers::Register& into, const std::filesystem::path& file,
                            const SheetLimits& limits = {});

/// Gives fields to columns without one whose header is like a title ("身份证" for 身份证号, "手机号码" for 手机).
void guess(Mapping& mapping, const registers::Register& into);

/// Problems: import.mapping (no such column or field), place.cell naming the column.
Result<void> choose(Mapping& mapping, const registers::Register& into, const std::vector<Choice>& choices,
                    SheetColumn::By by);

/// What stands in the way of an import, each at its cell: import.unknown_column, import.column_twice,
/// import.missing_column.
Problems faults(const Mapping& mapping, const registers::Register& into);

}  // namespace zhijia::exchange
