#include "lines.hpp"

namespace zhijia::demo {

/// What the federation's own book began with. The first thing that the city pays is a season's fund three years back;
/// what came in since is posted by no pack, so the book begins with what the years took.
void finance(City& city) {
  const std::string first_year = std::to_string(city.year - 3);
  city.write("opening_balance", {"启用年度", "依据"},
             [&](Sheet& sheet) { sheet.row({first_year, std::to_string(city.year - 4) + "年度资产负债表"}); });
  city.write("opening_balance_lines", {"期初余额", "科目", "借贷方向", "金额"}, [&](Sheet& sheet) {
    sheet.row({first_year, "库存现金", "借方", "12000"});
    sheet.row({first_year, "银行存款", "借方", "36500000"});
    sheet.row({first_year, "其他应收款", "借方", "88000"});
    sheet.row({first_year, "其他应付款", "贷方", "150000"});
    sheet.row({first_year, "专用基金", "贷方", "4450000"});
    sheet.row({first_year, "工会资金结余", "贷方", "32000000"});
  });
}

}  // namespace zhijia::demo
