#include "users_parts.hpp"

namespace zhijia::access {

using store::Type;

std::vector<store::TableSchema> user_schemas() {
  store::TableSchema account{.name = "user_account",
                             .columns = {{"id", Type::integer, true},
                                         {"name", Type::text, true},
                                         {"title", Type::text, true},
                                         {"password", Type::text, true},
                                         {"must_change", Type::integer, true},
                                         {"password_ends_at", Type::integer, false},  // of a first one
                                         {"disabled", Type::integer, true},
                                         {"failures", Type::integer, true},
                                         {"locked_until", Type::integer, true},
                                         {"totp_secret", Type::blob, false},
                                         {"totp_confirmed", Type::integer, true},
                                         {"totp_step", Type::integer, true},
                                         {"claim_hash", Type::text, false},  // who a worker says that he is
                                         {"person", Type::integer, false},   // once confirmed
                                         {"joining", Type::integer, false}},
                             .primary_key = {"id"},
                             .uniques = {{"name"}}};
  store::TableSchema grant{.name = "user_grant",
                           .columns = {{"id", Type::integer, true},
                                       {"user_id", Type::integer, true},
                                       {"role", Type::text, true},
                                       {"scope", Type::integer, true},
                                       {"organisation", Type::integer, true},
                                       {"region", Type::text, true}},
                           .primary_key = {"id"},
                           .indexes = {{"user_id"}}};
  store::TableSchema session{.name = "user_session",
                             .columns = {{"token_hash", Type::text, true},
                                         {"user_id", Type::integer, true},
                                         {"csrf", Type::text, true},
                                         {"begun_at", Type::integer, true},
                                         {"seen_at", Type::integer, true},
                                         {"place", Type::text, false},        // the address that signed in
                                         {"vouched", Type::integer, false}},  // a provider asked for two factors
                             .primary_key = {"token_hash"},
                             .indexes = {{"user_id"}}};
  store::TableSchema token{.name = "user_token",
                           .columns = {{"id", Type::integer, true},
                                       {"user_id", Type::integer, true},
                                       {"token_hash", Type::text, true},
                                       {"name", Type::text, true},
                                       {"registers", Type::text, true},
                                       {"reads_only", Type::integer, true},
                                       {"made_at", Type::integer, true},
                                       {"ends_at", Type::integer, true}},
                           .primary_key = {"id"},
                           .uniques = {{"token_hash"}},
                           .indexes = {{"user_id"}}};
  store::TableSchema code{.name = "worker_code",
                          .columns = {{"claim_hash", Type::text, true},
                                      {"person", Type::integer, true},
                                      {"code_hash", Type::text, true},
                                      {"ends_at", Type::integer, true},
                                      {"failures", Type::integer, true}},
                          .primary_key = {"claim_hash"}};
  store::TableSchema join{
      .name = "join_code",
      .columns = {{"organisation", Type::integer, true}, {"code", Type::text, true}, {"ends_on", Type::text, false}},
      .primary_key = {"organisation"},
      .uniques = {{"code"}}};
  store::TableSchema delegation{.name = "user_delegation",
                                .columns = {{"id", Type::integer, true},
                                            {"from_user", Type::integer, true},
                                            {"to_user", Type::integer, true},
                                            {"roles", Type::text, true},  // by spaces
                                            {"begins_on", Type::text, true},
                                            {"ends_on", Type::text, true}},
                                .primary_key = {"id"},
                                .indexes = {{"from_user"}, {"to_user"}}};
  store::TableSchema identity{
      .name = "user_identity",
      .columns = {{"issuer", Type::text, true}, {"subject", Type::text, true}, {"user_id", Type::integer, true}},
      .primary_key = {"issuer", "subject"},
      .indexes = {{"user_id"}}};
  return {account, grant, session, token, delegation, identity, code, join};
}

SealedColumn sealed_totp_column() { return {"user_account", {"id"}, "totp_secret", ""}; }

std::unexpected<Problems> refused() {
  return fail("session.refused", "账号或密码不正确。", "The name or the password is not right.");
}
std::unexpected<Problems> no_session() { return fail("session.none", "请先登录。", "Please sign in first."); }
std::unexpected<Problems> no_user() { return fail("user.not_found", "没有这个账号。", "There is no such account."); }

std::vector<Grant> grants_of(store::Reader& reader, Id user) {
  std::vector<Grant> grants;
  auto rows =
      reader.query("SELECT role, scope, organisation, region FROM user_grant WHERE user_id = ? ORDER BY id", user);
  while (rows.next())
    grants.push_back({.role = std::string(rows.text(0)),
                      .scope = static_cast<Scope>(rows.integer(1)),
                      .organisation = rows.integer(2),
                      .region = std::string(rows.text(3))});
  return grants;
}

User user_of(const store::Rows& rows) {
  return {.id = rows.integer(0),
          .name = std::string(rows.text(1)),
          .title = std::string(rows.text(2)),
          .grants = {},
          .must_change_password = rows.integer(3) != 0,
          .has_totp = rows.integer(4) != 0,
          .is_disabled = rows.integer(5) != 0,
          .is_worker = !rows.is_null(6),
          .person = rows.integer(7),
          .joining = rows.integer(8)};
}

void note(store::Transaction& transaction, std::string_view actor, std::string_view from, std::string_view kind,
          Id user, std::string body) {
  transaction.log({.actor = std::string(actor),
                   .source = std::string(from),
                   .kind = std::string(kind),
                   .register_ = "user_account",
                   .record = user,
                   .body = std::move(body)});
}

}  // namespace zhijia::access
