#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <stdexcept>

#include "store/schema.hpp"

namespace zhijia::store {

bool is_name(std::string_view name) {
  const auto is_letter = [](char c) { return (c >= 'a' && c <= 'z') || c == '_'; };
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  return !name.empty() && name.size() <= name_length_max && is_letter(name.front()) &&
         std::ranges::all_of(name, [&](char c) { return is_letter(c) || is_digit(c); });
}

std::string quoted_name(std::string_view name) {
  if (!is_name(name)) throw std::invalid_argument(fmt::format("not a name for SQL: \"{}\"", name));
  return fmt::format("\"{}\"", name);
}

std::string quoted_names(const std::vector<std::string>& names) {
  std::vector<std::string> parts;
  for (const std::string& name : names) parts.push_back(quoted_name(name));
  return fmt::format("{}", fmt::join(parts, ", "));
}

std::string placeholders(std::size_t count) {
  return fmt::format("{}", fmt::join(std::vector<std::string_view>(count, "?"), ", "));
}

std::string insert_sql(std::string_view table, const std::vector<std::string>& columns) {
  return fmt::format("INSERT INTO {} ({}) VALUES ({})", quoted_name(table), quoted_names(columns),
                     placeholders(columns.size()));
}

std::string upsert_sql(std::string_view table, const std::vector<std::string>& columns,
                       const std::vector<std::string>& key) {
  std::vector<std::string> changes;
  for (const std::string& column : columns)
    if (std::ranges::find(key, column) == key.end())
      changes.push_back(fmt::format("{0} = excluded.{0}", quoted_name(column)));
  const std::string then = changes.empty() ? "NOTHING" : fmt::format("UPDATE SET {}", fmt::join(changes, ", "));
  return fmt::format("{} ON CONFLICT ({}) DO {}", insert_sql(table, columns), quoted_names(key), then);
}

std::string archive_sql(const TableSchema& schema) {
  std::vector<std::string> columns;
  for (const Column& column : schema.columns) columns.push_back(column.name);
  const std::string list = quoted_names(columns);
  return fmt::format(R"(INSERT INTO {} ({}, "until") SELECT {}, ?1 FROM {} WHERE "id" = ?2)",
                     quoted_name(schema.name + "_history"), list, list, quoted_name(schema.name));
}

std::string source_as_of(std::string_view table, const std::vector<std::string>& columns, std::int64_t position) {
  const std::string list = quoted_names(columns);
  return fmt::format(
      R"((SELECT {0} FROM {1} WHERE "position" <= {3} UNION ALL SELECT {0} FROM {2} WHERE "position" <= {3} AND "until" > {3}))",
      list, quoted_name(table), quoted_name(std::string(table) + "_history"), position);
}

}  // namespace zhijia::store
