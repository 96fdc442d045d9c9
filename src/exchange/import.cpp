#include "exchange/import.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"
#include "read_ahead.hpp"

namespace zhijia::exchange {

namespace {

using registers::Batch;
using registers::CellColumn;
using registers::Field;
using registers::Register;

/// Column of the sheet for each column of the register; none where the sheet has no such column.
using Mapping = std::vector<std::optional<std::size_t>>;

class Import {
 public:
  Import(const registers::Registers& registers, store::Transaction& transaction, const Register& into,
         const std::filesystem::path& file, const ImportOptions& options)
      : batch_(registers, transaction, into, options.actor),
        into_(into),
        file_(file.filename().string()),
        options_(options),
        columns_(registers::cell_columns(into)) {}

  /// False when nothing more is to be read.
  bool take(const std::string& sheet, const Row& row) {
    sheet_ = sheet;
    if (mapping_.empty()) return take_header(row);
    ++report_.rows;
    if (options_.progress && report_.rows % progress_rows == 0 && !options_.progress(report_.rows)) {
      refuse("import.cancelled", {}, "导入已取消,没有写入任何数据", "the import was cancelled; nothing was stored");
      return false;
    }
    take_row(row);
    return problems_.size() < import_faults_max;
  }

  /// Merged cells above the header, such as a title over the whole sheet, harm nobody.
  void take_facts(const SheetFacts& facts) {
    for (const MergedCells& merged : facts.merged)
      if (merged.last_row >= header_row_)
        refuse("sheet.merged", merged.range, fmt::format("{} 是合并单元格；请取消合并并把每格填满", merged.range),
               fmt::format("{} are merged cells; unmerge them and fill each", merged.range));
  }

  Result<ImportReport> finish() {
    if (mapping_.empty() && problems_.empty())
      refuse("import.no_header", {}, "表中没有标题行;请使用模板", "the sheet has no header row; use the template");
    if (!problems_.empty()) return std::unexpected(std::move(problems_));
    return report_;
  }

 private:
  void refuse(std::string_view code, std::string cell, std::string zh, std::string en) {
    problems_.push_back({std::string(code),
                         {.file = file_, .sheet = sheet_, .cell = std::move(cell), .record = {}, .field = {}},
                         {std::move(zh), std::move(en)}});
  }

  static bool names(const CellColumn& column, const std::string& header) {
    return header == column.title.zh || header == column.title.en || header == column.key;
  }

  /// Rows above the header, such as a title over the whole sheet, are passed over.
  bool take_header(const Row& row) {
    Mapping mapping(columns_.size());
    std::vector<std::size_t> unknown;
    std::size_t known = 0;
    for (std::size_t i = 0; i < row.cells.size(); ++i) {
      const std::string header = tidy(row.cells[i].text);
      if (header.empty()) continue;
      const auto column = std::ranges::find_if(columns_, [&](const CellColumn& c) { return names(c, header); });
      if (column == columns_.end()) {
        unknown.push_back(i);
        continue;
      }
      ++known;
      std::optional<std::size_t>& place = mapping[static_cast<std::size_t>(column - columns_.begin())];
      if (place)
        refuse("import.column_twice", cell_name(i, row.number), fmt::format("“{}”列出现了两次", header),
               fmt::format("the column “{}” stands there twice", header));
      place = i;
    }
    constexpr std::size_t rows_above_header_max = 10;
    if (known == 0) return row.number < rows_above_header_max;
    for (const std::size_t i : unknown)
      refuse(
          "import.unknown_column", cell_name(i, row.number),
          fmt::format("登记簿“{}”没有“{}”这一列;请改名或删去", into_.title.zh, row.cells[i].text),
          fmt::format("the register “{}” has no column “{}”; rename or delete it", into_.title.en, row.cells[i].text));
    name_missing(mapping, row.number);
    mapping_ = std::move(mapping);
    header_row_ = row.number;
    return problems_.empty();
  }

  void name_missing(const Mapping& mapping, std::size_t header_row) {
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      const Field& field = into_.fields[columns_[i].field];
      if (!mapping[i] && field.required && field.default_text.empty())
        refuse("import.missing_column", cell_name(0, header_row), fmt::format("缺少“{}”列", columns_[i].title.zh),
               fmt::format("the column “{}” is missing", columns_[i].title.en));
    }
  }

  void take_row(const Row& row) {
    std::vector<std::string_view> cells(columns_.size());
    bool readable = true;
    for (std::size_t i = 0; i < cells.size(); ++i) {
      if (!mapping_[i] || *mapping_[i] >= row.cells.size()) continue;
      const Cell& cell = row.cells[*mapping_[i]];
      cells[i] = cell.text;
      if (!cell.is_error) continue;
      readable = false;
      refuse("import.formula_error", cell_name(*mapping_[i], row.number),
             fmt::format("公式出错:{};请改成数值", cell.text),
             fmt::format("the formula failed: {}; put a value there", cell.text));
    }
    if (!readable) return;
    auto record = batch_.read(cells);
    if (!record) return place_problems(row, record.error());
    const auto outcome = batch_.add(*record);
    if (!outcome) return place_problems(row, outcome.error());
    count(*outcome);
  }

  void count(Batch::Outcome outcome) {
    if (outcome == Batch::Outcome::created) ++report_.created;
    if (outcome == Batch::Outcome::changed) ++report_.changed;
    if (outcome == Batch::Outcome::unchanged) ++report_.unchanged;
  }

  /// Gives each problem of the row the cell of its field, or the row's first cell.
  void place_problems(const Row& row, const Problems& problems) {
    for (Problem problem : problems) {
      std::size_t at = 0;
      for (std::size_t i = 0; i < columns_.size(); ++i) {
        const bool of_field =
            columns_[i].key == problem.place.field || into_.fields[columns_[i].field].name == problem.place.field;
        if (of_field && mapping_[i]) at = *mapping_[i];
      }
      problem.place.file = file_;
      problem.place.sheet = sheet_;
      problem.place.cell = cell_name(at, row.number);
      problems_.push_back(std::move(problem));
    }
  }

  Batch batch_;
  const Register& into_;
  const std::string file_;
  const ImportOptions& options_;
  const std::vector<CellColumn> columns_;
  Mapping mapping_;
  std::size_t header_row_ = 0;
  std::string sheet_;
  Problems problems_;
  ImportReport report_;
};

}  // namespace

namespace {

/// Whoever imports knows the file by its name; where it lies is nobody's business.
Problems named(Problems problems, const std::filesystem::path& file) {
  for (Problem& problem : problems) problem.place.file = file.filename().string();
  return problems;
}

}  // namespace

Result<ImportReport> import_sheet(store::Store& store, const registers::Registers& registers, const Register& into,
                                  const std::filesystem::path& file, const ImportOptions& options) {
  return store.write([&](store::Transaction& transaction) -> Result<ImportReport> {
    Import import(registers, transaction, into, file, options);
    const auto read = read_ahead(
        file, [&](const std::string& sheet, const Row& row) { return import.take(sheet, row); }, options.limits);
    if (!read) return std::unexpected(named(read.error(), file));
    import.take_facts(*read);
    return import.finish();
  });
}

}  // namespace zhijia::exchange
