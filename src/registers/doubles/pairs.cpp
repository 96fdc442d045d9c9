#include <fmt/format.h>

#include <boost/json.hpp>
#include <cmath>

#include "registers/doubles.hpp"

namespace zhijia::registers {
namespace {

constexpr double million = 1e6;
constexpr std::string_view pair_columns =
    "id, left_person, right_person, probability_ppm, evidence_zh, evidence_en, state, found_at, decided_at, "
    "decided_by, merge";

PersonPair pair_of(const store::Rows& rows) {
  const std::string state(rows.text(6));
  return {.id = rows.integer(0),
          .left = rows.integer(1),
          .right = rows.integer(2),
          .probability = static_cast<double>(rows.integer(3)) / million,
          .evidence = {std::string(rows.text(4)), std::string(rows.text(5))},
          .state = state == "same"        ? PairState::same
                   : state == "different" ? PairState::different
                                          : PairState::open,
          .found_at = std::string(rows.text(7)),
          .decided_at = rows.is_null(8) ? "" : std::string(rows.text(8)),
          .decided_by = rows.is_null(9) ? "" : std::string(rows.text(9)),
          .merge = rows.is_null(10) ? 0 : rows.integer(10)};
}

}  // namespace

std::vector<store::TableSchema> doubles_schemas() {
  using store::Type;
  store::TableSchema pair{.name = "person_pair",
                          .columns = {{"id", Type::integer, true},
                                      {"left_person", Type::integer, true},
                                      {"right_person", Type::integer, true},
                                      {"probability_ppm", Type::integer, true},
                                      {"evidence_zh", Type::text, true},
                                      {"evidence_en", Type::text, true},
                                      {"state", Type::text, true},
                                      {"found_at", Type::text, true},
                                      {"decided_at", Type::text, false},
                                      {"decided_by", Type::text, false},
                                      {"merge", Type::integer, false}},
                          .primary_key = {"id"},
                          .uniques = {{"left_person", "right_person"}},
                          .indexes = {{"state", "probability_ppm"}}};
  store::TableSchema merge{.name = "person_merge",
                           .columns = {{"id", Type::integer, true},
                                       {"keep", Type::integer, true},
                                       {"dropped", Type::integer, true},
                                       {"reason", Type::text, true},
                                       {"changed", Type::text, true},
                                       {"merged_at", Type::text, true},
                                       {"merged_by", Type::text, true},
                                       {"undone_at", Type::text, false}},
                           .primary_key = {"id"}};
  return {std::move(pair), std::move(merge)};
}

std::string_view name_of(PairState state) {
  switch (state) {
    case PairState::same:
      return "same";
    case PairState::different:
      return "different";
    default:
      return "open";
  }
}

Result<DoublesFound> find_doubles(store::Store& store, const Registers& registers, const Actor& actor,
                                  double probability_min) {
  PersonRoster persons = store.read([&](store::Reader& reader) { return person_roster(reader, registers); });
  const people::Matching matching = people::duplicates(
      persons.roster, {.probability_min = static_cast<float>(probability_min), .is_one_to_one = false, .threads = 0});
  return store.write([&](store::Transaction& transaction) -> Result<DoublesFound> {
    DoublesFound found{.persons = persons.persons.size(), .pairs = matching.pairs.size(), .new_pairs = 0};
    auto& inserter = transaction.inserter("person_pair", {"id", "left_person", "right_person", "probability_ppm",
                                                          "evidence_zh", "evidence_en", "state", "found_at"});
    for (const people::Pair& pair : matching.pairs) {
      const Id left = persons.persons[pair.left], right = persons.persons[pair.right];
      if (transaction.query("SELECT 1 FROM person_pair WHERE left_person = ? AND right_person = ?", left, right).next())
        continue;
      const Message evidence = evidence_text(matching.evidence(pair));
      inserter.add(registers.ids().next(), left, right,
                   static_cast<std::int64_t>(std::llround(static_cast<double>(pair.probability) * million)),
                   evidence.zh, evidence.en, "open", to_string(transaction.at()));
      ++found.new_pairs;
    }
    transaction.log(
        {.actor = actor.id,
         .source = actor.source,
         .kind = "doubles",
         .register_ = "person_pair",
         .record = 0,
         .body = fmt::format(R"({{"persons":{},"pairs":{},"new":{}}})", found.persons, found.pairs, found.new_pairs)});
    return found;
  });
}

std::vector<PersonPair> person_pairs(store::Reader& reader, PairState state, std::size_t limit, std::size_t after) {
  std::vector<PersonPair> pairs;
  auto rows = reader.query(fmt::format("SELECT {} FROM person_pair WHERE state = ? "
                                       "ORDER BY probability_ppm DESC, id LIMIT ? OFFSET ?",
                                       pair_columns),
                           name_of(state), static_cast<std::int64_t>(limit), static_cast<std::int64_t>(after));
  while (rows.next()) pairs.push_back(pair_of(rows));
  return pairs;
}

Result<PersonPair> decide_pair(store::Transaction& transaction, const Registers& registers, Id id,
                               std::optional<Id> keep, const std::string& reason, const Actor& actor) {
  std::optional<PersonPair> pair;
  {
    auto rows = transaction.query(fmt::format("SELECT {} FROM person_pair WHERE id = ?", pair_columns), id);
    if (rows.next()) pair = pair_of(rows);
  }
  if (!pair || (keep && *keep != pair->left && *keep != pair->right))
    return fail("pair.not_found", "没有这一对人员，或要保留的人不在其中。",
                "There is no such pair, or the person to keep is not of it.");
  if (pair->state != PairState::open)
    return fail("pair.decided", "这一对人员已处理。合并错了可以撤销合并。",
                "This pair has been decided; a wrong merge can be undone.");
  if (keep) {
    auto merge =
        merge_persons(transaction, registers, *keep, *keep == pair->left ? pair->right : pair->left, reason, actor);
    if (!merge) return std::unexpected(std::move(merge.error()));
    pair->merge = *merge;
  }
  pair->state = keep ? PairState::same : PairState::different;
  pair->decided_at = to_string(transaction.at());
  pair->decided_by = actor.id;
  transaction.execute("UPDATE person_pair SET state = ?, decided_at = ?, decided_by = ?, merge = ? WHERE id = ?",
                      name_of(pair->state), pair->decided_at, actor.id,
                      pair->merge ? store::Parameter(pair->merge) : store::Parameter(nullptr), id);
  transaction.log(
      {.actor = actor.id,
       .source = actor.source,
       .kind = "decide",
       .register_ = "person_pair",
       .record = id,
       .body = boost::json::serialize(boost::json::object{{"state", name_of(pair->state)}, {"reason", reason}})});
  return *pair;
}

}  // namespace zhijia::registers
