#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "base/identity_number.hpp"
#include "exchange/export.hpp"
#include "exchange/import.hpp"
#include "exchange/template.hpp"
#include "support/database.hpp"
#include "support/source.hpp"

/// Workbooks in and out: what an export gives, an import takes; and what an import must never do to what is stored.
namespace zhijia::exchange {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

namespace fs = std::filesystem;

class Workbooks : public testing::Test {
 protected:
  Workbooks() {
    registers_ = registers::Registers::open(*store_, registers::load_packs(tests::source_folder() / "packs").value(),
                                            vault_, clock_)
                     .value();
    take("union", "编号,工会名称,县区,层级,类型,成立日期\nGH1,甲厂工会,汉台区,grassroots,enterprise,2010-01-01\n");
  }

  const registers::Register& of(const std::string& name) const { return *registers_->catalogue().find_register(name); }

  Result<ImportReport> take(const std::string& name, const std::string& csv, ImportOptions options = {}) {
    const fs::path file = folder_.path / "in.csv";
    std::ofstream(file) << csv;
    options.actor = {"test", "test", {}};
    return import_sheet(*store_, *registers_, of(name), file, options);
  }

  std::vector<std::vector<std::string>> exported(const std::string& name, ExportOptions options = {}) {
    const fs::path file = folder_.path / (options.format == ExportFormat::csv ? "out.csv" : "out.xlsx");
    std::ofstream out(file, std::ios::binary | std::ios::trunc);
    const auto count = store_->read([&](store::Reader& reader) {
      return export_list(reader, *registers_, of(name), options, [&](std::string bytes) {
        out << bytes;
        return true;
      });
    });
    EXPECT_TRUE(count) << describe(count.error().front());
    out.close();
    return rows_of(file);
  }

  static std::vector<std::vector<std::string>> rows_of(const fs::path& file) {
    std::vector<std::vector<std::string>> rows;
    const auto read = read_sheet(file, [&](const std::string&, const Row& row) {
      rows.emplace_back();
      for (const Cell& cell : row.cells) rows.back().push_back(cell.text);
      return true;
    });
    EXPECT_TRUE(read) << describe(read.error().front());
    return rows;
  }

  std::string only(const std::string& sql) {
    return store_->read([&](store::Reader& reader) {
      auto rows = reader.query(sql);
      return rows.next() ? std::string(rows.text(0)) : std::string("no row");
    });
  }

  static std::string code(const Result<ImportReport>& result) {
    return result ? "taken" : result.error().front().code + " at " + result.error().front().place.cell;
  }

  tests::TemporaryFolder folder_;
  FixedClock clock_{Date::of(2020, 6, 1)};
  access::Vault vault_ = access::Vault::from_file(folder_.path / "vault").value();
  std::unique_ptr<store::Store> store_ =
      store::Store::open("sqlite:" + (folder_.path / "db").string(), clock_, {.durable = false}).value();
  std::unique_ptr<registers::Registers> registers_;
};

constexpr const char* union_row = "编号,工会名称,县区,层级,类型,成立日期\n";

TEST_F(Workbooks, what_a_sheet_has_no_column_for_stays) {
  ASSERT_TRUE(take("union",
                   "编号,工会名称,县区,层级,类型,成立日期,统一社会信用代码\n"
                   "GH1,甲厂工会,汉台区,grassroots,enterprise,2010-01-01,81610700MC0000000C\n"));
  ASSERT_TRUE(take("union", std::string(union_row) + "GH1,甲厂工会委员会,汉台区,grassroots,enterprise,2010-01-01\n"));
  EXPECT_EQ(only("SELECT name FROM \"union\" WHERE code = 'GH1'"), "甲厂工会委员会");
  EXPECT_EQ(only("SELECT credit_code FROM \"union\" WHERE code = 'GH1'"), "81610700MC0000000C");
}

TEST_F(Workbooks, what_is_filled_is_never_overwritten_when_it_is_to_be_kept) {
  const auto report = take("union", std::string(union_row) + "GH1,另一个名称,南郑区,grassroots,enterprise,2011-01-01\n",
                           {.keeps_filled = true});
  ASSERT_TRUE(report) << describe(report.error().front());
  EXPECT_EQ(report->unchanged, 1);
  EXPECT_EQ(only("SELECT name || region || founded_on FROM \"union\" WHERE code = 'GH1'"), "甲厂工会6107022010-01-01");
}

TEST_F(Workbooks, a_key_that_two_records_have_is_a_fault_and_changes_neither) {
  store_
      ->write([&](store::Transaction& transaction) -> Result<void> {
        transaction.execute(
            "INSERT INTO \"union\" (id, position, version, code, name, region, level, kind, founded_on) "
            "SELECT id + 1, position, version, code, '乙厂工会', region, level, kind, founded_on FROM \"union\"");
        return {};
      })
      .value();
  EXPECT_EQ(code(take("union", std::string(union_row) + "GH1,丙厂工会,汉台区,grassroots,enterprise,2010-01-01\n")),
            "record.key_ambiguous at A2");
  EXPECT_EQ(only("SELECT count(*) FROM \"union\" WHERE name = '丙厂工会'"), "0");
}

struct Header {
  const char* name;
  const char* rows;
  friend void PrintTo(const Header& header, std::ostream* out) { *out << header.name; }
};

const Header headers[] = {
    {"below_titles", "2020年工会名册\n填报单位：汉台区总工会\n编号,工会名称,县区,层级,类型,成立日期\n"},
    {"with_stars_and_brackets", "编号*, 工会 名称（全称）,县区,层级：,类型,成立日期\n"},
    {"in_English", "code,Name,County,Level,Kind,Founded on\n"},
    {"with_numbered_rows", "编号,工会名称,县区,层级,类型,成立日期,序号\n"},
};

class Headers : public Workbooks, public testing::WithParamInterface<Header> {};

TEST_P(Headers, are_found) {
  const auto report =
      take("union", std::string(GetParam().rows) + "GH2,乙厂工会,汉台区,grassroots,enterprise,2010-01-01\n");
  ASSERT_TRUE(report) << describe(report.error().front());
  EXPECT_EQ(report->created, 1);
}

INSTANTIATE_TEST_SUITE_P(Workbooks, Headers, testing::ValuesIn(headers),
                         [](const auto& each) { return each.param.name; });

TEST_F(Workbooks, a_header_of_two_rows_is_read_as_one) {
  const auto report = take("difficulty_file", "户主,,基本情况,\n姓名,身份证号,工会,建档日期\n");
  // Whatever else the register wants: the two columns of the head of household were understood.
  ASSERT_FALSE(report);
  for (const Problem& problem : report.error()) EXPECT_THAT(problem.message.zh, testing::Not(HasSubstr("户主姓名")));
}

TEST_F(Workbooks, an_export_comes_back_unchanged) {
  for (const ExportFormat format : {ExportFormat::xlsx, ExportFormat::csv}) {
    const auto rows = exported("union", {.format = format});
    ASSERT_EQ(rows.size(), 2u);
    EXPECT_THAT(rows[0], testing::Contains("工会名称"));
    const fs::path file = folder_.path / (format == ExportFormat::csv ? "out.csv" : "out.xlsx");
    const auto again = import_sheet(*store_, *registers_, of("union"), file, {.actor = {"test", "test", {}}});
    ASSERT_TRUE(again) << describe(again.error().front());
    EXPECT_EQ(again->unchanged, 1);
  }
}

TEST_F(Workbooks, an_export_defuses_formulas) {
  ASSERT_TRUE(take("union", std::string(union_row) + "GH2,=HYPERLINK(1),汉台区,grassroots,enterprise,2010-01-01\n"));
  const auto rows = exported("union", {.query = {.where = "code = \"GH2\""}, .format = ExportFormat::csv});
  ASSERT_EQ(rows.size(), 2u);
  EXPECT_THAT(rows[1], testing::Contains("'=HYPERLINK(1)"));
  EXPECT_THAT(exported("union", {.query = {.where = "code = \"GH2\""}})[1], testing::Contains("=HYPERLINK(1)"));
}

TEST_F(Workbooks, an_export_masks_secrets_unless_asked) {
  const std::string first = "61079919800101100", number = first + identity_check_character(first);
  ASSERT_TRUE(take("member", "工会,姓名,身份证号,入会日期\n甲厂工会,张三," + number + ",2020-03-01\n"));
  EXPECT_THAT(exported("member")[1], testing::Not(testing::Contains(number)));
  EXPECT_THAT(exported("member", {.shows_secrets = true})[1], testing::Contains(number));
}

TEST_F(Workbooks, an_export_has_the_order_and_the_filter_of_its_list) {
  ASSERT_TRUE(take("union", std::string(union_row) + "GH3,丙厂工会,汉台区,grassroots,enterprise,2010-01-01\n"
                                                     "GH2,乙厂工会,南郑区,grassroots,enterprise,2010-01-01\n"));
  const auto rows = exported("union", {.query = {.where = "region = \"610702\"", .sort = {{"code", true}}}});
  ASSERT_EQ(rows.size(), 3u);
  EXPECT_EQ(rows[1][0], "GH3");
  EXPECT_EQ(rows[2][0], "GH1");
}

TEST_F(Workbooks, an_export_stops_when_nobody_listens) {
  const auto stopped = store_->read([&](store::Reader& reader) {
    return export_list(reader, *registers_, of("union"), {}, [](std::string) { return false; });
  });
  ASSERT_FALSE(stopped);
  EXPECT_EQ(stopped.error().front().code, "export.broken_off");
}

TEST_F(Workbooks, every_register_has_a_template_that_its_import_takes_as_empty) {
  for (const registers::Register& each : registers_->catalogue().registers) {
    const fs::path file = folder_.path / "template.xlsx";
    ASSERT_TRUE(write_template(file, registers_->catalogue(), each));
    const auto report = import_sheet(*store_, *registers_, each, file, {.actor = {"test", "test", {}}});
    ASSERT_TRUE(report) << each.name << ": " << describe(report.error().front());
    EXPECT_EQ(report->rows, 0) << each.name;
  }
}

TEST_F(Workbooks, a_large_first_import_has_its_indexes_in_the_end) {
  std::string csv = "工会,姓名,身份证号,入会日期\n";
  for (int i = 0; i < 1'500; ++i) {
    const std::string first = "6107991980010" + std::to_string(1000 + i);
    csv += "甲厂工会,张三," + first + identity_check_character(first) + ",2020-03-01\n";
  }
  const std::string indexes = "SELECT count(*) FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL";
  const std::string before = only(indexes);
  const auto report = take("member", csv);
  ASSERT_TRUE(report) << describe(report.error().front());
  EXPECT_EQ(report->created, 1'500);
  EXPECT_EQ(only(indexes), before);
  EXPECT_EQ(only("PRAGMA integrity_check"), "ok");
}

}  // namespace
}  // namespace zhijia::exchange
