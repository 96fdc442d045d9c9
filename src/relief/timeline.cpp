#include "relief/timeline.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "registers/cases.hpp"
#include "registers/columns.hpp"
#include "registers/texts.hpp"

namespace zhijia::relief {

using registers::Catalogue;
using registers::Field;
using registers::FieldType;
using registers::Record;
using registers::Register;

namespace {

/// How many references may lead from a record to one that is about the household.
constexpr int links_max = 2;

class Reading {
 public:
  Reading(store::Reader& reader, const registers::Registers& registers, Id household, const ReachOf& reach,
          const SightsOf& sights)
      : reader_(reader),
        registers_(registers),
        catalogue_(registers.catalogue()),
        reach_(reach),
        sights_of_(sights),
        household_(std::to_string(household)),
        persons_(registers::persons_sql(catalogue_, household_)),
        texts_(registers, reader) {}

  Timeline read(Id household, people::Person head) {
    Timeline timeline{
        .household = household, .head = head, .members = {{std::move(head), ""}}, .events = {}, .paid = {}};
    for (const Register& of : catalogue_.registers) {
      if (const auto condition = about(of, "t", links_max)) read_register(of, *condition, timeline);
    }
    std::ranges::stable_sort(timeline.events, {}, &Event::on);
    return timeline;
  }

 private:
  /// Whether a record of the register, alias `alias`, is about the household.
  std::optional<std::string> about(const Register& of, const std::string& alias, int links) const {
    if (const Field* subject = of.field("subject")) {
      if (subject->type == FieldType::household) return alias + ".subject = " + household_;
      if (subject->type == FieldType::person) return alias + ".subject IN (" + persons_ + ")";
    }
    if (links == 0) return std::nullopt;
    for (const Field& field : of.fields) {
      if (!field.required || field.type != FieldType::ref) continue;
      const Register* target = catalogue_.find_register(field.target);
      const std::string next = alias + "_o";
      const auto inner = target && target != &of ? about(*target, next, links - 1) : std::nullopt;
      if (inner)
        return fmt::format("{}.{} IN (SELECT {}.id FROM {} {} WHERE {})", alias, store::quoted_name(field.name), next,
                           store::quoted_name(target->name), next, *inner);
    }
    return std::nullopt;
  }

  void read_register(const Register& of, const std::string& about, Timeline& timeline) {
    const auto reach = registers::reach_condition(catalogue_, of, "t", reach_(of));
    std::vector<store::Parameter> parameters;
    for (const auto& value : reach.parameters)
      std::visit([&](const auto& held) { parameters.emplace_back(held); }, value);
    std::vector<Id> ids;
    auto rows = reader_.query_with("SELECT t.id FROM " + store::quoted_name(of.name) + " t WHERE " + about + " AND " +
                                       reach.sql + " ORDER BY t.id",
                                   std::span<const store::Parameter>(parameters));
    while (rows.next()) ids.push_back(rows.integer(0));
    for (const Id id : ids) {
      const auto record = registers_.read(reader_, of, id);
      if (!record) continue;
      sights_ = sights_of_(of, id);
      note_member(of, *record, timeline);
      add_event(of, *record, timeline);
    }
  }

  /// A sub-table's line that names a person tells a member.
  void note_member(const Register& of, const Record& record, Timeline& timeline) {
    if (of.part_of.empty() || of.flow) return;
    for (std::size_t i = 0; i < of.fields.size(); ++i) {
      const Id* id = std::get_if<std::int64_t>(&record.values[i]);
      if (of.fields[i].type != FieldType::person || !id) continue;
      const auto person = people::find_person(reader_, *id);
      const Field* relation = of.field("relation");
      if (person && is_clear(of, of.fields[i]))
        timeline.members.push_back({*person, relation && is_clear(of, *relation) ? text(of, *relation, record) : ""});
    }
  }

  void add_event(const Register& of, const Record& record, Timeline& timeline) {
    const auto& pays = of.pays;
    const auto& decision = of.decision;
    const auto is_known = [&](const Field& field) {
      return field.type == FieldType::date && is_clear(of, field) &&
             !std::holds_alternative<std::monostate>(record.values[of.place(field)]);
    };
    const Field* paid_on = pays ? of.field(pays->on) : nullptr;
    const auto first = std::ranges::find_if(of.fields, is_known);
    if (first == of.fields.end()) return;  // a fact of the file, not something that happened
    const Field& day = paid_on && is_known(*paid_on) ? *paid_on : *first;
    Event event;
    event.of = &of;
    event.record = record.id;
    event.on = text(of, day, record);
    event.label = texts_.label(of, record.id);
    if (of.flow) event.state = text(of, *of.field("state"), record);
    if (const Field* subject = of.field("subject"); subject && subject->type == FieldType::person)
      event.person = texts_.shown(of, of.place("subject"), record, sights_[of.place("subject")]);
    if (pays && is_clear(of, *of.field(pays->amount)) && is_paid(of, record.id)) {
      event.amount = Money{std::get<std::int64_t>(record.values[of.place(pays->amount)])};
      timeline.paid += *event.amount;
    }
    if (decision && !decision->explanation_zh.empty() && is_clear(of, *of.field(decision->explanation_zh)))
      event.explanation = {text(of, *of.field(decision->explanation_zh), record),
                           text(of, *of.field(decision->explanation_en), record)};
    if (of.flow) read_steps(of, event);
    timeline.events.push_back(std::move(event));
  }

  bool is_paid(const Register& of, Id id) {
    const auto payment = registers::payment_sql(catalogue_, of, "p");
    if (!payment) return false;
    std::vector<store::Parameter> parameters;
    for (const auto& value : payment->parameters)
      std::visit([&](const auto& held) { parameters.emplace_back(held); }, value);
    parameters.emplace_back(id);
    return reader_
        .query_with("SELECT 1 FROM " + payment->from + " WHERE " + payment->condition + " AND p.id = ?",
                    std::span<const store::Parameter>(parameters))
        .next();
  }

  void read_steps(const Register& of, Event& event) {
    auto rows = reader_.query(
        "SELECT h.step, l.at, h.actor FROM flow_history h JOIN change_log l ON l.position = h.position WHERE "
        "h.register "
        "= ? AND h.record = ? ORDER BY h.id",
        of.name, event.record);
    while (rows.next())
      event.steps.push_back({std::string(rows.text(0)), std::string(rows.text(1)), std::string(rows.text(2))});
  }

  bool is_clear(const Register& of, const Field& field) const {
    return sights_[of.place(field)] == registers::Sight::visible;
  }

  std::string text(const Register& of, const Field& field, const Record& record) {
    return texts_.value(of, of.place(field), record);
  }

  store::Reader& reader_;
  const registers::Registers& registers_;
  const Catalogue& catalogue_;
  const ReachOf& reach_;
  const SightsOf& sights_of_;
  std::vector<registers::Sight> sights_;  ///< of the record being read
  const std::string household_, persons_;
  registers::Texts texts_;
};

}  // namespace

Result<Timeline> timeline(store::Reader& reader, const registers::Registers& registers, Id household,
                          const ReachOf& reach, const SightsOf& sights) {
  const auto not_found = [] {
    return fail("household.not_found", "没有这个家庭，或不在您的权限范围内。",
                "There is no such household, or nothing of it is within your reach.");
  };
  const auto head = people::find_head(reader, household);
  if (!head) return not_found();
  Timeline read = Reading(reader, registers, household, reach, sights).read(household, *head);
  if (read.events.empty()) return not_found();
  return read;
}

}  // namespace zhijia::relief
