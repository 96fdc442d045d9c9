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
                                   const Reach& reach, int links, std::string_view at, ReachCondition& into) {
  const auto column = [&](const std::string& name) { return alias + "." + store::quoted_name(name); };
  if (of.name == "union") return union_lies_in(alias + ".id", alias, reach, into);
  if (of.scoped) {
    std::vector<std::string> unions{"organisation"};
    unions.insert(unions.end(), of.ends.begin(), of.ends.end());
    std::vector<std::string> conditions;
    for (const std::string& name : unions)
      if (at.empty() || at == name) conditions.push_back(union_lies_in(column(name), alias, reach, into));
    return any_of(conditions);
  }
  if (const auto region = std::ranges::find(of.fields, FieldType::region, &Field::type); region != of.fields.end())
    return reach.regions.empty() ? "1 = 0" : one_of(column(region->name), reach.regions, into);
  if (links == 0) return std::nullopt;
  for (const Field& field : of.fields) {
    if (!field.required || !is_link(field)) continue;
    const Register* target = catalogue.find_register(target_of(field));
    if (!target) continue;
    const std::string next = alias + "_l";
    const auto inner = lies_in(catalogue, *target, next, reach, links - 1, {}, into);
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

bool may(const Register& of, std::string_view role, Operation operation) {
  const auto among = [&](const std::optional<std::vector<std::string>>& roles) {
    return roles ? std::ranges::find(*roles, role) != roles->end() : may(role, operation);
  };
  switch (operation) {
    case Operation::read:
      return among(of.access.read);
    case Operation::create:
      return among(of.access.create);
    case Operation::reveal:
      return among(of.access.reveal);
    case Operation::change:
      if (!of.access.change) return may(role, operation);
      return std::ranges::any_of(
          *of.access.change, [&](const ChangeRule& rule) { return std::ranges::find(rule.by, role) != rule.by.end(); });
  }
  return false;
}

Sight sight_of(const Field& field, std::string_view role) {
  const auto found = std::ranges::find(field.access.by_role, role, &std::pair<std::string, Sight>::first);
  const Sight sight = found == field.access.by_role.end() ? field.access.others : found->second;
  return is_sealed(field) ? std::min(sight, Sight::masked) : sight;
}

std::vector<Sight> sights_of(const Register& of, const std::vector<std::string>& roles) {
  std::vector<Sight> sights;
  for (const Field& field : of.fields) {
    Sight most = roles.empty() ? (is_sealed(field) ? Sight::masked : Sight::visible) : Sight::hidden;
    for (const std::string& role : roles) most = std::max(most, sight_of(field, role));
    sights.push_back(most);
  }
  return sights;
}

bool has_field_access(const Register& of) {
  return std::ranges::any_of(of.fields, [](const Field& field) {
    return !field.access.by_role.empty() || (field.access.others != Sight::visible && !is_sealed(field));
  });
}

Problems refused_changes(const Register& of, const std::vector<std::string>& roles, std::string_view state,
                         const std::vector<std::string>& fields) {
  const auto has = [](const std::vector<std::string>& names, std::string_view name) {
    return std::ranges::find(names, name) != names.end();
  };
  std::vector<const ChangeRule*> rules;
  if (of.access.change) {
    for (const ChangeRule& rule : *of.access.change)
      if (std::ranges::any_of(roles, [&](const std::string& role) { return has(rule.by, role); }) &&
          (rule.states.empty() || has(rule.states, state)))
        rules.push_back(&rule);
    if (rules.empty())
      return {
          {"access.state",
           {},
           {"在当前状态下，您的角色不能修改此记录。", "In its present state your roles may not change this record."}}};
  }
  const std::vector<Sight> sights = sights_of(of, roles);
  Problems problems;
  for (const std::string& name : fields) {
    const Field* field = of.field(name);
    if (!field) continue;
    const bool is_hidden = sights[of.place(*field)] == Sight::hidden;
    const bool is_open = rules.empty() || std::ranges::any_of(rules, [&](const ChangeRule* rule) {
                           return rule->fields.empty() || has(rule->fields, name);
                         });
    if (!is_hidden && is_open) continue;
    problems.push_back({"access.field",
                        {.field = name},
                        {(is_hidden ? name : field->title.zh) + "：您的角色现在不能修改此项。",
                         (is_hidden ? name : field->title.en) + ": your roles may not change this now."}});
  }
  return problems;
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

Reach reach_of(const Register& of, const std::vector<access::Grant>& grants, Operation operation) {
  Reach reach;
  for (const access::Grant& grant : grants)
    if (may(of, grant.role, operation)) reach.add(grant);
  return of.is_shared && operation == Operation::read && !reach.is_none() ? Reach::everything() : reach;
}

ReachCondition reach_condition(const Catalogue& catalogue, const Register& of, const std::string& alias,
                               const Reach& reach, std::string_view at) {
  if (reach.all) return {"1 = 1", {}};
  ReachCondition condition{"1 = 0", {}};
  if (reach.is_none()) return condition;
  if (reach.person != 0) {
    condition.sql = concerns(catalogue, of, alias, reach.person, condition);
    return condition;
  }
  if (auto sql = lies_in(catalogue, of, alias, reach, links_max, at, condition)) condition.sql = std::move(*sql);
  return condition;
}

bool covers(store::Reader& reader, const Registers& registers, const Register& of, Id record, const Reach& reach,
            std::string_view at) {
  if (reach.all || reach.is_none()) return reach.all;
  const ReachCondition condition = reach_condition(registers.catalogue(), of, "t", reach, at);
  std::vector<store::Parameter> parameters;
  for (const auto& value : condition.parameters)
    std::visit([&](const auto& held) { parameters.emplace_back(held); }, value);
  parameters.emplace_back(record);
  return reader
      .query_with("SELECT 1 FROM " + store::quoted_name(of.name) + " t WHERE " + condition.sql + " AND t.id = ?",
                  std::span<const store::Parameter>(parameters))
      .next();
}

std::vector<access::Grant> grants_over(store::Reader& reader, const Registers& registers, const Register& of, Id record,
                                       const std::vector<access::Grant>& grants, std::string_view at) {
  std::vector<access::Grant> over;
  for (const access::Grant& grant : grants) {
    const bool is_known = std::ranges::any_of(over, [&](const access::Grant& known) {
      return known.role == grant.role && known.deputed_by == grant.deputed_by;
    });
    if (is_known) continue;
    Reach reach;
    reach.add(grant);
    if (covers(reader, registers, of, record, reach, at)) over.push_back(grant);
  }
  return over;
}

std::vector<std::string> roles_of(const std::vector<access::Grant>& grants) {
  std::vector<std::string> roles;
  for (const access::Grant& grant : grants) roles.push_back(grant.role);
  return roles;
}

void add_roles(const std::vector<access::Grant>& grants, Actor& actor) {
  for (const access::Grant& grant : grants)
    if (grant.deputed_by == 0)
      actor.roles.push_back(grant.role);
    else
      actor.deputed.push_back({grant.role, std::to_string(grant.deputed_by)});
}

}  // namespace zhijia::registers
