#include <algorithm>
#include <array>
#include <vector>

#include "lines.hpp"

namespace zhijia::demo {

namespace {

constexpr std::size_t first_surveyed = relief_open_before - relief_surveyed;
/// How many of the files open at the end of the year four before were closed in each year since.
constexpr std::array<std::size_t, 4> closed_since{1'200, 1'300, 1'000, 1'157};
/// Files of the years before, closed when the four years began.
constexpr std::size_t closed_before = 210;
/// Households that had left the roll once before, and came back.
constexpr std::size_t came_back = 20;
constexpr std::array causes{"疾病", "残疾", "子女上学", "失业", "意外灾害", "收入低"};
constexpr std::array spending_of_cause{"自付医疗", "残疾护理", "教育", "就业必要支出", "自付医疗", "就业必要支出"};
constexpr std::array need_of_cause{"医疗救助", "生活救助", "子女助学", "就业帮扶", "生活救助", "生活救助"};
constexpr std::array kinds{"深度困难", "相对困难", "意外致困"};
constexpr std::array endings{"解困脱困",   "解困脱困", "解困脱困", "解困脱困",
                             "退休或迁出", "死亡",     "合并",     "不符合条件"};
constexpr std::array evidence{"年收入证明和入户核查记录", "年收入证明和入户核查记录",
                              "就业合同和工资流水",       "社保缴费记录",
                              "退休证或户口迁移证明",     "死亡医学证明",
                              "合并家庭户口簿",           "信息比对发现隐瞒收入"};
constexpr std::size_t size_max = 4;  // head, spouse, two children

/// One file as the city's office has it.
struct File {
  std::size_t n;
  std::string code, opened_on, closed_on;  ///< closed_on empty: on the roll

  bool is_surveyed() const { return n >= first_surveyed && n < relief_open_before; }
  std::size_t children() const { return is_surveyed() ? n % 3 : 0; }
  std::size_t members() const { return is_surveyed() ? 2 + children() : 1; }
  const char* cause() const { return causes[n % causes.size()]; }
  const char* kind() const { return kinds[n % kinds.size()]; }
  const char* ending() const { return endings[n % endings.size()]; }
  const std::string& county() const { return counties()[n % counties().size()]; }
  std::string number() const { return n < came_back ? "2" : "1"; }
};

std::string days_before(const std::string& day, int days) {
  return to_string(date_from_iso(day) + std::chrono::days(-days));
}

int year_of(const std::string& day) { return date_from_iso(day).year(); }

std::vector<File> files(const City& city) {
  std::vector<File> all;
  const auto add = [&](std::string opened_on, std::string closed_on) {
    const std::size_t n = all.size();
    all.push_back({n, code("DA", n), std::move(opened_on), std::move(closed_on)});
  };
  const auto opened = [&] {
    const std::size_t n = all.size();
    return day(city.year - 4 - static_cast<int>(n % 4), n % 300, 300);
  };
  for (std::size_t later = 0; later < closed_since.size(); ++later)
    for (std::size_t i = 0; i < closed_since[later]; ++i)
      add(opened(), day(city.year - 3 + static_cast<int>(later), i, closed_since[later], "01-05", "12-20"));
  while (all.size() < relief_open_before) add(opened(), "");
  for (std::size_t i = 0; i < closed_before; ++i)
    add(day(city.year - 6, i, closed_before), day(city.year - 4, i, closed_before, "01-05", "12-20"));
  return all;
}

void policies(City& city) {
  city.write("relief_policy",
             {"适用县区", "生效日期", "依据文件", "低保标准", "最低工资", "教育支出上限", "每户年度帮扶上限"},
             [&](Sheet& sheet) {
               for (int year = city.year - 12; year <= city.year; year += 2)
                 sheet.row({"汉中市", std::to_string(year) + "-01-01", "示例文件〔" + std::to_string(year) + "〕1号",
                            std::to_string(480 + (year - city.year + 12) * 10), "1700", "12000", "8000"});
             });
}

void members(City& city, const std::vector<File>& all) {
  city.write("difficulty_file_members", {"困难职工档案", "成员姓名", "成员身份证号", "与户主关系", "就业状况", "残疾"},
             [&](Sheet& sheet) {
               // Those of the files still looked into; older ones were kept on paper.
               for (const File& file : all) {
                 if (!file.is_surveyed()) continue;
                 const auto member = [&](const Person& who, const char* relation, const char* work, bool is_disabled) {
                   sheet.row({file.code, who.name, who.identity_number, relation, work, is_disabled ? "是" : "否"});
                 };
                 const bool is_disabled = file.cause() == std::string_view("残疾");
                 member(person(relief_spouses + file.n), "配偶", is_disabled ? "无劳动能力" : "在职", is_disabled);
                 for (std::size_t child = 0; child < file.children(); ++child)
                   member(child_of(person(relief_heads + file.n), file.n * 2 + child), "子女", "就学", false);
               }
             });
}

/// When a household that came back had been on the roll before.
std::string earlier_opening(const City& city, std::size_t n) {
  return day(city.year - 10, n, came_back, "02-20", "12-20");
}
std::string earlier_closing(const City& city, std::size_t n) { return day(city.year - 8, n, came_back); }

/// What a household of the kind has a year: below the line, below twice the line, above it with a sudden cost.
void money(City& city, const std::vector<File>& all) {
  // Every other relative one is so only while the multiple is 2, which is what a trial of 1.5 shows.
  constexpr std::array<std::size_t, 6> a_head_a_month{400, 800, 1'500, 400, 1'000, 1'500};
  const auto income = [&](const File& file) {
    return a_head_a_month[file.n % a_head_a_month.size()] * 12 * file.members() + 3'600;
  };
  // After closing every household is well above the limit, whatever its size.
  constexpr std::size_t lifted_yuan = 1'800 * 12 * size_max;
  const auto hard_years = [&](const File& file) {
    std::vector<int> years;
    if (file.is_surveyed()) years.push_back(year_of(file.opened_on));
    if (file.closed_on.empty()) years.push_back(city.year);
    return years;
  };
  city.write("difficulty_file_income", {"困难职工档案", "年度", "收入来源", "金额"}, [&](Sheet& sheet) {
    for (const File& file : all) {
      for (const int year : hard_years(file))
        sheet.row({file.code, std::to_string(year), "工资", std::to_string(income(file))});
      if (!file.closed_on.empty())
        sheet.row({file.code, std::to_string(year_of(file.closed_on)), "工资", std::to_string(lifted_yuan)});
      if (file.n < came_back)
        sheet.row(
            {file.code, std::to_string(year_of(earlier_closing(city, file.n))), "工资", std::to_string(lifted_yuan)});
    }
  });
  city.write("difficulty_file_spending", {"困难职工档案", "年度", "支出类别", "金额", "凭据"}, [&](Sheet& sheet) {
    for (const File& file : all)
      for (const int year : hard_years(file)) {
        sheet.row({file.code, std::to_string(year), spending_of_cause[file.n % causes.size()], "3600",
                   "PJ" + std::to_string(year) + std::to_string(file.n)});
        if (file.kind() == std::string_view("意外致困"))
          sheet.row({file.code, std::to_string(year), "突发支出", std::to_string(income(file)),
                     "TF" + std::to_string(year) + std::to_string(file.n)});
      }
  });
  city.write("difficulty_file_needs", {"困难职工档案", "需求"}, [&](Sheet& sheet) {
    for (const File& file : all)
      if (file.is_surveyed()) sheet.row({file.code, need_of_cause[file.n % need_of_cause.size()]});
  });
}

void surveys(City& city, const std::vector<File>& all) {
  city.write("household_survey", {"档案号", "调查日期", "调查人", "第二调查人", "表单号"}, [&](Sheet& sheet) {
    std::size_t form = 0;
    const auto survey = [&](std::size_t n, const std::string& on) {
      sheet.row({code("DA", n), on, person(900'100 + n % 40).name, person(900'150 + n % 37).name + "（社区）",
                 code("RH", form++)});
    };
    // At opening, each before its file; then those of the year, some of them twice; then the year before.
    for (const File& file : all)
      if (file.is_surveyed()) survey(file.n, days_before(file.opened_on, 20));
    for (std::size_t n = 0; n < relief_surveyed + 85; ++n)
      survey(first_surveyed + n % relief_surveyed, day(city.year, n, relief_surveyed + 85, "01-02", "04-30"));
    for (std::size_t n = 0; n < 500; ++n) survey(n, day(city.year - 1, n, 500));
  });
  city.write("agency_check", {"档案号", "比对部门", "比对日期"}, [&](Sheet& sheet) {
    for (const File& file : all)
      if (file.is_surveyed())
        for (const char* agency : {"民政", "住建", "车管", "市场监管"})
          sheet.row({file.code, agency, days_before(file.opened_on, 15)});
  });
}

void decisions(City& city, const std::vector<File>& all) {
  city.write("difficulty_decision", {"档案号", "认定日期", "收支年度", "认定事由", "原类别"}, [&](Sheet& sheet) {
    for (const File& file : all) {
      const auto decide = [&](const std::string& on, const char* purpose, const char* before) {
        sheet.row({file.code, on, std::to_string(year_of(on)), purpose, before});
      };
      if (file.n < came_back) decide(earlier_closing(city, file.n), "销号", file.kind());
      if (file.is_surveyed()) decide(file.opened_on, "建档", "");
      if (file.closed_on.empty()) decide(std::to_string(city.year) + "-06-15", "年度复核", file.kind());
      if (!file.closed_on.empty()) decide(file.closed_on, "销号", file.kind());
    }
  });
}

void periods(City& city, const std::vector<File>& all) {
  city.write(
      "difficulty_period",
      {"档案号", "第几期", "县区", "致困原因", "申请日期", "同意核查", "入户调查", "建档认定", "建档日期", "销号原因",
       "销号认定", "销号依据", "告知日期", "销号日期", "状态"},
      [&](Sheet& sheet) {
        const std::string watched_until = days_before(std::to_string(city.year) + "-12-31", 183);
        for (std::size_t n = 0; n < came_back; ++n)
          sheet.row({code("DA", n), "1", all[n].county(), all[n].cause(), day(city.year - 10, n, came_back), "是", "",
                     "", earlier_opening(city, n), "解困脱困", code("DA", n) + " / 销号 / " + earlier_closing(city, n),
                     "年收入证明", days_before(earlier_closing(city, n), 8), earlier_closing(city, n), "观察期满"});
        for (const File& file : all) {
          const bool is_open = file.closed_on.empty(), is_surveyed = file.is_surveyed();
          const auto decision = [&](const char* purpose, const std::string& on) {
            return file.code + " / " + purpose + " / " + on;
          };
          sheet.row({file.code, file.number(), file.county(), file.cause(), days_before(file.opened_on, 30), "是",
                     is_surveyed ? code("RH", file.n - first_surveyed) : "",
                     is_surveyed ? decision("建档", file.opened_on) : "", file.opened_on, is_open ? "" : file.ending(),
                     is_open ? "" : decision("销号", file.closed_on), is_open ? "" : evidence[file.n % evidence.size()],
                     is_open ? "" : days_before(file.closed_on, 8), file.closed_on,
                     is_open                           ? "在档"
                     : file.closed_on >= watched_until ? "已销号"
                                                       : "观察期满"});
        }
      });
}

/// Help of the year to households still on the roll.
void awards(City& city, const std::vector<File>& all) {
  const std::string year = std::to_string(city.year);
  constexpr std::array needs{"生活救助", "医疗救助", "就业帮扶"};
  constexpr std::array help{"生活救助", "医疗救助", "就业帮扶"};
  city.write(
      "help_programme",
      {"编号", "名称", "对应需求", "项目类别", "深度困难标准", "相对困难标准", "意外致困标准", "开始日期", "结束日期"},
      [&](Sheet& sheet) {
        for (std::size_t i = 0; i < needs.size(); ++i)
          sheet.row({code("BF", i), year + "年" + help[i], needs[i], help[i], "3000", "2000", "2500", year + "-01-01",
                     year + "-12-31"});
      });
  city.write("help_award",
             {"户主姓名", "户主身份证号", "档案号", "项目", "核定日期", "帮扶金额", "发放日期", "签收凭据", "状态"},
             [&](Sheet& sheet) {
               for (const File& file : all) {
                 const std::string_view need = need_of_cause[file.n % need_of_cause.size()];
                 const auto at = std::ranges::find(needs, need);
                 if (!file.closed_on.empty() || at == needs.end()) continue;
                 sheet.row(person(relief_heads + file.n),
                           {file.code, code("BF", static_cast<std::size_t>(at - needs.begin())), year + "-09-01",
                            "2000", year + "-09-20", "QS" + std::to_string(file.n), "已发放"});
               }
             });
}

}  // namespace

Person relief_child(std::size_t n) {
  // Every third household has two children.
  const std::size_t file = first_surveyed + (2 + 3 - first_surveyed % 3) % 3 + n * 3;
  return child_of(person(relief_heads + file), file * 2);
}

void relief(City& city) {
  const std::vector<File> all = files(city);
  policies(city);
  city.write(
      "difficulty_file", {"户主姓名", "户主身份证号", "档案号", "县区", "致困原因", "困难类别", "工会会员", "隐瞒收入"},
      [&](Sheet& sheet) {
        for (const File& file : all) {
          const std::string_view ending = file.closed_on.empty() ? "" : file.ending();
          sheet.row(person(relief_heads + file.n), {file.code, file.county(), file.cause(), file.kind(), "是",
                                                    ending == "不符合条件" && !file.is_surveyed() ? "是" : "否"});
        }
      });
  members(city, all);
  money(city, all);
  surveys(city, all);
  decisions(city, all);
  periods(city, all);
  awards(city, all);
}

}  // namespace zhijia::demo
