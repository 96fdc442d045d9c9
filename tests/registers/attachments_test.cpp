#include "registers/attachments.hpp"

#include <gtest/gtest.h>

#include "support/database.hpp"
#include "support/papers.hpp"

namespace zhijia::registers {
namespace {

using namespace std::string_view_literals;

struct Shape {
  const char* name;
  std::string bytes;
  std::string_view ending;  ///< empty: none that is taken
};

const std::string cut_png(tests::small_png.substr(0, 40));

const Shape shapes[] = {
    {"a picture of one pixel is PNG", std::string(tests::small_png), "png"},
    {"a PNG cut short is none", cut_png, ""},
    {"a PNG with a page behind it is none", std::string(tests::small_png) + "<script>alert(1)</script>", ""},
    {"a JPEG with a frame and a scan", std::string(tests::small_jpeg), "jpg"},
    {"a JPEG without a frame is none", "\xFF\xD8\xFF\xDA\0\x08\x01\x01\0\0\x3F\0\xFF\xD9", ""},
    {"a WebP as long as it says", std::string(tests::small_webp), "webp"},
    {"a WebP longer than it says is none", std::string(tests::small_webp) + "more", ""},
    {"a PDF with its trailer", std::string(tests::small_pdf), "pdf"},
    {"a page that begins like a PDF is none", "%PDF-1.4\n<html><script>alert(1)</script>", ""},
    {"a Word document", tests::zip_of({"[Content_Types].xml", "word/document.xml"}), "docx"},
    {"an Excel workbook", tests::zip_of({"[Content_Types].xml", "xl/workbook.xml"}), "xlsx"},
    {"a workbook with macros is none", tests::zip_of({"[Content_Types].xml", "xl/workbook.xml", "xl/vbaProject.bin"}),
     ""},
    {"an electronic invoice is OFD", tests::zip_of({"OFD.xml", "Doc_0/Document.xml"}), "ofd"},
    {"any other archive is none", tests::zip_of({"run.exe"}), ""},
    {"an archive whose directory is cut off is none", tests::zip_of({"OFD.xml"}).substr(0, 60), ""},
    {"a page is none", "<!doctype html><script>alert(1)</script>", ""},
    {"an SVG is none, for it may hold scripts", "<svg xmlns=\"http://www.w3.org/2000/svg\"/>", ""},
    {"a program is none", "MZ\x90", ""},
    {"nothing is none", "", ""},
};

TEST(FileType, is_told_from_the_bytes_alone) {
  for (const Shape& shape : shapes) {
    const auto type = file_type(shape.bytes);
    EXPECT_EQ(type ? type->ending : ""sv, shape.ending) << shape.name;
  }
}

TEST(FileType, a_file_cut_anywhere_is_read_without_harm) {
  for (const std::string& whole : {std::string(tests::small_png), std::string(tests::small_jpeg),
                                   tests::zip_of({"[Content_Types].xml", "word/document.xml"})})
    for (std::size_t length = 0; length < whole.size(); ++length) (void)file_type(whole.substr(0, length));
}

TEST(Files, are_named_by_their_hash_and_an_altered_one_is_no_longer_there) {
  const tests::TemporaryFolder folder;
  const store::Files files(folder.path / "files");
  const std::string name = files.put("hello");
  EXPECT_EQ(name, "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824");
  EXPECT_EQ(files.put("hello"), name);
  EXPECT_EQ(files.get(name), "hello");
  EXPECT_EQ(files.get("../../etc/passwd"), std::nullopt);
  files.copy_to(folder.path / "copy");
  EXPECT_EQ(store::Files(folder.path / "copy").get(name), "hello");
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder.path / "files"))
    if (entry.is_regular_file()) std::filesystem::resize_file(entry.path(), 4);
  EXPECT_EQ(files.get(name), std::nullopt);
  EXPECT_EQ(files.get(files.put("hello")), "hello") << "and is put right by the next who brings it";
}

}  // namespace
}  // namespace zhijia::registers
