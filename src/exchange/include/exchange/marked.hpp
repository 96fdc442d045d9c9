#pragma once

#include "exchange/import.hpp"

namespace zhijia::exchange {

/// Writes the sheet again, cell for cell at its place, with what was mended: faulty cells coloured and commented, and
/// in a column after the last what is wrong with the row. It can be mended in Excel and imported again. Problems: those
/// of read_sheet, sheet.create, sheet.write.
Result<void> write_marked(const std::filesystem::path& book, const Mapping& mapping, const registers::Register& into,
                          const Corrections& corrections, const std::vector<Fault>& faults,
                          const std::filesystem::path& to);

/// Header of the column that tells the faults; an import passes over it.
constexpr std::string_view fault_column = "导入错误";

}  // namespace zhijia::exchange
