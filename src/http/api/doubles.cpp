#include "registers/doubles.hpp"

#include "answers.hpp"
#include "api/api.hpp"
#include "api/body.hpp"
#include "api/once.hpp"
#include "api/operation.hpp"
#include "asked.hpp"
#include "base/text.hpp"
#include "people/people.hpp"

namespace zhijia::http {

namespace json = boost::json;

namespace {

using registers::PairState;
using registers::PersonPair;

/// Persons belong to no union, and who is who is told from their identity numbers: it is decided by who may reveal
/// those everywhere.
bool decides_persons(const Request& request) {
  return request.session && registers::reach_of(request.session->user.grants, registers::Operation::reveal).all;
}

Response for_managers() {
  return refusal(403, {{"access.scope",
                        {},
                        {"人员的查重与合并由全市范围的管理员（manager）处理。",
                         "Who is who is decided by the role “manager” with scope all."}}});
}

json::object person_json(const Services& services, store::Reader& reader, Id id) {
  const auto person = people::find_person(reader, id);
  if (!person) return {{"id", std::to_string(id)}};
  const auto number = people::find_identity_number(reader, services.registers.vault(), id);
  return {{"id", std::to_string(id)},
          {"name", person->name},
          {"birth_date", person->birth_date},
          {"identity_number", mask_number(number.value_or(""))}};
}

json::object pair_json(const Services& services, store::Reader& reader, const PersonPair& pair) {
  return {{"id", std::to_string(pair.id)},
          {"left", person_json(services, reader, pair.left)},
          {"right", person_json(services, reader, pair.right)},
          {"probability", pair.probability},
          {"evidence", titled(pair.evidence)},
          {"state", registers::name_of(pair.state)},
          {"found_at", pair.found_at},
          {"merge", pair.merge ? json::value(std::to_string(pair.merge)) : json::value(nullptr)}};
}

Response list_pairs(const Services& services, const Request& request) {
  if (!decides_persons(request)) return for_managers();
  const std::string_view asked = request.parameter("state");
  const auto limit = asked_number(request, "limit", 1, 500);
  const auto after = asked_number(request, "after", 0, 10'000'000);
  if (!limit) return refusal(limit.error());
  if (!after) return refusal(after.error());
  PairState state = PairState::open;
  if (asked == "same" || asked == "different")
    state = asked == "same" ? PairState::same : PairState::different;
  else if (is_given(request, "state") && asked != "open")
    return refusal(
        400, {bad_parameter("state", "应为 open、same 或 different。", "“open”, “same” or “different” is wanted.")});
  return services.store.read([&](store::Reader& reader) {
    const std::size_t size = static_cast<std::size_t>(limit->value_or(50));
    const std::size_t from = static_cast<std::size_t>(after->value_or(0));
    json::array items;
    for (const PersonPair& pair : registers::person_pairs(reader, state, size, from))
      items.push_back(pair_json(services, reader, pair));
    json::value next = nullptr;
    if (items.size() == size) next = static_cast<std::int64_t>(from + size);
    return json_answer(json::object{{"items", std::move(items)}, {"next", std::move(next)}});
  });
}

Response find_pairs(const Services& services, const Request& request) {
  if (!decides_persons(request)) return for_managers();
  const auto found = registers::find_doubles(services.store, services.registers, actor_of(request));
  if (!found) return refusal(found.error());
  return json_answer(
      json::object{{"persons", found->persons}, {"pairs", found->pairs}, {"new_pairs", found->new_pairs}});
}

Response decide(const Services& services, const Request& request) {
  if (!decides_persons(request)) return for_managers();
  const auto body = asked_body(request, {"keep", "reason"});
  if (!body) return refusal(body.error());
  const std::string reason = text_of(*body, "reason");
  const json::value* keep = body->if_contains("keep");
  if (reason.empty() || !keep || !(keep->is_null() || keep->is_string()))
    return refusal(Problems{bad_parameter("keep", "请写明理由，并注明保留谁（不是同一人则为 null）。",
                                          "Say why, and whom to keep (null: they are two).")});
  return once(services, request, [&](store::Transaction& transaction) -> Result<Response> {
    const std::optional<Id> kept = keep->is_null() ? std::nullopt : std::optional(parse_id(keep->as_string()));
    const auto pair = registers::decide_pair(transaction, services.registers, parse_id(request["id"]), kept, reason,
                                             actor_of(request));
    if (!pair) return std::unexpected(pair.error());
    return json_answer(pair_json(services, transaction, *pair));
  });
}

Response undo(const Services& services, const Request& request) {
  if (!decides_persons(request)) return for_managers();
  return once(services, request, [&](store::Transaction& transaction) -> Result<Response> {
    const auto undone =
        registers::undo_merge(transaction, services.registers, parse_id(request["id"]), actor_of(request));
    if (!undone) return std::unexpected(undone.error());
    return Response{.status = 204};
  });
}

}  // namespace

void add_doubles(Router& router, const Services& services) {
  const auto route = [&](const char* method, const char* pattern, Response (*answer)(const Services&, const Request&)) {
    router.add(method, pattern, [services, answer](const Request& request) { return answer(services, request); });
  };
  route("GET", "/api/v1/person-pairs", list_pairs);
  route("POST", "/api/v1/person-pairs/find", find_pairs);
  route("POST", "/api/v1/person-pairs/{id}/decision", decide);
  route("POST", "/api/v1/person-merges/{id}/undo", undo);
}

void describe_doubles(json::object& paths) {
  using namespace openapi;
  const auto person = [] {
    return object_of({{"id", of_type("string")},
                      {"name", of_type("string")},
                      {"birth_date", of_type("string")},
                      {"identity_number", of_type("string")}},
                     {"id"});
  };
  const auto pair = [&] {
    return object_of({{"id", of_type("string")},
                      {"left", person()},
                      {"right", person()},
                      {"probability", of_type("number")},
                      {"evidence", reference("Text")},
                      {"state", json::object{{"enum", json::array{"open", "same", "different"}}}},
                      {"found_at", of_type("string")},
                      {"merge", nullable("string")}},
                     {"id", "left", "right", "probability", "evidence", "state"});
  };
  describe(
      paths, "/api/v1/person-pairs",
      {.method = "get",
       .summary = "Persons who may be registered twice, the likeliest first; for managers of all",
       .parameters = {in_query("state", json::object{{"enum", json::array{"open", "same", "different"}}},
                               "What was decided"),
                      in_query("limit", json::object{{"type", "integer"}, {"minimum", 1}, {"maximum", 500}},
                               "How many"),
                      in_query("after", json::object{{"type", "integer"}, {"minimum", 0}, {"maximum", 10'000'000}},
                               "`next` of the page before")},
       .answers = {{200, object_of({{"items", list_of(pair())}, {"next", nullable("integer")}}, {"items", "next"})}}});
  describe(paths, "/api/v1/person-pairs/find",
           {.method = "post",
            .summary = "Compare all persons and add the doubtful pairs to the list",
            .answers = {{200, object_of({{"persons", of_type("integer")},
                                         {"pairs", of_type("integer")},
                                         {"new_pairs", of_type("integer")}})}}});
  describe(paths, "/api/v1/person-pairs/{id}/decision",
           {.method = "post",
            .summary = "One person (`keep` stays) or two (`keep` is null)",
            .parameters = {in_path("id", "The pair's id")},
            .body = object_of({{"keep", nullable("string")}, {"reason", text_of_length(1, 1000)}}, {"keep", "reason"}),
            .answers = {{200, pair()}}});
  describe(paths, "/api/v1/person-merges/{id}/undo",
           {.method = "post",
            .summary = "Undo a merge: every record that it changed goes back",
            .parameters = {in_path("id", "The merge's id")},
            .answers = {{204, {}}}});
}

}  // namespace zhijia::http
