#include <algorithm>
#include <array>
#include <cstdint>

#include "registers/attachments.hpp"

/// Files by their shape. Each of these walks the parts that the format says a file is made of, up to its end; none
/// unpacks anything.
namespace zhijia::registers {
namespace {

std::uint32_t little_endian(std::string_view bytes, std::size_t at, int count) {
  std::uint32_t number = 0;
  for (int i = count - 1; i >= 0; --i)
    number = number << 8U | static_cast<unsigned char>(bytes[at + static_cast<std::size_t>(i)]);
  return number;
}

std::uint32_t big_endian(std::string_view bytes, std::size_t at, int count) {
  std::uint32_t number = 0;
  for (int i = 0; i < count; ++i)
    number = number << 8U | static_cast<unsigned char>(bytes[at + static_cast<std::size_t>(i)]);
  return number;
}

/// ITU-T T.81, annex B: segments of marker and length, among them a frame header, up to the scan, and an end.
bool is_jpeg(std::string_view bytes) {
  if (!bytes.starts_with("\xFF\xD8\xFF") || bytes.rfind("\xFF\xD9") == std::string_view::npos) return false;
  bool has_frame = false;
  for (std::size_t at = 2; at + 4 <= bytes.size();) {
    if (bytes[at] != '\xFF') return false;
    const auto marker = static_cast<unsigned char>(bytes[at + 1]);
    if (marker == 0xFF) {  // a fill byte
      ++at;
      continue;
    }
    if (marker == 0xDA) return has_frame;
    const bool is_other_c = marker == 0xC4 || marker == 0xC8 || marker == 0xCC;
    has_frame = has_frame || (marker >= 0xC0 && marker <= 0xCF && !is_other_c);
    const std::uint32_t length = big_endian(bytes, at + 2, 2);
    if (length < 2) return false;
    at += 2 + length;
  }
  return false;
}

/// W3C PNG, section 5: chunks from IHDR to IEND, and nothing after.
bool is_png(std::string_view bytes) {
  constexpr std::string_view signature("\x89PNG\r\n\x1A\n", 8);
  if (!bytes.starts_with(signature)) return false;
  for (std::size_t at = signature.size(); at + 12 <= bytes.size();) {
    const std::string_view type = bytes.substr(at + 4, 4);
    if (at == signature.size() && type != "IHDR") return false;
    const std::size_t end = at + 12 + big_endian(bytes, at, 4);
    if (type == "IEND") return end == bytes.size();
    at = end;
  }
  return false;
}

/// RFC 9649: a RIFF container that is as long as it says, of one of three kinds.
bool is_webp(std::string_view bytes) {
  if (bytes.size() < 20 || !bytes.starts_with("RIFF") || bytes.substr(8, 4) != "WEBP") return false;
  const std::string_view kind = bytes.substr(12, 4);
  const std::size_t length = little_endian(bytes, 4, 4);
  return (kind == "VP8 " || kind == "VP8L" || kind == "VP8X") && (length + 8 == bytes.size());
}

/// ISO 32000-1, 7.5: a header at the very beginning, a trailer near the end.
bool is_pdf(std::string_view bytes) {
  constexpr std::size_t trailer_bytes = 1'024;
  if (!bytes.starts_with("%PDF-1.") && !bytes.starts_with("%PDF-2.")) return false;
  const std::string_view end = bytes.substr(bytes.size() - std::min(bytes.size(), trailer_bytes));
  return end.find("%%EOF") != std::string_view::npos && end.find("startxref") != std::string_view::npos;
}

/// Calls `seen` with each name in the directory of a ZIP file (PKWARE APPNOTE 4.3.12); false when it is none.
template <typename Seen>
bool walk_zip(std::string_view bytes, Seen&& seen) {
  constexpr std::size_t end_bytes = 22, comment_bytes_max = 65'535, entry_bytes = 46;
  if (bytes.size() < end_bytes || !bytes.starts_with("PK\x03\x04")) return false;
  const std::string_view tail = bytes.substr(bytes.size() - std::min(bytes.size(), end_bytes + comment_bytes_max));
  const auto found = tail.rfind("PK\x05\x06");
  if (found == std::string_view::npos || tail.size() - found < end_bytes) return false;
  const std::uint32_t count = little_endian(tail, found + 10, 2);
  std::size_t at = little_endian(tail, found + 16, 4);
  for (std::uint32_t i = 0; i < count; ++i) {
    if (at > bytes.size() || bytes.size() - at < entry_bytes || bytes.substr(at, 4) != "PK\x01\x02") return false;
    const std::size_t name = little_endian(bytes, at + 28, 2);
    const std::size_t rest = little_endian(bytes, at + 30, 2) + little_endian(bytes, at + 32, 2);
    if (bytes.size() - at - entry_bytes < name + rest) return false;
    seen(bytes.substr(at + entry_bytes, name));
    at += entry_bytes + name + rest;
  }
  return count > 0;
}

constexpr FileType jpeg{"image/jpeg", "jpg"}, png{"image/png", "png"}, webp{"image/webp", "webp"},
    pdf{"application/pdf", "pdf"}, ofd{"application/ofd", "ofd"},
    docx{"application/vnd.openxmlformats-officedocument.wordprocessingml.document", "docx"},
    xlsx{"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "xlsx"};

/// By the parts that each must have (ECMA-376 part 2; GB/T 33190); one with macros, whatever it is called, is none.
std::optional<FileType> packed_type(std::string_view bytes) {
  bool has_types = false, has_macros = false;
  std::optional<FileType> type;
  const bool is_zip = walk_zip(bytes, [&](std::string_view name) {
    has_types = has_types || name == "[Content_Types].xml";
    has_macros = has_macros || name.ends_with("vbaProject.bin");
    if (name == "word/document.xml") type = docx;
    if (name == "xl/workbook.xml") type = xlsx;
    if (name == "OFD.xml") type = ofd;
  });
  if (!is_zip || !type || has_macros) return std::nullopt;
  return has_types || type->ending == ofd.ending ? type : std::nullopt;
}

}  // namespace

std::optional<FileType> file_type(std::string_view bytes) {
  if (is_jpeg(bytes)) return jpeg;
  if (is_png(bytes)) return png;
  if (is_webp(bytes)) return webp;
  if (is_pdf(bytes)) return pdf;
  return packed_type(bytes);
}

std::vector<FileType> file_types() { return {jpeg, png, webp, pdf, docx, xlsx, ofd}; }

}  // namespace zhijia::registers
