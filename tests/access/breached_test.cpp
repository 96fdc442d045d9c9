#include "access/breached.hpp"

#include <gtest/gtest.h>
#include <openssl/evp.h>

#include <fstream>
#include <ostream>
#include <set>

#include "support/database.hpp"

namespace zhijia::access {
namespace {

std::string sha1(const std::string& text) {
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned length = 0;
  EVP_Digest(text.data(), text.size(), digest, &length, EVP_sha1(), nullptr);
  std::string hex;
  char pair[3];
  for (unsigned i = 0; i < length; ++i) hex += (std::snprintf(pair, sizeof pair, "%02X", digest[i]), pair);
  return hex;
}

struct Form {
  const char* name;
  int passwords;
  bool has_counts;
  const char* line_end;
  bool ends_the_last;
  friend void PrintTo(const Form& each, std::ostream* out) { *out << each.name; }
};

const Form forms[] = {{"as_it_is_downloaded", 1'000, true, "\r\n", true},
                      {"without_counts", 1'000, false, "\n", true},
                      {"without_an_end_to_the_last_line", 999, true, "\n", false},
                      {"of_two", 2, true, "\r\n", true},
                      {"of_one", 1, false, "\n", false},
                      {"of_none", 0, false, "\n", true}};

class Breached : public testing::TestWithParam<Form> {
 protected:
  tests::TemporaryFolder folder_;
  const std::filesystem::path file_ = folder_.path / "breached";
};

/// Every one that is in the list is found and no other, wherever it stands.
TEST_P(Breached, finds_each_of_the_list_and_no_other) {
  std::set<std::string> lines;
  for (int i = 0; i < GetParam().passwords; ++i)
    lines.insert(sha1("known " + std::to_string(i)) + (GetParam().has_counts ? ":" + std::to_string(i * i) : ""));
  std::ofstream out(file_, std::ios::binary);
  for (const std::string& line : lines)
    out << line << (line != *lines.rbegin() || GetParam().ends_the_last ? GetParam().line_end : "");
  out.close();
  EXPECT_EQ(check_breached_list(file_).has_value(), GetParam().passwords > 0);
  for (int i = 0; i < 1'000; ++i) {
    EXPECT_EQ(is_breached(file_, "known " + std::to_string(i)).value(), i < GetParam().passwords) << i;
    EXPECT_FALSE(is_breached(file_, "new " + std::to_string(i)).value()) << i;
  }
}

INSTANTIATE_TEST_SUITE_P(Access, Breached, testing::ValuesIn(forms), [](const auto& each) { return each.param.name; });

struct Bad {
  const char *name, *content;
  friend void PrintTo(const Bad& each, std::ostream* out) { *out << each.name; }
};

const Bad bad[] = {
    {"a_text", "password\n123456\n"},
    {"lower_case", "5baa61e4c9b93f3f0682250b6cf8331b7ee68fd8:3\n"},
    {"the_one_sorted_by_count",
     "7C4A8D09CA3762AF61E59520943DC26494F8941B:37359195\r\nF7C3BC1D808E04732ADF679965CCC34CA7AE3441:16629796\r\n"
     "5BAA61E4C9B93F3F0682250B6CF8331B7EE68FD8:10556095\r\nB1B3773A05C0ED0176787A4F1574FF0075F7521E:10556095\r\n"},
    {"one_long_line", "5BAA61E4C9B93F3F0682250B6CF8331B7EE68FD85BAA61E4C9B93F3F0682250B6CF8331B7EE68FD8"}};

class BadList : public testing::TestWithParam<Bad> {};

TEST_P(BadList, is_told_from_the_wanted_kind) {
  const tests::TemporaryFolder folder;
  std::ofstream(folder.path / "list", std::ios::binary) << GetParam().content;
  const auto checked = check_breached_list(folder.path / "list");
  ASSERT_FALSE(checked);
  EXPECT_EQ(checked.error().front().code, "password_list.file");
}

INSTANTIATE_TEST_SUITE_P(Access, BadList, testing::ValuesIn(bad), [](const auto& each) { return each.param.name; });

TEST(BreachedList, a_list_that_cannot_be_read_lets_nothing_pass) {
  const tests::TemporaryFolder folder;
  EXPECT_FALSE(check_breached_list(folder.path / "nowhere"));
  EXPECT_FALSE(check_breached_list(folder.path)) << "a folder";
  EXPECT_FALSE(is_breached(folder.path / "nowhere", "any"));
}

}  // namespace
}  // namespace zhijia::access
