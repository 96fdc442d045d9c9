#include "registers/work.hpp"

#include <algorithm>
#include <map>

#include "records/agenda.hpp"
#include "registers/columns.hpp"
#include "registers/engine.hpp"

namespace zhijia::registers {

namespace {

void append(std::vector<store::Parameter>& to, const ReachCondition& reach) {
  for (const auto& value : reach.parameters) std::visit([&](const auto& held) { to.emplace_back(held); }, value);
}

/// One question to the database about the records of a register that are under way.
struct Asking {
  store::Reader& reader;
  const Registers& registers;
  const std::string today, soon;

  /// The records of the state within reach, as a condition over the table `t`.
  static std::string in_state(const Register& of) { return open_states(of, "t") + " AND t.state = ?"; }

  std::optional<Waiting> waiting(const Register& of, const std::string& state, std::vector<std::string> steps,
                                 const Reach& reach, const std::string& at) {
    const ReachCondition condition = reach_condition(registers.catalogue(), of, "t", reach, at);
    Waiting found{.of = &of, .state = state, .steps = std::move(steps)};
    std::vector<store::Parameter> parameters{state};
    append(parameters, condition);
    const std::string of_state =
        " FROM " + store::quoted_name(of.name) + " t WHERE " + in_state(of) + " AND " + condition.sql;
    {
      auto rows = reader.query_with("SELECT COUNT(*)" + of_state, std::span<const store::Parameter>(parameters));
      rows.next();
      found.count = rows.integer(0);
    }
    if (found.count == 0) return std::nullopt;
    if (of.flow->deadlines.empty()) return found;
    parameters.insert(parameters.begin(), {store::Parameter(today), store::Parameter(today), store::Parameter(of.name),
                                           store::Parameter(state)});
    auto rows = reader.query_with(
        "SELECT COUNT(DISTINCT CASE WHEN a.due_on < ? THEN a.record END), MIN(CASE WHEN a.due_on >= ? THEN a.due_on "
        "END) "
        "FROM agenda a JOIN " +
            store::quoted_name(of.name) +
            " t ON t.id = a.record WHERE a.register = ? AND a.state = ? AND a.due_on IS NOT "
            "NULL AND " +
            in_state(of) + " AND " + condition.sql,
        std::span<const store::Parameter>(parameters));
    rows.next();
    found.overdue = rows.integer(0);
    found.next_due = rows.text_if(1);
    return found;
  }

  void add_owed(const Register& of, const Deadline& deadline, const Reach& reach, const std::string& at,
                std::vector<Owed>& owed) {
    const ReachCondition condition = reach_condition(registers.catalogue(), of, "t", reach, at);
    std::vector<store::Parameter> parameters{of.name, deadline.state, soon, deadline.name, deadline.state};
    append(parameters, condition);
    parameters.emplace_back(work_items_max);
    auto rows = reader.query_with(
        "SELECT a.record, a.due_on FROM agenda a JOIN " + store::quoted_name(of.name) +
            " t ON t.id = a.record WHERE a.register = ? AND a.state = ? AND a.due_on <= ? AND a.rule = ? AND " +
            in_state(of) + " AND " + condition.sql + " ORDER BY a.due_on, a.record LIMIT ?",
        std::span<const store::Parameter>(parameters));
    while (rows.next())
      owed.push_back(
          {.of = &of, .record = rows.integer(0), .deadline = &deadline, .due_on = date_from_iso(rows.text(1))});
  }

  std::vector<Returned> returned(const std::string& user) {
    std::vector<Returned> all;
    auto rows = reader.query(
        "SELECT register, record, state, reason, returned_by, at FROM agenda WHERE returned_to IS NOT NULL AND "
        "returned_to "
        "= ? ORDER BY at DESC LIMIT ?",
        user, work_items_max);
    while (rows.next())
      if (const Register* of = registers.catalogue().find_register(rows.text(0)))
        all.push_back({.of = of,
                       .record = rows.integer(1),
                       .state = std::string(rows.text(2)),
                       .reason = std::string(rows.text(3)),
                       .by = std::string(rows.text(4)),
                       .at = std::string(rows.text(5))});
    return all;
  }
};

bool holds(const std::vector<access::Grant>& grants, const std::string& role) {
  return std::ranges::find(grants, role, &access::Grant::role) != grants.end();
}

/// The reach of the grants that are of one of the roles.
Reach reach_with(const Register& of, const std::vector<access::Grant>& grants, const std::vector<std::string>& roles) {
  Reach reach;
  for (const access::Grant& grant : grants)
    if (std::ranges::find(roles, grant.role) != roles.end() && may(of, grant.role, Operation::read)) reach.add(grant);
  return reach;
}

}  // namespace

std::vector<Owed> owed_of(store::Reader& reader, const Register& of, Id record) {
  std::vector<Owed> owed;
  auto rows = reader.query(
      "SELECT rule, due_on FROM agenda WHERE register = ? AND record = ? AND due_on IS NOT NULL ORDER BY due_on",
      of.name, record);
  while (rows.next())
    if (const auto deadline = std::ranges::find(of.flow->deadlines, rows.text(0), &Deadline::name);
        deadline != of.flow->deadlines.end())
      owed.push_back({.of = &of, .record = record, .deadline = &*deadline, .due_on = date_from_iso(rows.text(1))});
  return owed;
}

Work work_of(store::Reader& reader, const Registers& registers, Id user, const std::vector<access::Grant>& grants) {
  const Date today = registers.clock().today();
  Asking asking{reader, registers, to_string(today), to_string(today + due_days)};
  Work work;
  for (const Register& of : registers.catalogue().registers) {
    if (!of.flow) continue;
    for (const auto& [state, title] : of.flow->states) {
      struct Open {
        std::vector<std::string> steps, roles;
      };
      std::map<std::string, Open> open_at;  // by the end at which they are taken
      for (const Step& step : of.flow->steps) {
        // What is paid does not wait to be taken back.
        if (step.from != state || step.is_automatic() || !step.reverses_on.empty() || !holds(grants, step.by)) continue;
        open_at[step.at].steps.push_back(step.name);
        open_at[step.at].roles.push_back(step.by);
      }
      for (const auto& [at, open] : open_at)
        if (auto waiting = asking.waiting(of, state, open.steps, reach_with(of, grants, open.roles), at))
          work.waiting.push_back(std::move(*waiting));
      for (const Deadline& deadline : of.flow->deadlines) {
        if (deadline.state != state) continue;
        const auto owe = [&](const std::vector<std::string>& roles, const std::string& at) {
          if (const Reach reach = reach_with(of, grants, roles); !reach.is_none())
            asking.add_owed(of, deadline, reach, at, work.owed);
        };
        if (!deadline.role.empty()) owe({deadline.role}, {});
        if (deadline.role.empty())
          for (const auto& [at, open] : open_at) owe(open.roles, at);
      }
    }
  }
  work.returned = asking.returned(std::to_string(user));
  std::ranges::stable_sort(work.owed, {}, &Owed::due_on);
  if (work.owed.size() > work_items_max) work.owed.resize(work_items_max);
  return work;
}

}  // namespace zhijia::registers
