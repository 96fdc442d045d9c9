#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>
#include <iterator>
#include <map>

#include "exchange/sheet_reader.hpp"
#include "exchange/sheet_writer.hpp"
#include "support/zip.hpp"

namespace zhijia::exchange {
namespace {

namespace fs = std::filesystem;

fs::path scratch(const std::string& name) {
  return fs::temp_directory_path() / ("zhijia_sheet_" + std::to_string(::getpid()) + "_" + name);
}

std::string bytes_of(const fs::path& file) {
  std::ifstream stream(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

/// All rows as text, cells joined by | and rows by a line break; or the first problem's code.
std::string read_all(const fs::path& file, const SheetLimits& limits = {}) {
  std::string all;
  const auto read = read_sheet(
      file,
      [&](const std::string&, const Row& row) {
        for (std::size_t i = 0; i < row.cells.size(); ++i)
          all += (i ? "|" : "") + row.cells[i].text + (row.cells[i].is_error ? "!" : "");
        all += "\n";
        return true;
      },
      limits);
  return read ? all : read.error().front().code;
}

fs::path workbook(const std::string& sheet_xml, const std::map<std::string, std::string>& other_parts = {}) {
  const fs::path file = scratch("made.xlsx");
  write_workbook(file, sheet_xml, other_parts);
  return file;
}

std::string sheet(const std::string& rows, const std::string& after = {}) {
  return "<worksheet><sheetData>" + rows + "</sheetData>" + after + "</worksheet>";
}

TEST(SheetReader, CellsBecomeWhatAPersonSees) {
  const std::map<std::string, std::string> parts{
      {"xl/styles.xml",
       R"(<styleSheet><numFmts><numFmt numFmtId="170" formatCode="yyyy&quot;年&quot;m&quot;月&quot;"/>
         <numFmt numFmtId="171" formatCode="0_d"/></numFmts>
         <cellXfs><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="170"/><xf numFmtId="45"/>
         <xf numFmtId="171"/></cellXfs></styleSheet>)"},
      {"xl/sharedStrings.xml",
       "<sst><si><t>张三</t></si><si><r><t>李</t></r><r><t>四</t></r><rPh><t>li</t></rPh></si></sst>"}};
  struct Case {
    std::string_view name, cell, text;
  };
  constexpr Case cases[] = {
      {"a shared text", R"(<c r="A1" t="s"><v>0</v></c>)", "张三"},
      {"rich text without its reading", R"(<c r="A1" t="s"><v>1</v></c>)", "李四"},
      {"a shared text that is not there", R"(<c r="A1" t="s"><v>9</v></c><c r="B1"><v>1</v></c>)", "|1"},
      {"an inline text", R"(<c r="A1" t="inlineStr"><is><t>王五</t></is></c>)", "王五"},
      {"a formula's text", R"(<c r="A1" t="str"><f>B1</f><v>赵六</v></c>)", "赵六"},
      {"a serial date", R"(<c r="A1" s="1"><v>43861</v></c>)", "2020-01-31"},
      {"a date in a format of the user's", R"(<c r="A1" s="2"><v>43861.5</v></c>)", "2020-01-31"},
      {"a duration is no date", R"(<c r="A1" s="3"><v>1.5</v></c>)", "1.5"},
      {"an inline text without its reading",
       R"(<c r="A1" t="inlineStr"><is><r><t>钱</t></r><rPh sb="0" eb="1"><t>qian</t></rPh></is></c>)", "钱"},
      {"a letter that only measures a gap is no day", R"(<c r="A1" s="4"><v>2</v></c>)", "2"},
      {"an escaped line break", R"(<c r="A1" t="inlineStr"><is><t>王_x000D_五_x</t></is></c>)", "王\r五_x"},
      {"cells without names after an empty one", "<c/><c><v>2</v></c>", "|2"},
      {"a date as text of the standard", R"(<c r="A1" t="d"><v>2020-01-31T00:00:00</v></c>)", "2020-01-31"},
      {"a whole number", R"(<c r="A1"><v>1252</v></c>)", "1252"},
      {"a binary fraction", R"(<c r="A1"><v>0.10000000000000001</v></c>)", "0.1"},
      {"an identity number that was rounded", R"(<c r="A1"><v>6.1070219900101E17</v></c>)", "6.10702E+17"},
      {"a truth value", R"(<c r="A1" t="b"><v>1</v></c>)", "是"},
      {"a formula's error", R"(<c r="A1" t="e"><v>#REF!</v></c>)", "#REF!!"},
      {"columns left out", R"(<c r="C1"><v>3</v></c>)", "||3"},
  };
  for (const Case& c : cases)
    EXPECT_EQ(read_all(workbook(sheet("<row r=\"1\">" + std::string(c.cell) + "</row>"), parts)),
              std::string(c.text) + "\n")
        << c.name;
}

TEST(SheetReader, WhatIsNoSheetIsRefused) {
  const std::string bomb =
      "<row r=\"1\"><c r=\"A1\" t=\"inlineStr\"><is><t>" + std::string(60'000'000, ' ') + "</t></is></c></row>";
  EXPECT_EQ(read_all(workbook(sheet(bomb), {}), {.cell_bytes_max = 1'000'000'000}), "sheet.too_large") << "a zip bomb";
  EXPECT_EQ(read_all(workbook("<!DOCTYPE a [<!ENTITY b \"c\">]><worksheet/>")), "sheet.damaged") << "an entity bomb";
  EXPECT_EQ(read_all(workbook("<worksheet><sheetData><row")), "sheet.damaged") << "a sheet cut off";
  EXPECT_EQ(read_all(workbook(sheet("<row r=\"1\"><c r=\"ZZZ1\"><v>1</v></c></row>"))), "sheet.too_large")
      << "too wide";
  EXPECT_EQ(read_all(workbook(R"(<worksheet><sheetData><row r=")" + std::string(3'000'000, ' ') + "\"/>")),
            "sheet.damaged")
      << "a tag of three megabytes, which the parser would hold whole";
  const std::string shared_cell = "<row r=\"1\"><c r=\"A1\" t=\"s\"><v>0</v></c></row>";
  EXPECT_EQ(read_all(workbook(sheet(shared_cell), {{"xl/sharedStrings.xml", "<sst><si><t>12345</t></si></sst>"}}),
                     {.cell_bytes_max = 4}),
            "sheet.too_large")
      << "a shared text is at most as long as a cell may be";
  EXPECT_EQ(read_all(workbook(sheet(shared_cell), {{"xl/sharedStrings.xml", "<sst><si/><si/><si/></sst>"}}),
                     {.shared_text_bytes_max = 16}),
            "sheet.too_large")
      << "empty texts take room too";
  EXPECT_EQ(read_all(workbook(sheet("<row r=\"1048577\"/>"))), "sheet.too_large") << "too long";
  EXPECT_EQ(read_all(scratch("missing.xlsx")), "sheet.open");

  const fs::path file = scratch("broken.xlsx");
  std::ofstream(file) << "not a zip";
  EXPECT_EQ(read_all(file), "sheet.not_a_workbook");
  std::ofstream(file) << "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1";
  EXPECT_EQ(read_all(file), "sheet.old_format");
  const std::string whole = bytes_of(workbook(sheet("")));
  std::ofstream(file, std::ios::binary) << whole.substr(0, whole.size() / 2);
  EXPECT_EQ(read_all(file), "sheet.not_a_workbook") << "a zip cut off";
}

TEST(SheetReader, CsvIsReadInEveryUsualForm) {
  struct Case {
    std::string_view name, bytes, text;
  };
  constexpr Case cases[] = {
      {"commas and quotes", "a,\"b,\"\"c\"\"\"\r\n1,2\r\n", "a|b,\"c\"\n1|2\n"},
      {"a byte order mark", "\xEF\xBB\xBF姓名,年\n", "姓名|年\n"},
      {"GB18030", "\xD0\xD5\xC3\xFB,1\n", "姓名|1\n"},
      {"semicolons", "a;b\n1;2", "a|b\n1|2\n"},
      {"tabs", "a\tb\n", "a|b\n"},
      {"line ends of an old Macintosh", "a,b\r1,2\r", "a|b\n1|2\n"},
      {"line ends of Windows after quotes", "a,\"b\"\r\n\"1\",2\r\n", "a|b\n1|2\n"},
      {"a line break inside quotes", "a,\"b\nc\"\n", "a|b\nc\n"},
      {"a comma within a quoted header", "\"a,b\";c\n1;2\n", "a,b|c\n1|2\n"},
      {"UTF-16", std::string_view("\xFF\xFE\xD3\x59,\0\x31\0\n\0", 10), "姓|1\n"},
      {"bytes of no encoding", "a,\xFF\xFF\n", "sheet.encoding"},
      {"a quote at the very end", "a,\"b\"", "a|b\n"},
      {"an open quote", "a,\"b\n", "sheet.damaged"},
  };
  for (const Case& c : cases) {
    const fs::path file = scratch("x.csv");
    std::ofstream(file, std::ios::binary) << c.bytes;
    EXPECT_EQ(read_all(file), c.text) << c.name;
  }
}

TEST(SheetReader, DaysOfTheYear1904AreCountedFromZero) {
  const std::map<std::string, std::string> parts{
      {"xl/styles.xml", R"(<styleSheet><cellXfs><xf numFmtId="14"/></cellXfs></styleSheet>)"},
      {"xl/workbook.xml", R"(<workbook xmlns:r="r"><workbookPr date1904="1"/>
         <sheets><sheet name="a" r:id="rId1"/></sheets></workbook>)"}};
  const auto read = [&](const std::string& serial) {
    return read_all(workbook(sheet("<row r=\"1\"><c r=\"A1\" s=\"0\"><v>" + serial + "</v></c></row>"), parts));
  };
  EXPECT_EQ(read("0"), "1904-01-01\n");
  EXPECT_EQ(read("38721"), "2010-01-05\n");
  EXPECT_EQ(read("2957003"), "9999-12-31\n");
  EXPECT_EQ(read("2957004"), "2957004\n") << "beyond the last day";
}

TEST(SheetWriter, WritesWhatTheReaderReadsAndTheSameBytesTwice) {
  const auto write = [](const fs::path& file) {
    auto writer = SheetWriter::create(file, "名单", {{"姓名"}, {"金额", SheetWriter::Format::money}, {"日期"}},
                                      Moment{Date::of(2020, 12, 31).day});
    ASSERT_TRUE(writer);
    (*writer)->add_row({"=1+1", "1234.5", "2020-01-31"});
    (*writer)->add_row({"张三", "", "x"});
    ASSERT_TRUE((*writer)->finish());
  };
  write(scratch("one.xlsx"));
  write(scratch("two.xlsx"));
  EXPECT_EQ(read_all(scratch("one.xlsx")), "姓名|金额|日期\n=1+1|1234.5|2020-01-31\n张三||x\n");
  EXPECT_EQ(bytes_of(scratch("one.xlsx")), bytes_of(scratch("two.xlsx")));
}

TEST(SheetReader, CellsAreNamedAsSpreadsheetsDo) {
  EXPECT_EQ(cell_name(0, 1), "A1");
  EXPECT_EQ(cell_name(25, 2), "Z2");
  EXPECT_EQ(cell_name(26, 3), "AA3");
  EXPECT_EQ(cell_name(701, 4), "ZZ4");
}

}  // namespace
}  // namespace zhijia::exchange
