#include <algorithm>
#include <array>

#include "base/identity_number.hpp"
#include "base/text.hpp"
#include "exchange/sheet_reader.hpp"
#include "relief/lists.hpp"

namespace zhijia::relief {

namespace {

enum Column { name, identity_number, birth_date, phone, address, column_count };

/// What other agencies call their columns.
const std::array<std::vector<std::string_view>, column_count> headers = {{
    {"姓名", "户主姓名", "车主姓名", "机动车所有人", "权利人", "权利人姓名", "法定代表人", "经营者姓名", "纳税人姓名",
     "name"},
    {"身份证号", "身份证号码", "公民身份号码", "证件号码", "identity number"},
    {"出生日期", "出生年月日", "birth date"},
    {"联系电话", "电话", "手机", "手机号", "手机号码", "phone"},
    {"住址", "家庭住址", "地址", "户籍地址", "address"},
}};

std::string born(const std::string& number) {
  const auto read = IdentityNumber::parse(number);
  return read ? to_string(read->birth_date()) : "";
}

class Columns {
 public:
  Columns() { places_.fill(none); }

  bool found() const { return places_[name] != none; }

  void find(const exchange::Row& row) {
    for (std::size_t at = 0; at < row.cells.size(); ++at)
      for (std::size_t i = 0; i < column_count; ++i)
        if (places_[i] == none && std::ranges::find(headers[i], tidy(row.cells[at].text)) != headers[i].end())
          places_[i] = at;
  }

  Listed read(const exchange::Row& row) const {
    std::array<std::string, column_count> told;
    for (std::size_t i = 0; i < column_count; ++i)
      if (places_[i] < row.cells.size()) told[i] = tidy(row.cells[places_[i]].text);
    return {.row = row.number,
            .name = told[name],
            .identity_number = told[identity_number],
            .birth_date = told[birth_date].empty() ? born(told[identity_number]) : told[birth_date],
            .phone = told[phone],
            .address = told[address]};
  }

 private:
  static constexpr std::size_t none = static_cast<std::size_t>(-1);
  std::array<std::size_t, column_count> places_{};
};

constexpr std::size_t header_rows_max = 20;  // titles and remarks stand above the header

}  // namespace

Result<std::size_t> read_list(const std::filesystem::path& file, std::size_t rows_max,
                              const std::function<void(const Listed&)>& take) {
  Columns columns;
  std::size_t rows = 0;
  const auto read = exchange::read_sheet(file, [&](const std::string&, const exchange::Row& row) {
    if (!columns.found()) {
      columns.find(row);
      return row.number < header_rows_max || columns.found();
    }
    const Listed listed = columns.read(row);
    if (listed.name.empty()) return true;
    if (++rows > rows_max) return false;
    take(listed);
    return true;
  });
  if (!read) return std::unexpected(read.error());
  const Place place{.file = file.filename().string()};
  if (!columns.found())
    return fail("match.header", "名单前20行中没有“姓名”一列，请加上表头。",
                "None of the first 20 rows has a column “姓名” (or “name”); add a header.", place);
  if (rows > rows_max)
    return fail("match.too_long",
                "名单超过 " + std::to_string(rows_max) + " 行：请按县区分开上传，或在服务器上用 zhijia match 比对。",
                "The list has more than " + std::to_string(rows_max) +
                    " rows: bring it county by county, or compare it with `zhijia match` on the server.",
                place);
  return rows;
}

}  // namespace zhijia::relief
