#include "xlsx/workbook.hpp"

#include <fmt/format.h>

#include <charconv>
#include <map>
#include <tuple>

#include "xlsx/package.hpp"
#include "xlsx/values.hpp"

namespace zhijia::exchange::xlsx {

namespace {

std::size_t number_of(std::string_view text, std::size_t otherwise = 0) {
  std::size_t value = otherwise;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

/// xl/workbook.xml: which sheet comes first, and from which year days count.
struct SheetList final : PartHandler {
  std::string name, relation;
  bool from_1904 = false;

  void start(std::string_view element, const char** attributes) override {
    if (element == "workbookPr")
      from_1904 = attribute(attributes, "date1904") == "1" || attribute(attributes, "date1904") == "true";
    const std::string_view state = attribute(attributes, "state");
    if (element != "sheet" || !relation.empty() || state == "hidden" || state == "veryHidden") return;
    name = attribute(attributes, "name");
    // Both "r:id" and "sheetId" are there; the relation is the one whose name is exactly "id".
    relation = attribute(attributes, "id");
  }
};

struct Relations final : PartHandler {
  std::map<std::string, std::string, std::less<>> targets;
  void start(std::string_view element, const char** attributes) override {
    if (element == "Relationship") targets.emplace(attribute(attributes, "Id"), attribute(attributes, "Target"));
  }
};

/// xl/styles.xml: which cell styles show dates.
struct Styles final : PartHandler {
  std::map<std::size_t, bool> custom_dates;
  std::vector<bool> is_date;
  bool inside_cell_formats = false;

  void start(std::string_view element, const char** attributes) override {
    if (element == "numFmt")
      custom_dates[number_of(attribute(attributes, "numFmtId"))] = is_date_format(attribute(attributes, "formatCode"));
    if (element == "cellXfs") inside_cell_formats = true;
    if (element != "xf" || !inside_cell_formats) return;
    const std::size_t format = number_of(attribute(attributes, "numFmtId"));
    const auto custom = custom_dates.find(format);
    is_date.push_back(custom != custom_dates.end() ? custom->second : is_date_format(static_cast<int>(format)));
  }
  void end(std::string_view element) override {
    if (element == "cellXfs") inside_cell_formats = false;
  }
};

/// xl/sharedStrings.xml, all texts in one block of memory.
struct SharedTexts final : PartHandler {
  explicit SharedTexts(const SheetLimits& sheet_limits) : limits(sheet_limits) {}
  const SheetLimits& limits;
  std::string block;
  std::vector<std::size_t> ends;
  bool inside_text = false, inside_phonetic = false, too_large = false;

  std::string_view at(std::size_t index) const {
    if (index >= ends.size()) return {};
    const std::size_t from = index == 0 ? 0 : ends[index - 1];
    return std::string_view(block).substr(from, ends[index] - from);
  }
  /// Whether they ask for more memory than they may have.
  bool is_done() const override { return too_large; }

  /// Asked at each text: one that is too long may end in the piece in which it began.
  void check_size() {
    const std::size_t last = block.size() - (ends.empty() ? 0 : ends.back());
    too_large = too_large || last > limits.cell_bytes_max ||
                block.size() + ends.size() * sizeof(std::size_t) > limits.shared_text_bytes_max;
  }

  void start(std::string_view element, const char**) override {
    if (element == "rPh") inside_phonetic = true;
    if (element == "t") inside_text = true;
  }
  void end(std::string_view element) override {
    if (element == "rPh") inside_phonetic = false;
    if (element == "t") inside_text = false;
    if (element == "si" && !too_large) ends.push_back(block.size());
    check_size();
  }
  void text(std::string_view piece) override {
    if (!inside_text || inside_phonetic || too_large) return;
    block += piece;
    check_size();
  }
};

struct SheetData final : PartHandler {
  const SharedTexts& shared;
  const Styles& styles;
  const SheetLimits& limits;
  const RowSink& sink;
  const std::string& sheet_name;
  bool from_1904;

  Row row;
  std::string value, kind;
  std::size_t column = 0, next_column = 0, style = 0;
  bool inside_value = false, inside_phonetic = false, done = false;
  std::string too_large_at;
  SheetFacts facts;

  SheetData(const SharedTexts& texts, const Styles& cell_styles, const SheetLimits& sheet_limits,
            const RowSink& row_sink, const SheetList& list)
      : shared(texts),
        styles(cell_styles),
        limits(sheet_limits),
        sink(row_sink),
        sheet_name(list.name),
        from_1904(list.from_1904) {}

  bool is_done() const override { return done; }

  void stop_at_limit() {
    too_large_at = cell_name(std::min(column, limits.columns_max), row.number);
    done = true;
  }

  void start(std::string_view element, const char** attributes) override {
    if (done) return;
    if (element == "c") {
      const std::string_view reference = attribute(attributes, "r");
      column = reference.empty() ? next_column : column_of(reference);
      next_column = column + 1;
      kind = attribute(attributes, "t");
      style = number_of(attribute(attributes, "s"));
      value.clear();
      if (column >= limits.columns_max) stop_at_limit();
    } else if (element == "v" || element == "t") {
      inside_value = !inside_phonetic;
    } else if (element == "rPh") {
      inside_phonetic = true;
    } else if (element == "row") {
      row.number = number_of(attribute(attributes, "r"), row.number + 1);
      row.cells.clear();
      next_column = 0;
      if (row.number > limits.rows_max) stop_at_limit();
    } else if (element == "mergeCell" && facts.merged.size() < merged_max) {
      facts.merged.push_back(merged_cells(attribute(attributes, "ref")));
    }
  }

  static MergedCells merged_cells(std::string_view range) {
    const std::string_view last = range.substr(range.find(':') + 1);
    const std::size_t digits = std::min(last.find_first_of("0123456789"), last.size());
    return {std::string(range), number_of(last.substr(digits))};
  }

  void text(std::string_view piece) override {
    if (!inside_value || done) return;
    if (value.size() + piece.size() > limits.cell_bytes_max) return stop_at_limit();
    value += piece;
  }

  void end(std::string_view element) override {
    if (done) return;
    if (element == "v" || element == "t") inside_value = false;
    if (element == "rPh") inside_phonetic = false;
    if (element == "c") take_cell();
    if (element == "row" && has_content()) done = !sink(sheet_name, row);
  }

  bool has_content() const {
    for (const Cell& cell : row.cells)
      if (!cell.text.empty()) return true;
    return false;
  }

  void take_cell() {
    if (value.empty()) return;
    if (row.cells.size() <= column) row.cells.resize(column + 1);
    Cell& cell = row.cells[column];
    if (kind == "s")
      cell.text = unescaped(shared.at(number_of(value, shared.ends.size())));
    else if (kind == "b")
      cell.text = value == "1" ? "是" : "否";
    else if (kind == "e")
      cell = {value, true};
    else if (kind == "str" || kind == "inlineStr")
      cell.text = unescaped(value);
    else if (kind == "d")
      cell.text = value.substr(0, value.find('T'));
    else
      cell.text = style < styles.is_date.size() && styles.is_date[style] ? as_date() : plain_number(value);
  }

  std::string as_date() const {
    double serial = 0;
    std::from_chars(value.data(), value.data() + value.size(), serial);
    const std::string date = date_of_serial(serial, from_1904);
    return date.empty() ? value : date;
  }
};

}  // namespace

Result<SheetFacts> read_workbook(const std::filesystem::path& file, const RowSink& sink, const SheetLimits& limits) {
  auto opened = Package::open(file, limits);
  if (!opened) return std::unexpected(opened.error());
  Package& package = *opened;
  if (!package.has("xl/workbook.xml"))
    return package.refuse("sheet.not_a_workbook", "这不是 Excel 工作簿;请另存为 .xlsx",
                          "this is no Excel workbook; save it as .xlsx");
  SheetList list;
  Relations relations;
  Styles styles;
  SharedTexts shared(limits);
  const std::tuple<const char*, PartHandler&, bool> parts[] = {{"xl/workbook.xml", list, true},
                                                               {"xl/_rels/workbook.xml.rels", relations, true},
                                                               {"xl/styles.xml", styles, false},
                                                               {"xl/sharedStrings.xml", shared, false}};
  for (const auto& [part, handler, is_required] : parts)
    if (is_required || package.has(part))
      if (auto parsed = package.parse(part, handler); !parsed) return std::unexpected(std::move(parsed.error()));
  const auto target = relations.targets.find(list.relation);
  if (target == relations.targets.end())
    return package.refuse("sheet.damaged", "工作簿里没有可见的工作表", "the workbook has no visible sheet");

  const auto too_large = [&](std::string cell) {
    return package.refuse("sheet.too_large", "表格超过可导入的大小；请分成几份导入",
                          "the sheet is larger than can be imported; split it into several", list.name,
                          std::move(cell));
  };
  if (shared.is_done()) return too_large({});
  SheetData data(shared, styles, limits, sink, list);
  const std::string part = target->second.starts_with('/') ? target->second.substr(1) : "xl/" + target->second;
  if (auto parsed = package.parse(part, data); !parsed) return std::unexpected(std::move(parsed.error()));
  if (!data.too_large_at.empty()) return too_large(data.too_large_at);
  return std::move(data.facts);
}

}  // namespace zhijia::exchange::xlsx
