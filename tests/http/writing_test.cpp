#include <gmock/gmock.h>

#include <algorithm>

#include "access/totp.hpp"
#include "gate.hpp"
#include "support/small_city.hpp"

namespace zhijia::http {
namespace {

namespace json = boost::json;
using testing::HasSubstr;

constexpr const char* password = "a long enough passphrase";

/// A clerk and an approver of one county, a clerk of another, and a manager of all.
class Writing : public SmallCity {
 protected:
  Writing() : users_(*store_, vault_, clock_) {
    router_ = routes({*store_, *registers_, 2020, &users_, &files_});
    create("season_programme", {{"code", "D2020"}, {"name", "送温暖"}, {"season", "winter"}, {"budget", "1000"}});
    for (const auto& [name, grant] : {std::pair{"clerk", "clerk@610702"},
                                      {"approver", "approver@610702"},
                                      {"elsewhere", "clerk@610703"},
                                      {"manager", "manager"}})
      EXPECT_TRUE(users_.add({.name = name, .grants = {access::parse_grant(grant).value()}}, password, "test"));
    for (const char* name : {"clerk", "approver", "elsewhere", "manager"}) sign_in(name);
  }

  void sign_in(const std::string& name) {
    Request request = asking("", "POST", "/api/v1/session", {{"name", name}, {"password", password}});
    const Response response = router_.answer(request);
    ASSERT_EQ(response.status, 200) << response.body;
    for (const auto& [header, value] : response.headers)
      if (header == "Set-Cookie") cookies_[name] = value.substr(0, value.find(';'));
    csrf_[name] = json::parse(response.body).at("csrf").as_string();
  }

  Request asking(const std::string& who, const std::string& method, const std::string& target,
                 const json::value& body = nullptr) {
    Request request = request_of(method, target, body);
    if (who.empty()) return request;
    request.headers["cookie"] = "other=1; " + cookies_[who];
    request.headers["x-csrf-token"] = csrf_[who];
    return request;
  }

  Response ask(const std::string& who, const std::string& method, const std::string& target,
               const json::value& body = nullptr, const std::string& if_match = "") {
    Request request = asking(who, method, target, body);
    if (!if_match.empty()) request.headers["if-match"] = if_match;
    return router_.answer(std::move(request));
  }

  static json::object fund(const std::string& code, const std::string& amount, const std::string& region = "610702") {
    return {{"values", json::object{{"code", code},
                                    {"programme", json::object{{"key", "D2020"}}},
                                    {"region", region},
                                    {"source", "union"},
                                    {"amount", amount},
                                    {"paid_on", "2020-01-15"}}}};
  }

  /// The address of a fund that the clerk made.
  std::string made(const std::string& code) {
    const Response response = ask("clerk", "POST", funds, fund(code, "100.50"));
    EXPECT_EQ(response.status, 201) << response.body;
    return std::string(funds) + "/" + std::string(json::parse(response.body).at("id").as_string());
  }

  static constexpr const char* funds = "/api/v1/registers/season_fund/records";
  access::Users users_;
  Router router_;
  std::map<std::string, std::string> cookies_, csrf_;
};

std::string code_of(const Response& response) {
  return std::string(json::parse(response.body).at("problems").at(0).at("code").as_string());
}

TEST_F(Writing, nothing_is_read_or_written_without_a_session) {
  EXPECT_EQ(ask("", "GET", funds).status, 401);
  EXPECT_EQ(ask("", "POST", funds, fund("A", "1")).status, 401);
  EXPECT_EQ(ask("", "GET", "/plain").status, 303);
  EXPECT_EQ(ask("", "GET", "/healthz").status, 200);
  EXPECT_EQ(ask("", "GET", "/plain/sign-in").status, 200);
}

TEST_F(Writing, a_write_must_bring_the_sessions_token_back) {
  Request request = asking("clerk", "POST", funds, fund("A", "1"));
  request.headers.erase("x-csrf-token");
  EXPECT_EQ(code_of(router_.answer(request)), "access.csrf");
  request.headers["x-csrf-token"] = csrf_["manager"];
  EXPECT_EQ(code_of(router_.answer(request)), "access.csrf");
}

TEST_F(Writing, a_search_brings_the_token_back_and_is_for_who_may_only_read) {
  made("A");
  const std::string search = "/api/v1/registers/season_fund/search";
  const json::object terms{{"q", "A"}};
  EXPECT_EQ(ask("", "POST", search, terms).status, 401);
  EXPECT_EQ(json::parse(ask("clerk", "POST", search, terms).body).at("items").as_array().size(), 1u);
  EXPECT_EQ(json::parse(ask("elsewhere", "POST", search, terms).body).at("items").as_array().size(), 0u);
  Request forged = asking("clerk", "POST", search, terms);
  forged.headers.erase("x-csrf-token");
  EXPECT_EQ(code_of(router_.answer(forged)), "access.csrf");
  const Response issued = ask("clerk", "POST", "/api/v1/tokens", {{"name", "t"}, {"reads_only", true}, {"days", 1}});
  Request program = request_of("POST", search, terms);
  program.headers["authorization"] = "Bearer " + std::string(json::parse(issued.body).at("secret").as_string());
  EXPECT_EQ(router_.answer(program).status, 200);
  program.path.back() = "records";
  EXPECT_EQ(code_of(router_.answer(program)), "access.token_scope");
}

TEST_F(Writing, a_page_without_script_searches_by_the_cookie_alone_and_so_changes_nothing) {
  Request search = asking("clerk", "POST", "/plain/registers/season_fund");
  search.headers.erase("x-csrf-token");
  search.headers["content-type"] = "application/x-www-form-urlencoded";
  search.body = "q=A";
  EXPECT_EQ(router_.answer(search).status, 200);
  search.headers.erase("cookie");
  EXPECT_EQ(router_.answer(search).status, 303);
}

TEST_F(Writing, a_record_is_made_changed_and_taken_through_its_flow) {
  const std::string address = made("A");
  const Response changed = ask("clerk", "PATCH", address, {{"values", json::object{{"amount", "200"}}}}, "\"1\"");
  EXPECT_EQ(changed.status, 200) << changed.body;
  EXPECT_EQ(json::parse(changed.body).at("values").at("amount").as_string(), "200.00");
  const json::value steps = json::parse(ask("approver", "GET", address + "/steps").body);
  EXPECT_EQ(steps.at(0).at("name").as_string(), "approve");
  EXPECT_TRUE(steps.at(0).at("allowed").as_bool());
  EXPECT_EQ(ask("clerk", "POST", address + "/steps/approve", nullptr, "\"2\"").status, 403);
  const Response approved = ask("approver", "POST", address + "/steps/approve", nullptr, "\"2\"");
  EXPECT_EQ(approved.status, 200) << approved.body;
  EXPECT_EQ(json::parse(approved.body).at("values").at("state").as_string(), "approved");
  const json::value life = json::parse(ask("clerk", "GET", address + "/history").body);
  EXPECT_EQ(life.as_array().size(), 3u);
}

TEST_F(Writing, a_change_names_the_version_that_was_seen) {
  const std::string address = made("A");
  const json::value change{{"values", json::object{{"amount", "200"}}}};
  EXPECT_EQ(ask("clerk", "PATCH", address, change).status, 428);
  EXPECT_EQ(ask("clerk", "PATCH", address, change, "1").status, 400);
  EXPECT_EQ(ask("clerk", "PATCH", address, change, "\"7\"").status, 412);
}

TEST_F(Writing, another_countys_clerk_neither_sees_nor_changes_it) {
  const std::string address = made("A");
  EXPECT_EQ(ask("elsewhere", "GET", address).status, 404);
  EXPECT_EQ(ask("elsewhere", "GET", address + "/history").status, 404);
  EXPECT_EQ(ask("elsewhere", "PATCH", address, {{"values", json::object{{"amount", "9"}}}}, "\"1\"").status, 404);
  EXPECT_EQ(json::parse(ask("elsewhere", "GET", funds).body).at("items").as_array().size(), 0u);
  EXPECT_EQ(json::parse(ask("manager", "GET", funds).body).at("items").as_array().size(), 1u);
  EXPECT_EQ(ask("elsewhere", "POST", funds, fund("B", "1", "610702")).status, 403) << "nor makes one there";
  EXPECT_EQ(ask("clerk", "PATCH", address, {{"values", json::object{{"region", "610703"}}}}, "\"1\"").status, 403)
      << "nor does its own move it out of reach";
  EXPECT_EQ(ask("elsewhere", "GET", "/api/v1/indicators/winter.funds/records?year=2020").status, 403);
}

TEST_F(Writing, what_costs_much_is_limited_by_account_and_minute) {
  router_ = routes({*store_, *registers_, 2020, &users_, &files_, 3});
  const auto figures = [&](const std::string& who) {
    return ask(who, "GET", "/api/v1/indicators/winter.funds?year=2020").status;
  };
  for (int i = 0; i < 3; ++i) EXPECT_EQ(figures("clerk"), 200);
  EXPECT_EQ(figures("clerk"), 429);
  EXPECT_EQ(figures("approver"), 200) << "each for itself";
  EXPECT_EQ(ask("clerk", "GET", funds).status, 200) << "and what costs little is not limited";
}

struct Refusal {
  const char* name;
  json::value body;
  int status;
  const char* code;
  friend void PrintTo(const Refusal& each, std::ostream* out) { *out << each.name; }
};

json::value values(json::object object) { return json::object{{"values", std::move(object)}}; }

class RefusedWrite : public Writing, public testing::WithParamInterface<Refusal> {};

TEST_P(RefusedWrite, with_status_and_problem) {
  const Response response = ask("manager", "POST", funds, GetParam().body);
  EXPECT_EQ(response.status, GetParam().status) << response.body;
  EXPECT_EQ(code_of(response), GetParam().code);
}

INSTANTIATE_TEST_SUITE_P(
    Http, RefusedWrite,
    testing::Values(Refusal{"a_body_that_is_no_object", json::array{}, 400, "http.body"},
                    Refusal{"no_values", json::object{}, 422, "record.value"},
                    Refusal{"an_amount_in_binary", values({{"amount", 0.1}}), 422, "record.value"},
                    Refusal{"an_unknown_field", values({{"nothing", "1"}}), 422, "record.no_such_field"},
                    Refusal{"a_state_by_hand", values({{"state", "paid"}}), 422, "record.state"},
                    Refusal{"a_link_to_nothing", values({{"programme", json::object{{"id", "7"}}}}), 422,
                            "field.no_such"},
                    Refusal{"a_link_of_another_form", values({{"programme", json::object{}}}), 422, "record.value"},
                    Refusal{"a_link_as_an_empty_text", values({{"programme", ""}}), 422, "record.value"},
                    Refusal{"a_link_with_an_empty_id",
                            values({{"programme", json::object{{"id", ""}, {"key", "D2020"}}}}), 422, "record.value"},
                    Refusal{"a_day_as_an_empty_text", values({{"paid_on", ""}}), 422, "record.value"},
                    Refusal{"a_day_as_a_workbook_may_have_it", values({{"paid_on", "2020.1.5"}}), 422, "record.value"},
                    Refusal{"a_choice_by_its_title", values({{"source", "工会经费"}}), 422, "record.value"}),
    [](const auto& each) { return each.param.name; });

TEST_F(Writing, a_step_of_many_that_makes_no_sense_for_any_is_refused_whole) {
  const std::string first = made("A");
  const std::string id = first.substr(first.rfind('/') + 1), steps = "/api/v1/registers/season_fund/steps/approve";
  for (const json::object& bad : {json::object{{"values", json::object{{"amount", json::object{}}}}},
                                  json::object{{"reason", std::string(1'001, 'x')}}}) {
    json::object body{{"ids", json::array{id}}};
    for (const auto& member : bad) body.insert(member);
    EXPECT_EQ(code_of(ask("approver", "POST", steps, body)), "record.value");
  }
}

TEST_F(Writing, many_take_a_step_each_for_itself) {
  const std::string first = made("A"), second = made("B");
  const auto id = [](const std::string& address) { return address.substr(address.rfind('/') + 1); };
  ASSERT_EQ(ask("approver", "POST", second + "/steps/approve", nullptr, "\"1\"").status, 200);
  const Response response = ask("approver", "POST", "/api/v1/registers/season_fund/steps/approve",
                                {{"ids", json::array{id(first), id(second), "7"}}});
  const json::value outcome = json::parse(response.body);
  EXPECT_EQ(outcome.at("taken").as_array().size(), 1u) << response.body;
  EXPECT_EQ(outcome.at("refused").as_array().size(), 2u);
}

/// What a batch is given once for all its records: one that has an answer already, one that has none, one met long ago
/// and one of another county.
struct Given {
  const char* name;
  json::value values;
  const char* whole;                 ///< the code that refuses the request
  std::vector<std::string> answers;  ///< by record: "taken", or the code and field of its first problem
  friend void PrintTo(const Given& each, std::ostream* out) { *out << each.name; }
};

class AskedOnce : public Writing, public testing::WithParamInterface<Given> {};

TEST_P(AskedOnce, is_checked_and_answered_for_each_record) {
  const std::string steps = "/api/v1/registers/emergency_request/steps/";
  const auto request = [&](const char* code, const char* answer, const char* region = "汉台区") {
    const Id id = create("emergency_request", {{"code", code},
                                               {"requester", code},
                                               {"region", region},
                                               {"need", "supplies"},
                                               {"about", "口罩"},
                                               {"asked_on", "2021-01-09"},
                                               {"answer", answer}});
    return json::string(std::to_string(id));
  };
  const json::array ids{request("answered", "已有回复"), request("open", ""), request("met", ""),
                        request("elsewhere", "", "南郑区")};
  ASSERT_EQ(ask("clerk", "POST", steps + "take", {{"ids", json::array{ids[0], ids[1], ids[2]}}}).status, 200);
  ASSERT_EQ(
      ask("clerk", "POST", steps + "meet",
          {{"ids", json::array{ids[2]}}, {"values", json::object{{"answer", "已送达"}, {"met_on", "2021-01-10"}}}})
          .status,
      200);

  json::object body{{"ids", ids}};
  if (!GetParam().values.is_null()) body.emplace("values", GetParam().values);
  const Response response = ask("clerk", "POST", steps + "meet", body);
  if (*GetParam().whole) {
    EXPECT_EQ(code_of(response), GetParam().whole);
    return;
  }
  const json::value outcome = json::parse(response.body);
  std::vector<std::string> answers;
  for (const json::value& id : ids) {
    const json::array& taken = outcome.at("taken").as_array();
    std::string answer = std::ranges::find(taken, id) != taken.end() ? "taken" : "";
    const json::array& refused = outcome.at("refused").as_array();
    for (const json::value& each : refused)
      if (each.at("id") == id) {
        const json::object& first = each.at("problems").at(0).as_object();
        answer = std::string(first.at("code").as_string());
        if (const json::value* field = first.if_contains("field")) answer += " " + std::string(field->as_string());
      }
    answers.push_back(answer);
  }
  EXPECT_EQ(answers, GetParam().answers) << response.body;
}

INSTANTIATE_TEST_SUITE_P(
    Http, AskedOnce,
    testing::Values(Given{"all_that_is_asked_is_given",
                          json::object{{"answer", "已送达"}, {"met_on", "2021-01-10"}},
                          "",
                          {"taken", "taken", "step.state", "record.not_found"}},
                    Given{"a_field_left_out_keeps_what_each_record_has",
                          json::object{{"met_on", "2021-01-10"}},
                          "",
                          {"taken", "field.required answer", "step.state", "record.not_found"}},
                    Given{"nothing_given_is_missing_in_each",
                          nullptr,
                          "",
                          {"field.required met_on", "field.required answer", "step.state", "record.not_found"}},
                    Given{"a_field_that_is_emptied_is_missing_in_each",
                          json::object{{"answer", nullptr}, {"met_on", "2021-01-10"}},
                          "",
                          {"field.required answer", "field.required answer", "step.state", "record.not_found"}},
                    Given{"a_field_that_the_step_does_not_ask_for",
                          json::object{{"about", "别的"}, {"met_on", "2021-01-10"}},
                          "step.field",
                          {}},
                    Given{"a_field_that_there_is_not", json::object{{"colour", "red"}}, "record.no_such_field", {}},
                    Given{"a_value_of_another_form", json::object{{"met_on", "2021.1.10"}}, "record.value", {}}),
    [](const auto& each) { return each.param.name; });

TEST_F(Writing, a_secret_is_shown_for_a_reason_which_the_log_keeps) {
  const auto worker = std::pair{"张三", "610799199001010014"};
  create("union", {{"code", "U1"},
                   {"name", "甲工会"},
                   {"region", "汉台区"},
                   {"level", "city"},
                   {"kind", "enterprise"},
                   {"founded_on", "2010-01-01"}});
  std::string number = std::string(worker.second).substr(0, 17);
  static constexpr int weights[] = {7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2};
  int sum = 0;
  for (int i = 0; i < 17; ++i) sum += (number[static_cast<std::size_t>(i)] - '0') * weights[i];
  number += "10X98765432"[sum % 11];
  const Id file = create("difficulty_file", {{"code", "F1"},
                                             {"subject.name", worker.first},
                                             {"subject.identity_number", number},
                                             {"region", "汉台区"},
                                             {"cause", "illness"},
                                             {"kind", "deep"}});
  const std::string address = "/api/v1/registers/difficulty_file/records/" + std::to_string(file);
  EXPECT_THAT(ask("manager", "GET", address).body, testing::Not(HasSubstr(number)));
  EXPECT_EQ(ask("clerk", "POST", address + "/reveal", {{"field", "subject"}, {"reason", "核对"}}).status, 403);
  EXPECT_EQ(ask("manager", "POST", address + "/reveal", {{"field", "subject"}}).status, 400);
  EXPECT_EQ(ask("manager", "POST", address + "/reveal", {{"field", "kind"}, {"reason", "核对"}}).status, 400);
  const Response shown = ask("manager", "POST", address + "/reveal", {{"field", "subject"}, {"reason", "核对银行卡"}});
  EXPECT_THAT(shown.body, HasSubstr(number));
  const std::string life = ask("manager", "GET", address + "/history").body;
  EXPECT_THAT(life, HasSubstr("reveal"));
  EXPECT_THAT(life, testing::Not(HasSubstr(number)));
}

TEST_F(Writing, a_first_password_is_changed_before_anything_else) {
  ASSERT_TRUE(
      users_.add({.name = "new", .grants = {{.role = "clerk"}}, .must_change_password = true}, password, "test"));
  sign_in("new");
  EXPECT_EQ(code_of(ask("new", "GET", funds)), "access.password_change");
  EXPECT_EQ(
      ask("new", "POST", "/api/v1/session/password", {{"old", password}, {"new", "another long passphrase"}}).status,
      204);
  EXPECT_EQ(ask("new", "GET", funds).status, 200);
  EXPECT_EQ(ask("new", "DELETE", "/api/v1/session").status, 204);
  EXPECT_EQ(ask("new", "GET", funds).status, 401);
}

TEST_F(Writing, a_record_is_read_as_it_stood_at_a_position_of_the_log) {
  const std::string address = made("A");
  const auto position = json::parse(ask("clerk", "GET", address).body).at("position").as_int64();
  ASSERT_EQ(ask("clerk", "PATCH", address, {{"values", json::object{{"amount", "200"}}}}, "\"1\"").status, 200);
  const auto amount_at = [&](std::int64_t at) {
    const Response response = ask("clerk", "GET", address + "?as_of=" + std::to_string(at));
    return response.status == 200 ? json::serialize(json::parse(response.body).at("values").at("amount"))
                                  : std::to_string(response.status);
  };
  EXPECT_EQ(amount_at(position), "\"100.50\"");
  EXPECT_EQ(amount_at(position + 1), "\"200.00\"");
  EXPECT_EQ(amount_at(position - 1), "404") << "it was not there yet";
  EXPECT_EQ(ask("elsewhere", "GET", address + "?as_of=" + std::to_string(position)).status, 404);
}

TEST_F(Writing, an_administrator_helps_who_forgot_his_password_or_lost_his_phone) {
  ASSERT_TRUE(users_.add({.name = "admin", .grants = {{.role = "admin"}}}, password, "test"));
  sign_in("admin");
  const auto idle = users_.add({.name = "idle", .grants = {{.role = "clerk"}}}, password, "test");
  const std::string account = "/api/v1/users/" + std::to_string(idle->id);
  sign_in("idle");
  for (const auto& [method, what] : {std::pair{"POST", "/password"}, {"DELETE", "/totp"}, {"DELETE", "/sessions"}})
    EXPECT_EQ(ask("manager", method, account + what).status, 403) << what << " is for the role admin";
  EXPECT_EQ(ask("admin", "DELETE", account + "/sessions").status, 204);
  EXPECT_EQ(ask("idle", "GET", funds).status, 401);
  const Response renewed = ask("admin", "POST", account + "/password");
  ASSERT_EQ(renewed.status, 200) << renewed.body;
  EXPECT_EQ(json::parse(renewed.body).at("ends_at"), json::value("2021-01-13T04:00:00.000Z"));
  const json::value made = json::parse(renewed.body).at("password");
  EXPECT_EQ(ask("", "POST", "/api/v1/session", {{"name", "idle"}, {"password", password}}).status, 401);
  EXPECT_EQ(ask("", "POST", "/api/v1/session", {{"name", "idle"}, {"password", made}}).status, 200);
  EXPECT_EQ(ask("admin", "DELETE", account + "/totp").status, 204);
  EXPECT_EQ(ask("admin", "DELETE", "/api/v1/users/5/totp").status, 404);
  const Response added = ask("admin", "POST", "/api/v1/users", {{"name", "li"}, {"grants", json::array{"clerk"}}});
  ASSERT_EQ(added.status, 201) << added.body;
  EXPECT_EQ(json::parse(added.body).at("password").as_string().size(), 20U) << "made, and shown once";
}

TEST_F(Writing, one_sees_where_one_is_signed_in_and_ends_it_there) {
  const std::string first = cookies_["clerk"];
  sign_in("clerk");
  const json::value sessions = json::parse(ask("clerk", "GET", "/api/v1/sessions").body);
  ASSERT_EQ(sessions.as_array().size(), 2U);
  const auto& other =
      *std::ranges::find_if(sessions.as_array(), [](const json::value& each) { return !each.at("is_this").as_bool(); });
  const std::string address = "/api/v1/sessions/" + std::string(other.at("id").as_string());
  EXPECT_EQ(ask("manager", "DELETE", address).status, 404) << "another's";
  EXPECT_EQ(ask("clerk", "DELETE", address).status, 204);
  EXPECT_EQ(ask("clerk", "GET", funds).status, 200);
  std::swap(cookies_["clerk"], cookies_["gone"] = first);
  EXPECT_EQ(ask("clerk", "GET", funds).status, 401);
  EXPECT_EQ(ask("manager", "DELETE", "/api/v1/sessions").status, 204) << "there is no other";
  EXPECT_EQ(ask("manager", "GET", funds).status, 200);
}

TEST_F(Writing, who_must_have_an_authenticator_sets_it_up_before_anything_else) {
  access::Users strict(*store_, vault_, clock_, {.totp_roles = {"manager"}});
  router_ = routes({*store_, *registers_, 2020, &strict, &files_});
  sign_in("manager");
  sign_in("clerk");
  EXPECT_EQ(ask("clerk", "GET", funds).status, 200) << "only the role named must";
  EXPECT_EQ(code_of(ask("manager", "GET", funds)), "access.totp_needed");
  EXPECT_EQ(code_of(ask("manager", "POST", "/api/v1/session/totp", {{"password", "not it"}})), "session.refused");
  const Response begun = ask("manager", "POST", "/api/v1/session/totp", {{"password", password}});
  ASSERT_EQ(begun.status, 200) << begun.body;
  const std::string secret = store_->read([&](store::Reader& reader) {
    auto rows = reader.query("SELECT totp_secret FROM user_account WHERE name = 'manager'");
    rows.next();
    return vault_.open(rows.blob(0)).value();
  });
  const std::string code = access::totp_code(secret, access::totp_step(clock_.now()));
  EXPECT_EQ(ask("manager", "PUT", "/api/v1/session/totp", {{"code", code}}).status, 204);
  EXPECT_EQ(ask("manager", "GET", funds).status, 200);
}

TEST_F(Writing, a_write_sent_twice_with_its_key_happens_once) {
  Request request = asking("clerk", "POST", funds, fund("A", "1"));
  request.headers["idempotency-key"] = "4711";
  const Response first = router_.answer(request), second = router_.answer(request);
  EXPECT_EQ(first.status, 201) << first.body;
  EXPECT_EQ(second.body, first.body);
  EXPECT_EQ(second.headers, first.headers);
  EXPECT_EQ(json::parse(ask("clerk", "GET", funds).body).at("items").as_array().size(), 1u);

  Request other = asking("clerk", "POST", funds, fund("B", "1"));
  other.headers["idempotency-key"] = "4711";
  EXPECT_EQ(code_of(router_.answer(other)), "http.key_reused");
  Request colleague = asking("manager", "POST", funds, fund("B", "1"));
  colleague.headers["idempotency-key"] = "4711";
  EXPECT_EQ(router_.answer(colleague).status, 201) << "keys are everyone's own";
  request.headers["idempotency-key"] = std::string(201, 'a');
  EXPECT_EQ(code_of(router_.answer(request)), "http.key");
}

TEST_F(Writing, what_was_refused_may_come_again_with_its_key) {
  Request request = asking("clerk", "POST", funds, fund("A", "much"));
  request.headers["idempotency-key"] = "1";
  EXPECT_EQ(router_.answer(request).status, 422);
  Request mended = asking("clerk", "POST", funds, fund("A", "1"));
  mended.headers["idempotency-key"] = "1";
  EXPECT_EQ(router_.answer(mended).status, 201);
}

TEST_F(Writing, a_program_stays_within_its_token) {
  const auto token = [&](json::object asked) {
    asked.emplace("name", "a program");
    asked.emplace("days", 1);
    const Response made = ask("clerk", "POST", "/api/v1/tokens", asked);
    EXPECT_EQ(made.status, 201) << made.body;
    return std::string(json::parse(made.body).at("secret").as_string());
  };
  const auto as_program = [&](const std::string& secret, const std::string& method, const std::string& target,
                              const json::value& body = nullptr) {
    Request request = asking("", method, target, body);
    request.headers["authorization"] = "Bearer " + secret;
    return router_.answer(request).status;
  };
  const std::string reader = token({{"registers", json::array{"season_fund"}}});
  EXPECT_EQ(as_program(reader, "GET", funds), 200);
  EXPECT_EQ(as_program(reader, "GET", "/api/v1/catalogue"), 200);
  EXPECT_EQ(as_program(reader, "POST", funds, fund("A", "1")), 403);
  EXPECT_EQ(as_program(reader, "GET", "/api/v1/registers/member/records"), 403);
  EXPECT_EQ(as_program(reader, "GET", "/api/v1/tokens"), 403);
  EXPECT_EQ(as_program(reader, "GET", "/plain/registers/season_fund"), 403);
  const std::string writer = token({{"reads_only", false}});
  EXPECT_EQ(as_program(writer, "POST", funds, fund("A", "1")), 201) << "without a session's token";
  EXPECT_EQ(as_program(writer, "POST", funds, fund("B", "1", "610703")), 403) << "nor further than its user";
  EXPECT_EQ(as_program(writer + "x", "GET", funds), 401);
  Request stolen = asking("", "GET", funds);
  stolen.headers["cookie"] = "zhijia_session=" + writer;
  EXPECT_EQ(router_.answer(stolen).status, 401) << "a token is no cookie";
}

TEST_F(Writing, accounts_are_for_administrators) {
  ASSERT_TRUE(users_.add({.name = "admin", .grants = {{.role = "admin"}}}, password, "test"));
  sign_in("admin");
  const json::value asked{{"name", "wang"}, {"password", "first long password"}, {"grants", {"clerk@610702"}}};
  EXPECT_EQ(code_of(ask("manager", "POST", "/api/v1/users", asked)), "access.admin");
  EXPECT_EQ(code_of(ask("manager", "GET", "/api/v1/users")), "access.admin");
  const Response made = ask("admin", "POST", "/api/v1/users", asked);
  ASSERT_EQ(made.status, 201) << made.body;
  EXPECT_EQ(json::parse(made.body).at("grants").at(0).at("region").as_string(), "610702");
  const std::string address = "/api/v1/users/" + std::string(json::parse(made.body).at("id").as_string());
  const Response changed = ask("admin", "PATCH", address, {{"grants", {"approver"}}, {"is_disabled", true}});
  EXPECT_EQ(json::parse(changed.body).at("is_disabled").as_bool(), true) << changed.body;
  EXPECT_EQ(json::parse(changed.body).at("grants").at(0).at("role").as_string(), "approver");
  EXPECT_EQ(ask("admin", "GET", funds).status, 200);
  EXPECT_EQ(json::parse(ask("admin", "GET", funds).body).at("items").as_array().size(), 0u) << "and see no record";
}

TEST_F(Writing, one_address_may_not_try_to_sign_in_for_ever) {
  int status = 401;
  for (int i = 0; i < 31 && status == 401; ++i)
    status = ask("", "POST", "/api/v1/session", {{"name", "nobody" + std::to_string(i)}, {"password", "x"}}).status;
  EXPECT_EQ(status, 429);
}

TEST_F(Writing, the_sign_in_page_takes_a_form) {
  Request request = asking("", "POST", "/plain/sign-in");
  request.headers["content-type"] = "application/x-www-form-urlencoded";
  request.body = "name=clerk&password=a+long+enough+passphrase&code=";
  const Response response = router_.answer(request);
  EXPECT_EQ(response.status, 303);
  request.body = "name=clerk&password=%3Cb%3E";
  const Response wrong = router_.answer(request);
  EXPECT_EQ(wrong.status, 401);
  EXPECT_THAT(wrong.body, HasSubstr("role=\"alert\""));
}

}  // namespace
}  // namespace zhijia::http
