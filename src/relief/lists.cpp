#include "relief/lists.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <tuple>
#include <unordered_map>

#include "base/identity_number.hpp"
#include "base/text.hpp"
#include "decided.hpp"
#include "people/matching.hpp"
#include "registers/doubles.hpp"

namespace zhijia::relief {

namespace {

using Outcome = ListMatch::Outcome;

/// What each list is about: how much of it the file `f` states, as SQL, and what it means to be on it beyond that.
struct Meaning {
  std::string_view code;
  std::string_view stated;
  std::string_view finding;
};
/// One statement covers however many rows there are of a family.
#define WHOLLY(condition) "CASE WHEN " condition " THEN 1000000 ELSE 0 END"
#define PROPERTY(kind) \
  "(SELECT COUNT(*) FROM difficulty_file_property y WHERE y.part_of = f.id AND y.kind = '" kind "')"
constexpr std::array<Meaning, 5> meanings{{
    {"subsistence", WHOLLY("f.on_subsistence = 1"), "unstated_subsistence"},
    {"tax",
     WHOLLY("EXISTS (SELECT 1 FROM difficulty_file_income i WHERE i.part_of = f.id AND i.source IN ('wages', "
            "'business'))"),
     "unstated_income"},
    {"vehicle", PROPERTY("car"), "unstated_car"},
    // Who owns his home need not list it; homes beyond the norm are further ones.
    {"housing",
     PROPERTY("home") " + CASE WHEN f.housing = 'own' AND NOT EXISTS (SELECT 1 FROM difficulty_file_property y WHERE "
                      "y.part_of = "
                      "f.id AND y.kind = 'home' AND y.is_beyond = 0) THEN 1 ELSE 0 END",
     "unstated_home"},
    {"business",
     WHOLLY("EXISTS (SELECT 1 FROM difficulty_file_income i WHERE i.part_of = f.id AND i.source = 'business') "
            "OR " PROPERTY("business") " > 0"),
     "unstated_business"},
}};
#undef WHOLLY
#undef PROPERTY

const Meaning& meaning_of(AgencyList list) { return meanings[static_cast<std::size_t>(list)]; }

/// Somebody of a household: its head, or a member named in its file.
struct Kin {
  Id file = 0;
  std::string code, region;
  Id person = 0;
  bool is_head = false;
  std::string name, birth_date, fingerprint, identity_number, phone, address;
  std::int64_t stated = 0;
};

std::vector<Kin> read_kin(store::Reader& reader, const registers::Registers& registers, AgencyList list,
                          const registers::Reach& reach) {
  const registers::Catalogue& catalogue = registers.catalogue();
  const auto within = registers::reach_condition(catalogue, *catalogue.find_register(file_register), "f", reach);
  std::vector<store::Parameter> parameters;
  for (const auto& value : within.parameters)
    std::visit([&](const auto& held) { parameters.emplace_back(held); }, value);
  auto rows = reader.query_with(
      fmt::format(
          "WITH kin AS (SELECT d.id AS file, h.head AS person, 1 AS is_head FROM difficulty_file d JOIN household h ON "
          "h.id = d.subject UNION SELECT m.part_of, m.member, 0 FROM difficulty_file_members m) "
          "SELECT f.id, f.code, f.region, k.person, k.is_head, n.name, n.birth_date, n.identity_number_hash, "
          "n.identity_number, f.phone, f.address, {} FROM kin k JOIN difficulty_file f ON f.id = k.file JOIN person n "
          "ON "
          "n.id = k.person WHERE EXISTS (SELECT 1 FROM difficulty_period p WHERE p.file = f.id AND p.state IN "
          "('applied', "
          "'checked', 'reviewed', 'open', 'leaving', 'signed')) AND {} ORDER BY f.id, k.is_head DESC, k.person",
          meaning_of(list).stated, within.sql),
      std::span<const store::Parameter>(parameters));
  const auto opened = [&](int column) {
    return rows.is_null(column) ? std::string() : registers.vault().open(rows.blob(column)).value_or("");
  };
  std::vector<Kin> kin;
  while (rows.next())
    kin.push_back({.file = rows.integer(0),
                   .code = std::string(rows.text(1)),
                   .region = std::string(rows.text(2)),
                   .person = rows.integer(3),
                   .is_head = rows.integer(4) != 0,
                   .name = std::string(rows.text(5)),
                   .birth_date = std::string(rows.text(6)),
                   .fingerprint = std::string(rows.text(7)),
                   .identity_number = opened(8),
                   .phone = rows.integer(4) ? opened(9) : "",
                   .address = opened(10),
                   .stated = rows.integer(11)});
  return kin;
}

/// Who is whom: rows of the list with the persons of files, before anything is asked of what the files say.
class Comparing {
 public:
  Comparing(const std::vector<Kin>& kin, const std::vector<Listed>& rows)
      : kin_(kin), rows_(rows), is_taken_(rows.size()) {}

  void by_number(const access::Vault& vault) {
    std::unordered_multimap<std::string_view, const Kin*> known;
    for (const Kin& each : kin_) known.emplace(each.fingerprint, &each);
    for (std::size_t i = 0; i < rows_.size(); ++i) {
      const auto number = IdentityNumber::parse(rows_[i].identity_number);
      if (!number) continue;
      for (const std::string& fingerprint : vault.fingerprints(number->text())) {
        const auto [first, last] = known.equal_range(fingerprint);
        for (auto at = first; at != last; ++at) add(Outcome::exact, *at->second, i, 1, {});
      }
    }
  }

  /// The rest, by the other traits, the likeliest first. A row whose number has the right check digit is somebody of
  /// that number: one wrong digit, or two swapped, always show in it. It is compared all the same, for all rows and
  /// persons together tell what each trait is worth.
  void by_likeness() {
    people::Roster left, right;
    for (const Listed& row : rows_)
      left.add({.name = row.name,
                .identity_number = row.identity_number,
                .birth_date = row.birth_date,
                .phone = row.phone,
                .address = row.address});
    for (const Kin& each : kin_)
      right.add({.name = each.name,
                 .identity_number = each.identity_number,
                 .birth_date = each.birth_date,
                 .phone = each.phone,
                 .address = each.address});
    const people::Matching matching = people::match(left, right, {.is_one_to_one = false});
    std::map<std::size_t, Id> of_row;
    for (const people::Pair& pair : matching.pairs) {
      const Kin& kin = kin_[pair.right];
      const auto taken = of_row.find(pair.left);
      // Somebody may stand in two files, and a row is about both.
      const bool is_his = taken != of_row.end() && taken->second == kin.person;
      if (!is_his && (is_taken_[pair.left] || matched_.contains(kin.person))) continue;
      if (IdentityNumber::parse(rows_[pair.left].identity_number)) continue;
      of_row[pair.left] = kin.person;
      add(Outcome::doubtful, kin, pair.left, static_cast<double>(pair.probability),
          registers::evidence_text(matching.evidence(pair)));
    }
  }

  std::vector<ListMatch> matches;
  std::map<Id, std::int64_t> seen;  ///< rows of the list, by file

 private:
  void add(Outcome outcome, const Kin& kin, std::size_t row, double probability, Message evidence) {
    is_taken_[row] = true;
    matched_.insert(kin.person);
    ++seen[kin.file];
    if (seen[kin.file] <= kin.stated) return;  // the file says as much
    matches.push_back({.outcome = outcome,
                       .file = kin.file,
                       .code = kin.code,
                       .region = kin.region,
                       .person = kin.person,
                       .name = kin.name,
                       .identity_number = kin.identity_number,
                       .finding = {},
                       .listed = rows_[row],
                       .nth = seen[kin.file],
                       .probability = probability,
                       .evidence = std::move(evidence)});
  }

  const std::vector<Kin>& kin_;
  const std::vector<Listed>& rows_;
  std::vector<bool> is_taken_;
  std::set<Id> matched_;
};

std::string as_listed(const Listed& listed) {
  const std::string number = mask_number(listed.identity_number);
  return listed.name + (number.empty() ? "" : " " + number);
}

/// The record of the match, where the same day's list was brought before.
std::optional<Id> kept_record(store::Reader& reader, AgencyList list, const ListMatch& match, Date listed_on) {
  auto rows = reader.query(
      "SELECT id FROM agency_match WHERE file = ? AND agency_list = ? AND listed_on = ? AND person = ? AND listed_row "
      "= ?",
      match.file, std::string(code_of(list)), to_string(listed_on), match.person,
      static_cast<std::int64_t>(match.listed.row));
  return rows.next() ? std::optional(rows.integer(0)) : std::nullopt;
}

}  // namespace

std::string_view code_of(AgencyList list) { return meaning_of(list).code; }

std::optional<AgencyList> agency_list_of(std::string_view code) {
  const auto at = std::ranges::find(meanings, code, &Meaning::code);
  if (at == meanings.end()) return std::nullopt;
  return static_cast<AgencyList>(at - meanings.begin());
}

std::string_view code_of(Outcome outcome) {
  constexpr std::array<std::string_view, 3> codes{"exact", "doubtful", "absent"};
  return codes[static_cast<std::size_t>(outcome)];
}

ListComparison compare_list(store::Reader& reader, const registers::Registers& registers, AgencyList list,
                            const std::vector<Listed>& rows, const registers::Reach& reach) {
  const std::vector<Kin> kin = read_kin(reader, registers, list, reach);
  Comparing comparing(kin, rows);
  comparing.by_number(registers.vault());
  comparing.by_likeness();
  ListComparison result{
      .rows = rows.size(), .persons = kin.size(), .agreed = 0, .matches = std::move(comparing.matches)};
  for (ListMatch& match : result.matches) match.finding = meaning_of(list).finding;
  for (const auto& [file, seen] : comparing.seen) result.agreed += static_cast<std::size_t>(seen);
  result.agreed -= result.matches.size();
  if (list == AgencyList::subsistence)
    for (const Kin& each : kin)
      if (each.is_head && each.stated > 0 && !comparing.seen.contains(each.file))
        result.matches.push_back({.outcome = Outcome::absent,
                                  .file = each.file,
                                  .code = each.code,
                                  .region = each.region,
                                  .person = each.person,
                                  .name = each.name,
                                  .identity_number = each.identity_number,
                                  .finding = "not_on_subsistence",
                                  .listed = {},
                                  .nth = 0,
                                  .probability = 0,
                                  .evidence = {}});
  std::ranges::sort(result.matches, {}, [](const ListMatch& each) {
    return std::tuple(each.outcome, each.code, each.listed.row, each.person);
  });
  return result;
}

Result<std::vector<Id>> keep_matches(store::Transaction& transaction, const registers::Registers& registers,
                                     AgencyList list, const std::vector<ListMatch>& matches, const std::string& source,
                                     Date listed_on, const registers::Actor& actor) {
  const registers::Register& of = *registers.catalogue().find_register(match_register);
  std::vector<Id> records;
  for (const ListMatch& match : matches) {
    if (const auto kept = kept_record(transaction, list, match, listed_on)) {
      records.push_back(*kept);
      continue;
    }
    const bool is_listed = match.outcome != Outcome::absent;
    const auto made =
        registers.create(transaction, of,
                         {{"file", match.code},
                          {"agency_list", std::string(code_of(list))},
                          {"source", source},
                          {"listed_on", to_string(listed_on)},
                          {"person.name", match.name},
                          {"person.identity_number", match.identity_number},
                          {"outcome", std::string(code_of(match.outcome))},
                          {"finding", match.finding},
                          {"listed_row", std::to_string(match.listed.row)},
                          {"listed_nth", is_listed ? std::to_string(match.nth) : ""},
                          {"listed_as", is_listed ? as_listed(match.listed) : ""},
                          {"probability", is_listed ? fmt::format("{:.1f}", 100 * match.probability) : ""},
                          {"evidence_zh", match.evidence.zh},
                          {"evidence_en", match.evidence.en}},
                         actor);
    if (!made) return std::unexpected(made.error());
    records.push_back(made->id);
  }
  return records;
}

}  // namespace zhijia::relief
