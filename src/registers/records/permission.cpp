#include "registers/permission.hpp"

#include <algorithm>

#include "registers/columns.hpp"

namespace zhijia::registers {
namespace {

/// How many references may lead from a record to the place that it lies in.
constexpr int links_max = 3;

template <typename Value>
std::string one_of(const std::string& column, const std::vector<Value>& values, ReachCondition& into) {
  for (const Value& value : values) into.parameters.emplace_back(value);
  return column + " IN (" + store::placeholders(values.size()) + ")";
}

std::string any_of(const std::vector<std::string>& conditions) {
  std::string sql;
  for (const std::string& condition : conditions) sql += (sql.empty() ? "" : " OR ") + condition;
  return sql.empty() ? "1 = 0" : "(" + sql + ")";
}

std::string union_lies_in(const std::string& column, const std::string& alias, const Reach& reach,
                          ReachCondition& into) {
  std::vector<std::string> conditions;
  if (!reach.unions.empty()) conditions.push_back(one_of(column, reach.unions, into));
  if (!reach.subtrees.empty())
    conditions.push_back("EXISTS (SELECT 1 FROM organisation_closure " + alias + "_c WHERE " + alias +
                         "_c.descendant = " + column + " AND " + one_of(alias + "_c.ancestor", reach.subtrees, into) +
                         ")");
  if (!reach.regions.empty())
    conditions.push_back("EXISTS (SELECT 1 FROM " + store::quoted_name("union") + " " + alias + "_u WHERE " + alias +
                         "_u.id = " + column + " AND " + one_of(alias + "_u.region", reach.regions, into) + ")");
  return any_of(conditions);
}

/// Whether the record concerns the person; "1 = 0" for registers that their packs keep to staff.
std::string concerns(const Catalogue& catalogue, const Register& of, const std::string& alias, Id person,
                     ReachCondition& into) {
  if (!of.self) return "1 = 0";
  const std::string column = alias + ".";
  if (const Field* whose = of.field(of.self->whose)) {
    into.parameters.emplace_back(person);
    const std::string value = column + store::quoted_name(whose->name);
    if (whose->type == FieldType::person) return value + " = ?";
    return "EXISTS (SELECT 1 FROM household " + alias + "_h WHERE " + alias + "_h.id = " + value + " AND " + alias +
           "_h.head = ?)";
  }
  const std::string owner = alias + "_o";
  return "EXISTS (SELECT 1 FROM " + store::quoted_name(of.part_of) + " " + owner + " WHERE " + owner +
         ".id = " + column + "part_of AND " +
         concerns(catalogue, *catalogue.find_register(of.part_of), owner, person, into) + ")";
}

std::optional<std::string> lies_in(const Catalogue& catalogue, const Register& of, const std::string& alias,
                                   const Reach& reach, int links, ReachCondition& into) {
  const auto column = [&](const std::string& name) { return alias + "." + store::quoted_name(name); };
  if (of.name == "union") return union_lies_in(alias + ".id", alias, reach, into);
  if (of.scoped) return union_lies_in(column("organisation"), alias, reach, into);
  if (const auto region = std::ranges::find(of.fields, FieldType::region, &Field::type); region != of.fields.end())
    return reach.regions.empty() ? "1 = 0" : one_of(column(region->name), reach.regions, into);
  if (links == 0) return std::nullopt;
  for (const Field& field : of.fields) {
    if (!field.required || !is_link(field)) continue;
    const Register* target = catalogue.find_register(target_of(field));
    if (!target) continue;
    const std::string next = alias + "_l";
    const auto inner = lies_in(catalogue, *target, next, reach, links - 1, into);
    if (inner)
      return "EXISTS (SELECT 1 FROM " + store::quoted_name(target->name) + " " + next + " WHERE " + next +
             ".id = " + column(field.name) + " AND " + *inner + ")";
  }
  return std::nullopt;
}

}  // namespace

bool may(std::string_view role, Operation operation) {
  switch (operation) {
    case Operation::read:
      return role != "admin" && role != worker_role;
    case Operation::create:
    case Operation::change:
      return role == "clerk" || role == "manager";
    case Operation::reveal:
      return role == "manager";
  }
  return false;
}

void Reach::add(const access::Grant& grant) {
  switch (grant.scope) {
    case access::Scope::own:
      unions.push_back(grant.organisation);
      break;
    case access::Scope::own_and_below:
      subtrees.push_back(grant.organisation);
      break;
    case access::Scope::region:
      regions.push_back(grant.region);
      break;
    case access::Scope::all:
      all = true;
      break;
  }
}

Reach reach_of(const std::vector<access::Grant>& grants, Operation operation) {
  Reach reach;
  for (const access::Grant& grant : grants)
    if (may(grant.role, operation)) reach.add(grant);
  return reach;
}

ReachCondition reach_condition(const Catalogue& catalogue, const Register& of, const std::string& alias,
                               const Reach& reach) {
  if (reach.all) return {"1 = 1", {}};
  ReachCondition condition{"1 = 0", {}};
  if (reach.is_none()) return condition;
  if (reach.person != 0) {
    condition.sql = concerns(catalogue, of, alias, reach.person, condition);
    return condition;
  }
  if (auto sql = lies_in(catalogue, of, alias, reach, links_max, condition)) condition.sql = std::move(*sql);
  return condition;
}

bool covers(store::Reader& reader, const Registers& registers, const Register& of, Id record, const Reach& reach) {
  if (reach.all || reach.is_none()) return reach.all;
  const ReachCondition condition = reach_condition(registers.catalogue(), of, "t", reach);
  std::vector<store::Parameter> parameters;
  for (const auto& value : condition.parameters)
    std::visit([&](const auto& held) { parameters.emplace_back(held); }, value);
  parameters.emplace_back(record);
  return reader
      .query_with("SELECT 1 FROM " + store::quoted_name(of.name) + " t WHERE " + condition.sql + " AND t.id = ?",
                  std::span<const store::Parameter>(parameters))
      .next();
}

std::vector<std::string> roles_over(store::Reader& reader, const Registers& registers, const Register& of, Id record,
                                    const std::vector<access::Grant>& grants) {
  std::vector<std::string> roles;
  for (const access::Grant& grant : grants) {
    if (std::ranges::find(roles, grant.role) != roles.end()) continue;
    Reach reach;
    reach.add(grant);
    if (covers(reader, registers, of, record, reach)) roles.push_back(grant.role);
  }
  return roles;
}

}  // namespace zhijia::registers
