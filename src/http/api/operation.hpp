#pragma once

#include <boost/json.hpp>
#include <string>
#include <vector>

/// One address and method of the interface, as OpenAPI 3.1 describes it.
namespace zhijia::http::openapi {

struct Operation {
  const char* method;
  std::string summary;
  boost::json::array parameters = {};
  boost::json::object body = {};                             ///< schema of `body_type`; empty: none
  std::vector<std::pair<int, boost::json::object>> answers;  ///< by status; an empty schema: no content
  std::vector<std::string> answer_types = {"application/json"};
  const char* body_type = "application/json";
  enum class For { anyone, session, user } whom = For::user;  ///< `session`: no program's token will do
  bool may_lack_body = false;
};

/// Adds it to the addresses; what may be refused follows from its method, body and parameters.
void describe(boost::json::object& paths, const std::string& address, Operation operation);

/// As describe; and of POST `post`, the same with its query as members of the body (api/asking.hpp).
void describe_asking(boost::json::object& paths, const std::string& get, const std::string& post, Operation operation);

/// The public list, what waits for the asker, and roles given to colleagues.
void describe_daily_use(boost::json::object& paths);
void add_daily_schemas(boost::json::object& schemas);

boost::json::object reference(const std::string& name);
boost::json::object of_type(const char* type);
boost::json::object nullable(const char* type);
boost::json::object list_of(boost::json::object items);
/// An object of these properties and no others.
boost::json::object object_of(boost::json::object properties, boost::json::array required = {});
/// {"items": […], "next": …}
boost::json::object page_of(boost::json::object items);
/// Text of so many characters.
boost::json::object text_of_length(int least, int most);

boost::json::object in_query(const char* name, boost::json::object schema, const char* description);
boost::json::object in_path(const char* name, const char* description);
boost::json::object one_of_path(const char* name, boost::json::array values, const char* description);
boost::json::object in_header(const char* name, boost::json::object schema, bool is_required, const char* description);
/// X-File-Name of a request that brings a file.
boost::json::object file_name_header();

}  // namespace zhijia::http::openapi
