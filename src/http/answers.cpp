#include "answers.hpp"

#include <algorithm>
#include <boost/beast/http/status.hpp>
#include <utility>

namespace zhijia::http {

namespace json = boost::json;

namespace {

constexpr std::pair<std::string_view, int> statuses[] = {
    {"http.media_type", 415},
    {"http.if_match_needed", 428},
    {"record.version", 412},
    {"publicity.too_many", 429},
    {"session.locked", 429},
    {"session.too_many", 429},
    {"step.state", 409},
    {"step.publicity", 409},
    {"publicity.not_open", 409},
    {"record.kept", 409},
    {"record.referred_to", 409},
    {"http.key_reused", 409},
    {"pair.decided", 409},
    {"merge.merged", 409},
    {"merge.undone", 409},
    {"session.refused", 401},
    {"session.none", 401},
    {"session.code_needed", 401},
    {"session.expired", 401},
    {"session.weak", 403},
    {"step.role", 403},
    {"step.never_by", 403},
    {"attachment.not_scanned", 503},
    {"import.state", 409},
    {"import.too_many", 429},
    {"import.page", 400},
};

int status_of(const Problem& problem) {
  const std::string_view code = problem.code;
  if (code.ends_with(".not_found")) return 404;
  if (const auto known = std::ranges::find(statuses, code, &std::pair<std::string_view, int>::first);
      known != std::end(statuses))
    return known->second;
  if (code.starts_with("access.")) return 403;
  if (code.starts_with("list.") || code.starts_with("feel.") || code.starts_with("http.")) return 400;
  return 422;
}

}  // namespace

Response json_answer(const json::value& value) { return {.body = json::serialize(value)}; }

Response refusal(int status, const Problems& problems) {
  json::object details{
      {"type", "about:blank"},
      {"title", std::string_view(boost::beast::http::obsolete_reason(static_cast<boost::beast::http::status>(status)))},
      {"status", status}};
  if (!problems.empty()) details.emplace("detail", problems.front().message.zh + " " + problems.front().message.en);
  details.emplace("problems", problems_json(problems));
  return {.status = status, .type = "application/problem+json", .body = json::serialize(details)};
}

Response refusal(const Problems& problems) { return refusal(status_of(problems.front()), problems); }

Problems beyond_reach() {
  return {{"record.not_found",
           {},
           {"没有这条记录，或不在您的权限范围内。", "There is no such record, or not within your reach."}}};
}

std::unexpected<Problems> not_permitted() {
  return fail("access.scope", "您的角色或权限范围不允许此操作。", "Neither your roles nor their reach allow this.");
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
