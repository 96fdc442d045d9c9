#include <algorithm>

#include "base/text.hpp"
#include "password.hpp"
#include "users_parts.hpp"

namespace zhijia::access {
namespace {

std::string joined(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : " ") + name;
  return text;
}

TokenScope scope_of(std::string_view registers, bool reads_only) {
  TokenScope scope{.registers = {}, .reads_only = reads_only};
  if (!registers.empty())
    for (const std::string_view name : split(registers, ' ')) scope.registers.emplace_back(name);
  return scope;
}

}  // namespace

Result<IssuedToken> Users::issue_token(const User& user, const std::string& name, const TokenScope& scope,
                                       std::chrono::days lives) {
  if (tidy(name).empty() || code_points(name) > 64)
    return fail("token.name", "请写明哪个程序使用此令牌（不超过 64 个字）。",
                "Say in at most 64 characters which program holds the token.", {.field = "name"});
  if (lives < std::chrono::days(1) || lives > token_days_max)
    return fail("token.days", "令牌有效期为 1 至 366 天。", "A token lives for 1 to 366 days.", {.field = "days"});
  const Moment now = parts_->clock.now();
  IssuedToken issued{
      .token = {.id = parts_->ids.next(), .name = tidy(name), .scope = scope, .made_at = now, .ends_at = now + lives},
      .secret = std::string(token_prefix) + random_hex(session_digits / 2)};
  return parts_->store.write([&](store::Transaction& transaction) -> Result<IssuedToken> {
    transaction.execute(store::insert_sql("user_token", {"id", "user_id", "token_hash", "name", "registers",
                                                         "reads_only", "made_at", "ends_at"}),
                        issued.token.id, user.id, sha256_hex(issued.secret), issued.token.name, joined(scope.registers),
                        scope.reads_only ? 1 : 0, milliseconds(now), milliseconds(issued.token.ends_at));
    note_change(transaction, std::to_string(user.id), "", "token", user.id);
    return issued;
  });
}

std::vector<Token> Users::tokens_of(const User& user) const {
  return parts_->store.read([&](store::Reader& reader) {
    std::vector<Token> tokens;
    auto rows = reader.query(
        "SELECT id, name, registers, reads_only, made_at, ends_at FROM user_token WHERE user_id = ? ORDER BY id",
        user.id);
    while (rows.next())
      tokens.push_back({.id = rows.integer(0),
                        .name = std::string(rows.text(1)),
                        .scope = scope_of(rows.text(2), rows.integer(3) != 0),
                        .made_at = moment_of(rows.integer(4)),
                        .ends_at = moment_of(rows.integer(5))});
    return tokens;
  });
}

Result<void> Users::revoke_token(const User& user, Id token) {
  auto revoked = parts_->store.write([&](store::Transaction& transaction) -> Result<void> {
    if (transaction.execute("DELETE FROM user_token WHERE id = ? AND user_id = ?", token, user.id) == 0)
      return fail("token.not_found", "没有这个令牌。", "There is no such token.");
    note_change(transaction, std::to_string(user.id), "", "token_revoked", user.id);
    return {};
  });
  parts_->forget();
  return revoked;
}

std::optional<Users::Parts::Known> Users::Parts::read_token(store::Reader& reader, const std::string& hash) {
  auto rows = reader.query("SELECT user_id, registers, reads_only, ends_at FROM user_token WHERE token_hash = ?", hash);
  if (!rows.next()) return std::nullopt;
  auto user = enabled_user(reader, rows.integer(0));
  // Who must still choose a password has not yet taken the account over.
  if (!user || user->must_change_password || user->must_set_up_totp) return std::nullopt;
  return Known{.session = {.user = std::move(*user), .csrf = {}, .token = scope_of(rows.text(1), rows.integer(2) != 0)},
               .ends_at = moment_of(rows.integer(3)),
               .seen = {},
               .read = {}};
}

}  // namespace zhijia::access
