#include <expat.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <zip.h>

#include <fstream>
#include <map>

#include "exchange/document.hpp"
#include "support/database.hpp"

namespace zhijia::exchange {
namespace {

using testing::HasSubstr;
using testing::Not;

const Moment noon{std::chrono::sys_days{std::chrono::year{2020} / 12 / 31} + std::chrono::hours{12}};

Document small_document() {
  using enum Paragraph::Kind;
  return {Document::Language::zh,
          noon,
          {{title, {{"2020年<工作>回顾"}}},
           {heading, {{"四季送 & 其他"}}},
           {text, {{"投入 "}, {"1,826万元", "http://localhost/figures/winter.funds?year=2020&as_of=7"}, {"。\x01"}}},
           {item, {{"\"一\""}}}}};
}

std::map<std::string, std::string> unpack(const std::filesystem::path& file) {
  std::map<std::string, std::string> parts;
  int error = 0;
  zip_t* archive = zip_open(file.c_str(), ZIP_RDONLY | ZIP_CHECKCONS, &error);
  EXPECT_NE(archive, nullptr);
  for (zip_uint64_t i = 0; archive && i < static_cast<zip_uint64_t>(zip_get_num_entries(archive, 0)); ++i) {
    zip_stat_t about;
    zip_stat_index(archive, i, 0, &about);
    std::string bytes(about.size, '\0');
    zip_file_t* entry = zip_fopen_index(archive, i, 0);
    EXPECT_EQ(zip_fread(entry, bytes.data(), bytes.size()), static_cast<zip_int64_t>(bytes.size()));
    zip_fclose(entry);
    parts[about.name] = bytes;
  }
  if (archive) zip_discard(archive);
  return parts;
}

bool is_well_formed(const std::string& xml) {
  XML_Parser parser = XML_ParserCreateNS(nullptr, ' ');
  const bool read = XML_Parse(parser, xml.data(), static_cast<int>(xml.size()), 1) == XML_STATUS_OK;
  XML_ParserFree(parser);
  return read;
}

std::string bytes_of(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

class Docx : public testing::Test {
 protected:
  tests::TemporaryFolder folder_;
  const std::filesystem::path file_ = folder_.path / "review.docx";
};

TEST_F(Docx, every_part_is_well_formed_xml) {
  ASSERT_TRUE(write_docx(file_, small_document()));
  const auto parts = unpack(file_);
  EXPECT_EQ(parts.size(), 8u);
  for (const auto& [name, xml] : parts) EXPECT_TRUE(is_well_formed(xml)) << name;
}

TEST_F(Docx, holds_the_texts_and_the_links) {
  ASSERT_TRUE(write_docx(file_, small_document()));
  auto parts = unpack(file_);
  EXPECT_THAT(parts["word/document.xml"], HasSubstr("2020年&lt;工作&gt;回顾"));
  EXPECT_THAT(parts["word/document.xml"], HasSubstr("1,826万元"));
  EXPECT_THAT(parts["word/document.xml"], Not(HasSubstr("\x01")));
  EXPECT_THAT(parts["word/_rels/document.xml.rels"], HasSubstr("figures/winter.funds?year=2020&amp;as_of=7"));
  EXPECT_THAT(parts["docProps/core.xml"], HasSubstr("2020-12-31T12:00:00Z"));
}

TEST_F(Docx, the_same_document_gives_the_same_bytes) {
  ASSERT_TRUE(write_docx(file_, small_document()));
  ASSERT_TRUE(write_docx(folder_.path / "again.docx", small_document()));
  EXPECT_EQ(bytes_of(file_), bytes_of(folder_.path / "again.docx"));
}

TEST_F(Docx, a_folder_that_is_not_there_is_named) {
  const auto written = write_docx(folder_.path / "no" / "review.docx", small_document());
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().front().code, "document.write");
  EXPECT_THAT(written.error().front().place.file, HasSubstr("review.docx"));
}

}  // namespace
}  // namespace zhijia::exchange
