#include <gmock/gmock.h>

#include "support/small_city.hpp"

/// A household's whole way over the interface: asked for on a phone, visited off line, decided, objected to, approved,
/// helped, re-checked and let go.
namespace zhijia::http {
namespace {

namespace json = boost::json;
using testing::HasSubstr;

constexpr const char* password = "a long enough passphrase";

class ReliefWay : public SmallCity {
 protected:
  ReliefWay() : users_(*store_, vault_, clock_) {
    router_ = routes({*store_, *registers_, 2021, &users_});
    for (const auto& [name, grant] :
         std::initializer_list<std::pair<const char*, const char*>>{{"clerk", "clerk@610702"},
                                                                    {"reviewer", "reviewer@610702"},
                                                                    {"approver", "approver"},
                                                                    {"cashier", "cashier"},
                                                                    {"manager", "manager"},
                                                                    {"elsewhere", "clerk@610703"}})
      EXPECT_TRUE(users_.add({.name = name, .grants = {access::parse_grant(grant).value()}}, password, "test"));
    on(Date::of(2021, 1, 11));
  }

  /// The day moves on; everyone signs in anew.
  void on(Date day) {
    clock_.set(FixedClock(day).now());
    for (const char* name : {"clerk", "reviewer", "approver", "cashier", "manager", "elsewhere"}) {
      const Response response =
          router_.answer(asking("", "POST", "/api/v1/session", {{"name", name}, {"password", password}}));
      ASSERT_EQ(response.status, 200) << response.body;
      for (const auto& [header, value] : response.headers)
        if (header == "Set-Cookie") cookies_[name] = value.substr(0, value.find(';'));
      csrf_[name] = json::parse(response.body).at("csrf").as_string();
    }
  }

  Request asking(const std::string& who, const std::string& method, const std::string& target,
                 const json::value& body) {
    Request request = request_of(method, target, body);
    if (who.empty()) return request;
    request.headers["cookie"] = cookies_[who];
    request.headers["x-csrf-token"] = csrf_[who];
    return request;
  }

  Response ask(const std::string& who, const std::string& method, const std::string& target,
               const json::value& body = nullptr, const std::string& key = "") {
    Request request = asking(who, method, target, body);
    if (!key.empty()) request.headers["idempotency-key"] = key;
    if (method == "PATCH" || target.find("/steps/") != std::string::npos) {
      const std::string record = target.substr(0, target.find("/steps/"));
      for (const auto& [name, value] : router_.answer(asking("manager", "GET", record, nullptr)).headers)
        if (name == "ETag") request.headers["if-match"] = value;
    }
    return router_.answer(std::move(request));
  }

  static std::string records(const std::string& name) { return "/api/v1/registers/" + name + "/records"; }

  /// The id of a record that is made.
  std::string made(const std::string& who, const std::string& name, json::object values) {
    const Response response = ask(who, "POST", records(name), json::object{{"values", std::move(values)}});
    EXPECT_EQ(response.status, 201) << name << ": " << response.body;
    return response.status == 201 ? std::string(json::parse(response.body).at("id").as_string()) : "";
  }

  void changed(const std::string& who, const std::string& address, json::object values) {
    const Response response = ask(who, "PATCH", address, json::object{{"values", std::move(values)}});
    EXPECT_EQ(response.status, 200) << address << ": " << response.body;
  }

  int step(const std::string& who, const std::string& address, const std::string& name,
           const json::value& body = nullptr) {
    const Response response = ask(who, "POST", address + "/steps/" + name, body);
    last_ = response.body;
    return response.status;
  }

  std::string value(const std::string& address, const char* field) {
    const json::value record = json::parse(ask("manager", "GET", address).body);
    const json::value& value = record.at("values").at(field);
    return value.is_string() ? std::string(value.get_string()) : json::serialize(value);
  }

  static json::object key(const std::string& text) { return {{"key", text}}; }

  access::Users users_;
  Router router_;
  std::map<std::string, std::string> cookies_, csrf_;
  std::string last_;
};

json::object file_of(const json::object& head) {
  return {{"subject", head},         {"code", "D1"},         {"region", "610702"},        {"cause", "illness"},
          {"kind", "relative"},      {"union_member", true}, {"migrant_worker", false},   {"employed_months", 0},
          {"on_subsistence", false}, {"disaster", false},    {"costly_schooling", false}, {"concealed_income", false},
          {"refused_survey", false}};
}

TEST_F(ReliefWay, a_household_is_found_understood_helped_and_let_go_with_an_objection_upheld_on_the_way) {
  made("manager", "relief_policy",
       {{"region", "610700"},
        {"in_force_from", "2020-01-01"},
        {"source", "市文件"},
        {"subsistence_line", "600"},
        {"relative_multiple", "2"},
        {"accident_share", "0.8"},
        {"minimum_wage", "1800"},
        {"schooling_limit", "10000"},
        {"employed_months_min", 12},
        {"dormant_months", 12},
        {"watch_months", 6},
        {"yearly_help_max", "5000"}});
  const json::object head{{"name", "王伟"}, {"identity_number", "610799198001010017"}};
  const std::string file = records("difficulty_file") + "/" + made("clerk", "difficulty_file", file_of(head));
  made("clerk", "difficulty_file_income",
       {{"part_of", key("D1")}, {"year", 2020}, {"source", "wages"}, {"amount", "9000"}});
  made("clerk", "difficulty_file_needs", {{"part_of", key("D1")}, {"need", "living"}});
  const std::string period = records("difficulty_period") + "/" +
                             made("clerk", "difficulty_period",
                                  {{"file", key("D1")},
                                   {"number", 1},
                                   {"region", "610702"},
                                   {"cause", "illness"},
                                   {"applied_on", "2021-01-11"},
                                   {"channel", "phone"},
                                   {"consent", true},
                                   {"statement", "因病致困"}});
  EXPECT_EQ(ask("elsewhere", "GET", period).status, 404) << "another county sees nothing of it";

  // The form was filled in without a network, and the phone sends it until it hears an answer.
  const json::object form{{"values", json::object{{"file", key("D1")},
                                                  {"surveyed_on", "2021-01-12"},
                                                  {"surveyor", "甲"},
                                                  {"second_surveyor", "乙"},
                                                  {"is_true", true},
                                                  {"form_id", "phone-7-0001"}}}};
  const Response sent = ask("clerk", "POST", records("household_survey"), form, "phone-7-0001");
  ASSERT_EQ(sent.status, 201) << sent.body;
  EXPECT_EQ(ask("clerk", "POST", records("household_survey"), form, "phone-7-0001").body, sent.body);
  EXPECT_THAT(ask("clerk", "POST", records("household_survey"), form, "another").body, HasSubstr("record.unique"));
  changed("clerk", period, {{"survey", json::object{{"id", json::parse(sent.body).at("id")}}}});
  ASSERT_EQ(step("clerk", period, "check"), 200) << last_;

  const auto decide = [&](const char* day, const char* purpose, int year) {
    return made("clerk", "difficulty_decision",
                {{"file", key("D1")}, {"decided_on", day}, {"year", year}, {"purpose", purpose}});
  };
  std::string decision = decide("2021-01-13", "opening", 2020);
  EXPECT_EQ(value(records("difficulty_decision") + "/" + decision, "kind"), "relative");
  changed("clerk", period, {{"decision", json::object{{"id", decision}}}});
  EXPECT_EQ(step("clerk", period, "review"), 403) << "who checked does not review";
  ASSERT_EQ(step("reviewer", period, "review"), 200) << last_;

  // Objected to while it is public, rightly: an income was forgotten. It goes back, and comes again.
  const std::string objection =
      records("difficulty_period_objection") + "/" +
      made(
          "clerk", "difficulty_period_objection",
          {{"part_of", json::object{{"key", "D1 / 1"}}}, {"statement", "还有租金收入"}, {"received_on", "2021-01-14"}});
  ASSERT_EQ(step("reviewer", objection, "uphold", json::object{{"values", json::object{{"answer", "属实，重新核实"}}}}),
            200)
      << last_;
  ASSERT_EQ(step("reviewer", period, "send_back", json::object{{"reason", "异议成立"}}), 200) << last_;
  made("clerk", "difficulty_file_income",
       {{"part_of", key("D1")}, {"year", 2020}, {"source", "rent"}, {"amount", "2400"}});
  ASSERT_EQ(step("clerk", period, "check"), 200) << last_;
  decision = decide("2021-01-15", "opening", 2020);
  EXPECT_EQ(value(records("difficulty_decision") + "/" + decision, "net_income"), "950.00") << "11,400 a year now";
  changed("clerk", period, {{"decision", json::object{{"id", decision}}}});
  ASSERT_EQ(step("reviewer", period, "review"), 200) << last_;

  on(Date::of(2021, 1, 28));
  changed("clerk", period, {{"opened_on", "2021-01-28"}});
  EXPECT_EQ(step("reviewer", period, "approve"), 403) << "who reviewed does not approve";
  ASSERT_EQ(step("approver", period, "approve", json::object{{"values", json::object{{"opened_on", "2021-01-28"}}}}),
            200)
      << last_;

  made("manager", "help_programme",
       {{"code", "L"},
        {"name", "生活救助"},
        {"need", "living"},
        {"kind", "living"},
        {"deep_amount", "3000"},
        {"relative_amount", "2000"},
        {"accidental_amount", "2000"},
        {"starts_on", "2021-01-01"},
        {"ends_on", "2021-12-31"}});
  json::object award{{"subject", head},  {"file", key("D1")},       {"programme", key("L")}, {"due_on", "2021-02-01"},
                     {"amount", "2500"}, {"paid_on", "2021-02-05"}, {"receipt", "QS1"}};
  EXPECT_EQ(ask("clerk", "POST", records("help_award"), json::object{{"values", award}}).status, 422)
      << "above what is worked out";
  const char* proposals = "/api/v1/relief/help?on=2021-02-01";
  const json::value proposed = json::parse(ask("clerk", "GET", proposals).body);
  ASSERT_EQ(proposed.at("proposals").as_array().size(), 1u) << json::serialize(proposed);
  const json::value& proposal = proposed.at("proposals").at(0);
  EXPECT_EQ(proposal.at("amount").as_string(), "2000.00");
  EXPECT_EQ(proposal.at("yearly_max").as_string(), "5000.00");
  const json::object pick{
      {"on", "2021-02-01"},
      {"picks", json::array{json::object{{"file", proposal.at("file")}, {"programme", proposal.at("programme")}}}}};
  EXPECT_EQ(ask("cashier", "POST", "/api/v1/relief/help/awards", pick).status, 403) << "who pays does not propose";
  const Response drafted = ask("clerk", "POST", "/api/v1/relief/help/awards", pick);
  ASSERT_EQ(drafted.status, 201) << drafted.body;
  EXPECT_THAT(ask("clerk", "POST", "/api/v1/relief/help/awards", pick).body, HasSubstr("help.nothing"))
      << "once is enough";
  EXPECT_TRUE(json::parse(ask("clerk", "GET", proposals).body).at("proposals").as_array().empty());
  EXPECT_TRUE(json::parse(ask("elsewhere", "GET", proposals).body).at("proposals").as_array().empty());
  const std::string help =
      records("help_award") + "/" + std::string(json::parse(drafted.body).at("awards").at(0).as_string());
  ASSERT_EQ(step("approver", help, "approve"), 200) << last_;
  ASSERT_EQ(step("cashier", help, "pay",
                 json::object{{"values", json::object{{"paid_on", "2021-02-05"}, {"receipt", "QS1"}}}}),
            200)
      << last_;

  // A year later the household earns enough: the re-check says so, two sign, it is told, and is let go.
  on(Date::of(2022, 2, 7));
  made("clerk", "difficulty_file_income",
       {{"part_of", key("D1")}, {"year", 2021}, {"source", "wages"}, {"amount", "60000"}});
  const json::value checked = json::parse(ask("manager", "GET", "/api/v1/relief/recheck?on=2022-02-07&year=2021").body);
  EXPECT_EQ(checked.at("findings").at(0).at("change").as_string(), "out") << json::serialize(checked);
  EXPECT_EQ(ask("clerk", "GET", "/api/v1/relief/recheck?on=2022-02-07").status, 403)
      << "the whole city's is for who reaches it";
  const std::string out = decide("2022-02-07", "closing", 2021);
  changed("clerk", period,
          {{"closing", "lifted"}, {"closing_decision", json::object{{"id", out}}}, {"evidence", "就业合同"}});
  ASSERT_EQ(step("clerk", period, "propose_closing"), 200) << last_;
  changed("clerk", period, {{"told_on", "2022-02-08"}});
  ASSERT_EQ(step("reviewer", period, "sign"), 200) << last_;
  on(Date::of(2022, 2, 28));
  changed("clerk", period, {{"closed_on", "2022-02-28"}});
  ASSERT_EQ(step("approver", period, "close", json::object{{"values", json::object{{"closed_on", "2022-02-28"}}}}), 200)
      << last_;

  const json::value stock =
      json::parse(ask("manager", "GET", "/api/v1/relief/stock?first=2021-01-01&last=2022-12-31").body);
  EXPECT_EQ(json::serialize(stock),
            R"([{"region":"610702","cause":"illness","opening":0,"opened":1,"closed":1,"open":0}])");
  const json::value household = json::parse(
      ask("clerk", "GET",
          "/api/v1/households/" +
              std::string(
                  json::parse(ask("manager", "GET", file).body).at("values").at("subject").at("id").as_string()))
          .body);
  EXPECT_EQ(household.at("paid").as_string(), "2000.00");
  std::size_t decisions = 0;
  for (const json::value& event : household.at("events").as_array())
    decisions += event.as_object().contains("explanation") && event.at("register").as_string() == "difficulty_decision";
  EXPECT_EQ(decisions, 3u) << json::serialize(household);
  const json::value audit = json::parse(ask("manager", "GET", "/api/v1/relief/audit?seed=s&on=2022-12-31").body);
  EXPECT_THAT(json::serialize(audit.at("files").at(0).at("found")), HasSubstr("two_signatures"));
  EXPECT_THAT(json::serialize(audit.at("files").at(0).at("missing")), HasSubstr("compared")) << "no agency was asked";
}

TEST_F(ReliefWay, a_model_is_read_edited_checked_and_tried_on_a_record_without_being_changed) {
  made("manager", "relief_policy",
       {{"region", "610700"},
        {"in_force_from", "2020-01-01"},
        {"source", "市文件"},
        {"subsistence_line", "600"},
        {"relative_multiple", "2"},
        {"accident_share", "0.8"},
        {"minimum_wage", "1800"},
        {"schooling_limit", "10000"},
        {"employed_months_min", 12},
        {"dormant_months", 12},
        {"watch_months", 6},
        {"yearly_help_max", "5000"}});
  made("clerk", "difficulty_file", file_of(json::object{{"name", "王伟"}, {"identity_number", "610799198001010017"}}));
  made("clerk", "difficulty_file_income",
       {{"part_of", key("D1")}, {"year", 2020}, {"source", "wages"}, {"amount", "9000"}});
  const std::string decision =
      made("clerk", "difficulty_decision",
           {{"file", key("D1")}, {"decided_on", "2021-01-13"}, {"year", 2020}, {"purpose", "opening"}});
  const std::string model = "/api/v1/models/relief/difficulty";
  EXPECT_THAT(ask("clerk", "GET", "/api/v1/models").body,
              HasSubstr(R"("register":"difficulty_decision","policy":"relief_policy")"));
  const json::value shown = json::parse(ask("clerk", "GET", model).body);
  EXPECT_TRUE(shown.at("findings").as_array().empty());
  json::array tables = shown.at("tables").as_array();
  const auto checked = [&](const json::array& edited) {
    return json::parse(ask("clerk", "POST", model + "/check", json::object{{"tables", edited}}).body);
  };
  EXPECT_EQ(checked(tables).at("xml").as_string(), ask("clerk", "GET", model + "/file").body)
      << "nothing edited, nothing changed";
  EXPECT_EQ(checked(json::array{json::object{{"name", "Difficulty"}}}).at("problems").at(0).at("code").as_string(),
            "model.table");

  const auto kinds =
      std::ranges::find_if(tables, [](const json::value& table) { return table.at("name") == "Difficulty"; });
  ASSERT_NE(kinds, tables.end());
  json::array& rules = kinds->at("rules").as_array();
  json::array without = tables;
  json::array& fewer = without[static_cast<std::size_t>(kinds - tables.begin())].at("rules").as_array();
  fewer.erase(std::ranges::find_if(
      fewer, [](const json::value& rule) { return json::serialize(rule).find("relative") != std::string::npos; }));
  EXPECT_THAT(json::serialize(checked(without).at("findings")), HasSubstr("dmn.table_gap"));

  for (json::value& rule : rules)
    for (json::value& cell : rule.as_array())
      if (cell.as_string() == "\"relative\"") cell = "\"deep\"";
  const json::object asked{{"register", "difficulty_decision"}, {"id", decision}, {"tables", tables}};
  const json::value tried = json::parse(ask("clerk", "POST", model + "/try", asked).body);
  EXPECT_THAT(std::string(tried.at("before").at("value").as_string()), HasSubstr("relative")) << json::serialize(tried);
  EXPECT_THAT(std::string(tried.at("after").at("value").as_string()), HasSubstr("deep"));
  EXPECT_EQ(value(records("difficulty_decision") + "/" + decision, "kind"), "relative") << "a trial writes nothing";
  EXPECT_EQ(ask("elsewhere", "POST", model + "/try", asked).status, 404) << "another county's record";
}

}  // namespace
}  // namespace zhijia::http
