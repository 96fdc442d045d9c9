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
}

void consumption(City& city) {
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
}

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
}

void care(City& city) {
  city.write("recuperation", {"编号", "名称", "开始日期", "天数"}, [&](Sheet& sheet) {
    sheet.row({"LX1", "医护人员疗休养", day(city.year, 5, 10), "4"});
    sheet.row({"LX0", "劳模疗休养", day(city.year - 1, 5, 10), "5"});
  });
  city.write("recuperation_guest", {"姓名", "身份证号", "批次", "对象", "报到日期"}, [&](Sheet& sheet) {
    for (std::size_t n = 0; n < 40; ++n)
      sheet.row(person(196'000 + n), {"LX1", n < 22 ? "援鄂医护" : "一线医护", day(city.year, 5, 10)});
    for (std::size_t n = 0; n < 25; ++n) sheet.row(person(196'500 + n), {"LX0", "劳模", day(city.year - 1, 5, 10)});
  });
  city.write("study_tour_guest", {"姓名", "身份证号", "活动", "日期"}, [&](Sheet& sheet) {
    for (std::size_t n = 0; n < 62; ++n)
      sheet.row(person(197'000 + n), {"六月研学", std::to_string(city.year) + "-06-13"});
    for (std::size_t n = 0; n < 8; ++n)
      sheet.row(person(197'000 + n), {"六月研学", std::to_string(city.year) + "-06-14"});
  });
}

void governance(City& city) {
  city.write("collective_contract", {"工会", "编号", "签订日期", "到期日期", "状态"}, [&](Sheet& sheet) {
    constexpr std::array states{"已报备", "已报备", "职代会通过", "退回", "草案"};
    for (std::size_t n = 0; n < 140; ++n)
      sheet.row({union_name(12 + n), code("JT", n), day(city.year, n, 140), day(city.year + 2, n, 140),
                 states[n % states.size()]});
  });
  city.write("rectification", {"工会", "编号", "问题", "整改期限", "状态"}, [&](Sheet& sheet) {
    constexpr std::array states{"已销号", "已整改", "整改中"};
    for (std::size_t n = 0; n < 36; ++n)
      sheet.row({union_name(12 + n), code("ZG", n), n % 2 ? "票据附件不全" : "预算调整未报批", day(city.year, n, 36),
                 states[n % states.size()]});
  });
}

}  // namespace zhijia::demo
