#include "registers/sources.hpp"

#include <algorithm>

#include "people/people.hpp"
#include "registers/columns.hpp"

namespace zhijia::registers {

namespace {

std::vector<std::string> column_names(const store::TableSchema& schema) {
  std::vector<std::string> names;
  for (const store::Column& column : schema.columns) names.push_back(column.name);
  return names;
}

}  // namespace

feel::SqlName sql_name(const Field& field, const std::string& alias) {
  using Kind = feel::SqlName::Kind;
  const std::string column = alias + "." + store::quoted_name(field.name);
  switch (field.type) {
    case FieldType::money:
      return {column, Kind::number, 2};
    case FieldType::decimal:
      return {column, Kind::number, field.scale};
    case FieldType::yes_no:
      return {column, Kind::boolean, 0};
    case FieldType::date:
      return {column, Kind::date, 0};
    default:
      return {column, column_type(field) == store::Type::integer ? Kind::number : Kind::text, 0};
  }
}

Sources::Sources(const Catalogue& catalogue, const Register& of, std::optional<std::int64_t> as_of, std::string root,
                 std::string alias)
    : catalogue_(catalogue),
      of_(of),
      as_of_(as_of),
      alias_(std::move(alias)),
      joins_((root.empty() ? table(of) : root) + " AS " + alias_) {}

std::optional<feel::SqlName> Sources::resolve(const std::vector<std::string_view>& path) {
  const Register* at = &of_;
  std::string alias = alias_;
  for (std::size_t i = 0; at; ++i) {
    const Field* field = at->field(path[i]);
    if (!field || is_sealed(*field) || field->type == FieldType::attachment) return std::nullopt;
    used_.emplace_back(at, field);
    if (i + 1 == path.size()) return sql_name(*field, alias);
    const Register* target = catalogue_.find_register(target_of(*field));
    if (target) alias = join(alias, field->name, table(*target));
    at = target;
  }
  return std::nullopt;
}

std::string Sources::of_persons(const Field& field, const std::string& condition) const {
  const std::vector<store::TableSchema> schemas = people::schemas();
  const auto people_table = [&](std::string_view name) {
    return table(name, column_names(*std::ranges::find(schemas, name, &store::TableSchema::name)));
  };
  const std::string link = alias_ + "." + store::quoted_name(field.name),
                    persons = "(SELECT id FROM " + people_table("person") + " AS person WHERE " + condition + ")";
  if (field.type == FieldType::person) return link + " IN " + persons;
  return link + " IN (SELECT id FROM " + people_table("household") + " AS household WHERE head IN " + persons + ")";
}

std::string Sources::table(std::string_view name, const std::vector<std::string>& columns) const {
  return as_of_ ? store::source_as_of(name, columns, *as_of_) : store::quoted_name(name);
}

std::string Sources::table(const Register& of) const { return table(of.name, column_names(schema_of(of))); }

std::string Sources::join(const std::string& from, const std::string& column, const std::string& table) {
  const std::string link = from + "." + store::quoted_name(column);
  const auto [found, is_new] =
      aliases_.try_emplace(link, (alias_ == "t" ? "j" : alias_ + "_j") + std::to_string(aliases_.size() + 1));
  if (is_new) joins_ += " LEFT JOIN " + table + " AS " + found->second + " ON " + found->second + ".id = " + link;
  return found->second;
}

}  // namespace zhijia::registers
