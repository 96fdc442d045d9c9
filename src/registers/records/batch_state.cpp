#include <algorithm>

#include "base/text.hpp"
#include "records/agenda.hpp"
#include "records/cell.hpp"
#include "records/parts.hpp"
#include "registers/publicity.hpp"

namespace zhijia::registers {

Result<std::string> Batch::Parts::stands_for(const Record& record, const Step& step) const {
  std::vector<std::string> for_whom;
  if (step.is_automatic() ? actor.id == system_role
                          : step.by.empty() || std::ranges::find(actor.roles, step.by) != actor.roles.end())
    for_whom.emplace_back();
  for (const Deputed& deputed : actor.deputed)
    if (deputed.role == step.by && !step.is_automatic()) for_whom.push_back(deputed.by);
  if (for_whom.empty())
    return fail("step.role", "“" + step.title.zh + "”须由“" + step.by + "”执行。",
                "“" + step.title.en + "” is for the role “" + step.by + "”.");
  if (step.never_by.empty()) return for_whom.front();
  const auto took = [&](const std::string& user) { return has_taken(transaction, of, record.id, step.never_by, user); };
  if (!took(actor.id))
    for (const std::string& whom : for_whom)
      if (whom.empty() || !took(whom)) return whom;
  if (step.never_by == creating)
    return fail("step.never_by", "登记此记录的人（或其受托人）不能执行“" + step.title.zh + "”，请由他人办理。",
                "Who entered the record, or stands in for him, may not take “" + step.title.en + "”; ask a colleague.");
  return fail(
      "step.never_by", "执行过前一步骤的人（或其受托人）不能执行“" + step.title.zh + "”，请由他人办理。",
      "Who took “" + step.never_by + "”, or stands in for him, may not take “" + step.title.en + "”; ask a colleague.");
}

Result<void> Batch::Parts::awaits_publicity(const Record& record, const Step& step) const {
  const Publicity* publicity = of.flow->publicity(step.from);
  if (!publicity || publicity->unopposed != step.name) return {};
  switch (standing_of(transaction, of, record.id, engine.clock.today())) {
    case Standing::unopposed:
      return {};
    case Standing::disputed:
      return fail("step.publicity", "有异议待答复，不能执行“" + step.title.zh + "”。",
                  "An objection waits for its answer before “" + step.title.en + "”.");
    case Standing::upheld:
      return fail("step.publicity", "异议成立，不能执行“" + step.title.zh + "”。",
                  "An objection was upheld, so “" + step.title.en + "” cannot be taken.");
    default:
      return fail("step.publicity", "公示期未满，不能执行“" + step.title.zh + "”。",
                  "“" + step.title.en + "” waits for the end of the publicity.");
  }
}

Problems Batch::Parts::read_input(const Step& step, const StepInput& input, Record& record) {
  Problems problems = unknown_cells(input.cells);
  const std::string reason = tidy(input.reason);
  if ((step.needs_reason && reason.empty()) || !is_utf8(input.reason) ||
      code_points(input.reason) > reason_characters_max)
    problems.push_back({"step.reason",
                        {.field = "reason"},
                        {"“" + step.title.zh + "”须写明原因（不超过 1000 字）。",
                         "“" + step.title.en + "” needs a reason, of at most 1,000 characters."}});
  for (const CellColumn& column : columns) {
    const Field& field = of.fields[column.field];
    if (input.cells.contains(column.key) && !step.sets(field.name))
      problems.push_back(problem_at(field, "step.field", "此项不能随“" + step.title.zh + "”填写。",
                                    "It cannot be set together with “" + step.title.en + "”."));
  }
  if (!problems.empty()) return problems;
  if (!input.cells.empty()) {
    const Record before = record;
    problems = validate(record, read_given(input.cells, record));
    for (Problem& problem : clashes(record, &before)) problems.push_back(std::move(problem));
  }
  for (const std::string& name : step.needs_fields) {
    const bool is_named = std::ranges::any_of(problems, [&](const Problem& p) { return p.place.field == name; });
    if (!is_named && std::holds_alternative<std::monostate>(record.values[of.place(name)]))
      problems.push_back(problem_at(*of.field(name), "field.required", "“" + step.title.zh + "”时必须填写。",
                                    "It must be filled in with “" + step.title.en + "”."));
  }
  return problems;
}

Result<void> Batch::Parts::settle_objection(const Registers& registers, const Record& objection) {
  const Register& owner = *engine.catalogue.find_register(of.part_of);
  const auto settled =
      settle_publicity(transaction, registers, owner, std::get<std::int64_t>(objection.values[of.place("part_of")]));
  return settled ? Result<void>{} : std::unexpected(settled.error());
}

std::optional<Date> Batch::Parts::date_of(const Record& record, const std::string& field) const {
  const auto* text = std::get_if<std::string>(&record.values[of.place(field)]);
  return text ? std::optional(date_from_iso(*text)) : std::nullopt;
}

void Batch::Parts::set_deadlines(const Record& record, Date entered, bool only_new) {
  const auto follow = [this](const Field& link, Id id) { return links.follow(link, id); };
  for (const Deadline& deadline : of.flow->deadlines) {
    if (deadline.state != *state_of(record)) continue;
    if (only_new && transaction
                        .query("SELECT 1 FROM agenda WHERE register = ? AND record = ? AND rule = ?", of.name,
                               record.id, deadline.name)
                        .next())
      continue;
    const auto from = deadline.after.empty() ? std::optional(entered) : date_of(record, deadline.after);
    set_deadline(
        transaction, of, record.id, deadline,
        from ? expressions.end_of(deadline, *from, of, record, engine.catalogue.calendar, follow) : std::nullopt);
  }
}

void Batch::Parts::publicise(const Record& record, Date day) {
  const Publicity* publicity = of.flow->publicity(*state_of(record));
  if (!publicity) return;
  const auto ends_on = expressions.end_of(*publicity, day, of, record, engine.catalogue.calendar,
                                          [this](const Field& link, Id id) { return links.follow(link, id); });
  // A term that gives no number must not make the period end at once: it stays open until somebody sees to it.
  open_publicity(transaction, engine.ids, of, record, publicity->state, day,
                 ends_on.value_or(day + std::chrono::days(term_days_max)));
}

void Batch::Parts::follow_state(const Record& record, const Record* before, std::span<const Taken> taken) {
  if (!has_agenda(of)) return;
  const Date today = engine.clock.today();
  if (before && *state_of(*before) == *state_of(record) && taken.empty()) {
    // A deadline follows the date that it is counted from.
    for (const Deadline& deadline : of.flow->deadlines)
      if (!deadline.after.empty() && deadline.state == *state_of(record) &&
          before->values[of.place(deadline.after)] != record.values[of.place(deadline.after)])
        return set_deadlines(record, entered_on(transaction, of, record), false);
    return;
  }
  if (before) clear_agenda(transaction, of, record.id);
  set_deadlines(record, today, false);
  publicise(record, today);
  if (taken.empty() || !taken.back().step->needs_reason) return;
  const std::string to = who_led_on(transaction, of, record.id, *state_of(record));
  if (!to.empty())
    note_returned(transaction, of, record.id, *state_of(record), to, taken.back().by, taken.back().reason);
}

void Batch::Parts::catch_up(const Record& record) {
  const Date entered = entered_on(transaction, of, record);
  set_deadlines(record, entered, true);
  if (of.flow->publicity(*state_of(record)) &&
      standing_of(transaction, of, record.id, engine.clock.today()) == Standing::none)
    publicise(record, engine.clock.today());
}

}  // namespace zhijia::registers
