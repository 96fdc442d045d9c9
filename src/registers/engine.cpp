#include "registers/engine.hpp"

#include <algorithm>

#include "access/users.hpp"

#include "records/agenda.hpp"
#include "records/cell.hpp"
#include "records/flow.hpp"
#include "records/parts.hpp"
#include "records/rows.hpp"
#include "registers/doubles.hpp"

namespace zhijia::registers {
namespace {

std::unexpected<Problems> not_found(const Register& of, Id id) {
  return fail("record.not_found", "没有这条记录，可能已被删除。", "There is no such record; it may have been removed.",
              {.record = of.name + "/" + std::to_string(id)});
}

bool refers(store::Reader& reader, const Register& other, const Field& field, Id id) {
  return reader
      .query("SELECT 1 FROM " + store::quoted_name(other.name) + " WHERE " + store::quoted_name(field.name) +
                 " = ? LIMIT 1",
             id)
      .next();
}

}  // namespace

Registers::Registers(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
Registers::~Registers() = default;

Result<std::unique_ptr<Registers>> Registers::open(store::Store& store, Catalogue catalogue, const access::Vault& vault,
                                                   const Clock& clock, int node) {
  std::unique_ptr<Parts> parts(new Parts{std::move(catalogue), vault, clock, IdSource(clock, node)});
  Problems problems;
  parts->decisions = plan_decisions(parts->catalogue, problems);
  std::vector<store::TableSchema> schemas = people::schemas();
  for (store::TableSchema& schema : ledger::schemas()) schemas.push_back(std::move(schema));
  schemas.push_back(flow_history_schema());
  schemas.push_back(agenda_schema());
  schemas.push_back(publicity_schema());
  schemas.push_back(closure_schema());
  for (store::TableSchema& schema : doubles_schemas()) schemas.push_back(std::move(schema));
  for (store::TableSchema& schema : access::user_schemas()) schemas.push_back(std::move(schema));
  for (const Register& of : parts->catalogue.registers) {
    schemas.push_back(schema_of(of));
    parts->layouts.try_emplace(of.name, parts->catalogue, of, vault);
    auto expressions = Expressions::parse(of, sub_tables(parts->catalogue, of), clock);
    if (expressions)
      parts->expressions.emplace(of.name, std::move(*expressions));
    else
      problems.insert(problems.end(), expressions.error().begin(), expressions.error().end());
    auto effects = Effects::parse(parts->catalogue, of, clock);
    if (effects)
      parts->effects.emplace(of.name, std::move(*effects));
    else
      problems.insert(problems.end(), effects.error().begin(), effects.error().end());
  }
  if (auto limits = read_limits(parts->catalogue))
    parts->limits = std::move(*limits);
  else
    problems.insert(problems.end(), limits.error().begin(), limits.error().end());
  if (!problems.empty()) return std::unexpected(std::move(problems));
  for (const auto& [name, uses] : parts->limits)
    for (const LimitUse& use : uses) {
      parts->expressions.at(name).note_uses_of(use.where);
      parts->expressions.at(name).note_uses_of(use.at_most);
    }
  if (auto migrated = store.migrate(schemas); !migrated) return std::unexpected(std::move(migrated.error()));
  return std::unique_ptr<Registers>(new Registers(std::move(parts)));
}

const Catalogue& Registers::catalogue() const { return parts_->catalogue; }
const access::Vault& Registers::vault() const { return parts_->vault; }
IdSource& Registers::ids() const { return parts_->ids; }
const Clock& Registers::clock() const { return parts_->clock; }
const Decisions& Registers::decisions() const { return parts_->decisions; }

Result<Record> Registers::read(store::Reader& reader, const Register& of, Id id) const {
  auto record = parts_->layouts.at(of.name).table.load(reader, id);
  if (!record) return not_found(of, id);
  return std::move(*record);
}

Result<Record> Registers::create(store::Transaction& transaction, const Register& of, const Cells& cells,
                                 const Actor& actor) const {
  Batch batch(*this, transaction, of, actor);
  const auto& columns = batch.parts_->columns;
  if (Problems problems = batch.parts_->unknown_cells(cells); !problems.empty()) return std::unexpected(problems);
  std::vector<std::string_view> row(columns.size());
  for (std::size_t i = 0; i < columns.size(); ++i)
    if (const auto cell = cells.find(columns[i].key); cell != cells.end()) row[i] = cell->second;
  auto record = batch.read(row);
  if (!record) return record;
  if (const auto& key = batch.parts_->key; key && !key->find(transaction, *record).empty())
    return std::unexpected(
        Problems{problem_at(key->first_field(), "record.unique", "已有记录的“" + key->titles().zh + "”与此相同。",
                            "Another record has the same “" + key->titles().en + "”.")});
  if (auto added = batch.add(*record); !added) return std::unexpected(std::move(added.error()));
  batch.parts_->inserter.flush();  // so that the caller's transaction sees it
  return record;
}

Result<Record> Registers::change(store::Transaction& transaction, const Register& of, Id id, std::int64_t version,
                                 const Cells& cells, const Actor& actor) const {
  Batch batch(*this, transaction, of, actor);
  Batch::Parts& parts = *batch.parts_;
  const auto before = parts.table.load(transaction, id);
  if (!before) return not_found(of, id);
  if (before->version != version)
    return fail("record.version", "此记录已被他人更改，请刷新后再改。",
                "Somebody else has changed this record; load it again and repeat your change.");

  Record record = *before;
  Problems problems = parts.unknown_cells(cells);
  Problems unread = parts.read_given(cells, record);
  if (parts.state_place && record.values[*parts.state_place] != before->values[*parts.state_place])
    problems.push_back(problem_at(of.fields[*parts.state_place], "record.state", "状态只能通过流程步骤改变。",
                                  "A state is changed by the steps of the flow only."));
  if (unread.empty()) unread = parts.decide(record);
  for (Problem& problem : parts.validate(record, std::move(unread))) problems.push_back(std::move(problem));
  for (Problem& problem : parts.clashes(record, &*before)) problems.push_back(std::move(problem));
  for (Problem& problem : parts.altered_postings(*before, record)) problems.push_back(std::move(problem));
  if (!problems.empty()) return std::unexpected(std::move(problems));

  if (record.values == before->values) return record;
  if (auto stored = parts.store(record, &*before, {}, "change"); !stored)
    return std::unexpected(std::move(stored.error()));
  return record;
}

Result<void> Registers::remove(store::Transaction& transaction, const Register& of, Id id, std::int64_t version,
                               const Actor& actor) const {
  if (of.part_of.empty() || of.flow)
    return fail("record.kept", "只有明细行可以删除；其他记录请用流程步骤了结。",
                "Only rows of a sub-table are removed; other records are ended by their steps.");
  Batch batch(*this, transaction, of, actor);
  Batch::Parts& parts = *batch.parts_;
  const auto before = parts.table.load(transaction, id);
  if (!before) return std::unexpected(not_found(of, id).error());
  if (before->version != version)
    return fail("record.version", "此行已被他人更改，请刷新后再删。",
                "Somebody else has changed this row; load it again before it is removed.");
  Record record = *before;
  if (Problems refused = parts.validate(record, {}); !refused.empty()) return std::unexpected(std::move(refused));
  for (const Register& other : parts_->catalogue.registers)
    for (const Field& field : other.fields)
      if (target_of(field) == of.name && refers(transaction, other, field, id))
        return fail("record.referred_to", "“" + other.title.zh + "”的记录引用了这一行，请先处理那条记录。",
                    "A record of “" + other.title.en + "” refers to this row; settle that record first.");
  parts.table.remove(transaction, *before, actor);
  parts.note_part(*before, nullptr);
  return parts.settle_owners();
}

Result<Record> Registers::take_step(store::Transaction& transaction, const Register& of, Id id, std::string_view step,
                                    const Actor& actor, const StepInput& input) const {
  Batch batch(*this, transaction, of, actor);
  Batch::Parts& parts = *batch.parts_;
  const auto before = parts.table.load(transaction, id);
  if (!before) return not_found(of, id);
  if (!of.flow || std::ranges::find(of.flow->steps, step, &Step::name) == of.flow->steps.end())
    return fail("step.unknown", "没有这个步骤。", "There is no such step.");
  // A name such as "reject" may stand for a step from each of several states.
  const auto declared = std::ranges::find_if(
      of.flow->steps, [&](const Step& each) { return each.name == step && each.from == *parts.state_of(*before); });
  if (declared == of.flow->steps.end()) {
    const Title& title = std::ranges::find(of.flow->steps, step, &Step::name)->title;
    return fail("step.state", "当前状态不能执行“" + title.zh + "”，请刷新。",
                "“" + title.en + "” cannot be taken from the present state; load the record again.");
  }
  const auto for_whom = parts.stands_for(*before, *declared);
  if (!for_whom) return std::unexpected(for_whom.error());
  if (auto waits = parts.awaits_publicity(*before, *declared); !waits) return std::unexpected(std::move(waits.error()));
  Record record = *before;
  if (Problems problems = parts.read_input(*declared, input, record); !problems.empty())
    return std::unexpected(std::move(problems));
  parts.set_own(*declared, record);
  const auto place = static_cast<std::size_t>(declared - of.flow->steps.begin());
  if (!parts.expressions.allows(place, of, record,
                                [&](const Field& link, Id linked) { return parts.links.follow(link, linked); }))
    return fail("step.guard", "不满足“" + declared->title.zh + "”的条件：" + declared->guard,
                "The condition of “" + declared->title.en + "” does not hold: " + declared->guard);
  if (Problems problems = parts.faults_of_own(*declared, record, *before); !problems.empty())
    return std::unexpected(std::move(problems));
  // What was posted is taken back as it was posted, whatever the record says from now on.
  if (declared->reverses_on.empty())
    if (Problems problems = parts.altered_postings(*before, record); !problems.empty())
      return std::unexpected(std::move(problems));

  record.values[*parts.state_place] = declared->to;
  if (Problems problems = parts.clashes(record, &*before); !problems.empty())
    return std::unexpected(std::move(problems));
  parts.compute(record);
  const Taken taken[] = {{.step = &*declared, .by = actor.id, .for_whom = *for_whom, .reason = input.reason}};
  if (auto stored = parts.store(record, &*before, taken, "step:" + declared->name); !stored)
    return std::unexpected(std::move(stored.error()));
  step_inserter(transaction).flush();  // so that the caller's transaction sees it
  if (of.takes_objections)
    if (auto settled = parts.settle_objection(*this, record); !settled)
      return std::unexpected(std::move(settled.error()));
  return record;
}

Result<void> Registers::catch_up(store::Transaction& transaction, const Register& of, Id id) const {
  Batch batch(*this, transaction, of, {.id = system_role, .source = system_role, .roles = {}});
  const auto record = batch.parts_->table.load(transaction, id);
  if (!record) return not_found(of, id);
  batch.parts_->catch_up(*record);
  return {};
}

}  // namespace zhijia::registers
