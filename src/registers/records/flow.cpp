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
                      {"actor", Type::text, true}},
          .primary_key = {"id"},
          .indexes = {{"register", "record"}}};
}

void note_step(store::Transaction& transaction, IdSource& ids, const Register& of, const Record& record,
               const Step& step, const std::string& actor) {
  transaction.inserter("flow_history", {"id", "position", "register", "record", "step", "actor"})
      .add(ids.next(), record.position, of.name, record.id, step.name, actor);
}

bool has_taken(store::Reader& reader, const Register& of, Id record, const std::string& step,
               const std::string& actor) {
  return reader
      .query("SELECT 1 FROM flow_history WHERE register = ? AND record = ? AND step = ? AND actor = ?", of.name, record,
             step, actor)
      .next();
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
