#include <unistd.h>
#include <zip.h>

#include <cstdlib>
#include <fstream>
#include <string>

#include "exchange/sheet_reader.hpp"

namespace {

/// A workbook whose parts are the fuzzer's bytes, parted at null characters: sheet, shared texts, styles, workbook.
/// What it leaves out is as it should be, so that it need not find out how a zip and a workbook are made.
void write_parts(const std::filesystem::path& file, std::string_view bytes) {
  std::string parts[] = {
      "<worksheet/>", "<sst/>", "<styleSheet/>",
      R"(<workbook xmlns:r="r"><sheets><sheet name="s" sheetId="1" r:id="rId1"/></sheets></workbook>)",
      R"(<Relationships><Relationship Id="rId1" Target="worksheets/sheet1.xml"/></Relationships>)"};
  const char* names[] = {"xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "xl/styles.xml", "xl/workbook.xml",
                         "xl/_rels/workbook.xml.rels"};
  for (std::string& part : parts) {
    const std::size_t end = bytes.find('\0');
    if (!bytes.empty()) part = bytes.substr(0, end);
    bytes.remove_prefix(end == std::string_view::npos ? bytes.size() : end + 1);
  }
  zip_t* archive = zip_open(file.c_str(), ZIP_CREATE | ZIP_TRUNCATE, nullptr);
  for (int i = 0; i < 5; ++i) {
    const zip_int64_t entry =
        zip_file_add(archive, names[i], zip_source_buffer(archive, parts[i].data(), parts[i].size(), 0), 0);
    zip_set_file_compression(archive, static_cast<zip_uint64_t>(entry), ZIP_CM_STORE, 0);
  }
  zip_close(archive);
}

}  // namespace

/// A stranger's workbook is read or refused with a problem. The first byte says whether the rest is the archive itself
/// or what stands in it.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace zhijia::exchange;
  static const std::filesystem::path file =
      std::filesystem::temp_directory_path() / ("zhijia_fuzz_" + std::to_string(::getpid()) + ".xlsx");
  if (size == 0) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  if (data[0] == 'Z')
    std::ofstream(file, std::ios::binary) << bytes;
  else
    write_parts(file, bytes);
  const SheetLimits limits{.rows_max = 1'000, .columns_max = 50, .cell_bytes_max = 1'000};
  const auto read = read_sheet(
      file,
      [&](const std::string&, const Row& row) {
        if (row.cells.size() > limits.columns_max || row.number > limits.rows_max) std::abort();
        for (const Cell& cell : row.cells)
          if (cell.text.size() > limits.cell_bytes_max) std::abort();
        return true;
      },
      limits);
  if (!read && read.error().empty()) std::abort();
  return 0;
}
