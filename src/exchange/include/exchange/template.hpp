#pragma once

#include <filesystem>

#include "registers/engine.hpp"

namespace zhijia::exchange {

/// Writes an empty workbook to fill in for the register: a header that stays in sight, with a note on each column;
/// drop-downs for choices, counties and yes or no; texts as texts, so that Excel rounds no identity number; dates and
/// amounts that Excel checks itself; an example row, which the import passes over; and a sheet that tells in Chinese
/// and English what goes where. Problems: sheet.create, sheet.write.
Result<void> write_template(const std::filesystem::path& file, const registers::Catalogue& catalogue,
                            const registers::Register& of);

/// What the first cell of the example row begins with.
constexpr const char* example_mark = "示例";

}  // namespace zhijia::exchange
