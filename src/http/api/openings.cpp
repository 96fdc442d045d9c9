#include <fmt/format.h>

#include "api/shown.hpp"
#include "asked.hpp"
#include "registers/listing.hpp"

namespace zhijia::http {

namespace json = boost::json;
using registers::Register;

namespace {

json::object described(const registers::Catalogue& catalogue, const Register& of) {
  json::array fields;
  for (const std::string& name : of.open->fields) fields.push_back(field_json(catalogue, *of.field(name)));
  return {{"name", of.name},
          {"theme", of.open->theme},
          {"title", titled(of.title)},
          {"fields", std::move(fields)},
          {"states", states_json(of)}};
}

Response list_open(const Services& services, const Register& of, const Request& request) {
  if (!of.open) return not_found();
  const auto limit = asked_number(request, "limit", 1, 100);
  if (!limit) return refusal(limit.error());
  const registers::ListQuery query{.where = of.open->where,
                                   .sort = registers::parse_sort(of.open->sort),
                                   .after = std::string(request.parameter("after")),
                                   .limit = static_cast<std::size_t>(limit->value_or(20))};
  return services.store.read([&](store::Reader& reader) {
    const auto page = registers::list(reader, services.registers, of, query);
    if (!page) return refusal(page.error());
    registers::Texts texts(services.registers, reader);
    json::array items;
    for (const registers::Record& record : page->records)
      items.push_back(shown_json(services.registers.catalogue(), texts, of, record, of.open->fields, true));
    return json_answer(json::object{{"items", std::move(items)},
                                    {"next", page->next.empty() ? json::value(nullptr) : json::value(page->next)}});
  });
}

Response show_open(const Services& services, const Register& of, const Request& request) {
  return services.store.read([&](store::Reader& reader) {
    const Id id = parse_id(request["id"]);
    if (!is_open(reader, services.registers, of, id)) return out_of_reach();
    const auto record = services.registers.read(reader, of, id);
    if (!record) return refusal(record.error());
    registers::Texts texts(services.registers, reader);
    return json_answer(shown_json(services.registers.catalogue(), texts, of, *record, of.open->fields, true));
  });
}

/// What the end of a record's link is: nobody without the vault's key can work it out, and nothing need be stored.
std::string link_mark(const Services& services, const Register& of, Id record) {
  return services.registers.vault().fingerprint(fmt::format("link:{}/{}", of.name, record)).substr(0, 32);
}

/// For staff who may change the record: what they hand to the donor.
Response make_link(const Services& services, const Register& of, const Request& request) {
  if (of.linked.empty()) return not_found();
  const Id id = parse_id(request["id"]);
  return services.store.read([&](store::Reader& reader) {
    if (!registers::covers(reader, services.registers, of, id,
                           registers::reach_of(of, request.session->user.grants, registers::Operation::change)))
      return out_of_reach();
    return json_answer(
        json::object{{"address", fmt::format("/m/link/{}/{}/{}", of.name, id, link_mark(services, of, id))}});
  });
}

/// The record, and its parts where their packs open them too.
Response show_linked(const Services& services, const Register& of, const Request& request) {
  const Id id = parse_id(request["id"]);
  if (of.linked.empty() || link_mark(services, of, id) != request["mark"]) return out_of_reach();
  return services.store.read([&](store::Reader& reader) {
    const auto record = services.registers.read(reader, of, id);
    if (!record) return refusal(record.error());
    registers::Texts texts(services.registers, reader);
    const registers::Catalogue& catalogue = services.registers.catalogue();
    const auto with_fields = [&](const Register& table, json::object shown) {
      json::array fields;
      for (const std::string& name : table.linked) fields.push_back(field_json(catalogue, *table.field(name)));
      shown.emplace("title", titled(table.title));
      shown.emplace("fields", std::move(fields));
      return shown;
    };
    json::array parts;
    for (const Register& table : catalogue.registers) {
      if (table.part_of != of.name || table.linked.empty()) continue;
      const auto page = registers::list(reader, services.registers, table, {.limit = 100, .part_of = id});
      if (!page) return refusal(page.error());
      json::array items;
      for (const registers::Record& part : page->records)
        items.push_back(shown_json(services.registers.catalogue(), texts, table, part, table.linked, true));
      parts.push_back(with_fields(table, {{"items", std::move(items)}}));
    }
    json::object answer =
        with_fields(of, shown_json(services.registers.catalogue(), texts, of, *record, of.linked, true));
    answer.emplace("states", states_json(of));
    answer.emplace("parts", std::move(parts));
    return json_answer(answer);
  });
}

}  // namespace

void add_openings(Router& router, const Services& services) {
  json::array opened;
  for (const Register& of : services.registers.catalogue().registers)
    if (of.open) opened.push_back(described(services.registers.catalogue(), of));
  router.add("GET", "/api/v1/public/registers",
             [description = json::serialize(opened)](const Request&) { return Response{.body = description}; });
  router.add("GET", "/api/v1/public/records/{register}", of_register(services, list_open));
  router.add("GET", "/api/v1/public/records/{register}/{id}", of_register(services, show_open));
  router.add("GET", "/api/v1/public/links/{register}/{id}/{mark}", of_register(services, show_linked));
  if (services.users) router.add("POST", "/api/v1/links/{register}/{id}", of_register(services, make_link));
}

}  // namespace zhijia::http
