#include <array>

#include "lines.hpp"

namespace zhijia::demo {

namespace {

std::string season_code(const char* season, int year) { return season + std::to_string(year); }

constexpr int winters = 3;

/// The n-th worker visited in winter: first those on file (lines/relief.cpp), then others.
Person visited_in_winter(std::size_t n) {
  return n < relief_surveyed ? person(relief_heads + relief_open_before - relief_surveyed + n) : person(60'000 + n);
}

void season_funds(City& city) {
  city.write("season_programme", {"编号", "名称", "季节", "预算"}, [&](Sheet& sheet) {
    for (int year = city.year - winters; year <= city.year; ++year) {
      sheet.row({season_code("D", year), std::to_string(year) + "年冬送温暖", "冬送温暖", "6500000"});
      sheet.row({season_code("X", year), std::to_string(year) + "年夏送清凉", "夏送清凉", "2200000"});
      sheet.row({season_code("Q", year), std::to_string(year) + "年金秋助学", "金秋助学", "400000"});
    }
  });
  constexpr std::array sources{"中央财政", "地方财政", "工会经费", "社会捐赠"};
  city.write("season_fund", {"编号", "项目", "县区", "资金来源", "金额", "拨付日期", "状态"}, [&](Sheet& sheet) {
    std::size_t n = 0;
    const auto fund = [&](const char* season, int year, std::size_t part, std::size_t fen, const char* on,
                          const char* state) {
      sheet.row({code("ZJ", n++), season_code(season, year), counties()[part % counties().size()],
                 sources[part % sources.size()],
                 std::to_string(fen / 100) + "." + std::to_string(fen % 100 / 10) + std::to_string(fen % 10),
                 std::to_string(year) + on, state});
    };
    // 18.26 million yuan over three winters, in 44 parts each, the last taking what division leaves.
    constexpr std::size_t winter_fen = 1'826'000'000, parts = 44 * winters, part_fen = winter_fen / parts;
    for (std::size_t part = 0; part < parts; ++part)
      fund("D", city.year - static_cast<int>(part / 44), part,
           part + 1 < parts ? part_fen : winter_fen - part_fen * (parts - 1), "-01-15", "已拨付");
    for (std::size_t part = 0; part < 22; ++part) fund("X", city.year, part, 9'000'000, "-07-10", "已拨付");
    fund("X", city.year, 3, 9'000'000, "-07-11", "待审批");
    fund("D", city.year - winters, 3, 500'000'000, "-01-15", "已拨付");
    fund("X", city.year - 1, 3, 180'000'000, "-07-10", "已拨付");
  });
}

void winter(City& city) {
  constexpr std::size_t workers = 3'629, enterprises = 123;
  city.write("winter_visit", {"姓名", "身份证号", "项目", "走访日期", "慰问金", "状态"}, [&](Sheet& sheet) {
    const auto visit = [&](std::size_t who, int year, const char* state) {
      sheet.row(visited_in_winter(who), {season_code("D", year), std::to_string(year) + "-01-18", "1000", state});
    };
    for (std::size_t n = 0; n < workers; ++n) visit(n, city.year - static_cast<int>(n % winters), "已领取");
    for (std::size_t n = 0; n < 400; ++n) visit(n, city.year - static_cast<int>((n + 1) % winters), "已领取");
    for (std::size_t n = 0; n < 55; ++n) visit(workers + n, city.year, "已列入");
    for (std::size_t n = 0; n < 70; ++n) visit(workers + 100 + n, city.year - winters, "已领取");
  });
  city.write("enterprise_visit", {"企业", "项目", "走访日期"}, [&](Sheet& sheet) {
    for (std::size_t n = 0; n < enterprises + 30; ++n) {
      const int year = city.year - static_cast<int>(n / enterprises + n % enterprises % 2);
      sheet.row(
          {"困难企业" + std::to_string(n % enterprises + 1), season_code("D", year), std::to_string(year) + "-01-16"});
    }
  });
}

}  // namespace

void four_seasons(City& city) {
  season_funds(city);
  winter(city);
  constexpr std::size_t visited = 27'000, students = 132;
  city.write("summer_visit", {"姓名", "身份证号", "项目", "慰问点", "慰问日期"}, [&](Sheet& sheet) {
    for (std::size_t n = 0; n < visited + 800; ++n)
      sheet.row(person(100'000 + n % visited), {season_code("X", city.year), union_name(12 + n % 300),
                                                day(city.year, n, visited + 800, "07-01", "08-31")});
  });
  city.write("scholarship", {"姓名", "身份证号", "项目", "学校", "助学金", "发放日期", "状态"}, [&](Sheet& sheet) {
    const auto award = [&](std::size_t who, int year, const char* state) {
      sheet.row(who < 60 ? relief_child(who) : student(100'000 + who),
                {season_code("Q", year), "大学", "3000", std::to_string(year) + "-08-28", state});
    };
    for (std::size_t n = 0; n < students; ++n) award(n, city.year, "已发放");
    for (std::size_t n = 0; n < 9; ++n) award(students + n, city.year, "未批准");
    for (std::size_t n = 0; n < 100; ++n) award(n, city.year - 1, "已发放");
  });
}

void jobs(City& city) {
  constexpr std::size_t classes = 33, types = 1'252, posts = 13'650, signed_on = 5'210, carried = 2'000;
  const std::string held = std::to_string(city.year) + "-03-10";
  city.write("job_fair", {"编号", "名称", "举办日期"}, [&](Sheet& sheet) {
    sheet.row({"ZP1", "春季网络招聘会", held});
    sheet.row({"ZP0", "上年春季招聘会", std::to_string(city.year - 1) + "-03-10"});
  });
  constexpr std::size_t employers = 211;
  const auto employer = [](std::size_t n) { return "企业" + std::to_string(n % employers + 1); };
  city.write("employer", {"单位名称", "单位性质", "所在城市", "联系人", "状态"}, [&](Sheet& sheet) {
    for (std::size_t n = 0; n < employers; ++n)
      sheet.row({employer(n), n % 5 ? "民营企业" : "国有企业", n % 3 ? "汉中" : "南通", person(900'500 + n).name,
                 n < 200 ? "已核实" : "已登记"});
  });
  city.write("job_post", {"招聘会", "用人单位", "岗位大类", "工种", "岗位数", "发布日期"}, [&](Sheet& sheet) {
    for (std::size_t n = 0; n < types; ++n)
      sheet.row({"ZP1", employer(n % 210), "大类" + std::to_string(n % classes + 1), "工种" + std::to_string(n + 1),
                 std::to_string(posts / types + (n < posts % types ? 1 : 0)), held});
    sheet.row({"ZP0", "企业1", "旧大类", "旧工种", "900", std::to_string(city.year - 1) + "-03-10"});
  });
  city.write("job_signing", {"姓名", "身份证号", "招聘会", "用人单位", "签约日期"}, [&](Sheet& sheet) {
    for (std::size_t n = 0; n < signed_on + 140; ++n)
      sheet.row(person(150'000 + n % signed_on), {"ZP1", employer(n), held});
  });
  city.write("job_application", {"姓名", "身份证号", "申请号", "岗位", "申请日期", "面试日期", "答复", "状态"},
             [&](Sheet& sheet) {
               for (std::size_t n = 0; n < 24; ++n)
                 sheet.row(person(159'000 + n),
                           {code("QZ", n), "工种" + std::to_string(n + 1), held,
                            n < 20 ? std::to_string(city.year) + "-03-16" : "", n >= 14 && n < 20 ? "岗位已招满" : "",
                            n < 14   ? "已录用"
                            : n < 20 ? "未录用"
                                     : "已申请"});
             });
  constexpr std::size_t seats = 45;
  city.write("transport_trip", {"车次", "出发地", "目的地", "用人单位", "发车日期", "座位", "费用"}, [&](Sheet& sheet) {
    for (std::size_t n = 0; n * seats < carried + 37; ++n)
      sheet.row({"专车" + std::to_string(n + 1), "汉中", n % 2 ? "南通" : "昆山", employer(n),
                 day(city.year, n * seats, carried + 37, "02-20", "03-25"), std::to_string(seats), "9800"});
  });
  city.write("worker_transport", {"姓名", "身份证号", "车次", "输送日期", "状态"}, [&](Sheet& sheet) {
    for (std::size_t n = 0; n < carried + 37; ++n)
      sheet.row(person(160'000 + n),
                {"专车" + std::to_string(n / seats + 1), day(city.year, n, carried + 37, "02-20", "03-25"),
                 n < carried ? "已输送" : "未到"});
  });
}

void mutual_aid(City& city) {
  constexpr std::size_t insured = 45'600, claimants = 2'384;
  city.write("aid_plan",
             {"编号", "名称", "每人每年", "团体最低参保率（%）", "新参保等待天数", "申请时限（天）",
              "自付部分赔付比例（%）", "每次最高赔付", "快速赔付限额"},
             [](Sheet& sheet) {
               sheet.row({"ZY", "住院医疗互助", "60", "75", "30", "730", "50", "20000", "1000"});
               sheet.row({"ZH", "综合互助保障", "100", "80", "30", "730", "60", "30000", "1000"});
             });
  city.write("group_enrolment",
             {"工会", "编号", "计划", "年度", "单位会员数", "参保人数", "实缴保费", "缴费日期", "状态"},
             [&](Sheet& sheet) {
               for (std::size_t n = 0; n < 30; ++n)
                 sheet.row({union_name(12 + n), code("TC", n), n % 2 ? "ZY" : "ZH", std::to_string(city.year), "60",
                            n < 28 ? "54" : "30", n < 26 ? (n % 2 ? "3240" : "5400") : "",
                            n < 26 ? day(city.year, n, 30, "01-05", "03-20") : "",
                            n < 26   ? "已缴费"
                            : n < 28 ? "已确认"
                                     : "已申报"});
             });
  const auto plan = [](std::size_t n) { return n % 20 < 9 ? "ZY" : "ZH"; };
  city.write("cover", {"姓名", "身份证号", "工会", "计划", "保费", "缴费日期"}, [&](Sheet& sheet) {
    for (std::size_t n = 0; n < insured; ++n)
      sheet.row(person(200'000 + n),
                {union_name(12 + n / 60 % 800), plan(n), plan(n) == std::string_view("ZY") ? "60" : "100",
                 day(city.year, n, insured, "01-02", "09-28")});
    for (std::size_t n = 0; n < 900; ++n)
      sheet.row(person(260'000 + n), {union_name(12 + n % 90), "ZH", "100", day(city.year, n, 900, "10-08", "11-20")});
  });
  city.write("claim", {"姓名", "身份证号", "编号", "计划", "结算单号", "出险日期", "赔付金额", "赔付日期", "状态"},
             [&](Sheet& sheet) {
               std::size_t n = 0;
               const auto claim = [&](std::size_t who, const std::string& paid_on, const char* state) {
                 sheet.row(person(200'000 + who), {code("LP", n), plan(who), code("JSD", n),
                                                   std::to_string(city.year - 1) + "-12-" + std::to_string(10 + n % 20),
                                                   std::to_string(700 + n % 9 * 100), paid_on, state});
                 ++n;
               };
               for (std::size_t i = 0; i < claimants; ++i)
                 claim(i * 19, day(city.year, i, claimants, "01-05", "09-29"), "已赔付");
               for (std::size_t i = 0; i < 130; ++i) claim(i * 19, day(city.year, i, 130, "01-05", "09-29"), "已赔付");
               for (std::size_t i = 0; i < 75; ++i)
                 claim(i * 19 + 1, day(city.year, i, 75, "01-05", "09-29"), "不予赔付");
               for (std::size_t i = 0; i < 60; ++i)
                 claim(i * 19 + 2, day(city.year, i, 60, "10-09", "11-20"), "已赔付");
             });
}

}  // namespace zhijia::demo
