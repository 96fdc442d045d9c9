#include <array>

#include "lines.hpp"

namespace zhijia::demo {

void rights(City& city) {
  city.write("rights_station", {"名称", "所在城市", "成立日期"}, [&](Sheet& sheet) {
    sheet.row({"驻南通职工维权站", "南通", day(city.year, 1, 3)});
    sheet.row({"驻昆山职工维权站", "昆山", day(city.year, 2, 3)});
    sheet.row({"驻西安职工维权站", "西安", day(city.year - 2, 1, 3)});
  });
  city.write("dispute", {"姓名", "身份证号", "编号", "事由", "申请日期", "调解期限", "状态"}, [&](Sheet& sheet) {
    constexpr std::array causes{"劳动报酬", "劳动合同", "工伤", "社会保险"};
    constexpr std::array states{"已调解", "已调解", "调解不成", "已申请"};
    for (std::size_t n = 0; n < 86; ++n) {
      const std::string requested = day(city.year, n, 86);
      sheet.row(person(190'000 + n),
                {code("ZYI", n), causes[n % causes.size()], requested,
                 to_string(date_from_iso(requested) + std::chrono::days(15)), states[n % states.size()]});
    }
  });
  city.write("referral",
             {"工会", "姓名", "身份证号", "编号", "承办工会", "维权站", "事项", "情况说明", "转出日期", "办结日期",
              "办理结果", "状态"},
             [&](Sheet& sheet) {
               for (std::size_t n = 0; n < 16; ++n) {
                 const bool is_settled = n < 11;
                 const Person who = person(191'000 + n);
                 sheet.row({union_name(1 + n % 11), who.name, who.identity_number, code("ZB", n), union_name(0),
                            n % 2 ? "驻南通职工维权站" : "驻昆山职工维权站", n % 3 ? "拖欠工资" : "工伤",
                            "务工地企业拖欠两个月工资", day(city.year, n, 16),
                            is_settled ? day(city.year, n + 1, 16) : "", is_settled ? "已全额支付" : "",
                            n < 8    ? "已回访"
                            : n < 11 ? "已办结"
                            : n < 14 ? "已受理"
                                     : "已转出"});
               }
             });
  city.write(
      "help_request", {"工会", "姓名", "身份证号", "编号", "求助类型", "情况说明", "求助日期", "答复", "状态"},
      [&](Sheet& sheet) {
        for (std::size_t n = 0; n < 12; ++n) {
          const Person who = person(192'000 + n);
          sheet.row({union_name(12 + n), who.name, who.identity_number, code("QZU", n), n % 2 ? "社会保险" : "拖欠工资",
                     "想了解怎样维权", day(city.year, n, 12), n < 10 ? "已联系单位，限期补缴" : "",
                     n < 8    ? "已办结"
                     : n < 10 ? "已答复"
                              : "待受理"});
        }
      });
}

void consumption(City& city) {
  city.write("assistance_product", {"编号", "产品", "类别", "生产者", "产地", "参考价", "单位", "认定日期", "状态"},
             [&](Sheet& sheet) {
               constexpr std::array names{"汉中仙毫", "洋县黑米", "略阳乌鸡", "留坝香菇", "镇巴腊肉"};
               constexpr std::array classes{"茶叶", "粮油", "肉蛋", "食用菌", "肉蛋"};
               for (std::size_t n = 0; n < names.size(); ++n)
                 sheet.row({code("CP", n), names[n], classes[n], "合作社" + std::to_string(n + 1),
                            counties()[2 + n * 2 % 9], std::to_string(40 + n * 20), "盒",
                            std::to_string(city.year - 1) + "-03-01", n < 4 ? "在目录" : "待认定"});
             });
  constexpr std::size_t purchases = 1'352;
  city.write("assistance_purchase", {"工会", "产品", "金额", "采购日期"}, [&](Sheet& sheet) {
    for (std::size_t n = 0; n < purchases; ++n)
      sheet.row({union_name(n % unions_count), n % 2 ? "汉中仙毫" : "洋县黑米", "50000",
                 day(city.year - static_cast<int>(n % 2), n, purchases)});
    sheet.row({union_name(1), "往年采购", "800000", day(city.year - 2, 1, 2)});
  });
  city.write("assistance_contract", {"编号", "采购方", "采购方城市", "签约场合", "金额", "签约日期"},
             [&](Sheet& sheet) {
               std::size_t n = 0;
               const auto contract = [&](const char* where, const char* event, int year, std::size_t yuan) {
                 sheet.row({code("HT", n), "采购单位" + std::to_string(n + 1), where, event, std::to_string(yuan),
                            day(year, n, 200)});
                 ++n;
               };
               for (std::size_t i = 0; i < 19; ++i)
                 contract("南通", "签约仪式", city.year, i == 0 ? 1'100'000 : 1'000'000);
               for (std::size_t i = 0; i < 22; ++i)
                 contract("南通", "日常签约", city.year, i == 0 ? 966'000 : 1'000'000);
               for (std::size_t i = 0; i < 6; ++i) contract("西安", "日常签约", city.year, 300'000);
               for (std::size_t i = 0; i < 4; ++i) contract("南通", "日常签约", city.year - 1, 400'000);
             });
  city.write("assistance_contract_deliveries", {"消费帮扶合同", "交付日期", "产品", "金额", "结算日期"},
             [&](Sheet& sheet) {
               for (std::size_t n = 0; n < 12; ++n)
                 sheet.row({code("HT", n), std::to_string(city.year) + "-10-20", code("CP", n % 4), "500000",
                            n % 3 ? std::to_string(city.year) + "-11-20" : ""});
             });
  city.write("outlet", {"名称", "所在区县", "开业日期"}, [&](Sheet& sheet) {
    for (std::size_t n = 0; n < 9; ++n)
      sheet.row(
          {"汉中特产南通直销点" + std::to_string(n + 1), "南通区县" + std::to_string(n + 1), day(city.year, n, 9)});
    sheet.row({"汉中特产西安直销点", "西安", day(city.year - 1, 1, 2)});
  });
  city.write("welfare_spending", {"工会", "支出日期", "福利支出", "其中帮扶产品"}, [&](Sheet& sheet) {
    for (std::size_t n = 0; n < unions_count; ++n) {
      // One union spends just its 30 percent; two payments of one union count together.
      sheet.row({union_name(n), day(city.year, n, unions_count), "100000",
                 n == 77 ? "20000" : std::to_string(31'000 + n % 40 * 500)});
      if (n == 77) sheet.row({union_name(n), day(city.year, n, unions_count), "100000", "40000"});
    }
    sheet.row({union_name(5), day(city.year - 1, 1, 2), "100000", "1000"});
  });
}

void labour_model_aid(City& city) {
  constexpr std::size_t models = 733, sessions = 215, projects = 51, lifted = 26'700, work = 2'046,
                        funds_yuan = 9'300'000;
  city.write("aid_model", {"姓名", "身份证号", "荣誉", "参与日期"}, [&](Sheet& sheet) {
    for (std::size_t n = 0; n < models + 48; ++n)
      sheet.row(person(180'000 + n % models),
                {n % 3 ? "劳动模范" : "五一劳动奖章", day(city.year - static_cast<int>(n % 3), n, models + 48)});
    for (std::size_t n = 0; n < 5; ++n) sheet.row(person(181'000 + n), {"劳动模范", day(city.year + 1, n, 5)});
  });
  city.write("aid_project", {"编号", "名称", "村", "开始日期", "状态"}, [&](Sheet& sheet) {
    for (std::size_t n = 0; n < projects + 4; ++n)
      sheet.row({code("CY", n), "产业项目" + std::to_string(n + 1), "贫困村" + std::to_string(n + 1),
                 day(city.year - static_cast<int>(n % 3), n, projects + 4), n < projects ? "实施" : "计划"});
  });
  city.write("aid_session", {"项目", "内容", "日期"}, [&](Sheet& sheet) {
    for (std::size_t n = 0; n < sessions; ++n)
      sheet.row({code("CY", n % projects), n % 2 ? "茶叶修剪" : "食用菌栽培",
                 day(city.year - static_cast<int>(n % 3), n, sessions)});
  });
  city.write("aid_result", {"项目", "上报日期", "脱贫人数", "就业人数", "投入资金"}, [&](Sheet& sheet) {
    const auto part = [&](std::size_t whole, std::size_t n) {
      return std::to_string(whole / projects + (n < whole % projects ? 1 : 0));
    };
    for (std::size_t n = 0; n < projects; ++n)
      sheet.row({code("CY", n), day(city.year - static_cast<int>(n % 3), n, projects), part(lifted, n), part(work, n),
                 part(funds_yuan, n)});
  });
  city.write("aid_person", {"姓名", "身份证号", "项目", "成效", "起始日期", "年增收", "回访日期", "状态"},
             [&](Sheet& sheet) {
               for (std::size_t n = 0; n < 60; ++n)
                 sheet.row(person(182'000 + n),
                           {code("CY", n % projects), n % 3 ? "脱贫" : "就业",
                            day(city.year, n % projects, projects, "11-21", "12-20"), "4200",
                            n < 45 ? std::to_string(city.year) + "-12-28" : "", n < 45 ? "回访稳定" : "已受益"});
             });
}

namespace {

/// The goods: what came in with each batch, and what went out to whom.
void stock(City& city) {
  constexpr std::array goods{"口罩", "消毒液", "防护服"};
  constexpr std::array units{"只", "瓶", "套"};
  // What is left of the movements below, all of which were booked before the program was there.
  constexpr std::array rests{"1180", "1200", "1200"};
  city.write("supply_item", {"编号", "物资", "单位", "结存", "最低储备"}, [&](Sheet& sheet) {
    for (std::size_t n = 0; n < goods.size(); ++n) sheet.row({code("WP", n), goods[n], units[n], rests[n], "300"});
  });
  city.write(
      "supply_move", {"单号", "物资", "收发", "数量", "到货批次", "领用单位", "日期", "状态"}, [&](Sheet& sheet) {
        std::size_t number = 0;
        for (std::size_t n = 0; n < 18; ++n)
          sheet.row({code("SF", number++), code("WP", n % goods.size()), "入库", "1000", code("WZ", n), "",
                     day(city.year, n, 18, "01-28", "04-20"), "已记库"});
        for (std::size_t n = 0; n < 24; ++n)
          sheet.row({code("SF", number++), code("WP", n % goods.size()), "出库", "600", "", union_name(1 + n % 11),
                     day(city.year, n, 24, "02-01", "05-01"), "已记库"});
        sheet.row({code("SF", number++), code("WP", 0), "报损", "20", "", "", day(city.year, 1, 2), "已记库"});
        sheet.row(
            {code("SF", number++), code("WP", 1), "出库", "100", "", union_name(3), day(city.year, 9, 10), "待办"});
      });
  city.write("emergency_request",
             {"编号", "求助单位或个人", "县区", "求助类型", "情况", "紧急", "求助日期", "办理情况", "办结日期", "状态"},
             [&](Sheet& sheet) {
               for (std::size_t n = 0; n < 14; ++n) {
                 const bool is_met = n < 12;
                 sheet.row({code("YJ", n), "医院" + std::to_string(n + 1), counties()[n % counties().size()],
                            n % 4 ? "防护物资" : "人手", "一线防护物资告急", n % 2 ? "是" : "否",
                            day(city.year, n, 14, "01-28", "03-20"), is_met ? "当日调拨" : "",
                            is_met ? day(city.year, n + 1, 14, "01-28", "03-20") : "", is_met ? "已办结" : "办理中"});
               }
             });
}

}  // namespace

void emergency(City& city) {
  city.write("supply_batch", {"批次", "物资", "价值", "到货日期"}, [&](Sheet& sheet) {
    for (std::size_t n = 0; n < 18; ++n)
      sheet.row({code("WZ", n), n % 2 ? "口罩" : "消毒液", "22000", day(city.year, n, 18, "01-28", "04-20")});
  });
  city.write("donation", {"编号", "捐赠人", "捐赠方", "形式", "价值", "接收日期", "状态"}, [&](Sheet& sheet) {
    std::size_t n = 0;
    const auto give = [&](const char* kind, const char* form, const char* yuan, const char* state) {
      sheet.row(
          {code("JZ", n), person(195'000 + n).name, kind, form, yuan, day(city.year, n, 100, "01-28", "05-20"), state});
      ++n;
    };
    for (int i = 0; i < 62; ++i) give("劳模", i % 2 ? "资金" : "物资", "50000", "已接收");
    for (int i = 0; i < 11; ++i) give("县区工会", "资金", i == 0 ? "125000" : "100000", "已接收");
    for (int i = 0; i < 5; ++i) give("县区工会", "物资", "30000", "已接收");
    for (int i = 0; i < 5; ++i) give("其他", "资金", "20000", "已接收");
    for (int i = 0; i < 3; ++i) give("劳模", "资金", "90000", "已认捐");
  });
  city.write("special_subsidy", {"编号", "接收单位", "补助对象", "金额", "拨付日期", "状态"}, [&](Sheet& sheet) {
    std::size_t n = 0;
    const auto pay = [&](const char* target, const char* yuan, const char* state) {
      sheet.row({code("BZ", n), "单位" + std::to_string(n + 1), target, yuan, day(city.year, n, 30, "02-05", "04-20"),
                 state});
      ++n;
    };
    for (int i = 0; i < 6; ++i) pay("援鄂医疗队后勤保障", "137000", "已拨付");
    for (int i = 0; i < 13; ++i) pay("县区和定点医院", "74000", "已拨付");
    pay("县区和定点医院", "50000", "待审批");
    pay("援鄂医疗队后勤保障", "40000", "已批准");
  });
  stock(city);
}

void care(City& city) {
  city.write("recuperation", {"编号", "名称", "开始日期", "天数"}, [&](Sheet& sheet) {
    sheet.row({"LX1", "医护人员疗休养", day(city.year, 5, 10), "4"});
    sheet.row({"LX0", "劳模疗休养", day(city.year - 1, 5, 10), "5"});
  });
  city.write("recuperation_guest", {"姓名", "身份证号", "批次", "对象", "报到日期", "状态"}, [&](Sheet& sheet) {
    for (std::size_t n = 0; n < 40; ++n)
      sheet.row(person(196'000 + n), {"LX1", n < 22 ? "援鄂医护" : "一线医护", day(city.year, 5, 10), "已报到"});
    for (std::size_t n = 0; n < 4; ++n)
      sheet.row(person(196'040 + n), {"LX1", "一线医护", "", n < 3 ? "已推荐" : "未参加"});
    for (std::size_t n = 0; n < 25; ++n)
      sheet.row(person(196'500 + n), {"LX0", "劳模", day(city.year - 1, 5, 10), "已报到"});
  });
  city.write("study_tour", {"编号", "名称", "地点", "活动时间起", "活动时间止", "名额"}, [&](Sheet& sheet) {
    const auto of_june = [&](const char* of_month) { return std::to_string(city.year) + "-06-" + of_month; };
    sheet.row({"六月研学", "致敬白衣天使研学行", "科技馆", of_june("13"), of_june("14"), "80"});
  });
  city.write("study_tour_guest", {"姓名", "身份证号", "活动", "日期"}, [&](Sheet& sheet) {
    for (std::size_t n = 0; n < 62; ++n)
      sheet.row(person(197'000 + n), {"六月研学", std::to_string(city.year) + "-06-13"});
    for (std::size_t n = 0; n < 8; ++n)
      sheet.row(person(197'000 + n), {"六月研学", std::to_string(city.year) + "-06-14"});
  });
}

namespace {

void budgets(City& city) {
  const std::string year = std::to_string(city.year);
  city.write("union_budget", {"工会", "编号", "年度", "上年结转", "收入合计", "支出合计", "直接用于职工", "状态"},
             [&](Sheet& sheet) {
               constexpr std::array states{"已批准", "已批准", "经审会已审", "编制中"};
               for (std::size_t n = 0; n < 24; ++n)
                 sheet.row({union_name(12 + n), code("YS", n), year, "20000", "180000", "190000", "120000",
                            states[n % states.size()]});
               // The federation's own: its lines follow, and it is approved once they are there.
               sheet.row({union_name(0), code("YS", 99), year, "1500000", "", "", "", "编制中"});
             });
  city.write("union_budget_lines", {"工会经费预算", "收支", "科目", "金额", "直接用于职工"}, [&](Sheet& sheet) {
    const std::string own = code("YS", 99);
    sheet.row({own, "收入", "拨缴经费收入", "6200000", "否"});
    sheet.row({own, "收入", "上级补助收入", "5400000", "否"});
    sheet.row({own, "收入", "政府补助收入", "2400000", "否"});
    sheet.row({own, "支出", "职工服务支出/四季送", "8200000", "是"});
    sheet.row({own, "支出", "职工服务支出/金秋助学", "450000", "是"});
    sheet.row({own, "支出", "职工服务支出/劳模待遇", "60000", "是"});
    sheet.row({own, "支出", "职工帮扶支出/困难帮扶", "420000", "是"});
    sheet.row({own, "支出", "补助下级支出/疫情防控", "2000000", "否"});
  });
}

void audits(City& city) {
  const std::string year = std::to_string(city.year - 1);
  city.write(
      "audit", {"工会", "编号", "类型", "审计年度", "主审", "进点日期", "报告日期", "审计金额", "审计意见", "状态"},
      [&](Sheet& sheet) {
        constexpr std::array kinds{"年度收支审计", "经济责任审计", "专项资金审计"};
        for (std::size_t n = 0; n < 12; ++n) {
          const bool is_over = n < 9;
          sheet.row({union_name(12 + n), code("SJ", n), kinds[n % kinds.size()], year, person(198'000).name,
                     day(city.year, n, 12, "03-02", "09-30"), is_over ? day(city.year, n, 12, "04-20", "11-20") : "",
                     is_over ? "360000" : "", is_over ? "收支真实，凭证管理待加强" : "",
                     is_over ? (n < 6 ? "已办结" : "已报告") : "审计中"});
        }
      });
  city.write("internal_control", {"工会", "编号", "年度", "检查日期", "检查人", "检查事项", "存在缺陷", "状态"},
             [&](Sheet& sheet) {
               for (std::size_t n = 0; n < 12; ++n)
                 sheet.row({union_name(12 + n), code("NK", n), std::to_string(city.year), day(city.year, n, 12),
                            person(198'001).name, "7", n % 2 ? "1" : "0", n < 9 ? "已确认" : "已出结论"});
             });
  city.write("rectification", {"工会", "编号", "问题", "来源审计", "整改期限", "状态"}, [&](Sheet& sheet) {
    constexpr std::array states{"已销号", "已整改", "整改中"};
    for (std::size_t n = 0; n < 36; ++n)
      sheet.row({union_name(12 + n), code("ZG", n), n % 2 ? "票据附件不全" : "预算调整未报批",
                 n < 9 ? code("SJ", n) : "", day(city.year, n, 36), states[n % states.size()]});
  });
}

}  // namespace

void governance(City& city) {
  city.write(
      "consultation",
      {"工会", "编号", "协商内容", "企业方", "要约日期", "应约日期", "协商会议日期", "协商结果", "状态"},
      [&](Sheet& sheet) {
        for (std::size_t n = 0; n < 20; ++n) {
          const bool is_agreed = n < 16;
          sheet.row({union_name(12 + n), code("XS", n), n % 2 ? "工资增长" : "劳动安全", union_name(12 + n),
                     day(city.year, n, 20, "02-01", "09-01"), is_agreed ? day(city.year, n, 20, "02-11", "09-11") : "",
                     is_agreed ? day(city.year, n, 20, "03-01", "10-01") : "", is_agreed ? "工资增长百分之三" : "",
                     is_agreed ? "达成一致" : "已要约"});
        }
      });
  city.write("collective_contract", {"工会", "编号", "类型", "签订日期", "到期日期", "状态"}, [&](Sheet& sheet) {
    constexpr std::array states{"已生效", "已报备", "职代会通过", "退回", "草案"};
    for (std::size_t n = 0; n < 140; ++n)
      sheet.row({union_name(12 + n), code("JT", n), n % 3 ? "综合集体合同" : "工资专项", day(city.year, n, 140),
                 day(city.year + 2, n, 140), states[n % states.size()]});
  });
  city.write(
      "legal_checkup", {"工会", "编号", "企业", "律师", "体检日期", "职工人数", "发现问题", "未整改", "状态"},
      [&](Sheet& sheet) {
        for (std::size_t n = 0; n < 15; ++n) {
          const bool is_closed = n < 10;
          sheet.row({union_name(12 + n), code("TJ", n), union_name(12 + n), person(198'010 + n % 4).name,
                     day(city.year, n, 15), "120", "3", is_closed ? "0" : "1", is_closed ? "已回访" : "已出报告"});
        }
      });
  budgets(city);
  audits(city);
}

}  // namespace zhijia::demo
