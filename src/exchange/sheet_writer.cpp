#include "exchange/sheet_writer.hpp"

#include <fmt/format.h>
#include <xlsxwriter.h>

#include <charconv>
#include <ctime>
#include <optional>

namespace zhijia::exchange {

struct SheetWriter::Parts {
  lxw_workbook* workbook = nullptr;
  lxw_worksheet* sheet = nullptr;
  std::string file;
  std::vector<Format> formats;
  std::vector<lxw_format*> styles;
  lxw_row_t row = 0;
};

SheetWriter::SheetWriter() : parts_(std::make_unique<Parts>()) {}
SheetWriter::~SheetWriter() {
  if (parts_->workbook) workbook_close(parts_->workbook);
}

Result<std::unique_ptr<SheetWriter>> SheetWriter::create(const std::filesystem::path& file, std::string_view sheet_name,
                                                         const std::vector<Column>& columns, Moment made_at) {
  std::unique_ptr<SheetWriter> writer(new SheetWriter);
  Parts& parts = *writer->parts_;
  parts.file = file.string();
  lxw_workbook_options options{};
  options.constant_memory = LXW_TRUE;
  parts.workbook = workbook_new_opt(parts.file.c_str(), &options);
  if (!parts.workbook)
    return fail("sheet.create", fmt::format("无法创建文件 {}", parts.file),
                fmt::format("the file {} cannot be created", parts.file),
                {.file = parts.file, .sheet = {}, .cell = {}, .record = {}, .field = {}});
  lxw_doc_properties properties{};
  properties.created = std::chrono::duration_cast<std::chrono::seconds>(made_at.time_since_epoch()).count();
  workbook_set_properties(parts.workbook, &properties);
  parts.sheet = workbook_add_worksheet(parts.workbook, std::string(sheet_name).c_str());

  lxw_format* header = workbook_add_format(parts.workbook);
  format_set_bold(header);
  format_set_bg_color(header, 0xDDEBF7);
  for (std::size_t i = 0; i < columns.size(); ++i) {
    const auto column = static_cast<lxw_col_t>(i);
    lxw_format* style = workbook_add_format(parts.workbook);
    if (columns[i].format == Format::text) format_set_num_format(style, "@");
    if (columns[i].format == Format::money) format_set_num_format(style, "#,##0.00");
    worksheet_set_column(parts.sheet, column, column, columns[i].width, nullptr);
    worksheet_write_string(parts.sheet, 0, column, columns[i].title.c_str(), header);
    parts.formats.push_back(columns[i].format);
    parts.styles.push_back(style);
  }
  worksheet_freeze_panes(parts.sheet, 1, 0);
  return writer;
}

namespace {

std::optional<double> as_number(std::string_view text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

}  // namespace

void SheetWriter::add_row(const std::vector<std::string>& cells) {
  Parts& parts = *parts_;
  ++parts.row;
  for (std::size_t i = 0; i < cells.size() && i < parts.formats.size(); ++i) {
    if (cells[i].empty()) continue;
    const auto column = static_cast<lxw_col_t>(i);
    const bool numeric = parts.formats[i] == Format::number || parts.formats[i] == Format::money;
    if (const auto number = numeric ? as_number(cells[i]) : std::nullopt)
      worksheet_write_number(parts.sheet, parts.row, column, *number, parts.styles[i]);
    else
      worksheet_write_string(parts.sheet, parts.row, column, cells[i].c_str(), parts.styles[i]);
  }
}

Result<void> SheetWriter::finish() {
  const lxw_error error = workbook_close(parts_->workbook);
  parts_->workbook = nullptr;
  if (error == LXW_NO_ERROR) return {};
  return fail("sheet.write", fmt::format("写入 {} 失败:{}", parts_->file, lxw_strerror(error)),
              fmt::format("writing {} failed: {}", parts_->file, lxw_strerror(error)),
              {.file = parts_->file, .sheet = {}, .cell = {}, .record = {}, .field = {}});
}

}  // namespace zhijia::exchange
