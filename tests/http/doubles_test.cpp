#include <gmock/gmock.h>

#include "support/small_city.hpp"

namespace zhijia::http {
namespace {

namespace json = boost::json;

/// Two persons whose numbers differ in one digit, visited in two winters.
class WhoIsWho : public SmallCity {
 protected:
  WhoIsWho() : router_(routes({*store_, *registers_, 2020})) {
    for (const char* code : {"D2019", "D2020"})
      create("season_programme", {{"code", code}, {"name", code}, {"season", "winter"}, {"budget", "1000"}});
    for (const auto& [number, programme] : {std::pair{"61079919800312451X", "D2019"}, {"610799198003123517", "D2020"}})
      create("winter_visit", {{"subject.name", "张建国"},
                              {"subject.identity_number", number},
                              {"programme", programme},
                              {"visited_on", "2020-01-10"},
                              {"amount", "500"}});
  }

  Response ask(const std::string& role, const std::string& method, const std::string& target,
               const json::value& body = nullptr) {
    Request request = request_of(method, target, body);
    if (!role.empty()) {
      access::Session session;
      session.user.id = 7;
      session.user.grants = {access::parse_grant(role).value()};
      request.session = std::make_shared<access::Session>(session);
    }
    return router_.answer(std::move(request));
  }

  json::value answer_of(const std::string& method, const std::string& target, const json::value& body = nullptr) {
    const Response response = ask("manager", method, target, body);
    EXPECT_LT(response.status, 300) << response.body;
    return response.body.empty() ? json::value(nullptr) : json::parse(response.body);
  }

  Router router_;
};

TEST_F(WhoIsWho, IsDecidedByManagersOfAllOnly) {
  for (const char* role : {"", "clerk", "auditor", "manager@610702"})
    for (const auto& [method, target] : {std::pair{"GET", "/api/v1/person-pairs"},
                                         {"POST", "/api/v1/person-pairs/find"},
                                         {"POST", "/api/v1/person-pairs/1/decision"},
                                         {"POST", "/api/v1/person-merges/1/undo"}})
      EXPECT_EQ(ask(role, method, target).status, 403) << role << " " << target;
}

TEST_F(WhoIsWho, APairIsFoundMergedAndPartedAgain) {
  EXPECT_EQ(answer_of("POST", "/api/v1/person-pairs/find").at("new_pairs").as_int64(), 1);
  const json::value pair = answer_of("GET", "/api/v1/person-pairs").at("items").at(0);
  EXPECT_EQ(pair.at("left").at("identity_number").as_string().find("6107"), std::string_view::npos)
      << "numbers are masked";
  const std::string address = "/api/v1/person-pairs/" + std::string(pair.at("id").as_string()) + "/decision";
  const json::object same{{"keep", pair.at("left").at("id")}, {"reason", "核对身份证原件"}};
  const json::value decided = answer_of("POST", address, same);
  EXPECT_EQ(decided.at("state").as_string(), "same");
  EXPECT_EQ(ask("manager", "POST", address, same).status, 409) << "it is decided once";

  const std::string undo = "/api/v1/person-merges/" + std::string(decided.at("merge").as_string()) + "/undo";
  EXPECT_EQ(ask("manager", "POST", undo).status, 204);
  EXPECT_EQ(ask("manager", "POST", undo).status, 409);
  EXPECT_EQ(answer_of("GET", "/api/v1/person-pairs").at("items").as_array().size(), 1U) << "the pair is open again";
}

TEST_F(WhoIsWho, SaysWhatIsWrongWithARequest) {
  EXPECT_EQ(ask("manager", "GET", "/api/v1/person-pairs?state=perhaps").status, 400);
  EXPECT_EQ(ask("manager", "POST", "/api/v1/person-pairs/1/decision", json::object{{"keep", nullptr}}).status, 400);
  EXPECT_EQ(ask("manager", "POST", "/api/v1/person-pairs/1/decision", json::object{{"keep", nullptr}, {"reason", "x"}})
                .status,
            404);
  EXPECT_EQ(ask("manager", "POST", "/api/v1/person-merges/1/undo").status, 404);
}

}  // namespace
}  // namespace zhijia::http
