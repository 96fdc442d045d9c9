#include "access/workers.hpp"

#include "api/api.hpp"
#include "api/body.hpp"
#include "api/once.hpp"
#include "asked.hpp"
#include "base/text.hpp"
#include "gate.hpp"
#include "people/people.hpp"

namespace zhijia::http {

namespace json = boost::json;
using registers::Operation;
using registers::Register;

namespace {

/// The register of who is a member of which union; a joining lands there in the state that its flow starts with.
constexpr std::string_view membership = "member";

Result<access::Claim> read_claim(const json::object& body) {
  const std::string name = tidy_name(text_of(body, "name"));
  if (name.empty() || code_points(name) > 64)
    return fail("worker.name", "请填写姓名。", "Fill in your name.",
                {.file = {}, .sheet = {}, .cell = {}, .record = {}, .field = "name"});
  auto number = IdentityNumber::parse(text_of(body, "identity_number"));
  if (!number) {
    for (Problem& problem : number.error()) problem.place.field = "identity_number";
    return std::unexpected(std::move(number.error()));
  }
  return access::Claim{name, number->text()};
}

Response signed_in(const access::SignedIn& made) {
  Response response = json_answer(session_json(made.session));
  response.status = 201;
  response.headers.emplace_back("Set-Cookie", session_cookie(made.token, true));
  return response;
}

Response sign_up(const Services& services, const Request& request) {
  const auto body = asked_body(request, {"name", "identity_number", "phone", "password", "code"});
  if (!body) return refusal(body.error());
  const auto claim = read_claim(*body);
  if (!claim) return refusal(claim.error());
  const auto made =
      access::Workers(*services.users)
          .sign_up(*claim, text_of(*body, "phone"), text_of(*body, "password"), text_of(*body, "code"), request.from);
  return made ? signed_in(*made) : refusal(made.error());
}

Response no_union() {
  return refusal(404, {{"join.not_found",
                        {},
                        {"入会码无效或已更换，请向工会核对。",
                         "This code is of no union, or was replaced; ask the union for the present one."}}});
}

/// The joining as its union's clerks see it.
Result<Id> make_joining(const Services& services, const access::Claim& claim, Id organisation, const access::User& user,
                        const std::string& group, const std::string& from) {
  const Register& of = *services.registers.catalogue().find_register(membership);
  return services.store.write([&](store::Transaction& transaction) -> Result<Id> {
    registers::Texts texts(services.registers, transaction);
    const Register& unions = *services.registers.catalogue().find_register("union");
    const auto found = services.registers.read(transaction, unions, organisation);
    if (!found) return std::unexpected(found.error());
    const auto key = unions.place(unions.key.front());
    registers::Cells cells{{"organisation", texts.value(unions, key, *found)},
                           {"subject.name", claim.name},
                           {"subject.identity_number", claim.identity_number},
                           {"joined_on", to_string(FixedClock(transaction.at()).today())}};
    if (!group.empty()) cells["group"] = group;
    const auto made = services.registers.create(transaction, of, cells,
                                                {.id = std::to_string(user.id), .source = from, .roles = {"worker"}});
    if (made) return made->id;
    // What the federation knows of somebody is not told to who merely knows his number.
    for (const Problem& problem : made.error())
      if (problem.code == "people.other_name")
        return fail("worker.refused", "姓名与身份证号不符，请核对；若确认无误，请到工会办理。",
                    "Name and identity number do not fit together; check them, or see your union in person.",
                    {.file = {}, .sheet = {}, .cell = {}, .record = {}, .field = "name"});
      else if (problem.code == "record.unique")
        return fail("join.twice", "您已是该工会会员或已提交申请，请直接注册或登录。",
                    "You are a member of this union or have applied already: sign up or sign in.");
    return std::unexpected(made.error());
  });
}

Response show_join(const Services& services, const Request& request) {
  const auto organisation = access::Workers(*services.users).union_of(request["code"]);
  if (!organisation) return no_union();
  return services.store.read([&](store::Reader& reader) {
    registers::Texts texts(services.registers, reader);
    const Register& of = *services.registers.catalogue().find_register(membership);
    json::array groups;
    if (const registers::Field* group = of.field("group"))
      for (const auto& [code, title] : services.registers.catalogue().find_codes(group->target)->values)
        groups.push_back(json::object{{"code", code}, {"title", titled(title)}});
    return json_answer(
        json::object{{"union", texts.label(*services.registers.catalogue().find_register("union"), *organisation)},
                     {"groups", std::move(groups)}});
  });
}

/// Applies to join, with an account at once: what it opens before a clerk has confirmed it is this application alone.
Response join(const Services& services, const Request& request) {
  const auto body = asked_body(request, {"name", "identity_number", "phone", "password", "group"});
  if (!body) return refusal(body.error());
  access::Workers workers(*services.users);
  const auto organisation = workers.union_of(request["code"]);
  if (!organisation) return no_union();
  const auto claim = read_claim(*body);
  if (!claim) return refusal(claim.error());
  auto made = workers.sign_up(*claim, text_of(*body, "phone"), text_of(*body, "password"), "", request.from);
  if (!made) return refusal(made.error());
  access::User& user = made->session.user;
  const auto joining = make_joining(services, *claim, *organisation, user, text_of(*body, "group"), request.from);
  if (!joining) {
    std::ignore = workers.withdraw(user);
    return refusal(joining.error());
  }
  if (const auto noted = workers.note_joining(user, *joining); !noted) return refusal(noted.error());
  return signed_in(*made);
}

Response confirm(const Services& services, const Request& request) {
  const auto body = asked_body(request, {"code"});
  if (!body) return refusal(body.error());
  const auto confirmed =
      access::Workers(*services.users).confirm(request.session->user, text_of(*body, "code"), request.from);
  return confirmed ? Response{.status = 204} : refusal(confirmed.error());
}

/// A code for the person whom a record of membership is about, from a clerk before whom he stands.
Response issue_code(const Services& services, const Request& request) {
  const Register& of = *services.registers.catalogue().find_register(membership);
  const Id id = parse_id(request["id"]);
  const auto known = services.store.read([&](store::Reader& reader) -> Result<std::pair<access::Claim, Id>> {
    const auto record = services.registers.read(reader, of, id);
    if (!record || !registers::covers(reader, services.registers, of, id, reading_reach(request, of)))
      return std::unexpected(beyond_reach());
    if (!registers::covers(reader, services.registers, of, id,
                           registers::reach_of(of, request.session->user.grants, Operation::change)))
      return fail("access.scope", "您的角色或权限范围不允许此操作。", "Neither your roles nor their reach allow this.");
    const Id person = std::get<std::int64_t>(record->values[of.place("subject")]);
    const auto found = people::find_person(reader, person);
    return std::pair{access::Claim{found.value().name,
                                   people::find_identity_number(reader, services.registers.vault(), person).value()},
                     person};
  });
  if (!known) return refusal(known.error());
  const auto issued = access::Workers(*services.users)
                          .issue_code(known->first, known->second, std::to_string(request.session->user.id));
  if (!issued) return refusal(issued.error());
  Response response = json_answer(json::object{
      {"code", issued->code}, {"address", "/m/sign-up#" + issued->code}, {"ends_at", to_string(issued->ends_at)}});
  response.status = 201;
  return response;
}

json::object described(const access::JoinCode& code) {
  return {{"code", code.code},
          {"address", "/m/join/" + code.code},
          {"ends_on", code.ends_on ? json::value(to_string(*code.ends_on)) : json::value(nullptr)}};
}

/// Answers for who may change the union that the path names, as if it were not there for anybody else.
using OfUnion = Response (*)(access::Workers& workers, Id organisation, Date today, const Request& request);
Handler of_union(const Services& services, OfUnion answer) {
  return [services, answer](const Request& request) {
    const Register& of = *services.registers.catalogue().find_register("union");
    const Id id = parse_id(request["id"]);
    const bool is_theirs = services.store.read([&](store::Reader& reader) {
      return registers::covers(reader, services.registers, of, id,
                               registers::reach_of(of, request.session->user.grants, Operation::change)) &&
             services.registers.read(reader, of, id).has_value();
    });
    if (!is_theirs) return out_of_reach();
    access::Workers workers(*services.users);
    return answer(workers, id, services.registers.clock().today(), request);
  };
}

/// {"ends_on": …}: a day that is not over, or null for none. Without a body: none.
Result<std::optional<Date>> asked_end(const Request& request, Date today) {
  if (request.body.empty()) return std::nullopt;
  const auto body = asked_body(request, {"ends_on"});
  if (!body) return std::unexpected(body.error());
  const json::value* given = body->if_contains("ends_on");
  if (!given || given->is_null()) return std::nullopt;
  const auto day = parse_date(text_of(*body, "ends_on"));
  if (!day || *day < today)
    return std::unexpected(Problems{bad_parameter("ends_on", "有效期应为今天或以后的日期，如 2021-12-31。",
                                                  "A day that is not over is wanted, such as 2021-12-31.")});
  return *day;
}

Response show_join_code(access::Workers& workers, Id organisation, Date, const Request&) {
  const auto code = workers.join_code(organisation);
  return json_answer(code ? described(*code)
                          : json::object{{"code", nullptr}, {"address", nullptr}, {"ends_on", nullptr}});
}

Response replace_join_code(access::Workers& workers, Id organisation, Date today, const Request& request) {
  const auto ends_on = asked_end(request, today);
  if (!ends_on) return refusal(ends_on.error());
  const auto code = workers.replace_join_code(organisation, *ends_on, std::to_string(request.session->user.id));
  return code ? json_answer(described(*code)) : refusal(code.error());
}

Response end_join_code(access::Workers& workers, Id organisation, Date today, const Request& request) {
  const auto ends_on = asked_end(request, today);
  if (!ends_on) return refusal(ends_on.error());
  const auto code = workers.end_join_code(organisation, *ends_on, std::to_string(request.session->user.id));
  return code ? json_answer(described(*code)) : refusal(code.error());
}

Response withdraw_join_code(access::Workers& workers, Id organisation, Date, const Request& request) {
  const auto done = workers.withdraw_join_code(organisation, std::to_string(request.session->user.id));
  return done ? Response{.status = 204} : refusal(done.error());
}

}  // namespace

void add_workers(Router& router, const Services& services) {
  const registers::Catalogue& catalogue = services.registers.catalogue();
  if (!services.users || !catalogue.find_register(membership) || !catalogue.find_register("union")) return;
  const auto with = [services](Response (*answer)(const Services&, const Request&)) {
    return [services, answer](const Request& request) { return answer(services, request); };
  };
  router.add("POST", "/api/v1/public/sign-up", with(sign_up));
  router.add("GET", "/api/v1/public/join/{code}", with(show_join));
  router.add("POST", "/api/v1/public/join/{code}", with(join));
  router.add("POST", "/api/v1/me/confirm", with(confirm));
  router.add("POST", "/api/v1/members/{id}/sign-up-code", with(issue_code));
  const std::string join_code = "/api/v1/unions/{id}/join-code";
  router.add("GET", join_code, of_union(services, show_join_code));
  router.add("POST", join_code, of_union(services, replace_join_code));
  router.add("PATCH", join_code, of_union(services, end_join_code));
  router.add("DELETE", join_code, of_union(services, withdraw_join_code));
}

}  // namespace zhijia::http
