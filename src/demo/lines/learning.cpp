#include <array>

#include "lines.hpp"

namespace zhijia::demo {

void guidance(City& city) {
  constexpr std::size_t lectures = 12, listeners = 488;
  city.write("lecture", {"编号", "主题", "日期", "主讲人", "全国两会精神"}, [&](Sheet& sheet) {
    for (std::size_t n = 0; n < lectures; ++n)
      sheet.row({code("XJ", n), n < 8 ? "全国两会精神宣讲" : "安全生产学习",
                 day(city.year, n, lectures, "06-01", "07-20"), person(900'000 + n).name, n < 8 ? "是" : "否"});
  });
  city.write("lecture_attendance", {"姓名", "身份证号", "场次", "签到日期"}, [&](Sheet& sheet) {
    for (std::size_t n = 0; n < listeners; ++n)
      sheet.row(person(20'000 + n), {code("XJ", n % 8), day(city.year, n % 8, lectures, "06-01", "07-20")});
    for (std::size_t n = 0; n < 60; ++n)
      sheet.row(person(20'000 + n), {code("XJ", (n + 1) % 8), day(city.year, 8, lectures, "06-01", "07-20")});
    for (std::size_t n = 0; n < 90; ++n)
      sheet.row(person(21'000 + n), {code("XJ", 8 + n % 4), day(city.year, 9, lectures, "06-01", "07-20")});
  });
  city.write("regulation", {"文号", "名称", "版本", "变动", "印发日期", "状态"}, [&](Sheet& sheet) {
    sheet.row({"汉工发〔1〕", "产业工人思想政治工作方案", "1", "制定", day(city.year, 1, 4), "已印发"});
    sheet.row({"汉工发〔2〕", "劳动模范管理办法", "1", "制定", day(city.year, 2, 4), "已印发"});
    sheet.row({"汉工发〔3〕", "天汉工匠选树表彰办法", "2", "修订", day(city.year, 3, 4), "已印发"});
    sheet.row({"汉工发〔4〕", "阵地管理办法", "1", "制定", day(city.year, 3, 4), "起草"});
    sheet.row({"汉工发〔0〕", "经费收支管理办法", "3", "修订", day(city.year - 1, 1, 4), "已印发"});
  });
  city.write("service_site", {"编号", "名称", "层级", "县区", "启用日期"}, [&](Sheet& sheet) {
    for (std::size_t n = 0; n < 112; ++n)
      sheet.row({code("ZD", n), "职工服务阵地" + std::to_string(n + 1),
                 n == 0   ? "1个中心"
                 : n < 12 ? "X个站"
                          : "100个点",
                 counties()[n % counties().size()], day(city.year - 1, n, 112)});
  });
}

void contests(City& city) {
  constexpr std::array categories{"重点工程", "安康杯", "职业技能", "五小创新", "窗口服务", "脱贫攻坚"};
  constexpr std::size_t held = 18;
  city.write("contest", {"编号", "名称", "类别", "举办日期", "状态"}, [&](Sheet& sheet) {
    for (std::size_t n = 0; n < held; ++n)
      sheet.row({code("JS", n), std::string(categories[n % categories.size()]) + "竞赛" + std::to_string(n + 1),
                 categories[n % categories.size()], day(city.year, n, held), "已举办"});
    sheet.row({code("JS", held), "取消的竞赛", categories[0], day(city.year, 1, 2), "已取消"});
  });
  city.write("contest_entry", {"姓名", "身份证号", "竞赛", "得分", "名次", "奖项"}, [&](Sheet& sheet) {
    for (std::size_t n = 0; n < held * 20; ++n) {
      const std::size_t rank = n % 20 + 1;
      sheet.row(person(30'000 + n), {code("JS", n / 20), std::to_string(99 - rank) + ".5", std::to_string(rank),
                                     rank == 1   ? "一等奖"
                                     : rank <= 3 ? "二等奖"
                                                 : ""});
    }
  });
}

void honours(City& city) {
  struct Group {
    const char* honour;
    std::size_t count;
  };
  constexpr std::array groups{Group{"全国劳动模范", 2},        Group{"三秦工匠", 5},      Group{"省五一劳动奖", 5},
                              Group{"省工人先锋号", 3},        Group{"抗疫先进劳模", 10}, Group{"抗疫先进职工", 20},
                              Group{"第三方评估受表扬任务", 2}};
  city.write("nomination", {"编号", "推荐对象", "荣誉", "决定日期", "状态"}, [&](Sheet& sheet) {
    std::size_t n = 0;
    for (const Group& group : groups) {
      for (std::size_t i = 0; i < group.count; ++i, ++n)
        sheet.row({code("RY", n), person(40'000 + n).name, group.honour, day(city.year, n, 60), "已决定"});
      sheet.row({code("RY", n), person(40'000 + n).name, group.honour, day(city.year, n, 60), "未通过"});
      ++n;
      sheet.row({code("RY", n), person(40'000 + n).name, group.honour, day(city.year - 1, n, 100), "已决定"});
      ++n;
    }
  });
}

void training(City& city) {
  constexpr std::size_t classrooms = 22, micro_classes = 6, completed = 1'128;
  city.write("course", {"编号", "名称", "形式", "开始日期", "结束日期"}, [&](Sheet& sheet) {
    for (std::size_t n = 0; n < classrooms + micro_classes; ++n) {
      const std::string on = day(city.year, n, classrooms + micro_classes);
      sheet.row({code("KC", n), "课程" + std::to_string(n + 1), n < classrooms ? "面授" : "线上微课堂", on, on});
    }
    sheet.row({"KC-OLD", "往年微课堂", "线上微课堂", day(city.year - 1, 1, 2), day(city.year - 1, 1, 2)});
  });
  city.write("course_enrolment", {"姓名", "身份证号", "课程", "报名日期", "状态"}, [&](Sheet& sheet) {
    const auto enrol = [&](std::size_t who, std::size_t course, const char* state) {
      sheet.row(person(50'000 + who), {code("KC", course), day(city.year, course, classrooms + micro_classes), state});
    };
    for (std::size_t n = 0; n < completed; ++n) enrol(n, n % classrooms, "已结业");
    for (std::size_t n = 0; n < 75; ++n) enrol(n, (n + 1) % classrooms, "已结业");
    for (std::size_t n = 0; n < 64; ++n) enrol(completed + n, n % classrooms, "缺席");
  });
}

void publicity(City& city) {
  city.write("article", {"编号", "标题", "媒体", "专题", "转载", "发布日期"}, [&](Sheet& sheet) {
    for (std::size_t n = 0; n < 120; ++n)
      sheet.row({code("GJ", n), "稿件" + std::to_string(n + 1), n % 2 ? "工人日报" : "汉中日报",
                 n < 82 ? "抗击疫情" : "其他", n >= 62 && n < 82 ? "是" : "否",
                 day(city.year, n, 120, "01-25", "11-20")});
  });
}

}  // namespace zhijia::demo
