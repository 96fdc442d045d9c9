#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>

#include "base/text.hpp"
#include "exchange/sheet_reader.hpp"
#include "exchange/sheet_writer.hpp"
#include "people/people.hpp"
#include "registers/doubles.hpp"
#include "verbs.hpp"

namespace zhijia::app {

namespace {

enum Column { name, identity_number, birth_date, phone, address, column_count };

/// What other agencies call their columns.
const std::array<std::vector<std::string_view>, column_count> headers = {{
    {"姓名", "户主姓名", "name"},
    {"身份证号", "身份证号码", "公民身份号码", "证件号码", "identity number"},
    {"出生日期", "出生年月日", "birth date"},
    {"联系电话", "电话", "手机", "手机号", "手机号码", "phone"},
    {"住址", "家庭住址", "地址", "户籍地址", "address"},
}};

/// Another agency's list: a roll of subsistence or of taxes.
struct OutsideList {
  people::Roster roster;
  std::vector<std::size_t> rows;  ///< as the spreadsheet counts
  std::vector<std::string> names;
};

class ListReader {
 public:
  explicit ListReader(OutsideList& list) : list_(list) { columns_.fill(none); }

  bool take(const exchange::Row& row) {
    if (columns_[name] == none) {
      find_columns(row);
      return row.number < header_rows_max || columns_[name] != none;
    }
    std::array<std::string, column_count> told;
    for (std::size_t i = 0; i < column_count; ++i)
      if (columns_[i] < row.cells.size()) told[i] = tidy(row.cells[columns_[i]].text);
    if (told[name].empty()) return true;
    list_.roster.add({.name = told[name],
                      .identity_number = told[identity_number],
                      .birth_date = told[birth_date].empty() ? born(told[identity_number]) : told[birth_date],
                      .phone = told[phone],
                      .address = told[address]});
    list_.rows.push_back(row.number);
    list_.names.push_back(told[name]);
    return true;
  }

  bool has_header() const { return columns_[name] != none; }

 private:
  static constexpr std::size_t none = static_cast<std::size_t>(-1);
  static constexpr std::size_t header_rows_max = 20;  // titles and remarks stand above the header

  void find_columns(const exchange::Row& row) {
    for (std::size_t at = 0; at < row.cells.size(); ++at)
      for (std::size_t i = 0; i < column_count; ++i)
        if (columns_[i] == none && std::ranges::find(headers[i], tidy(row.cells[at].text)) != headers[i].end())
          columns_[i] = at;
  }

  static std::string born(const std::string& number) {
    const auto read = IdentityNumber::parse(number);
    return read ? to_string(read->birth_date()) : "";
  }

  OutsideList& list_;
  std::array<std::size_t, column_count> columns_{};
};

Result<OutsideList> read_list(const std::filesystem::path& file) {
  OutsideList list;
  ListReader reader(list);
  auto read = exchange::read_sheet(file, [&](const std::string&, const exchange::Row& row) { return reader.take(row); });
  if (!read) return std::unexpected(std::move(read.error()));
  if (!reader.has_header())
    return fail("match.header", "名单前20行中没有“姓名”一列，请加上表头。",
                "None of the first 20 rows has a column “姓名” (or “name”); add a header.", {.file = file.filename().string()});
  return list;
}

/// "困难职工档案 1；会员 1": in which registers records are about the person.
std::string where_known(store::Reader& reader, const registers::Registers& registers, Id person) {
  std::string known;
  for (const registers::Register& of : registers.catalogue().registers) {
    const registers::Field* subject = of.field("subject");
    if (!subject || !of.part_of.empty()) continue;
    const std::string count = "SELECT COUNT(*) FROM " + store::quoted_name(of.name) + " WHERE subject ";
    std::optional<store::Rows> rows;
    if (subject->type == registers::FieldType::person)
      rows.emplace(reader.query(count + "= ?", person));
    else if (subject->type == registers::FieldType::household)
      rows.emplace(reader.query(count + "IN (SELECT id FROM household WHERE head = ?)", person));
    if (rows && rows->next() && rows->integer(0) > 0)
      known += fmt::format("{}{} {}", known.empty() ? "" : "；", of.title.zh, rows->integer(0));
  }
  return known;
}

}  // namespace

Result<void> match_list(const OpenSite& site, const MatchListOptions& options) {
  auto list = read_list(options.list);
  if (!list) return std::unexpected(std::move(list.error()));
  auto writer = exchange::SheetWriter::create(options.out, "比对结果",
                                              {{.title = "名单行号", .format = exchange::SheetWriter::Format::number},
                                               {.title = "名单姓名"},
                                               {.title = "登记姓名"},
                                               {.title = "身份证号"},
                                               {.title = "可能性%", .format = exchange::SheetWriter::Format::number},
                                               {.title = "依据", .width = 60},
                                               {.title = "登记情况", .width = 60}},
                                              system_clock().now());
  if (!writer) return std::unexpected(std::move(writer.error()));
  const auto found = site.store->read([&](store::Reader& reader) {
    registers::PersonRoster persons = registers::person_roster(reader, *site.registers);
    const people::Matching matching =
        people::match(list->roster, persons.roster, {.probability_min = static_cast<float>(options.probability_min)});
    std::vector<people::Pair> pairs = matching.pairs;
    std::ranges::sort(pairs, {}, &people::Pair::left);
    for (const people::Pair& pair : pairs) {
      const Id person = persons.persons[pair.right];
      const auto number = people::find_identity_number(reader, site.registers->vault(), person);
      (*writer)->add_row({std::to_string(list->rows[pair.left]), list->names[pair.left],
                          people::find_person(reader, person)->name, mask_number(number.value_or("")),
                          fmt::format("{:.1f}", 100 * pair.probability),
                          registers::evidence_text(matching.evidence(pair)).zh,
                          where_known(reader, *site.registers, person)});
    }
    return pairs.size();
  });
  if (auto finished = (*writer)->finish(); !finished) return finished;
  fmt::print("{} of {} on the list are known: {}\n", found, list->rows.size(), options.out.string());
  return {};
}

Result<void> find_doubles(const OpenSite& site) {
  const auto found = registers::find_doubles(*site.store, *site.registers, {"system", "match", {}});
  if (!found) return std::unexpected(found.error());
  fmt::print("{} persons, {} doubtful pairs, {} of them new\n", found->persons, found->pairs, found->new_pairs);
  return {};
}

}  // namespace zhijia::app
