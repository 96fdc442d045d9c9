#include "api/api.hpp"
#include "api/body.hpp"
#include "api/once.hpp"
#include "api/operation.hpp"
#include "api/relief.hpp"
#include "asked.hpp"
#include "relief/families.hpp"
#include "relief/help.hpp"

/// Whom and which help: doubts about families, the list of proposals, and awards drafted from it.
namespace zhijia::http {

namespace json = boost::json;

namespace {

const registers::Register& named(const Services& services, const char* name) {
  return *services.registers.catalogue().find_register(name);
}

json::object proposal_json(const relief::Proposal& each) {
  return {{"file", std::to_string(each.file)},
          {"code", each.code},
          {"head", each.head},
          {"region", each.region},
          {"kind", each.kind},
          {"cause", each.cause},
          {"programme", std::to_string(each.programme)},
          {"programme_code", each.programme_code},
          {"programme_name", each.programme_name},
          {"need", each.need},
          {"amount", to_string(each.amount)},
          {"reason", each.reason},
          {"paid", to_string(each.paid)},
          {"paid_same", to_string(each.paid_same)},
          {"promised", to_string(each.promised)},
          {"promised_same", to_string(each.promised_same)},
          {"yearly_max", to_string(each.yearly_max)}};
}

Response show_help(const Services& services, const Request& request) {
  const auto on = asked_day(request, "on", services.registers.clock().today());
  if (!on) return refusal(on.error());
  const std::string region(request.parameter("region"));
  const registers::Reach reach = reading_reach(request, named(services, "difficulty_file"));
  if (reach.is_none()) return refusal(not_permitted().error());
  return services.store.read([&](store::Reader& reader) {
    const auto list = relief::propose_help(reader, services.registers, *on, {.reach = reach, .region = region});
    if (!list) return refusal(list.error());
    json::array proposals, unanswered;
    for (const relief::Proposal& each : list->proposals) proposals.push_back(proposal_json(each));
    for (const relief::Unanswered& each : list->unanswered)
      unanswered.push_back(json::object{{"file", std::to_string(each.file)},
                                        {"code", each.code},
                                        {"head", each.head},
                                        {"region", each.region},
                                        {"need", each.need}});
    return json_answer(json::object{
        {"on", to_string(*on)}, {"proposals", std::move(proposals)}, {"unanswered", std::move(unanswered)}});
  });
}

Result<std::vector<relief::Pick>> asked_picks(const json::object& body) {
  const auto wrong = [] {
    return std::unexpected(Problems{bad_parameter("picks", "应为列表，每项含 file 和 programme 的编号。",
                                                  "A list is wanted, each item with the ids of file and programme.")});
  };
  const json::value* picks = body.if_contains("picks");
  if (!picks || !picks->is_array() || picks->get_array().empty()) return wrong();
  std::vector<relief::Pick> asked;
  for (const json::value& each : picks->get_array()) {
    if (!each.is_object()) return wrong();
    const relief::Pick pick{parse_id(text_of(each.get_object(), "file")),
                            parse_id(text_of(each.get_object(), "programme"))};
    if (pick.first == 0 || pick.second == 0) return wrong();
    asked.push_back(pick);
  }
  return asked;
}

Response draft_help(const Services& services, const Request& request) {
  const auto body = asked_body(request, {"on", "picks"});
  if (!body) return refusal(body.error());
  const auto on = parse_date(text_of(*body, "on"));
  if (!on) return refusal(on.error());
  const auto picks = asked_picks(*body);
  if (!picks) return refusal(picks.error());
  return once(services, request, [&](store::Transaction& transaction) -> Result<Response> {
    if (reach_for(request, named(services, "help_award"), registers::Operation::create).is_none())
      return not_permitted();
    const auto made = relief::draft_help(transaction, services.registers, *on, *picks,
                                         reading_reach(request, named(services, "difficulty_file")), actor_of(request));
    if (!made) return std::unexpected(made.error());
    json::array ids;
    for (const Id id : *made) ids.emplace_back(std::to_string(id));
    Response response = json_answer(json::object{{"awards", std::move(ids)}});
    response.status = 201;
    return response;
  });
}

Response show_families(const Services& services, const Request& request) {
  const registers::Reach reach = reading_reach(request, named(services, "difficulty_file"));
  if (reach.is_none()) return refusal(not_permitted().error());
  return services.store.read([&](store::Reader& reader) {
    json::array doubts;
    for (const relief::FamilyDoubt& each : relief::family_doubts(reader, services.registers.catalogue(), reach))
      doubts.push_back(json::object{
          {"kind", relief::code_of(each.kind)},
          {"file", std::to_string(each.file)},
          {"code", each.code},
          {"region", each.region},
          {"other", std::to_string(each.other)},
          {"other_register", each.kind == relief::FamilyDoubt::Kind::payee ? "help_award" : "difficulty_file"},
          {"about", each.about},
          {"person", std::to_string(each.person)},
          {"name", each.name}});
    return json_answer(doubts);
  });
}

}  // namespace

void add_relief_help(Router& router, const Services& services) {
  router.add("GET", "/api/v1/relief/help", [services](const Request& request) { return show_help(services, request); });
  router.add("POST", "/api/v1/relief/help/awards",
             [services](const Request& request) { return draft_help(services, request); });
  router.add("GET", "/api/v1/relief/families",
             [services](const Request& request) { return show_families(services, request); });
}

void describe_relief_help(json::object& paths) {
  using namespace openapi;
  const auto day = [] { return json::object{{"type", "string"}, {"format", "date"}}; };
  const auto id = [] { return json::object{{"type", "string"}, {"pattern", "^[1-9][0-9]{0,17}$"}}; };
  describe(paths, "/api/v1/relief/help",
           {.method = "get",
            .summary =
                "For each file on the roll the programmes that answer its needs or causes, with the amount by the rule",
            .parameters = {in_query("on", day(), "Day on which help would be due"),
                           in_query("region", of_type("string"), "County of the files")},
            .answers = {{200, object_of({{"on", of_type("string")},
                                         {"proposals", list_of(of_type("object"))},
                                         {"unanswered", list_of(of_type("object"))}},
                                        {"on", "proposals", "unanswered"})}}});
  describe(
      paths, "/api/v1/relief/help/awards",
      {.method = "post",
       .summary = "Enter an award, to be approved, for each proposal picked; all or none",
       .body = object_of(
           {{"on", day()}, {"picks", list_of(object_of({{"file", id()}, {"programme", id()}}, {"file", "programme"}))}},
           {"on", "picks"}),
       .answers = {{201, object_of({{"awards", list_of(of_type("string"))}}, {"awards"})}}});
  describe(paths, "/api/v1/relief/families",
           {.method = "get",
            .summary = "Somebody in two files, a child in two families, a payee outside the family; without what a "
                       "family_check settles",
            .answers = {{200, list_of(object_of({{"kind", of_type("string")},
                                                 {"file", of_type("string")},
                                                 {"code", of_type("string")},
                                                 {"region", of_type("string")},
                                                 {"other", of_type("string")},
                                                 {"other_register", of_type("string")},
                                                 {"about", of_type("string")},
                                                 {"person", of_type("string")},
                                                 {"name", of_type("string")}}))}}});
}

}  // namespace zhijia::http
