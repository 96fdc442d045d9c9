#include "exchange/mapping.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "access/digest.hpp"
#include "base/text.hpp"
#include "exchange/marked.hpp"

namespace zhijia::exchange {

namespace {

using registers::CellColumn;
using registers::Field;
using registers::Register;

/// A header as it is compared: without spaces, stars and what stands in brackets ("金额（元）*" → "金额").
std::string bare(std::string_view header) {
  std::string text = tidy(header);
  for (const std::string_view bracket : {"(", "["})
    if (const std::size_t at = text.find(bracket); at != std::string::npos && at > 0) text.erase(at);
  std::erase_if(text, [](char c) { return c == ' ' || c == '*' || c == ':' || c == '\n'; });
  for (char& c : text)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return text;
}

bool names(const CellColumn& column, const std::string& header) {
  const std::string sought = bare(header);
  return !sought.empty() &&
         (sought == bare(column.title.zh) || sought == bare(column.title.en) || sought == column.key);
}

/// A column that numbers the rows, or tells the faults of a marked workbook, is nobody's field.
bool numbers_rows(const std::string& header) {
  const std::string text = bare(header);
  return text == "序号" || text == "行号" || text == "no." || text == "no" || text == fault_column;
}

/// An export has the computed fields too; they are computed anew.
bool is_computed(const Register& into, const std::string& header) {
  return std::ranges::any_of(into.fields, [&](const Field& field) {
    return !field.computed_as.empty() && bare(header) == bare(field.title.zh);
  });
}

bool is_like(const CellColumn& column, const std::string& header) {
  constexpr std::size_t bytes_min = 6;  // two Chinese characters
  const std::string sought = bare(header), title = bare(column.title.zh);
  if (sought.size() < bytes_min || title.size() < bytes_min) return false;
  return sought.contains(title) || title.contains(sought);
}

const CellColumn* find(const std::vector<CellColumn>& columns, const std::string& header) {
  const auto found = std::ranges::find_if(columns, [&](const CellColumn& column) { return names(column, header); });
  return found == columns.end() ? nullptr : &*found;
}

Place at_cell(const Mapping& mapping, std::size_t column) {
  return {
      .file = {}, .sheet = mapping.sheet, .cell = cell_name(column, mapping.header_last), .record = {}, .field = {}};
}

}  // namespace

std::string Mapping::fingerprint() const {
  std::string text;
  for (const SheetColumn& column : columns) text += bare(column.header) + "\n";
  return access::sha256_hex(text);
}

/// Rows taken for the header, and how many of their columns have a name that the register knows.
struct HeaderFinder::Candidate {
  Mapping mapping;
  std::size_t known = 0;
};

HeaderFinder::HeaderFinder(const Register& into) : into_(into), columns_(registers::cell_columns(into)) {}

bool HeaderFinder::take(const std::string& sheet, const Row& row) {
  sheet_ = sheet;
  rows_.push_back(row);
  return rows_.size() < header_rows_max;
}

/// One row, or two of which the upper groups the lower: "户主" over "姓名" and "身份证号", or "单位" over nothing.
HeaderFinder::Candidate HeaderFinder::candidate(std::size_t first, std::size_t rows) const {
  const Row& upper = rows_[first];
  const Row& lower = rows_[first + rows - 1];
  Candidate found{.mapping = {sheet_, upper.number, lower.number, {}}};
  std::string group;
  for (std::size_t i = 0; i < std::max(upper.cells.size(), lower.cells.size()); ++i) {
    const auto text = [i](const Row& row) { return i < row.cells.size() ? tidy(row.cells[i].text) : std::string(); };
    const std::string own = text(lower), above = rows == 2 ? text(upper) : std::string();
    if (!above.empty()) group = above;
    SheetColumn column{.place = i, .header = own.empty() ? above : own};
    if (column.header.empty()) continue;
    const CellColumn* known = find(columns_, column.header);
    if (rows == 2 && !own.empty() && !group.empty())
      if (const CellColumn* grouped = find(columns_, group + own)) {
        known = grouped;
        column.header = group + own;
      }
    if (known) {
      column.field = known->key;
      column.by = SheetColumn::By::title;
      ++found.known;
    }
    column.is_ignored = !known && (numbers_rows(column.header) || is_computed(into_, column.header));
    found.mapping.columns.push_back(std::move(column));
  }
  return found;
}

Mapping HeaderFinder::finish() {
  Candidate best;
  for (std::size_t i = 0; i < rows_.size(); ++i)
    for (const std::size_t rows : {1, 2}) {
      if (i + rows > rows_.size() || (rows == 2 && rows_[i + 1].number != rows_[i].number + 1)) continue;
      if (auto other = candidate(i, rows); other.known > best.known) best = std::move(other);
    }
  if (best.known == 0) best.mapping.sheet = sheet_;
  header_last_ = best.mapping.header_last;
  return std::move(best.mapping);
}

std::vector<Row> HeaderFinder::rows_below() const {
  std::vector<Row> below;
  for (const Row& row : rows_)
    if (row.number > header_last_) below.push_back(row);
  return below;
}

Result<Mapping> find_header(const Register& into, const std::filesystem::path& file, const SheetLimits& limits) {
  HeaderFinder finder(into);
  const auto read =
      read_sheet(file, [&](const std::string& sheet, const Row& row) { return finder.take(sheet, row); }, limits);
  if (!read) return std::unexpected(read.error());
  Mapping mapping = finder.finish();
  if (!mapping.has_header())
    return fail("import.no_header", "表中没有标题行;请使用模板", "the sheet has no header row; use the template",
                {.file = file.filename().string(), .sheet = mapping.sheet, .cell = {}, .record = {}, .field = {}});
  return mapping;
}

void guess(Mapping& mapping, const Register& into) {
  const auto columns = registers::cell_columns(into);
  const auto is_taken = [&](const CellColumn& column) {
    return std::ranges::find(mapping.columns, column.key, &SheetColumn::field) != mapping.columns.end();
  };
  for (SheetColumn& column : mapping.columns) {
    if (!column.field.empty() || column.is_ignored) continue;
    const CellColumn* like = nullptr;
    std::size_t alike = 0;
    for (const CellColumn& each : columns)
      if (!is_taken(each) && is_like(each, column.header)) {
        like = &each;
        ++alike;
      }
    if (alike != 1) continue;  // of two that are like it, the user is to say which
    column.field = like->key;
    column.by = SheetColumn::By::likeness;
  }
}

Result<void> choose(Mapping& mapping, const Register& into, const std::vector<Choice>& choices, SheetColumn::By by) {
  const auto columns = registers::cell_columns(into);
  Problems problems;
  for (const Choice& choice : choices) {
    const auto column = std::ranges::find(mapping.columns, choice.place, &SheetColumn::place);
    const bool is_field = std::ranges::find(columns, choice.field, &CellColumn::key) != columns.end();
    if (column == mapping.columns.end() || (!choice.field.empty() && !is_field)) {
      problems.push_back({"import.mapping",
                          at_cell(mapping, choice.place),
                          {fmt::format("表中没有这一列，或登记簿没有“{}”字段", choice.field),
                           fmt::format("the sheet has no such column, or the register no field “{}”", choice.field)}});
      continue;
    }
    // A field moves: the column that had it before has none.
    for (SheetColumn& other : mapping.columns)
      if (!choice.field.empty() && other.field == choice.field) {
        other.field.clear();
        other.by = SheetColumn::By::nothing;
      }
    column->field = choice.field;
    column->is_ignored = choice.field.empty();
    column->by = by;
  }
  if (!problems.empty()) return std::unexpected(std::move(problems));
  return {};
}

Problems faults(const Mapping& mapping, const Register& into) {
  Problems problems;
  const auto refuse = [&](std::string_view code, std::size_t column, std::string zh, std::string en) {
    problems.push_back({std::string(code), at_cell(mapping, column), {std::move(zh), std::move(en)}});
  };
  for (auto column = mapping.columns.begin(); column != mapping.columns.end(); ++column) {
    if (column->is_ignored) continue;
    if (column->field.empty())
      refuse("import.unknown_column", column->place,
             fmt::format("登记簿“{}”没有“{}”这一列;请改名或删去", into.title.zh, column->header),
             fmt::format("the register “{}” has no column “{}”; rename or delete it", into.title.en, column->header));
    else if (std::ranges::find(mapping.columns.begin(), column, column->field, &SheetColumn::field) != column)
      refuse("import.column_twice", column->place, fmt::format("“{}”列出现了两次", column->header),
             fmt::format("the column “{}” stands there twice", column->header));
  }
  for (const CellColumn& column : registers::cell_columns(into)) {
    const Field& field = into.fields[column.field];
    const bool is_there = std::ranges::find(mapping.columns, column.key, &SheetColumn::field) != mapping.columns.end();
    if (!is_there && field.required && field.default_text.empty())
      refuse("import.missing_column", 0, fmt::format("缺少“{}”列", column.title.zh),
             fmt::format("the column “{}” is missing", column.title.en));
  }
  return problems;
}

}  // namespace zhijia::exchange
