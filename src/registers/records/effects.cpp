#include "records/effects.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "records/cell.hpp"
#include "records/parts.hpp"
#include "records/rows.hpp"

namespace zhijia::registers {
namespace {

/// Whether the expression asks for a variable after the first `fields`.
bool asks_beyond(const feel::Node& node, std::size_t fields) {
  if (node.kind == feel::Node::Kind::variable && node.slot >= fields) return true;
  return std::ranges::any_of(node.children,
                             [&](const feel::Node* child) { return child && asks_beyond(*child, fields); });
}

bool sets_own(const Step& step) {
  return std::ranges::any_of(step.settings, [](const Setting& setting) { return setting.link.empty(); });
}

}  // namespace

Result<Effects> Effects::parse(const Catalogue& catalogue, const Register& of, const Clock& clock) {
  Effects effects;
  Problems problems;
  effects.clock_ = &clock;
  if (!of.flow) return effects;
  feel::Scope scope;
  for (const Field& field : of.fields) scope.declare(field.name, is_link(field) ? feel::Type() : feel_type(field));
  effects.tables_ = sub_tables(catalogue, of);
  for (const Register* table : effects.tables_) scope.declare(part_name(*table));
  const auto parse = [&](const Step& step, const Setting& setting, const feel::Scope& seen) {
    auto parsed = feel::parse(setting.value, seen);
    if (parsed) {
      if (asks_beyond((*parsed)->root(), of.fields.size())) effects.of_parts_.insert(&setting);
      effects.settings_.emplace(&setting, std::move(*parsed));
      return;
    }
    for (const Problem& fault : parsed.error())
      problems.push_back(
          {"pack.expression",
           {.file = of.file, .field = step.name},
           {"表达式“" + setting.value + "”有误（" + fault.place.cell + "）：" + fault.message.zh,
            "The expression “" + setting.value + "” is wrong (" + fault.place.cell + "): " + fault.message.en}});
  };
  for (const Step& step : of.flow->steps) {
    for (const Setting& setting : step.settings) parse(step, setting, scope);
    if (!step.addition) continue;
    feel::Scope beside = scope;
    beside.declare(step.addition->table);
    parse(step, step.addition->when, beside);
    for (const Setting& setting : step.addition->fields) parse(step, setting, beside);
  }
  if (!problems.empty()) return std::unexpected(std::move(problems));
  return effects;
}

Stored Effects::value_of(const Setting& setting, const Field& target, const Register& of, const Record& record,
                         Links& links, store::Reader& reader, const Layouts& layouts) const {
  if (const Field* copied = of.field(setting.value); copied && is_link(*copied))
    return record.values[of.place(copied->name)];
  const std::vector<feel::Value> variables = seen_by(of, record, links, reader, layouts);
  return from_feel(target, feel::evaluate(settings_.at(&setting), {.variables = variables, .clock = clock_}));
}

std::optional<Effects::Row> Effects::row_of(const Addition& addition, const Register& rows, Id owner,
                                            const Register& of, const Record& record, Links& links,
                                            store::Reader& reader, const Layouts& layouts) const {
  std::vector<feel::Value> variables = seen_by(of, record, links, reader, layouts);
  variables.push_back(rows_of(rows, owner, reader, layouts));
  const feel::Frame frame{.variables = variables, .clock = clock_};
  if (!feel::evaluate(settings_.at(&addition.when), frame).is_true()) return std::nullopt;
  Row row;
  for (const Setting& setting : addition.fields)
    row.emplace_back(rows.field(setting.field),
                     from_feel(*rows.field(setting.field), feel::evaluate(settings_.at(&setting), frame)));
  return row;
}

std::vector<feel::Value> Effects::seen_by(const Register& of, const Record& record, Links& links, store::Reader& reader,
                                          const Layouts& layouts) const {
  std::vector<feel::Value> variables;
  for (std::size_t i = 0; i < of.fields.size(); ++i) {
    const Id* id = is_link(of.fields[i]) ? std::get_if<std::int64_t>(&record.values[i]) : nullptr;
    variables.push_back(id ? links.follow(of.fields[i], *id) : to_feel(of.fields[i], record.values[i]));
  }
  for (const Register* table : tables_) variables.push_back(rows_of(*table, record.id, reader, layouts));
  return variables;
}

void Batch::Parts::set_own(const Step& step, Record& record) {
  if (!sets_own(step)) return;
  for (const Setting& setting : step.settings)
    if (setting.link.empty())
      record.values[of.place(setting.field)] = engine.effects.at(of.name).value_of(
          setting, *of.field(setting.field), of, record, links, transaction, engine.layouts);
  compute(record);  // the step's condition may ask for what follows from them
}

Problems Batch::Parts::set_on_way(std::span<const Taken> steps, Record& record, const Record* before) {
  if (std::ranges::none_of(steps, [](const Taken& each) { return sets_own(*each.step); })) return {};
  const Effects& effects = engine.effects.at(of.name);
  const Record given = record;
  const auto is_said = [&](std::size_t place) {
    const Stored& value = given.values[place];
    const bool is_kept = before && !rules.keeps_filled && value == before->values[place];
    return !std::holds_alternative<std::monostate>(value) && !is_kept;
  };
  for (const Taken& each : steps) {
    for (const Setting& setting : each.step->settings) {
      if (!setting.link.empty() || is_said(of.place(setting.field))) continue;
      if (!before && effects.looks_into_parts(setting)) continue;
      record.values[of.place(setting.field)] =
          effects.value_of(setting, *of.field(setting.field), of, record, links, transaction, engine.layouts);
    }
    compute(record);
  }
  return record.values == given.values ? Problems{} : validate(record, {});
}

Problems Batch::Parts::faults_of_own(const Step& step, Record& record, const Record& before) {
  if (!sets_own(step)) return {};
  Problems problems = validate(record, {});
  for (Problem& problem : clashes(record, &before)) problems.push_back(std::move(problem));
  return problems;
}

Result<void> Batch::Parts::write_elsewhere(const Step& step, const Record& record) {
  if (transaction.is_rehearsal()) return {};
  for (const Setting& setting : step.settings) {
    if (setting.link.empty()) continue;
    const auto* id = std::get_if<std::int64_t>(&record.values[of.place(setting.link)]);
    if (!id) continue;
    inserter.flush();
    const Register& target = *engine.catalogue.find_register(target_of(*of.field(setting.link)));
    const Field& field = *target.field(setting.field);
    const Stored value =
        engine.effects.at(of.name).value_of(setting, field, of, record, links, transaction, engine.layouts);
    if (auto written = write_field(target, *id, field, value); !written) return written;
    links.forget(target);
  }
  if (step.addition)
    if (auto added = add_row(*step.addition, record); !added) return added;
  return step.ranking ? rank(*step.ranking, record.id) : Result<void>{};
}

Result<void> Batch::Parts::add_row(const Addition& addition, const Record& record) {
  const Field& link = *of.field(addition.link);
  const auto* owner = std::get_if<std::int64_t>(&record.values[of.place(link)]);
  if (!owner) return {};
  inserter.flush();
  const Register& rows = *engine.catalogue.find_register(target_of(link) + "_" + addition.table);
  const auto row =
      engine.effects.at(of.name).row_of(addition, rows, *owner, of, record, links, transaction, engine.layouts);
  if (!row) return {};
  Parts other(engine, transaction, rows, actor);
  Record added{.values = std::vector<Stored>(rows.fields.size())};
  const std::string_view nothing;
  Problems problems =
      other.read_cells(std::vector<const std::string_view*>(other.columns.size(), &nothing), true, added);
  added.values[rows.place("part_of")] = *owner;
  for (const auto& [field, value] : *row) added.values[rows.place(*field)] = value;
  for (Problem& problem : other.validate(added, {})) problems.push_back(std::move(problem));
  for (Problem& problem : other.clashes(added, nullptr)) problems.push_back(std::move(problem));
  for (Problem& problem : problems) problem.place = {.record = target_of(link) + "/" + std::to_string(*owner)};
  if (!problems.empty()) return std::unexpected(std::move(problems));
  if (auto stored = other.store(added, nullptr, {}, "create"); !stored) return stored;
  other.inserter.flush();
  return {};
}

Result<void> Batch::Parts::write_field(const Register& target, Id id, const Field& field, const Stored& value) {
  Parts other(engine, transaction, target, actor);
  return other.rewrite(id, [&](Record& record) { record.values[target.place(field.name)] = value; });
}

Result<void> Batch::Parts::rewrite(Id id, const std::function<void(Record&)>& alter) {
  const auto before = table.load(transaction, id);
  if (!before) return {};
  Record changed = *before;
  alter(changed);
  if (changed.values == before->values) return {};
  Problems problems = validate(changed, decide(changed));
  for (Problem& problem : clashes(changed, &*before)) problems.push_back(std::move(problem));
  for (Problem& problem : altered_postings(*before, changed)) problems.push_back(std::move(problem));
  // Who made this happen looks at another record: say whose fault it is.
  for (Problem& problem : problems) problem.place = {.record = of.name + "/" + std::to_string(id)};
  if (!problems.empty()) return std::unexpected(std::move(problems));
  return store(changed, &*before, {}, "change");
}

Result<void> Batch::Parts::rank(const Ranking& ranking, Id record) {
  inserter.flush();
  const Register& ranked = *engine.catalogue.find_register(ranking.register_);
  const auto link =
      std::ranges::find_if(ranked.fields, [&](const Field& field) { return target_of(field) == of.name; });
  std::vector<std::pair<Id, Stored>> places;
  {
    const std::string by = store::quoted_name(ranking.by);
    auto rows = transaction.query(
        fmt::format(
            "SELECT id, CASE WHEN {0} IS NULL THEN 0 ELSE RANK() OVER (ORDER BY {0} IS NULL, {0} DESC) END FROM {1} "
            "WHERE {2} = ? ORDER BY id",
            by, store::quoted_name(ranked.name), store::quoted_name(link->name)),
        record);
    while (rows.next()) places.emplace_back(rows.integer(0), rows.integer(1) == 0 ? Stored() : Stored(rows.integer(1)));
  }
  for (const auto& [id, place] : places)
    if (auto written = write_field(ranked, id, *ranked.field(ranking.into), place); !written) return written;
  return {};
}

}  // namespace zhijia::registers
