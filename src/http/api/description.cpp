#include "api/description.hpp"
#include "api/api.hpp"
#include "api/files.hpp"
#include "api/money.hpp"
#include "api/operation.hpp"
#include "api/relief.hpp"
#include "asked.hpp"
#include "registers/attachments.hpp"
#include "registers/columns.hpp"

#include <set>

/// The interface described as OpenAPI 3.1: the shapes of records come from the packs, so it never lags behind them.
namespace zhijia::http {

namespace json = boost::json;
using namespace openapi;
using registers::Field;
using registers::FieldType;

namespace {

using For = Operation::For;

json::object schema_of(const Field& field) {
  json::object schema = nullable("string");
  if (registers::is_link(field))
    schema = json::object{{"oneOf", json::array{reference("Link"), of_type("null")}}};
  else if (field.type == FieldType::integer)
    schema = nullable("integer");
  else if (field.type == FieldType::yes_no)
    schema = nullable("boolean");
  else if (field.type == FieldType::attachment)
    schema = list_of(reference("Attachment"));
  else if (field.type == FieldType::date && !registers::is_sealed(field))
    schema.emplace("format", "date");
  schema.emplace("title", field.title.zh);
  schema.emplace("description", field.title.en);
  return schema;
}

/// A choice by its codes, and a link by the id or key of what it leads to.
json::object written_schema_of(const registers::Catalogue& catalogue, const Field& field) {
  json::object schema = schema_of(field);
  if (field.type == FieldType::person || field.type == FieldType::household) {
    schema.at("oneOf").as_array()[0] = reference("PersonWritten");
  } else if (registers::is_link(field)) {
    schema.at("oneOf").as_array()[0] = reference("LinkWritten");
  } else if (const registers::CodeList* codes =
                 field.type == FieldType::choice ? catalogue.find_codes(field.target) : nullptr) {
    json::array values{nullptr};
    for (const auto& [code, title] : codes->values) values.emplace_back(code);
    schema.emplace("enum", std::move(values));
  }
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
                                      {"masked", list_of(of_type("string"))}}}};
}

json::object written_schema(const registers::Catalogue& catalogue, const registers::Register& of) {
  json::object values;
  for (const Field& field : of.fields)
    if (field.computed_as.empty() && field.type != FieldType::attachment && !(of.flow && field.name == "state"))
      values.emplace(field.name, written_schema_of(catalogue, field));
  return object_of(std::move(values));
}

json::object shared_schemas() {
  const json::value texts = json::parse(R"({
    "Link": {"type": "object", "required": ["id", "label"],
             "properties": {"id": {"type": "string"}, "label": {"type": "string"}}},
    "LinkWritten": {"type": "object",
                    "anyOf": [{"required": ["id"]}, {"required": ["key"]}],
                    "properties": {"id": {"type": "string", "minLength": 1, "maxLength": 20},
                                   "key": {"type": "string", "minLength": 1, "maxLength": 200}}},
    "PersonWritten": {"type": "object",
                      "anyOf": [{"required": ["id"]}, {"required": ["name", "identity_number"]}],
                      "properties": {"id": {"type": "string", "minLength": 1, "maxLength": 20},
                                     "name": {"type": "string", "maxLength": 100},
                                     "identity_number": {"type": "string", "maxLength": 40}}},
    "Attachment": {"type": "object", "required": ["id", "type", "size"],
                   "properties": {"id": {"type": "string"}, "type": {"type": "string"}, "size": {"type": "integer"},
                                  "name": {"type": "string", "description": "Not of a secret one"},
                                  "hash": {"type": "string"}}},
    "Text": {"type": "object", "required": ["zh", "en"],
             "properties": {"zh": {"type": "string"}, "en": {"type": "string"}}},
    "Figure": {"type": "object", "required": ["id", "pack", "register", "title", "unit", "value", "text", "records"],
               "properties": {"id": {"type": "string"}, "pack": {"type": "string"}, "register": {"type": "string"},
                              "title": {"$ref": "#/components/schemas/Text"}, "unit": {"type": "string"},
                              "value": {"type": "string"}, "text": {"$ref": "#/components/schemas/Text"},
                              "records": {"type": "integer"}}},
    "Found": {"type": "object", "required": ["register", "id", "label", "detail"],
              "properties": {"register": {"type": "string"}, "id": {"type": "string"}, "label": {"type": "string"},
                             "detail": {"type": "string"}}},
    "Part": {"type": "object", "required": ["register", "id", "label", "on", "value"],
             "properties": {"register": {"type": "string"}, "id": {"type": "string"}, "label": {"type": "string"},
                            "on": {"type": "string"}, "value": {"type": "string"}}},
    "Change": {"type": "object", "required": ["position", "at", "actor", "who", "source", "action", "changes"],
               "properties": {"position": {"type": "integer"}, "at": {"type": "string"}, "actor": {"type": "string"},
                              "who": {"$ref": "#/components/schemas/Text"},
                              "source": {"type": "string"}, "action": {"type": "string"},
                              "changes": {"type": "object"}, "reason": {"type": "string"},
                              "for": {"type": "string", "description": "Whose role it was, when given by a colleague"},
                              "for_whom": {"$ref": "#/components/schemas/Text"}}},
    "Step": {"type": "object", "required": ["name", "title", "to", "by", "needs_reason", "with", "may", "allowed"],
             "properties": {"name": {"type": "string"}, "title": {"$ref": "#/components/schemas/Text"},
                            "to": {"type": "string"}, "by": {"type": "string"}, "needs_reason": {"type": "boolean"},
                            "with": {"type": "array", "items": {"type": "string"}},
                            "may": {"type": "array", "items": {"type": "string"}}, "allowed": {"type": "boolean"}}},
    "Taken": {"type": "object", "required": ["taken", "refused"],
              "properties": {"taken": {"type": "array", "items": {"type": "string"}},
                             "refused": {"type": "array", "items": {
                               "type": "object", "required": ["id", "problems"],
                               "properties": {"id": {"type": "string"},
                                              "problems": {"type": "array", "items": {
                                                "type": "object", "required": ["code", "zh", "en"],
                                                "properties": {"code": {"type": "string"}, "zh": {"type": "string"},
                                                               "en": {"type": "string"}, "field": {"type": "string"}}}}}}}}},
    "Grant": {"type": "object", "required": ["role", "scope"],
              "properties": {"role": {"type": "string"},
                             "scope": {"enum": ["own", "own_and_below", "region", "all"]},
                             "organisation": {"type": "string"}, "region": {"type": "string"},
                             "deputed_by": {"type": "string", "description": "The colleague on leave who gave it"}}},
    "User": {"type": "object", "required": ["id", "name", "title", "grants", "has_totp"],
             "properties": {"id": {"type": "string"}, "name": {"type": "string"}, "title": {"type": "string"},
                            "grants": {"type": "array", "items": {"$ref": "#/components/schemas/Grant"}},
                            "has_totp": {"type": "boolean"}, "must_change_password": {"type": "boolean"},
                            "must_set_up_totp": {"type": "boolean"},
                            "password": {"type": "string", "description": "Where one was made: shown once"},
                            "is_disabled": {"type": "boolean"}}},
    "Session": {"type": "object", "required": ["user", "csrf"],
                "properties": {"user": {"$ref": "#/components/schemas/User"}, "csrf": {"type": "string"}}},
    "Token": {"type": "object", "required": ["id", "name", "registers", "reads_only", "made_at", "ends_at"],
              "properties": {"id": {"type": "string"}, "name": {"type": "string"},
                             "registers": {"type": "array", "items": {"type": "string"}},
                             "reads_only": {"type": "boolean"}, "made_at": {"type": "string"},
                             "ends_at": {"type": "string"},
                             "secret": {"type": "string", "description": "Shown once, to who made it"}}},
    "Problems": {"type": "object", "required": ["title", "status", "problems"],
                 "properties": {"type": {"type": "string"}, "title": {"type": "string"}, "status": {"type": "integer"},
                                "detail": {"type": "string"},
                                "problems": {"type": "array", "items": {"type": "object"}}}}
  })");
  return texts.get_object();
}

json::object whole_number() { return {{"type", "integer"}, {"minimum", 0}, {"maximum", INT32_MAX}}; }
json::object page_size() { return {{"type", "integer"}, {"minimum", 1}, {"maximum", 1000}}; }

json::object as_of() {
  return in_query("as_of", {{"type", "integer"}, {"minimum", 0}, {"maximum", position_max}},
                  "As known at this position of the change log");
}
json::object as_of_day() {
  return in_query("as_of_day", {{"type", "string"}, {"format", "date"}},
                  "As known at the end of this day, in China; instead of as_of");
}
json::object year() {
  return in_query("year", {{"type", "integer"}, {"minimum", 1950}, {"maximum", 2199}}, "Year of the review");
}
json::object record_id() { return in_path("id", "The record's id"); }
json::object if_match() {
  return in_header("If-Match", {{"type", "string"}, {"pattern", "^\"[0-9]{1,18}\"$"}}, true,
                   "The version that was seen, as ETag gave it");
}
json::object if_none_match() {
  return in_header("If-None-Match", of_type("string"), false, "The version that one has: 304 when it is the latest");
}
json::object idempotency_key() {
  return in_header("Idempotency-Key", {{"type", "string"}, {"pattern", "^[!-~]{1,200}$"}}, false,
                   "The same request with the same key within a day is done once");
}

json::object group_schema() {
  return object_of(
      {{"value",
        json::object{{"description", "Of the field, as records have it; a month of days; null where it is empty"}}},
       {"records", of_type("integer")},
       {"sum", of_type("string")}},
      {"value", "records"});
}

void describe_groups(const registers::Register& of, json::object& paths) {
  const std::string groups = "/api/v1/registers/" + of.name + "/groups";
  describe_asking(
      paths, groups, groups,
      {.method = "get",
       .summary = "Records put together by a field, counted and added up",
       .parameters = {in_query("by", of_type("string"), "The field, or one over a link: organisation.region"),
                      in_query("sum", of_type("string"), "A field of money or numbers to add up"),
                      in_query("where", of_type("string"), "A condition in FEEL over the register's fields"),
                      in_query("q", of_type("string"), "Text to find, a name, or, in a body, a whole identity number"),
                      as_of()},
       .answers = {{200, object_of({{"items", list_of(group_schema())}}, {"items"})}}});
}

void describe_reading(const registers::Register& of, const std::string& records, json::object& paths) {
  describe_asking(
      paths, records, "/api/v1/registers/" + of.name + "/search",
      {.method = "get",
       .summary = of.title.en,
       .parameters = {in_query("where", of_type("string"), "A condition in FEEL over the register's fields"),
                      in_query("q", of_type("string"), "Text to find, a name, or, in a body, a whole identity number"),
                      in_query("linked", of_type("string"), "FIELD:ID, the records whose link leads there"),
                      in_query("written", of_type("string"),
                               "FIRST-LAST, the records that the change log has there: what an import wrote"),
                      in_query("sort", of_type("string"), "Fields, by commas; a minus before one turns its order"),
                      in_query("after", of_type("string"), "`next` of the page before"),
                      in_query("limit", page_size(), "Records on a page"),
                      in_query("total", of_type("boolean"), "Whether to count all that match"), as_of()},
       .answers = {{200, page_of(reference("record_" + of.name))}}});
  describe(paths, records + "/{id}",
           {.method = "get",
            .summary = "One record",
            .parameters = {record_id(), if_none_match(), as_of()},
            .answers = {{200, reference("record_" + of.name)}, {304, {}}}});
  describe(paths, records + "/{id}/history",
           {.method = "get",
            .summary = "The record's life",
            .parameters = {record_id()},
            .answers = {{200, list_of(reference("Change"))}}});
  describe(paths, records + "/{id}/steps",
           {.method = "get",
            .summary = "The steps from the record's state",
            .parameters = {record_id()},
            .answers = {{200, list_of(reference("Step"))}}});
  describe(paths, records + "/{id}/publicity",
           {.method = "get",
            .summary = "How its publicity stands, and which answers to objections are owed",
            .parameters = {record_id()},
            .answers = {{200, reference("Standing")}}});
}

json::array secrets_of(const registers::Register& of) {
  json::array names;
  for (const Field& field : of.fields)
    if (registers::is_sealed(field) || field.type == FieldType::person || field.type == FieldType::household)
      names.emplace_back(field.name);
  return names;
}

json::array steps_of(const registers::Flow& flow) {
  std::set<std::string> names;
  for (const registers::Step& step : flow.steps) names.insert(step.name);
  return json::array(names.begin(), names.end());
}

void describe_writing(const registers::Register& of, const std::string& records, json::object& paths) {
  const std::string record = "record_" + of.name, written = "write_" + of.name;
  describe(paths, records,
           {.method = "post",
            .summary = "A new record",
            .parameters = {idempotency_key()},
            .body = reference(written),
            .answers = {{201, reference(record)}}});
  describe(paths, records + "/{id}",
           {.method = "patch",
            .summary = "Change a record",
            .parameters = {record_id(), if_match(), idempotency_key()},
            .body = reference(written),
            .answers = {{200, reference(record)}}});
  const bool is_row = !of.part_of.empty() && !of.flow;
  describe(
      paths, records + "/{id}",
      {.method = "delete",
       .summary = is_row ? "Take the row out; its history stays" : "Refused: only rows of sub-tables are taken out",
       .parameters = {record_id(), if_match(), idempotency_key()},
       .answers = {{204, {}}}});
  if (json::array secrets = secrets_of(of); !secrets.empty())
    describe(
        paths, records + "/{id}/reveal",
        {.method = "post",
         .summary = "A secret in clear; who looked, and why, is in the log first",
         .parameters = {record_id()},
         .body = object_of({{"field", json::object{{"enum", std::move(secrets)}}}, {"reason", text_of_length(1, 300)}},
                           {"field", "reason"}),
         .answers = {{200, object_of({{"value", of_type("string")}}, {"value"})}}});
  if (!of.flow) return;
  const auto step = [&of] { return one_of_path("step", steps_of(*of.flow), "The step's name"); };
  const auto input = [&](json::object properties, json::array required) {
    properties.emplace("reason", text_of_length(0, registers::reason_characters_max));
    properties.emplace("values", reference("values_" + of.name));
    return object_of(std::move(properties), std::move(required));
  };
  describe(paths, records + "/{id}/steps/{step}",
           {.method = "post",
            .summary = "Take a step, with what it asks for",
            .parameters = {record_id(), step(), if_match(), idempotency_key()},
            .body = input({}, {}),
            .answers = {{200, reference(record)}},
            .may_lack_body = true});
  json::object ids = list_of(text_of_length(1, 20));
  ids.emplace("minItems", 1);
  ids.emplace("maxItems", 500);
  describe(paths, "/api/v1/registers/" + of.name + "/steps/{step}",
           {.method = "post",
            .summary = "Take a step of many records, each for itself, with what it asks for given once for all",
            .parameters = {step()},
            .body = input({{"ids", std::move(ids)}}, {"ids"}),
            .answers = {{200, reference("Taken")}}});
}

std::vector<std::string> media_types() {
  std::vector<std::string> types;
  for (const registers::FileType& type : registers::file_types()) types.emplace_back(type.media_type);
  return types;
}

void describe_attachments(const registers::Register& of, const std::string& records, json::object& paths) {
  json::array fields, secret_fields;
  for (const Field& field : of.fields)
    if (field.type == FieldType::attachment)
      (registers::is_sealed(field) ? secret_fields : fields).emplace_back(field.name);
  json::array all = fields;
  for (const json::value& each : secret_fields) all.push_back(each);
  if (all.empty()) return;
  const json::object file{{"type", "string"}, {"format", "binary"}};
  const auto field = [](json::array names) { return one_of_path("field", std::move(names), "A field for files"); };
  const auto attachment = [] { return in_path("attachment", "The file's id"); };
  const std::string files = records + "/{id}/attachments/{field}", one = files + "/{attachment}";
  describe(paths, files,
           {.method = "post",
            .summary = "Add a file of at most 20 MB; its type is told from its content",
            .parameters = {record_id(), field(all), file_name_header(), idempotency_key()},
            .body = file,
            .answers = {{201, reference("record_" + of.name)}},
            .body_type = "application/octet-stream"});
  describe(paths, one,
           {.method = "get",
            .summary = "A file; of a secret one see `reveal`",
            .parameters = {record_id(), field(all), attachment()},
            .answers = {{200, file}},
            .answer_types = media_types()});
  describe(paths, one,
           {.method = "delete",
            .summary = "Take a file out of the record",
            .parameters = {record_id(), field(all), attachment(), idempotency_key()},
            .answers = {{200, reference("record_" + of.name)}}});
  describe(paths, one + "/reveal",
           {.method = "post",
            .summary = "A secret file; who looked, and why, is in the log first",
            .parameters = {record_id(), field(all), attachment()},
            .body = object_of({{"reason", text_of_length(1, 300)}}, {"reason"}),
            .answers = {{200, file}},
            .answer_types = media_types()});
}

void describe_register(const registers::Catalogue& catalogue, const registers::Register& of, bool has_files,
                       json::object& paths, json::object& schemas) {
  schemas.emplace("record_" + of.name, record_schema(of));
  schemas.emplace("values_" + of.name, written_schema(catalogue, of));
  schemas.emplace("write_" + of.name, object_of({{"values", reference("values_" + of.name)}}, {"values"}));
  const std::string records = "/api/v1/registers/" + of.name + "/records";
  describe_reading(of, records, paths);
  describe_groups(of, paths);
  describe_writing(of, records, paths);
  if (has_files) describe_attachments(of, records, paths);
}

void describe_figures(json::object& paths) {
  const auto id = [] { return in_path("id", "The indicator's id"); };
  describe(paths, "/api/v1/catalogue",
           {.method = "get",
            .summary = "Packs, registers, fields, flows and code lists",
            .answers = {{200, of_type("object")}}});
  describe(paths, "/api/v1/indicators",
           {.method = "get",
            .summary = "Every figure of a year",
            .parameters = {year(), as_of(), as_of_day()},
            .answers = {{200, list_of(reference("Figure"))}}});
  describe(paths, "/api/v1/indicators/{id}",
           {.method = "get",
            .summary = "One figure",
            .parameters = {id(), year(), as_of()},
            .answers = {{200, reference("Figure")}}});
  describe(paths, "/api/v1/indicators/{id}/records",
           {.method = "get",
            .summary = "The records that a figure was counted from",
            .parameters = {id(), year(), as_of(), in_query("after", whole_number(), "`next` of the page before"),
                           in_query("limit", page_size(), "Records on a page")},
            .answers = {{200, page_of(reference("Part"))}}});
  describe_asking(paths, "/api/v1/search", "/api/v1/search",
                  {.method = "get",
                   .summary = "What is found in all registers by a name, its pinyin initials, a number or a code",
                   .parameters = {in_query("q", text_of_length(1, 60), "The word")},
                   .answers = {{200, object_of({{"items", list_of(reference("Found"))}}, {"items"})}}});
  const auto review = [&](const char* address, const char* summary, json::object answer, const char* type) {
    describe(paths, address,
             {.method = "get",
              .summary = summary,
              .parameters = {year(), as_of(), as_of_day(),
                             in_query("language", {{"type", "string"}, {"enum", json::array{"zh", "en"}}},
                                      "Chinese unless English is asked for")},
              .answers = {{200, std::move(answer)}},
              .answer_types = {type}});
  };
  const json::object bytes{{"type", "string"}, {"format", "binary"}};
  review("/api/v1/review", "The review in Markdown", of_type("object"), "application/json");
  review("/api/v1/review.docx", "The review as a Word document", bytes,
         "application/vnd.openxmlformats-officedocument.wordprocessingml.document");
  review("/api/v1/review.xlsx", "The year's figures as a workbook", bytes, workbook_type);
}

void describe_sessions(json::object& paths, bool has_sign_on) {
  const std::string session = "/api/v1/session";
  const auto code = [] { return json::object{{"type", "string"}, {"pattern", "^[0-9]{6}$"}}; };
  describe(paths, session,
           {.method = "post",
            .summary = "Sign in",
            .body = object_of(
                {{"name", text_of_length(1, 64)}, {"password", text_of_length(1, 256)}, {"code", of_type("string")}},
                {"name", "password"}),
            .answers = {{200, reference("Session")}},
            .whom = For::anyone});
  describe(
      paths, session,
      {.method = "get", .summary = "Who is signed in", .answers = {{200, reference("Session")}}, .whom = For::session});
  describe(paths, session, {.method = "delete", .summary = "Sign out", .answers = {{204, {}}}, .whom = For::session});
  if (has_sign_on) {
    describe(paths, session + "/oidc",
             {.method = "get",
              .summary = "To the OpenID Connect provider, to sign in there",
              .answers = {{303, {}}},
              .whom = For::anyone});
    const auto text = [](const char* name, const char* what) { return in_query(name, of_type("string"), what); };
    describe(paths, session + "/oidc/callback",
             {.method = "get",
              .summary = "Back from the provider: a page that goes on, with the session's cookie",
              .parameters = {text("state", "As it was sent"), text("code", "The authorization code"),
                             text("iss", "The issuer (RFC 9207)")},
              .answers = {{200, of_type("string")}},
              .answer_types = {"text/html"},
              .whom = For::anyone});
  }
  describe(paths, session + "/password",
           {.method = "post",
            .summary = "Another password; ends the other sessions",
            .body = object_of({{"old", text_of_length(1, 256)}, {"new", text_of_length(12, 256)}}, {"old", "new"}),
            .answers = {{204, {}}},
            .whom = For::session});
  describe(paths, session + "/totp",
           {.method = "post",
            .summary = "A secret for an authenticator app (RFC 6238); the password is asked for again",
            .body = object_of({{"password", text_of_length(1, 256)}}, {"password"}),
            .answers = {{200, object_of({{"secret", of_type("string")}}, {"secret"})}},
            .whom = For::session});
  describe(paths, session + "/totp",
           {.method = "put",
            .summary = "Put the authenticator in force",
            .body = object_of({{"code", code()}}, {"code"}),
            .answers = {{204, {}}},
            .whom = For::session});
  const std::string sessions = "/api/v1/sessions";
  describe(paths, sessions,
           {.method = "get",
            .summary = "One's own sessions, the latest used first",
            .answers = {{200, list_of(object_of({{"id", of_type("string")},
                                                 {"begun_at", of_type("string")},
                                                 {"seen_at", of_type("string")},
                                                 {"from", of_type("string")},
                                                 {"is_this", of_type("boolean")}},
                                                {"id", "begun_at", "seen_at", "from", "is_this"}))}},
            .whom = For::session});
  describe(paths, sessions,
           {.method = "delete",
            .summary = "End all of one's sessions but this",
            .answers = {{204, {}}},
            .whom = For::session});
  describe(paths, sessions + "/{id}",
           {.method = "delete",
            .summary = "End one of one's sessions",
            .parameters = {in_path("id", "The session's id")},
            .answers = {{204, {}}},
            .whom = For::session});
}

void describe_accounts(json::object& paths) {
  const auto grants = [] { return list_of(text_of_length(1, 64)); };
  const auto id = [](const char* whose) { return in_path("id", whose); };
  describe(paths, "/api/v1/users",
           {.method = "get",
            .summary = "Accounts, for the role `admin`",
            .answers = {{200, list_of(reference("User"))}},
            .whom = For::session});
  describe(paths, "/api/v1/users",
           {.method = "post",
            .summary = "A new account, whose first password must be changed within 72 hours; without one, one is made",
            .body = object_of({{"name", text_of_length(1, 64)},
                               {"title", of_type("string")},
                               {"password", text_of_length(12, 256)},
                               {"grants", grants()}},
                              {"name"}),
            .answers = {{201, reference("User")}},
            .whom = For::session});
  describe(paths, "/api/v1/users/{id}",
           {.method = "patch",
            .summary = "What an account is granted, or its end",
            .parameters = {id("The account's id")},
            .body = object_of({{"grants", grants()}, {"is_disabled", json::object{{"const", true}}}}),
            .answers = {{200, reference("User")}},
            .whom = For::session});
  const std::string account = "/api/v1/users/{id}";
  describe(paths, account + "/password",
           {.method = "post",
            .summary = "A first password in the place of a forgotten one, shown once; ends the account's sessions",
            .parameters = {id("The account's id")},
            .answers = {{200, object_of({{"password", of_type("string")}, {"ends_at", of_type("string")}},
                                        {"password", "ends_at"})}},
            .whom = For::session});
  describe(paths, account + "/totp",
           {.method = "delete",
            .summary = "Take a lost authenticator off an account; ends its sessions",
            .parameters = {id("The account's id")},
            .answers = {{204, {}}},
            .whom = For::session});
  describe(paths, account + "/sessions",
           {.method = "delete",
            .summary = "End all sessions of an account",
            .parameters = {id("The account's id")},
            .answers = {{204, {}}},
            .whom = For::session});
  describe(paths, "/api/v1/tokens",
           {.method = "get",
            .summary = "One's own tokens for programs",
            .answers = {{200, list_of(reference("Token"))}},
            .whom = For::session});
  describe(paths, "/api/v1/tokens",
           {.method = "post",
            .summary = "A token for a program; its secret is shown once",
            .body = object_of({{"name", text_of_length(1, 64)},
                               {"registers", list_of(of_type("string"))},
                               {"reads_only", of_type("boolean")},
                               {"days", json::object{{"type", "integer"}, {"minimum", 1}, {"maximum", 366}}}},
                              {"name", "days"}),
            .answers = {{201, reference("Token")}},
            .whom = For::session});
  describe(paths, "/api/v1/tokens/{id}",
           {.method = "delete",
            .summary = "Revoke a token",
            .parameters = {id("The token's id")},
            .answers = {{204, {}}},
            .whom = For::session});
}

json::object components_of(json::object schemas) {
  const auto key = [](const char* in, const char* name) {
    return json::object{{"type", "apiKey"}, {"in", in}, {"name", name}};
  };
  return {{"schemas", std::move(schemas)},
          {"responses",
           json::object{{"Refused",
                         json::object{{"description", "What was wrong, where, and what to do"},
                                      {"content", json::object{{"application/problem+json",
                                                                json::object{{"schema", reference("Problems")}}}}}}}}},
          {"securitySchemes", json::object{{"session", key("cookie", "zhijia_session")},
                                           {"csrf", key("header", "X-CSRF-Token")},
                                           {"token", json::object{{"type", "http"}, {"scheme", "bearer"}}}}}};
}

json::object description_of(const Services& services) {
  const registers::Catalogue& catalogue = services.registers.catalogue();
  const bool has_files = services.files != nullptr;
  json::object paths, schemas = shared_schemas();
  for (auto& [name, schema] : exchange_schemas()) schemas.emplace(name, schema);
  describe_exchange(catalogue, paths);
  describe_sessions(paths, !services.sign_on.issuer.empty());
  describe_accounts(paths);
  describe_figures(paths);
  describe_workers(catalogue, has_files, paths, schemas);
  describe_doubles(paths);
  describe_models(paths);
  describe_relief(paths);
  describe_relief_help(paths);
  describe_money(paths);
  describe_relief_lists(paths);
  describe_payments(paths);
  describe_relief_rechecks(paths);
  describe_daily_use(paths);
  add_daily_schemas(schemas);
  for (const registers::Register& of : catalogue.registers) describe_register(catalogue, of, has_files, paths, schemas);
  return {{"openapi", "3.1.0"},
          {"info", json::object{{"title", "Zhijia 职家"},
                                {"version", "1"},
                                {"license", json::object{{"name", "Apache-2.0"}, {"identifier", "Apache-2.0"}}}}},
          {"paths", std::move(paths)},
          {"components", components_of(std::move(schemas))}};
}

}  // namespace

void add_description(Router& router, const Services& services) {
  const std::string description = json::serialize(description_of(services));
  router.add("GET", "/api/openapi.json", [description](const Request&) { return Response{.body = description}; });
}

}  // namespace zhijia::http
