#include "exporting/book_stream.hpp"

#include <fmt/format.h>

#include <charconv>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <optional>
#include <thread>

#include "exporting/zip_stream.hpp"

namespace zhijia::exchange {

namespace {

using Format = SheetWriter::Format;

constexpr std::size_t sheet_rows_max = 1'048'576;
constexpr std::uint64_t sheet_bytes_max = 3'500'000'000;  // a zip's entry holds 4 GiB
constexpr std::size_t piece_bytes = 1 << 18, pieces_ahead = 8;
constexpr std::size_t cell_characters_max = 32'767;

/// Numbers of the styles in styles.xml.
enum Style { plain = 0, title = 1, text = 2, money = 3, date = 4, quoted = 5 };

constexpr std::string_view styles_xml =
    R"(<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><numFmts count="1"><numFmt numFmtId="164" formatCode="yyyy\-mm\-dd"/></numFmts><fonts count="2"><font><sz val="11"/><name val="Calibri"/></font><font><b/><sz val="11"/><name val="Calibri"/></font></fonts><fills count="3"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill><fill><patternFill patternType="solid"><fgColor rgb="FFDDEBF7"/></patternFill></fill></fills><borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="6"><xf/><xf fontId="1" fillId="2" applyFont="1" applyFill="1"/><xf numFmtId="49" applyNumberFormat="1"/><xf numFmtId="4" applyNumberFormat="1"/><xf numFmtId="164" applyNumberFormat="1"/><xf numFmtId="49" quotePrefix="1" applyNumberFormat="1"/></cellXfs></styleSheet>)";

/// Pieces of a part on their way to the thread that compresses them.
class Pieces {
 public:
  /// False when nobody takes them any more.
  bool push(std::string piece) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return is_closed_ || pieces_.size() < pieces_ahead; });
    if (is_closed_) return false;
    pieces_.push_back(std::move(piece));
    changed_.notify_all();
    return true;
  }
  /// Nothing after the last.
  std::optional<std::string> pop() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return is_ended_ || is_closed_ || !pieces_.empty(); });
    if (pieces_.empty() || is_closed_) return std::nullopt;
    std::string piece = std::move(pieces_.front());
    pieces_.pop_front();
    changed_.notify_all();
    return piece;
  }
  void end() { set(is_ended_); }
  void close() { set(is_closed_); }

 private:
  void set(bool& flag) {
    const std::lock_guard lock(mutex_);
    flag = true;
    changed_.notify_all();
  }
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::string> pieces_;
  bool is_ended_ = false, is_closed_ = false;
};

/// An empty piece ends one sheet and begins the next.
const std::string next_sheet;

std::string sheets_of(const std::string& name, int sheets, std::string_view form) {
  std::string all;
  for (int i = 1; i <= sheets; ++i)
    all += fmt::format(fmt::runtime(form), i, i == 1 ? name : fmt::format("{} {}", name, i));
  return all;
}

void add_book(ZipStream& zip, const std::string& name, int sheets) {
  constexpr std::string_view head = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n";
  const auto add = [&](const char* part, const std::string& xml) { zip.add(part, std::string(head) + xml); };
  add("xl/workbook.xml",
      R"(<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets>)" +
          sheets_of(name, sheets, R"(<sheet name="{1}" sheetId="{0}" r:id="rId{0}"/>)") + "</sheets></workbook>");
  add("xl/_rels/workbook.xml.rels",
      R"(<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">)" +
          sheets_of(
              name, sheets,
              R"(<Relationship Id="rId{0}" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet{0}.xml"/>)") +
          R"(<Relationship Id="styles" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles" Target="styles.xml"/></Relationships>)");
  zip.add("xl/styles.xml", styles_xml);
  add("_rels/.rels",
      R"(<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>)");
  add("[Content_Types].xml",
      R"(<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/><Override PartName="/xl/styles.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"/>)" +
          sheets_of(
              name, sheets,
              R"(<Override PartName="/xl/worksheets/sheet{0}.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/>)") +
          "</Types>");
}

/// What XML must escape, and what it may not hold at all.
void append_escaped(std::string& xml, std::string_view words) {
  std::size_t begin = 0;
  for (std::size_t i = 0; i < words.size(); ++i) {
    const auto byte = static_cast<unsigned char>(words[i]);
    if (byte >= 0x20 && byte != '&' && byte != '<' && byte != '>' && byte != '"') continue;
    if (byte == '\n' || byte == '\t') continue;
    xml.append(words, begin, i - begin);
    begin = i + 1;
    if (byte == '&') xml += "&amp;";
    if (byte == '<') xml += "&lt;";
    if (byte == '>') xml += "&gt;";
    if (byte == '"') xml += "&quot;";
    if (byte < 0x20) xml += fmt::format("_x{:04X}_", byte);
  }
  xml.append(words, begin);
}

bool is_number(std::string_view words) {
  double value = 0;
  const auto [end, error] = std::from_chars(words.data(), words.data() + words.size(), value);
  return error == std::errc{} && end == words.data() + words.size();
}

/// Days since the end of 1899, as Excel counts from 1 March 1900 on.
std::optional<int> serial_of(std::string_view iso) {
  const auto date = parse_date(iso);
  if (!date) return std::nullopt;
  const int serial = static_cast<int>(days_between(Date::of(1899, 12, 30), *date));
  return serial > 60 ? std::optional(serial) : std::nullopt;
}

}  // namespace

bool looks_like_formula(std::string_view words) {
  return !words.empty() && std::string_view("=+-@\t\r").contains(words.front());
}

struct BookStream::Parts {
  std::string name;
  std::vector<SheetWriter::Column> columns;
  std::function<bool(std::string)> sink;
  Pieces pieces;
  std::thread compressor;
  std::string xml;
  std::size_t row = 0;
  std::uint64_t sheet_bytes = 0;
  bool is_taken = false;  // by the sink, whole
  std::exception_ptr fault;

  void compress() try {
    ZipStream zip(sink);
    int sheets = 1;
    zip.begin("xl/worksheets/sheet1.xml");
    while (auto piece = pieces.pop()) {
      if (piece->empty()) {
        zip.end();
        zip.begin(fmt::format("xl/worksheets/sheet{}.xml", ++sheets));
      }
      zip.write(*piece);
      if (!zip.goes_on()) return pieces.close();
    }
    zip.end();
    add_book(zip, name, sheets);
    zip.finish();
    is_taken = zip.goes_on();
  } catch (...) {
    fault = std::current_exception();
    pieces.close();
  }

  bool send() {
    sheet_bytes += xml.size();
    std::string piece;
    piece.reserve(piece_bytes + 8'192);
    std::swap(piece, xml);
    return pieces.push(std::move(piece));
  }

  void begin_sheet() {
    xml +=
        "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n"
        R"(<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews><cols>)";
    for (std::size_t i = 1; i <= columns.size(); ++i)
      xml += fmt::format(R"(<col min="{0}" max="{0}" width="{1}" customWidth="1"/>)", i, columns[i - 1].width);
    xml += "</cols><sheetData><row r=\"1\">";
    for (const SheetWriter::Column& column : columns) add_text(column.title, title);
    xml += "</row>";
    row = 1;
    sheet_bytes = 0;
  }
  void end_sheet() { xml += "</sheetData></worksheet>"; }

  void add_text(std::string_view words, Style style) {
    xml += "<c s=\"";
    xml += static_cast<char>('0' + style);
    xml += "\" t=\"inlineStr\"><is><t xml:space=\"preserve\">";
    append_escaped(xml, words);
    xml += "</t></is></c>";
  }

  void add_cell(const std::string& words, Format format) {
    if (words.empty()) {
      xml += "<c/>";
      return;
    }
    const auto number = [&](Style style, std::string_view value) {
      xml += "<c s=\"";
      xml += static_cast<char>('0' + style);
      xml += "\"><v>";
      xml += value;
      xml += "</v></c>";
    };
    if (format == Format::money && is_number(words)) return number(money, words);
    if (format == Format::number && is_number(words)) return number(plain, words);
    if (format == Format::date)
      if (const auto serial = serial_of(words)) return number(date, std::to_string(*serial));
    add_text(std::string_view(words).substr(0, cell_characters_max), looks_like_formula(words) ? quoted : text);
  }
};

BookStream::BookStream(std::string sheet_name, std::vector<SheetWriter::Column> columns,
                       std::function<bool(std::string)> sink)
    : parts_(std::make_unique<Parts>()) {
  Parts& parts = *parts_;
  append_escaped(parts.name, sheet_name);
  parts.columns = std::move(columns);
  parts.sink = std::move(sink);
  parts.begin_sheet();
  parts.compressor = std::thread([&parts] { parts.compress(); });
}

BookStream::~BookStream() {
  parts_->pieces.close();
  if (parts_->compressor.joinable()) parts_->compressor.join();
}

bool BookStream::add_row(const std::vector<std::string>& cells) {
  Parts& parts = *parts_;
  if (parts.row == sheet_rows_max || parts.sheet_bytes > sheet_bytes_max) {
    parts.end_sheet();
    if (!parts.send() || !parts.pieces.push(next_sheet)) return false;
    parts.begin_sheet();
  }
  parts.xml += "<row r=\"";
  char digits[20];
  parts.xml.append(digits, std::to_chars(digits, digits + sizeof digits, ++parts.row).ptr);
  parts.xml += "\">";
  for (std::size_t i = 0; i < parts.columns.size(); ++i) parts.add_cell(cells[i], parts.columns[i].format);
  parts.xml += "</row>";
  return parts.xml.size() < piece_bytes || parts.send();
}

bool BookStream::finish() {
  Parts& parts = *parts_;
  parts.end_sheet();
  parts.send();
  parts.pieces.end();
  parts.compressor.join();
  if (parts.fault) std::rethrow_exception(parts.fault);
  return parts.is_taken;
}

}  // namespace zhijia::exchange
