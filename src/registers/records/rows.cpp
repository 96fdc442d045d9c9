#include "records/rows.hpp"

#include "records/cell.hpp"
#include "records/parts.hpp"

namespace zhijia::registers {
namespace {

feel::Value context_of(const Register& of, const Record& record) {
  std::vector<std::pair<std::string, feel::Value>> entries;
  for (std::size_t i = 0; i < of.fields.size(); ++i)
    entries.emplace_back(of.fields[i].name, to_feel(of.fields[i], record.values[i]));
  return feel::Value::context(std::move(entries));
}

}  // namespace

std::vector<const Register*> sub_tables(const Catalogue& catalogue, const Register& of) {
  std::vector<const Register*> tables;
  for (const Register& table : catalogue.registers)
    if (table.part_of == of.name && !table.takes_objections) tables.push_back(&table);
  return tables;
}

std::string part_name(const Register& table) { return table.name.substr(table.part_of.size() + 1); }

feel::Value rows_of(const Register& table, Id record, store::Reader& reader, const Layouts& layouts) {
  std::vector<feel::Value> parts;
  if (record == 0) return feel::Value::list(std::move(parts));  // not stored yet
  const Table& stored = layouts.at(table.name).table;
  auto rows = reader.query(
      "SELECT " + stored.columns("t") + " FROM " + store::quoted_name(table.name) + " t WHERE part_of = ? ORDER BY id",
      record);
  while (rows.next()) parts.push_back(context_of(table, stored.record_of(rows)));
  return feel::Value::list(std::move(parts));
}

void Batch::Parts::note_part(const Record& record, const Record* before) {
  if (of.part_of.empty() || transaction.is_rehearsal()) return;
  if (!engine.expressions.at(of.part_of).looks_into(of)) return;
  const std::size_t place = of.place("part_of");
  for (const Record* each : {&record, before})
    if (const auto* owner = each ? std::get_if<std::int64_t>(&each->values[place]) : nullptr) owners_.insert(*owner);
}

Result<void> Batch::Parts::settle_owners() {
  if (owners_.empty()) return {};
  inserter.flush();
  Parts other(engine, transaction, *engine.catalogue.find_register(of.part_of), actor);
  for (const Id owner : owners_)
    if (auto written = other.rewrite(owner, [&other](Record& record) { other.compute(record); }); !written)
      return written;
  links.forget(other.of);
  owners_.clear();
  return {};
}

}  // namespace zhijia::registers
