#include "relief/families.hpp"

#include <algorithm>
#include <array>
#include <tuple>

#include "decided.hpp"

namespace zhijia::relief {

namespace {

using Kind = FamilyDoubt::Kind;

/// Files on the roll within the reach, as `f` with its number.
struct Files {
  std::string sql;
  std::vector<std::variant<std::int64_t, std::string>> parameters;
};

Files on_the_roll(const registers::Catalogue& catalogue, const registers::Reach& reach) {
  const auto within = registers::reach_condition(catalogue, *catalogue.find_register(file_register), "f", reach);
  return {"EXISTS (SELECT 1 FROM difficulty_period p WHERE p.file = f.id AND p.state = 'open') AND " + within.sql,
          within.parameters};
}

store::Rows ask(store::Reader& reader, const std::string& sql, const Files& files) {
  std::vector<store::Parameter> parameters;
  for (const auto& value : files.parameters)
    std::visit([&](const auto& held) { parameters.emplace_back(held); }, value);
  return reader.query_with(sql, std::span<const store::Parameter>(parameters));
}

bool is_child(std::string_view relation) { return relation == "child"; }

/// Heads and members of files; a household's head is no member of its own.
constexpr const char* kin =
    "WITH kin AS (SELECT d.id AS file, h.head AS person, 'head' AS relation FROM difficulty_file d JOIN household h ON "
    "h.id = d.subject UNION ALL SELECT m.part_of, m.member, m.relation FROM difficulty_file_members m) ";

void add_shared(store::Reader& reader, const Files& files, std::vector<FamilyDoubt>& doubts) {
  auto rows =
      ask(reader,
          std::string(kin) +
              "SELECT f.id, f.code, f.region, o.id, o.code, a.person, n.name, a.relation, b.relation FROM kin a "
              "JOIN kin b ON b.person = a.person AND b.file <> a.file JOIN difficulty_file f ON f.id = a.file "
              "JOIN difficulty_file o ON o.id = b.file JOIN person n ON n.id = a.person WHERE f.code < o.code AND "
              "EXISTS (SELECT 1 FROM difficulty_period q WHERE q.file = o.id AND q.state = 'open') AND " +
              files.sql,
          files);
  while (rows.next()) {
    const bool is_of_children = is_child(rows.text(7)) && is_child(rows.text(8));
    doubts.push_back({.kind = is_of_children ? Kind::same_child : Kind::same_family,
                      .file = rows.integer(0),
                      .code = std::string(rows.text(1)),
                      .region = std::string(rows.text(2)),
                      .other = rows.integer(3),
                      .about = std::string(rows.text(4)),
                      .person = rows.integer(5),
                      .name = std::string(rows.text(6))});
  }
}

void add_payees(store::Reader& reader, const Files& files, std::vector<FamilyDoubt>& doubts) {
  auto rows =
      ask(reader,
          "SELECT f.id, f.code, f.region, w.id, h.head, n.name FROM help_award w JOIN difficulty_file f ON f.id = "
          "w.file JOIN household h ON h.id = w.subject JOIN person n ON n.id = h.head WHERE w.subject <> f.subject "
          "AND w.state <> 'refused' AND NOT EXISTS (SELECT 1 FROM difficulty_file_members m WHERE m.part_of = f.id "
          "AND m.member = h.head) AND " +
              files.sql,
          files);
  while (rows.next())
    doubts.push_back({.kind = Kind::payee,
                      .file = rows.integer(0),
                      .code = std::string(rows.text(1)),
                      .region = std::string(rows.text(2)),
                      .other = rows.integer(3),
                      .about = std::to_string(rows.integer(3)),
                      .person = rows.integer(4),
                      .name = std::string(rows.text(5))});
}

bool is_settled(store::Reader& reader, const FamilyDoubt& doubt) {
  auto rows = reader.query("SELECT 1 FROM family_check WHERE file = ? AND kind = ? AND about = ?", doubt.file,
                           std::string(code_of(doubt.kind)), doubt.about);
  return rows.next();
}

}  // namespace

std::string_view code_of(Kind kind) {
  constexpr std::array<std::string_view, 3> codes{"same_family", "same_child", "payee"};
  return codes[static_cast<std::size_t>(kind)];
}

std::vector<FamilyDoubt> family_doubts(store::Reader& reader, const registers::Catalogue& catalogue,
                                       const registers::Reach& reach) {
  const Files files = on_the_roll(catalogue, reach);
  std::vector<FamilyDoubt> doubts;
  add_shared(reader, files, doubts);
  add_payees(reader, files, doubts);
  std::erase_if(doubts, [&](const FamilyDoubt& doubt) { return is_settled(reader, doubt); });
  std::ranges::sort(doubts, {},
                    [](const FamilyDoubt& each) { return std::tuple(each.kind, each.code, each.about, each.person); });
  return doubts;
}

}  // namespace zhijia::relief
