#include "api/operation.hpp"

/// The part of the description that is about publicity, work and delegation.
namespace zhijia::http::openapi {

namespace json = boost::json;

namespace {

using For = Operation::For;

json::object day() { return {{"type", "string"}, {"format", "date"}}; }

void describe_publicity(json::object& paths) {
  const std::string publicity = "/api/v1/public/publicity";
  const auto id = [] { return in_path("id", "Of a period on the public list"); };
  describe(paths, publicity,
           {.method = "get",
            .summary = "The public list: what is publicised today, names masked; no session needed",
            .parameters = {in_query("register", of_type("string"), "Of one register only"),
                           in_query("after", of_type("string"), "`next` of the page before"),
                           in_query("limit", {{"type", "integer"}, {"minimum", 1}, {"maximum", 100}}, "On a page")},
            .answers = {{200, page_of(reference("Publicised"))}},
            .whom = For::anyone});
  describe(paths, publicity + "/{id}",
           {.method = "get",
            .summary = "One of the public list",
            .parameters = {id()},
            .answers = {{200, reference("Publicised")}},
            .whom = For::anyone});
  describe(
      paths, publicity + "/{id}/objections",
      {.method = "post",
       .summary = "Object to it, by name or without; an answer is owed by `answer_due_on`",
       .parameters = {id()},
       .body = object_of(
           {{"statement", text_of_length(1, 2000)}, {"name", text_of_length(0, 100)}, {"phone", text_of_length(0, 20)}},
           {"statement"}),
       .answers = {{201, object_of({{"id", of_type("string")}, {"answer_due_on", nullable("string")}},
                                   {"id", "answer_due_on"})}},
       .whom = For::anyone});
}

void describe_delegations(json::object& paths) {
  const std::string delegations = "/api/v1/delegations";
  describe(paths, delegations,
           {.method = "get",
            .summary = "Roles given and received that are not over",
            .answers = {{200, list_of(reference("Delegation"))}},
            .whom = For::session});
  describe(paths, delegations,
           {.method = "post",
            .summary = "Give roles to a colleague for some days",
            .body = object_of({{"to", text_of_length(1, 64)},
                               {"roles", list_of(text_of_length(1, 64))},
                               {"begins_on", day()},
                               {"ends_on", day()}},
                              {"to", "roles", "begins_on", "ends_on"}),
            .answers = {{201, reference("Delegation")}},
            .whom = For::session});
  describe(paths, delegations + "/{id}",
           {.method = "delete",
            .summary = "Take them back",
            .parameters = {in_path("id", "The delegation's id")},
            .answers = {{204, {}}},
            .whom = For::session});
}

void describe_views(json::object& paths) {
  const std::string views = "/api/v1/views";
  describe(paths, views,
           {.method = "get",
            .summary = "How a register's list may be looked at: one's own views, and those that colleagues share",
            .parameters = {in_query("register", of_type("string"), "The register; must be said")},
            .answers = {{200, object_of({{"items", list_of(reference("View"))}}, {"items"})}},
            .whom = For::session});
  describe(paths, views,
           {.method = "put",
            .summary = "Keep a view of one's own by its name, in place of one of that name",
            .body = object_of({{"register", text_of_length(1, 64)},
                               {"name", text_of_length(1, 30)},
                               {"is_shared", of_type("boolean")},
                               {"view", of_type("object")}},
                              {"register", "name", "view"}),
            .answers = {{200, reference("View")}},
            .whom = For::session});
  describe(paths, views + "/{id}",
           {.method = "delete",
            .summary = "Forget one of one's own",
            .parameters = {in_path("id", "The view's id")},
            .answers = {{204, {}}},
            .whom = For::session});
}

}  // namespace

void describe_daily_use(json::object& paths) {
  describe_publicity(paths);
  describe_delegations(paths);
  describe_views(paths);
  describe(paths, "/api/v1/work",
           {.method = "get",
            .summary = "What waits for the asker: records to lead on, what was returned, deadlines, objections",
            .answers = {{200, reference("Work")}},
            .whom = For::session});
}

void add_daily_schemas(json::object& schemas) {
  const json::value added = json::parse(R"({
    "Publicised": {"type": "object", "required": ["id", "register", "title", "opened_on", "ends_on", "values"],
                   "properties": {"id": {"type": "string"}, "register": {"type": "string"},
                                  "title": {"$ref": "#/components/schemas/Text"}, "opened_on": {"type": "string"},
                                  "ends_on": {"type": "string"},
                                  "values": {"type": "array", "items": {
                                    "type": "object", "required": ["name", "title", "text"],
                                    "properties": {"name": {"type": "string"}, "text": {"type": "string"},
                                                   "title": {"$ref": "#/components/schemas/Text"}}}}}},
    "Standing": {"type": "object", "required": ["today", "standing", "period", "answers_owed"],
                 "properties": {"today": {"type": "string"},
                                "standing": {"enum": ["none", "running", "disputed", "upheld", "unopposed"]},
                                "period": {"type": ["object", "null"], "required": ["id", "opened_on", "ends_on"],
                                           "properties": {"id": {"type": "string"}, "opened_on": {"type": "string"},
                                                          "ends_on": {"type": "string"}}},
                                "answers_owed": {"type": "array", "items": {
                                  "type": "object", "required": ["objection", "due_on"],
                                  "properties": {"objection": {"type": "string"}, "due_on": {"type": "string"}}}}}},
    "View": {"type": "object", "required": ["id", "register", "name", "is_shared", "is_own", "who", "view"],
             "properties": {"id": {"type": "string"}, "register": {"type": "string"}, "name": {"type": "string"},
                            "is_shared": {"type": "boolean"}, "is_own": {"type": "boolean"},
                            "who": {"$ref": "#/components/schemas/Text"},
                            "view": {"type": "object", "description": "What filters, sorts and stands in columns, as who kept it wrote it"}}},
    "Due": {"type": "object", "required": ["register", "id", "label", "deadline", "title", "due_on", "is_overdue", "step"],
            "properties": {"register": {"type": "string"}, "id": {"type": "string"}, "label": {"type": "string"},
                           "about": {"type": "object", "properties": {"register": {"type": "string"},
                                                                      "id": {"type": "string"}}},
                           "deadline": {"type": "string"}, "title": {"$ref": "#/components/schemas/Text"},
                           "due_on": {"type": "string"}, "is_overdue": {"type": "boolean"},
                           "step": {"type": ["string", "null"]}}},
    "Work": {"type": "object", "required": ["today", "waiting", "returned", "due", "objections"],
             "properties": {
               "today": {"type": "string"},
               "waiting": {"type": "array", "items": {
                 "type": "object",
                 "required": ["register", "title", "state", "state_title", "steps", "count", "overdue", "next_due_on"],
                 "properties": {"register": {"type": "string"}, "title": {"$ref": "#/components/schemas/Text"},
                                "state": {"type": "string"}, "state_title": {"$ref": "#/components/schemas/Text"},
                                "steps": {"type": "array", "items": {"type": "string"}},
                                "count": {"type": "integer"}, "overdue": {"type": "integer"},
                                "next_due_on": {"type": ["string", "null"]}}}},
               "returned": {"type": "array", "items": {
                 "type": "object", "required": ["register", "id", "label", "state", "reason", "by", "who", "at"],
                 "properties": {"register": {"type": "string"}, "id": {"type": "string"}, "label": {"type": "string"},
                                "state": {"type": "string"}, "reason": {"type": "string"}, "by": {"type": "string"},
                                "who": {"$ref": "#/components/schemas/Text"}, "at": {"type": "string"}}}},
               "due": {"type": "array", "items": {"$ref": "#/components/schemas/Due"}},
               "objections": {"type": "array", "items": {"$ref": "#/components/schemas/Due"}}}},
    "Delegation": {"type": "object", "required": ["id", "from", "to", "roles", "begins_on", "ends_on"],
                   "properties": {"id": {"type": "string"}, "from": {"type": "string"}, "to": {"type": "string"},
                                  "roles": {"type": "array", "items": {"type": "string"}},
                                  "begins_on": {"type": "string"}, "ends_on": {"type": "string"}}}
  })");
  for (const auto& [name, schema] : added.as_object()) schemas.emplace(name, schema);
}

}  // namespace zhijia::http::openapi
