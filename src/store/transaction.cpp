#include "writer.hpp"

namespace zhijia::store {

Rows Reader::query_with(std::string_view sql, std::span<const Parameter> parameters) {
  auto statement = connection_.statements.take(sql);
  statement->bind(parameters, true);
  return Rows(connection_.statements, std::move(statement));
}

Database Reader::database() const { return connection_.database(); }

std::int64_t Reader::position() {
  auto rows = query("SELECT max(position) FROM change_log");
  rows.next();
  return rows.integer(0);
}

std::vector<StoredEntry> Reader::entries_of(std::string_view register_name, Id record) {
  std::vector<StoredEntry> entries;
  auto rows = query(
      "SELECT position, at, actor, source, kind, body FROM change_log WHERE register = ? AND record = ? "
      "ORDER BY position",
      register_name, record);
  while (rows.next())
    entries.push_back({rows.integer(0), std::string(rows.text(1)),
                       LogEntry{std::string(rows.text(2)), std::string(rows.text(3)), std::string(rows.text(4)),
                                std::string(register_name), record, std::string(rows.text(5))}});
  return entries;
}

std::int64_t Transaction::execute_with(std::string_view sql, std::span<const Parameter> parameters) {
  if (state_.is_rehearsal) return 0;
  auto statement = connection_.statements.take(sql);
  statement->bind(parameters, false);
  statement->step();
  const std::int64_t changed = statement->changed();
  connection_.statements.give_back(std::move(statement));
  return changed;
}

Inserter& Transaction::inserter(std::string_view table, const std::vector<std::string>& columns) {
  return state_.inserter(connection_, table, columns);
}

std::int64_t Transaction::log(const LogEntry& entry) {
  if (state_.is_rehearsal) return ++state_.frontier.size;
  if (!state_.log_inserter) {
    state_.log_inserter =
        &inserter("change_log", {"position", "at", "actor", "source", "kind", "register", "record", "body", "leaf"});
    state_.node_inserter = &inserter("change_log_node", {"level", "number", "hash"});
  }
  const std::int64_t position = next_position();
  const Hash leaf = state_.hasher.leaf(canonical_bytes(position, state_.at_text, entry));
  state_.log_inserter->add(position, state_.at_text, entry.actor, entry.source, entry.kind, entry.register_,
                           entry.record, entry.body, Parameter::blob(view(leaf)));
  state_.frontier.append(state_.hasher, leaf, [this](int level, std::int64_t number, const Hash& hash) {
    state_.node_inserter->add(level, number, Parameter::blob(view(hash)));
  });
  return position;
}

std::int64_t Transaction::next_position() const { return state_.frontier.size + 1; }
Moment Transaction::at() const { return state_.at; }
bool Transaction::is_rehearsal() const { return state_.is_rehearsal; }

}  // namespace zhijia::store
