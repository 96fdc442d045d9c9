#include "exchange/import.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>

#include "exchange/template.hpp"
#include "read_ahead.hpp"

namespace zhijia::exchange {

namespace {

using registers::Batch;
using registers::CellColumn;
using registers::Field;
using registers::Register;
using FaultSink = std::function<void(const Fault&)>;

/// The rows of one sheet on their way into a register, whether they are stored or only checked.
class Import {
 public:
  Import(const registers::Registers& registers, store::Transaction& transaction, const Register& into,
         const std::filesystem::path& file, const ImportOptions& options, const FaultSink& sink)
      : registers_(registers),
        transaction_(transaction),
        into_(into),
        file_(file.filename().string()),
        options_(options),
        sink_(sink),
        columns_(registers::cell_columns(into)),
        finder_(into) {
    if (options.mapping) begin(*options.mapping);
  }

  /// False when nothing more is to be read.
  bool take(const std::string& sheet, const Row& row) {
    sheet_ = sheet;
    if (!mapping_) return finder_.take(sheet, row) || settle_header();
    if (!batch_) return false;
    return row.number <= mapping_->header_last || is_example(row) || take_row(row);
  }

  /// After the last row. Merged cells above the header, such as a title over the whole sheet, and those of a header of
  /// two rows harm nobody.
  Result<ImportReport> finish(const SheetFacts& facts) {
    if (!mapping_ && problems_.empty()) settle_header();
    if (!batch_) return std::unexpected(std::move(problems_));
    for (const MergedCells& merged : facts.merged)
      if (merged.last_row > mapping_->header_last)
        refuse("sheet.merged", merged.range, fmt::format("{} 是合并单元格；请取消合并并把每格填满", merged.range),
               fmt::format("{} are merged cells; unmerge them and fill each", merged.range));
    if (!problems_.empty()) return std::unexpected(std::move(problems_));
    if (auto finished = batch_->finish(); !finished) {
      for (Problem& problem : finished.error()) problem.place.file = file_;
      return std::unexpected(std::move(finished.error()));
    }
    return report_;
  }

 private:
  void refuse(std::string_view code, std::string cell, std::string zh, std::string en) {
    problems_.push_back({std::string(code),
                         {.file = file_, .sheet = sheet_, .cell = std::move(cell), .record = {}, .field = {}},
                         {std::move(zh), std::move(en)}});
  }

  bool settle_header() {
    Mapping mapping = finder_.finish();
    if (!mapping.has_header()) {
      refuse("import.no_header", {}, "表中没有标题行;请使用模板", "the sheet has no header row; use the template");
      return false;
    }
    begin(std::move(mapping));
    if (!batch_) return false;
    for (const Row& row : finder_.rows_below())
      if (!is_example(row) && !take_row(row)) return false;
    return true;
  }

  void begin(Mapping mapping) {
    for (Problem problem : faults(mapping, into_)) {
      problem.place.file = file_;
      problems_.push_back(std::move(problem));
    }
    registers::BatchRules rules{
        .grants = options_.grants, .keeps_filled = options_.keeps_filled, .defers_totals = true};
    for (const CellColumn& column : columns_) {
      const auto at = std::ranges::find(mapping.columns, column.key, &SheetColumn::field);
      places_.push_back(at == mapping.columns.end() ? std::nullopt : std::optional(at->place));
      rules.has_column.push_back(places_.back().has_value());
    }
    mapping_ = std::move(mapping);
    if (problems_.empty()) batch_.emplace(registers_, transaction_, into_, options_.actor, std::move(rules));
  }

  /// The template's own.
  bool is_example(const Row& row) const {
    return row.number == mapping_->header_last + 1 && row.cells.front().text.starts_with(example_mark);
  }

  bool take_row(const Row& row) {
    ++report_.rows;
    if (options_.progress && report_.rows % progress_rows == 0 && !options_.progress(report_.rows)) {
      refuse("import.cancelled", {}, "导入已取消,没有写入任何数据", "the import was cancelled; nothing was stored");
      return false;
    }
    if (options_.left_out.contains(row.number)) {
      ++report_.faulty;
      return true;
    }
    if (const Problems found = write(row); !found.empty()) place(row, found);
    return problems_.size() < import_faults_max;
  }

  const std::string& text_of(const Row& row, std::size_t column) const {
    static const std::string nothing;
    if (!options_.corrections.empty())
      if (const auto at = options_.corrections.find({row.number, column}); at != options_.corrections.end())
        return at->second;
    return column < row.cells.size() ? row.cells[column].text : nothing;
  }

  bool is_error(const Row& row, std::size_t column) const {
    return column < row.cells.size() && row.cells[column].is_error &&
           !options_.corrections.contains({row.number, column});
  }

  Problems write(const Row& row) {
    cells_.assign(columns_.size(), {});
    Problems problems;
    for (std::size_t i = 0; i < cells_.size(); ++i) {
      if (!places_[i]) continue;
      const std::string& text = cells_text(row, *places_[i], i);
      if (!is_error(row, *places_[i])) continue;
      problems.push_back({"import.formula_error",
                          {.file = {}, .sheet = {}, .cell = {}, .record = {}, .field = columns_[i].key},
                          {fmt::format("公式出错:{};请改成数值", text),
                           fmt::format("the formula failed: {}; put a value there", text)}});
    }
    if (!problems.empty()) return problems;
    auto record = batch_->read(cells_);
    if (!record) return std::move(record.error());
    const auto outcome = batch_->add(*record);
    if (!outcome) return outcome.error();
    if (*outcome == Batch::Outcome::created) ++report_.created;
    if (*outcome == Batch::Outcome::changed) ++report_.changed;
    if (*outcome == Batch::Outcome::unchanged) ++report_.unchanged;
    return {};
  }

  const std::string& cells_text(const Row& row, std::size_t column, std::size_t place) {
    const std::string& text = text_of(row, column);
    cells_[place] = text;
    return text;
  }

  /// The column of a problem's field, or the first. A person has two, name and number: the one that is empty is to be
  /// filled in, else the number says who it is.
  std::size_t column_of(const Row& row, const Problem& problem) const {
    std::size_t at = 0;
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      const bool of_field =
          columns_[i].key == problem.place.field || into_.fields[columns_[i].field].name == problem.place.field;
      if (!of_field || !places_[i]) continue;
      at = *places_[i];
      if (text_of(row, at).empty()) break;
    }
    return at;
  }

  void place(const Row& row, const Problems& problems) {
    ++report_.faulty;
    for (Problem problem : problems) {
      const std::size_t at = column_of(row, problem);
      problem.place.file = file_;
      problem.place.sheet = sheet_;
      problem.place.cell = cell_name(at, row.number);
      ++report_.faults;
      if (!sink_) {
        problems_.push_back(std::move(problem));
        continue;
      }
      const auto column = std::ranges::find(mapping_->columns, at, &SheetColumn::place);
      sink_({row.number, at, column == mapping_->columns.end() ? "" : column->header, text_of(row, at),
             std::move(problem)});
    }
  }

  const registers::Registers& registers_;
  store::Transaction& transaction_;
  const Register& into_;
  const std::string file_;
  const ImportOptions& options_;
  const FaultSink& sink_;
  const std::vector<CellColumn> columns_;
  HeaderFinder finder_;
  std::optional<Mapping> mapping_;
  std::vector<std::optional<std::size_t>> places_;  // column of the sheet for each column of the register
  std::optional<Batch> batch_;                      // none while the header is unknown, or not to be used
  std::vector<std::string_view> cells_;
  std::string sheet_;
  Problems problems_;
  ImportReport report_;
};

/// Whoever imports knows the file by its name; where it lies is nobody's business.
Problems named(Problems problems, const std::filesystem::path& file) {
  for (Problem& problem : problems) problem.place.file = file.filename().string();
  return problems;
}

Result<ImportReport> run(const registers::Registers& registers, store::Transaction& transaction, const Register& into,
                         const std::filesystem::path& file, const ImportOptions& options, const FaultSink& sink) {
  Import import(registers, transaction, into, file, options, sink);
  const auto read = read_ahead(
      file, [&](const std::string& sheet, const Row& row) { return import.take(sheet, row); }, options.limits);
  if (!read) return std::unexpected(named(read.error(), file));
  return import.finish(*read);
}

/// That there was an import, of what: its records' own entries stand before it.
void log_import(store::Transaction& transaction, const Register& into, const std::filesystem::path& file,
                const std::string& hash, const ImportOptions& options, const ImportReport& report) {
  transaction.log({.actor = options.actor.id,
                   .source = options.actor.source,
                   .kind = "import",
                   .register_ = into.name,
                   .record = 0,
                   .body = boost::json::serialize(boost::json::object{{"file", file.filename().string()},
                                                                      {"sha256", hash},
                                                                      {"rows", report.rows},
                                                                      {"created", report.created},
                                                                      {"changed", report.changed},
                                                                      {"unchanged", report.unchanged},
                                                                      {"left_out", report.faulty}})});
}

}  // namespace

Result<ImportReport> import_sheet(store::Store& store, const registers::Registers& registers, const Register& into,
                                  const std::filesystem::path& file, const ImportOptions& options) {
  const auto hash = file_hash(file);
  if (!hash) return std::unexpected(hash.error());
  return store.write([&](store::Transaction& transaction) -> Result<ImportReport> {
    const std::int64_t first = transaction.next_position();
    auto report = run(registers, transaction, into, file, options, {});
    if (!report) return report;
    report->first_position = first;
    report->last_position = transaction.next_position() - 1;
    log_import(transaction, into, file, *hash, options, *report);
    if (options.conclude) options.conclude(transaction, *report);
    return report;
  });
}

Result<ImportReport> check_sheet(store::Store& store, const registers::Registers& registers, const Register& into,
                                 const std::filesystem::path& file, const ImportOptions& options,
                                 const FaultSink& sink) {
  return store.rehearse(
      [&](store::Transaction& transaction) { return run(registers, transaction, into, file, options, sink); });
}

}  // namespace zhijia::exchange
