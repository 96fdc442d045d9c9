#include "api/body.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace zhijia::http {

namespace json = boost::json;

Result<json::object> asked_body(const Request& request) {
  if (!request.header("content-type").starts_with("application/json"))
    return fail("http.media_type", "请求内容应为 application/json。", "The body is to be application/json.");
  json::error_code error;
  json::parse_options options;
  options.max_depth = 8;
  json::value value = is_utf8(request.body) ? json::parse(request.body, error, {}, options) : json::value();
  if (error || !value.is_object())
    return fail("http.body", "请求内容应为一个 JSON 对象。", "The body is to be one JSON object.");
  return std::move(value.get_object());
}

Result<json::object> asked_body(const Request& request, std::initializer_list<std::string_view> members) {
  auto body = asked_body(request);
  if (!body) return body;
  for (const auto& [name, value] : *body)
    if (std::ranges::find(members, std::string_view(name)) == members.end()) {
      const std::string field(name);
      return fail("http.member", "请求内容中不应有“" + field + "”。", "The body has no member “" + field + "”.",
                  {.file = {}, .sheet = {}, .cell = {}, .record = {}, .field = field});
    }
  return body;
}

std::string text_of(const json::object& body, std::string_view name) {
  const json::value* value = body.if_contains(name);
  return value && value->is_string() ? std::string(value->get_string()) : std::string();
}

}  // namespace zhijia::http
