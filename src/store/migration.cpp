#include "migration.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <iterator>
#include <map>
#include <set>

namespace zhijia::store {

namespace {

struct FoundColumn {
  std::string type;  ///< upper case, as DDL writes it
  bool not_null = false;
};
using FoundColumns = std::vector<std::pair<std::string, FoundColumn>>;

std::string type_name(Database database, Type type) {
  const bool sqlite = database == Database::sqlite;
  switch (type) {
    case Type::integer:
      return sqlite ? "INTEGER" : "BIGINT";
    case Type::text:
      return "TEXT";
    case Type::blob:
      return sqlite ? "BLOB" : "BYTEA";
  }
  throw std::logic_error("unknown column type");
}

std::string declaration(Database database, const Column& column) {
  std::string text = quoted_name(column.name) + " " + type_name(database, column.type);
  // Both databases then sort text alike, by byte; what people read is sorted by ICU above.
  if (database == Database::postgresql && column.type == Type::text) text += " COLLATE \"C\"";
  return column.not_null ? text + " NOT NULL" : text;
}

FoundColumns columns_of(Transaction& transaction, const std::string& table) {
  FoundColumns found;
  auto rows = transaction.database() == Database::sqlite
                  ? transaction.query(R"(SELECT name, type, "notnull" FROM pragma_table_info(?))", table)
                  : transaction.query(
                        "SELECT column_name, upper(data_type), is_nullable = 'NO' "
                        "FROM information_schema.columns WHERE table_schema = current_schema() "
                        "AND table_name = ? ORDER BY ordinal_position",
                        table);
  while (rows.next()) found.emplace_back(rows.text(0), FoundColumn{std::string(rows.text(1)), rows.integer(2) != 0});
  return found;
}

const FoundColumn* find(const FoundColumns& columns, std::string_view name) {
  const auto at = std::ranges::find(columns, name, [](const auto& column) { return std::string_view(column.first); });
  return at == columns.end() ? nullptr : &at->second;
}

bool declares(const TableSchema& schema, std::string_view name) {
  return std::ranges::any_of(schema.columns, [&](const Column& column) { return column.name == name; });
}

void create_table(Transaction& transaction, const TableSchema& schema, const FoundColumns& kept = {}) {
  const Database database = transaction.database();
  std::vector<std::string> parts;
  for (const Column& column : schema.columns) parts.push_back(declaration(database, column));
  for (const auto& [name, column] : kept) parts.push_back(fmt::format("{} {}", quoted_name(name), column.type));
  if (!schema.primary_key.empty()) parts.push_back(fmt::format("PRIMARY KEY ({})", quoted_names(schema.primary_key)));
  for (const std::string& check : schema.checks) parts.push_back(fmt::format("CHECK ({})", check));
  std::string_view kind;
  // A key of several columns is the table's own order: one tree to write instead of two.
  if (database == Database::sqlite) kind = schema.primary_key.size() > 1 ? " STRICT, WITHOUT ROWID" : " STRICT";
  transaction.execute(fmt::format("CREATE TABLE {} ({}){}", quoted_name(schema.name), fmt::join(parts, ", "), kind));
}

/// A column put aside keeps its data under a name that tells until when it was in use.
void put_aside(Transaction& transaction, const std::string& table, const std::string& column, const FoundColumns& found,
               Date day) {
  std::string date = to_string(day);
  std::erase(date, '-');
  std::string name = fmt::format("{}_until_{}", column.substr(0, name_length_max - 18), date);
  for (int number = 2; find(found, name); ++number)
    name = fmt::format("{}_until_{}_{}", column.substr(0, name_length_max - 21), date, number);
  transaction.execute(
      fmt::format("ALTER TABLE {} RENAME COLUMN {} TO {}", quoted_name(table), quoted_name(column), quoted_name(name)));
}

/// A column that is declared no more must not stand in the way of rows that do not know it.
void allow_nulls(Transaction& transaction, const TableSchema& schema) {
  const FoundColumns found = columns_of(transaction, schema.name);
  FoundColumns kept;
  std::vector<std::string> names;
  bool any_refuses_null = false;
  for (const auto& column : found) {
    names.push_back(column.first);
    if (declares(schema, column.first)) continue;
    kept.push_back(column);
    any_refuses_null = any_refuses_null || column.second.not_null;
  }
  if (!any_refuses_null) return;
  if (transaction.database() == Database::postgresql) {
    for (const auto& [name, column] : kept)
      transaction.execute(
          fmt::format("ALTER TABLE {} ALTER COLUMN {} DROP NOT NULL", quoted_name(schema.name), quoted_name(name)));
    return;
  }
  // SQLite cannot drop NOT NULL: the table is written anew. Rows from before a required column existed lack it still.
  TableSchema relaxed = schema;
  for (Column& column : relaxed.columns) {
    const FoundColumn* old = find(found, column.name);
    column.not_null = old && old->not_null;
  }
  const std::string old_name = "rewritten";
  transaction.execute(fmt::format("ALTER TABLE {} RENAME TO {}", quoted_name(schema.name), quoted_name(old_name)));
  create_table(transaction, relaxed, kept);
  transaction.execute(fmt::format("INSERT INTO {0} ({1}) SELECT {1} FROM {2}", quoted_name(schema.name),
                                  quoted_names(names), quoted_name(old_name)));
  transaction.execute(fmt::format("DROP TABLE {}", quoted_name(old_name)));
}

void alter_table(Transaction& transaction, const TableSchema& schema, const FoundColumns& found, Date day) {
  const Database database = transaction.database();
  for (const Column& column : schema.columns) {
    const FoundColumn* old = find(found, column.name);
    if (old && old->type == type_name(database, column.type)) continue;
    if (old) put_aside(transaction, schema.name, column.name, found, day);
    // Rows from before have no value for it, so the database cannot require one.
    transaction.execute(fmt::format("ALTER TABLE {} ADD COLUMN {}", quoted_name(schema.name),
                                    declaration(database, {column.name, column.type, false})));
  }
  allow_nulls(transaction, schema);
}

/// Index names are spread over the whole database; their columns' hash keeps them apart and within 63 bytes.
std::string index_name(const TableSchema& schema, std::string_view kind, const std::vector<std::string>& columns,
                       const std::string& where = {}) {
  std::uint64_t hash = 14695981039346656037U;  // FNV-1a
  for (char c : schema.name + " " + quoted_names(columns) + where)
    hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211U;
  return fmt::format("{}_{}_{:08x}", kind, schema.name.substr(0, name_length_max - 12), hash >> 32);
}

void make_indexes(Transaction& transaction, const TableSchema& schema) {
  std::map<std::string, std::string> wanted;
  for (const auto& columns : schema.uniques)
    wanted[index_name(schema, "ux", columns)] =
        fmt::format("UNIQUE INDEX IF NOT EXISTS {} ON {} ({})", "{}", quoted_name(schema.name), quoted_names(columns));
  for (const auto& columns : schema.indexes)
    wanted[index_name(schema, "ix", columns)] =
        fmt::format("INDEX IF NOT EXISTS {} ON {} ({})", "{}", quoted_name(schema.name), quoted_names(columns));
  for (const auto& [columns, where] : schema.partial_indexes)
    wanted[index_name(schema, "ix", columns, where)] = fmt::format(
        "INDEX IF NOT EXISTS {} ON {} ({}) WHERE {}", "{}", quoted_name(schema.name), quoted_names(columns), where);
  std::set<std::string> found;
  {
    auto rows =
        transaction.database() == Database::sqlite
            ? transaction.query("SELECT name FROM sqlite_master WHERE type = 'index' AND tbl_name = ?", schema.name)
            : transaction.query(
                  "SELECT indexname FROM pg_indexes WHERE schemaname = current_schema() AND tablename = ?",
                  schema.name);
    while (rows.next()) found.emplace(rows.text(0));
  }
  for (const std::string& name : found)
    if ((name.starts_with("ux_") || name.starts_with("ix_")) && !wanted.contains(name))
      transaction.execute(fmt::format("DROP INDEX {}", quoted_name(name)));
  for (const auto& [name, definition] : wanted)
    if (!found.contains(name))
      transaction.execute("CREATE " + fmt::format(fmt::runtime(definition), quoted_name(name)));
}

/// A trigger that refuses what `event` does, unless `condition` holds. Both databases report it as a broken check.
void make_trigger(Transaction& transaction, const std::string& name, const std::string& table, std::string_view event,
                  std::string_view condition, std::string_view reason) {
  if (transaction.database() == Database::sqlite) {
    const std::string definition =
        fmt::format("CREATE TRIGGER {} BEFORE {} ON {} WHEN NOT ({}) BEGIN SELECT RAISE(FAIL, '{}'); END", name, event,
                    quoted_name(table), condition, reason);
    // Made anew only when it differs: a change of schema makes every connection prepare its statements again.
    auto found = transaction.query("SELECT sql FROM sqlite_master WHERE type = 'trigger' AND name = ?", name);
    if (found.next() && found.text(0) == definition) return;
    transaction.execute(fmt::format("DROP TRIGGER IF EXISTS {}", name));
    transaction.execute(definition);
    return;
  }
  transaction.execute(
      fmt::format("CREATE OR REPLACE FUNCTION {}() RETURNS trigger LANGUAGE plpgsql AS $body$ BEGIN IF NOT ({}) THEN "
                  "RAISE EXCEPTION '{}' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $body$",
                  name, condition, reason));
  transaction.execute(fmt::format("CREATE OR REPLACE TRIGGER {0} BEFORE {1} ON {2} FOR EACH ROW EXECUTE FUNCTION {0}()",
                                  name, event, quoted_name(table)));
}

void make_triggers(Transaction& transaction, const TableSchema& schema) {
  for (std::size_t i = 0; i < schema.guards.size(); ++i)
    make_trigger(transaction, fmt::format("{}_guard_{}", schema.name, i), schema.name, "INSERT", schema.guards[i],
                 schema.name + " breaks a rule of its table");
  if (!schema.append_only) return;
  for (const std::string_view event : {"update", "delete"})
    make_trigger(transaction, fmt::format("{}_no_{}", schema.name, event), schema.name, event, "1 = 0",
                 schema.name + " is append-only");
}

void migrate_table(Transaction& transaction, const TableSchema& schema, Date day) {
  const FoundColumns found = columns_of(transaction, schema.name);
  if (found.empty())
    create_table(transaction, schema);
  else
    alter_table(transaction, schema, found, day);
  make_indexes(transaction, schema);
  make_triggers(transaction, schema);
}

TableSchema history_of(const TableSchema& schema) {
  TableSchema history{schema.name + "_history", schema.columns, {"id", "version"}, {}, {{"until"}}};
  for (Column& column : history.columns) column.not_null = column.name == "id" || column.name == "version";
  history.columns.push_back({"until", Type::integer, true});
  return history;
}

Problems faults_of(const TableSchema& schema) {
  Problems problems;
  const auto add = [&](std::string_view code, std::string zh, std::string en) {
    Place place;
    place.record = schema.name;
    problems.push_back({std::string(code), std::move(place), {std::move(zh), std::move(en)}});
  };
  const auto check = [&](const std::string& name) {
    if (!is_name(name))
      add("store.name",
          fmt::format("“{}”不能用作表名或列名：只能用小写字母、数字和下划线，不超过{}个字符", name, name_length_max),
          fmt::format("\"{}\" cannot name a table or column: lower-case letters, digits and _ only, at most {}", name,
                      name_length_max));
  };
  check(schema.versioned ? schema.name + "_history" : schema.name);
  for (const Column& column : schema.columns) check(column.name);
  std::vector<std::vector<std::string>> lists = schema.uniques;
  lists.insert(lists.end(), schema.indexes.begin(), schema.indexes.end());
  for (const PartialIndex& index : schema.partial_indexes) lists.push_back(index.columns);
  lists.push_back(schema.primary_key);
  if (schema.versioned) lists.push_back({"id", "position", "version"});
  for (const auto& list : lists)
    for (const std::string& name : list)
      if (!declares(schema, name))
        add("store.schema", fmt::format("表{}没有声明列{}，却用到了它", schema.name, name),
            fmt::format("table {} uses column {} without declaring it", schema.name, name));
  return problems;
}

}  // namespace

void migrate_system_tables(Transaction& transaction) {
  const std::vector<TableSchema> schemas = {
      {.name = "setting",
       .columns = {{"name", Type::text, true}, {"value", Type::text, true}},
       .primary_key = {"name"}},
      {.name = "change_log",
       .columns = {{"position", Type::integer, true},
                   {"at", Type::text, true},
                   {"actor", Type::text, true},
                   {"source", Type::text, true},
                   {"kind", Type::text, true},
                   {"register", Type::text, true},
                   {"record", Type::integer, true},
                   {"body", Type::text, true},
                   {"leaf", Type::blob, true}},
       .primary_key = {"position"},
       .indexes = {{"register", "record"}},
       .append_only = true},
      {.name = "change_log_node",
       .columns = {{"level", Type::integer, true}, {"number", Type::integer, true}, {"hash", Type::blob, true}},
       .primary_key = {"level", "number"}},
      {.name = "change_log_checkpoint",
       .columns = {{"size", Type::integer, true}, {"at", Type::text, true}, {"note", Type::text, true}},
       .primary_key = {"size"}},
  };
  for (const TableSchema& schema : schemas) migrate_table(transaction, schema, Date{});
}

Result<void> migrate_tables(Transaction& transaction, std::span<const TableSchema> schemas, Date day) {
  Problems problems;
  for (const TableSchema& schema : schemas) std::ranges::move(faults_of(schema), std::back_inserter(problems));
  if (!problems.empty()) return std::unexpected(problems);
  for (const TableSchema& schema : schemas) {
    migrate_table(transaction, schema, day);
    if (schema.versioned) migrate_table(transaction, history_of(schema), day);
  }
  return {};
}

}  // namespace zhijia::store
