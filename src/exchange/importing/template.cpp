#include "exchange/template.hpp"

#include <fmt/format.h>
#include <xlsxwriter.h>

#include "registers/columns.hpp"
#include "registers/texts.hpp"

namespace zhijia::exchange {

namespace {

using registers::CellColumn;
using registers::Field;
using registers::FieldType;
using registers::Register;

/// Rows that are prepared for typing; a roster longer than this is pasted, and checked by the import.
constexpr lxw_row_t rows_prepared = 5'000;

/// What a column wants, in both languages.
registers::Title wanted(const Field& field, CellColumn::Part part) {
  using enum FieldType;
  if (part == CellColumn::Part::name) return {"姓名", "A name"};
  if (part == CellColumn::Part::identity_number) return {"18 位身份证号，按文本填写", "18 digits, as text"};
  switch (field.type) {
    case integer:
      return {"整数", "A whole number"};
    case decimal:
      return {fmt::format("数字，最多 {} 位小数", field.scale),
              fmt::format("A number with at most {} decimals", field.scale)};
    case money:
      return {"金额，单位元，最多两位小数", "An amount in yuan, at most two decimals"};
    case date:
      return {"日期，如 2020-01-31", "A day, such as 2020-01-31"};
    case yes_no:
    case choice:
    case region:
      return {"从下拉列表中选择", "Choose from the list"};
    case ref:
      return {"所引用记录的编号或名称", "Code or name of the other record"};
    case organisation:
      return {"工会的名称或编号", "The union's name or code"};
    case phone:
      return {"手机号，或带区号的电话", "A mobile number, or a telephone with area code"};
    case identity_number:
      return {"18 位身份证号，按文本填写", "18 digits, as text"};
    case credit_code:
      return {"18 位统一社会信用代码", "18 characters"};
    case bank_card:
      return {"银行卡号，按文本填写", "The card's number, as text"};
    default:
      return {"文字", "Text"};
  }
}

std::string example(const registers::Catalogue& catalogue, const Register& of, const Field& field,
                    CellColumn::Part part) {
  using enum FieldType;
  if (part == CellColumn::Part::name) return "张三";
  if (part == CellColumn::Part::identity_number || field.type == identity_number) return "610799198001011001";
  if (const auto choices = registers::choices_of(catalogue, of, field); !choices.empty()) return choices.front();
  switch (field.type) {
    case integer:
      return "10";
    case decimal:
    case money:
      return "1000.00";
    case date:
      return "2020-01-31";
    case phone:
      return "13800000000";
    case organisation:
      return "甲厂工会";
    case credit_code:
      return "81610700MC00000000";
    case bank_card:
      return "6200000000000000";
    default:
      return "";
  }
}

class Template {
 public:
  Template(lxw_workbook* book, const registers::Catalogue& catalogue, const Register& of)
      : catalogue_(catalogue), of_(of) {
    sheet_ = workbook_add_worksheet(book, nullptr);
    guide_ = workbook_add_worksheet(book, "填表说明 Instructions");
    lists_ = workbook_add_worksheet(book, "选项");
    text_ = workbook_add_format(book);
    format_set_num_format(text_, "@");
    day_ = workbook_add_format(book);
    format_set_num_format(day_, "yyyy-mm-dd");
    amount_ = workbook_add_format(book);
    format_set_num_format(amount_, "#,##0.00");
    title_ = workbook_add_format(book);
    format_set_bold(title_);
    format_set_bg_color(title_, 0xDDEBF7);
    required_ = workbook_add_format(book);
    format_set_bold(required_);
    format_set_bg_color(required_, 0xFCE4D6);
    example_ = workbook_add_format(book);
    format_set_num_format(example_, "@");
    format_set_italic(example_);
    format_set_font_color(example_, 0x808080);
  }

  void write() {
    begin_guide();
    const auto columns = registers::cell_columns(of_);
    for (std::size_t i = 0; i < columns.size(); ++i) add(columns[i], static_cast<lxw_col_t>(i));
    worksheet_freeze_panes(sheet_, 1, 0);
    worksheet_hide(lists_);
    worksheet_activate(sheet_);
  }

 private:
  lxw_format* format_of(const Field& field, CellColumn::Part part) const {
    if (part != CellColumn::Part::value) return text_;
    if (field.type == FieldType::date) return day_;
    if (field.type == FieldType::money || field.type == FieldType::decimal) return amount_;
    return field.type == FieldType::integer ? nullptr : text_;
  }

  void add(const CellColumn& column, lxw_col_t at) {
    const Field& field = of_.fields[column.field];
    const bool is_required = field.required && field.default_text.empty();
    const registers::Title what = wanted(field, column.part);
    worksheet_set_column(sheet_, at, at, 18, format_of(field, column.part));
    worksheet_write_string(sheet_, 0, at, column.title.zh.c_str(), is_required ? required_ : title_);
    std::string note = (is_required ? "必填。" : "") + what.zh;
    if (!field.note.zh.empty()) note += "\n" + field.note.zh;
    note += "\n" + column.title.en + ": " + what.en;
    worksheet_write_comment(sheet_, 0, at, note.c_str());
    std::string shown = example(catalogue_, of_, field, column.part);
    if (at == 0) shown = std::string(example_mark) + (shown.empty() ? "" : "：" + shown);
    if (!shown.empty()) worksheet_write_string(sheet_, 1, at, shown.c_str(), example_);
    validate(field, column.part, at);
    const std::string cells[] = {
        column.title.zh, is_required ? "是 yes" : "", what.zh, field.note.zh, column.title.en, what.en, field.note.en};
    for (std::size_t i = 0; i < std::size(cells); ++i)
      worksheet_write_string(guide_, guide_row_, static_cast<lxw_col_t>(i), cells[i].c_str(), nullptr);
    ++guide_row_;
  }

  void validate(const Field& field, CellColumn::Part part, lxw_col_t at) {
    lxw_data_validation rule{};
    rule.input_title = nullptr;
    rule.error_type = LXW_VALIDATION_ERROR_TYPE_STOP;
    std::string range, told;
    const auto choices =
        part == CellColumn::Part::value ? registers::choices_of(catalogue_, of_, field) : std::vector<std::string>();
    if (!choices.empty()) {
      range = list_of(choices);
      rule.validate = LXW_VALIDATION_TYPE_LIST_FORMULA;
      rule.value_formula = range.data();
      told = "请从下拉列表中选择。Choose from the list.";
    } else if (field.type == FieldType::date) {
      rule.validate = LXW_VALIDATION_TYPE_DATE;
      rule.criteria = LXW_VALIDATION_CRITERIA_BETWEEN;
      rule.minimum_datetime = {1900, 3, 1, 0, 0, 0};
      rule.maximum_datetime = {2199, 12, 31, 0, 0, 0};
      told = "请填日期，如 2020-01-31。A day, such as 2020-01-31.";
    } else if (field.type == FieldType::money) {
      rule.validate = LXW_VALIDATION_TYPE_DECIMAL;
      rule.criteria = LXW_VALIDATION_CRITERIA_BETWEEN;
      rule.minimum_number = -1e12;
      rule.maximum_number = 1e12;
      told = "请填数字。A number.";
    } else if (part == CellColumn::Part::identity_number || field.type == FieldType::identity_number) {
      rule.validate = LXW_VALIDATION_TYPE_LENGTH;
      rule.criteria = LXW_VALIDATION_CRITERIA_BETWEEN;
      rule.minimum_number = 15;
      rule.maximum_number = 18;
      told = "身份证号应为 18 位。18 digits.";
    } else {
      return;
    }
    rule.error_message = told.data();  // libxlsxwriter 1.1 takes its texts as if to change them
    worksheet_data_validation_range(sheet_, 2, at, rows_prepared, at, &rule);
  }

  /// The choices in a column of the hidden sheet, as a reference to them: a list written in place ends at 255
  /// characters.
  std::string list_of(const std::vector<std::string>& choices) {
    for (std::size_t i = 0; i < choices.size(); ++i)
      worksheet_write_string(lists_, static_cast<lxw_row_t>(i), lists_used_, choices[i].c_str(), nullptr);
    char column[lxw_max_col_name] = {};
    lxw_col_to_name(column, lists_used_++, LXW_TRUE);
    return fmt::format("='选项'!{0}$1:{0}${1}", column, choices.size());
  }

  void begin_guide() {
    const std::string lines[] = {
        fmt::format("{} {}", of_.title.zh, of_.title.en),
        "一行一条记录。橙色标题为必填。第二行是示例，导入时跳过，可以删去。不要合并单元格。可以增加“序号”列。",
        "One record a row. Orange titles are required. The second row is an example; the import passes over it. Merge "
        "no "
        "cells."};
    for (const std::string& line : lines) worksheet_write_string(guide_, guide_row_++, 0, line.c_str(), nullptr);
    ++guide_row_;
    const char* titles[] = {"列", "必填", "填写", "说明", "Column", "Wanted", "Note"};
    for (std::size_t i = 0; i < std::size(titles); ++i)
      worksheet_write_string(guide_, guide_row_, static_cast<lxw_col_t>(i), titles[i], title_);
    ++guide_row_;
    worksheet_set_column(guide_, 0, 6, 28, nullptr);
  }

  static constexpr std::size_t lxw_max_col_name = 8;
  const registers::Catalogue& catalogue_;
  const Register& of_;
  lxw_worksheet *sheet_ = nullptr, *guide_ = nullptr, *lists_ = nullptr;
  lxw_format *text_ = nullptr, *day_ = nullptr, *amount_ = nullptr, *title_ = nullptr, *required_ = nullptr,
             *example_ = nullptr;
  lxw_row_t guide_row_ = 0;
  lxw_col_t lists_used_ = 0;
};

}  // namespace

Result<void> write_template(const std::filesystem::path& file, const registers::Catalogue& catalogue,
                            const Register& of) {
  const Place at{.file = file.filename().string(), .sheet = {}, .cell = {}, .record = {}, .field = {}};
  lxw_workbook* book = workbook_new(file.c_str());
  if (!book) return fail("sheet.create", "无法创建文件", "the file cannot be created", at);
  Template(book, catalogue, of).write();
  const lxw_error error = workbook_close(book);
  if (error == LXW_NO_ERROR) return {};
  return fail("sheet.write", fmt::format("写入失败:{}", lxw_strerror(error)),
              fmt::format("writing failed: {}", lxw_strerror(error)), at);
}

}  // namespace zhijia::exchange
