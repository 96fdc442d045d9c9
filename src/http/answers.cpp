#include "answers.hpp"

#include <boost/beast/http/status.hpp>

namespace zhijia::http {

namespace json = boost::json;

namespace {

json::object described(const Problem& problem) {
  json::object object{{"code", problem.code}, {"zh", problem.message.zh}, {"en", problem.message.en}};
  const Place& place = problem.place;
  for (const auto& [name, text] : {std::pair<const char*, const std::string&>{"file", place.file},
                                   {"sheet", place.sheet},
                                   {"cell", place.cell},
                                   {"record", place.record},
                                   {"field", place.field}})
    if (!text.empty()) object.emplace(name, text);
  return object;
}

int status_of(const Problem& problem) {
  const std::string_view code = problem.code;
  if (code.ends_with(".not_found")) return 404;
  if (code == "http.media_type") return 415;
  if (code == "http.if_match_needed") return 428;
  if (code == "record.version") return 412;
  if (code == "publicity.too_many") return 429;
  if (code == "step.state" || code == "step.publicity" || code == "publicity.not_open" || code == "http.key_reused") return 409;
  if (code == "session.refused" || code == "session.none" || code == "session.code_needed") return 401;
  if (code == "session.locked" || code == "session.too_many") return 429;
  if (code.starts_with("access.") || code == "step.role" || code == "step.never_by") return 403;
  if (code.starts_with("list.") || code.starts_with("feel.") || code.starts_with("http.")) return 400;
  return 422;
}

}  // namespace

Response json_answer(const json::value& value) { return {.body = json::serialize(value)}; }

Response refusal(int status, const Problems& problems) {
  json::array list;
  for (const Problem& problem : problems) list.push_back(described(problem));
  json::object details{
      {"type", "about:blank"},
      {"title", std::string_view(boost::beast::http::obsolete_reason(static_cast<boost::beast::http::status>(status)))},
      {"status", status}};
  if (!problems.empty()) details.emplace("detail", problems.front().message.zh + " " + problems.front().message.en);
  details.emplace("problems", std::move(list));
  return {.status = status, .type = "application/problem+json", .body = json::serialize(details)};
}

Response refusal(const Problems& problems) { return refusal(status_of(problems.front()), problems); }

Problems beyond_reach() {
  return {{"record.not_found",
           {},
           {"没有这条记录，或不在您的权限范围内。", "There is no such record, or not within your reach."}}};
}

Problems not_for_all() {
  return {{"access.scope",
           {},
           {"汇总数字背后的记录须有全范围权限才能查看。",
            "The records behind a figure of the whole federation need a grant that reaches all of it."}}};
}

Response out_of_reach() { return refusal(404, beyond_reach()); }

Response not_found() {
  return refusal(404, {{"http.not_found", {}, {"没有这个地址。", "There is nothing at this address."}}});
}

}  // namespace zhijia::http
