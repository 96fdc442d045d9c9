#include "access/users.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "access/totp.hpp"
#include "access/workers.hpp"
#include "support/database.hpp"

namespace zhijia::access {
namespace {

constexpr const char* good = "正确 马 电池 订书钉 一";

class UsersTest : public testing::TestWithParam<std::string> {
 protected:
  void SetUp() override {
    if (!database_.missing().empty()) GTEST_SKIP() << database_.missing();
    store_ = store::Store::open(database_.url(), clock_, {.durable = false}).value();
    ASSERT_TRUE(store_->migrate(user_schemas()));
    users_ = std::make_unique<Users>(*store_, vault_, clock_);
    zhang_ = users_->add({.name = "zhang", .title = "张干事", .grants = {{.role = "clerk"}}}, good, "test").value();
  }

  std::string outcome(std::string_view name, std::string_view password, std::string_view code = "") {
    const auto signed_in = users_->sign_in(name, password, code, "127.0.0.1");
    return signed_in ? "in" : signed_in.error().front().code;
  }
  std::string outcome(std::string_view token) {
    const auto session = users_->session(token);
    return session ? "in" : session.error().front().code;
  }
  /// What was submitted before is written by then, as it would be.
  void pass(std::chrono::milliseconds time) {
    ASSERT_TRUE(store_->write([](store::Transaction&) -> Result<void> { return {}; }));
    clock_.set(clock_.now() + time);
  }

  tests::TestDatabase database_{GetParam()};
  FixedClock clock_{Date::of(2021, 1, 10)};
  Vault vault_ = Vault::from_file(database_.folder.path / "vault").value();
  std::unique_ptr<store::Store> store_;
  std::unique_ptr<Users> users_;
  User zhang_;
};

TEST_P(UsersTest, signs_in_with_the_right_password_only) {
  EXPECT_EQ(outcome("zhang", good), "in");
  EXPECT_EQ(outcome("zhang", "wrong password!"), "session.refused");
  EXPECT_EQ(outcome("nobody", good), "session.refused");
  EXPECT_EQ(outcome("zhang", std::string(10'000, 'x')), "session.refused");
  EXPECT_EQ(outcome("\xff", good), "session.refused");
}

TEST_P(UsersTest, locks_an_account_after_five_failures_for_a_quarter_of_an_hour) {
  for (int i = 0; i < 5; ++i) EXPECT_EQ(outcome("zhang", "wrong password!"), "session.refused");
  EXPECT_EQ(outcome("zhang", good), "session.locked");
  pass(std::chrono::minutes(15));
  EXPECT_EQ(outcome("zhang", good), "in");
}

/// Of "turnips sing at dawn", which is in the list of this test.
constexpr const char* in_list = "turnips sing at dawn";

TEST_P(UsersTest, takes_no_password_that_is_known_from_a_breach) {
  const std::filesystem::path list = database_.folder.path / "breached";
  std::ofstream(list) << "0000000000000000000000000000000000000000:1\n0E3EA59FC639B84647CF964A264A250EFCD38988:7\n";
  pass(std::chrono::seconds(1));  // ids are made of the time, and these accounts by two sources of them
  Users users(*store_, vault_, clock_, {.breached_passwords = list});
  Workers workers(users);
  const Claim claim{.name = "秦小骑", .identity_number = "610799198001010017"};
  const auto code_of = [](const auto& result) { return result ? "" : result.error().front().code; };
  EXPECT_EQ(code_of(users.add({.name = "li"}, in_list, "test")), "user.password");
  EXPECT_EQ(code_of(users.change_password(zhang_, "", good, in_list)), "user.password");
  EXPECT_EQ(code_of(workers.sign_up(claim, "13800000001", in_list, "", "127.0.0.1")), "user.password");
  EXPECT_EQ(code_of(users.add({.name = "li"}, std::string(in_list) + "!", "test")), "");
  std::filesystem::remove(list);
  EXPECT_EQ(code_of(users.add({.name = "wang"}, good, "test")), "password_list.file") << "nobody knows what it held";
}

TEST_P(UsersTest, refuses_passwords_that_are_easy_and_names_that_are_taken) {
  for (const auto& [name, password, code] : {std::tuple{"li", "short", "user.password"},
                                             {"lilaoshi", "lilaoshi-2020", "user.password"},
                                             {" ", good, "user.name"},
                                             {"zhang", good, "user.name_taken"}}) {
    const auto added = users_->add({.name = name}, password, "test");
    ASSERT_FALSE(added) << name;
    EXPECT_EQ(added.error().front().code, code);
  }
}

TEST_P(UsersTest, a_session_ends_when_idle_when_old_and_when_signed_out) {
  const std::string idle = users_->sign_in("zhang", good, "", "")->token;
  pass(std::chrono::minutes(29));
  EXPECT_EQ(outcome(idle), "in");
  pass(std::chrono::minutes(30));
  EXPECT_EQ(outcome(idle), "session.none");

  const std::string old = users_->sign_in("zhang", good, "", "")->token;
  for (int i = 0; i < 35; ++i) {
    pass(std::chrono::minutes(20));
    EXPECT_EQ(outcome(old), "in") << i;
  }
  pass(std::chrono::minutes(20));
  EXPECT_EQ(outcome(old), "session.none");

  const std::string left = users_->sign_in("zhang", good, "", "")->token;
  EXPECT_EQ(outcome(left), "in");
  users_->sign_out(left);
  EXPECT_EQ(outcome(left), "session.none");
  EXPECT_EQ(outcome(std::string(64, 'a')), "session.none");
}

TEST_P(UsersTest, a_new_password_ends_the_other_sessions) {
  const std::string here = users_->sign_in("zhang", good, "", "")->token;
  const std::string elsewhere = users_->sign_in("zhang", good, "", "")->token;
  const std::string better = "another good passphrase";
  EXPECT_FALSE(users_->change_password(zhang_, here, "not the old one", better));
  ASSERT_TRUE(users_->change_password(zhang_, here, good, better));
  EXPECT_EQ(outcome(here), "in");
  EXPECT_EQ(outcome(elsewhere), "session.none");
  EXPECT_EQ(outcome("zhang", good), "session.refused");
  EXPECT_EQ(outcome("zhang", better), "in");
}

TEST_P(UsersTest, a_programs_token_stands_for_its_user_until_it_ends_or_is_revoked) {
  const TokenScope scope{.registers = {"member", "union"}, .reads_only = true};
  const auto issued = users_->issue_token(zhang_, " 统计程序 ", scope, std::chrono::days(30));
  ASSERT_TRUE(issued);
  const auto session = users_->session(issued->secret);
  ASSERT_TRUE(session);
  EXPECT_EQ(session->user.name, "zhang");
  EXPECT_EQ(session->token->registers, scope.registers);
  EXPECT_TRUE(session->token->reads_only);
  EXPECT_EQ(users_->tokens_of(zhang_).front().name, "统计程序");
  EXPECT_EQ(outcome(issued->secret + "0"), "session.none");
  pass(std::chrono::days(29));
  EXPECT_EQ(outcome(issued->secret), "in") << "although nobody used it meanwhile";
  pass(std::chrono::days(1));
  EXPECT_EQ(outcome(issued->secret), "session.none");

  const auto second = users_->issue_token(zhang_, "再次", {}, std::chrono::days(1));
  EXPECT_EQ(outcome(second->secret), "in");
  EXPECT_FALSE(users_->revoke_token({.id = zhang_.id + 1}, second->token.id)) << "by somebody else";
  ASSERT_TRUE(users_->revoke_token(zhang_, second->token.id));
  EXPECT_EQ(outcome(second->secret), "session.none");
}

TEST_P(UsersTest, a_token_has_a_name_and_an_end) {
  EXPECT_EQ(users_->issue_token(zhang_, " ", {}, std::chrono::days(1)).error().front().code, "token.name");
  EXPECT_EQ(users_->issue_token(zhang_, "a", {}, std::chrono::days(0)).error().front().code, "token.days");
  EXPECT_EQ(users_->issue_token(zhang_, "a", {}, std::chrono::days(367)).error().front().code, "token.days");
}

TEST_P(UsersTest, grants_are_seen_by_sessions_and_a_disabled_account_loses_them) {
  const std::string token = users_->sign_in("zhang", good, "", "")->token;
  const std::vector<Grant> grants = {
      {.role = "approver", .scope = Scope::region, .organisation = 0, .region = "610702"}};
  ASSERT_TRUE(users_->grant(zhang_.id, grants, "test"));
  EXPECT_EQ(users_->session(token)->user.grants, grants);
  ASSERT_TRUE(users_->disable(zhang_.id, "test"));
  EXPECT_EQ(outcome(token), "session.none");
  EXPECT_EQ(outcome("zhang", good), "session.refused");
}

TEST_P(UsersTest, an_authenticator_is_asked_for_and_each_of_its_codes_serves_once) {
  EXPECT_EQ(users_->begin_totp(zhang_, "not the password").error().front().code, "session.refused");
  ASSERT_TRUE(users_->begin_totp(zhang_, good));
  EXPECT_EQ(outcome("zhang", good), "in") << "not confirmed yet";
  EXPECT_EQ(users_->confirm_totp(zhang_, "000000").error().front().code, "session.code");

  const std::string secret = store_->read([&](store::Reader& reader) {
    auto rows = reader.query("SELECT totp_secret FROM user_account");
    rows.next();
    return vault_.open(rows.blob(0)).value();
  });
  const auto code = [&] { return totp_code(secret, totp_step(clock_.now())); };
  ASSERT_TRUE(users_->confirm_totp(zhang_, code()));
  EXPECT_EQ(outcome("zhang", good), "session.code_needed");
  EXPECT_EQ(outcome("zhang", good, code()), "session.refused") << "it served to confirm";
  pass(std::chrono::seconds(30));
  const std::string open = users_->sign_in("zhang", good, code(), "")->token;
  EXPECT_EQ(outcome("zhang", good, code()), "session.refused");
  ASSERT_TRUE(users_->remove_totp(zhang_.id, "test"));
  EXPECT_EQ(outcome(open), "session.none") << "whoever has the lost phone is out";
  EXPECT_EQ(outcome("zhang", good), "in") << "he has lost it, and sets up another";
}

TEST_P(UsersTest, a_role_may_ask_for_an_authenticator) {
  Users strict(*store_, vault_, clock_, {.totp_roles = {"clerk"}});
  const std::string token = strict.sign_in("zhang", good, "", "")->token;
  EXPECT_TRUE(strict.session(token)->user.must_set_up_totp);
  const auto issued = strict.issue_token(zhang_, "p", {}, std::chrono::days(1));
  EXPECT_FALSE(strict.session(issued->secret)) << "no program goes round it";
  ASSERT_TRUE(strict.link(zhang_.id, "https://provider.example", "z1", "test"));
  EXPECT_EQ(strict.sign_in_by("https://provider.example", "z1", false, "").error().front().code, "session.weak");
  const auto vouched = strict.sign_in_by("https://provider.example", "z1", true, "");
  ASSERT_TRUE(vouched);
  EXPECT_FALSE(strict.session(vouched->token)->user.must_set_up_totp) << "the provider has asked for two factors";
  ASSERT_TRUE(strict.grant(zhang_.id, {{.role = "auditor"}}, "test"));
  EXPECT_FALSE(strict.session(token)->user.must_set_up_totp);
}

TEST_P(UsersTest, one_sees_and_ends_ones_own_sessions) {
  const std::string here = users_->sign_in("zhang", good, "", "10.0.0.1")->token;
  pass(std::chrono::minutes(1));
  const std::string elsewhere = users_->sign_in("zhang", good, "", "10.0.0.2")->token;
  const std::string third = users_->sign_in("zhang", good, "", "10.0.0.3")->token;
  const User li = users_->add({.name = "li"}, good, "test").value();
  const std::string other = users_->sign_in("li", good, "", "")->token;
  const auto sessions = users_->sessions_of(zhang_, here);
  ASSERT_EQ(sessions.size(), 3U);
  const auto second = std::ranges::find(sessions, "10.0.0.2", &OpenSession::from);
  ASSERT_NE(second, sessions.end());
  EXPECT_FALSE(second->is_this);
  EXPECT_TRUE(std::ranges::find(sessions, "10.0.0.1", &OpenSession::from)->is_this);
  EXPECT_EQ(users_->end_session(li, second->id).error().front().code, "session.not_found") << "another's";
  ASSERT_TRUE(users_->end_session(zhang_, second->id));
  EXPECT_EQ(outcome(elsewhere), "session.none");
  EXPECT_EQ(outcome(third), "in");
  users_->end_other_sessions(zhang_, here);
  EXPECT_EQ(outcome(third), "session.none");
  EXPECT_EQ(outcome(here), "in");
  ASSERT_TRUE(users_->end_sessions(zhang_.id, "test"));
  EXPECT_EQ(outcome(here), "session.none");
  EXPECT_EQ(outcome(other), "in");
}

TEST_P(UsersTest, a_first_password_ends_after_72_hours_and_an_administrator_makes_another) {
  const User li =
      users_->add({.name = "li", .must_change_password = true}, "a passphrase to begin with", "test").value();
  pass(std::chrono::hours(71));
  EXPECT_EQ(outcome("li", "a passphrase to begin with"), "in");
  pass(std::chrono::hours(1));
  EXPECT_EQ(outcome("li", "a passphrase to begin with"), "session.expired");
  const auto first = users_->renew_password(li.id, "test"), second = users_->renew_password(li.id, "test");
  ASSERT_TRUE(first && second);
  EXPECT_NE(first->text, second->text);
  EXPECT_EQ(outcome("li", first->text), "session.refused");
  const auto signed_in = users_->sign_in("li", second->text, "", "");
  ASSERT_TRUE(signed_in);
  EXPECT_TRUE(signed_in->session.user.must_change_password);
  ASSERT_TRUE(users_->change_password(li, signed_in->token, second->text, good));
  pass(std::chrono::hours(1'000));
  EXPECT_EQ(outcome("li", good), "in") << "one that he chose himself does not end";
  EXPECT_EQ(users_->renew_password(1, "test").error().front().code, "user.not_found");
}

/// Whoever writes to the database past the program is found, whatever he gives himself.
TEST_P(UsersTest, what_accounts_may_is_compared_with_the_log) {
  const auto differing = [&] {
    return store_->read([](store::Reader& reader) {
      std::vector<Id> users;
      compare_with_log(reader, [&](Id user, std::string_view) { users.push_back(user); });
      return users;
    });
  };
  ASSERT_TRUE(users_->add({.name = "li"}, good, "test"));
  ASSERT_TRUE(users_->link(zhang_.id, "https://provider.example", "z1", "test"));
  ASSERT_TRUE(users_->issue_token(zhang_, "p", {}, std::chrono::days(1)));
  ASSERT_TRUE(users_->delegate(zhang_, "li", {"clerk"}, clock_.today(), clock_.today()));
  EXPECT_EQ(outcome("zhang", good), "in");
  EXPECT_EQ(outcome("zhang", "wrong password!"), "session.refused");
  EXPECT_THAT(differing(), testing::IsEmpty());
  for (const char* past_the_program :
       {"UPDATE user_grant SET role = 'admin'", "UPDATE user_account SET disabled = 1",
        "UPDATE user_account SET password = 'x'", "UPDATE user_grant SET scope = 0",
        "UPDATE user_account SET totp_confirmed = 1", "DELETE FROM user_grant", "UPDATE user_token SET reads_only = 0",
        "UPDATE user_identity SET subject = 'x'", "UPDATE user_delegation SET roles = 'admin'",
        "DELETE FROM user_account", "UPDATE user_account SET person = 1"}) {
    const auto tried = store_->write([&](store::Transaction& transaction) -> Result<void> {
      transaction.execute(past_the_program);
      std::vector<Id> users;
      compare_with_log(transaction, [&](Id user, std::string_view) { users.push_back(user); });
      EXPECT_THAT(users, testing::Contains(zhang_.id)) << past_the_program;
      return fail("test.undone", "", "");
    });
    EXPECT_FALSE(tried);
  }
  EXPECT_THAT(differing(), testing::IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(On, UsersTest, testing::Values("sqlite", "postgresql"),
                         [](const auto& each) { return each.param; });

TEST(Totp, gives_the_codes_of_rfc_6238_appendix_b) {
  for (const auto& [seconds, code] : {std::pair{59, "287082"}, {1111111109, "081804"}, {1234567890, "005924"}})
    EXPECT_EQ(totp_code("12345678901234567890", seconds / 30), code);
  EXPECT_EQ(base32("12345678901234567890"), "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
}

TEST(Grants, are_read_as_the_command_line_has_them) {
  for (const auto& [text, scope] : {std::pair{"clerk", Scope::all},
                                    {"clerk@610702", Scope::region},
                                    {"clerk@union:12", Scope::own},
                                    {"clerk@below:12", Scope::own_and_below}})
    EXPECT_EQ(parse_grant(text)->scope, scope) << text;
  for (const char* text : {"", "@610702", "clerk@", "clerk@61070", "clerk@union:", "clerk@union:x", "Clerk!", "a@b:1"})
    EXPECT_FALSE(parse_grant(text)) << text;
}

}  // namespace
}  // namespace zhijia::access
