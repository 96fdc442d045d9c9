#include "registers/work.hpp"

#include <algorithm>

#include "api/actors.hpp"
#include "api/api.hpp"
#include "api/body.hpp"
#include "asked.hpp"

namespace zhijia::http {

namespace json = boost::json;
using registers::Owed;
using registers::Register;

namespace {

json::object state_title(const Register& of, const std::string& state) {
  const auto found = std::ranges::find(of.flow->states, state, &std::pair<std::string, registers::Title>::first);
  return titled(found == of.flow->states.end() ? registers::Title{state, state} : found->second);
}

json::object described(const registers::Waiting& waiting) {
  json::array steps;
  for (const std::string& step : waiting.steps) steps.emplace_back(step);
  return {{"register", waiting.of->name},
          {"title", titled(waiting.of->title)},
          {"state", waiting.state},
          {"state_title", state_title(*waiting.of, waiting.state)},
          {"steps", std::move(steps)},
          {"count", waiting.count},
          {"overdue", waiting.overdue},
          {"next_due_on", waiting.next_due ? json::value(*waiting.next_due) : json::value(nullptr)}};
}

json::object described(registers::Texts& texts, Actors& actors, const registers::Returned& returned) {
  return {{"register", returned.of->name},
          {"id", std::to_string(returned.record)},
          {"label", texts.label(*returned.of, returned.record)},
          {"state", returned.state},
          {"reason", returned.reason},
          {"by", returned.by},
          {"who", titled(actors.title(returned.by))},
          {"at", returned.at}};
}

json::object described(const Services& services, store::Reader& reader, registers::Texts& texts, const Owed& owed,
                       Date today) {
  const Register* of = owed.of;
  Id record = owed.record;
  json::object object{{"register", of->name}, {"id", std::to_string(record)}};
  // An objection is named by what it is about, not by who made it.
  if (of->takes_objections) {
    const auto objection = services.registers.read(reader, *of, record);
    const auto place = of->place("part_of");
    const auto* about = objection ? std::get_if<std::int64_t>(&objection->values[place]) : nullptr;
    of = services.registers.catalogue().find_register(of->part_of);
    if (about) record = *about;
    object.emplace("about", json::object{{"register", of->name}, {"id", std::to_string(record)}});
  }
  object.emplace("label", texts.label(*of, record));
  object.emplace("deadline", owed.deadline->name);
  object.emplace("title", titled(owed.deadline->title));
  object.emplace("due_on", to_string(owed.due_on));
  object.emplace("is_overdue", owed.due_on < today);
  object.emplace("step", owed.deadline->step.empty() ? json::value(nullptr) : json::value(owed.deadline->step));
  return object;
}

Response show_work(const Services& services, const Request& request) {
  const access::User& user = request.session->user;
  return services.store.read([&](store::Reader& reader) {
    const Date today = services.registers.clock().today();
    const registers::Work work = registers::work_of(reader, services.registers, user.id, user.grants);
    registers::Texts texts(services.registers, reader);
    Actors actors(reader);
    json::array waiting, returned, due, objections;
    for (const registers::Waiting& each : work.waiting) waiting.push_back(described(each));
    for (const registers::Returned& each : work.returned) returned.push_back(described(texts, actors, each));
    for (const Owed& each : work.owed)
      (each.of->takes_objections ? objections : due).push_back(described(services, reader, texts, each, today));
    return json_answer(json::object{{"today", to_string(today)},
                                    {"waiting", std::move(waiting)},
                                    {"returned", std::move(returned)},
                                    {"due", std::move(due)},
                                    {"objections", std::move(objections)}});
  });
}

json::object described(const access::Delegation& delegation) {
  json::array roles;
  for (const std::string& role : delegation.roles) roles.emplace_back(role);
  return {{"id", std::to_string(delegation.id)},
          {"from", delegation.from_name},
          {"to", delegation.to_name},
          {"roles", std::move(roles)},
          {"begins_on", to_string(delegation.begins_on)},
          {"ends_on", to_string(delegation.ends_on)}};
}

Result<Date> asked_date(const json::object& body, const char* name) {
  const auto date = parse_date(text_of(body, name));
  if (date) return *date;
  return std::unexpected(
      Problems{bad_parameter(name, "应为日期，如 2020-01-31。", "A day such as 2020-01-31 is wanted.")});
}

Response delegate(access::Users& users, const Request& request) {
  const auto body = asked_body(request, {"to", "roles", "begins_on", "ends_on"});
  if (!body) return refusal(body.error());
  const auto begins_on = asked_date(*body, "begins_on"), ends_on = asked_date(*body, "ends_on");
  if (!begins_on) return refusal(begins_on.error());
  if (!ends_on) return refusal(ends_on.error());
  const json::value* listed = body->if_contains("roles");
  std::vector<std::string> roles;
  if (listed && listed->is_array())
    for (const json::value& role : listed->get_array())
      roles.emplace_back(role.is_string() ? std::string(role.get_string()) : std::string());
  const auto made = users.delegate(request.session->user, text_of(*body, "to"), roles, *begins_on, *ends_on);
  if (!made) return refusal(made.error());
  Response response = json_answer(described(*made));
  response.status = 201;
  return response;
}

Response list_delegations(access::Users& users, const Request& request) {
  json::array list;
  for (const access::Delegation& each : users.delegations_of(request.session->user)) list.push_back(described(each));
  return json_answer(list);
}

}  // namespace

void add_work(Router& router, const Services& services) {
  if (!services.users) return;
  const auto signed_in = [](auto answer) {
    return [answer](const Request& request) {
      return request.session ? answer(request)
                             : refusal(401, {{"session.none", {}, {"请先登录。", "Please sign in first."}}});
    };
  };
  access::Users& users = *services.users;
  router.add("GET", "/api/v1/work",
             signed_in([services](const Request& request) { return show_work(services, request); }));
  router.add("GET", "/api/v1/delegations",
             signed_in([&users](const Request& request) { return list_delegations(users, request); }));
  router.add("POST", "/api/v1/delegations",
             signed_in([&users](const Request& request) { return delegate(users, request); }));
  router.add("DELETE", "/api/v1/delegations/{id}", signed_in([&users](const Request& request) {
               const auto ended = users.end_delegation(request.session->user, parse_id(request["id"]));
               return ended ? Response{.status = 204} : refusal(ended.error());
             }));
}

}  // namespace zhijia::http
