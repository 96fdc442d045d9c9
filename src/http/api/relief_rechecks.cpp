#include "relief/recheck_jobs.hpp"

#include "api/api.hpp"
#include "api/body.hpp"
#include "api/operation.hpp"
#include "api/relief.hpp"
#include "asked.hpp"
#include "base/problem_json.hpp"

/// The yearly re-check written: begun, followed, cancelled. It is the whole federation's, for who may change all of it.
namespace zhijia::http {

namespace json = boost::json;

namespace {

constexpr std::size_t shown_max = 20;

json::object job_json(const relief::RecheckJob& job) {
  const bool is_over = job.state != relief::RecheckJob::State::running;
  return {{"id", std::to_string(job.id)},
          {"on", to_string(job.on)},
          {"year", job.year},
          {"state", relief::name_of(job.state)},
          {"files", job.files},
          {"files_done", job.files_done},
          {"same", job.same},
          {"changed", job.changed},
          {"out", job.out},
          {"unstated", job.unstated},
          {"problems", problems_json(job.problems)},
          {"made_at", to_string(job.made_at)},
          {"ended_at", is_over ? json::value(to_string(job.ended_at)) : json::value(nullptr)}};
}

bool changes_all(const Request& request) {
  return request.session && registers::reach_of(request.session->user.grants, registers::Operation::change).all;
}

Response begin(const Services& services, const Request& request) {
  const auto body = asked_body(request, {"on", "year"});
  if (!body) return refusal(body.error());
  const auto on = parse_date(text_of(*body, "on"));
  if (!on) return refusal(on.error());
  const auto year = asked_year(*body);
  if (!year) return refusal(year.error());
  if (!changes_all(request)) return refusal(not_for_all());
  const auto job = services.rechecks->begin(*on, year->value_or(on->year()), actor_of(request));
  if (!job) return refusal(job.error());
  Response response = json_answer(job_json(*job));
  response.status = 202;
  return response;
}

Response list(const Services& services, const Request& request) {
  if (!reading_reach(request).all) return refusal(not_for_all());
  json::array items;
  for (const relief::RecheckJob& job : services.rechecks->latest(shown_max)) items.push_back(job_json(job));
  return json_answer(json::object{{"items", std::move(items)}, {"next", nullptr}});
}

Response show(const Services& services, const Request& request) {
  if (!reading_reach(request).all) return refusal(not_for_all());
  const auto job = services.rechecks->find(parse_id(request["id"]));
  return job ? json_answer(job_json(*job)) : out_of_reach();
}

Response cancel(const Services& services, const Request& request) {
  if (!changes_all(request)) return refusal(not_for_all());
  const auto job = services.rechecks->cancel(parse_id(request["id"]));
  return job ? json_answer(job_json(*job)) : refusal(job.error());
}

constexpr const char *one = "/api/v1/relief/rechecks/{id}", *all = "/api/v1/relief/rechecks";

}  // namespace

void add_relief_rechecks(Router& router, const Services& services) {
  if (!services.rechecks) return;
  const auto route = [&](const char* method, const std::string& pattern,
                         Response (*answer)(const Services&, const Request&)) {
    router.add(method, pattern, [services, answer](const Request& request) { return answer(services, request); });
  };
  route("POST", "/api/v1/relief/recheck", begin);
  route("GET", all, list);
  route("GET", one, show);
  route("POST", std::string(one) + "/cancel", cancel);
}

void describe_relief_rechecks(json::object& paths) {
  using namespace openapi;
  const auto number = [] { return of_type("integer"); };
  const auto day = [] { return json::object{{"type", "string"}, {"format", "date"}}; };
  const auto year = [] { return json::object{{"type", "integer"}, {"minimum", 1950}, {"maximum", 2199}}; };
  const auto job = [&] {
    return object_of({{"id", of_type("string")},
                      {"on", day()},
                      {"year", number()},
                      {"state", json::object{{"enum", json::array{"running", "done", "cancelled", "failed"}}}},
                      {"files", number()},
                      {"files_done", number()},
                      {"same", number()},
                      {"changed", number()},
                      {"out", number()},
                      {"unstated", number()},
                      {"problems", list_of(of_type("object"))},
                      {"made_at", of_type("string")},
                      {"ended_at", nullable("string")}});
  };
  describe(paths, "/api/v1/relief/recheck",
           {.method = "post",
            .summary = "Re-check all files on the roll: a job that writes a decision for each",
            .body = object_of({{"on", day()}, {"year", year()}}, {"on"}),
            .answers = {{202, job()}}});
  describe(paths, all,
           {.method = "get", .summary = "The latest re-checks that were written", .answers = {{200, page_of(job())}}});
  describe(paths, one,
           {.method = "get",
            .summary = "How far a re-check is",
            .parameters = {in_path("id", "The job's id")},
            .answers = {{200, job()}}});
  describe(paths, std::string(one) + "/cancel",
           {.method = "post",
            .summary = "Decide no further file; what was decided stays",
            .parameters = {in_path("id", "The job's id")},
            .answers = {{200, job()}}});
}

}  // namespace zhijia::http
