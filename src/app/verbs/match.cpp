#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"
#include "exchange/sheet_reader.hpp"
#include "exchange/sheet_writer.hpp"
#include "people/people.hpp"
#include "registers/doubles.hpp"
#include "relief/lists.hpp"
#include "verbs.hpp"

namespace zhijia::app {

namespace {

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
  people::Roster roster;
  std::vector<std::pair<std::size_t, std::string>> listed;  // row and name
  const auto rows = relief::read_list(options.list, exchange::SheetLimits{}.rows_max, [&](const relief::Listed& row) {
    roster.add({.name = row.name,
                .identity_number = row.identity_number,
                .birth_date = row.birth_date,
                .phone = row.phone,
                .address = row.address});
    listed.emplace_back(row.row, row.name);
  });
  if (!rows) return std::unexpected(rows.error());
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
        people::match(roster, persons.roster, {.probability_min = static_cast<float>(options.probability_min)});
    std::vector<people::Pair> pairs = matching.pairs;
    std::ranges::sort(pairs, {}, &people::Pair::left);
    for (const people::Pair& pair : pairs) {
      const Id person = persons.persons[pair.right];
      const auto number = people::find_identity_number(reader, site.registers->vault(), person);
      (*writer)->add_row(
          {std::to_string(listed[pair.left].first), listed[pair.left].second, people::find_person(reader, person)->name,
           mask_number(number.value_or("")), fmt::format("{:.1f}", 100 * pair.probability),
           registers::evidence_text(matching.evidence(pair)).zh, where_known(reader, *site.registers, person)});
    }
    return pairs.size();
  });
  if (auto finished = (*writer)->finish(); !finished) return finished;
  fmt::print("{} of {} on the list are known: {}\n", found, listed.size(), options.out.string());
  return {};
}

Result<void> find_doubles(const OpenSite& site) {
  const auto found = registers::find_doubles(*site.store, *site.registers, {"system", "match", {}});
  if (!found) return std::unexpected(found.error());
  fmt::print("{} persons, {} doubtful pairs, {} of them new\n", found->persons, found->pairs, found->new_pairs);
  return {};
}

}  // namespace zhijia::app
