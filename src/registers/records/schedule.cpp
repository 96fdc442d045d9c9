#include "registers/schedule.hpp"

#include "records/agenda.hpp"
#include "registers/columns.hpp"
#include "registers/publicity.hpp"

namespace zhijia::registers {

namespace {

/// A step may lead to a state whose own deadline has passed too; more in a row than this is a circle.
constexpr int rounds_max = 20;
/// Records caught up with in one transaction: the writer is not kept from others for long.
constexpr std::int64_t records_at_once = 200;

struct Due {
  std::string register_, rule, step;
  Id record = 0;
};

/// Records that are in the state and not yet known to what the rule fills.
std::vector<Id> left_behind(store::Reader& reader, const Register& of, const std::string& state,
                            const std::string& unknown, const std::string& rule) {
  std::vector<Id> ids;
  auto rows = reader.query("SELECT t.id FROM " + store::quoted_name(of.name) + " t WHERE " + open_states(of, "t") +
                               " AND t.state = ?1 AND NOT EXISTS (" + unknown + ") ORDER BY t.id LIMIT ?4",
                           state, of.name, rule, records_at_once);
  while (rows.next()) ids.push_back(rows.integer(0));
  return ids;
}

/// One run of the schedule.
struct Run {
  store::Store& store;
  const Registers& registers;
  const Date today;
  Ticked ticked;

  void refuse(const Problems& problems, const std::string& register_, Id record) {
    for (Problem problem : problems) {
      problem.place.record = register_ + "/" + std::to_string(record);
      ticked.refused.push_back(std::move(problem));
    }
  }

  Result<void> catch_up(const Register& of, const std::string& state, const std::string& unknown,
                        const std::string& rule) {
    for (;;) {
      const auto done = store.write([&](store::Transaction& transaction) -> Result<std::size_t> {
        const std::vector<Id> ids = left_behind(transaction, of, state, unknown, rule);
        for (const Id id : ids)
          if (auto caught = registers.catch_up(transaction, of, id); !caught)
            return std::unexpected(std::move(caught.error()));
        return ids.size();
      });
      if (!done) return std::unexpected(done.error());
      ticked.caught_up += static_cast<std::int64_t>(*done);
      if (*done < records_at_once) return {};
    }
  }

  bool is_behind(const Register& of, const std::string& state, const std::string& unknown, const std::string& rule) {
    return store.read([&](store::Reader& reader) { return !left_behind(reader, of, state, unknown, rule).empty(); });
  }

  Result<void> catch_up() {
    for (const Register& of : registers.catalogue().registers) {
      if (!of.flow) continue;
      const std::string no_deadline =
          "SELECT 1 FROM agenda a WHERE a.register = ?2 AND a.record = t.id AND a.rule = ?3";
      for (const Deadline& deadline : of.flow->deadlines)
        if (is_behind(of, deadline.state, no_deadline, deadline.name))
          if (auto done = catch_up(of, deadline.state, no_deadline, deadline.name); !done) return done;
      const std::string no_period =
          "SELECT 1 FROM publicity p WHERE p.register = ?2 AND p.record = t.id AND p.state = ?3 AND "
          "p.is_current = 1";
      for (const Publicity& publicity : of.flow->publicities)
        if (is_behind(of, publicity.state, no_period, publicity.state))
          if (auto done = catch_up(of, publicity.state, no_period, publicity.state); !done) return done;
    }
    return {};
  }

  std::vector<Due> publicities_over() {
    return store.read([&](store::Reader& reader) {
      std::vector<Due> due;
      auto rows = reader.query(
          "SELECT register, record FROM publicity WHERE outcome IS NULL AND ends_on < ? ORDER BY ends_on, id",
          to_string(today));
      while (rows.next())
        due.push_back({.register_ = std::string(rows.text(0)), .rule = {}, .step = {}, .record = rows.integer(1)});
      return due;
    });
  }

  std::vector<Due> deadlines_passed() {
    return store.read([&](store::Reader& reader) {
      std::vector<Due> due;
      auto rows = reader.query(
          "SELECT register, record, rule, step FROM agenda WHERE step IS NOT NULL AND due_on < ? ORDER BY due_on, "
          "record",
          to_string(today));
      while (rows.next())
        due.push_back(
            {std::string(rows.text(0)), std::string(rows.text(2)), std::string(rows.text(3)), rows.integer(1)});
      return due;
    });
  }

  std::int64_t settle(const Due& due) {
    const Register* of = registers.catalogue().find_register(due.register_);
    if (!of || !of->flow) return 0;
    const auto settled = store.write(
        [&](store::Transaction& transaction) { return settle_publicity(transaction, registers, *of, due.record); });
    if (settled) return *settled ? 1 : 0;
    refuse(settled.error(), due.register_, due.record);
    return 0;
  }

  std::int64_t take(const Due& due) {
    const Register* of = registers.catalogue().find_register(due.register_);
    if (!of || !of->flow) return 0;
    const auto taken = store.write([&](store::Transaction& transaction) -> Result<bool> {
      // Somebody may have moved it since it was read.
      const bool is_still_due = transaction
                                    .query(
                                        "SELECT 1 FROM agenda WHERE register = ? AND record = ? AND rule = ? AND "
                                        "step = ? AND due_on < ?",
                                        due.register_, due.record, due.rule, due.step, to_string(today))
                                    .next();
      if (!is_still_due) return false;
      const auto record =
          registers.take_step(transaction, *of, due.record, due.step,
                              {.id = system_role, .source = rule_source(*of, due.rule), .roles = {system_role}},
                              {.reason = reason_of(*of, due.rule)});
      if (!record) return std::unexpected(record.error());
      return true;
    });
    if (taken) return *taken ? 1 : 0;
    refuse(taken.error(), due.register_, due.record);
    return 0;
  }

  /// A step that asks for a reason has it: the deadline's title.
  static std::string reason_of(const Register& of, const std::string& rule) {
    for (const Deadline& deadline : of.flow->deadlines)
      if (deadline.name == rule) return deadline.title.zh + " / " + deadline.title.en;
    return rule;
  }
};

}  // namespace

Result<Ticked> tick(store::Store& store, const Registers& registers) {
  Run run{store, registers, registers.clock().today(), {}};
  if (auto caught_up = run.catch_up(); !caught_up) return std::unexpected(std::move(caught_up.error()));
  for (int round = 0; round < rounds_max; ++round) {
    std::int64_t settled = 0, steps = 0;
    run.ticked.refused.clear();
    for (const Due& due : run.publicities_over()) settled += run.settle(due);
    for (const Due& due : run.deadlines_passed()) steps += run.take(due);
    run.ticked.settled += settled;
    run.ticked.steps += steps;
    if (settled + steps == 0) break;
  }
  return std::move(run.ticked);
}

}  // namespace zhijia::registers
