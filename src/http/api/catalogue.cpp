#include "answers.hpp"
#include "api/api.hpp"
#include "registers/columns.hpp"

namespace zhijia::http {

namespace json = boost::json;
using registers::FieldType;

namespace {

json::array names_of(const std::vector<std::string>& names) {
  json::array array;
  for (const std::string& name : names) array.emplace_back(name);
  return array;
}

constexpr std::string_view sight_names[] = {"hidden", "masked", "visible"};

json::object described(const registers::FieldAccess& access) {
  json::object object{{"others", sight_names[static_cast<std::size_t>(access.others)]}};
  for (const auto& [role, sight] : access.by_role) {
    json::value& roles = object[sight_names[static_cast<std::size_t>(sight)]];
    if (!roles.is_array()) roles = json::array();
    roles.get_array().emplace_back(role);
  }
  return object;
}

/// What the pack says; what it leaves to the engine is left out.
json::object described(const registers::Access& access) {
  json::object object;
  for (const auto& [name, roles] :
       {std::pair{"read", &access.read}, std::pair{"create", &access.create}, std::pair{"reveal", &access.reveal}})
    if (*roles) object.emplace(name, names_of(**roles));
  if (!access.change) return object;
  json::array rules;
  for (const registers::ChangeRule& rule : *access.change)
    rules.push_back(
        json::object{{"by", names_of(rule.by)}, {"in", names_of(rule.states)}, {"fields", names_of(rule.fields)}});
  object.emplace("change", std::move(rules));
  return object;
}

json::object described(const registers::Term& term) {
  constexpr std::string_view units[] = {"days", "working_days", "months"};
  return {{"unit", units[static_cast<std::size_t>(term.unit)]}, {"length", term.length}};
}

json::object described(const registers::Deadline& deadline) {
  json::object object{{"name", deadline.name},
                      {"title", titled(deadline.title)},
                      {"state", deadline.state},
                      {"term", described(deadline.term)}};
  for (const auto& [name, text] :
       {std::pair{"after", &deadline.after}, std::pair{"step", &deadline.step}, std::pair{"remind", &deadline.role}})
    if (!text->empty()) object.emplace(name, *text);
  return object;
}

json::object described(const registers::Publicity& publicity) {
  return {{"state", publicity.state},
          {"term", described(publicity.term)},
          {"show", names_of(publicity.shown)},
          {"mask", names_of(publicity.masked)},
          {"unopposed", publicity.unopposed},
          {"upheld", publicity.upheld},
          {"answered_by", publicity.answered_by},
          {"answer", described(publicity.answer)}};
}

json::object described(const registers::Field& field) {
  json::object object{{"name", field.name},
                      {"type", type_name(field.type)},
                      {"title", titled(field.title)},
                      {"required", field.required},
                      {"unique", field.unique},
                      {"secret", registers::is_sealed(field)},
                      {"computed", !field.computed_as.empty()}};
  if (!field.note.zh.empty()) object.emplace("note", titled(field.note));
  if (!field.target.empty()) object.emplace("target", field.target);
  if (field.type == FieldType::decimal) object.emplace("scale", field.scale);
  if (!field.default_text.empty()) object.emplace("default", field.default_text);
  if (!field.period.empty()) object.emplace("period", field.period);
  if (!field.access.by_role.empty() || field.access.others == registers::Sight::hidden)
    object.emplace("access", described(field.access));
  return object;
}

json::object described(const registers::Flow& flow) {
  json::array states, steps;
  for (const auto& [name, title] : flow.states)
    states.push_back(json::object{{"name", name}, {"title", titled(title)}});
  for (const registers::Step& step : flow.steps) {
    json::object object{
        {"name", step.name}, {"title", titled(step.title)}, {"from", step.from}, {"to", step.to}, {"by", step.by}};
    if (!step.never_by.empty()) object.emplace("never_by", step.never_by);
    if (step.needs_reason) object.emplace("needs_reason", true);
    if (!step.needs_fields.empty()) object.emplace("with", names_of(step.needs_fields));
    if (!step.may_fields.empty()) object.emplace("may", names_of(step.may_fields));
    steps.push_back(std::move(object));
  }
  json::array deadlines, publicities;
  for (const registers::Deadline& deadline : flow.deadlines) deadlines.push_back(described(deadline));
  for (const registers::Publicity& publicity : flow.publicities) publicities.push_back(described(publicity));
  return {{"start", flow.start},
          {"states", std::move(states)},
          {"steps", std::move(steps)},
          {"deadlines", std::move(deadlines)},
          {"publicity", std::move(publicities)}};
}

json::object described(const registers::Register& of) {
  json::array fields;
  for (const registers::Field& field : of.fields) fields.push_back(described(field));
  json::object object{{"name", of.name},        {"pack", of.pack},     {"title", titled(of.title)},
                      {"label", of.label},      {"scoped", of.scoped}, {"fields", std::move(fields)},
                      {"key", names_of(of.key)}};
  if (!of.part_of.empty()) object.emplace("part_of", of.part_of);
  if (of.takes_objections) object.emplace("takes_objections", true);
  if (of.is_shared) object.emplace("shared", true);
  if (json::object access = described(of.access); !access.empty()) object.emplace("access", std::move(access));
  if (of.flow) object.emplace("flow", described(*of.flow));
  return object;
}

json::object described(const registers::Catalogue& catalogue) {
  json::array packs, registers;
  for (const registers::Pack& pack : catalogue.packs)
    packs.push_back(json::object{{"name", pack.name}, {"title", titled(pack.title)}, {"order", pack.order}});
  for (const registers::Register& of : catalogue.registers) registers.push_back(described(of));
  json::object lists;
  for (const registers::CodeList& codes : catalogue.code_lists) {
    json::array values;
    for (const auto& [code, title] : codes.values)
      values.push_back(json::object{{"code", code}, {"title", titled(title)}});
    lists.emplace(codes.name, json::object{{"title", titled(codes.title)}, {"values", std::move(values)}});
  }
  return {{"packs", std::move(packs)}, {"registers", std::move(registers)}, {"code_lists", std::move(lists)}};
}

}  // namespace

json::object titled(const registers::Title& title) { return {{"zh", title.zh}, {"en", title.en}}; }

std::string_view type_name(FieldType type) {
  using enum FieldType;
  switch (type) {
    case text:
      return "text";
    case long_text:
      return "long_text";
    case integer:
      return "integer";
    case decimal:
      return "decimal";
    case money:
      return "money";
    case date:
      return "date";
    case yes_no:
      return "yes_no";
    case choice:
      return "choice";
    case region:
      return "region";
    case ref:
      return "ref";
    case organisation:
      return "organisation";
    case person:
      return "person";
    case household:
      return "household";
    case phone:
      return "phone";
    case identity_number:
      return "identity_number";
    case credit_code:
      return "credit_code";
    case bank_card:
      return "bank_card";
    case attachment:
      return "attachment";
  }
  return "text";
}

void add_catalogue(Router& router, const Services& services) {
  // A catalogue never changes while the program runs.
  const std::string catalogue = json::serialize(described(services.registers.catalogue()));
  router.add("GET", "/api/v1/catalogue", [catalogue](const Request&) { return Response{.body = catalogue}; });
}

}  // namespace zhijia::http
