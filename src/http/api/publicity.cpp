#include "registers/publicity.hpp"

#include "api/api.hpp"
#include "api/body.hpp"
#include "asked.hpp"
#include "attempts.hpp"
#include "base/text.hpp"
#include "registers/work.hpp"

namespace zhijia::http {

namespace json = boost::json;
using registers::Publicised;
using registers::Register;

namespace {

constexpr std::int64_t page_max = 100;
constexpr std::size_t name_characters_max = 100, phone_characters_max = 20;
/// Who objects to more than this within an hour from one address is asked to come in person.
constexpr int objections_an_hour = 10;

json::object described(store::Reader& reader, const Services& services, const Publicised& period) {
  json::array values;
  for (const registers::PublicValue& value : registers::public_values(reader, services.registers, period))
    values.push_back(
        json::object{{"name", value.field->name}, {"title", titled(value.field->title)}, {"text", value.text}});
  return {{"id", std::to_string(period.id)},      {"register", period.of->name},
          {"title", titled(period.of->title)},    {"opened_on", to_string(period.opened_on)},
          {"ends_on", to_string(period.ends_on)}, {"values", std::move(values)}};
}

Response list_publicised(const Services& services, const Request& request) {
  const auto limit = asked_number(request, "limit", 1, page_max);
  if (!limit) return refusal(limit.error());
  const std::string_view named = request.parameter("register");
  const Register* of = services.registers.catalogue().find_register(named);
  if (is_given(request, "register") && (!of || !of->flow))
    return refusal(Problems{bad_parameter("register", "没有这个登记簿。", "There is no such register.")});
  const Id after = parse_id(request.parameter("after"));
  if (is_given(request, "after") && after == 0)
    return refusal(Problems{bad_parameter("after", "应为上一页的 next。", "`next` of the page before is wanted.")});
  const auto size = static_cast<std::size_t>(limit->value_or(20));
  return services.store.read([&](store::Reader& reader) {
    const auto periods =
        registers::publicised(reader, services.registers, of, services.registers.clock().today(), after, size);
    json::array items;
    for (const Publicised& period : periods) items.push_back(described(reader, services, period));
    json::object answer{{"items", std::move(items)}};
    answer.emplace("next",
                   periods.size() < size ? json::value(nullptr) : json::value(std::to_string(periods.back().id)));
    return json_answer(answer);
  });
}

Problems no_period() {
  return {{"publicity.not_found", {}, {"没有这项公示，或公示期已满。", "There is no such publicity, or it is over."}}};
}

Response show_publicised(const Services& services, const Request& request) {
  return services.store.read([&](store::Reader& reader) {
    const auto period = registers::find_publicised(reader, services.registers, parse_id(request["id"]),
                                                   services.registers.clock().today());
    return period ? json_answer(described(reader, services, *period)) : refusal(no_period());
  });
}

constexpr std::string_view standing_names[] = {"none", "running", "disputed", "upheld", "unopposed"};

/// How the publicity of a record stands, for who may read it: its period, and which answers are owed by when. What the
/// objections say are records of their own.
Response show_standing(const Services& services, const Register& of, const Request& request) {
  return services.store.read([&](store::Reader& reader) {
    const auto record = services.registers.read(reader, of, parse_id(request["id"]));
    if (!record || !registers::covers(reader, services.registers, of, record->id, reading_reach(request, of)))
      return refusal(beyond_reach());
    const Date today = services.registers.clock().today();
    const auto period = of.flow ? registers::period_of_record(reader, of, record->id) : std::nullopt;
    const auto standing = period ? registers::standing_of(reader, of, record->id, today) : registers::Standing::none;
    json::object answer{{"today", to_string(today)}, {"standing", standing_names[static_cast<std::size_t>(standing)]}};
    answer.emplace("period", period ? json::value(json::object{{"id", std::to_string(period->id)},
                                                               {"opened_on", to_string(period->opened_on)},
                                                               {"ends_on", to_string(period->ends_on)}})
                                    : json::value(nullptr));
    json::array owed;
    if (const Register* into =
            period ? services.registers.catalogue().find_register(registers::objections_to(of)) : nullptr)
      for (const Id objection : registers::open_objections(reader, of, record->id))
        for (const registers::Owed& each : registers::owed_of(reader, *into, objection))
          owed.push_back(json::object{{"objection", std::to_string(objection)}, {"due_on", to_string(each.due_on)}});
    answer.emplace("answers_owed", std::move(owed));
    return json_answer(answer);
  });
}

Result<registers::Objection> asked_objection(const Request& request) {
  const auto body = asked_body(request, {"statement", "name", "phone"});
  if (!body) return std::unexpected(body.error());
  for (const auto& [name, value] : *body)
    if (!value.is_string() || value.get_string().find('\0') != json::string::npos)
      return std::unexpected(Problems{bad_parameter(std::string(name), "应为文字。", "A text is wanted.")});
  registers::Objection objection{text_of(*body, "statement"), text_of(*body, "name"), text_of(*body, "phone")};
  if (tidy(objection.statement).empty() || !is_utf8(objection.statement) ||
      code_points(objection.statement) > registers::statement_characters_max)
    return std::unexpected(Problems{bad_parameter("statement", "请写明异议（不超过 2000 字）。",
                                                  "Say what you object to, in at most 2,000 characters.")});
  if (code_points(objection.name) > name_characters_max || code_points(objection.phone) > phone_characters_max)
    return std::unexpected(
        Problems{bad_parameter("name", "姓名或电话过长。", "The name or the telephone number is too long.")});
  return objection;
}

Response object(const Services& services, Attempts& attempts, const Request& request) {
  if (!attempts.may_try(request.from))
    return refusal(Problems{
        {"publicity.too_many", {}, {"提交过于频繁，请稍后再试。", "Too many objections from here; try again later."}}});
  const auto objection = asked_objection(request);
  if (!objection) return refusal(objection.error());
  const auto received = services.store.write([&](store::Transaction& transaction) -> Result<Response> {
    const auto period = registers::find_publicised(transaction, services.registers, parse_id(request["id"]),
                                                   services.registers.clock().today());
    if (!period) return std::unexpected(no_period());
    const auto record = registers::object_to(transaction, services.registers, *period, *objection,
                                             {.id = "public", .source = request.from, .roles = {}});
    if (!record) return std::unexpected(record.error());
    const Register& into = *services.registers.catalogue().find_register(registers::objections_to(*period->of));
    const auto owed = registers::owed_of(transaction, into, record->id);
    Response response = json_answer(json::object{
        {"id", std::to_string(record->id)},
        {"answer_due_on", owed.empty() ? json::value(nullptr) : json::value(to_string(owed.front().due_on))}});
    response.status = 201;
    return response;
  });
  return received ? *received : refusal(received.error());
}

}  // namespace

void add_publicity(Router& router, const Services& services) {
  const std::string address = "/api/v1/public/publicity";
  router.add("GET", address, [services](const Request& request) { return list_publicised(services, request); });
  router.add("GET", address + "/{id}",
             [services](const Request& request) { return show_publicised(services, request); });
  router.add("GET", "/api/v1/registers/{register}/records/{id}/publicity", of_register(services, show_standing));
  if (!services.users) return;
  router.add("POST", address + "/{id}/objections",
             [services, attempts = std::make_shared<Attempts>(objections_an_hour, std::chrono::hours(1))](
                 const Request& request) { return object(services, *attempts, request); });
}

}  // namespace zhijia::http
