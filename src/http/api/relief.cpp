#include "api/relief.hpp"

#include <map>
#include <memory>

#include "api/api.hpp"
#include "api/body.hpp"
#include "api/once.hpp"
#include "api/operation.hpp"
#include "asked.hpp"
#include "relief/audit.hpp"
#include "relief/recheck.hpp"
#include "relief/stock.hpp"
#include "relief/timeline.hpp"
#include "sights.hpp"

namespace zhijia::http {

namespace json = boost::json;

Result<Date> asked_day(const Request& request, std::string_view name, std::optional<Date> otherwise) {
  const std::string_view text = request.parameter(name);
  if (text.empty() && !is_given(request, name) && otherwise) return *otherwise;
  if (const auto day = parse_date(text)) return *day;
  return std::unexpected(
      Problems{bad_parameter(name, "应为日期，如 2020-12-31。", "A day such as 2020-12-31 is wanted.")});
}

Result<std::optional<int>> asked_year(const json::object& body) {
  const json::value* year = body.if_contains("year");
  if (!year) return std::nullopt;
  if (!year->is_int64() || year->get_int64() < 1950 || year->get_int64() > 2199)
    return std::unexpected(Problems{bad_parameter("year", "应为年份。", "A year is wanted.")});
  return static_cast<int>(year->get_int64());
}

namespace {

constexpr std::size_t seed_length_max = 100;
constexpr std::int64_t sample_max = 10'000;

json::object person_json(const people::Person& person) {
  return {
      {"id", std::to_string(person.id)}, {"name", person.name}, {"birth_date", person.birth_date}, {"sex", person.sex}};
}

json::object event_json(const relief::Event& event) {
  json::array steps;
  for (const auto& step : event.steps)
    steps.push_back(json::object{{"name", step.name}, {"at", step.at}, {"actor", step.actor}});
  json::object written{{"on", event.on},
                       {"register", event.of->name},
                       {"title", titled(event.of->title)},
                       {"id", std::to_string(event.record)},
                       {"label", event.label},
                       {"state", event.state.empty() ? json::value(nullptr) : json::value(event.state)},
                       {"person", event.person.empty() ? json::value(nullptr) : json::value(event.person)},
                       {"amount", event.amount ? json::value(to_string(*event.amount)) : json::value(nullptr)},
                       {"steps", std::move(steps)}};
  if (!event.explanation.zh.empty()) written.emplace("explanation", titled(event.explanation));
  return written;
}

Response show_household(const Services& services, const Request& request) {
  return services.store.read([&](store::Reader& reader) {
    std::map<const registers::Register*, Sights> sights;
    const auto timeline = relief::timeline(
        reader, services.registers, parse_id(request["id"]),
        [&](const registers::Register& of) { return reading_reach(request, of); },
        [&](const registers::Register& of, Id record) {
          return sights.try_emplace(&of, services, reader, of, request).first->second.of(record);
        });
    if (!timeline) return out_of_reach();
    json::array members, events;
    for (const auto& member : timeline->members) {
      json::object person = person_json(member.person);
      person.emplace("relation", member.relation.empty() ? json::value(nullptr) : json::value(member.relation));
      members.push_back(std::move(person));
    }
    for (const relief::Event& event : timeline->events) events.push_back(event_json(event));
    return json_answer(json::object{{"id", std::to_string(timeline->household)},
                                    {"head", person_json(timeline->head)},
                                    {"members", std::move(members)},
                                    {"events", std::move(events)},
                                    {"paid", to_string(timeline->paid)}});
  });
}

Response show_stock(const Services& services, const Request& request) {
  const auto first = asked_day(request, "first", Date::of(services.year, 1, 1));
  if (!first) return refusal(first.error());
  const auto last = asked_day(request, "last", Date::of(services.year, 12, 31));
  if (!last) return refusal(last.error());
  if (!reading_reach(request).all) return refusal(not_for_all());
  return services.store.read([&](store::Reader& reader) {
    json::array lines;
    for (const relief::Stock& each : relief::stock_and_flow(reader, *first, *last))
      lines.push_back(json::object{{"region", each.region},
                                   {"cause", each.cause},
                                   {"opening", each.opening},
                                   {"opened", each.opened},
                                   {"closed", each.closed},
                                   {"open", each.open}});
    return json_answer(lines);
  });
}

json::object recheck_json(const relief::Recheck& checked) {
  constexpr std::array changes{"same", "changed", "out", "unstated"};
  json::array findings, dormant;
  for (const relief::Finding& each : checked.findings)
    findings.push_back(json::object{{"file", std::to_string(each.file)},
                                    {"code", each.code},
                                    {"region", each.region},
                                    {"change", changes[static_cast<std::size_t>(each.change)]},
                                    {"before", each.kind_before},
                                    {"kind", each.kind},
                                    {"reason", each.reason},
                                    {"rows", each.row_label}});
  for (const relief::Dormant& each : checked.dormant)
    dormant.push_back(
        json::object{{"file", std::to_string(each.file)},
                     {"code", each.code},
                     {"region", each.region},
                     {"last_on", each.last_on.empty() ? json::value(nullptr) : json::value(each.last_on)}});
  return {{"on", to_string(checked.on)},
          {"year", checked.year},
          {"findings", std::move(findings)},
          {"dormant", std::move(dormant)}};
}

Response show_recheck(const Services& services, const Request& request) {
  const auto on = asked_day(request, "on", Date::of(services.year, 12, 31));
  if (!on) return refusal(on.error());
  const auto year = asked_number(request, "year", 1950, 2199);
  if (!year) return refusal(year.error());
  if (!reading_reach(request).all) return refusal(not_for_all());
  return services.store.read([&](store::Reader& reader) {
    const auto checked = relief::recheck(reader, services.registers, *on, static_cast<int>(year->value_or(on->year())));
    return checked ? json_answer(recheck_json(*checked)) : refusal(checked.error());
  });
}

Response show_audit(const Services& services, const Request& request) {
  const std::string_view seed = request.parameter("seed");
  if (seed.empty() || seed.size() > seed_length_max)
    return refusal(
        Problems{bad_parameter("seed", "应为 1 至 100 字节的种子。", "A seed of 1 to 100 bytes is wanted.")});
  const auto size = asked_number(request, "size", 1, sample_max);
  if (!size) return refusal(size.error());
  const auto on = asked_day(request, "on", Date::of(services.year, 12, 31));
  if (!on) return refusal(on.error());
  if (!reading_reach(request).all) return refusal(not_for_all());
  return services.store.read([&](store::Reader& reader) {
    const auto audit =
        relief::audit(reader, services.registers, seed, static_cast<std::size_t>(size->value_or(100)), *on);
    constexpr std::array precisions{"who", "why", "help", "when"};
    json::array checks, files, counties;
    for (const relief::Check& check : relief::checks())
      checks.push_back(json::object{{"id", check.id},
                                    {"precision", precisions[static_cast<std::size_t>(check.precision)]},
                                    {"title", json::object{{"zh", check.zh}, {"en", check.en}}}});
    for (const relief::Audited& file : audit.files) {
      json::array found, missing;
      for (std::size_t i = 0; i < file.evidence.size(); ++i) {
        if (file.evidence[i] == relief::Audited::Evidence::found) found.emplace_back(relief::checks()[i].id);
        if (file.evidence[i] == relief::Audited::Evidence::missing) missing.emplace_back(relief::checks()[i].id);
      }
      files.push_back(json::object{{"file", std::to_string(file.file)},
                                   {"code", file.code},
                                   {"region", file.region},
                                   {"ticket", file.ticket},
                                   {"found", std::move(found)},
                                   {"missing", std::move(missing)}});
    }
    for (const auto& county : audit.counties)
      counties.push_back(json::object{{"region", county.region},
                                      {"files", county.files},
                                      {"asked", county.asked},
                                      {"found", county.found},
                                      {"score", county.score()}});
    return json_answer(json::object{{"seed", audit.seed},
                                    {"drawn_from", audit.drawn_from},
                                    {"checks", std::move(checks)},
                                    {"files", std::move(files)},
                                    {"counties", std::move(counties)}});
  });
}

Result<std::vector<relief::Override>> asked_overrides(const json::object& body) {
  std::vector<relief::Override> overrides;
  const json::value* set = body.if_contains("set");
  if (!set) return overrides;
  if (!set->is_array()) return std::unexpected(Problems{bad_parameter("set", "应为列表。", "A list is wanted.")});
  for (const json::value& each : set->get_array()) {
    auto read = relief::parse_override(each.is_string() ? std::string_view(each.get_string()) : std::string_view());
    if (!read) return std::unexpected(std::move(read.error()));
    overrides.push_back(std::move(*read));
  }
  return overrides;
}

/// Reads only, though it comes with a body.
Response try_policy(const Services& services, const Request& request) {
  const auto body = asked_body(request, {"year", "set", "model"});
  if (!body) return refusal(body.error());
  const auto year = asked_year(*body);
  if (!year) return refusal(year.error());
  if (!*year) return refusal(Problems{bad_parameter("year", "应为年份。", "A year is wanted.")});
  const auto overrides = asked_overrides(*body);
  if (!overrides) return refusal(overrides.error());
  if (!reading_reach(request).all) return refusal(not_for_all());
  std::unique_ptr<dmn::Model> other;
  if (const std::string xml = text_of(*body, "model"); !xml.empty()) {
    auto model = dmn::load(xml);
    if (!model) return refusal(model.error());
    other = std::make_unique<dmn::Model>(std::move(*model));
  }
  return services.store.read([&](store::Reader& reader) {
    const auto tried = relief::try_policy(reader, services.registers, **year, *overrides, other.get());
    if (!tried) return refusal(tried.error());
    json::array differences;
    for (const auto& each : tried->differences)
      differences.push_back(json::object{{"file", std::to_string(each.file)},
                                         {"code", each.code},
                                         {"region", each.region},
                                         {"before", each.before},
                                         {"after", each.after},
                                         {"cost_before", to_string(each.cost_before)},
                                         {"cost_after", to_string(each.cost_after)}});
    json::object kinds;
    for (const auto& [kind, counts] : tried->kinds)
      kinds.emplace(kind, json::object{{"before", counts.first}, {"after", counts.second}});
    return json_answer(json::object{{"files", tried->files},
                                    {"gains", tried->gains},
                                    {"losses", tried->losses},
                                    {"kinds", std::move(kinds)},
                                    {"cost_before", to_string(tried->cost_before)},
                                    {"cost_after", to_string(tried->cost_after)},
                                    {"differences", std::move(differences)}});
  });
}

}  // namespace

void add_relief(Router& router, const Services& services) {
  const auto answering = [&services](Response (*answer)(const Services&, const Request&)) {
    return [services, answer](const Request& request) { return answer(services, request); };
  };
  router.add("GET", "/api/v1/households/{id}", answering(show_household));
  router.add("GET", "/api/v1/relief/stock", answering(show_stock));
  router.add("GET", "/api/v1/relief/recheck", answering(show_recheck));
  router.add("GET", "/api/v1/relief/audit", answering(show_audit));
  router.add("POST", "/api/v1/relief/trial", answering(try_policy));
  add_relief_help(router, services);
  add_relief_lists(router, services);
  add_relief_rechecks(router, services);
}

void describe_relief(json::object& paths) {
  using namespace openapi;
  const auto day = [] { return json::object{{"type", "string"}, {"format", "date"}}; };
  const auto text = [] { return of_type("string"); };
  const auto number = [] { return of_type("integer"); };
  describe(paths, "/api/v1/households/{id}",
           {.method = "get",
            .summary = "All that any pack knows of a household: members, visits, decisions, payments and claims",
            .parameters = {in_path("id", "The household's id")},
            .answers = {{200, object_of({{"id", text()},
                                         {"head", of_type("object")},
                                         {"members", list_of(of_type("object"))},
                                         {"events", list_of(of_type("object"))},
                                         {"paid", text()}},
                                        {"id", "head", "members", "events", "paid"})}}});
  describe(paths, "/api/v1/relief/stock",
           {.method = "get",
            .summary = "Files on the roll by county and cause: opening + opened − closed = open",
            .parameters = {in_query("first", day(), "First day"), in_query("last", day(), "Last day")},
            .answers = {{200, list_of(object_of({{"region", text()},
                                                 {"cause", text()},
                                                 {"opening", number()},
                                                 {"opened", number()},
                                                 {"closed", number()},
                                                 {"open", number()}}))}}});
  const auto checked = [&] {
    return object_of({{"on", text()},
                      {"year", number()},
                      {"findings", list_of(of_type("object"))},
                      {"dormant", list_of(of_type("object"))}});
  };
  describe(paths, "/api/v1/relief/recheck",
           {.method = "get",
            .summary = "The yearly re-check as it would be; nothing is written",
            .parameters = {in_query("on", day(), "Day whose parameters count"),
                           in_query("year", json::object{{"type", "integer"}, {"minimum", 1950}, {"maximum", 2199}},
                                    "Year of income and spending")},
            .answers = {{200, checked()}}});
  describe(paths, "/api/v1/relief/audit",
           {.method = "get",
            .summary = "The four-precision audit of a random sample by a published seed",
            .parameters = {in_query("seed", text_of_length(1, 100), "Published beforehand"),
                           in_query("size", json::object{{"type", "integer"}, {"minimum", 1}, {"maximum", 10'000}},
                                    "Files to draw"),
                           in_query("on", day(), "As known on this day")},
            .answers = {{200, object_of({{"seed", text()},
                                         {"drawn_from", number()},
                                         {"checks", list_of(of_type("object"))},
                                         {"files", list_of(of_type("object"))},
                                         {"counties", list_of(of_type("object"))}})}}});
  describe(paths, "/api/v1/relief/trial",
           {.method = "post",
            .summary = "Who gains and loses by another policy on a year's files, and what it costs; nothing is written",
            .body = object_of({{"year", json::object{{"type", "integer"}, {"minimum", 1950}, {"maximum", 2199}}},
                               {"set", list_of(text())},
                               {"model", text()}},
                              {"year"}),
            .answers = {{200, object_of({{"files", number()},
                                         {"gains", number()},
                                         {"losses", number()},
                                         {"kinds", of_type("object")},
                                         {"cost_before", text()},
                                         {"cost_after", text()},
                                         {"differences", list_of(of_type("object"))}})}}});
}

}  // namespace zhijia::http
