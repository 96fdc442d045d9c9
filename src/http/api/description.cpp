#include "answers.hpp"
#include "api/api.hpp"
#include "registers/columns.hpp"

/// The interface described as OpenAPI 3.1: the shapes of records come from the packs, so it never lags behind them.
namespace zhijia::http {

namespace json = boost::json;
using registers::Field;
using registers::FieldType;

namespace {

json::object reference(const std::string& name) { return {{"$ref", "#/components/schemas/" + name}}; }

json::object of_type(const char* type) { return {{"type", type}}; }

json::object nullable(const char* type) { return {{"type", json::array{type, "null"}}}; }

json::object schema_of(const Field& field) {
  json::object schema = nullable("string");
  if (registers::is_link(field))
    schema = json::object{{"oneOf", json::array{reference("Link"), of_type("null")}}};
  else if (field.type == FieldType::integer)
    schema = nullable("integer");
  else if (field.type == FieldType::yes_no)
    schema = nullable("boolean");
  else if (field.type == FieldType::date && !registers::is_sealed(field))
    schema.emplace("format", "date");
  schema.emplace("title", field.title.zh);
  if (!registers::is_link(field)) schema.emplace("description", field.title.en);
  return schema;
}

json::object record_schema(const registers::Register& of) {
  json::object values;
  for (const Field& field : of.fields) values.emplace(field.name, schema_of(field));
  return {{"type", "object"},
          {"title", of.title.zh},
          {"required", json::array{"id", "version", "position", "label", "values", "masked"}},
          {"properties", json::object{{"id", of_type("string")},
                                      {"version", of_type("integer")},
                                      {"position", of_type("integer")},
                                      {"label", of_type("string")},
                                      {"values", json::object{{"type", "object"}, {"properties", std::move(values)}}},
                                      {"masked", json::object{{"type", "array"}, {"items", of_type("string")}}}}}};
}

json::object shared_schemas() {
  const json::value texts = json::parse(R"({
    "Link": {"type": "object", "required": ["id", "label"],
             "properties": {"id": {"type": "string"}, "label": {"type": "string"}}},
    "Text": {"type": "object", "required": ["zh", "en"],
             "properties": {"zh": {"type": "string"}, "en": {"type": "string"}}},
    "Figure": {"type": "object", "required": ["id", "pack", "register", "title", "unit", "value", "text", "records"],
               "properties": {"id": {"type": "string"}, "pack": {"type": "string"}, "register": {"type": "string"},
                              "title": {"$ref": "#/components/schemas/Text"}, "unit": {"type": "string"},
                              "value": {"type": "string"}, "text": {"$ref": "#/components/schemas/Text"},
                              "records": {"type": "integer"}}},
    "Part": {"type": "object", "required": ["register", "id", "label", "on", "value"],
             "properties": {"register": {"type": "string"}, "id": {"type": "string"}, "label": {"type": "string"},
                            "on": {"type": "string"}, "value": {"type": "string"}}},
    "Change": {"type": "object", "required": ["position", "at", "actor", "source", "action", "changes"],
               "properties": {"position": {"type": "integer"}, "at": {"type": "string"}, "actor": {"type": "string"},
                              "source": {"type": "string"}, "action": {"type": "string"},
                              "changes": {"type": "object"}}},
    "Problems": {"type": "object", "required": ["title", "status", "problems"],
                 "properties": {"type": {"type": "string"}, "title": {"type": "string"}, "status": {"type": "integer"},
                                "detail": {"type": "string"},
                                "problems": {"type": "array", "items": {"type": "object"}}}}
  })");
  return texts.get_object();
}

json::object parameter(const char* name, const char* in, json::object schema, const char* description) {
  return {{"name", name},
          {"in", in},
          {"required", std::string_view(in) == "path"},
          {"schema", std::move(schema)},
          {"description", description}};
}

json::object answering(const char* summary, json::array parameters, json::object schema) {
  const json::object refused{
      {"description", "What was wrong, where, and what to do"},
      {"content", json::object{{"application/problem+json", json::object{{"schema", reference("Problems")}}}}}};
  json::object responses{
      {"200", json::object{{"description", "OK"},
                           {"content", json::object{{"application/json", json::object{{"schema", schema}}}}}}},
      {"304", json::object{{"description", "As you have it"}}}};
  for (const char* status : {"400", "404", "405", "413", "421", "422", "431"}) responses.emplace(status, refused);
  return {
      {"get",
       json::object{{"summary", summary}, {"parameters", std::move(parameters)}, {"responses", std::move(responses)}}}};
}

json::object list_of(json::object items) { return {{"type", "array"}, {"items", std::move(items)}}; }

json::object page_of(json::object items) {
  return {{"type", "object"},
          {"required", json::array{"items", "next"}},
          {"properties", json::object{{"items", list_of(std::move(items))}, {"next", nullable("string")}}}};
}

const json::object whole_number{{"type", "integer"}, {"minimum", 0}};
const json::object page_size{{"type", "integer"}, {"minimum", 1}, {"maximum", 1000}};
const json::object year_number{{"type", "integer"}, {"minimum", 1950}, {"maximum", 2199}};

json::object as_of() {
  return parameter("as_of", "query", whole_number, "As known at this position of the change log");
}

void describe_register(const registers::Register& of, json::object& paths, json::object& schemas) {
  schemas.emplace("record_" + of.name, record_schema(of));
  const std::string records = "/api/v1/registers/" + of.name + "/records";
  const auto id = [] { return parameter("id", "path", of_type("string"), "The record's id"); };
  paths.emplace(
      records,
      answering(of.title.en.c_str(),
                {parameter("where", "query", of_type("string"), "A condition in FEEL over the register's fields"),
                 parameter("q", "query", of_type("string"), "Text to find, a name, or a whole identity number"),
                 parameter("sort", "query", of_type("string"), "Fields, by commas; a minus before one turns its order"),
                 parameter("after", "query", of_type("string"), "`next` of the page before"),
                 parameter("limit", "query", page_size, "Records on a page"),
                 parameter("total", "query", of_type("boolean"), "Whether to count all that match"), as_of()},
                page_of(reference("record_" + of.name))));
  paths.emplace(records + "/{id}", answering("One record", {id()}, reference("record_" + of.name)));
  paths.emplace(records + "/{id}/history", answering("The record's life", {id()}, list_of(reference("Change"))));
}

json::object description_of(const registers::Catalogue& catalogue) {
  json::object paths, schemas = shared_schemas();
  const auto year = [] { return parameter("year", "query", year_number, "Year of the review"); };
  const auto id = [] { return parameter("id", "path", of_type("string"), "The indicator's id"); };
  paths.emplace("/api/v1/catalogue",
                answering("Packs, registers, fields, flows and code lists", {}, of_type("object")));
  paths.emplace("/api/v1/indicators",
                answering("Every figure of a year", {year(), as_of()}, list_of(reference("Figure"))));
  paths.emplace("/api/v1/indicators/{id}", answering("One figure", {id(), year(), as_of()}, reference("Figure")));
  paths.emplace(
      "/api/v1/indicators/{id}/records",
      answering("The records that a figure was counted from",
                {id(), year(), as_of(), parameter("after", "query", whole_number, "`next` of the page before"),
                 parameter("limit", "query", page_size, "Records on a page")},
                page_of(reference("Part"))));
  paths.emplace("/api/v1/review",
                answering("The review in Markdown",
                          {year(), as_of(),
                           parameter("language", "query", {{"type", "string"}, {"enum", json::array{"zh", "en"}}},
                                     "Chinese unless English is asked for")},
                          of_type("object")));
  for (const registers::Register& of : catalogue.registers) describe_register(of, paths, schemas);
  return {{"openapi", "3.1.0"},
          {"info", json::object{{"title", "Zhijia 职家"},
                                {"version", "1"},
                                {"license", json::object{{"name", "Apache-2.0"}, {"identifier", "Apache-2.0"}}}}},
          {"paths", std::move(paths)},
          {"components", json::object{{"schemas", std::move(schemas)}}}};
}

}  // namespace

void add_description(Router& router, const Services& services) {
  const std::string description = json::serialize(description_of(services.registers.catalogue()));
  router.add("GET", "/api/openapi.json", [description](const Request&) { return Response{.body = description}; });
}

}  // namespace zhijia::http
