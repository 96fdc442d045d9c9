#include "exchange/marked.hpp"

#include <xlsxwriter.h>

#include <algorithm>
#include <charconv>
#include <memory>

namespace zhijia::exchange {

namespace {

/// Excel holds no more in a cell; a comment longer than this is not read anyway.
constexpr std::size_t cell_bytes_max = 32'000, comment_bytes_max = 2'000;

std::string cut(const std::string& text, std::size_t bytes_max) {
  if (text.size() <= bytes_max) return text;
  std::size_t end = bytes_max;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  return text.substr(0, end);
}

class Marked {
 public:
  Marked(lxw_workbook* book, const Mapping& mapping, const registers::Register& into, const Corrections& corrections,
         const std::vector<Fault>& faults)
      : sheet_(workbook_add_worksheet(book, nullptr)), mapping_(mapping), corrections_(corrections), faults_(faults) {
    text_ = workbook_add_format(book);
    format_set_num_format(text_, "@");
    title_ = workbook_add_format(book);
    format_set_bold(title_);
    format_set_bg_color(title_, 0xDDEBF7);
    faulty_ = workbook_add_format(book);
    format_set_num_format(faulty_, "@");
    format_set_bg_color(faulty_, 0xFFC7CE);
    for (const SheetColumn& column : mapping.columns) {
      fault_place_ = std::max(fault_place_, column.place + 1);
      const auto columns = registers::cell_columns(into);
      const auto at = std::ranges::find(columns, column.field, &registers::CellColumn::key);
      if (at == columns.end()) continue;
      const registers::FieldType type = into.fields[at->field].type;
      using enum registers::FieldType;
      if (type == integer || type == decimal || type == money) numeric_.push_back(column.place);
    }
    // A book that was marked before has the column already.
    const auto old = std::ranges::find(mapping.columns, fault_column, &SheetColumn::header);
    if (old != mapping.columns.end()) fault_place_ = old->place;
    worksheet_set_column(sheet_, 0, static_cast<lxw_col_t>(fault_place_), 16, nullptr);
    worksheet_set_column(sheet_, static_cast<lxw_col_t>(fault_place_), static_cast<lxw_col_t>(fault_place_), 60,
                         nullptr);
    worksheet_freeze_panes(sheet_, static_cast<lxw_row_t>(mapping.header_last), 0);
  }

  void add(const Row& row) {
    while (next_ < faults_.size() && faults_[next_].row < row.number) ++next_;
    const bool is_header = row.number >= mapping_.header_first && row.number <= mapping_.header_last;
    std::string told;
    std::size_t columns = row.cells.size();
    for (const SheetColumn& column : mapping_.columns) columns = std::max(columns, column.place + 1);
    for (std::size_t i = 0; i < columns; ++i) {
      if (i == fault_place_) continue;
      std::string comment;
      for (std::size_t at = next_; at < faults_.size() && faults_[at].row == row.number; ++at)
        if (faults_[at].column == i) comment += (comment.empty() ? "" : "\n") + faults_[at].problem.message.zh;
      if (!comment.empty()) told += (told.empty() ? "" : "；") + comment;
      write(row, i, is_header, comment);
    }
    if (row.number == mapping_.header_last) put(row.number, fault_place_, std::string(fault_column), title_);
    if (!told.empty()) put(row.number, fault_place_, told, faulty_);
  }

 private:
  void write(const Row& row, std::size_t column, bool is_header, const std::string& comment) {
    const auto mended = corrections_.find({row.number, column});
    const std::string text = mended != corrections_.end() ? mended->second
                             : column < row.cells.size()  ? row.cells[column].text
                                                          : std::string();
    lxw_format* const format = !comment.empty() ? faulty_ : is_header ? title_ : text_;
    if (!comment.empty())
      worksheet_write_comment(sheet_, static_cast<lxw_row_t>(row.number - 1), static_cast<lxw_col_t>(column),
                              cut(comment, comment_bytes_max).c_str());
    double number = 0;
    const bool is_numeric = comment.empty() && !is_header && std::ranges::find(numeric_, column) != numeric_.end();
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (is_numeric && !text.empty() && error == std::errc() && end == text.data() + text.size())
      worksheet_write_number(sheet_, static_cast<lxw_row_t>(row.number - 1), static_cast<lxw_col_t>(column), number,
                             nullptr);
    else if (!text.empty())
      put(row.number, column, text, format);
    else if (!comment.empty())
      worksheet_write_blank(sheet_, static_cast<lxw_row_t>(row.number - 1), static_cast<lxw_col_t>(column), format);
  }

  void put(std::size_t row, std::size_t column, const std::string& text, lxw_format* format) {
    worksheet_write_string(sheet_, static_cast<lxw_row_t>(row - 1), static_cast<lxw_col_t>(column),
                           cut(text, cell_bytes_max).c_str(), format);
  }

  lxw_worksheet* sheet_;
  const Mapping& mapping_;
  const Corrections& corrections_;
  const std::vector<Fault>& faults_;
  std::vector<std::size_t> numeric_;
  lxw_format *text_ = nullptr, *title_ = nullptr, *faulty_ = nullptr;
  std::size_t fault_place_ = 0, next_ = 0;
};

}  // namespace

Result<void> write_marked(const std::filesystem::path& book, const Mapping& mapping, const registers::Register& into,
                          const Corrections& corrections, const std::vector<Fault>& faults,
                          const std::filesystem::path& to) {
  const auto at = [&] {
    return Place{.file = to.filename().string(), .sheet = {}, .cell = {}, .record = {}, .field = {}};
  };
  lxw_workbook_options options{};
  options.constant_memory = LXW_TRUE;
  lxw_workbook* made = workbook_new_opt(to.c_str(), &options);
  if (!made) return fail("sheet.create", "无法创建文件", "the file cannot be created", at());
  Marked marked(made, mapping, into, corrections, faults);
  const auto read = read_sheet(book, [&](const std::string&, const Row& row) {
    marked.add(row);
    return true;
  });
  const lxw_error error = workbook_close(made);
  if (!read) return std::unexpected(read.error());
  if (error == LXW_NO_ERROR) return {};
  return fail("sheet.write", std::string("写入失败:") + lxw_strerror(error),
              std::string("writing failed: ") + lxw_strerror(error), at());
}

}  // namespace zhijia::exchange
