#include <array>

#include "lines.hpp"

namespace zhijia::demo {

namespace {

/// The n-th site of “1+X+100”: the centre, a station for each county, points below the stations.
void sites(City& city) {
  const std::size_t stations = counties().size();
  city.write("service_site", {"编号", "名称", "层级", "上级阵地", "县区", "开放时间", "启用日期"}, [&](Sheet& sheet) {
    for (std::size_t n = 0; n < 1 + stations + 100; ++n) {
      const bool is_centre = n == 0, is_station = n >= 1 && n <= stations;
      sheet.row({code("ZD", n), "职工服务阵地" + std::to_string(n + 1),
                 is_centre    ? "1个中心"
                 : is_station ? "X个站"
                              : "100个点",
                 is_centre    ? ""
                 : is_station ? code("ZD", 0)
                              : code("ZD", 1 + n % stations),
                 counties()[n % stations], "周一至周五 9:00—17:00", day(city.year - 1, n, 112)});
    }
  });
  city.write("service_site_activities", {"服务阵地", "日期", "内容", "人数"}, [&](Sheet& sheet) {
    for (std::size_t n = 0; n < 40; ++n)
      sheet.row({code("ZD", n), day(city.year, n, 40), n % 2 ? "健康讲座" : "法律咨询", std::to_string(20 + n % 17)});
  });
}

}  // namespace

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
  city.write("study_session", {"工会", "编号", "形式", "主题", "学习日期", "主持人", "应到人数", "实到人数", "状态"},
             [&](Sheet& sheet) {
               constexpr std::array kinds{"理论学习中心组", "专题党课", "集体学习", "现场教学"};
               for (std::size_t n = 0; n < 26; ++n) {
                 const bool is_held = n % 13 != 12;
                 sheet.row({union_name(n % 12), code("XX", n), kinds[n % kinds.size()],
                            n % 2 ? "劳模精神劳动精神工匠精神" : "党的创新理论", day(city.year, n, 26),
                            person(900'300 + n).name, "30", is_held ? std::to_string(24 + n % 6) : "",
                            is_held ? "已学习" : "已安排"});
               }
             });
  sites(city);
}

namespace {

void campaigns(City& city) {
  city.write("campaign",
             {"工会", "编号", "名称", "类型", "活动时间起", "活动时间止", "参加单位", "参加职工", "活动成效", "状态"},
             [&](Sheet& sheet) {
               constexpr std::array kinds{"生产建设", "安全生产", "节能减排", "技术创新", "文体活动"};
               for (std::size_t n = 0; n < 10; ++n) {
                 const bool is_closed = n < 8;
                 sheet.row({union_name(n), code("HD", n), std::string(kinds[n % kinds.size()]) + "主题活动",
                            kinds[n % kinds.size()], day(city.year, n, 20), day(city.year, n + 8, 20),
                            is_closed ? std::to_string(12 + n) : "", is_closed ? std::to_string(600 + n * 50) : "",
                            is_closed ? "按计划完成" : "", is_closed ? "已总结" : "进行中"});
               }
             });
  city.write("volunteer_activity", {"编号", "名称", "活动日期", "地点", "名额", "服务时长", "状态"}, [&](Sheet& sheet) {
    for (std::size_t n = 0; n < 6; ++n)
      sheet.row({code("ZYZ", n), n % 2 ? "社区义诊" : "交通文明劝导", day(city.year, n, 6), counties()[n], "40", "3",
                 n < 5 ? "已开展" : "招募中"});
  });
  city.write("volunteering", {"姓名", "身份证号", "活动", "报名日期", "服务时长", "状态"}, [&](Sheet& sheet) {
    for (std::size_t n = 0; n < 120; ++n) {
      const bool is_served = n / 20 < 5 && n % 20 != 19;
      sheet.row(person(36'000 + n % 90), {code("ZYZ", n / 20), day(city.year, n / 20, 6), is_served ? "3" : "",
                                          is_served     ? "已服务"
                                          : n / 20 == 5 ? "已报名"
                                                        : "未到"});
    }
  });
  city.write("reading_activity", {"工会", "编号", "名称", "形式", "书目", "日期", "参加人数", "状态"},
             [&](Sheet& sheet) {
               constexpr std::array kinds{"读书会", "主题演讲", "职工书屋活动", "读书征文"};
               for (std::size_t n = 0; n < 12; ++n)
                 sheet.row({union_name(n), code("DS", n), "职工阅读" + std::to_string(n + 1), kinds[n % kinds.size()],
                            n % 2 ? "平凡的世界" : "创业史", day(city.year, n, 12), n < 11 ? "35" : "",
                            n < 11 ? "已开展" : "已安排"});
             });
  city.write("reading_note", {"姓名", "身份证号", "编号", "书名", "心得", "提交日期", "状态"}, [&](Sheet& sheet) {
    for (std::size_t n = 0; n < 9; ++n)
      sheet.row(person(36'200 + n),
                {code("XD", n), n % 2 ? "平凡的世界" : "创业史", "读后结合岗位谈了三点体会。", day(city.year, n, 9),
                 n < 2   ? "优秀"
                 : n < 7 ? "已收录"
                         : "已提交"});
  });
}

}  // namespace

void contests(City& city) {
  constexpr std::array categories{"重点工程", "安康杯", "职业技能", "五小创新", "窗口服务", "脱贫攻坚"};
  constexpr std::size_t held = 18;
  constexpr std::size_t entrants = 20, judges = 5;
  city.write(
      "contest", {"编号", "名称", "类别", "举办日期", "最少评委数", "去掉最高最低分各几个", "状态"}, [&](Sheet& sheet) {
        for (std::size_t n = 0; n < held; ++n)
          sheet.row({code("JS", n), std::string(categories[n % categories.size()]) + "竞赛" + std::to_string(n + 1),
                     categories[n % categories.size()], day(city.year, n, held), "5", "1",
                     n + 1 < held ? "已排名" : "已举办"});
        sheet.row({code("JS", held), "取消的竞赛", categories[0], day(city.year, 1, 2), "3", "0", "已取消"});
      });
  // The last contest's entries wait for their scores to be counted.
  city.write("contest_entry", {"姓名", "身份证号", "参赛号", "竞赛", "得分", "名次", "状态"}, [&](Sheet& sheet) {
    for (std::size_t n = 0; n < held * entrants; ++n) {
      const std::size_t rank = n % entrants + 1;
      const bool is_scored = n / entrants + 1 < held;
      sheet.row(person(30'000 + n),
                {code("CS", n), code("JS", n / entrants), is_scored ? std::to_string(99 - rank) + ".5" : "",
                 is_scored ? std::to_string(rank) : "",
                 !is_scored  ? "已报名"
                 : rank <= 6 ? "已表彰"
                             : "已核分"});
    }
  });
  city.write("contest_entry_scores", {"参赛与成绩", "评委", "评分"}, [&](Sheet& sheet) {
    for (std::size_t n = (held - 1) * entrants; n < held * entrants; ++n)
      for (std::size_t judge = 0; judge < judges; ++judge)
        sheet.row({code("CS", n), person(900'350 + judge).name, std::to_string(70 + (n * 7 + judge * 3) % 30)});
  });
  campaigns(city);
}

namespace {

/// Who holds an honour, what goes with it, and what skilled workers ask for.
void holders(City& city) {
  const std::string year = std::to_string(city.year);
  city.write("honour_quota", {"编号", "荣誉", "年度", "名额", "其中单位负责人至多"}, [&](Sheet& sheet) {
    sheet.row({"ME1", "全国劳动模范", year, "2", "0"});
    sheet.row({"ME2", "三秦工匠", year, "6", "1"});
  });
  constexpr std::size_t count = 40;
  city.write("honour_holder", {"姓名", "身份证号", "编号", "荣誉", "授予日期", "县区", "单位", "终止日期", "状态"},
             [&](Sheet& sheet) {
               for (std::size_t n = 0; n < count; ++n) {
                 const bool is_gone = n + 2 >= count;
                 sheet.row(person(180'000 + n),
                           {code("LM", n), n % 4 ? "省五一劳动奖" : "三秦工匠",
                            day(city.year - 1 - static_cast<int>(n % 12), n, count), counties()[n % counties().size()],
                            union_name(12 + n), is_gone ? year + "-02-01" : "", is_gone ? "已故" : "在册"});
               }
             });
  city.write("honour_benefit", {"姓名", "身份证号", "名册编号", "待遇类别", "年度", "金额", "发放日期", "状态"},
             [&](Sheet& sheet) {
               for (std::size_t n = 0; n + 2 < count; ++n)
                 sheet.row(person(180'000 + n), {code("LM", n), n % 5 ? "荣誉津贴" : "低收入补助", year,
                                                 n % 5 ? "600" : "3600", n < 34 ? year + "-01-14" : "",
                                                 n < 34   ? "已发放"
                                                 : n < 36 ? "已批准"
                                                          : "待审批"});
             });
  city.write("pay_claim",
             {"工会", "姓名", "身份证号", "编号", "工种", "技能等级", "现月薪酬", "诉求月薪酬", "理由", "提出日期",
              "商定月薪酬", "执行日期", "答复", "状态"},
             [&](Sheet& sheet) {
               constexpr std::array grades{"高级工", "技师", "高级技师"};
               for (std::size_t n = 0; n < 12; ++n) {
                 const bool is_agreed = n < 8;
                 const Person who = person(41'000 + n);
                 sheet.row({union_name(12 + n), who.name, who.identity_number, code("XC", n),
                            n % 2 ? "焊工" : "数控车工", grades[n % grades.size()], "4800", "6000",
                            "同等级岗位薪酬较高", day(city.year, n, 12), is_agreed ? "5600" : "",
                            is_agreed ? day(city.year, n + 1, 12) : "", is_agreed ? "经协商按技师岗位津贴执行" : "",
                            is_agreed ? "已达成"
                            : n < 10  ? "协商中"
                                      : "已提出"});
               }
             });
}

}  // namespace

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
  holders(city);
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
  city.write("course_lessons", {"培训课程", "第几次", "内容", "授课人", "日期", "时长（分钟）", "教室或网址"},
             [&](Sheet& sheet) {
               for (std::size_t n = 0; n < classrooms + micro_classes; ++n)
                 for (std::size_t lesson = 1; lesson <= (n < classrooms ? 2U : 1U); ++lesson)
                   sheet.row({code("KC", n), std::to_string(lesson), lesson == 1 ? "政策与实务" : "实操练习",
                              person(900'400 + n).name, day(city.year, n, classrooms + micro_classes), "90",
                              n < classrooms ? "职工学校一教室" : "手机端微课堂"});
             });
  std::size_t enrolments = 0;
  city.write("course_enrolment", {"姓名", "身份证号", "报名号", "课程", "报名日期", "状态"}, [&](Sheet& sheet) {
    const auto enrol = [&](std::size_t who, std::size_t course, const char* state) {
      sheet.row(person(50'000 + who), {code("BM", enrolments++), code("KC", course),
                                       day(city.year, course, classrooms + micro_classes), state});
    };
    for (std::size_t n = 0; n < completed; ++n) enrol(n, n % classrooms, "已结业");
    for (std::size_t n = 0; n < 75; ++n) enrol(n, (n + 1) % classrooms, "已结业");
    for (std::size_t n = 0; n < 64; ++n) enrol(completed + n, n % classrooms, "缺席");
  });
  city.write("lesson_attendance", {"报名", "第几次课", "签到日期", "状态"}, [&](Sheet& sheet) {
    for (std::size_t n = 0; n < classrooms * 2; ++n)
      sheet.row({code("BM", n), "1", day(city.year, n % classrooms, classrooms + micro_classes), "到课"});
  });
  city.write("micro_class_view", {"姓名", "身份证号", "微课堂", "观看日期", "观看分钟"}, [&](Sheet& sheet) {
    for (std::size_t n = 0; n < 180; ++n)
      sheet.row(person(52'000 + n % 150),
                {code("KC", classrooms + n % micro_classes),
                 std::to_string(city.year) + "-12-" + std::to_string(10 + n / 90), std::to_string(15 + n % 30)});
  });
}

void publicity(City& city) {
  city.write("article", {"编号", "标题", "媒体", "专题", "转载", "发布日期", "状态"}, [&](Sheet& sheet) {
    for (std::size_t n = 0; n < 120; ++n)
      sheet.row({code("GJ", n), "稿件" + std::to_string(n + 1), n % 2 ? "工人日报" : "汉中日报",
                 n < 82 ? "抗击疫情" : "其他", n >= 62 && n < 82 ? "是" : "否",
                 day(city.year, n, 120, "01-25", "11-20"), "已发布"});
    for (std::size_t n = 120; n < 124; ++n)
      sheet.row(
          {code("GJ", n), "稿件" + std::to_string(n + 1), "汉中日报", "抗击疫情", "否", "", n % 2 ? "草稿" : "已初审"});
  });
  city.write("article_reprints", {"宣传稿件", "转载媒体", "转载日期"}, [&](Sheet& sheet) {
    for (std::size_t n = 0; n < 30; ++n)
      sheet.row({code("GJ", n), n % 2 ? "工人日报" : "陕西工人报", day(city.year, n, 120, "01-26", "11-21")});
  });
  const std::string year = std::to_string(city.year);
  city.write("quiz", {"编号", "名称", "开始日期", "截止日期", "参与抽奖分数", "中奖名额", "奖品"}, [&](Sheet& sheet) {
    sheet.row({"DT1", "安全生产月有奖答题", year + "-06-01", year + "-06-30", "60", "20", "保温杯"});
  });
  city.write("quiz_question", {"答题活动", "题号", "题目", "选项甲", "选项乙", "正确答案"}, [&](Sheet& sheet) {
    sheet.row({"DT1", "1", "劳动者有权拒绝违章指挥和强令冒险作业。", "对", "错", "甲"});
    sheet.row({"DT1", "2", "工会有权对建设项目的安全设施进行监督。", "对", "错", "甲"});
  });
}

}  // namespace zhijia::demo
