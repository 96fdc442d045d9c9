#include <fmt/format.h>

#include "api/actors.hpp"
#include "api/api.hpp"
#include "api/asking.hpp"
#include "asked.hpp"
#include "base/money.hpp"
#include "people/people.hpp"
#include "registers/columns.hpp"
#include "registers/listing.hpp"
#include "sights.hpp"

namespace zhijia::http {

namespace json = boost::json;
using registers::Field;
using registers::FieldType;
using registers::Record;
using registers::Register;

namespace {

/// What is seen masked keeps its JSON type: a person's surname, the end of a number, else *** or, for what is no text,
/// null.
json::value masked_value(registers::Texts& texts, const Register& of, std::size_t place, const Record& record) {
  const Field& field = of.fields[place];
  const std::string text = texts.shown(of, place, record, registers::Sight::masked);
  const auto* id = std::get_if<std::int64_t>(&record.values[place]);
  if (field.type == FieldType::person || field.type == FieldType::household)
    return json::object{{"id", std::to_string(*id)}, {"label", text}};
  if (id || field.type == FieldType::date) return nullptr;
  return json::string(text);
}

/// A value as docs/api.md has it: money and decimals as texts, so that nobody's floating point rounds them.
json::value value_of(registers::Texts& texts, const Register& of, std::size_t place, const Record& record,
                     registers::Sight sight) {
  const Field& field = of.fields[place];
  const registers::Stored& stored = record.values[place];
  if (field.type == FieldType::attachment) return attachments_json(field, stored);
  if (std::holds_alternative<std::monostate>(stored)) return nullptr;
  if (sight != registers::Sight::visible && !registers::is_sealed(field)) return masked_value(texts, of, place, record);
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

}  // namespace

json::value value_json(registers::Texts& texts, const Register& of, std::size_t place, const Record& record) {
  return value_of(texts, of, place, record, registers::Sight::visible);
}

json::object record_json(registers::Texts& texts, const Register& of, const Record& record,
                         const std::vector<registers::Sight>& sights) {
  json::object values;
  json::array masked;
  std::string label;
  for (std::size_t i = 0; i < of.fields.size(); ++i) {
    if (sights[i] == registers::Sight::hidden) continue;
    values.emplace(of.fields[i].name, value_of(texts, of, i, record, sights[i]));
    if (of.fields[i].name == of.label) label = texts.shown(of, i, record, sights[i]);
    if (sights[i] == registers::Sight::masked) masked.emplace_back(of.fields[i].name);
  }
  return {{"id", std::to_string(record.id)}, {"version", record.version},
          {"position", record.position},     {"label", label.empty() ? std::to_string(record.id) : label},
          {"values", std::move(values)},     {"masked", std::move(masked)}};
}

namespace {

/// "120-180".
std::optional<std::pair<std::int64_t, std::int64_t>> asked_span(std::string_view text) {
  const std::size_t dash = text.find('-');
  const Id first = parse_id(text.substr(0, dash));
  const Id last = dash == std::string_view::npos ? 0 : parse_id(text.substr(dash + 1));
  if (first == 0 || last < first) return std::nullopt;
  return std::pair(first, last);
}

}  // namespace

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
  if (is_given(request, "linked")) {
    const std::string_view linked = request.parameter("linked");
    query.linked = linked.substr(0, linked.find(':'));
    query.ids = {parse_id(linked.substr(std::min(query.linked.size() + 1, linked.size())))};
  }
  if (is_given(request, "written")) {
    const auto span = asked_span(request.parameter("written"));
    if (!span)
      return std::unexpected(Problems{bad_parameter("written", "应为变更日志的起止位置，如 120-180。",
                                                    "Two positions of the change log are wanted, such as 120-180.")});
    query.written = *span;
  }
  query.sort = registers::parse_sort(request.parameter("sort"));
  return query;
}

namespace {

Response list_records(const Services& services, const Register& of, const Request& request) {
  auto query = asked_list(request);
  if (!query) return refusal(query.error());
  query->grants = grants_of(request);
  return services.store.read([&](store::Reader& reader) {
    const auto page = registers::list(reader, services.registers, of, *query);
    if (!page) return refusal(page.error());
    registers::Texts texts(services.registers, reader);
    Sights sights(services, reader, of, request);
    json::array items;
    for (const Record& record : page->records) items.push_back(record_json(texts, of, record, sights.of(record.id)));
    json::object answer{{"items", std::move(items)}};
    answer.emplace("next", page->next.empty() ? json::value(nullptr) : json::value(page->next));
    if (page->total) answer.emplace("total", *page->total);
    return json_answer(answer);
  });
}

/// As it stood at a position of the log, by whoever reaches it as it stood then.
Response show_past_record(const Services& services, const Register& of, const Request& request, std::int64_t as_of) {
  return services.store.read([&](store::Reader& reader) {
    registers::ListQuery query{
        .limit = 1, .only = parse_id(request["id"]), .grants = grants_of(request), .as_of = as_of};
    const auto page = registers::list(reader, services.registers, of, query);
    if (!page) return refusal(page.error());
    if (page->records.empty()) return out_of_reach();
    const Record& record = page->records.front();
    registers::Texts texts(services.registers, reader);
    return json_answer(record_json(texts, of, record, Sights(services, reader, of, request).of(record.id)));
  });
}

Response show_record(const Services& services, const Register& of, const Request& request) {
  const auto as_of = asked_number(request, "as_of", 0, position_max);
  if (!as_of) return refusal(as_of.error());
  if (*as_of) return show_past_record(services, of, request, **as_of);
  return services.store.read([&](store::Reader& reader) {
    const auto record = services.registers.read(reader, of, parse_id(request["id"]));
    if (!record) return refusal(record.error());
    if (!registers::covers(reader, services.registers, of, record->id, reading_reach(request, of)))
      return out_of_reach();
    const std::string tag = fmt::format("\"{}\"", record->version);
    if (request.header("if-none-match") == tag) return Response{.status = 304, .headers = {{"ETag", tag}}};
    registers::Texts texts(services.registers, reader);
    Response response =
        json_answer(record_json(texts, of, *record, Sights(services, reader, of, request).of(record->id)));
    response.headers.emplace_back("ETag", tag);
    return response;
  });
}

/// A value as the change log has it, shown as a record's is: money in yuan, a link by its name.
json::value past_value(registers::Texts& texts, const Register& of, const Field* field, const json::value& logged) {
  if (!field || logged.is_null()) return logged;
  const auto place = of.place(*field);
  Record record{.values = std::vector<registers::Stored>(of.fields.size())};
  if (logged.is_string())
    record.values[place] = std::string(logged.get_string());
  else if (logged.is_number())
    record.values[place] = logged.to_number<std::int64_t>();
  else
    return logged;
  return value_json(texts, of, place, record);
}

/// The record's life as the change log has it; secrets stand in it as fingerprints, which tell nobody anything.
Response record_history(const Services& services, const Register& of, const Request& request) {
  return services.store.read([&](store::Reader& reader) {
    const auto record = services.registers.read(reader, of, parse_id(request["id"]));
    if (!record) return refusal(record.error());
    if (!registers::covers(reader, services.registers, of, record->id, reading_reach(request, of)))
      return out_of_reach();
    const std::vector<registers::Sight> sights = Sights(services, reader, of, request).of(record->id);
    json::array entries;
    registers::Texts texts(services.registers, reader);
    Actors actors(reader);
    for (const store::StoredEntry& stored : reader.entries_of(of.name, record->id)) {
      const json::value written = json::parse(stored.entry.body);
      json::object body;
      for (const auto& [name, change] : written.as_object()) {
        const Field* field = of.field(name);
        if (name.starts_with("#") || (field && sights[of.place(*field)] != registers::Sight::visible)) continue;
        const bool has_before = change.is_array();
        const auto shown = [&](const json::value& value) { return past_value(texts, of, field, value); };
        body.emplace(name, json::object{{"before", has_before ? shown(change.get_array()[0]) : json::value(nullptr)},
                                        {"after", shown(has_before ? change.get_array()[1] : change)}});
      }
      json::object entry{{"position", stored.position},   {"at", stored.at},
                         {"actor", stored.entry.actor},   {"who", titled(actors.title(stored.entry.actor))},
                         {"source", stored.entry.source}, {"action", stored.entry.kind},
                         {"changes", std::move(body)}};
      for (const auto& [key, name] : {std::pair{"#reason", "reason"}, std::pair{"#for", "for"}})
        if (const json::value* said = written.as_object().if_contains(key)) entry.emplace(name, *said);
      if (const json::value* whom = entry.if_contains("for"))
        entry.emplace("for_whom", titled(actors.title(std::string(whom->as_string()))));
      entries.push_back(std::move(entry));
    }
    return json_answer(entries);
  });
}

}  // namespace

void add_records(Router& router, const Services& services) {
  const std::string records = "/api/v1/registers/{register}/records";
  add_asking(router, records, "/api/v1/registers/{register}/search",
             {"where", "q", "linked", "written", "sort", "after", "limit", "total", "as_of"},
             of_register(services, list_records));
  router.add("GET", records + "/{id}", of_register(services, show_record));
  router.add("GET", records + "/{id}/history", of_register(services, record_history));
}

}  // namespace zhijia::http
