#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "feel/feel.hpp"

namespace zhijia::feel {

/// What a name of an expression is in SQL.
struct SqlName {
  enum class Kind { number, text, boolean, date };
  std::string sql;  ///< a column, with its table's alias; identifiers only, never a value
  Kind kind = Kind::text;
  int scale = 0;  ///< a number is stored as an integer, times 10^scale
};

/// Resolves a path of names, such as {"programme", "season"}; nullopt when there is no such column. It may note which
/// joins it needs.
using SqlResolver = std::function<std::optional<SqlName>(const std::vector<std::string_view>& path)>;

/// A condition for WHERE: true exactly where the expression is true, with FEEL's three-valued logic, on SQLite and
/// PostgreSQL alike. Values are bound, in the order of the question marks.
struct SqlCondition {
  std::string sql;
  std::vector<std::variant<std::int64_t, std::string>> parameters;
};

/// Compiles the part of FEEL that can filter rows; docs/feel-sql.md lists it. Problems: feel.sql_unsupported and
/// feel.sql_name, with the place in the text.
Result<SqlCondition> compile_sql(const Tree& tree, const SqlResolver& resolve);

}  // namespace zhijia::feel
