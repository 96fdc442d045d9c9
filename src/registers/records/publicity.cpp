#include "registers/publicity.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "records/agenda.hpp"
#include "registers/columns.hpp"
#include "registers/texts.hpp"

namespace zhijia::registers {

namespace {

/// Ids grow with time: an objection belongs to the period that was opened before it.
bool has_objection(store::Reader& reader, const Register& of, Id record, Id period, std::string_view state) {
  return reader
      .query("SELECT 1 FROM " + store::quoted_name(objections_to(of)) + " WHERE part_of = ? AND id > ? AND state = ?",
             record, period, state)
      .next();
}

constexpr std::string_view period_columns = "id, register, record, opened_on, ends_on";

std::optional<Publicised> period_of(const store::Rows& rows, const Catalogue& catalogue) {
  const Register* of = catalogue.find_register(rows.text(1));
  if (!of) return std::nullopt;  // its pack is gone
  return Publicised{.id = rows.integer(0),
                    .of = of,
                    .record = rows.integer(2),
                    .opened_on = date_from_iso(rows.text(3)),
                    .ends_on = date_from_iso(rows.text(4))};
}

}  // namespace

std::optional<Publicised> period_of_record(store::Reader& reader, const Register& of, Id record) {
  auto rows = reader.query(
      "SELECT id, opened_on, ends_on FROM publicity WHERE register = ? AND record = ? AND is_current = 1 ORDER BY id "
      "DESC "
      "LIMIT 1",
      of.name, record);
  if (!rows.next()) return std::nullopt;
  return Publicised{.id = rows.integer(0),
                    .of = &of,
                    .record = record,
                    .opened_on = date_from_iso(rows.text(1)),
                    .ends_on = date_from_iso(rows.text(2))};
}

Standing standing_of(store::Reader& reader, const Register& of, Id record, Date today) {
  const auto period = period_of_record(reader, of, record);
  if (!period) return Standing::none;
  if (has_objection(reader, of, record, period->id, "upheld")) return Standing::upheld;
  if (today <= period->ends_on) return Standing::running;
  return has_objection(reader, of, record, period->id, "received") ? Standing::disputed : Standing::unopposed;
}

std::vector<Publicised> publicised(store::Reader& reader, const Registers& registers, const Register* of, Date today,
                                   Id after, std::size_t limit) {
  const std::string only = of ? " AND register = ?4" : "";
  // The sum keeps SQLite from walking all periods that ever were by their id: few run at a time, and an index has them.
  const std::string sql = "SELECT " + std::string(period_columns) +
                          " FROM publicity WHERE outcome IS NULL AND ends_on >= ?1 AND id + 0 > ?2" + only +
                          " ORDER BY id + 0 LIMIT ?3";
  std::vector<store::Parameter> parameters;
  const std::string day = to_string(today);
  parameters.emplace_back(day);
  parameters.emplace_back(after);
  parameters.emplace_back(limit);
  if (of) parameters.emplace_back(of->name);
  std::vector<Publicised> found;
  auto rows = reader.query_with(sql, std::span<const store::Parameter>(parameters));
  while (rows.next())
    if (auto period = period_of(rows, registers.catalogue())) found.push_back(*period);
  return found;
}

std::optional<Publicised> find_publicised(store::Reader& reader, const Registers& registers, Id id, Date today) {
  auto rows = reader.query(
      "SELECT " + std::string(period_columns) + " FROM publicity WHERE id = ? AND outcome IS NULL AND ends_on >= ?", id,
      to_string(today));
  return rows.next() ? period_of(rows, registers.catalogue()) : std::nullopt;
}

std::vector<PublicValue> public_values(store::Reader& reader, const Registers& registers, const Publicised& period) {
  const auto record = registers.read(reader, *period.of, period.record);
  if (!record) return {};
  const auto place_of_state = period.of->place("state");
  const auto* state = std::get_if<std::string>(&record->values[place_of_state]);
  const Publicity* publicity = state ? period.of->flow->publicity(*state) : nullptr;
  if (!publicity) return {};
  Texts texts(registers, reader);
  std::vector<PublicValue> values;
  for (const std::string& name : publicity->shown) {
    const Field& field = *period.of->field(name);
    const auto place = period.of->place(field);
    // A link by its name: a key says nothing to the public.
    const Register* target = registers.catalogue().find_register(target_of(field));
    const auto* id = std::get_if<std::int64_t>(&record->values[place]);
    std::string text = target && id ? texts.label(*target, *id) : texts.value(*period.of, place, *record);
    const bool is_person = field.type == FieldType::person || field.type == FieldType::household;
    if (is_person || std::ranges::find(publicity->masked, name) != publicity->masked.end()) text = mask_name(text);
    if (field.type == FieldType::phone) text = mask_phone(text);
    values.push_back({&field, std::move(text)});
  }
  return values;
}

Result<Record> object_to(store::Transaction& transaction, const Registers& registers, const Publicised& period,
                         const Objection& objection, const Actor& actor) {
  const Register& into = *registers.catalogue().find_register(objections_to(*period.of));
  auto open = transaction.query(
      "SELECT COUNT(*) FROM " + store::quoted_name(into.name) + " WHERE part_of = ? AND state = 'received'",
      period.record);
  open.next();
  if (open.integer(0) >= objections_open_max)
    return fail("publicity.too_many", "待答复的异议过多，请改用电话或书面提出。",
                "Too many objections wait for an answer; please write or call.");
  return registers.create(transaction, into,
                          {{"part_of", "#" + std::to_string(period.record)},
                           {"statement", objection.statement},
                           {"received_on", to_string(registers.clock().today())},
                           {"is_public", "是"},
                           {"objector", objection.name},
                           {"phone", objection.phone}},
                          actor);
}

std::vector<Id> open_objections(store::Reader& reader, const Register& of, Id record) {
  std::vector<Id> open;
  auto rows = reader.query("SELECT id FROM " + store::quoted_name(objections_to(of)) +
                               " WHERE part_of = ? AND state = 'received' ORDER BY id LIMIT ?",
                           record, objections_open_max);
  while (rows.next()) open.push_back(rows.integer(0));
  return open;
}

Result<bool> settle_publicity(store::Transaction& transaction, const Registers& registers, const Register& of,
                              Id record) {
  const Standing standing = standing_of(transaction, of, record, registers.clock().today());
  if (standing != Standing::unopposed && standing != Standing::upheld) return false;
  const std::string outcome = standing == Standing::upheld ? "upheld" : "unopposed";
  const bool is_news =
      transaction.execute("UPDATE publicity SET outcome = ? WHERE register = ? AND record = ? AND outcome IS NULL",
                          outcome, of.name, record) > 0;
  const auto stored = registers.read(transaction, of, record);
  if (!stored) return std::unexpected(stored.error());
  const auto place_of_state = of.place("state");
  const std::string& state = std::get<std::string>(stored->values[place_of_state]);
  const Publicity* publicity = of.flow->publicity(state);
  if (!publicity) return is_news;
  const std::string& name = standing == Standing::upheld ? publicity->upheld : publicity->unopposed;
  for (const Step& step : of.flow->steps) {
    if (step.name != name || step.from != state || !step.is_automatic()) continue;
    const auto taken = registers.take_step(
        transaction, of, record, name,
        {.id = system_role, .source = rule_source(of, state + "." + outcome), .roles = {system_role}},
        {.reason = standing == Standing::upheld ? "公示异议成立 / An objection was upheld" : ""});
    if (!taken) return std::unexpected(taken.error());
    return true;
  }
  return is_news;
}

}  // namespace zhijia::registers
