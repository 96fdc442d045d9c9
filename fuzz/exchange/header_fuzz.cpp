#include <cstdint>

#include "base/text.hpp"
#include "exchange/mapping.hpp"

/// The first rows of a stranger's sheet, and names of cells: whatever stands there, a mapping comes out whose columns
/// are the sheet's and whose fields are the register's.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace zhijia;
  using namespace zhijia::exchange;
  static const registers::Register into = [] {
    registers::Register made;
    made.name = "visit";
    made.fields = {
        {.name = "subject", .type = registers::FieldType::person},
        {.name = "amount", .type = registers::FieldType::money, .title = {"金额", "Amount"}, .required = true},
        {.name = "phone", .type = registers::FieldType::phone, .title = {"联系电话", "Telephone"}}};
    return made;
  }();
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (const auto cell = read_cell_name(text); cell && cell_name(cell->first, cell->second) != text) {
    // Zeros before a row's number are the only other way to write a cell.
    if (text.find('0') == std::string_view::npos) __builtin_trap();
  }
  HeaderFinder finder(into);
  std::size_t number = 0;
  for (const std::string_view line : split(text, '\n')) {
    Row row{.number = ++number, .cells = {}};
    for (const std::string_view cell : split(line, ',')) row.cells.push_back({std::string(cell), false});
    if (!finder.take("sheet", row)) break;
  }
  Mapping mapping = finder.finish();
  guess(mapping, into);
  static_cast<void>(faults(mapping, into));
  for (const SheetColumn& column : mapping.columns)
    static_cast<void>(choose(mapping, into, {{column.place, "amount"}}, SheetColumn::By::user));
  if (mapping.has_header() && mapping.fingerprint().size() != 64) __builtin_trap();
  return 0;
}
