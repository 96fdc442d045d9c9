#include <gmock/gmock.h>

#include <set>

#include "access/workers.hpp"
#include "server/target.hpp"
#include "support/clamd.hpp"
#include "support/papers.hpp"
#include "support/small_city.hpp"

/// What workers do for themselves: signing up, joining, their own records and nobody else's.
namespace zhijia::http {
namespace {

namespace json = boost::json;
using registers::Register;
using testing::HasSubstr;

constexpr const char *password = "eight chars", *staff_password = "a long enough passphrase";
constexpr const char *rider = "骑手甲", *rider_number = "610799199001010011", *rider_phone = "13800000001";
constexpr const char *other = "骑手乙", *other_number = "61079919900101002X", *other_phone = "13800000002";

class Self : public SmallCity {
 protected:
  Self() : users_(*store_, vault_, clock_) {
    router_ = routes({*store_, *registers_, 2020, &users_, &files_});
    create("union", {{"code", "U1"},
                     {"name", "汉台快递行业工会"},
                     {"region", "610702"},
                     {"level", "grassroots"},
                     {"kind", "sectoral"},
                     {"founded_on", "2020-01-01"}});
    member_ = create("member", member_of(rider, rider_number, "member"));
    other_member_ = create("member", member_of(other, other_number, "member"));
    create("aid_plan", {{"code", "P1"}, {"name", "住院互助"}, {"price", "60"}});
    EXPECT_TRUE(
        users_.add({.name = "clerk", .grants = {access::parse_grant("clerk@610702").value()}}, staff_password, "test"));
    EXPECT_TRUE(users_.add({.name = "elsewhere", .grants = {access::parse_grant("clerk@610703").value()}},
                           staff_password, "t"));
    sign_in("clerk", staff_password);
    sign_in("elsewhere", staff_password);
  }

  static registers::Cells member_of(const std::string& name, const std::string& number, const std::string& state) {
    return {{"organisation", "U1"},
            {"subject.name", name},
            {"subject.identity_number", number},
            {"joined_on", "2020-03-01"},
            {"state", state}};
  }

  Response ask(const std::string& who, const std::string& method, const std::string& target,
               const json::value& body = nullptr, const std::string& if_match = "", const std::string& key = "") {
    Request request = request_of(method, target, body);
    if (!if_match.empty()) request.headers["if-match"] = if_match;
    if (!key.empty()) request.headers["idempotency-key"] = key;
    if (!who.empty()) {
      request.headers["cookie"] = cookies_[who];
      request.headers["x-csrf-token"] = csrf_[who];
    }
    return router_.answer(std::move(request));
  }

  /// A file sent as the phone sends it, the bytes as they are.
  Response hand_in(const std::string& who, const std::string& target, std::string_view bytes,
                   const std::string& key = "") {
    Request request{.method = "POST"};
    EXPECT_TRUE(read_target(target, request)) << target;
    request.headers["x-file-name"] = "%E7%BB%93%E7%AE%97%E5%8D%95.png";
    if (!key.empty()) request.headers["idempotency-key"] = key;
    request.body = bytes;
    if (!who.empty()) {
      request.headers["cookie"] = cookies_[who];
      request.headers["x-csrf-token"] = csrf_[who];
    }
    return router_.answer(std::move(request));
  }

  void keep_session(const std::string& who, const Response& response) {
    for (const auto& [header, value] : response.headers)
      if (header == "Set-Cookie") cookies_[who] = value.substr(0, value.find(';'));
    csrf_[who] = json::parse(response.body).at("csrf").as_string();
  }

  int sign_in(const std::string& name, const std::string& with) {
    const Response response = ask("", "POST", "/api/v1/session", {{"name", name}, {"password", with}});
    if (response.status == 200) keep_session(name, response);
    return response.status;
  }

  std::string code_of(Id member) {
    const Response response = ask("clerk", "POST", "/api/v1/members/" + std::to_string(member) + "/sign-up-code");
    EXPECT_EQ(response.status, 201) << response.body;
    return std::string(json::parse(response.body).at("code").as_string());
  }

  Response sign_up(const std::string& name, const std::string& number, const std::string& phone,
                   const std::string& code, const std::string& with = password) {
    json::object body{{"name", name}, {"identity_number", number}, {"phone", phone}, {"password", with}};
    if (!code.empty()) body.emplace("code", code);
    Response response = ask("", "POST", "/api/v1/public/sign-up", body);
    if (response.status == 201) keep_session(phone, response);
    return response;
  }

  json::value claim_of(const std::string& settlement) {
    const std::string plans = ask("", "GET", "/api/v1/public/records/aid_plan").body;
    const auto plan = json::parse(plans).at("items").at(0).at("id");
    return {{"values", json::object{{"plan", json::object{{"id", plan}}},
                                    {"settlement", settlement},
                                    {"event_on", "2021-01-02"},
                                    {"own_cost", "1200.50"}}}};
  }

  static constexpr const char* claims = "/api/v1/me/records/claim";
  access::Users users_;
  Router router_;
  Id member_ = 0, other_member_ = 0;
  std::map<std::string, std::string> cookies_, csrf_;
};

TEST_F(Self, signs_up_with_the_code_that_a_clerk_hands_out_and_only_once) {
  const std::string code = code_of(member_);
  EXPECT_EQ(sign_up(other, other_number, other_phone, code).status, 422) << "another's code";
  EXPECT_EQ(sign_up(rider, rider_number, rider_phone, code).status, 201);
  EXPECT_TRUE(json::parse(ask(rider_phone, "GET", "/api/v1/me").body).at("confirmed").as_bool());
  EXPECT_EQ(sign_up(rider, rider_number, "13800000009", code).status, 422) << "a second time";
  EXPECT_EQ(sign_in(rider_phone, password), 200);
}

TEST_F(Self, codes_end_after_wrong_tries_and_in_time) {
  std::string code = code_of(member_);
  for (int i = 0; i < access::code_failures_max; ++i)
    EXPECT_EQ(sign_up(rider, rider_number, rider_phone, "00000000").status, 422);
  EXPECT_EQ(sign_up(rider, rider_number, rider_phone, code).status, 422) << "tried too often";
  code = code_of(member_);
  clock_.set(clock_.now() + access::code_lives);
  EXPECT_EQ(sign_up(rider, rider_number, rider_phone, code).status, 422) << "too late";
}

TEST_F(Self, only_clerks_of_the_union_vouch_for_its_members) {
  const std::string address = "/api/v1/members/" + std::to_string(member_) + "/sign-up-code";
  EXPECT_EQ(ask("elsewhere", "POST", address).status, 404);
  sign_up(rider, rider_number, rider_phone, code_of(member_));
  EXPECT_EQ(ask(rider_phone, "POST", address).status, 403);
}

TEST_F(Self, who_lost_his_password_comes_back_with_a_new_code) {
  sign_up(rider, rider_number, rider_phone, code_of(member_));
  EXPECT_EQ(sign_up(rider, rider_number, rider_phone, code_of(member_), "another word").status, 201);
  EXPECT_EQ(sign_in(rider_phone, password), 401);
  EXPECT_EQ(sign_in(rider_phone, "another word"), 200);
  EXPECT_EQ(sign_up(other, other_number, rider_phone, code_of(other_member_)).status, 422) << "another's phone";
}

TEST_F(Self, an_account_without_a_code_opens_nothing_but_itself) {
  ASSERT_EQ(sign_up(rider, rider_number, rider_phone, "").status, 201);
  EXPECT_FALSE(json::parse(ask(rider_phone, "GET", "/api/v1/me").body).at("confirmed").as_bool());
  EXPECT_EQ(ask(rider_phone, "GET", "/api/v1/me/records").status, 403);
  EXPECT_EQ(ask(rider_phone, "POST", "/api/v1/me/confirm", {{"code", "12345678"}}).status, 422);
  EXPECT_EQ(ask(rider_phone, "POST", "/api/v1/me/confirm", {{"code", code_of(other_member_)}}).status, 422)
      << "a code for another person";
  EXPECT_EQ(ask(rider_phone, "POST", "/api/v1/me/confirm", {{"code", code_of(member_)}}).status, 204);
  EXPECT_EQ(ask(rider_phone, "GET", "/api/v1/me/records").status, 200);
}

TEST_F(Self, joins_a_union_by_the_code_on_its_poster) {
  const auto unions = json::parse(ask("clerk", "GET", "/api/v1/registers/union/records").body).at("items");
  const std::string union_id(unions.at(0).at("id").as_string());
  const std::string code(
      json::parse(ask("clerk", "POST", "/api/v1/unions/" + union_id + "/join-code").body).at("code").as_string());
  const std::string address = "/api/v1/public/join/" + code;
  EXPECT_THAT(ask("", "GET", address).body, HasSubstr("汉台快递行业工会"));
  json::object who{{"name", "骑手丙"},
                   {"identity_number", "610799199001010038"},
                   {"phone", "13800000003"},
                   {"password", password},
                   {"group", "courier"}};
  const Response joined = ask("", "POST", address, who);
  ASSERT_EQ(joined.status, 201) << joined.body;
  keep_session("new", joined);
  EXPECT_THAT(ask("new", "GET", "/api/v1/me").body, HasSubstr("\"state\":\"applied\""));
  EXPECT_EQ(ask("new", "GET", "/api/v1/me/records").status, 403);
  EXPECT_THAT(ask("clerk", "GET", "/api/v1/registers/member/records?where=state%20%3D%20%22applied%22").body,
              HasSubstr("骑手丙"));
  who["phone"] = "13800000004";
  EXPECT_EQ(ask("", "POST", address, who).status, 422) << "twice";
  EXPECT_EQ(ask("", "POST", "/api/v1/public/join/NOSUCH00", who).status, 404);
  EXPECT_EQ(ask("clerk", "POST", "/api/v1/unions/" + union_id + "/join-code").status, 200);
  EXPECT_EQ(ask("", "GET", address).status, 404) << "an old poster";
}

TEST_F(Self, a_unions_code_has_a_last_day_and_is_withdrawn) {
  const auto unions = json::parse(ask("clerk", "GET", "/api/v1/registers/union/records").body).at("items");
  const std::string join_code = "/api/v1/unions/" + std::string(unions.at(0).at("id").as_string()) + "/join-code";
  const auto code = [&] { return json::parse(ask("clerk", "GET", join_code).body).at("code"); };
  EXPECT_TRUE(code().is_null()) << "looking makes none";
  EXPECT_EQ(ask("clerk", "PATCH", join_code, {{"ends_on", nullptr}}).status, 404);
  const json::value made = json::parse(ask("clerk", "POST", join_code, {{"ends_on", "2199-12-31"}}).body);
  EXPECT_EQ(made.at("ends_on").as_string(), "2199-12-31");
  EXPECT_EQ(code(), made.at("code"));
  EXPECT_EQ(ask("clerk", "PATCH", join_code, {{"ends_on", "1999-12-31"}}).status, 400) << "a day that is over";
  const std::string address = "/api/v1/public/join/" + std::string(made.at("code").as_string());
  const std::string today = to_string(clock_.today());
  EXPECT_EQ(ask("clerk", "PATCH", join_code, {{"ends_on", today}}).status, 200);
  EXPECT_EQ(ask("", "GET", address).status, 200) << "on its last day";
  store_
      ->write([&](store::Transaction& transaction) -> Result<void> {
        transaction.execute("UPDATE join_code SET ends_on = '2000-01-01'");
        return {};
      })
      .value();
  EXPECT_EQ(ask("", "GET", address).status, 404) << "after it";
  EXPECT_EQ(ask("clerk", "DELETE", join_code).status, 204);
  EXPECT_EQ(ask("clerk", "DELETE", join_code).status, 404);
  EXPECT_TRUE(code().is_null());
}

TEST_F(Self, a_name_that_is_not_the_numbers_is_refused_without_telling_the_right_one) {
  const auto unions = json::parse(ask("clerk", "GET", "/api/v1/registers/union/records").body).at("items");
  const std::string code(
      json::parse(
          ask("clerk", "POST", "/api/v1/unions/" + std::string(unions.at(0).at("id").as_string()) + "/join-code").body)
          .at("code")
          .as_string());
  const Response refused =
      ask("", "POST", "/api/v1/public/join/" + code,
          {{"name", "不是他"}, {"identity_number", rider_number}, {"phone", "13800000005"}, {"password", password}});
  EXPECT_EQ(refused.status, 422);
  EXPECT_EQ(refused.body.find(rider), std::string::npos);
  EXPECT_EQ(sign_in("13800000005", password), 401) << "no account is left behind";
}

TEST_F(Self, claims_on_the_phone_and_sees_what_became_of_it) {
  sign_up(rider, rider_number, rider_phone, code_of(member_));
  sign_up(other, other_number, other_phone, code_of(other_member_));
  const Response made = ask(rider_phone, "POST", claims, claim_of("S1"), "", "key-1");
  ASSERT_EQ(made.status, 201) << made.body;
  EXPECT_EQ(ask(rider_phone, "POST", claims, claim_of("S1"), "", "key-1").body, made.body) << "sent once more";
  const json::value claim = json::parse(made.body);
  const std::string address = std::string(claims) + "/" + std::string(claim.at("id").as_string());
  EXPECT_EQ(claim.at("state").as_string(), "submitted");
  EXPECT_EQ(claim.at("values").at("own_cost").as_string(), "1200.50");
  EXPECT_EQ(ask(other_phone, "GET", address).status, 404);
  EXPECT_EQ(json::parse(ask(other_phone, "GET", claims).body).as_array().size(), 0U);
  EXPECT_EQ(ask(rider_phone, "PATCH", address, claim_of("S2"), "\"1\"").status, 403) << "it is with the union";
  EXPECT_EQ(ask(other_phone, "POST", address + "/steps/withdraw", nullptr, "\"1\"").status, 404);
  EXPECT_EQ(ask(rider_phone, "POST", address + "/steps/adjudicate", nullptr, "\"1\"").status, 403);
  EXPECT_EQ(ask(rider_phone, "POST", address + "/steps/withdraw", nullptr, "\"1\"").status, 200);
  EXPECT_THAT(ask(rider_phone, "GET", address).body, HasSubstr("\"step:withdraw\""));
}

/// A claim of the rider's, and whoever else is about.
class Papers : public Self {
 protected:
  Papers() {
    sign_up(rider, rider_number, rider_phone, code_of(member_));
    sign_up(other, other_number, other_phone, code_of(other_member_));
    const Response made = ask(rider_phone, "POST", claims, claim_of("S1"));
    EXPECT_EQ(made.status, 201) << made.body;
    claim_ = std::string(json::parse(made.body).at("id").as_string());
    address_ = std::string(claims) + "/" + claim_;
    papers_ = address_ + "/attachments/papers";
  }

  json::array papers() {
    return json::parse(ask(rider_phone, "GET", address_).body).at("values").at("papers").as_array();
  }
  std::string address_of(const json::value& paper) { return papers_ + "/" + std::string(paper.at("id").as_string()); }

  void take_step(const char* name, const char* role) {
    const auto taken = store_->write([&](store::Transaction& transaction) {
      return registers_->take_step(transaction, *registers_->catalogue().find_register("claim"), std::stoll(claim_),
                                   name, {.id = "9", .source = "test", .roles = {role}},
                                   {.reason = "缺病历", .cells = {}});
    });
    ASSERT_TRUE(taken) << describe(taken.error().front());
  }

  std::string claim_, address_, papers_;
};

TEST_F(Papers, are_added_by_him_whose_claim_it_is_and_seen_by_him) {
  const Response added = hand_in(rider_phone, papers_, tests::small_png, "key-1");
  ASSERT_EQ(added.status, 201) << added.body;
  EXPECT_EQ(hand_in(rider_phone, papers_, tests::small_png, "key-1").status, 201) << "sent once more";
  ASSERT_EQ(papers().size(), 1U);
  EXPECT_EQ(papers().at(0).at("name").as_string(), "结算单.png");
  const Response shown = ask(rider_phone, "GET", address_of(papers().at(0)));
  EXPECT_EQ(shown.status, 200);
  EXPECT_EQ(shown.body, tests::small_png);
  EXPECT_EQ(ask(other_phone, "GET", address_of(papers().at(0))).status, 404);
  EXPECT_EQ(ask("clerk", "GET", address_of(papers().at(0))).status, 403);
  EXPECT_EQ(ask("", "GET", address_of(papers().at(0))).status, 401);
}

TEST_F(Papers, are_refused_from_others_and_of_other_kinds) {
  struct Case {
    std::string_view name, who;
    std::string address;
    std::string_view bytes;
    int status;
    std::string_view code;
  };
  const std::string elsewhere = std::string(claims) + "/999/attachments/papers";
  const Case cases[] = {
      {"another worker", other_phone, papers_, tests::small_png, 404, ""},
      {"a clerk", "clerk", papers_, tests::small_png, 403, ""},
      {"nobody", "", papers_, tests::small_png, 401, ""},
      {"to a claim that is not there", rider_phone, elsewhere, tests::small_png, 404, ""},
      {"to a field that holds no files", rider_phone, address_ + "/attachments/own_cost", tests::small_png, 404, ""},
      {"a text", rider_phone, papers_, "not a photograph", 422, "attachment.type"},
      {"a program", rider_phone, papers_, "MZ\x90", 422, "attachment.type"},
      {"an empty file", rider_phone, papers_, "", 422, "attachment.empty"},
  };
  for (const Case& c : cases) {
    const Response refused = hand_in(std::string(c.who), c.address, c.bytes);
    EXPECT_EQ(refused.status, c.status) << c.name << refused.body;
    EXPECT_THAT(refused.body, HasSubstr(std::string(c.code))) << c.name;
  }
  EXPECT_EQ(papers().size(), 0U);
}

TEST_F(Papers, are_refused_while_the_scanner_is_away) {
  auto clamd = std::make_unique<tests::Clamd>();
  if (!clamd->missing().empty()) GTEST_SKIP() << clamd->missing();
  const auto scanner = registers::VirusScanner::at(clamd->socket()).value();
  Services services{*store_, *registers_, 2020, &users_, &files_};
  services.scanner = &scanner;
  router_ = routes(services);
  EXPECT_EQ(hand_in(rider_phone, papers_, tests::small_png).status, 201);
  clamd.reset();
  EXPECT_THAT(hand_in(rider_phone, papers_, tests::small_pdf).body, HasSubstr("attachment.not_scanned"));
  EXPECT_EQ(papers().size(), 1U);
}

TEST_F(Papers, follow_the_claim_until_it_is_decided_and_are_taken_out_only_when_it_comes_back) {
  ASSERT_EQ(hand_in(rider_phone, papers_, tests::small_png).status, 201);
  const std::string first = address_of(papers().at(0));
  EXPECT_EQ(ask(rider_phone, "DELETE", first).status, 403) << "it is with the union";
  take_step("return", "adjudicator");
  EXPECT_EQ(hand_in(rider_phone, papers_, tests::small_pdf).status, 201) << "what was missing";
  EXPECT_EQ(ask(other_phone, "DELETE", first).status, 404);
  EXPECT_EQ(ask(rider_phone, "DELETE", first).status, 200);
  EXPECT_EQ(papers().size(), 1U);
  take_step("send_again", "worker");
  take_step("refuse", "adjudicator");
  EXPECT_EQ(hand_in(rider_phone, papers_, tests::small_png).status, 403) << "it is decided";
  EXPECT_EQ(ask(rider_phone, "GET", address_of(papers().at(0))).status, 200) << "he still sees what he sent";
}

TEST_F(Self, fills_in_only_what_is_his_and_links_only_to_what_he_may_see) {
  sign_up(rider, rider_number, rider_phone, code_of(member_));
  json::value claim = claim_of("S1");
  claim.at("values").as_object()["amount"] = "9999.00";
  EXPECT_THAT(ask(rider_phone, "POST", claims, claim).body, HasSubstr("self.field"));
  claim = claim_of("S1");
  claim.at("values").as_object()["plan"] = json::object{{"id", std::to_string(member_)}};
  EXPECT_THAT(ask(rider_phone, "POST", claims, claim).body, HasSubstr("field.no_such"));
  const Id held =
      create("contest",
             {{"code", "C1"}, {"name", "比武"}, {"category", "skill"}, {"held_on", "2020-10-10"}, {"state", "held"}});
  EXPECT_THAT(ask(rider_phone, "POST", "/api/v1/me/records/contest_entry",
                  {{"values", json::object{{"contest", json::object{{"id", std::to_string(held)}}}}}})
                  .body,
              HasSubstr("field.no_such"))
      << "a contest that is over";
}

TEST_F(Self, asks_his_own_union_for_help) {
  sign_up(rider, rider_number, rider_phone, code_of(member_));
  const Response asked = ask(rider_phone, "POST", "/api/v1/me/records/help_request",
                             {{"values", json::object{{"kind", "wages"}, {"about", "两个月没有发工资"}}}});
  ASSERT_EQ(asked.status, 201) << asked.body;
  EXPECT_THAT(ask("clerk", "GET", "/api/v1/registers/help_request/records").body, HasSubstr("两个月没有发工资"));
  EXPECT_THAT(ask("elsewhere", "GET", "/api/v1/registers/help_request/records").body, HasSubstr("\"items\":[]"));
}

/// Scope `self` × every register × mine and another's × every operation.
TEST_F(Self, opens_to_a_worker_what_its_pack_opens_and_nothing_else) {
  sign_up(rider, rider_number, rider_phone, code_of(member_));
  int asked = 0;
  for (const Register& of : registers_->catalogue().registers) {
    const std::string own = "/api/v1/me/records/" + of.name, staff = "/api/v1/registers/" + of.name + "/records";
    EXPECT_EQ(ask(rider_phone, "GET", own).status, of.self ? 200 : 404) << of.name;
    EXPECT_EQ(ask(rider_phone, "GET", own + "/" + std::to_string(other_member_)).status, 404) << of.name;
    const int created = ask(rider_phone, "POST", own, {{"values", json::object{}}}).status;
    if (!of.self)
      EXPECT_EQ(created, 404) << of.name;
    else if (of.self->writes.empty() || !of.part_of.empty())
      EXPECT_EQ(created, 403) << of.name;
    else
      EXPECT_EQ(created, 422) << of.name;
    EXPECT_EQ(ask(rider_phone, "GET", staff).status, 403) << of.name;
    EXPECT_EQ(ask(rider_phone, "POST", staff, {{"values", json::object{}}}).status, 403) << of.name;
    EXPECT_EQ(ask("", "GET", "/api/v1/public/records/" + of.name).status, of.open ? 200 : 404) << of.name;
    for (const char* address : {"/api/v1/me/records/"})
      EXPECT_EQ(ask("clerk", "GET", address + of.name).status, 403) << of.name;
    asked += 7;
  }
  for (const char* address : {"/plain", "/api/v1/indicators", "/api/v1/users", "/api/v1/catalogue", "/api/v1/review"})
    EXPECT_EQ(ask(rider_phone, "GET", address).status, 403) << address;
  EXPECT_GT(asked, 300);
}

TEST_F(Self, shows_a_donor_what_became_of_his_gift_and_only_with_his_link) {
  const Id gift = create("donation", {{"code", "G1"},
                                      {"donor", "秦岭公司"},
                                      {"donor_kind", "other"},
                                      {"form", "goods"},
                                      {"amount", "5000"},
                                      {"received_on", "2020-02-01"}});
  create("donation_uses",
         {{"part_of", "G1"}, {"used_on", "2020-02-03"}, {"purpose", "给环卫工人的口罩"}, {"amount", "3000"}});
  EXPECT_TRUE(users_.add({.name = "manager", .grants = {access::parse_grant("manager").value()}}, staff_password, "t"));
  sign_in("manager", staff_password);
  const Response made = ask("manager", "POST", "/api/v1/links/donation/" + std::to_string(gift));
  ASSERT_EQ(made.status, 200) << made.body;
  const std::string link(json::parse(made.body).at("address").as_string());
  const std::string address = "/api/v1/public/links/" + link.substr(std::string("/m/link/").size());
  const Response shown = ask("", "GET", address);
  EXPECT_THAT(shown.body, HasSubstr("给环卫工人的口罩"));
  EXPECT_EQ(ask("", "GET", address.substr(0, address.size() - 1) + "x").status, 404);
  EXPECT_EQ(ask("clerk", "POST", "/api/v1/links/donation/" + std::to_string(gift)).status, 404);
}

/// A quiz of two questions with one prize, drawn among two who passed and one who did not.
class Quiz : public Self {
 protected:
  Quiz() {
    EXPECT_TRUE(
        users_.add({.name = "quizmaster", .grants = {access::parse_grant("clerk").value()}}, staff_password, "t"));
    sign_in("quizmaster", staff_password);
    quiz_ = create("quiz", {{"code", "Q1"},
                            {"name", "安全知识答题"},
                            {"opens_on", "2021-01-01"},
                            {"closes_on", "2021-01-31"},
                            {"pass_score", "60"},
                            {"places", "1"},
                            {"randomness", "某期福利彩票开奖号码"}});
    for (const char* number : {"1", "2"})
      create("quiz_question",
             {{"quiz", "Q1"}, {"number", number}, {"question", "问"}, {"a", "对"}, {"b", "错"}, {"right", "a"}});
    sign_up(rider, rider_number, rider_phone, code_of(member_));
    sign_up(other, other_number, other_phone, code_of(other_member_));
  }

  Response step(const std::string& name, const json::object& body = {}) {
    const std::string record = "/api/v1/registers/quiz/records/" + std::to_string(quiz_);
    const auto version = json::parse(ask("quizmaster", "GET", record).body).at("version").as_int64();
    return ask("quizmaster", "POST", "/api/v1/quizzes/" + std::to_string(quiz_) + "/steps/" + name, body,
               "\"" + std::to_string(version) + "\"");
  }

  Response answer(const std::string& who, const char* first, const char* second) {
    return ask(who, "POST", "/api/v1/me/quizzes/" + std::to_string(quiz_),
               {{"answers", json::object{{"1", first}, {"2", second}}}});
  }

  json::value draw() { return json::parse(ask("", "GET", "/api/v1/public/draws/" + std::to_string(quiz_)).body); }

  Id quiz_ = 0;
};

TEST_F(Quiz, is_answered_once_and_its_draw_follows_from_what_was_published) {
  EXPECT_EQ(ask("", "GET", "/api/v1/public/draws/" + std::to_string(quiz_)).status, 404) << "a draft";
  EXPECT_EQ(answer(rider_phone, "a", "a").status, 404) << "a draft";
  ASSERT_EQ(step("open").status, 200);
  const json::value opened = draw();
  EXPECT_EQ(opened.at("secret").as_string(), "");
  EXPECT_EQ(opened.at("entries").as_array().size(), 0U);
  EXPECT_EQ(ask(rider_phone, "GET", "/api/v1/me/quizzes/" + std::to_string(quiz_)).body.find("right"),
            std::string::npos);
  EXPECT_THAT(answer(rider_phone, "a", "a").body, HasSubstr("\"score\":100"));
  EXPECT_THAT(answer(rider_phone, "a", "a").body, HasSubstr("quiz.twice"));
  EXPECT_THAT(answer(other_phone, "a", "b").body, HasSubstr("\"score\":50"));
  ASSERT_EQ(step("freeze").status, 200);
  EXPECT_THAT(answer(other_phone, "a", "a").body, HasSubstr("quiz.closed"));
  EXPECT_EQ(draw().at("entries").as_array().size(), 1U) << "who passed";
  EXPECT_EQ(draw().at("secret").as_string(), "");
  EXPECT_THAT(step("draw").body, HasSubstr("draw.random_value"));
  ASSERT_EQ(step("draw", {{"random_value", "07 11 23"}}).status, 200);
  const json::value drawn = draw();
  EXPECT_EQ(drawn.at("commitment"), opened.at("commitment"));
  EXPECT_EQ(drawn.at("winners"), drawn.at("entries"));
  EXPECT_THAT(ask(rider_phone, "GET", "/api/v1/me/quizzes/" + std::to_string(quiz_)).body,
              HasSubstr("\"prize_place\":1"));
}

TEST_F(Quiz, is_not_drawn_from_a_list_that_was_changed_after_it_was_frozen) {
  ASSERT_EQ(step("open").status, 200);
  answer(rider_phone, "a", "a");
  answer(other_phone, "b", "b");
  ASSERT_EQ(step("freeze").status, 200);
  store_
      ->write([](store::Transaction& transaction) -> Result<void> {
        transaction.execute("UPDATE quiz_entry SET score = 100");
        return {};
      })
      .value();
  EXPECT_THAT(step("draw", {{"random_value", "1"}}).body, HasSubstr("draw.entries_hash"));
}

TEST_F(Quiz, its_steps_are_for_clerks_and_cannot_be_taken_without_what_they_publish) {
  const std::string steps = "/api/v1/quizzes/" + std::to_string(quiz_) + "/steps/open";
  EXPECT_EQ(ask(rider_phone, "POST", steps, json::object{}, "\"1\"").status, 403);
  EXPECT_EQ(ask("clerk", "POST", steps, json::object{}, "\"1\"").status, 404) << "a county's clerk";
  EXPECT_EQ(ask("quizmaster", "POST", "/api/v1/registers/quiz/records/" + std::to_string(quiz_) + "/steps/open",
                nullptr, "\"1\"")
                .status,
            422)
      << "without a commitment";
}

}  // namespace
}  // namespace zhijia::http
