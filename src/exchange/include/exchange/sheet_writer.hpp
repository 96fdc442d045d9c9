#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/date.hpp"
#include "base/problem.hpp"

namespace zhijia::exchange {

/// Writes one sheet row by row with constant memory. Two writings of the same rows at the same `made_at` are equal to
/// the byte. Texts are written as texts, so that one that begins with = + - or @ is never taken for a formula.
class SheetWriter {
 public:
  enum class Format { text, number, money, date };
  struct Column {
    std::string title;
    Format format = Format::text;
    double width = 16;  ///< in characters
  };

  /// Problems: sheet.create.
  static Result<std::unique_ptr<SheetWriter>> create(const std::filesystem::path& file, std::string_view sheet_name,
                                                     const std::vector<Column>& columns, Moment made_at);
  ~SheetWriter();

  /// One text a column. Numbers and money are written as such when they read as numbers, all else as text.
  void add_row(const std::vector<std::string>& cells);
  /// Problems: sheet.write (the disk is full). Nothing is to be added after it.
  Result<void> finish();

 private:
  SheetWriter();
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace zhijia::exchange
