#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>

#include "people/people.hpp"
#include "records/table.hpp"
#include "registers/columns.hpp"
#include "registers/doubles.hpp"

namespace zhijia::registers {
namespace {

namespace json = boost::json;

/// Points links of records from one person or household to another.
class Relinker {
 public:
  Relinker(store::Transaction& transaction, const Registers& registers, const Actor& actor, std::string kind)
      : transaction_(transaction), registers_(registers), actor_(actor), kind_(std::move(kind)) {}

  /// Every link of the type in every register.
  void all(FieldType type, Id from, Id to) {
    for (const Register& of : registers_.catalogue().registers)
      for (std::size_t place = 0; place < of.fields.size(); ++place)
        if (of.fields[place].type == type)
          for (const Id record : linked(of, of.fields[place], from)) one(of, place, record, from, to);
  }

  /// One link, if it still leads where it is said to.
  void one(const Register& of, std::size_t place, Id id, Id from, Id to) {
    const Table table(of, registers_.vault());
    const auto before = table.load(transaction_, id);
    if (!before || before->values[place] != Stored(from)) return;
    Record record = *before;
    record.values[place] = to;
    if (clashes(table, record)) return;
    record.version += 1;
    record.position = transaction_.log({.actor = actor_.id,
                                        .source = actor_.source,
                                        .kind = kind_,
                                        .register_ = of.name,
                                        .record = id,
                                        .body = table.log_body(record, &*before)});
    table.update(transaction_, record);
    changed_.push_back(
        json::array{of.name, of.fields[place].name, std::to_string(id), std::to_string(from), std::to_string(to)});
  }

  const json::array& changed() const { return changed_; }
  Problems take_problems() { return std::move(problems_); }

 private:
  std::vector<Id> linked(const Register& of, const Field& field, Id to) {
    std::vector<Id> ids;
    auto rows = transaction_.query(fmt::format("SELECT id FROM {} WHERE {} = ? ORDER BY id",
                                               store::quoted_name(of.name), store::quoted_name(field.name)),
                                   to);
    while (rows.next()) ids.push_back(rows.integer(0));
    return ids;
  }

  bool clashes(const Table& table, const Record& record) {
    const Register& of = table.of;
    std::vector<Unique> uniques = of.uniques;
    for (const Field& field : of.fields)
      if (field.unique) uniques.push_back({.fields = {field.name}});
    if (!of.key.empty()) uniques.push_back({.fields = of.key});
    for (const auto& unique : uniques) {
      if (!unique.states.empty() && !std::ranges::count(unique.states, text_in(of, record, "state"))) continue;
      const std::string condition = unique.states.empty() ? "" : in_states(unique.states);
      std::vector<std::size_t> places;
      std::vector<Stored> values;
      for (const std::string& name : unique.fields) {
        places.push_back(of.place(name));
        values.push_back(record.values[places.back()]);
      }
      if (std::ranges::any_of(values,
                              [](const Stored& value) { return std::holds_alternative<std::monostate>(value); }))
        continue;
      for (const Id other : table.find(transaction_, places, values, condition))
        if (other != record.id) {
          problems_.push_back(
              {"merge.clash",
               {.record = of.name + "/" + std::to_string(record.id)},
               {fmt::format("两人在“{}”中各有一条同样的记录（另一条：{}），合并后将重复；请先核对是否重复发放。",
                            of.title.zh, other),
                fmt::format(
                    "Both have such a record in “{}” (the other: {}), which one person has once; see first whether "
                    "something was given twice.",
                    of.title.en, other)}});
          return true;
        }
    }
    return false;
  }

  store::Transaction& transaction_;
  const Registers& registers_;
  const Actor& actor_;
  const std::string kind_;
  json::array changed_;
  Problems problems_;
};

std::optional<Id> household_of(store::Reader& reader, Id head) {
  auto rows = reader.query("SELECT id FROM household WHERE head = ?", head);
  return rows.next() ? std::optional(rows.integer(0)) : std::nullopt;
}

Result<void> mergeable(store::Reader& reader, Id keep, Id drop) {
  if (keep == drop) return fail("merge.same", "不能把一个人与其自身合并。", "A person cannot be merged with himself.");
  for (const Id person : {keep, drop}) {
    auto rows = reader.query("SELECT merged_into FROM person WHERE id = ?", person);
    if (!rows.next()) return fail("person.not_found", "没有这个人员。", "There is no such person.");
    if (!rows.is_null(0))
      return fail("merge.merged", "其中一人此前已被合并，请刷新。",
                  "One of the two was merged before; load the list again.");
  }
  return {};
}

}  // namespace

Result<Id> merge_persons(store::Transaction& transaction, const Registers& registers, Id keep, Id drop,
                         const std::string& reason, const Actor& actor) {
  if (auto refused = mergeable(transaction, keep, drop); !refused) return std::unexpected(refused.error());
  Relinker relinker(transaction, registers, actor, "merge");
  relinker.all(FieldType::person, drop, keep);
  // A household is known by its head: that of the one becomes that of the other, or is led by him.
  const auto household = household_of(transaction, drop), kept = household_of(transaction, keep);
  if (household && kept)
    relinker.all(FieldType::household, *household, *kept);
  else if (household)
    people::set_head(transaction, *household, keep, actor.id, actor.source);
  if (Problems problems = relinker.take_problems(); !problems.empty()) return std::unexpected(std::move(problems));

  people::set_merged(transaction, drop, keep, actor.id, actor.source);
  const Id merge = registers.ids().next();
  json::object changed{{"records", relinker.changed()}};
  if (household && !kept) changed["household"] = std::to_string(*household);
  transaction.execute(
      "INSERT INTO person_merge (id, keep, dropped, reason, changed, merged_at, merged_by) VALUES (?, ?, ?, ?, ?, ?, "
      "?)",
      merge, keep, drop, reason, json::serialize(changed), to_string(transaction.at()), actor.id);
  transaction.log(
      {.actor = actor.id,
       .source = actor.source,
       .kind = "merge",
       .register_ = "person_merge",
       .record = merge,
       .body = json::serialize(json::object{
           {"keep", std::to_string(keep)}, {"drop", std::to_string(drop)}, {"reason", reason}, {"changed", changed}})});
  return merge;
}

Result<void> undo_merge(store::Transaction& transaction, const Registers& registers, Id merge, const Actor& actor) {
  Id keep = 0, drop = 0;
  json::object changed;
  {
    auto rows = transaction.query("SELECT keep, dropped, changed, undone_at FROM person_merge WHERE id = ?", merge);
    if (!rows.next()) return fail("merge.not_found", "没有这次合并。", "There is no such merge.");
    if (!rows.is_null(3)) return fail("merge.undone", "这次合并已撤销。", "This merge was undone before.");
    keep = rows.integer(0);
    drop = rows.integer(1);
    changed = json::parse(rows.text(2)).as_object();
  }
  Relinker relinker(transaction, registers, actor, "unmerge");
  const auto id_in = [](const json::value& text) { return static_cast<Id>(std::stoll(std::string(text.as_string()))); };
  for (const json::value& each : changed["records"].as_array()) {
    const json::array& link = each.as_array();
    const Register* of = registers.catalogue().find_register(link[0].as_string());
    const Field* field = of ? of->field(link[1].as_string()) : nullptr;
    if (field) relinker.one(*of, of->place(*field), id_in(link[2]), id_in(link[4]), id_in(link[3]));
  }
  if (const auto* household = changed.if_contains("household"))
    people::set_head(transaction, id_in(*household), drop, actor.id, actor.source);
  people::set_merged(transaction, drop, std::nullopt, actor.id, actor.source);
  transaction.execute("UPDATE person_merge SET undone_at = ? WHERE id = ?", to_string(transaction.at()), merge);
  transaction.execute(
      "UPDATE person_pair SET state = 'open', decided_at = NULL, decided_by = NULL, merge = NULL WHERE merge = ?",
      merge);
  transaction.log(
      {.actor = actor.id,
       .source = actor.source,
       .kind = "unmerge",
       .register_ = "person_merge",
       .record = merge,
       .body = json::serialize(json::object{{"keep", std::to_string(keep)}, {"drop", std::to_string(drop)}})});
  return {};
}

}  // namespace zhijia::registers
