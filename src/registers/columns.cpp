#include "registers/columns.hpp"

#include <algorithm>

namespace zhijia::registers {

bool is_sealed(const Field& field) {
  return field.secret || field.type == FieldType::identity_number || field.type == FieldType::bank_card;
}

bool is_link(const Field& field) {
  using enum FieldType;
  return field.type == ref || field.type == organisation || field.type == person || field.type == household;
}

std::string target_of(const Field& field) {
  if (field.type == FieldType::organisation) return "union";
  return field.type == FieldType::ref ? field.target : "";
}

store::Type column_type(const Field& field) {
  using enum FieldType;
  if (is_sealed(field)) return store::Type::blob;
  switch (field.type) {
    case integer:
    case decimal:
    case money:
    case yes_no:
    case ref:
    case organisation:
    case person:
    case household:
      return store::Type::integer;
    default:
      return store::Type::text;
  }
}

feel::Type feel_type(const Field& field) {
  using Kind = feel::Type::Kind;
  using enum FieldType;
  switch (field.type) {
    case integer:
    case decimal:
    case money:
      return Kind::number;
    case yes_no:
      return Kind::boolean;
    case date:
      return Kind::date;
    case ref:
    case organisation:
    case person:
    case household:
    case attachment:
      return {};
    default:
      return Kind::string;
  }
}

bool is_matched(const Register& of, const Field& field) {
  const auto names_it = [&](const std::vector<std::string>& names) {
    return std::ranges::find(names, field.name) != names.end();
  };
  return field.unique || names_it(of.key) || std::ranges::any_of(of.uniques, names_it, &Unique::fields);
}

std::string match_column(const Field& field) { return is_sealed(field) ? field.name + "_hash" : field.name; }

std::string in_states(const std::vector<std::string>& states, const std::string& alias) {
  std::string names;
  for (const std::string& state : states) names += (names.empty() ? "'" : ", '") + state + "'";
  return (alias.empty() ? "" : alias + ".") + store::quoted_name("state") + " IN (" + names + ")";
}

std::string open_states(const Register& of, const std::string& alias) {
  if (!of.flow) return {};
  std::vector<std::string> names;
  for (const auto& [state, title] : of.flow->states) {
    const bool has_deadline =
        std::ranges::find(of.flow->deadlines, state, &Deadline::state) != of.flow->deadlines.end();
    if (of.flow->is_open(state) || has_deadline) names.push_back(state);
  }
  return names.empty() ? std::string() : in_states(names, alias);
}

store::TableSchema schema_of(const Register& of) {
  using store::Type;
  store::TableSchema schema{
      .name = of.name,
      .columns = {{"id", Type::integer, true}, {"position", Type::integer, true}, {"version", Type::integer, true}},
      .primary_key = {"id"},
      .versioned = true};
  for (const Field& field : of.fields) {
    schema.columns.push_back({field.name, column_type(field)});
    if (is_sealed(field) && is_matched(of, field)) schema.columns.push_back({match_column(field), Type::text});
    if (field.unique) schema.uniques.push_back({match_column(field)});
    if (is_link(field) || field.type == FieldType::date || field.name == of.label)
      schema.indexes.push_back({field.name});
  }
  const auto columns_of = [&](const std::vector<std::string>& names) {
    std::vector<std::string> columns;
    for (const std::string& name : names) columns.push_back(match_column(*of.field(name)));
    return columns;
  };
  for (const Unique& unique : of.uniques) {
    auto columns = columns_of(unique.fields);
    if (unique.states.empty()) schema.uniques.push_back(std::move(columns));
    // Held by the engine: a database from before the rule may break it, and must open all the same. A link has its
    // index.
    else if (std::ranges::find(schema.indexes, columns) == schema.indexes.end())
      schema.partial_indexes.push_back({std::move(columns), in_states(unique.states)});
  }
  if (!of.key.empty()) schema.indexes.push_back(columns_of(of.key));
  if (const std::string open = open_states(of); !open.empty()) schema.partial_indexes.push_back({{"state"}, open});
  std::ranges::sort(schema.indexes);
  schema.indexes.erase(std::ranges::unique(schema.indexes).begin(), schema.indexes.end());
  return schema;
}

std::vector<access::SealedColumn> sealed_columns(const Catalogue& catalogue) {
  std::vector<access::SealedColumn> columns;
  const auto add = [&](const std::string& table, const std::string& column, const std::string& hash_column) {
    columns.push_back({table, {"id"}, column, hash_column});
    columns.push_back({table + "_history", {"id", "version"}, column, hash_column});
  };
  add("person", "identity_number", "identity_number_hash");
  for (const Register& of : catalogue.registers)
    for (const Field& field : of.fields)
      if (is_sealed(field)) add(of.name, field.name, is_matched(of, field) ? match_column(field) : "");
  return columns;
}

store::TableSchema closure_schema() {
  return {.name = "organisation_closure",
          .columns = {{"ancestor", store::Type::integer, true}, {"descendant", store::Type::integer, true}},
          .primary_key = {"ancestor", "descendant"},
          .indexes = {{"descendant"}}};
}

}  // namespace zhijia::registers
