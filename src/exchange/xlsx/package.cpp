#include "xlsx/package.hpp"

#include <expat.h>
#include <fmt/format.h>

#include <fstream>

namespace zhijia::exchange::xlsx {

namespace {

/// Below this size a high ratio is just a small, regular file.
constexpr std::uint64_t ratio_checked_from_bytes = 10'000'000;
constexpr std::size_t piece_bytes = 1 << 16;
constexpr int xml_depth_max = 64;
/// The parser holds a tag whole; the longest honest one, a sheet's root with its namespaces, has some 2 kB.
constexpr std::uint64_t xml_tag_bytes_max = 1'000'000;

std::string_view without_prefix(std::string_view name) {
  const std::size_t colon = name.rfind(':');
  return colon == std::string_view::npos ? name : name.substr(colon + 1);
}

struct Parsing {
  XML_Parser parser;
  PartHandler& handler;
  std::uint64_t fed_bytes = 0;
  std::uint64_t fed_bytes_at_event = 0;
  int depth = 0;
  bool hostile = false;
};

void on_start(void* data, const XML_Char* name, const XML_Char** attributes) {
  auto& parsing = *static_cast<Parsing*>(data);
  parsing.fed_bytes_at_event = parsing.fed_bytes;
  if (++parsing.depth > xml_depth_max) {
    parsing.hostile = true;
    XML_StopParser(parsing.parser, XML_FALSE);
    return;
  }
  parsing.handler.start(without_prefix(name), attributes);
}
void on_end(void* data, const XML_Char* name) {
  auto& parsing = *static_cast<Parsing*>(data);
  parsing.fed_bytes_at_event = parsing.fed_bytes;
  --parsing.depth;
  parsing.handler.end(without_prefix(name));
}
void on_text(void* data, const XML_Char* text, int length) {
  auto& parsing = *static_cast<Parsing*>(data);
  parsing.fed_bytes_at_event = parsing.fed_bytes;
  parsing.handler.text({text, static_cast<std::size_t>(length)});
}
// No spreadsheet program writes a document type; it is how entity bombs are made.
void on_doctype(void* data, const XML_Char*, const XML_Char*, const XML_Char*, int) {
  auto& parsing = *static_cast<Parsing*>(data);
  parsing.hostile = true;
  XML_StopParser(parsing.parser, XML_FALSE);
}

/// The first bytes tell an old .xls or an encrypted workbook (both OLE containers) from a zip.
bool is_ole_container(const std::filesystem::path& file) {
  char magic[8] = {};
  std::ifstream(file, std::ios::binary).read(magic, sizeof magic);
  return std::string_view(magic, 4) == "\xD0\xCF\x11\xE0";
}

}  // namespace

std::string_view attribute(const char** attributes, std::string_view name) {
  for (; *attributes; attributes += 2)
    if (without_prefix(attributes[0]) == name) return attributes[1];
  return {};
}

std::unexpected<Problems> Package::refuse(std::string_view code, std::string_view zh, std::string_view en,
                                          std::string sheet, std::string cell) const {
  return fail(code, zh, en,
              {.file = file_, .sheet = std::move(sheet), .cell = std::move(cell), .record = {}, .field = {}});
}

Result<Package> Package::open(const std::filesystem::path& file, const SheetLimits& limits) {
  int error = 0;
  zip_t* archive = zip_open(file.c_str(), ZIP_RDONLY, &error);
  Package package(file.string(), archive, limits);
  if (!archive) {
    if (!std::filesystem::is_regular_file(file))
      return package.refuse("sheet.open", "找不到这个文件;请核对文件名", "there is no such file; check its name");
    if (is_ole_container(file))
      return package.refuse("sheet.old_format", "这是旧式 .xls 或加密的工作簿;请打开后不设密码另存为 .xlsx",
                            "this is an old .xls or an encrypted workbook; save it as .xlsx without password");
    return package.refuse("sheet.not_a_workbook", "这不是 Excel 工作簿,或文件已损坏;请重新另存为 .xlsx",
                          "this is no Excel workbook, or it is damaged; save it again as .xlsx");
  }
  return package;
}

bool Package::has(const std::string& part) const { return zip_name_locate(archive_.get(), part.c_str(), 0) >= 0; }

Result<void> Package::parse(const std::string& part, PartHandler& handler) {
  zip_stat_t stat;
  zip_stat_init(&stat);
  const auto damaged = [&] {
    return refuse("sheet.damaged", fmt::format("工作簿的 {} 部分已损坏;请用 Excel 打开并另存一份", part),
                  fmt::format("the part {} of the workbook is damaged; open it in Excel and save a copy", part));
  };
  const auto too_large = [&] {
    return refuse("sheet.too_large", "工作簿解压后过大,不像正常的表格;请分成几份导入",
                  "unpacked, the workbook is too large to be an ordinary sheet; import it in several parts");
  };
  constexpr zip_uint64_t needed = ZIP_STAT_SIZE | ZIP_STAT_COMP_SIZE;
  if (zip_stat(archive_.get(), part.c_str(), 0, &stat) != 0 || (stat.valid & needed) != needed) return damaged();
  const bool is_inflated =
      stat.size > ratio_checked_from_bytes && stat.size / (stat.comp_size + 1) > limits_->compression_ratio_max;
  if (is_inflated || unpacked_bytes_ + stat.size > limits_->unpacked_bytes_max) return too_large();
  const std::unique_ptr<zip_file_t, int (*)(zip_file_t*)> file(zip_fopen(archive_.get(), part.c_str(), 0), zip_fclose);
  if (!file) return damaged();
  const std::unique_ptr<std::remove_pointer_t<XML_Parser>, void (*)(XML_Parser)> parser(XML_ParserCreate(nullptr),
                                                                                        XML_ParserFree);
  Parsing parsing{parser.get(), handler};
  XML_SetUserData(parser.get(), &parsing);
  XML_SetElementHandler(parser.get(), on_start, on_end);
  XML_SetCharacterDataHandler(parser.get(), on_text);
  XML_SetStartDoctypeDeclHandler(parser.get(), on_doctype);

  for (;;) {
    void* piece = XML_GetBuffer(parser.get(), piece_bytes);
    if (!piece) return too_large();
    const zip_int64_t got = zip_fread(file.get(), piece, piece_bytes);
    if (got < 0) return damaged();
    parsing.fed_bytes += static_cast<std::uint64_t>(got);
    unpacked_bytes_ += static_cast<std::uint64_t>(got);
    // An archive that understates a size is no accident.
    if (parsing.fed_bytes > stat.size) return too_large();
    const XML_Status status = XML_ParseBuffer(parser.get(), static_cast<int>(got), got == 0);
    if (parsing.hostile || parsing.fed_bytes - parsing.fed_bytes_at_event > xml_tag_bytes_max)
      return refuse(
          "sheet.damaged", "工作簿含有不允许的内容(文档类型声明、过深的嵌套或过长的标记);请用 Excel 另存一份",
          "the workbook holds what none should (a document type, too deep nesting or too long a tag); save a copy "
          "with Excel");
    if (status == XML_STATUS_ERROR) return damaged();
    if (handler.is_done() || got == 0) return {};
  }
}

}  // namespace zhijia::exchange::xlsx
