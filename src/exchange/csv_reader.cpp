#include "csv_reader.hpp"

#include <fmt/format.h>
#include <unicode/ucnv.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <memory>
#include <optional>
#include <stdexcept>
#include <utility>

#include "base/text.hpp"

namespace zhijia::exchange {

namespace {

constexpr std::size_t piece_bytes = 1 << 18;

/// Whether a file is well-formed UTF-8, told piece by piece.
class Utf8Check {
 public:
  bool take(std::string_view piece) {
    held_ += piece;
    // A character may be cut off by the piece's end: its bytes wait for the next.
    std::size_t whole = held_.size();
    for (std::size_t back = 1; back <= 4 && back <= held_.size(); ++back) {
      const auto byte = static_cast<unsigned char>(held_[held_.size() - back]);
      if ((byte & 0xC0) == 0x80) continue;
      const std::size_t length = byte >= 0xF0 ? 4 : byte >= 0xE0 ? 3 : byte >= 0xC0 ? 2 : 1;
      if (length > back) whole = held_.size() - back;
      break;
    }
    const bool is_well_formed = is_utf8(std::string_view(held_).substr(0, whole));
    held_.erase(0, whole);
    return is_well_formed;
  }
  bool is_complete() const { return held_.empty(); }

 private:
  std::string held_;
};

/// Gives the file's bytes piece by piece; stops when `take` says false.
template <typename Take>
void read_pieces(std::ifstream& stream, Take&& take) {
  stream.clear();
  stream.seekg(0);
  std::string piece(piece_bytes, '\0');
  while (stream.read(piece.data(), static_cast<std::streamsize>(piece.size())) || stream.gcount() > 0)
    if (!take(std::string_view(piece).substr(0, static_cast<std::size_t>(stream.gcount())))) return;
}

/// UTF-8 is sure when it is well-formed; what is not, and has no UTF-16 mark, is what Chinese Excel writes.
const char* encoding_of(std::ifstream& stream) {
  char mark[2] = {};
  stream.read(mark, sizeof mark);
  if (const std::string_view begin(mark, 2); begin == "\xFF\xFE" || begin == "\xFE\xFF") return "UTF-16";
  Utf8Check check;
  bool is_well_formed = true;
  read_pieces(stream, [&](std::string_view piece) { return is_well_formed = check.take(piece); });
  return is_well_formed && check.is_complete() ? "UTF-8" : "gb18030";
}

/// Turns bytes of an encoding into UTF-8, piece by piece.
class Decoder {
 public:
  explicit Decoder(const char* encoding) {
    UErrorCode error = U_ZERO_ERROR;
    from_.reset(ucnv_open(encoding, &error));
    to_.reset(ucnv_open("UTF-8", &error));
    ucnv_setToUCallBack(from_.get(), UCNV_TO_U_CALLBACK_STOP, nullptr, nullptr, nullptr, &error);
    if (U_FAILURE(error)) throw std::runtime_error(fmt::format("no converter from {}", encoding));
  }

  /// Nothing when the bytes are none of the encoding. An empty piece ends the text.
  std::optional<std::string> take(std::string_view piece) {
    std::string text(piece.size() * 3 + 16, '\0');
    char* target = text.data();
    const char* source = piece.data();
    UErrorCode error = U_ZERO_ERROR;
    ucnv_convertEx(to_.get(), from_.get(), &target, text.data() + text.size(), &source, piece.data() + piece.size(),
                   pivot_, &pivot_source_, &pivot_target_, pivot_ + std::size(pivot_), is_begun_ ? 0 : 1, piece.empty(),
                   &error);
    is_begun_ = true;
    if (U_FAILURE(error)) return std::nullopt;
    text.resize(static_cast<std::size_t>(target - text.data()));
    return text;
  }

 private:
  struct Close {
    void operator()(UConverter* converter) const { ucnv_close(converter); }
  };
  std::unique_ptr<UConverter, Close> from_, to_;
  UChar pivot_[4'096] = {};
  UChar* pivot_source_ = pivot_;
  UChar* pivot_target_ = pivot_;
  bool is_begun_ = false;
};

/// What the header's cells stand between: the separator that it has most of outside quotes.
char separator_of(std::string_view text) {
  std::size_t counts[3] = {};
  constexpr std::string_view separators = ",;\t";
  bool is_quoted = false;
  for (const char c : text) {
    if (c == '"') is_quoted = !is_quoted;
    if ((c == '\n' || c == '\r') && !is_quoted) break;
    if (const std::size_t at = separators.find(c); at != std::string_view::npos && !is_quoted) ++counts[at];
  }
  return separators[static_cast<std::size_t>(std::max_element(counts, counts + 3) - counts)];
}

/// RFC 4180, with any of the usual separators, fed piece by piece.
class CsvParser {
 public:
  enum class State { goes_on, ended, too_large };

  CsvParser(const RowSink& sink, const SheetLimits& limits) : sink_(sink), limits_(limits) {}

  State take(std::string_view text) {
    if (!separator_) {
      if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
      separator_ = separator_of(text);
    }
    for (const char c : text) {
      if (!take(c)) return State::ended;
      if (row_.cells.size() >= limits_.columns_max || row_.number > limits_.rows_max ||
          cell_.size() > limits_.cell_bytes_max)
        return State::too_large;
    }
    return State::goes_on;
  }

  /// Whether every quote was closed.
  bool finish() {
    if (is_quoted_ && !is_quote_pending_) return false;
    if (!cell_.empty() || !row_.cells.empty()) end_row();
    return true;
  }

  std::string place() const { return cell_name(row_.cells.size(), row_.number); }

 private:
  /// False when the sink wants no more.
  bool take(char c) {
    if (is_quoted_) {
      if (is_quote_pending_ && c == '"') {
        is_quote_pending_ = false;
        cell_ += c;
        return true;
      }
      if (!is_quote_pending_) {
        if (c == '"')
          is_quote_pending_ = true;
        else
          cell_ += c;
        return true;
      }
      is_quoted_ = is_quote_pending_ = false;
    }
    const bool was_return = std::exchange(is_after_return_, c == '\r');
    if (c == '"' && cell_.empty())
      is_quoted_ = true;
    else if (c == *separator_)
      end_cell();
    else if (c == '\r' || (c == '\n' && !was_return))  // old Macintosh programs end a line by a return alone
      return end_row();
    else if (c != '\n')
      cell_ += c;
    return true;
  }

  void end_cell() { row_.cells.push_back({std::exchange(cell_, {}), false}); }

  bool end_row() {
    end_cell();
    const bool is_empty = row_.cells.size() == 1 && row_.cells.front().text.empty();
    const bool goes_on = is_empty || sink_({}, row_);
    row_ = {row_.number + 1, {}};
    return goes_on;
  }

  const RowSink& sink_;
  const SheetLimits& limits_;
  std::optional<char> separator_;
  Row row_{1, {}};
  std::string cell_;
  bool is_quoted_ = false, is_quote_pending_ = false, is_after_return_ = false;
};

}  // namespace

Result<SheetFacts> read_csv(const std::filesystem::path& file, const RowSink& sink, const SheetLimits& limits) {
  const auto refuse = [&](std::string_view code, std::string_view zh, std::string_view en, std::string cell = {}) {
    return fail(code, zh, en, {.file = file.string(), .sheet = {}, .cell = std::move(cell), .record = {}, .field = {}});
  };
  std::ifstream stream(file, std::ios::binary);
  if (!stream || !std::filesystem::is_regular_file(file))
    return refuse("sheet.open", "找不到这个文件；请核对文件名", "there is no such file; check its name");
  std::error_code error;
  const auto too_large = [&](std::string cell) {
    return refuse("sheet.too_large", "表格超过可导入的大小；请分成几份，并检查引号是否成对",
                  "the sheet is too large; split it, and check that quotes come in pairs", std::move(cell));
  };
  if (std::filesystem::file_size(file, error) > limits.unpacked_bytes_max) return too_large({});

  Decoder decoder(encoding_of(stream));
  CsvParser parser(sink, limits);
  bool is_decoded = true;
  auto state = CsvParser::State::goes_on;
  const auto take = [&](std::string_view piece) {
    const auto text = decoder.take(piece);
    is_decoded = text.has_value();
    if (is_decoded && !text->empty()) state = parser.take(*text);
    return is_decoded && state == CsvParser::State::goes_on;
  };
  read_pieces(stream, take);
  if (is_decoded && state == CsvParser::State::goes_on) take("");
  if (!is_decoded)
    return refuse("sheet.encoding", "文件的文字编码无法识别；请另存为 UTF-8",
                  "the file's encoding is unknown; save it as UTF-8", parser.place());
  if (state == CsvParser::State::too_large) return too_large(parser.place());
  if (state == CsvParser::State::goes_on && !parser.finish())
    return refuse("sheet.damaged", "有一个引号没有结束；请补上或删去", "a quote is never closed; close or delete it",
                  parser.place());
  return SheetFacts{};
}

}  // namespace zhijia::exchange
