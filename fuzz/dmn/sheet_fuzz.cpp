#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "dmn/authoring.hpp"
#include "dmn/dmn.hpp"

using namespace zhijia;

namespace {

constexpr std::string_view model =
    R"(<definitions xmlns="https://www.omg.org/spec/DMN/20230324/MODEL/" name="m" namespace="urn:m"><decision id="d" )"
    R"(name="D"><variable name="D"/><decisionTable><input><inputExpression><text>1</text></inputExpression></input>)"
    R"(<output/><rule><inputEntry><text>-</text></inputEntry><outputEntry><text>1</text></outputEntry></rule>)"
    R"(</decisionTable></decision></definitions>)";

dmn::Grid grid_from(std::string_view text) {
  dmn::Grid grid = dmn::grid_of(dmn::tables_of(model)->front());
  // The heads stay, so that most inputs reach the rules; a first byte of "!" replaces them too.
  if (text.starts_with('!')) grid.clear();
  grid.resize(std::min<std::size_t>(grid.size(), 7));
  grid.emplace_back();
  std::string cell;
  for (const char c : text) {
    if (c != '\t' && c != '\n') {
      cell += c;
      continue;
    }
    grid.back().push_back(std::move(cell));
    cell.clear();
    if (c == '\n') grid.emplace_back();
  }
  grid.back().push_back(std::move(cell));
  return grid;
}

}  // namespace

/// Any sheet, as tabs and lines: it is refused, or becomes a table that its model gives back as it was.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  // Cells come from a workbook, which holds no control characters.
  for (const char c : text)
    if (static_cast<unsigned char>(c) < 0x20 && c != '\t' && c != '\n') return 0;
  auto table = dmn::table_of(grid_from(text), "fuzz.xlsx", "Sheet");
  if (!table) return 0;
  table->name = "D";
  const auto changed = dmn::with_table(model, *table);
  if (!changed) return 0;
  const auto tables = dmn::tables_of(*changed);
  if (!tables || tables->front() != *table) std::abort();
  (void)dmn::load(*changed);
  return 0;
}
