#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>

#include "access/vault.hpp"
#include "exchange/import.hpp"
#include "insight/insight.hpp"
#include "registers/engine.hpp"
#include "support/source.hpp"

namespace zhijia::insight {
namespace {

namespace fs = std::filesystem;

/// A federation with the project's own packs and an empty database, gone with the test.
class Office {
 public:
  Office() : vault_(access::Vault::from_file(folder_ / "vault").value()) {
    store_ = store::Store::open("sqlite:" + (folder_ / "db").string(), clock_, {.durable = false}).value();
    registers_ = registers::Registers::open(*store_, registers::load_packs(tests::source_folder() / "packs").value(),
                                            vault_, clock_)
                     .value();
  }
  ~Office() {
    registers_.reset();
    store_.reset();
    fs::remove_all(folder_);
  }

  void import_rows(const std::string& register_name, const std::string& rows) {
    const fs::path file = folder_ / (register_name + ".csv");
    std::ofstream(file) << rows;
    const auto report =
        exchange::import_sheet(*store_, *registers_, *registers_->catalogue().find_register(register_name), file,
                               {.actor = {.id = "test", .source = "test", .roles = {}}});
    ASSERT_TRUE(report) << describe(report.error().front());
  }

  std::string figure(const std::string& id, std::optional<std::int64_t> as_of = {}) {
    return store_->read([&](store::Reader& reader) {
      return compute(reader, registers_->catalogue(), *registers_->catalogue().find_indicator(id), {2020, as_of})
          .value()
          .text();
    });
  }

  /// What the records behind the figure add up to.
  std::int64_t drilled(const std::string& id) {
    std::int64_t sum = 0;
    for (const Contribution& part : parts(id)) sum += part.value;
    return sum;
  }
  std::size_t behind(const std::string& id) { return parts(id).size(); }

  std::int64_t position() {
    return store_->read([](store::Reader& reader) { return reader.position(); });
  }

 private:
  std::vector<Contribution> parts(const std::string& id) {
    return store_->read([&](store::Reader& reader) {
      return drill(reader, registers_->catalogue(), *registers_->catalogue().find_indicator(id), {2020, {}}).value();
    });
  }

  const fs::path folder_ = [] {
    const fs::path folder = fs::temp_directory_path() / ("zhijia_office_" + std::to_string(::getpid()));
    fs::create_directories(folder);
    return folder;
  }();
  FixedClock clock_{Date::of(2020, 12, 31)};
  access::Vault vault_;
  std::unique_ptr<store::Store> store_;
  std::unique_ptr<registers::Registers> registers_;
};

constexpr const char* who = "王伟,610799198001010017";
constexpr const char* another = "李娜,610799198001010025";

void import_unions(Office& office) {
  office.import_rows("union",
                     "编号,工会名称,县区,层级,类型,成立日期\nA,甲工会,汉台区,基层,企业工会,2010-01-01\nB,乙工会,勉县,"
                     "基层,企业工会,2020-05-01\n");
}

TEST(Figures, OneRowMoreOrOtherChangesEachKindOfFigure) {
  struct Case {
    std::string name, indicator, register_name, before, was, after, is;
  };
  const std::string member = "姓名,身份证号,工会,状态,入会日期,八大群体,集中入会行动\n";
  const std::string purchase = "工会,产品,金额,采购日期\n";
  const std::string welfare = "工会,支出日期,福利支出,其中帮扶产品\n";
  const std::string period = "档案号,县区,致困原因,申请日期,同意核查,建档日期,销号日期,销号原因,状态\n";
  const std::string open_file = period + "D1,洋县,疾病,2015-02-01,是,2015-03-01,,,在档\n";
  const std::string closed_file = period + "D1,洋县,疾病,2015-02-01,是,2015-03-01,2019-06-01,解困脱困,已销号\n";
  const std::string stay = "编号,名称,开始日期,天数\n";
  const std::string post = "招聘会,用人单位,岗位大类,工种,岗位数,发布日期\n";
  const std::string cover = "姓名,身份证号,工会,计划,保费,缴费日期\n";
  const std::vector<Case> cases{
      {"a count", "rights.stations", "rights_station", "名称,所在城市,成立日期\n站一,南通,2020-02-01\n", "1",
       "名称,所在城市,成立日期\n站二,昆山,2020-03-01\n", "2"},
      {"distinct persons do not grow with a second record", "mutual.insured", "cover",
       cover + who + ",甲工会,P,60,2020-02-01\n", "1", cover + who + ",乙工会,P,60,2020-03-01\n", "1"},
      {"distinct values", "organisation.focus_groups", "member", member + who + ",甲工会,会员,2020-02-01,快递员,是\n",
       "1", member + another + ",乙工会,会员,2020-02-01,保安员,是\n", "2"},
      {"a sum of money over two years", "consumption.total", "assistance_purchase",
       purchase + "甲工会,茶,1000.50,2019-03-01\n", "1000.50", purchase + "甲工会,米,99.50,2020-03-01\n", "1100"},
      {"what is before the span stays out", "consumption.total", "assistance_purchase",
       purchase + "甲工会,茶,1000,2019-03-01\n", "1000", purchase + "甲工会,米,50,2018-12-31\n", "1000"},
      {"a stock at a past date", "relief.files_2016", "difficulty_period", open_file, "1", closed_file, "1"},
      {"a stock at the end", "relief.files_open", "difficulty_period", open_file, "1", closed_file, "0"},
      {"a flow between two stocks", "relief.files_closed", "difficulty_period", open_file, "0", closed_file, "1"},
      {"a least share", "consumption.welfare_share_minimum", "welfare_spending", welfare + "甲工会,2020-02-01,100,45\n",
       "45", welfare + "乙工会,2020-02-01,1000,309.99\n", "30"},
      {"groups whose share is below", "consumption.unions_below", "welfare_spending",
       welfare + "甲工会,2020-02-01,100,29.99\n", "1", welfare + "乙工会,2020-02-01,1000,0\n", "2"},
      {"a share at the bound is not below", "consumption.unions_below", "welfare_spending",
       welfare + "甲工会,2020-02-01,100,30\n", "0", welfare + "乙工会,2020-02-01,1000,299.99\n", "1"},
      {"what one group spent is taken together", "consumption.unions_below", "welfare_spending",
       welfare + "甲工会,2020-02-01,100,20\n", "1", welfare + "甲工会,2020-03-01,100,40\n", "0"},
      {"what another year's share was stays out", "consumption.unions_below", "welfare_spending",
       welfare + "甲工会,2020-02-01,100,45\n", "0", welfare + "乙工会,2019-12-31,100,1\n", "0"},
      {"a greatest length", "care.recuperation_days", "recuperation", stay + "L1,春,2020-05-01,4\n", "4",
       stay + "L2,夏,2020-06-01,6\n", "6"},
      {"a sum of numbers", "spring.posts", "job_post", post + "F,厂,一,工,7,2020-03-01\n", "7",
       post + "F,厂,一,工,8,2020-03-02\n", "15"},
      {"a year that ends in September", "mutual.contributions", "cover", cover + who + ",甲工会,P,60,2020-09-30\n",
       "60", cover + who + ",甲工会,P,60,2020-10-01\n", "60"},
  };
  for (const Case& c : cases) {
    Office office;
    import_unions(office);
    office.import_rows("job_fair", "编号,名称,举办日期\nF,会,2020-03-01\n");
    office.import_rows("employer", "单位名称\n厂\n");
    office.import_rows("aid_plan", "编号,名称,每人每年\nP,计划,60\n");
    office.import_rows("difficulty_file", std::string("户主姓名,户主身份证号,档案号,县区,致困原因,困难类别\n") + who +
                                              ",D1,洋县,疾病,深度困难\n");
    office.import_rows(c.register_name, c.before);
    EXPECT_EQ(office.figure(c.indicator), c.was) << c.name << ", before";
    const std::int64_t position = office.position();
    office.import_rows(c.register_name, c.after);
    EXPECT_EQ(office.figure(c.indicator), c.is) << c.name << ", after";
    EXPECT_EQ(office.figure(c.indicator, position), c.was) << c.name << ", as it was known before";
  }
}

TEST(Figures, TheRecordsBehindThemAddUp) {
  Office office;
  import_unions(office);
  office.import_rows("assistance_purchase",
                     "工会,产品,金额,采购日期\n甲工会,茶,10.50,2019-03-01\n乙工会,米,20,2020-03-01\n");
  office.import_rows("aid_plan", "编号,名称,每人每年\nP,计划,60\n");
  office.import_rows("cover", std::string("姓名,身份证号,工会,计划,保费,缴费日期\n") + who +
                                  ",甲工会,P,60,2020-02-01\n" + who + ",乙工会,P,60,2020-02-02\n");
  EXPECT_EQ(office.drilled("consumption.total"), 3050) << "fen";
  EXPECT_EQ(office.drilled("mutual.insured"), 1) << "one person, twice recorded";
  office.import_rows("welfare_spending",
                     "工会,支出日期,福利支出,其中帮扶产品\n甲工会,2020-02-01,100,20\n甲工会,2020-03-01,100,30\n乙工会,"
                     "2020-02-01,100,45\n");
  EXPECT_EQ(office.drilled("consumption.unions_below"), 1) << "one union, with two records behind it";
  EXPECT_EQ(office.behind("consumption.unions_below"), 2U) << "nothing of the union whose share is high enough";
}

}  // namespace
}  // namespace zhijia::insight
