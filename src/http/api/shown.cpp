#include "api/shown.hpp"

#include "base/text.hpp"
#include "registers/columns.hpp"
#include "registers/listing.hpp"

namespace zhijia::http {

namespace json = boost::json;
using registers::Field;
using registers::FieldType;
using registers::Register;

namespace {

/// As people read it: what a link leads to by its name, a person who is shown to all by his surname.
json::value shown_value(registers::Texts& texts, const Register& of, std::size_t place, const registers::Record& record,
                        const Register* target, bool masks) {
  const FieldType type = of.fields[place].type;
  if (masks && (type == FieldType::person || type == FieldType::household))
    return json::value(mask_name(texts.value(of, place, record)));
  const auto* id = std::get_if<std::int64_t>(&record.values[place]);
  if (!target || !id) return value_json(texts, of, place, record);
  return json::object{{"id", std::to_string(*id)}, {"label", texts.label(*target, *id)}};
}

}  // namespace

json::object shown_json(const registers::Catalogue& catalogue, registers::Texts& texts, const Register& of,
                        const registers::Record& record, const std::vector<std::string>& fields, bool masks) {
  json::object values;
  std::string label = std::to_string(record.id);
  for (const std::string& name : fields) {
    const Field* field = of.field(name);
    const auto place = of.place(*field);
    const bool is_person = field->type == FieldType::person || field->type == FieldType::household;
    const Register* target = catalogue.find_register(registers::target_of(*field));
    values.emplace(name, shown_value(texts, of, place, record, target, masks));
    if (name == of.label && !is_person)
      if (std::string text = texts.value(of, place, record); !text.empty()) label = std::move(text);
  }
  json::object shown{{"id", std::to_string(record.id)},
                     {"version", record.version},
                     {"label", std::move(label)},
                     {"values", std::move(values)}};
  if (of.flow) shown.emplace("state", std::get<std::string>(record.values[of.place("state")]));
  return shown;
}

json::object field_json(const registers::Catalogue& catalogue, const Field& field) {
  json::object described{{"name", field.name},
                         {"type", type_name(field.type)},
                         {"title", titled(field.title)},
                         {"required", field.required}};
  if (!field.note.zh.empty()) described.emplace("note", titled(field.note));
  if (!field.default_text.empty()) described.emplace("default", field.default_text);
  if (field.type == FieldType::ref) described.emplace("target", field.target);
  if (const registers::CodeList* codes =
          field.type == FieldType::choice ? catalogue.find_codes(field.target) : nullptr) {
    json::array choices;
    for (const auto& [code, title] : codes->values)
      choices.push_back(json::object{{"code", code}, {"title", titled(title)}});
    described.emplace("choices", std::move(choices));
  }
  return described;
}

json::array states_json(const Register& of) {
  json::array states;
  if (of.flow)
    for (const auto& [name, title] : of.flow->states)
      states.push_back(json::object{{"name", name}, {"title", titled(title)}});
  return states;
}

bool is_open(store::Reader& reader, const registers::Registers& registers, const Register& of, Id record) {
  if (!of.open) return false;
  const auto page = registers::list(reader, registers, of, {.where = of.open->where, .limit = 1, .only = record});
  return page && !page->records.empty();
}

}  // namespace zhijia::http
