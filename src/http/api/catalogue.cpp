#include "answers.hpp"
#include "api/api.hpp"
#include "registers/columns.hpp"

namespace zhijia::http {

namespace json = boost::json;
using registers::FieldType;

namespace {

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
    steps.push_back(std::move(object));
  }
  return {{"start", flow.start}, {"states", std::move(states)}, {"steps", std::move(steps)}};
}

json::object described(const registers::Register& of) {
  json::array fields, key;
  for (const registers::Field& field : of.fields) fields.push_back(described(field));
  for (const std::string& name : of.key) key.emplace_back(name);
  json::object object{{"name", of.name},      {"pack", of.pack},     {"title", titled(of.title)},
                      {"label", of.label},    {"scoped", of.scoped}, {"fields", std::move(fields)},
                      {"key", std::move(key)}};
  if (!of.part_of.empty()) object.emplace("part_of", of.part_of);
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
