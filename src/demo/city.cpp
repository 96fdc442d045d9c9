#include "city.hpp"

#include <fmt/format.h>

#include <array>

#include "base/identity_number.hpp"

namespace zhijia::demo {

std::uint64_t Random::next() {
  state_ += 0x9E3779B97F4A7C15ULL;
  std::uint64_t mixed = state_;
  mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9ULL;
  mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EBULL;
  return mixed ^ (mixed >> 31);
}

namespace {

std::string name_of(std::size_t n) {
  static constexpr std::array surnames{"王", "李", "张", "刘", "陈", "杨", "赵", "黄", "周", "吴", "徐",
                                       "孙", "胡", "朱", "高", "林", "何", "郭", "马", "罗", "梁", "宋",
                                       "郑", "谢", "韩", "唐", "冯", "于", "董", "萧", "程", "曹"};
  static constexpr std::array given{"伟", "芳", "娜", "敏", "静", "丽", "强", "磊", "军", "洋", "勇",
                                    "艳", "杰", "娟", "涛", "明", "超", "秀", "霞", "平", "刚", "桂",
                                    "英", "华", "建", "国", "文", "辉", "玲", "汉", "江", "安"};
  Random random(n + 1);
  std::string name = surnames[random.below(surnames.size())];
  name += given[random.below(given.size())];
  if (random.below(3) != 0) name += given[random.below(given.size())];
  return name;
}

/// The nth of those born on the so many days from the first. Birth date and sequence together are the number itself, so
/// that no two persons share them.
std::string number_of(std::size_t n, Date first, std::size_t days) {
  constexpr std::size_t sequences = 999;
  const Date born = first + std::chrono::days(static_cast<int>(n % days));
  const std::size_t sequence = n / days % sequences + 1;
  std::string number =
      fmt::format("610799{:04}{:02}{:02}{:03}", born.year(), born.month(), born.day_of_month(), sequence);
  number += identity_check_character(number);
  return number;
}

}  // namespace

Person person(std::size_t n) { return {name_of(n), number_of(n, Date::of(1960, 1, 1), 14'000)}; }

Person student(std::size_t n) { return {name_of(n), number_of(n, Date::of(2001, 9, 1), 365)}; }

Person child_of(const Person& parent, std::size_t n) {
  constexpr std::size_t surname = std::string_view("王").size();
  Person child = student(n);
  child.name.replace(0, surname, parent.name, 0, surname);
  return child;
}

const std::vector<std::string>& counties() {
  static const std::vector<std::string> names{"汉台区", "南郑区", "城固县", "洋县",   "西乡县", "勉县",
                                              "宁强县", "略阳县", "镇巴县", "留坝县", "佛坪县"};
  return names;
}

std::string day(int year, std::size_t n, std::size_t count, std::string_view first, std::string_view last) {
  const Date from = date_from_iso(fmt::format("{}-{}", year, first));
  const auto days = days_between(from, date_from_iso(fmt::format("{}-{}", year, last)));
  return to_string(from + std::chrono::days(static_cast<std::int64_t>(n) * days / static_cast<std::int64_t>(count)));
}

std::string code(std::string_view prefix, std::size_t n) { return fmt::format("{}{:05}", prefix, n + 1); }

std::string union_name(std::size_t n) {
  static constexpr std::array trades{"机械厂", "茶业公司", "运输公司", "商场",   "医院",
                                     "学校",   "建筑公司", "物业公司", "食品厂", "快递公司"};
  if (n == 0) return "汉中市总工会";
  const std::string& county = counties()[(n - 1) % counties().size()];
  if (n <= counties().size()) return county + "总工会";
  return fmt::format("{}第{}{}工会", county, n, trades[n % trades.size()]);
}

Sheet::Sheet(const std::filesystem::path& out, const std::string& register_name,
             const std::vector<exchange::SheetWriter::Column>& columns, Moment made_at)
    : writer_(exchange::SheetWriter::create(out / (register_name + ".xlsx"), register_name, columns, made_at)) {}

void Sheet::row(std::vector<std::string> cells) {
  if (writer_) (*writer_)->add_row(cells);
}

void Sheet::row(const Person& who, std::vector<std::string> cells) {
  cells.insert(cells.begin(), {who.name, who.identity_number});
  row(std::move(cells));
}

Result<void> Sheet::finish() {
  if (!writer_) return std::unexpected(writer_.error());
  return (*writer_)->finish();
}

City::City(int city_year, std::filesystem::path out, std::function<void(const std::string&)> progress)
    : year(city_year), out_(std::move(out)), progress_(std::move(progress)) {}

void City::write(const std::string& register_name, std::initializer_list<const char*> columns,
                 const std::function<void(Sheet&)>& fill) {
  if (progress_) progress_(register_name);
  std::vector<exchange::SheetWriter::Column> titles;
  for (const char* title : columns) titles.push_back({title});
  Sheet sheet(out_, register_name, titles, Moment{Date::of(year, 12, 31).day});
  fill(sheet);
  if (const auto finished = sheet.finish(); !finished)
    problems.insert(problems.end(), finished.error().begin(), finished.error().end());
}

}  // namespace zhijia::demo
