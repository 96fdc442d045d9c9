#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/problem.hpp"
#include "store/statement.hpp"

namespace zhijia::store {

enum class Database { sqlite, postgresql };

struct Column {
  std::string name;
  Type type = Type::text;
  bool not_null = false;
};

/// An index over the rows that meet a condition. A query uses it when it says the same condition in the same words.
struct PartialIndex {
  std::vector<std::string> columns;
  std::string where;  ///< SQL
};

/// A table as its module or pack declares it. Names are [a-z_][a-z0-9_]*, at most name_length_max long.
struct TableSchema {
  std::string name;
  std::vector<Column> columns = {};
  std::vector<std::string> primary_key = {};           ///< column names; ["id"] as a rule
  std::vector<std::vector<std::string>> uniques = {};  ///< each a list of columns; rows with a null in one never clash
  std::vector<std::vector<std::string>> indexes = {};
  std::vector<PartialIndex> partial_indexes = {};
  std::vector<std::string> checks = {};  ///< SQL conditions that hold on every row; applied when the table is made
  /// SQL conditions over NEW.column that a row must meet when it is inserted; they may ask other tables.
  std::vector<std::string> guards = {};
  /// Rows are inserted and never changed or removed; the database itself refuses it.
  bool append_only = false;
  /// A versioned table has `id`, `position` (log position that wrote this version) and `version` among its columns, and
  /// beside it a table NAME_history with the same columns and `until` (log position that replaced or removed it).
  bool versioned = false;
};

/// PostgreSQL cuts identifiers at 63 bytes; a table's history and indexes need room for their endings.
constexpr std::size_t name_length_max = 48;

bool is_name(std::string_view name);

/// The identifier in double quotes. Throws std::invalid_argument when it is no checked name.
std::string quoted_name(std::string_view name);

/// "a", "b", "c" — quoted and joined, for column lists.
std::string quoted_names(const std::vector<std::string>& names);

/// "?, ?, ?" for `count` placeholders.
std::string placeholders(std::size_t count);

/// INSERT of one row with a placeholder a column, in the order given.
std::string insert_sql(std::string_view table, const std::vector<std::string>& columns);

/// As insert_sql, but an existing row with the same `key` gets the other columns' values instead.
std::string upsert_sql(std::string_view table, const std::vector<std::string>& columns,
                       const std::vector<std::string>& key);

/// Copies the row with id ?2 of a versioned table into its history, as replaced at log position ?1.
/// To be run before the row is updated or deleted.
std::string archive_sql(const TableSchema& schema);

/// A versioned table as it was when the log stood at `position`: a sub-select for use in FROM, to be given an alias.
/// Cost: the table's rows up to then, and of its history the rows replaced since.
std::string source_as_of(std::string_view table, const std::vector<std::string>& columns, std::int64_t position);

}  // namespace zhijia::store
