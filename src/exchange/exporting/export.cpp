#include "exchange/export.hpp"

#include "exporting/book_stream.hpp"
#include "registers/columns.hpp"
#include "registers/texts.hpp"

namespace zhijia::exchange {

namespace {

using registers::CellColumn;
using registers::Field;
using registers::FieldType;
using registers::Register;
using Format = SheetWriter::Format;

/// Fields whose texts are numbers, and may begin with a minus.
bool is_numeric(const Field& field) {
  return field.type == FieldType::integer || field.type == FieldType::decimal || field.type == FieldType::money;
}

Format format_of(const Field& field, CellColumn::Part part) {
  if (part != CellColumn::Part::value) return Format::text;
  if (field.type == FieldType::money) return Format::money;
  if (is_numeric(field)) return Format::number;
  return field.type == FieldType::date ? Format::date : Format::text;
}

/// What takes the rows.
class Sheet {
 public:
  virtual ~Sheet() = default;
  virtual bool add(const std::vector<std::string>& cells) = 0;
  virtual bool finish() = 0;
};

class Book final : public Sheet {
 public:
  Book(const Register& of, std::vector<SheetWriter::Column> columns, const BytesSink& sink)
      : stream_(of.title.zh, std::move(columns), sink) {}
  bool add(const std::vector<std::string>& cells) override { return stream_.add_row(cells); }
  bool finish() override { return stream_.finish(); }

 private:
  BookStream stream_;
};

/// RFC 4180, with the mark that tells Excel that it is UTF-8.
class Csv final : public Sheet {
 public:
  Csv(const std::vector<SheetWriter::Column>& columns, const BytesSink& sink) : columns_(columns), sink_(sink) {
    bytes_ = "\xEF\xBB\xBF";
    std::vector<std::string> titles;
    for (const SheetWriter::Column& column : columns) titles.push_back(column.title);
    add(titles);
  }

  bool add(const std::vector<std::string>& cells) override {
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      if (i > 0) bytes_ += ',';
      add_cell(cells[i], columns_[i].format);
    }
    bytes_ += "\r\n";
    constexpr std::size_t piece_bytes = 1 << 17;
    return bytes_.size() < piece_bytes || sink_(std::exchange(bytes_, {}));
  }

  bool finish() override { return sink_(std::exchange(bytes_, {})); }

 private:
  void add_cell(const std::string& words, Format format) {
    const bool is_text = format == Format::text || format == Format::date;
    const bool is_defused = is_text && looks_like_formula(words);
    if (words.find_first_of(",\"\r\n") == std::string::npos) {
      if (is_defused) bytes_ += '\'';
      bytes_ += words;
      return;
    }
    bytes_ += is_defused ? "\"'" : "\"";
    for (const char c : words) {
      if (c == '"') bytes_ += '"';
      bytes_ += c;
    }
    bytes_ += '"';
  }

  const std::vector<SheetWriter::Column> columns_;
  const BytesSink& sink_;
  std::string bytes_;
};

/// What the asker does not see in clear.
void hide(const Register& of, const registers::Record& record, const std::vector<CellColumn>& places,
          const std::vector<registers::Sight>& sights, registers::Texts& texts, std::vector<std::string>& cells) {
  for (std::size_t i = 0; i < places.size(); ++i) {
    const registers::Sight sight = sights[places[i].field];
    if (sight == registers::Sight::visible) continue;
    if (sight == registers::Sight::hidden || places[i].part != CellColumn::Part::identity_number)
      cells[i] = texts.shown(of, places[i].field, record, sight);
  }
}

}  // namespace

Result<std::int64_t> export_list(store::Reader& reader, const registers::Registers& registers, const Register& of,
                                 const ExportOptions& options, const BytesSink& sink) {
  std::vector<SheetWriter::Column> columns;
  for (const CellColumn& column : registers::cell_columns(of))
    columns.push_back({column.title.zh, format_of(of.fields[column.field], column.part), 18});
  std::vector<CellColumn> places = registers::cell_columns(of);
  std::vector<std::size_t> computed;
  for (std::size_t i = 0; i < of.fields.size(); ++i)
    if (!of.fields[i].computed_as.empty()) {
      computed.push_back(i);
      places.push_back({i, CellColumn::Part::value, of.fields[i].name, of.fields[i].title});
      columns.push_back({of.fields[i].title.zh, format_of(of.fields[i], CellColumn::Part::value), 18});
    }
  registers::Texts texts(registers, reader,
                         options.shows_secrets ? registers::Texts::Secrets::clear : registers::Texts::Secrets::masked);
  std::unique_ptr<Sheet> sheet;
  std::int64_t count = 0;
  bool goes_on = true;
  const auto begin = [&] {
    if (options.format == ExportFormat::csv)
      sheet = std::make_unique<Csv>(columns, sink);
    else
      sheet = std::make_unique<Book>(of, columns, sink);
  };
  std::vector<std::string> cells;
  const auto listed = registers::each(reader, registers, of, options.query, [&](const registers::Record& record) {
    if (!sheet) begin();
    texts.cells(of, record, cells);
    for (const std::size_t place : computed) cells.push_back(texts.value(of, place, record));
    if (options.sights) hide(of, record, places, options.sights(record.id), texts, cells);
    ++count;
    return goes_on = sheet->add(cells);
  });
  if (!listed) return std::unexpected(listed.error());
  if (!sheet) begin();
  if (!goes_on || !sheet->finish()) return fail("export.broken_off", "导出已中断", "the export was broken off");
  return count;
}

}  // namespace zhijia::exchange
