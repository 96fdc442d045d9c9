#include <gmock/gmock.h>

#include "registers/work.hpp"
#include "support/small_city.hpp"

/// A record between two unions: who holds a role at one end of it takes the steps of that end, and no others.
namespace zhijia::http {
namespace {

namespace json = boost::json;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class Transfer : public SmallCity {
 protected:
  Transfer() : users_(*store_, vault_, clock_) {
    router_ = routes({*store_, *registers_, 2021, &users_});
    router_.guard({});  // sessions are given by hand
    old_ = make_union("U1", "610702");
    new_ = make_union("U2", "610703");
    third_ = make_union("U3", "610703");
    member_ = create("member", member_of("U1"));
    transfer_ = create("member_transfer", {{"organisation", "U1"},
                                           {"code", "T1"},
                                           {"member", "#" + std::to_string(member_)},
                                           {"to", "U2"},
                                           {"reason", "work"},
                                           {"asked_on", "2021-01-08"}});
  }

  Id make_union(const std::string& code, const std::string& region) {
    return create("union", {{"code", code},
                            {"name", code},
                            {"region", region},
                            {"level", "grassroots"},
                            {"kind", "enterprise"},
                            {"founded_on", "2020-01-01"}});
  }

  static registers::Cells member_of(const std::string& organisation) {
    return {{"organisation", organisation},
            {"subject.name", "骑手甲"},
            {"subject.identity_number", "610799199001010011"},
            {"joined_on", "2020-03-01"},
            {"state", "member"}};
  }

  static std::string chair_of(Id organisation) { return "union_chair@union:" + std::to_string(organisation); }

  /// Asked by the user of that number with these grants.
  Response ask(Id user, const std::vector<std::string>& grants, const std::string& method, const std::string& target,
               const json::value& body = nullptr) {
    Request request = request_of(method, target, body);
    request.headers["if-match"] = "\"" + column("version", "member_transfer", transfer_) + "\"";
    access::Session session{.user = {.id = user, .name = "u", .title = "u", .grants = {}}, .csrf = {}};
    for (const std::string& grant : grants) session.user.grants.push_back(access::parse_grant(grant).value());
    request.session = std::make_shared<const access::Session>(std::move(session));
    return router_.answer(std::move(request));
  }

  Response step(Id user, const std::vector<std::string>& grants, const std::string& name,
                const json::value& body = nullptr) {
    return ask(user, grants, "POST",
               "/api/v1/registers/member_transfer/records/" + std::to_string(transfer_) + "/steps/" + name, body);
  }

  std::string column(const std::string& field, const std::string& of, Id id) {
    return store_->read([&](store::Reader& reader) {
      auto rows = reader.query("SELECT CAST(" + field + " AS TEXT) FROM " + of + " WHERE id = ?", id);
      return rows.next() ? std::string(rows.text(0)) : std::string("no row");
    });
  }

  int sees_member(Id organisation) {
    return ask(9, {chair_of(organisation)}, "GET", "/api/v1/registers/member/records/" + std::to_string(member_))
        .status;
  }

  /// What waits for the chair among transfers.
  std::vector<std::string> waits_for(Id organisation) {
    const auto work = store_->read([&](store::Reader& reader) {
      return registers::work_of(reader, *registers_, 9, {access::parse_grant(chair_of(organisation)).value()});
    });
    std::vector<std::string> steps;
    for (const auto& waiting : work.waiting)
      if (waiting.of->name == "member_transfer") steps.insert(steps.end(), waiting.steps.begin(), waiting.steps.end());
    return steps;
  }

  access::Users users_;
  Router router_;
  Id old_ = 0, new_ = 0, third_ = 0, member_ = 0, transfer_ = 0;
};

const json::value on_the_day = {{"values", json::object{{"done_on", "2021-01-10"}}}};

TEST_F(Transfer, the_old_union_lets_go_the_new_one_takes_and_only_then_is_he_its_member) {
  struct Case {
    std::string_view name;
    Id chair;
    const char* step;
    json::value body;
    int status;
    const char* state;
    Id member_of;
  };
  const Case cases[] = {
      {"a chair of neither does not see it", third_, "release", nullptr, 404, "asked", old_},
      {"the new union cannot let go for the old one", new_, "release", nullptr, 403, "asked", old_},
      {"nor is it asked yet", new_, "accept", on_the_day, 409, "asked", old_},
      {"the old union lets go", old_, "release", nullptr, 200, "released", old_},
      {"it cannot take for the new one", old_, "accept", on_the_day, 403, "released", old_},
      {"nor turn down for it", old_, "turn_down", {{"reason", "不同意"}}, 403, "released", old_},
      {"the new union says on which day", new_, "accept", nullptr, 422, "released", old_},
      {"the new union takes him", new_, "accept", on_the_day, 200, "done", new_},
      {"and nothing is left to do", new_, "accept", on_the_day, 409, "done", new_},
  };
  for (const Case& c : cases) {
    const Response answer = step(c.chair, {chair_of(c.chair)}, c.step, c.body);
    EXPECT_EQ(answer.status, c.status) << c.name << answer.body;
    EXPECT_EQ(column("state", "member_transfer", transfer_), c.state) << c.name;
    EXPECT_EQ(column("organisation", "member", member_), std::to_string(c.member_of)) << c.name;
    EXPECT_EQ(sees_member(old_), c.member_of == old_ ? 200 : 404) << c.name;
    EXPECT_EQ(sees_member(new_), c.member_of == new_ ? 200 : 404) << c.name;
  }
  EXPECT_EQ(column("joined_on", "member", member_), "2020-03-01") << "with the day on which he first joined";
}

TEST_F(Transfer, waits_for_the_chair_of_the_end_whose_turn_it_is) {
  EXPECT_THAT(waits_for(old_), ElementsAre("release", "hold_back"));
  EXPECT_THAT(waits_for(new_), IsEmpty());
  ASSERT_EQ(step(1, {chair_of(old_)}, "release").status, 200);
  EXPECT_THAT(waits_for(old_), IsEmpty());
  EXPECT_THAT(waits_for(new_), ElementsAre("accept", "turn_down"));
}

TEST_F(Transfer, one_who_chairs_both_unions_does_not_answer_for_both) {
  const std::vector<std::string> both{chair_of(old_), chair_of(new_)};
  ASSERT_EQ(step(1, both, "release").status, 200);
  EXPECT_THAT(step(1, both, "accept", on_the_day).body, HasSubstr("step.never_by"));
  EXPECT_EQ(step(2, both, "accept", on_the_day).status, 200);
}

TEST_F(Transfer, who_is_turned_down_stays_where_he_was) {
  ASSERT_EQ(step(1, {chair_of(old_)}, "release").status, 200);
  ASSERT_EQ(step(2, {chair_of(new_)}, "turn_down", {{"reason", "已满员"}}).status, 200);
  EXPECT_EQ(column("organisation", "member", member_), std::to_string(old_));
}

TEST_F(Transfer, who_has_applied_there_himself_is_not_taken_twice) {
  registers::Cells applied = member_of("U2");
  applied["state"] = "applied";
  create("member", applied);
  ASSERT_EQ(step(1, {chair_of(old_)}, "release").status, 200);
  const Response refused = step(2, {chair_of(new_)}, "accept", on_the_day);
  EXPECT_EQ(refused.status, 422) << refused.body;
  EXPECT_THAT(refused.body, HasSubstr("record.unique"));
  EXPECT_THAT(refused.body, HasSubstr("member/" + std::to_string(member_))) << "it says whose fault it is";
  EXPECT_EQ(column("state", "member_transfer", transfer_), "released");
  EXPECT_EQ(column("organisation", "member", member_), std::to_string(old_));
}

}  // namespace
}  // namespace zhijia::http
