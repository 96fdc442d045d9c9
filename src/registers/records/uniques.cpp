#include "records/uniques.hpp"

#include <algorithm>

#include "records/cell.hpp"
#include "registers/columns.hpp"

namespace zhijia::registers {
namespace {

/// A query for each row is quick for a few; a long import reads all that the table holds once instead.
constexpr std::size_t asked_max = 20'000;

}  // namespace

UniqueRule::UniqueRule(const Table& table, Unique rule, bool had_rows)
    : rule_(std::move(rule)),
      state_place_(rule_.states.empty() ? 0 : table.of.place("state")),
      matcher_(table, rule_.fields, had_rows, rule_.states.empty() ? "" : in_states(rule_.states)) {}

bool UniqueRule::covers(const Record& record) const {
  if (rule_.states.empty()) return true;
  const auto* state = std::get_if<std::string>(&record.values[state_place_]);
  return state && std::ranges::find(rule_.states, *state) != rule_.states.end();
}

bool UniqueRule::holds_alike(const Record& one, const Record& other) const {
  return covers(one) && covers(other) && matcher_.signature(one) == matcher_.signature(other);
}

bool UniqueRule::is_broken_by(store::Reader& reader, const Record& record, const Record* before) {
  if (!covers(record) || (before && holds_alike(record, *before))) return false;
  if (++asked_ == asked_max) matcher_.read_all(reader);
  const std::string sought = matcher_.signature(record);
  const auto found = matcher_.find(reader, record, sought);
  if (found.empty()) return false;
  const auto freed = freed_.find(sought);
  return std::ranges::any_of(found,
                             [&](Id id) { return id != record.id && !(freed != freed_.end() && freed->second == id); });
}

void UniqueRule::note_written(const Record& record, const Record* before) {
  if (before && covers(*before) && !holds_alike(record, *before))
    freed_.insert_or_assign(matcher_.signature(*before), record.id);
  if (!covers(record)) return;
  if (!freed_.empty()) freed_.erase(matcher_.signature(record));
  matcher_.note_written(record);
}

Problem UniqueRule::problem() const {
  if (!rule_.message.zh.empty())
    return problem_at(matcher_.first_field(), "record.unique", rule_.message.zh, rule_.message.en);
  const Title titles = matcher_.titles();
  return problem_at(matcher_.first_field(), "record.unique", "已有记录的“" + titles.zh + "”与此相同。",
                    "Another record has the same “" + titles.en + "”.");
}

}  // namespace zhijia::registers
