#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <iterator>

#include "dmn/authoring.hpp"
#include "dmn/dmn.hpp"
#include "exchange/sheet_reader.hpp"
#include "exchange/sheet_writer.hpp"
#include "verbs.hpp"

namespace zhijia::app {

namespace {

std::string text_of(const std::filesystem::path& file) {
  std::ifstream stream(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

Result<std::vector<dmn::TableText>> tables_in(const std::filesystem::path& model) {
  auto tables = dmn::tables_of(text_of(model));
  if (tables && tables->empty()) return fail("table.none", "模型里没有决策表", "the model has no decision table");
  return tables;
}

struct Sheet {
  std::string name;
  dmn::Grid grid;
};

Result<Sheet> read_grid(const std::filesystem::path& file) {
  Sheet sheet;
  const auto read = exchange::read_sheet(file,
                                         [&](const std::string& name, const exchange::Row& row) {
                                           sheet.name = name;
                                           sheet.grid.resize(row.number);
                                           for (const auto& cell : row.cells) sheet.grid.back().push_back(cell.text);
                                           return true;
                                         },
                                         {.rows_max = dmn::rules_max, .cell_bytes_max = 40'000});
  if (!read) return std::unexpected(read.error());
  return sheet;
}

bool is_of_expression(const Problem& problem) { return problem.code.starts_with("feel."); }

/// What the model with the new table says of its expressions that the old one did not, by the cells they stand in.
Result<void> check_cells(const std::string& before, const std::string& after, const Sheet& sheet,
                         const std::string& file) {
  const auto old_model = dmn::load(before);
  const auto new_model = dmn::load(after);
  if (!new_model) return std::unexpected(new_model.error());
  Problems problems;
  for (auto problem : new_model->warnings()) {
    const bool is_old = old_model && std::ranges::any_of(old_model->warnings(), [&](const Problem& other) {
                          return other.code == problem.code && other.place.field == problem.place.field;
                        });
    if (is_old || !is_of_expression(problem)) continue;
    problem.message.zh += "(" + problem.place.field + ")";
    problem.message.en += " (" + problem.place.field + ")";
    problem.place = {.file = file,
                     .sheet = sheet.name,
                     .cell = dmn::cell_of(sheet.grid, problem.place.field),
                     .record = {},
                     .field = {}};
    problems.push_back(std::move(problem));
  }
  if (!problems.empty()) return std::unexpected(std::move(problems));
  for (const Problem& warning : new_model->warnings())
    if (!is_of_expression(warning)) fmt::print(stderr, "{}\n", describe(warning));
  return {};
}

}  // namespace

Result<void> list_tables(const TableOptions& options) {
  const auto tables = tables_in(options.model);
  if (!tables) return std::unexpected(tables.error());
  for (const auto& table : *tables) fmt::print("{}\t{}\t{}\n", table.name, table.hit_policy, table.rules.size());
  return {};
}

Result<void> export_table(const TableOptions& options) {
  const auto tables = tables_in(options.model);
  if (!tables) return std::unexpected(tables.error());
  const auto table = options.table.empty() ? std::prev(tables->end())
                                           : std::ranges::find(*tables, options.table, &dmn::TableText::name);
  if (table == tables->end())
    return fail("table.unknown", fmt::format("模型里没有决策表“{}”；zhijia table list 列出各表", options.table),
                fmt::format("the model has no table “{}”; zhijia table list names them", options.table));
  const auto grid = dmn::grid_of(*table);
  std::size_t width = 0;
  for (const auto& row : grid) width = std::max(width, row.size());
  std::vector<exchange::SheetWriter::Column> columns(width);
  for (std::size_t i = 0; i < grid.front().size(); ++i) columns[i].title = grid.front()[i];
  for (auto& column : columns) column.width = 24;
  auto writer = exchange::SheetWriter::create(options.out, "决策表", columns, system_clock().now());
  if (!writer) return std::unexpected(writer.error());
  for (std::size_t row = 1; row < grid.size(); ++row) {
    auto cells = grid[row];
    cells.resize(width);
    (*writer)->add_row(cells);
  }
  return (*writer)->finish();
}

Result<void> import_table(const TableOptions& options) {
  const auto sheet = read_grid(options.sheet);
  if (!sheet) return std::unexpected(sheet.error());
  const auto file = options.sheet.filename().string();
  const auto table = dmn::table_of(sheet->grid, file, sheet->name);
  if (!table) return std::unexpected(table.error());
  const auto before = text_of(options.model);
  const auto after = dmn::with_table(before, *table);
  if (!after) return std::unexpected(after.error());
  if (auto checked = check_cells(before, *after, *sheet, file); !checked) return checked;
  std::ofstream stream(options.out, std::ios::binary);
  stream << *after;
  if (!stream.flush())
    return fail("table.write", fmt::format("写不了 {}", options.out.string()),
                fmt::format("{} cannot be written", options.out.string()));
  fmt::print(stderr, "“{}”的 {} 行规则写入 {} / {} rules of “{}” are in {}\n", table->name, table->rules.size(),
             options.out.string(), table->rules.size(), table->name, options.out.string());
  return {};
}

}  // namespace zhijia::app
