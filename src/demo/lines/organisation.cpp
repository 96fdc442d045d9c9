#include <array>

#include "base/credit_code.hpp"
#include "lines.hpp"

namespace zhijia::demo {

namespace {

std::string credit_code(std::size_t n) {
  std::string text = "81610799MD" + std::to_string(1'000'000 + n);
  return text + credit_check_character(text);
}

void unions(City& city) {
  constexpr std::size_t founded_in_the_year = 234;
  const std::size_t federations = counties().size() + 1;
  // The city's above the counties', and theirs above those of their county.
  const auto above = [&](std::size_t n) {
    if (n == 0) return std::string();
    return code("GH", n < federations ? 0 : 1 + (n - 1) % counties().size());
  };
  city.write(
      "union", {"编号", "工会名称", "上级工会", "县区", "层级", "类型", "统一社会信用代码", "成立日期"},
      [&](Sheet& sheet) {
        for (std::size_t n = 0; n < unions_count; ++n) {
          const bool is_new = n >= unions_count - founded_in_the_year;
          constexpr std::array kinds{"企业工会", "机关事业单位工会", "行业工会", "联合工会", "村社区工会"};
          sheet.row({code("GH", n), union_name(n), above(n), counties()[n == 0 ? 0 : (n - 1) % counties().size()],
                     n == 0            ? "市级"
                     : n < federations ? "县区级"
                                       : "基层",
                     n < federations ? "总工会" : kinds[n % kinds.size()], credit_code(n),
                     is_new ? day(city.year, n - (unions_count - founded_in_the_year), founded_in_the_year)
                            : day(city.year - 1 - static_cast<int>(n % 15), n % 97, 97)});
        }
      });
}

}  // namespace

namespace {

/// How unions are kept in order: their committees, the six haves and their stars.
void standing(City& city) {
  const std::string year = std::to_string(city.year);
  city.write("union_committee", {"工会", "第几届", "选举日期", "任期（年）", "主席", "批复文号", "状态"},
             [&](Sheet& sheet) {
               for (std::size_t n = 0; n < 40; ++n)
                 sheet.row({union_name(12 + n), "2", day(city.year - static_cast<int>(n % 4), n, 40), "5",
                            person(199'000 + n).name, "总工批〔" + year + "〕" + std::to_string(n + 1) + "号",
                            n < 36 ? "任期内" : "待批复"});
             });
  city.write("six_haves",
             {"工会", "年度", "有依法选举的工会主席", "有独立健全的组织机构", "有服务职工的活动载体",
              "有健全完善的制度机制", "有自主管理的工会经费", "有会员满意的工作绩效", "状态"},
             [&](Sheet& sheet) {
               for (std::size_t n = 0; n < 40; ++n) {
                 const bool has_all = n % 5 != 0;
                 sheet.row({union_name(12 + n), year, "是", "是", "是", "是", has_all ? "是" : "否", "是",
                            has_all ? "已核查" : "待整改"});
               }
             });
  city.write("star_rating",
             {"工会", "年度", "组织建设得分", "入会率得分", "集体合同得分", "民主管理得分", "服务职工得分",
              "经费管理得分", "职工之家得分", "状态"},
             [&](Sheet& sheet) {
               for (std::size_t n = 0; n < 30; ++n)
                 sheet.row({union_name(12 + n), year, "18", "14", std::to_string(8 + n % 8), "12", "13", "8", "9",
                            n < 20 ? "已复核" : "已自评"});
             });
}

}  // namespace

void organisation(City& city) {
  unions(city);
  constexpr std::size_t joined = 14'559, refused = 120, earlier = 3'000;
  constexpr std::array groups{"货车司机",   "快递员",     "护工护理员", "家政服务员",
                              "商场信息员", "网约送餐员", "房产中介员", "保安员"};
  city.write("member", {"姓名", "身份证号", "工会", "状态", "入会日期", "八大群体", "集中入会行动"}, [&](Sheet& sheet) {
    for (std::size_t n = 0; n < joined + refused + earlier; ++n) {
      const bool this_year = n < joined + refused;
      const bool in_group = n % 5 == 0;
      sheet.row(person(n),
                {union_name(12 + n % (unions_count - 12)), n >= joined && this_year ? "未通过" : "会员",
                 this_year ? day(city.year, n, joined + refused) : day(city.year - 1, n - joined - refused, earlier),
                 in_group ? groups[n / 5 % groups.size()] : "", in_group ? "是" : "否"});
    }
  });
  standing(city);
}

}  // namespace zhijia::demo
