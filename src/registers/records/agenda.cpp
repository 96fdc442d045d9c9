#include "records/agenda.hpp"

#include <algorithm>

namespace zhijia::registers {

store::TableSchema agenda_schema() {
  using store::Type;
  return {.name = "agenda",
          .columns = {{"register", Type::text, true},
                      {"record", Type::integer, true},
                      {"rule", Type::text, true},
                      {"state", Type::text, true},
                      {"due_on", Type::text},  // null while its date is not known
                      {"step", Type::text},    // null for a reminder
                      {"returned_to", Type::text},
                      {"returned_by", Type::text},
                      {"reason", Type::text},
                      {"at", Type::text}},
          .primary_key = {"register", "record", "rule"},
          .indexes = {{"register", "state", "due_on"}},
          .partial_indexes = {{{"due_on"}, "step IS NOT NULL"}, {{"returned_to"}, "returned_to IS NOT NULL"}}};
}

store::TableSchema publicity_schema() {
  using store::Type;
  return {.name = "publicity",
          .columns = {{"id", Type::integer, true},
                      {"register", Type::text, true},
                      {"record", Type::integer, true},
                      {"state", Type::text, true},
                      {"opened_on", Type::text, true},
                      {"ends_on", Type::text, true},
                      {"is_current", Type::integer, true},  // whether the record still is in the state
                      {"outcome", Type::text}},             // null while it runs; unopposed, upheld, left
          .primary_key = {"id"},
          .indexes = {{"register", "record"}},
          .partial_indexes = {{{"ends_on"}, "outcome IS NULL"}}};
}

bool has_agenda(const Register& of) {
  return of.flow && (!of.flow->deadlines.empty() || !of.flow->publicities.empty() ||
                     std::ranges::any_of(of.flow->steps, &Step::needs_reason));
}

std::string rule_source(const Register& of, std::string_view rule) {
  return "rule:" + of.name + "." + std::string(rule);
}

void set_deadline(store::Transaction& transaction, const Register& of, Id record, const Deadline& deadline,
                  std::optional<Date> due_on) {
  const std::optional<std::string> day = due_on ? std::optional(to_string(*due_on)) : std::nullopt;
  const std::optional<std::string> step = deadline.step.empty() ? std::nullopt : std::optional(deadline.step);
  transaction.execute(store::upsert_sql("agenda", {"register", "record", "rule", "state", "due_on", "step"},
                                        {"register", "record", "rule"}),
                      of.name, record, deadline.name, deadline.state, day, step);
}

void note_returned(store::Transaction& transaction, const Register& of, Id record, const std::string& state,
                   const std::string& to, const std::string& by, const std::string& reason) {
  transaction.execute(
      store::upsert_sql("agenda", {"register", "record", "rule", "state", "returned_to", "returned_by", "reason", "at"},
                        {"register", "record", "rule"}),
      of.name, record, returned_rule, state, to, by, reason, to_string(transaction.at()));
}

void open_publicity(store::Transaction& transaction, IdSource& ids, const Register& of, const Record& record,
                    const std::string& state, Date opened_on, Date ends_on) {
  transaction.execute(
      store::insert_sql("publicity", {"id", "register", "record", "state", "opened_on", "ends_on", "is_current"}),
      ids.next(), of.name, record.id, state, to_string(opened_on), to_string(ends_on), 1);
}

void clear_agenda(store::Transaction& transaction, const Register& of, Id record) {
  transaction.execute("DELETE FROM agenda WHERE register = ? AND record = ?", of.name, record);
  if (!of.flow->publicities.empty())
    transaction.execute(
        "UPDATE publicity SET is_current = 0, outcome = COALESCE(outcome, 'left') WHERE register = ? AND record = ? "
        "AND "
        "is_current = 1",
        of.name, record);
}

}  // namespace zhijia::registers
