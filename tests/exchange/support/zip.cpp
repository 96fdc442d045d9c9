#include "support/zip.hpp"

#include <zip.h>
#include <zlib.h>

#include <fstream>
#include <vector>

namespace zhijia::exchange {

namespace {

constexpr const char* workbook_xml =
    R"(<workbook xmlns:r="r"><sheets><sheet name="花名册" sheetId="1" r:id="rId1"/></sheets></workbook>)";
constexpr const char* relations_xml =
    R"(<Relationships><Relationship Id="rId1" Target="worksheets/sheet1.xml"/></Relationships>)";
constexpr const char* sheet_path = "xl/worksheets/sheet1.xml";

/// Deflated so that more can follow; with `is_last`, so that nothing can.
std::string deflated(const std::string& bytes, bool is_last) {
  z_stream stream{};
  deflateInit2(&stream, 9, Z_DEFLATED, -MAX_WBITS, 9, Z_DEFAULT_STRATEGY);
  std::string packed(bytes.size() + 1'000, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = reinterpret_cast<Bytef*>(packed.data());
  stream.avail_out = static_cast<uInt>(packed.size());
  deflate(&stream, is_last ? Z_FINISH : Z_FULL_FLUSH);
  packed.resize(stream.total_out);
  deflateEnd(&stream);
  return packed;
}

/// A zip archive written byte by byte, sizes as claimed (zip64 where they need it).
class ZipFile {
 public:
  explicit ZipFile(const std::filesystem::path& file) : out_(file, std::ios::binary) {}

  void add(const std::string& name, const std::vector<std::string>& pieces, std::uint64_t claimed,
           std::uint64_t checksum) {
    std::uint64_t packed = 0;
    for (const std::string& piece : pieces) packed += piece.size();
    const std::string extra = number(0x0001, 2) + number(16, 2) + number(claimed, 8) + number(packed, 8);
    const std::string about = number(45, 2) + number(0, 2) + number(8, 2) + number(0, 4) + number(checksum, 4) +
                              number(0xFFFFFFFF, 4) + number(0xFFFFFFFF, 4) + number(name.size(), 2) +
                              number(extra.size(), 2);
    directory_ += "PK\x01\x02" + number(45, 2) + about + number(0, 2) + number(0, 2) + number(0, 2) + number(0, 4) +
                  number(at_, 4) + name + extra;
    ++entries_;
    put("PK\x03\x04" + about + name + extra);
    for (const std::string& piece : pieces) put(piece);
  }

  void finish() {
    const std::uint64_t start = at_, size = directory_.size();
    put(directory_);
    put("PK\x05\x06" + number(0, 4) + number(entries_, 2) + number(entries_, 2) + number(size, 4) + number(start, 4) +
        number(0, 2));
  }

 private:
  static std::string number(std::uint64_t value, int bytes) {
    std::string text;
    for (int i = 0; i < bytes; ++i) text += static_cast<char>(value >> (8 * i) & 0xFF);
    return text;
  }
  void put(const std::string& bytes) {
    out_ << bytes;
    at_ += bytes.size();
  }

  std::ofstream out_;
  std::string directory_;
  std::uint64_t at_ = 0, entries_ = 0;
};

}  // namespace

void write_workbook(const std::filesystem::path& file, const std::string& sheet_xml,
                    std::map<std::string, std::string> parts) {
  std::filesystem::remove(file);
  parts.try_emplace("xl/workbook.xml", workbook_xml);
  parts.try_emplace("xl/_rels/workbook.xml.rels", relations_xml);
  parts[sheet_path] = sheet_xml;
  zip_t* archive = zip_open(file.c_str(), ZIP_CREATE | ZIP_TRUNCATE, nullptr);
  for (const auto& [name, content] : parts)
    zip_file_add(archive, name.c_str(), zip_source_buffer(archive, content.data(), content.size(), 0), 0);
  zip_close(archive);
}

void write_bomb(const std::filesystem::path& file, const std::string& head, std::uint64_t bytes,
                std::uint64_t claimed) {
  constexpr std::size_t piece_size = 1 << 20;
  std::vector<std::string> pieces{deflated(head, false)};
  pieces.insert(pieces.end(), bytes / piece_size, deflated(std::string(piece_size, ' '), false));
  pieces.push_back(deflated("</t></is></c></row></sheetData></worksheet>", true));
  ZipFile zip(file);
  const std::string book = workbook_xml, relations = relations_xml;
  const auto checksum = [](const std::string& content) {
    return crc32(0, reinterpret_cast<const Bytef*>(content.data()), static_cast<uInt>(content.size()));
  };
  zip.add("xl/workbook.xml", {deflated(book, true)}, book.size(), checksum(book));
  zip.add("xl/_rels/workbook.xml.rels", {deflated(relations, true)}, relations.size(), checksum(relations));
  zip.add(sheet_path, pieces, claimed, 0);  // nobody gets as far as its checksum
  zip.finish();
}

}  // namespace zhijia::exchange
