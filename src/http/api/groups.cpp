#include <fmt/format.h>

#include "api/api.hpp"
#include "api/asking.hpp"
#include "asked.hpp"
#include "base/text.hpp"
#include "people/people.hpp"
#include "registers/columns.hpp"
#include "registers/listing.hpp"

namespace zhijia::http {

namespace json = boost::json;
using registers::Field;
using registers::FieldType;
using registers::Register;

namespace {

/// The field at the end of a path such as "organisation.region"; null when there is none.
const Field* field_at(const registers::Catalogue& catalogue, const Register& of, std::string_view path) {
  const Register* at = &of;
  const Field* field = nullptr;
  for (const std::string_view name : split(path, '.')) {
    field = at ? at->field(name) : nullptr;
    if (!field) return nullptr;
    at = catalogue.find_register(registers::target_of(*field));
  }
  return field;
}

std::string label_of(const Services& services, store::Reader& reader, registers::Texts& texts, const Field& field,
                     Id id) {
  if (field.type == FieldType::person || field.type == FieldType::household) {
    const auto person =
        field.type == FieldType::person ? people::find_person(reader, id) : people::find_head(reader, id);
    return person ? person->name : "";
  }
  return texts.label(*services.registers.catalogue().find_register(registers::target_of(field)), id);
}

json::value value_json(const Services& services, store::Reader& reader, registers::Texts& texts, const Field& field,
                       const registers::Stored& value) {
  if (const auto* text = std::get_if<std::string>(&value)) return json::string(*text);
  const auto* integer = std::get_if<std::int64_t>(&value);
  if (!integer) return nullptr;
  if (field.type == FieldType::yes_no) return *integer != 0;
  if (!registers::is_link(field)) return *integer;
  return json::object{{"id", std::to_string(*integer)}, {"label", label_of(services, reader, texts, field, *integer)}};
}

/// Fen as yuan, a decimal with its places: what is added up is in the field's own unit.
json::value sum_json(const Field& field, std::int64_t sum) {
  if (field.type == FieldType::integer) return json::string(std::to_string(sum));
  const int scale = field.type == FieldType::money ? 2 : field.scale;
  std::int64_t unit = 1;
  for (int i = 0; i < scale; ++i) unit *= 10;
  const std::int64_t size = sum < 0 ? -sum : sum;
  return json::string(scale == 0 ? std::to_string(sum)
                                 : fmt::format("{}{}.{:0{}}", sum < 0 ? "-" : "", size / unit, size % unit, scale));
}

Response list_groups(const Services& services, const Register& of, const Request& request) {
  const auto as_of = asked_number(request, "as_of", 0, position_max);
  if (!as_of) return refusal(as_of.error());
  registers::GroupQuery query{.by = std::string(request.parameter("by")), .sum = std::string(request.parameter("sum"))};
  query.list.where = request.parameter("where");
  query.list.text = request.parameter("q");
  query.list.as_of = *as_of;
  query.list.grants = grants_of(request);
  return services.store.read([&](store::Reader& reader) {
    const auto groups = registers::group(reader, services.registers, of, query);
    if (!groups) return refusal(groups.error());
    const Field& by = *field_at(services.registers.catalogue(), of, query.by);
    const Field* sum = of.field(query.sum);
    registers::Texts texts(services.registers, reader);
    json::array items;
    for (const registers::Group& group : *groups) {
      json::object item{{"value", value_json(services, reader, texts, by, group.value)}, {"records", group.records}};
      if (sum) item.emplace("sum", sum_json(*sum, group.sum));
      items.push_back(std::move(item));
    }
    return json_answer(json::object{{"items", std::move(items)}});
  });
}

}  // namespace

void add_groups(Router& router, const Services& services) {
  const std::string groups = "/api/v1/registers/{register}/groups";
  add_asking(router, groups, groups, {"by", "sum", "where", "q", "as_of"}, of_register(services, list_groups));
}

}  // namespace zhijia::http
