#include "records/flow.hpp"

#include <algorithm>
#include <deque>
#include <set>

namespace zhijia::registers {

store::TableSchema flow_history_schema() {
  using store::Type;
  return {.name = "flow_history",
          .columns = {{"id", Type::integer, true},
                      {"position", Type::integer, true},
                      {"register", Type::text, true},
                      {"record", Type::integer, true},
                      {"step", Type::text, true},
                      {"actor", Type::text, true},
                      {"from_state", Type::text},
                      {"to_state", Type::text},
                      {"for_whom", Type::text},
                      {"reason", Type::text}},
          .primary_key = {"id"},
          .indexes = {{"register", "record"}}};
}

store::Inserter& step_inserter(store::Transaction& transaction) {
  return transaction.inserter("flow_history", {"id", "position", "register", "record", "step", "actor", "from_state",
                                               "to_state", "for_whom", "reason"});
}

void note_step(store::Inserter& steps, IdSource& ids, const Register& of, const Record& record, const Taken& taken) {
  const auto given = [](const std::string& text) { return text.empty() ? std::nullopt : std::optional(text); };
  steps.add(ids.next(), record.position, of.name, record.id, taken.step->name, taken.by, taken.step->from,
            taken.step->to, given(taken.for_whom), given(taken.reason));
}

bool has_taken(store::Reader& reader, const Register& of, Id record, const std::string& step,
               const std::string& actor) {
  const auto made = [&] {
    return reader
        .query("SELECT 1 FROM change_log WHERE register = ? AND record = ? AND kind = 'create' AND actor = ?", of.name,
               record, actor)
        .next();
  };
  if (step == creating && made()) return true;
  return reader
      .query(
          "SELECT 1 FROM flow_history WHERE register = ?1 AND record = ?2 AND step = ?3 AND "
          "(actor = ?4 OR for_whom = ?4)",
          of.name, record, step, actor)
      .next();
}

std::string who_led_on(store::Reader& reader, const Register& of, Id record, const std::string& state) {
  {
    auto steps = reader.query(
        "SELECT actor FROM flow_history WHERE register = ? AND record = ? AND from_state = ? ORDER BY id DESC LIMIT 1",
        of.name, record, state);
    if (steps.next()) return std::string(steps.text(0));
  }
  if (state != of.flow->start) return {};
  auto made = reader.query(
      "SELECT actor FROM change_log WHERE register = ? AND record = ? AND kind = 'create' ORDER BY position LIMIT 1",
      of.name, record);
  return made.next() ? std::string(made.text(0)) : std::string();
}

Date entered_on(store::Reader& reader, const Register& of, const Record& record) {
  // The last step led there; a record that took none has been there since it was made.
  auto rows = reader.query(
      "SELECT at FROM change_log WHERE register = ?1 AND record = ?2 AND position >= COALESCE((SELECT MAX(position) "
      "FROM "
      "flow_history WHERE register = ?1 AND record = ?2), 0) ORDER BY position LIMIT 1",
      of.name, record.id);
  if (!rows.next()) return {};
  // "2020-01-31T16:30:00.000Z": the log counts in UTC, deadlines in the days of China, eight hours ahead.
  const std::string_view at = rows.text(0);
  const bool is_next_day = at.substr(11, 2) >= "16";
  return date_from_iso(at.substr(0, 10)) + std::chrono::days(is_next_day ? 1 : 0);
}

std::optional<std::vector<const Step*>> way(const Flow& flow, const std::string& from, const std::string& to) {
  std::deque<std::pair<std::string, std::vector<const Step*>>> open{{from, {}}};
  std::set<std::string> seen{from};
  for (; !open.empty(); open.pop_front()) {
    const auto& [state, taken] = open.front();
    if (state == to) return taken;
    for (const Step& step : flow.steps) {
      if (step.from != state || !seen.insert(step.to).second) continue;
      auto longer = taken;
      longer.push_back(&step);
      open.emplace_back(step.to, std::move(longer));
    }
  }
  return std::nullopt;
}

std::optional<std::string> state_code(const Flow& flow, const std::string& text) {
  const auto found = std::ranges::find_if(flow.states, [&](const auto& state) {
    return text == state.first || text == state.second.zh || text == state.second.en;
  });
  return found == flow.states.end() ? std::nullopt : std::optional(found->first);
}

}  // namespace zhijia::registers
