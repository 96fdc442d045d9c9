#include "csv_reader.hpp"

#include <fmt/format.h>
#include <unicode/ucnv.h>

#include <fstream>
#include <iterator>
#include <optional>
#include <utility>

#include "base/text.hpp"

namespace zhijia::exchange {

namespace {

/// A csv is read whole, to tell its encoding; above this an .xlsx is the better carrier.
constexpr std::uintmax_t csv_bytes_max = 500'000'000;

std::optional<std::string> converted(std::string_view bytes, const char* encoding) {
  UErrorCode error = U_ZERO_ERROR;
  UConverter* from = ucnv_open(encoding, &error);
  UConverter* to = ucnv_open("UTF-8", &error);
  if (U_SUCCESS(error)) ucnv_setToUCallBack(from, UCNV_TO_U_CALLBACK_STOP, nullptr, nullptr, nullptr, &error);
  std::string text(bytes.size() * 3 + 16, '\0');
  char* target = text.data();
  const char* source = bytes.data();
  if (U_SUCCESS(error))
    ucnv_convertEx(to, from, &target, text.data() + text.size(), &source, bytes.data() + bytes.size(), nullptr, nullptr,
                   nullptr, nullptr, true, true, &error);
  ucnv_close(from);
  ucnv_close(to);
  if (U_FAILURE(error)) return std::nullopt;
  text.resize(static_cast<std::size_t>(target - text.data()));
  return text;
}

/// UTF-8 is sure when it is well-formed; what is not, and has no UTF-16 mark, is what Chinese Excel writes.
std::optional<std::string> as_utf8(std::string bytes) {
  if (bytes.starts_with("\xEF\xBB\xBF")) bytes.erase(0, 3);
  if (bytes.starts_with("\xFF\xFE") || bytes.starts_with("\xFE\xFF")) return converted(bytes, "UTF-16");
  if (is_utf8(bytes)) return bytes;
  return converted(bytes, "gb18030");
}

char separator_of(std::string_view text) {
  const std::string_view header = text.substr(0, text.find('\n'));
  if (header.find('\t') != std::string_view::npos) return '\t';
  return header.find(';') != std::string_view::npos && header.find(',') == std::string_view::npos ? ';' : ',';
}

}  // namespace

Result<void> read_csv(const std::filesystem::path& file, const RowSink& sink, const SheetLimits& limits) {
  const auto refuse = [&](std::string_view code, std::string_view zh, std::string_view en, std::string cell = {}) {
    return fail(code, zh, en, {.file = file.string(), .sheet = {}, .cell = std::move(cell), .record = {}, .field = {}});
  };
  std::error_code error;
  const std::uintmax_t bytes = std::filesystem::file_size(file, error);
  if (error) return refuse("sheet.open", "找不到这个文件;请核对文件名", "there is no such file; check its name");
  if (bytes > csv_bytes_max)
    return refuse("sheet.too_large", "CSV 文件超过500MB;请分成几份", "the CSV file exceeds 500 MB; split it");
  std::ifstream stream(file, std::ios::binary);
  const auto text = as_utf8({std::istreambuf_iterator<char>(stream), {}});
  if (!text)
    return refuse("sheet.encoding", "文件的文字编码无法识别;请另存为 UTF-8",
                  "the file's encoding is unknown; save it as UTF-8");

  const char separator = separator_of(*text);
  Row row{1, {}};
  std::string cell;
  std::size_t line = 1;
  bool quoted = false;
  const auto end_cell = [&] { row.cells.push_back({std::exchange(cell, {}), false}); };
  const auto end_row = [&] {
    end_cell();
    const bool empty = row.cells.size() == 1 && row.cells.front().text.empty();
    const bool go_on = empty || sink({}, row);
    row = {++line, {}};
    return go_on;
  };
  for (std::size_t i = 0; i < text->size(); ++i) {
    const char c = (*text)[i];
    if (quoted) {
      if (c != '"')
        cell += c;
      else if (i + 1 < text->size() && (*text)[i + 1] == '"')
        cell += (*text)[++i];
      else
        quoted = false;
    } else if (c == '"' && cell.empty()) {
      quoted = true;
    } else if (c == separator) {
      end_cell();
    } else if (c == '\n') {
      if (!end_row()) return {};
    } else if (c != '\r') {
      cell += c;
    }
    if (row.cells.size() > limits.columns_max || line > limits.rows_max || cell.size() > limits.cell_bytes_max)
      return refuse("sheet.too_large", "表格超过可导入的大小;请检查引号是否成对",
                    "the sheet is too large; check that quotes come in pairs", cell_name(row.cells.size(), line));
  }
  if (quoted)
    return refuse("sheet.damaged", "有一个引号没有结束", "a quote is never closed", cell_name(row.cells.size(), line));
  if (!cell.empty() || !row.cells.empty()) end_row();
  return {};
}

}  // namespace zhijia::exchange
