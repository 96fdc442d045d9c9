#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <fstream>

#include "base/identity_number.hpp"
#include "exchange/import.hpp"
#include "support/database.hpp"
#include "support/source.hpp"
#include "support/zip.hpp"

/// What a county office sends on a Friday afternoon: each fault is answered with file, sheet, cell and cure, and the
/// workbook comes in whole or not at all.
namespace zhijia::exchange {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

namespace fs = std::filesystem;

std::string number_of(int person) {
  const std::string first = "6107991980010" + std::to_string(1000 + person);
  return first + identity_check_character(first);
}

const std::string header = "工会,姓名,身份证号,入会日期";

/// A sheet's rows: cells by commas, rows by line breaks. "#…" is a formula's error, "=…" a number, "@…" a date's
/// serial.
std::string sheet_of(const std::string& rows, const std::string& after = {}) {
  std::string xml = "<worksheet><sheetData>", cell;
  std::size_t row = 1, column = 0;
  const auto end_cell = [&] {
    const std::string at = " r=\"" + cell_name(column++, row) + "\"";
    if (cell.starts_with('#'))
      xml += "<c" + at + " t=\"e\"><v>" + cell + "</v></c>";
    else if (cell.starts_with('='))
      xml += "<c" + at + "><v>" + cell.substr(1) + "</v></c>";
    else if (cell.starts_with('@'))
      xml += "<c" + at + " s=\"1\"><v>" + cell.substr(1) + "</v></c>";
    else
      xml += "<c" + at + " t=\"inlineStr\"><is><t xml:space=\"preserve\">" + cell + "</t></is></c>";
    cell.clear();
  };
  xml += "<row r=\"1\">";
  for (const char c : rows + "\n") {
    if (c == ',' || c == '\n') end_cell();
    if (c == '\n') {
      xml += "</row><row r=\"" + std::to_string(++row) + "\">";
      column = 0;
    }
    if (c != ',' && c != '\n') cell += c;
  }
  return xml + "</row></sheetData>" + after + "</worksheet>";
}

const std::map<std::string, std::string> with_dates{
    {"xl/styles.xml", R"(<styleSheet><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs></styleSheet>)"}};

/// The project's packs and one union, gone with the test.
class Office : public testing::Test {
 protected:
  Office() {
    registers_ = registers::Registers::open(*store_, registers::load_packs(tests::source_folder() / "packs").value(),
                                            vault_, clock_)
                     .value();
    write_workbook(
        file_, sheet_of("编号,工会名称,县区,层级,类型,成立日期\nGH1,甲厂工会,汉台区,grassroots,enterprise,2010-01-01"));
    const auto made = take("union");
    EXPECT_TRUE(made) << describe(made.error().front());
  }

  Result<ImportReport> take(const std::string& name = "member", const SheetLimits& limits = {}) {
    return import_sheet(*store_, *registers_, *registers_->catalogue().find_register(name), file_,
                        {.actor = {.id = "test", .source = "test", .roles = {}}, .limits = limits});
  }

  std::int64_t count(const std::string& table) {
    return store_->read([&](store::Reader& reader) {
      auto rows = reader.query("SELECT COUNT(*) FROM " + table);
      rows.next();
      return rows.integer(0);
    });
  }

  std::string only(const std::string& sql) {
    return store_->read([&](store::Reader& reader) {
      auto rows = reader.query(sql);
      return rows.next() ? std::string(rows.text(0)) : std::string("no row");
    });
  }

  /// "code at cell", and that each answer names file and sheet and speaks both languages.
  static std::vector<std::string> answers(const Result<ImportReport>& result) {
    std::vector<std::string> answers;
    if (result) return answers;
    for (const Problem& problem : result.error()) {
      answers.push_back(problem.code + (problem.place.cell.empty() ? "" : " at " + problem.place.cell));
      EXPECT_THAT(problem.place.file, testing::AnyOf("roster.xlsx", "roster.csv"));
      EXPECT_FALSE(problem.message.zh.empty() || problem.message.en.empty()) << problem.code;
      EXPECT_EQ(problem.place.sheet, problem.place.cell.empty() ? problem.place.sheet : "花名册") << problem.code;
    }
    return answers;
  }

  tests::TemporaryFolder folder_;
  const fs::path file_ = folder_.path / "roster.xlsx";
  FixedClock clock_{Date::of(2020, 6, 1)};
  access::Vault vault_ = access::Vault::from_file(folder_.path / "vault").value();
  std::unique_ptr<store::Store> store_ =
      store::Store::open("sqlite:" + (folder_.path / "db").string(), clock_, {.durable = false}).value();
  std::unique_ptr<registers::Registers> registers_;
};

struct Refusal {
  const char* name;
  std::string rows;
  std::vector<std::string> answers;
  std::string cure;  ///< what the first answer tells to do
  std::string after = {};
  friend void PrintTo(const Refusal& refusal, std::ostream* out) { *out << refusal.name; }
};

const Refusal refusals[] = {
    {"a_wrong_header",
     "工会,姓名,身份证,入会日期\n甲厂工会,张三," + number_of(1) + ",2020-01-05",
     {"import.unknown_column at C1", "import.missing_column at A1"},
     "改名或删去"},
    {"no_header", "甲,乙\n丙,丁", {"import.no_header"}, "使用模板"},
    {"a_column_twice", header + ",姓名\n", {"import.column_twice at E1"}, "两次"},
    {"a_formula_error",
     header + "\n甲厂工会,张三," + number_of(1) + ",#REF!",
     {"import.formula_error at D2"},
     "改成数值"},
    {"merged_cells",
     header + "\n甲厂工会,张三," + number_of(1) + ",2020-01-05",
     {"sheet.merged at A2:A3"},
     "取消合并",
     R"(<mergeCells><mergeCell ref="A2:A3"/></mergeCells>)"},
    {"a_date_that_is_none",
     header + "\n甲厂工会,张三," + number_of(1) + ",2020-02-30\n甲厂工会,李四," + number_of(2) + ",去年春天",
     {"date.format at D2", "date.format at D3"},
     "2020-01-31"},
    {"a_wrong_check_digit",
     header + "\n甲厂工会,张三,610799198001011000,2020-01-05",
     {"identity_number.check_digit at C2"},
     "核对"},
    {"an_identity_number_that_Excel_rounded",
     header + "\n甲厂工会,张三,=6.1070219900101E17,2020-01-05",
     {"identity_number.scientific at C2"},
     "文本"},
    {"an_identity_number_in_scientific_notation",
     header + "\n甲厂工会,张三,6.10702E+17,2020-01-05",
     {"identity_number.scientific at C2"},
     "文本"},
    {"a_duplicate_row",
     header + "\n甲厂工会,张三," + number_of(1) + ",2020-01-05\n甲厂工会,张三," + number_of(1) + ",2020-01-05",
     {"record.unique at A3"},
     ""},
    {"one_number_under_two_names",
     header + "\n甲厂工会,张三," + number_of(1) + ",2020-01-05\n甲厂工会,李四," + number_of(1) + ",2020-01-06",
     {"people.other_name at C3"},
     ""},
    {"a_union_that_is_not_there",
     header + "\n乙厂工会,张三," + number_of(1) + ",2020-01-05",
     {"field.no_such at A2"},
     ""},
    {"a_required_cell_left_empty", header + "\n甲厂工会,张三," + number_of(1) + ",", {"field.required at D2"}, ""},
};

class Refused : public Office, public testing::WithParamInterface<Refusal> {};

TEST_P(Refused, with_place_and_cure_and_nothing_stored) {
  write_workbook(file_, sheet_of(GetParam().rows, GetParam().after));
  const auto result = take();
  EXPECT_EQ(answers(result), GetParam().answers);
  ASSERT_FALSE(result);
  EXPECT_THAT(result.error().front().message.zh, HasSubstr(GetParam().cure));
  EXPECT_EQ(count("member"), 0);
  EXPECT_EQ(count("person"), 0);
}

INSTANTIATE_TEST_SUITE_P(BadInput, Refused, testing::ValuesIn(refusals),
                         [](const auto& each) { return each.param.name; });

struct Acceptance {
  const char* name;
  std::string row;
  std::string joined_on = "2020-01-05";
  std::string after = {};
  friend void PrintTo(const Acceptance& acceptance, std::ostream* out) { *out << acceptance.name; }
};

const Acceptance acceptances[] = {
    {"a_date_as_a_serial_number", "甲厂工会,张三," + number_of(1) + ",@43835"},
    {"a_date_with_slashes", "甲厂工会,张三," + number_of(1) + ",2020/1/5"},
    {"a_date_with_points", "甲厂工会,张三," + number_of(1) + ",2020.01.05"},
    {"a_date_in_words", "甲厂工会,张三," + number_of(1) + ",2020年1月5日"},
    {"full_width_digits", "甲厂工会,张三," + number_of(1) + ",２０２０-１-５"},
    {"spaces_in_a_name", "甲厂工会,张　 三," + number_of(1) + ",2020-01-05"},
    {"a_line_break_in_a_name", "甲厂工会,张&#10;三," + number_of(1) + ",2020-01-05"},
    {"a_zero_width_character_in_a_name", "甲厂工会,张\xE2\x80\x8B三," + number_of(1) + ",2020-01-05"},
    {"spaces_around_a_number", "甲厂工会,张三, " + number_of(1) + " ,2020-01-05"},
    {"a_merged_title_above_the_header", "甲厂工会,张三," + number_of(1) + ",2020-01-05", "2020-01-05",
     R"(<mergeCells><mergeCell ref="A1:D1"/></mergeCells>)"},
};

class Accepted : public Office, public testing::WithParamInterface<Acceptance> {};

TEST_P(Accepted, as_a_careful_typist_would_have_entered_it) {
  const std::string title = GetParam().after.empty() ? "" : "2020年会员花名册\n";
  write_workbook(file_, sheet_of(title + header + "\n" + GetParam().row, GetParam().after), with_dates);
  EXPECT_THAT(answers(take()), IsEmpty());
  EXPECT_EQ(only("SELECT name FROM person"), "张三");
  EXPECT_EQ(only("SELECT joined_on FROM member"), GetParam().joined_on);
}

INSTANTIATE_TEST_SUITE_P(BadInput, Accepted, testing::ValuesIn(acceptances),
                         [](const auto& each) { return each.param.name; });

class BrokenFile : public Office {};

TEST_F(BrokenFile, a_zip_cut_off_is_named) {
  write_workbook(file_, sheet_of(header));
  fs::resize_file(file_, fs::file_size(file_) / 2);
  EXPECT_THAT(answers(take()), ElementsAre("sheet.not_a_workbook"));
}

TEST_F(BrokenFile, a_flipped_byte_in_the_sheet_is_named) {
  write_workbook(file_, sheet_of(header + "\n甲厂工会,张三," + number_of(1) + ",2020-01-05"));
  std::fstream bytes(file_, std::ios::binary | std::ios::in | std::ios::out);
  bytes.seekp(60);
  bytes.put('\x55');
  bytes.close();
  const auto result = take();
  ASSERT_FALSE(result);
  EXPECT_THAT(result.error().front().code, testing::AnyOf("sheet.damaged", "sheet.not_a_workbook"));
}

/// Kilobytes of memory that the process ever held.
long peak_memory() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return usage.ru_maxrss;
}

class Bomb : public Office, public testing::WithParamInterface<std::pair<const char*, std::uint64_t>> {};

TEST_P(Bomb, of_ten_gigabytes_is_refused_without_its_memory) {
  constexpr std::uint64_t ten_gigabytes = 10'000'000'000;
  write_bomb(file_, "<worksheet><sheetData><row r=\"1\"><c r=\"A1\" t=\"inlineStr\"><is><t>", ten_gigabytes,
             GetParam().second);
  EXPECT_LT(fs::file_size(file_), 20'000'000u);
  [[maybe_unused]] const long before = peak_memory();
  // The cell's own limit would stop it too: what is shown here is that of the archive.
  EXPECT_THAT(answers(take("member", {.cell_bytes_max = ten_gigabytes})), ElementsAre("sheet.too_large"));
#ifndef __SANITIZE_ADDRESS__
  EXPECT_LT(peak_memory() - before, 64'000);
#endif
}

INSTANTIATE_TEST_SUITE_P(Zip, Bomb,
                         testing::Values(std::pair{"that_states_its_size", std::uint64_t{10'000'000'000}},
                                         std::pair{"that_claims_to_be_small", std::uint64_t{1'000}}),
                         [](const auto& each) { return each.param.first; });

TEST_F(BrokenFile, a_csv_larger_than_the_limit_is_refused_unread) {
  const fs::path csv = folder_.path / "roster.csv";
  std::ofstream(csv) << header;
  fs::resize_file(csv, 10'000'000'000);  // a hole, which takes no room
  const auto result = import_sheet(*store_, *registers_, *registers_->catalogue().find_register("member"), csv,
                                   {.actor = {.id = "test", .source = "test", .roles = {}}});
  EXPECT_THAT(answers(result), ElementsAre("sheet.too_large"));
}

}  // namespace
}  // namespace zhijia::exchange
