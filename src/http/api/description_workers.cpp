#include "api/api.hpp"
#include "api/operation.hpp"
#include "registers/attachments.hpp"

#include <algorithm>
#include <set>

/// The workers' and everyone's addresses, as OpenAPI describes them.
namespace zhijia::http {

namespace json = boost::json;
using namespace openapi;

namespace {

using For = Operation::For;

json::object shared() {
  return json::parse(R"({
    "Field": {"type": "object", "required": ["name", "type", "title", "required"],
              "properties": {"name": {"type": "string"}, "type": {"type": "string"},
                             "title": {"$ref": "#/components/schemas/Text"}, "required": {"type": "boolean"},
                             "note": {"$ref": "#/components/schemas/Text"}, "default": {"type": "string"},
                             "target": {"type": "string"},
                             "choices": {"type": "array", "items": {"$ref": "#/components/schemas/Choice"}}}},
    "Choice": {"type": "object", "required": ["code", "title"],
               "properties": {"code": {"type": "string"}, "title": {"$ref": "#/components/schemas/Text"}}},
    "Shown": {"type": "object", "required": ["id", "version", "label", "values"],
              "properties": {"id": {"type": "string"}, "version": {"type": "integer"}, "label": {"type": "string"},
                             "state": {"type": "string"}, "values": {"type": "object"}}},
    "Own": {"type": "object", "required": ["id", "version", "label", "values", "register", "steps", "may_change", "may_attach"],
            "properties": {"id": {"type": "string"}, "version": {"type": "integer"}, "label": {"type": "string"},
                           "state": {"type": "string"}, "values": {"type": "object"}, "register": {"type": "string"},
                           "steps": {"type": "array", "items": {"type": "object"}},
                           "may_change": {"type": "boolean"}, "may_attach": {"type": "boolean"}, "parts": {"type": "object"},
                           "timeline": {"type": "array", "items": {"type": "object"}}}},
    "OpenedRegister": {"type": "object", "required": ["name", "theme", "title", "fields", "states"],
                       "properties": {"name": {"type": "string"}, "theme": {"type": "string"},
                                      "title": {"$ref": "#/components/schemas/Text"},
                                      "fields": {"type": "array", "items": {"$ref": "#/components/schemas/Field"}},
                                      "writes": {"type": "array", "items": {"type": "string"}},
                                      "states": {"type": "array", "items": {"type": "object"}},
                                      "tables": {"type": "array", "items": {"type": "object"}}}},
    "Me": {"type": "object", "required": ["name", "phone", "confirmed", "has_totp", "joining"],
           "properties": {"name": {"type": "string"}, "phone": {"type": "string"}, "confirmed": {"type": "boolean"},
                          "has_totp": {"type": "boolean"}, "joining": {"type": ["object", "null"]}}}
  })")
      .as_object();
}

json::object password() { return text_of_length(8, 256); }
json::object phone() { return {{"type", "string"}, {"pattern", "^1[3-9][0-9]{9}$"}}; }

json::object claim(json::object more) {
  more.emplace("name", text_of_length(1, 64));
  more.emplace("identity_number", text_of_length(15, 18));
  more.emplace("phone", phone());
  more.emplace("password", password());
  return object_of(std::move(more), {"name", "identity_number", "phone", "password"});
}

json::object if_match() {
  return in_header("If-Match", {{"type", "string"}, {"pattern", "^\"[0-9]{1,18}\"$"}}, true,
                   "The version that was seen, as ETag gave it");
}
json::object idempotency_key() {
  return in_header("Idempotency-Key", {{"type", "string"}, {"pattern", "^[!-~]{1,200}$"}}, false,
                   "The same request with the same key within a day is done once");
}

void describe_signing_up(json::object& paths) {
  const auto code = [] { return in_path("code", "The union's join code"); };
  describe(paths, "/api/v1/public/sign-up",
           {.method = "post",
            .summary = "A worker's own account; with a code of his union it is confirmed at once",
            .body = claim({{"code", of_type("string")}}),
            .answers = {{201, reference("Session")}},
            .whom = For::anyone});
  describe(paths, "/api/v1/public/join/{code}",
           {.method = "get",
            .summary = "The union that a join code is of",
            .parameters = {code()},
            .answers = {{200, object_of({{"union", of_type("string")}, {"groups", list_of(reference("Choice"))}},
                                        {"union", "groups"})}},
            .whom = For::anyone});
  describe(paths, "/api/v1/public/join/{code}",
           {.method = "post",
            .summary = "Apply to join the union, with an account at once",
            .parameters = {code()},
            .body = claim({{"group", of_type("string")}}),
            .answers = {{201, reference("Session")}},
            .whom = For::anyone});
  describe(paths, "/api/v1/me/confirm",
           {.method = "post",
            .summary = "Confirm the account by the code of a union's clerk",
            .body = object_of({{"code", text_of_length(1, 20)}}, {"code"}),
            .answers = {{204, {}}},
            .whom = For::session});
  describe(paths, "/api/v1/members/{id}/sign-up-code",
           {.method = "post",
            .summary = "A code for the member who stands before the clerk",
            .parameters = {in_path("id", "The record of membership")},
            .answers = {{201, object_of({{"code", of_type("string")},
                                         {"address", of_type("string")},
                                         {"ends_at", of_type("string")}},
                                        {"code", "address", "ends_at"})}},
            .whom = For::session});
  const std::string join_code = "/api/v1/unions/{id}/join-code";
  const auto shown = [] {
    return object_of({{"code", nullable("string")}, {"address", nullable("string")}, {"ends_on", nullable("string")}},
                     {"code", "address", "ends_on"});
  };
  const auto end = [] { return object_of({{"ends_on", nullable("string")}}, {}); };
  describe(paths, join_code,
           {.method = "get",
            .summary = "The union's join code, and its last day; nulls while there is none",
            .parameters = {in_path("id", "The union")},
            .answers = {{200, shown()}},
            .whom = For::session});
  describe(paths, join_code,
           {.method = "post",
            .summary = "A new join code; the old one ends",
            .parameters = {in_path("id", "The union")},
            .body = end(),
            .answers = {{200, shown()}},
            .whom = For::session,
            .may_lack_body = true});
  describe(paths, join_code,
           {.method = "patch",
            .summary = "Another last day for it, or none",
            .parameters = {in_path("id", "The union")},
            .body = end(),
            .answers = {{200, shown()}},
            .whom = For::session});
  describe(paths, join_code,
           {.method = "delete",
            .summary = "Withdraws it: posters open nothing any more",
            .parameters = {in_path("id", "The union")},
            .answers = {{204, {}}},
            .whom = For::session});
}

void describe_self(const registers::Catalogue& catalogue, json::object& paths) {
  describe(paths, "/api/v1/me",
           {.method = "get", .summary = "Who I am", .answers = {{200, reference("Me")}}, .whom = For::session});
  describe(paths, "/api/v1/me/registers",
           {.method = "get",
            .summary = "What is open to me",
            .answers = {{200, list_of(reference("OpenedRegister"))}},
            .whom = For::session});
  describe(paths, "/api/v1/me/records",
           {.method = "get",
            .summary = "All that concerns me, by register",
            .answers = {{200, of_type("object")}},
            .whom = For::session});
  json::array readable, writable;
  for (const registers::Register& of : catalogue.registers) {
    if (!of.self || !of.part_of.empty()) continue;
    readable.emplace_back(of.name);
    if (!of.self->writes.empty()) writable.emplace_back(of.name);
  }
  const auto of_register = [&](const json::array& names) { return one_of_path("register", names, "The register"); };
  const auto id = [] { return in_path("id", "The record's id"); };
  const std::string records = "/api/v1/me/records/{register}";
  describe(paths, records,
           {.method = "get",
            .summary = "My records of a register",
            .parameters = {of_register(readable)},
            .answers = {{200, list_of(reference("Own"))}},
            .whom = For::session});
  describe(paths, records,
           {.method = "post",
            .summary = "Apply, sign up, claim, ask",
            .parameters = {of_register(writable), idempotency_key()},
            .body = object_of({{"values", of_type("object")}, {"parts", of_type("object")}}, {"values"}),
            .answers = {{201, reference("Own")}},
            .whom = For::session});
  describe(paths, records + "/{id}",
           {.method = "get",
            .summary = "One of my records, with what happened to it",
            .parameters = {of_register(readable), id()},
            .answers = {{200, reference("Own")}},
            .whom = For::session});
  describe(paths, records + "/{id}",
           {.method = "patch",
            .summary = "Change it while that is still mine to do",
            .parameters = {of_register(writable), id(), if_match(), idempotency_key()},
            .body = object_of({{"values", of_type("object")}}, {"values"}),
            .answers = {{200, reference("Own")}},
            .whom = For::session});
  describe(
      paths, records + "/{id}/steps/{step}",
      {.method = "post",
       .summary = "Take a step that is mine: withdraw, submit again",
       .parameters = {of_register(readable), id(), in_path("step", "The step's name"), if_match(), idempotency_key()},
       .answers = {{200, reference("Own")}},
       .whom = For::session});
}

void describe_own_files(const registers::Catalogue& catalogue, json::object& paths) {
  std::set<std::string> registers, fields;
  for (const registers::Register& of : catalogue.registers)
    for (const registers::Field& field : of.fields)
      if (of.self && of.part_of.empty() && field.type == registers::FieldType::attachment &&
          std::ranges::find(of.self->writes, field.name) != of.self->writes.end()) {
        registers.insert(of.name);
        fields.insert(field.name);
      }
  if (registers.empty()) return;
  const auto named = [](const char* name, const std::set<std::string>& values, const char* what) {
    return one_of_path(name, json::array(values.begin(), values.end()), what);
  };
  const auto of_record = [&](std::initializer_list<json::object> more) {
    json::array parameters{named("register", registers, "The register"), in_path("id", "The record's id"),
                           named("field", fields, "A field for files")};
    for (const json::object& each : more) parameters.push_back(each);
    return parameters;
  };
  const std::string files = "/api/v1/me/records/{register}/{id}/attachments/{field}", one = files + "/{attachment}";
  const json::object file{{"type", "string"}, {"format", "binary"}};
  const auto attachment = [] { return in_path("attachment", "The file's id"); };
  std::vector<std::string> types;
  for (const registers::FileType& type : registers::file_types()) types.emplace_back(type.media_type);
  describe(paths, files,
           {.method = "post",
            .summary = "Add a photograph or paper to my record, of at most 20 MB",
            .parameters = of_record({file_name_header(), idempotency_key()}),
            .body = file,
            .answers = {{201, reference("Own")}},
            .body_type = "application/octet-stream",
            .whom = For::session});
  describe(paths, one,
           {.method = "get",
            .summary = "The file, a secret one too: it is mine",
            .parameters = of_record({attachment()}),
            .answers = {{200, file}},
            .answer_types = types,
            .whom = For::session});
  describe(paths, one,
           {.method = "delete",
            .summary = "Take it out, while the record is mine to change",
            .parameters = of_record({attachment(), idempotency_key()}),
            .answers = {{200, reference("Own")}},
            .whom = For::session});
}

void describe_quizzes(json::object& paths) {
  const auto id = [] { return in_path("id", "The quiz"); };
  describe(paths, "/api/v1/me/quizzes/{id}",
           {.method = "get",
            .summary = "The questions, and how I fared",
            .parameters = {id()},
            .answers = {{200, of_type("object")}},
            .whom = For::session});
  describe(paths, "/api/v1/me/quizzes/{id}",
           {.method = "post",
            .summary = "Answer; everyone once",
            .parameters = {id(), idempotency_key()},
            .body = object_of({{"answers", of_type("object")}}, {"answers"}),
            .answers = {{201, of_type("object")}},
            .whom = For::session});
  describe(paths, "/api/v1/public/draws/{id}",
           {.method = "get",
            .summary = "The draw as it stands, for anyone to check (docs/draw.md)",
            .parameters = {id()},
            .answers = {{200, of_type("object")}},
            .whom = For::anyone});
  describe(
      paths, "/api/v1/quizzes/{id}/steps/{step}",
      {.method = "post",
       .summary = "Open with a commitment, freeze the list, draw",
       .parameters = {id(), one_of_path("step", {"open", "freeze", "draw"}, "The step"), if_match(), idempotency_key()},
       .body = object_of({{"random_value", text_of_length(0, 200)}}),
       .answers = {{200, of_type("object")}},
       .whom = For::session});
}

void describe_openings(const registers::Catalogue& catalogue, json::object& paths) {
  json::array opened, linked;
  for (const registers::Register& of : catalogue.registers) {
    if (of.open) opened.emplace_back(of.name);
    if (!of.linked.empty() && of.part_of.empty()) linked.emplace_back(of.name);
  }
  describe(paths, "/api/v1/public/registers",
           {.method = "get",
            .summary = "What anyone may read",
            .answers = {{200, list_of(reference("OpenedRegister"))}},
            .whom = For::anyone});
  describe(paths, "/api/v1/public/records/{register}",
           {.method = "get",
            .summary = "Records that are open to all",
            .parameters = {one_of_path("register", opened, "The register"),
                           in_query("after", of_type("string"), "`next` of the page before"),
                           in_query("limit", {{"type", "integer"}, {"minimum", 1}, {"maximum", 100}}, "On a page")},
            .answers = {{200, page_of(reference("Shown"))}},
            .whom = For::anyone});
  describe(paths, "/api/v1/public/records/{register}/{id}",
           {.method = "get",
            .summary = "One of them",
            .parameters = {one_of_path("register", opened, "The register"), in_path("id", "The record's id")},
            .answers = {{200, reference("Shown")}},
            .whom = For::anyone});
  if (linked.empty()) return;
  describe(paths, "/api/v1/public/links/{register}/{id}/{mark}",
           {.method = "get",
            .summary = "What a link that was handed out opens",
            .parameters = {one_of_path("register", linked, "The register"), in_path("id", "The record's id"),
                           in_path("mark", "The end of the link")},
            .answers = {{200, of_type("object")}},
            .whom = For::anyone});
  describe(paths, "/api/v1/links/{register}/{id}",
           {.method = "post",
            .summary = "The record's link, to be handed to whom it concerns",
            .parameters = {one_of_path("register", linked, "The register"), in_path("id", "The record's id")},
            .answers = {{200, object_of({{"address", of_type("string")}}, {"address"})}},
            .whom = For::session});
}

}  // namespace

void describe_workers(const registers::Catalogue& catalogue, bool has_files, json::object& paths,
                      json::object& schemas) {
  for (auto& [name, schema] : shared()) schemas.emplace(name, schema);
  describe_signing_up(paths);
  describe_self(catalogue, paths);
  if (has_files) describe_own_files(catalogue, paths);
  describe_openings(catalogue, paths);
  if (catalogue.find_register("quiz")) describe_quizzes(paths);
}

}  // namespace zhijia::http
