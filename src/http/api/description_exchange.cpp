#include "api/description.hpp"
#include "api/files.hpp"
#include "api/operation.hpp"

/// What the interface says of workbooks in and out.
namespace zhijia::http {

namespace json = boost::json;
using namespace openapi;

namespace {

json::object one_of(json::array values) { return {{"type", "string"}, {"enum", std::move(values)}}; }

json::object register_name(const registers::Catalogue& catalogue) {
  json::array names;
  for (const registers::Register& of : catalogue.registers) names.emplace_back(of.name);
  return one_of_path("register", std::move(names), "The register");
}

json::object bytes() { return {{"type", "string"}, {"format", "binary"}}; }

json::object existing() { return one_of({"overwrite", "keep"}); }

json::object cells() {
  json::object list =
      list_of(object_of({{"cell", json::object{{"type", "string"}, {"pattern", "^[A-Z]{1,3}[1-9][0-9]{0,6}$"}}},
                         {"value", text_of_length(0, 20'000)}},
                        {"cell", "value"}));
  list.emplace("maxItems", 5'000);
  return list;
}

json::object choices() {
  return list_of(object_of(
      {{"column", json::object{{"type", "string"}, {"pattern", "^[A-Z]{1,3}$"}}}, {"field", nullable("string")}},
      {"column", "field"}));
}

void describe_exports(const json::object& of, json::object& paths) {
  const auto exported = [&](const char* ending, const char* type) {
    const std::string address = std::string("/api/v1/registers/{register}/export.") + ending;
    describe_asking(
        paths, address, address,
        {.method = "get",
         .summary = "A list as it is seen, all of it; the export is logged",
         .parameters = {of, in_query("where", of_type("string"), "A condition in FEEL over the register's fields"),
                        in_query("q", of_type("string"),
                                 "Text to find, a name, or, in a body, a whole identity number"),
                        in_query("linked", of_type("string"), "FIELD:ID, the records whose link leads there"),
                        in_query("written", of_type("string"), "FIRST-LAST, the records that the change log has there"),
                        in_query("sort", of_type("string"), "Fields, by commas; a minus before one turns its order"),
                        in_query("secrets", one_of({"masked", "clear"}), "In clear only for who may reveal them"),
                        in_query("reason", of_type("string"), "Why secrets are wanted in clear")},
         .answers = {{200, bytes()}},
         .answer_types = {type}});
  };
  exported("xlsx", workbook_type);
  exported("csv", "text/csv");
  describe(paths, "/api/v1/registers/{register}/template.xlsx",
           {.method = "get",
            .summary = "The empty workbook to fill in and import",
            .parameters = {of},
            .answers = {{200, bytes()}},
            .answer_types = {workbook_type}});
}

}  // namespace

json::object exchange_schemas() {
  const json::value schemas = json::parse(R"({
    "Import": {"type": "object",
      "required": ["id", "register", "state", "existing", "file", "mapping", "rows_done", "report", "corrections",
                   "problems", "made_at", "ended_at"],
      "properties": {"id": {"type": "string"}, "register": {"type": "string"},
        "state": {"enum": ["checking", "checked", "taking", "taken", "undoing", "undone", "cancelled", "failed"]},
        "existing": {"enum": ["overwrite", "keep"]},
        "file": {"type": "object", "required": ["name", "bytes", "sha256"],
                 "properties": {"name": {"type": "string"}, "bytes": {"type": "integer"}, "sha256": {"type": "string"}}},
        "mapping": {"oneOf": [{"$ref": "#/components/schemas/ImportMapping"}, {"type": "null"}]},
        "rows_done": {"type": "integer", "description": "Of the work under way"},
        "report": {"type": "object", "required": ["rows", "created", "changed", "unchanged", "faulty", "faults", "written"],
          "description": "What was done, or by the check would be",
          "properties": {"rows": {"type": "integer"}, "created": {"type": "integer"}, "changed": {"type": "integer"},
                         "unchanged": {"type": "integer"}, "faulty": {"type": "integer"}, "faults": {"type": "integer"},
                         "written": {"type": ["string", "null"], "description": "Of one taken: for `written` of a list"}}},
        "corrections": {"type": "integer"},
        "problems": {"type": "array", "items": {"type": "object"}},
        "made_at": {"type": "string"}, "ended_at": {"type": ["string", "null"]}}},
    "ImportMapping": {"type": "object", "required": ["sheet", "header_rows", "columns", "fields"],
      "properties": {"sheet": {"type": "string"},
        "header_rows": {"type": "array", "items": {"type": "integer"}, "minItems": 2, "maxItems": 2},
        "columns": {"type": "array", "items": {"type": "object",
          "required": ["column", "header", "field", "ignored", "by"],
          "properties": {"column": {"type": "string"}, "header": {"type": "string"},
                         "field": {"type": ["string", "null"]}, "ignored": {"type": "boolean"},
                         "by": {"enum": ["nothing", "title", "likeness", "memory", "user"]}}}},
        "fields": {"type": "array", "items": {"type": "object", "required": ["field", "title", "required"],
          "properties": {"field": {"type": "string"}, "title": {"$ref": "#/components/schemas/Text"},
                         "required": {"type": "boolean"}}}}}},
    "Fault": {"type": "object", "required": ["row", "column", "header", "value", "code", "zh", "en", "cell"],
      "properties": {"row": {"type": "integer"}, "column": {"type": "integer"}, "header": {"type": "string"},
        "value": {"type": "string"}, "code": {"type": "string"}, "zh": {"type": "string"}, "en": {"type": "string"},
        "cell": {"type": "string"}, "sheet": {"type": "string"}, "field": {"type": "string"}}}
  })");
  return schemas.get_object();
}

void describe_exchange(const registers::Catalogue& catalogue, json::object& paths) {
  const std::string imports = "/api/v1/registers/{register}/imports", one = imports + "/{id}";
  const auto of = [&] { return register_name(catalogue); };
  const auto id = [] { return in_path("id", "The import's id"); };
  const auto job = [](int status) { return std::vector<std::pair<int, json::object>>{{status, reference("Import")}}; };
  json::object name = in_query("name", text_of_length(1, 255), "The file's name, which ends in .xlsx or .csv");
  name["required"] = true;
  describe(
      paths, imports,
      {.method = "post",
       .summary = "Upload a workbook; it is checked, and nothing is written",
       .parameters = {of(), std::move(name),
                      in_query("existing", existing(), "Whether a row replaces what is stored, or fills gaps only")},
       .body = bytes(),
       .answers = job(201),
       .body_type = "application/octet-stream"});
  describe(paths, imports,
           {.method = "get",
            .summary = "One's own imports, newest first",
            .parameters = {of()},
            .answers = {{200, page_of(reference("Import"))}}});
  describe(paths, one,
           {.method = "get",
            .summary = "How far an import is, and what was found",
            .parameters = {of(), id()},
            .answers = job(200)});
  describe(
      paths, one + "/faults",
      {.method = "get",
       .summary = "What is wrong, row by row and cell by cell",
       .parameters = {of(), id(), in_query("after", of_type("string"), "`next` of the page before"),
                      in_query("limit", {{"type", "integer"}, {"minimum", 1}, {"maximum", 1000}}, "Faults on a page")},
       .answers = {{200, page_of(reference("Fault"))}}});
  describe(paths, one + "/mapping",
           {.method = "patch",
            .summary = "Other fields for columns (null: left out); remembered, and checked anew",
            .parameters = {of(), id()},
            .body = object_of({{"columns", choices()}, {"existing", existing()}}),
            .answers = job(200)});
  describe(paths, one + "/cells",
           {.method = "patch",
            .summary = "Mend cells; kept with the import, and checked anew",
            .parameters = {of(), id()},
            .body = object_of({{"cells", cells()}}, {"cells"}),
            .answers = job(200)});
  describe(paths, one + "/take",
           {.method = "post",
            .summary = "Store all rows, or the good ones only",
            .parameters = {of(), id()},
            .body = object_of({{"rows", one_of({"all", "good"})}}, {"rows"}),
            .answers = job(202)});
  describe(paths, one + "/cancel",
           {.method = "post", .summary = "Give it up; nothing stays", .parameters = {of(), id()}, .answers = job(202)});
  describe(
      paths, one + "/undo",
      {.method = "post", .summary = "Take the whole import back", .parameters = {of(), id()}, .answers = job(202)});
  describe_exports(of(), paths);
  describe(paths, one + "/marked.xlsx",
           {.method = "get",
            .summary = "The workbook with its faulty cells marked",
            .parameters = {of(), id()},
            .answers = {{200, bytes()}},
            .answer_types = {workbook_type}});
}

}  // namespace zhijia::http
