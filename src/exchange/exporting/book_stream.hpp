#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "exchange/sheet_writer.hpp"

namespace zhijia::exchange {

/// A workbook (ECMA-376) that leaves as it is made, row by row, with constant memory: what libxlsxwriter cannot, which
/// writes a whole file first (docs/decisions/0010-streamed-workbooks.md). Compressed by a thread of its own.
class BookStream {
 public:
  /// `sink` is called on another thread, until finish() or the destruction.
  BookStream(std::string sheet_name, std::vector<SheetWriter::Column> columns, std::function<bool(std::string)> sink);
  ~BookStream();

  /// One text a column, at least as many as there are columns. Dates are ISO, numbers as they read. False when the sink
  /// wants no more.
  bool add_row(const std::vector<std::string>& cells);
  bool finish();

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

/// Whether a spreadsheet program that meets the text in a csv could take it for a formula.
bool looks_like_formula(std::string_view text);

}  // namespace zhijia::exchange
