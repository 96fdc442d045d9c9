#include <gmock/gmock.h>

#include "support/small_city.hpp"

/// A county brings the list of another agency: compared with its own files, kept as work, confirmed or dismissed.
namespace zhijia::http {
namespace {

namespace json = boost::json;
using testing::HasSubstr;
using testing::Not;

constexpr const char* number = "610799198001010017";

class ReliefLists : public SmallCity {
 protected:
  ReliefLists() : users_(*store_, vault_, clock_), router_(routes({*store_, *registers_, 2020, &users_})) {
    router_.guard({});  // sessions are given by hand
    for (const char* name : {"clerk@610702", "clerk@610703", "cashier"})
      users_.add({.name = name, .grants = {access::parse_grant(name).value()}}, "a passphrase to begin with", "test")
          .value();
    create("difficulty_file", {{"subject.name", "王伟"},
                               {"subject.identity_number", number},
                               {"code", "D1"},
                               {"region", "610702"},
                               {"cause", "illness"},
                               {"kind", "deep"}});
    create("difficulty_period", {{"file", "D1"},
                                 {"region", "610702"},
                                 {"cause", "illness"},
                                 {"applied_on", "2020-01-01"},
                                 {"consent", "是"},
                                 {"opened_on", "2020-02-01"},
                                 {"state", "open"}});
  }

  Response ask(const std::string& who, const std::string& method, const std::string& target,
               const json::value& body = nullptr, const std::string* upload = nullptr) {
    Request request = request_of(method, target, body, upload);
    request.session = std::make_shared<const access::Session>(
        access::Session{.user = {.id = 7, .name = who, .grants = {access::parse_grant(who).value()}}, .csrf = {}});
    return router_.answer(std::move(request));
  }

  Response bring(const std::string& who, const std::string& rows, const std::string& kind = "business",
                 const std::string& name = "list.csv") {
    const std::string list = "名单\n经营者姓名,身份证号\n" + rows;
    return ask(who, "POST", "/api/v1/relief/lists?kind=" + kind + "&name=" + name + "&on=2021-01-05", nullptr, &list);
  }

  access::Users users_;
  Router router_;
};

TEST_F(ReliefLists, ABusinessOwnerIsFoundMaskedAndPutToTheCounty) {
  const Response found = bring("clerk@610702", std::string("王伟,") + number + "\n路人,610799198001010025\n");
  ASSERT_EQ(found.status, 200) << found.body;
  EXPECT_THAT(found.body, Not(HasSubstr(number)));
  const json::value answer = json::parse(found.body);
  EXPECT_EQ(answer.at("rows").to_number<int>(), 2);
  ASSERT_EQ(answer.at("matches").as_array().size(), 1u) << found.body;
  const json::value& match = answer.at("matches").at(0);
  EXPECT_EQ(match.at("outcome").as_string(), "exact");
  EXPECT_EQ(match.at("finding").as_string(), "unstated_business");
  EXPECT_EQ(match.at("listed").at("row").to_number<int>(), 3);
  const std::string id(match.at("id").as_string());
  EXPECT_EQ(
      json::parse(bring("clerk@610702", std::string("王伟,") + number + "\n").body).at("matches").as_array().size(), 1u)
      << "another row of another workbook of the day is looked into by itself";
  const Response taken = ask("clerk@610702", "POST", "/api/v1/registers/agency_match/steps/dismiss",
                             json::object{{"ids", json::array{id}}, {"reason", "同名企业已注销"}});
  EXPECT_THAT(taken.body, HasSubstr(id)) << taken.body;
  EXPECT_THAT(ask("clerk@610702", "GET", "/api/v1/registers/agency_match/records/" + id).body, HasSubstr("dismissed"));
}

TEST_F(ReliefLists, WhatCannotBeComparedIsRefusedWithItsCure) {
  const std::string row = std::string("王伟,") + number + "\n";
  struct Case {
    const char* name;
    Response answer;
    int status;
    const char* said;
  };
  const Case cases[] = {
      {"another county's files are not his", bring("clerk@610703", row), 200, "\"matches\":[]"},
      {"a cashier compares nothing", bring("cashier", row), 403, "access.scope"},
      {"a kind that is none", bring("clerk@610702", row, "friends"), 400, "http.parameter"},
      {"a file that is no workbook", bring("clerk@610702", row, "tax", "list.pdf"), 400, "http.parameter"}};
  for (const Case& c : cases) {
    SCOPED_TRACE(c.name);
    EXPECT_EQ(c.answer.status, c.status) << c.answer.body;
    EXPECT_THAT(c.answer.body, HasSubstr(c.said));
  }
}

}  // namespace
}  // namespace zhijia::http
