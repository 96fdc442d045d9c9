#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "base/date.hpp"
#include "registers/listing.hpp"

/// Lists as workbooks.
namespace zhijia::exchange {

enum class ExportFormat { xlsx, csv };

struct ExportOptions {
  registers::ListQuery query;  ///< as the list is seen; `after` and `limit` do not count
  ExportFormat format = ExportFormat::xlsx;
  /// Secrets in clear: only for who may see them, and after that was logged. Otherwise they are masked.
  bool shows_secrets = false;
  Moment made_at{};
  /// What who asks sees of the record's fields, by place; absent: all of them.
  std::function<const std::vector<registers::Sight>&(Id record)> sights = {};
};

/// Takes the next bytes of a file; false when no more are wanted.
using BytesSink = std::function<bool(std::string bytes)>;

/// Writes all records of a list, in its order, as they are read: memory does not grow with them. The columns are those
/// of the register's import, so that what was mended in the file can come back, and after them the computed ones. Texts
/// that a spreadsheet program could take for formulas are defused (in xlsx they are marked as texts, in csv they get an
/// apostrophe); a workbook goes on in a further sheet beyond what one can hold.
/// Returns the number of records. Problems: those of registers::list, before anything is written; and export.broken_off
/// when the sink wanted no more. Cost: some 5 µs a record, and a second thread that compresses.
Result<std::int64_t> export_list(store::Reader& reader, const registers::Registers& registers,
                                 const registers::Register& of, const ExportOptions& options, const BytesSink& sink);

}  // namespace zhijia::exchange
