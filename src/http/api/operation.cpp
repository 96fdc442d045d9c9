#include "api/operation.hpp"

#include <algorithm>

namespace zhijia::http::openapi {

namespace json = boost::json;

json::object reference(const std::string& name) { return {{"$ref", "#/components/schemas/" + name}}; }

json::object of_type(const char* type) { return {{"type", type}}; }

json::object nullable(const char* type) { return {{"type", json::array{type, "null"}}}; }

json::object list_of(json::object items) { return {{"type", "array"}, {"items", std::move(items)}}; }

json::object object_of(json::object properties, json::array required) {
  json::object schema{{"type", "object"}, {"additionalProperties", false}, {"properties", std::move(properties)}};
  if (!required.empty()) schema.emplace("required", std::move(required));
  return schema;
}

json::object page_of(json::object items) {
  return {{"type", "object"},
          {"required", json::array{"items", "next"}},
          {"properties", json::object{{"items", list_of(std::move(items))}, {"next", nullable("string")}}}};
}

json::object text_of_length(int least, int most) {
  return {{"type", "string"}, {"minLength", least}, {"maxLength", most}};
}

namespace {

json::object parameter(const char* name, const char* in, bool is_required, json::object schema,
                       const char* description) {
  return {{"name", name},
          {"in", in},
          {"required", is_required},
          {"schema", std::move(schema)},
          {"description", description}};
}

/// What any address may answer, and what this one may besides.
std::vector<int> refusals_of(const Operation& operation) {
  std::vector<int> statuses = {400, 404, 405, 421, 422, 429, 431, 503};
  if (operation.whom != Operation::For::anyone) statuses.insert(statuses.end(), {401, 403});
  if (std::string_view(operation.method) != "get") statuses.insert(statuses.end(), {409, 412, 413, 428});
  if (!operation.body.empty()) statuses.push_back(415);
  if (operation.whom == Operation::For::anyone) statuses.push_back(401);
  std::ranges::sort(statuses);
  return statuses;
}

json::object content(const json::object& schema, const std::vector<std::string>& types) {
  json::object content;
  for (const std::string& type : types) content.emplace(type, json::object{{"schema", schema}});
  return content;
}

json::array security_of(Operation::For whom, bool is_reading) {
  json::object session{{"session", json::array{}}};
  if (!is_reading) session.emplace("csrf", json::array{});
  if (whom == Operation::For::anyone) return {};
  json::array ways{std::move(session)};
  if (whom == Operation::For::user) ways.push_back(json::object{{"token", json::array{}}});
  return ways;
}

}  // namespace

json::object in_query(const char* name, json::object schema, const char* description) {
  return parameter(name, "query", false, std::move(schema), description);
}

json::object in_path(const char* name, const char* description) {
  return parameter(name, "path", true, text_of_length(1, 64), description);
}

json::object one_of_path(const char* name, json::array values, const char* description) {
  return parameter(name, "path", true, {{"type", "string"}, {"enum", std::move(values)}}, description);
}

json::object in_header(const char* name, json::object schema, bool is_required, const char* description) {
  return parameter(name, "header", is_required, std::move(schema), description);
}

json::object file_name_header() {
  return in_header("X-File-Name", {{"type", "string"}, {"pattern", "^[A-Za-z0-9._~%-]{1,900}$"}}, false,
                   "The file's name in UTF-8, percent-encoded");
}

void describe(json::object& paths, const std::string& address, Operation operation) {
  const bool is_reading = std::string_view(operation.method) == "get";
  json::object responses;
  for (auto& [status, schema] : operation.answers) {
    json::object response{{"description", "OK"}};
    if (!schema.empty()) response.emplace("content", content(schema, operation.answer_types));
    responses.emplace(std::to_string(status), std::move(response));
  }
  for (const int status : refusals_of(operation))
    responses.emplace(std::to_string(status), json::object{{"$ref", "#/components/responses/Refused"}});
  json::object described{{"summary", std::move(operation.summary)},
                         {"parameters", std::move(operation.parameters)},
                         {"responses", std::move(responses)},
                         {"security", security_of(operation.whom, is_reading)}};
  if (!operation.body.empty())
    described.emplace("requestBody", json::object{{"required", !operation.may_lack_body},
                                                  {"content", content(operation.body, {operation.body_type})}});
  if (!paths.contains(address)) paths.emplace(address, json::object());
  paths.at(address).as_object().emplace(operation.method, std::move(described));
}

void describe_asking(json::object& paths, const std::string& get, const std::string& post, Operation operation) {
  json::object terms;
  json::array in_address;
  for (const json::value& each : operation.parameters) {
    const json::object& one = each.as_object();
    if (one.at("in").as_string() != "query") {
      in_address.push_back(one);
      continue;
    }
    json::object term = one.at("schema").as_object();
    term.emplace("description", one.at("description"));
    terms.emplace(one.at("name").as_string(), std::move(term));
  }
  Operation asking = operation;
  asking.method = "post";
  asking.summary += ", with the terms in the body: a question, which changes nothing";
  asking.parameters = std::move(in_address);
  asking.body = object_of(std::move(terms));
  describe(paths, get, std::move(operation));
  describe(paths, post, std::move(asking));
}

}  // namespace zhijia::http::openapi
