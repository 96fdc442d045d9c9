#include <gmock/gmock.h>

#include "gate.hpp"
#include "registers/schedule.hpp"
#include "support/small_city.hpp"

/// The public list, what waits for whom, delegation and returns, over the project's own packs.
namespace zhijia::http {
namespace {

namespace json = boost::json;
using testing::HasSubstr;
using testing::Not;

constexpr const char* password = "a long enough passphrase";

class Daily : public SmallCity {
 protected:
  Daily() : users_(*store_, vault_, clock_) {
    router_ = routes({*store_, *registers_, 2021, &users_});
    for (const auto& [name, grant] : {std::pair{"clerk", "clerk"},
                                      {"reviewer", "reviewer"},
                                      {"second", "second_reviewer"},
                                      {"leader", "leader"},
                                      {"deputy", "auditor"}}) {
      EXPECT_TRUE(users_.add({.name = name, .grants = {access::parse_grant(grant).value()}}, password, "test"));
      sign_in(name);
    }
  }

  void sign_in(const std::string& name) {
    const Response response = ask("", "POST", "/api/v1/session", {{"name", name}, {"password", password}});
    ASSERT_EQ(response.status, 200) << response.body;
    for (const auto& [header, value] : response.headers)
      if (header == "Set-Cookie") cookies_[name] = value.substr(0, value.find(';'));
    csrf_[name] = json::parse(response.body).at("csrf").as_string();
  }

  Response ask(const std::string& who, const std::string& method, const std::string& target,
               const json::value& body = nullptr, const std::string& if_match = "", const std::string& from = "") {
    Request request = request_of(method, target, body);
    if (!if_match.empty()) request.headers["if-match"] = if_match;
    request.from = from;
    if (!who.empty()) {
      request.headers["cookie"] = cookies_[who];
      request.headers["x-csrf-token"] = csrf_[who];
    }
    return router_.answer(std::move(request));
  }

  json::value json_of(const std::string& who, const std::string& target) {
    const Response response = ask(who, "GET", target);
    EXPECT_EQ(response.status, 200) << target << response.body;
    return json::parse(response.body);
  }

  static std::string code_of(const Response& response) {
    return std::string(json::parse(response.body).at("problems").at(0).at("code").as_string());
  }

  /// A nomination that the clerk made.
  std::string nomination(const std::string& code) {
    const Response response =
        ask("clerk", "POST", nominations,
            {{"values", json::object{{"code", code}, {"nominee", "王小明"}, {"honour", "provincial_may1"}}}});
    EXPECT_EQ(response.status, 201) << response.body;
    return std::string(nominations) + "/" + std::string(json::parse(response.body).at("id").as_string());
  }

  Response step(const std::string& who, const std::string& address, const std::string& name,
                const json::value& body = nullptr) {
    const Response seen = ask(who, "GET", address);
    for (const auto& [header, value] : seen.headers)
      if (header == "ETag") return ask(who, "POST", address + "/steps/" + name, body, value);
    return seen;
  }

  /// A nomination on the public list, and the id of its period.
  std::pair<std::string, std::string> publicised(const std::string& code) {
    const std::string address = nomination(code);
    for (const auto& [who, name] : {std::pair{"reviewer", "review"}, {"second", "confirm"}, {"clerk", "publicise"}})
      if (const Response taken = step(who, address, name); taken.status != 200) ADD_FAILURE() << name << taken.body;
    const json::value list = json_of("", publicity);
    return {address, std::string(list.at("items").as_array().back().at("id").as_string())};
  }

  void run_schedule() { EXPECT_TRUE(registers::tick(*store_, *registers_)); }
  /// Sessions have ended by then, so all sign in again.
  void on(int month, int day) {
    clock_.set(FixedClock(Date::of(2021, month, day)).now());
    for (const char* name : {"clerk", "reviewer", "second", "leader", "deputy"}) sign_in(name);
  }

  static constexpr const char* nominations = "/api/v1/registers/nomination/records";
  static constexpr const char* publicity = "/api/v1/public/publicity";
  access::Users users_;
  Router router_;
  std::map<std::string, std::string> cookies_, csrf_;
};

TEST_F(Daily, a_row_of_a_sub_table_is_taken_out_and_its_history_stays) {
  const std::string nominated = nomination("RY-R");
  const json::object values{{"part_of", json::object{{"id", nominated.substr(nominated.rfind('/') + 1)}}},
                            {"body", "tax"},
                            {"given_on", "2021-02-01"},
                            {"is_favourable", true}};
  const std::string rows = "/api/v1/registers/nomination_opinions/records";
  const Response made = ask("clerk", "POST", rows, {{"values", values}});
  ASSERT_EQ(made.status, 201) << made.body;
  const std::string row = rows + "/" + std::string(json::parse(made.body).at("id").as_string());
  EXPECT_EQ(ask("reviewer", "DELETE", row, nullptr, "\"1\"").status, 403);
  EXPECT_EQ(code_of(ask("clerk", "DELETE", row, nullptr, "\"2\"")), "record.version");
  EXPECT_EQ(ask("clerk", "DELETE", row, nullptr, "\"1\"").status, 204);
  EXPECT_EQ(ask("clerk", "GET", row).status, 404);
  EXPECT_EQ(json_of("clerk", rows + "?linked=part_of:" + nominated.substr(nominated.rfind('/') + 1))
                .at("items")
                .as_array()
                .size(),
            0u);
  std::string last;
  store_->read([&](store::Reader& reader) {
    last = reader.entries_of("nomination_opinions", std::stoll(row.substr(row.rfind('/') + 1))).back().entry.kind;
    return 0;
  });
  EXPECT_EQ(last, "remove");
  EXPECT_EQ(ask("clerk", "POST", rows, {{"values", values}}).status, 201) << "the body may give another opinion";
  EXPECT_EQ(code_of(ask("clerk", "DELETE", nominated, nullptr, "\"1\"")), "record.kept");
}

TEST_F(Daily, a_history_shows_values_as_the_record_does) {
  const auto make = [&](const char* of, const json::object& values) {
    const Response made =
        ask("clerk", "POST", std::string("/api/v1/registers/") + of + "/records", {{"values", values}});
    EXPECT_EQ(made.status, 201) << made.body;
    return std::string(json::parse(made.body).at("id").as_string());
  };
  const std::string nominated =
      make("nomination", {{"code", "RY-V"}, {"nominee", "王小明"}, {"honour", "provincial_may1"}});
  const std::string row = make("nomination_opinions", {{"part_of", json::object{{"id", nominated}}},
                                                       {"body", "tax"},
                                                       {"given_on", "2021-02-01"},
                                                       {"is_favourable", true}});
  const json::value history = json_of("clerk", "/api/v1/registers/nomination_opinions/records/" + row + "/history");
  const json::object& changes = history.at(0).at("changes").as_object();
  EXPECT_EQ(changes.at("is_favourable").at("after"), true);
  EXPECT_EQ(changes.at("given_on").at("after").as_string(), "2021-02-01");
  EXPECT_EQ(changes.at("part_of").at("after").at("id").as_string(), nominated)
      << "a link with its name, not a bare number";
}

TEST_F(Daily, a_history_names_colleagues_and_the_program) {
  const auto [address, period] = publicised("RY-N");
  const json::value history = json_of("clerk", address + "/history");
  EXPECT_EQ(history.as_array().front().at("who").at("zh").as_string(), "clerk")
      << json::serialize(history) << "without a title, by the name of the account";
  EXPECT_NE(history.as_array().front().at("actor").as_string(), "clerk");
}

TEST_F(Daily, views_are_kept_by_name_and_shared_with_who_reads_the_register) {
  const auto keep = [&](const std::string& who, const char* name, bool is_shared) {
    return ask(
        who, "PUT", "/api/v1/views",
        {{"register", "nomination"}, {"name", name}, {"is_shared", is_shared}, {"view", json::object{{"q", name}}}});
  };
  const auto names = [&](const std::string& who) {
    std::vector<std::string> found;
    const json::value page = json_of(who, "/api/v1/views?register=nomination");
    for (const json::value& view : page.at("items").as_array()) found.emplace_back(view.at("name").as_string());
    return found;
  };
  ASSERT_EQ(keep("clerk", "县里的", false).status, 200);
  ASSERT_EQ(keep("clerk", "待初审", true).status, 200);
  EXPECT_EQ(keep("clerk", "待初审", true).status, 200) << "in place of the one of that name";
  EXPECT_EQ(names("clerk").size(), 2u);
  EXPECT_EQ(names("reviewer"), std::vector<std::string>{"待初审"});
  const json::value seen = json_of("reviewer", "/api/v1/views?register=nomination").at("items").at(0);
  EXPECT_FALSE(seen.at("is_own").as_bool());
  EXPECT_EQ(seen.at("who").at("zh").as_string(), "clerk");
  EXPECT_EQ(seen.at("view").at("q").as_string(), "待初审");
  const std::string address = "/api/v1/views/" + std::string(seen.at("id").as_string());
  EXPECT_EQ(ask("reviewer", "DELETE", address).status, 404) << "not his";
  EXPECT_EQ(ask("clerk", "DELETE", address).status, 204);
  EXPECT_TRUE(names("reviewer").empty());
  EXPECT_EQ(keep("clerk", "", true).status, 400);
  EXPECT_EQ(keep("clerk", "一二三四五六七八九十一二三四五六七八九十一二三四五六七八九十一", true).status, 400);
  EXPECT_EQ(ask("clerk", "PUT", "/api/v1/views",
                {{"register", "nomination"}, {"name", "长"}, {"view", json::object{{"q", std::string(9'000, 'x')}}}})
                .status,
            400);
  EXPECT_EQ(ask("clerk", "GET", "/api/v1/views?register=nothing").status, 400);
  EXPECT_EQ(ask("", "GET", "/api/v1/views?register=nomination").status, 401);
  for (int i = 0; i < 49; ++i) EXPECT_EQ(keep("clerk", ("第" + std::to_string(i)).c_str(), false).status, 200);
  EXPECT_EQ(code_of(keep("clerk", "再多", false)), "view.too_many");
}

TEST_F(Daily, a_view_lies_sealed_for_it_tells_whom_somebody_looks_for) {
  const json::object view{{"q", "王伟"}, {"conditions", json::array{"name = 李强"}}};
  ASSERT_EQ(ask("clerk", "PUT", "/api/v1/views", {{"register", "nomination"}, {"name", "查"}, {"view", view}}).status,
            200);
  const auto stored = [&] {
    return store_->read([](store::Reader& reader) {
      auto rows = reader.query("SELECT body, sealed FROM saved_view");
      rows.next();
      return std::pair(std::string(rows.text(0)), std::string(rows.blob(1)));
    });
  };
  const auto shown = [&] { return json_of("clerk", "/api/v1/views?register=nomination").at("items").at(0).at("view"); };
  EXPECT_EQ(stored().first, "");
  EXPECT_EQ(vault_.open(stored().second).value(), json::serialize(view));
  EXPECT_EQ(shown(), json::value(view));
  // As an earlier version left it.
  store_
      ->write([&](store::Transaction& transaction) -> Result<void> {
        transaction.execute("UPDATE saved_view SET sealed = NULL, body = ?", json::serialize(view));
        return {};
      })
      .value();
  for (int i = 0; i < 2; ++i) {
    ASSERT_TRUE(migrate_site(*store_, vault_));
    EXPECT_EQ(stored().first, "");
    EXPECT_EQ(stored().second.find("王伟"), std::string::npos);
    EXPECT_EQ(shown(), json::value(view));
  }
}

TEST_F(Daily, how_a_publicity_stands_is_told_with_the_answers_owed) {
  const auto [address, period] = publicised("RY-0");
  json::value standing = json_of("clerk", address + "/publicity");
  EXPECT_EQ(standing.at("standing"), "running");
  EXPECT_EQ(standing.at("period").at("id").as_string(), period);
  EXPECT_EQ(standing.at("answers_owed").as_array().size(), 0u);
  const Response objected =
      ask("", "POST", std::string(publicity) + "/" + period + "/objections", {{"statement", "年限不符"}});
  ASSERT_EQ(objected.status, 201) << objected.body;
  const json::value objection = json::parse(objected.body);
  standing = json_of("clerk", address + "/publicity");
  EXPECT_EQ(standing.at("answers_owed").at(0).at("objection"), objection.at("id"));
  EXPECT_EQ(standing.at("answers_owed").at(0).at("due_on"), objection.at("answer_due_on"));
  on(2, 20);
  EXPECT_EQ(json_of("clerk", address + "/publicity").at("standing"), "disputed");
  EXPECT_EQ(json_of("clerk", nomination("RY-00") + "/publicity").at("standing"), "none");
  EXPECT_EQ(ask("clerk", "GET", std::string(nominations) + "/1/publicity").status, 404);
}

TEST_F(Daily, the_public_list_is_read_without_a_session_and_shows_no_name) {
  const auto [address, period] = publicised("RY-1");
  const Response list = ask("", "GET", std::string(publicity) + "?register=nomination");
  EXPECT_EQ(list.status, 200);
  EXPECT_THAT(list.body, HasSubstr("王**"));
  EXPECT_THAT(list.body, Not(HasSubstr("王小明")));
  EXPECT_THAT(list.body, Not(HasSubstr("RY-1")));
  EXPECT_EQ(ask("", "GET", std::string(publicity) + "/" + period).status, 200);
  EXPECT_EQ(json_of("", std::string(publicity) + "?register=season_fund").at("items").as_array().size(), 0u);
  EXPECT_EQ(ask("", "GET", address).status, 401);
  on(3, 1);
  EXPECT_EQ(json_of("", publicity).at("items").as_array().size(), 0u);
  EXPECT_EQ(ask("", "GET", std::string(publicity) + "/" + period).status, 404);
}

TEST_F(Daily, an_objection_of_the_public_is_answered_and_its_answer_decides) {
  const auto [address, period] = publicised("RY-1");
  const std::string objections = std::string(publicity) + "/" + period + "/objections";
  const Response objected = ask("", "POST", objections, {{"statement", "事迹不实"}, {"phone", "13812341234"}});
  ASSERT_EQ(objected.status, 201) << objected.body;
  EXPECT_FALSE(json::parse(objected.body).at("answer_due_on").as_string().empty());
  const json::value work = json_of("reviewer", "/api/v1/work");
  ASSERT_EQ(work.at("objections").as_array().size(), 1u);
  EXPECT_EQ(work.at("objections").at(0).at("about").at("register").as_string(), "nomination");
  const std::string objection =
      "/api/v1/registers/nomination_objection/records/" + std::string(work.at("objections").at(0).at("id").as_string());
  EXPECT_THAT(ask("reviewer", "GET", objection).body, Not(HasSubstr("13812341234")));
  on(3, 1);
  run_schedule();
  EXPECT_EQ(code_of(step("leader", address, "decide", {{"values", json::object{{"decided_on", "2021-03-01"}}}})),
            "step.publicity");
  EXPECT_EQ(code_of(step("reviewer", objection, "dismiss")), "field.required");
  EXPECT_EQ(step("reviewer", objection, "dismiss", {{"values", json::object{{"answer", "经核实，事迹属实"}}}}).status,
            200);
  EXPECT_EQ(step("leader", address, "decide", {{"values", json::object{{"decided_on", "2021-03-01"}}}}).status, 200);
}

struct BadObjection {
  const char* name;
  json::value body;
  int status;
};

TEST_F(Daily, what_is_no_objection_is_refused) {
  const auto [address, period] = publicised("RY-1");
  const std::string objections = std::string(publicity) + "/" + period + "/objections";
  for (const auto& [name, body, status] : {BadObjection{"no statement", {{"name", "李四"}}, 400},
                                           {"an empty one", {{"statement", " "}}, 400},
                                           {"too long", {{"statement", std::string(2001, 'x')}}, 400},
                                           {"no text", {{"statement", 5}}, 400},
                                           {"an unknown member", {{"statement", "x"}, {"state", "upheld"}}, 400},
                                           {"a phone that is none", {{"statement", "x"}, {"phone", "12"}}, 422}})
    EXPECT_EQ(ask("", "POST", objections, body, "", name).status, status) << name;
  EXPECT_EQ(ask("", "POST", std::string(publicity) + "/5/objections", {{"statement", "x"}}, "", "other").status, 404);
}

TEST_F(Daily, an_address_that_objects_without_end_is_stopped) {
  const auto [address, period] = publicised("RY-1");
  const std::string objections = std::string(publicity) + "/" + period + "/objections";
  for (int i = 0; i < 10; ++i) EXPECT_EQ(ask("", "POST", objections, {{"statement", "x"}}, "", "10.0.0.1").status, 201);
  EXPECT_EQ(ask("", "POST", objections, {{"statement", "x"}}, "", "10.0.0.1").status, 429);
  EXPECT_EQ(ask("", "POST", objections, {{"statement", "x"}}, "", "10.0.0.2").status, 201);
}

TEST_F(Daily, a_return_says_why_and_stands_in_the_history) {
  const std::string address = nomination("RY-1");
  EXPECT_EQ(step("reviewer", address, "review").status, 200);
  EXPECT_EQ(code_of(step("second", address, "return")), "step.reason");
  EXPECT_EQ(step("second", address, "return", {{"reason", "缺少推荐表"}}).status, 200);
  const json::value returned = json_of("reviewer", "/api/v1/work").at("returned");
  ASSERT_EQ(returned.as_array().size(), 1u);
  EXPECT_EQ(returned.at(0).at("reason").as_string(), "缺少推荐表");
  EXPECT_EQ(returned.at(0).at("who").at("zh").as_string(), "second");
  EXPECT_EQ(json_of("clerk", address + "/history").as_array().back().at("reason").as_string(), "缺少推荐表");
}

TEST_F(Daily, a_batch_reports_each_records_problems) {
  const std::string one = nomination("RY-1"), other = nomination("RY-2");
  EXPECT_EQ(step("reviewer", one, "review").status, 200);
  const auto id_of = [](const std::string& address) { return json::string(address.substr(address.rfind('/') + 1)); };
  const Response taken = ask("second", "POST", "/api/v1/registers/nomination/steps/return",
                             {{"ids", json::array{id_of(one), id_of(other)}}, {"reason", "补充材料"}});
  ASSERT_EQ(taken.status, 200) << taken.body;
  const json::value answer = json::parse(taken.body);
  EXPECT_EQ(answer.at("taken").as_array().size(), 1u);
  EXPECT_EQ(answer.at("refused").at(0).at("problems").at(0).at("code").as_string(), "step.state");
}

TEST_F(Daily, roles_are_given_for_some_days_and_taken_back) {
  const std::string address = nomination("RY-1");
  const auto give = [&](const char* who, const char* role, const char* from, const char* until) {
    return ask(who, "POST", "/api/v1/delegations",
               {{"to", "deputy"}, {"roles", json::array{role}}, {"begins_on", from}, {"ends_on", until}});
  };
  EXPECT_EQ(code_of(give("reviewer", "leader", "2021-01-10", "2021-01-20")), "delegation.roles");
  EXPECT_EQ(code_of(give("reviewer", "reviewer", "2021-01-10", "2021-01-09")), "delegation.days");
  EXPECT_EQ(code_of(give("deputy", "auditor", "2021-01-10", "2021-01-20")), "delegation.to");
  EXPECT_EQ(code_of(give("reviewer", "reviewer", "2021-01-10", "soon")), "http.parameter");
  EXPECT_EQ(code_of(step("deputy", address, "review")), "step.role");
  const Response given = give("reviewer", "reviewer", "2021-01-11", "2021-01-20");
  ASSERT_EQ(given.status, 201) << given.body;
  EXPECT_EQ(code_of(step("deputy", address, "review")), "step.role") << "not yet";
  on(1, 11);
  EXPECT_EQ(step("deputy", address, "review").status, 200);
  const json::value work = json_of("deputy", "/api/v1/work");
  EXPECT_EQ(work.at("waiting").as_array().size(), 1u);
  const std::string id(json::parse(given.body).at("id").as_string());
  EXPECT_EQ(ask("deputy", "DELETE", "/api/v1/delegations/" + id).status, 404);
  EXPECT_EQ(ask("reviewer", "DELETE", "/api/v1/delegations/" + id).status, 204);
  EXPECT_EQ(code_of(step("deputy", nomination("RY-2"), "review")), "step.role");
}

TEST_F(Daily, nobody_is_granted_the_programs_own_role) {
  EXPECT_FALSE(access::parse_grant("system"));
  EXPECT_FALSE(access::parse_grant("system@610702"));
}

}  // namespace
}  // namespace zhijia::http
