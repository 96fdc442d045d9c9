#include <fmt/format.h>

#include "api/api.hpp"
#include "asked.hpp"
#include "base/money.hpp"
#include "people/people.hpp"
#include "registers/columns.hpp"
#include "registers/listing.hpp"

namespace zhijia::http {

namespace json = boost::json;
using registers::Field;
using registers::FieldType;
using registers::Record;
using registers::Register;

json::value value_json(registers::Texts& texts, const Register& of, std::size_t place, const Record& record) {
  const Field& field = of.fields[place];
  const registers::Stored& stored = record.values[place];
  if (std::holds_alternative<std::monostate>(stored)) return nullptr;
  if (const auto* integer = std::get_if<std::int64_t>(&stored)) {
    if (registers::is_link(field))
      return json::object{{"id", std::to_string(*integer)}, {"label", texts.value(of, place, record)}};
    if (field.type == FieldType::yes_no) return *integer != 0;
    if (field.type == FieldType::integer) return *integer;
    return json::string(texts.value(of, place, record));
  }
  // Codes and states stay codes: their titles are in the catalogue.
  if (registers::is_sealed(field)) return json::string(texts.value(of, place, record));
  return json::string(std::get<std::string>(stored));
}

json::object record_json(registers::Texts& texts, const Register& of, const Record& record) {
  json::object values;
  json::array masked;
  std::string label;
  for (std::size_t i = 0; i < of.fields.size(); ++i) {
    values.emplace(of.fields[i].name, value_json(texts, of, i, record));
    if (of.fields[i].name == of.label) label = texts.value(of, i, record);
    if (registers::is_sealed(of.fields[i])) masked.emplace_back(of.fields[i].name);
  }
  return {{"id", std::to_string(record.id)}, {"version", record.version},
          {"position", record.position},     {"label", label.empty() ? std::to_string(record.id) : label},
          {"values", std::move(values)},     {"masked", std::move(masked)}};
}

namespace {

Result<registers::ListQuery> asked_list(const Request& request) {
  const auto limit = asked_number(request, "limit", 1, registers::list_limit_max);
  if (!limit) return std::unexpected(limit.error());
  const auto as_of = asked_number(request, "as_of", 0, position_max);
  if (!as_of) return std::unexpected(as_of.error());
  const auto total = asked_yes_no(request, "total");
  if (!total) return std::unexpected(total.error());
  registers::ListQuery query{.where = std::string(request.parameter("where")),
                             .text = std::string(request.parameter("q")),
                             .sort = {},
                             .after = std::string(request.parameter("after")),
                             .limit = static_cast<std::size_t>(limit->value_or(50)),
                             .counts_total = *total,
                             .as_of = *as_of};
  query.sort = registers::parse_sort(request.parameter("sort"));
  return query;
}

Response list_records(const Services& services, const Register& of, const Request& request) {
  auto query = asked_list(request);
  if (!query) return refusal(query.error());
  query->reach = reading_reach(request);
  return services.store.read([&](store::Reader& reader) {
    const auto page = registers::list(reader, services.registers, of, *query);
    if (!page) return refusal(page.error());
    registers::Texts texts(services.registers, reader);
    json::array items;
    for (const Record& record : page->records) items.push_back(record_json(texts, of, record));
    json::object answer{{"items", std::move(items)}};
    answer.emplace("next", page->next.empty() ? json::value(nullptr) : json::value(page->next));
    if (page->total) answer.emplace("total", *page->total);
    return json_answer(answer);
  });
}

Response show_record(const Services& services, const Register& of, const Request& request) {
  return services.store.read([&](store::Reader& reader) {
    const auto record = services.registers.read(reader, of, id_of(request["id"]));
    if (!record) return refusal(record.error());
    if (!registers::covers(reader, services.registers, of, record->id, reading_reach(request))) return out_of_reach();
    const std::string tag = fmt::format("\"{}\"", record->version);
    if (request.header("if-none-match") == tag) return Response{.status = 304, .headers = {{"ETag", tag}}};
    registers::Texts texts(services.registers, reader);
    Response response = json_answer(record_json(texts, of, *record));
    response.headers.emplace_back("ETag", tag);
    return response;
  });
}

/// The record's life as the change log has it; secrets stand in it as fingerprints, which tell nobody anything.
Response record_history(const Services& services, const Register& of, const Request& request) {
  return services.store.read([&](store::Reader& reader) {
    const auto record = services.registers.read(reader, of, id_of(request["id"]));
    if (!record) return refusal(record.error());
    if (!registers::covers(reader, services.registers, of, record->id, reading_reach(request))) return out_of_reach();
    json::array entries;
    for (const store::StoredEntry& stored : reader.entries_of(of.name, record->id)) {
      const json::value written = json::parse(stored.entry.body);
      json::object body;
      for (const auto& [name, change] : written.as_object()) {
        const Field* field = of.field(name);
        if (field && registers::is_sealed(*field)) continue;
        const bool has_before = change.is_array();
        body.emplace(name, json::object{{"before", has_before ? change.get_array()[0] : json::value(nullptr)},
                                        {"after", has_before ? change.get_array()[1] : change}});
      }
      entries.push_back(json::object{{"position", stored.position},
                                     {"at", stored.at},
                                     {"actor", stored.entry.actor},
                                     {"source", stored.entry.source},
                                     {"action", stored.entry.kind},
                                     {"changes", std::move(body)}});
    }
    return json_answer(entries);
  });
}

}  // namespace

void add_records(Router& router, const Services& services) {
  const std::string records = "/api/v1/registers/{register}/records";
  router.add("GET", records, of_register(services, list_records));
  router.add("GET", records + "/{id}", of_register(services, show_record));
  router.add("GET", records + "/{id}/history", of_register(services, record_history));
}

}  // namespace zhijia::http
