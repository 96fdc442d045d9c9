#include <charconv>

#include "access/breached.hpp"
#include "access/totp.hpp"
#include "base/text.hpp"
#include "password.hpp"
#include "users_parts.hpp"

namespace zhijia::access {
namespace {

constexpr std::size_t totp_secret_bytes = 20;  // RFC 4226, section 4

void store_grants(store::Transaction& transaction, IdSource& ids, Id user, const std::vector<Grant>& grants) {
  transaction.execute("DELETE FROM user_grant WHERE user_id = ?", user);
  for (const Grant& grant : grants)
    transaction.execute(store::insert_sql("user_grant", {"id", "user_id", "role", "scope", "organisation", "region"}),
                        ids.next(), user, grant.role, static_cast<int>(grant.scope), grant.organisation, grant.region);
}

/// What was granted, for the change log. Roles and codes need no escape.
std::string body_of(const std::vector<Grant>& grants) {
  std::string list;
  for (const Grant& grant : grants) {
    list += (list.empty() ? "\"" : ",\"") + grant.role;
    if (grant.scope == Scope::region) list += "@" + grant.region;
    if (grant.scope == Scope::own) list += "@union:" + std::to_string(grant.organisation);
    if (grant.scope == Scope::own_and_below) list += "@below:" + std::to_string(grant.organisation);
    list += '"';
  }
  return "{\"grants\":[" + list + "]}";
}

}  // namespace

Result<void> check_password(std::string_view password, std::string_view name, const Policy& policy, bool is_workers) {
  const std::size_t length_min = is_workers ? policy.worker_password_length_min : policy.password_length_min;
  const std::string least = std::to_string(length_min);
  if (!is_utf8(password) || code_points(password) < length_min || password.size() > password_length_max)
    return fail("user.password", "密码至少 " + least + " 个字符，建议用几个词组成。",
                "A password has at least " + least + " characters; a few words make a good one.",
                {.field = "password"});
  if (is_guessable(password))
    return fail("user.password", "密码太容易猜到（常用词、连续或重复的字符），请换一个。",
                "The password is too easy to guess: common words, or characters in a row; choose another.",
                {.field = "password"});
  if (password.find(name) != std::string_view::npos)
    return fail("user.password", "密码不能包含账号名。", "A password may not contain the account's name.",
                {.field = "password"});
  if (policy.breached_passwords.empty()) return {};
  const auto breached = is_breached(policy.breached_passwords, password);
  if (!breached) return std::unexpected(breached.error());
  if (*breached)
    return fail("user.password", "这个密码已在别处泄露过，会被人拿来试，请换一个没有用过的。",
                "This password is known from a breach elsewhere and will be tried; choose one that was never used.",
                {.field = "password"});
  return {};
}

std::optional<Users::Parts::Account> Users::Parts::account(std::string_view column, store::Parameter value) {
  return store.read([&](store::Reader& reader) -> std::optional<Account> {
    auto rows = reader.query_with("SELECT " + std::string(user_columns) +
                                      ", password, locked_until, totp_secret, totp_step, password_ends_at FROM "
                                      "user_account WHERE " +
                                      store::quoted_name(column) + " = ?",
                                  {value});
    if (!rows.next()) return std::nullopt;
    Account found{.user = user_of(rows),
                  .password = std::string(rows.text(user_column_count)),
                  .password_ends_at = moment_of(rows.integer(user_column_count + 4)),
                  .locked_until = moment_of(rows.integer(user_column_count + 1)),
                  .totp_secret = std::string(rows.blob(user_column_count + 2)),
                  .totp_step = rows.integer(user_column_count + 3)};
    found.user.grants = grants_of(reader, found.user.id);
    found.user.must_set_up_totp = wants_totp(found.user) && !found.user.has_totp;
    return found;
  });
}

Users::Users(store::Store& store, const Vault& vault, const Clock& clock, const Policy& policy)
    : parts_(new Parts{store, vault, clock, policy, IdSource(clock, 0), {}, {}}) {}
Users::~Users() = default;

bool Users::any() const {
  return parts_->store.read(
      [](store::Reader& reader) { return reader.query("SELECT 1 FROM user_account LIMIT 1").next(); });
}

std::vector<User> Users::all() const {
  return parts_->store.read([](store::Reader& reader) {
    std::vector<User> users;
    auto rows = reader.query("SELECT " + std::string(user_columns) +
                             " FROM user_account WHERE claim_hash IS NULL ORDER BY name");
    while (rows.next()) users.push_back(user_of(rows));
    for (User& user : users) user.grants = grants_of(reader, user.id);
    return users;
  });
}

Result<User> Users::add(const User& asked, std::string_view password, std::string_view actor) {
  User user = asked;
  user.name = tidy_name(asked.name);
  user.title = tidy(asked.title);
  if (user.title.empty()) user.title = user.name;
  if (user.name.empty() || code_points(user.name) > 64)
    return fail("user.name", "请填写账号名（不超过 64 个字）。", "An account needs a name of at most 64 characters.",
                {.field = "name"});
  if (auto checked = check_password(password, user.name, parts_->policy, false); !checked)
    return std::unexpected(std::move(checked.error()));
  const std::string hash = hash_password(password);
  return parts_->store.write([&](store::Transaction& transaction) -> Result<User> {
    if (transaction.query("SELECT 1 FROM user_account WHERE name = ?", user.name).next())
      return fail("user.name_taken", "账号“" + user.name + "”已存在，请换一个。",
                  "The account “" + user.name + "” exists; choose another name.", {.field = "name"});
    user.id = parts_->ids.next();
    transaction.execute(
        store::insert_sql("user_account", {"id", "name", "title", "password", "must_change", "disabled", "failures",
                                           "locked_until", "totp_confirmed", "totp_step", "password_ends_at"}),
        user.id, user.name, user.title, hash, user.must_change_password ? 1 : 0, 0, 0, 0, 0, 0,
        user.must_change_password ? std::optional(milliseconds(parts_->first_password_end())) : std::nullopt);
    store_grants(transaction, parts_->ids, user.id, user.grants);
    note_change(transaction, actor, "", "create", user.id, body_of(user.grants));
    return user;
  });
}

Result<void> Users::grant(Id user, const std::vector<Grant>& grants, std::string_view actor) {
  auto stored = parts_->store.write([&](store::Transaction& transaction) -> Result<void> {
    if (!transaction.query("SELECT 1 FROM user_account WHERE id = ?", user).next()) return no_user();
    store_grants(transaction, parts_->ids, user, grants);
    note_change(transaction, actor, "", "grant", user, body_of(grants));
    return {};
  });
  parts_->forget();
  return stored;
}

Result<void> Users::disable(Id user, std::string_view actor) {
  auto stored = parts_->store.write([&](store::Transaction& transaction) -> Result<void> {
    if (transaction.execute("UPDATE user_account SET disabled = 1 WHERE id = ?", user) == 0) return no_user();
    transaction.execute("DELETE FROM user_session WHERE user_id = ?", user);
    transaction.execute("DELETE FROM user_token WHERE user_id = ?", user);
    note_change(transaction, actor, "", "disable", user);
    return {};
  });
  parts_->forget();
  return stored;
}

Result<void> Users::change_password(const User& user, std::string_view token, std::string_view old_password,
                                    std::string_view new_password) {
  const auto account = parts_->account("id", user.id);
  if (!account || old_password.size() > password_length_max || !is_password(old_password, account->password))
    return refused();
  if (auto checked = check_password(new_password, user.name, parts_->policy, user.is_worker); !checked) return checked;
  const std::string hash = hash_password(new_password);
  auto stored = parts_->store.write([&](store::Transaction& transaction) -> Result<void> {
    transaction.execute("UPDATE user_account SET password = ?, must_change = 0, password_ends_at = NULL WHERE id = ?",
                        hash, user.id);
    transaction.execute("DELETE FROM user_session WHERE user_id = ? AND token_hash <> ?", user.id, sha256_hex(token));
    note_change(transaction, std::to_string(user.id), "", "password", user.id);
    return {};
  });
  parts_->forget();
  return stored;
}

Result<void> Users::Parts::reset(Id user, std::string_view actor, std::string_view kind, const std::string& sql,
                                 std::initializer_list<store::Parameter> values) {
  auto done = store.write([&](store::Transaction& transaction) -> Result<void> {
    if (!transaction.query("SELECT 1 FROM user_account WHERE id = ?", user).next()) return no_user();
    if (!sql.empty()) transaction.execute_with(sql, values);
    transaction.execute("DELETE FROM user_session WHERE user_id = ?", user);
    note_change(transaction, actor, "", kind, user);
    return {};
  });
  forget();
  return done;
}

Result<FirstPassword> Users::renew_password(Id user, std::string_view actor) {
  const FirstPassword made{.text = made_password(), .ends_at = parts_->first_password_end()};
  const std::string hash = hash_password(made.text);
  auto done =
      parts_->reset(user, actor, "password_renewed",
                    "UPDATE user_account SET password = ?2, password_ends_at = ?3, must_change = 1, failures = 0, "
                    "locked_until = 0 WHERE id = ?1",
                    {user, hash, milliseconds(made.ends_at)});
  if (!done) return std::unexpected(std::move(done.error()));
  return made;
}

Result<void> Users::remove_totp(Id user, std::string_view actor) {
  return parts_->reset(user, actor, "totp_removed",
                       "UPDATE user_account SET totp_secret = NULL, totp_confirmed = 0, totp_step = 0 WHERE id = ?",
                       {user});
}

Result<void> Users::end_sessions(Id user, std::string_view actor) {
  return parts_->reset(user, actor, "sessions_ended", "", {});
}

Result<std::string> Users::begin_totp(const User& user, std::string_view password) {
  const auto account = parts_->account("id", user.id);
  if (!account || password.size() > password_length_max || !is_password(password, account->password)) return refused();
  const std::string digits = random_hex(totp_secret_bytes);
  std::string secret;
  for (std::size_t i = 0; i < digits.size(); i += 2) {
    unsigned byte = 0;
    std::from_chars(digits.data() + i, digits.data() + i + 2, byte, 16);
    secret += static_cast<char>(byte);
  }
  const std::string sealed = parts_->vault.seal(secret);
  auto stored = parts_->store.write([&](store::Transaction& transaction) -> Result<void> {
    if (transaction.execute(
            "UPDATE user_account SET totp_secret = ?, totp_step = 0 WHERE id = ? AND totp_confirmed = 0",
            store::Parameter::blob(sealed), user.id) == 0)
      return fail("session.code", "动态验证码已启用。", "The authenticator is in force already.");
    return {};
  });
  if (!stored) return std::unexpected(std::move(stored.error()));
  return base32(secret);
}

Result<void> Users::confirm_totp(const User& user, std::string_view code) {
  const auto account = parts_->account("id", user.id);
  const auto wrong = [] {
    return fail("session.code", "验证码不正确，请核对手机时间后重试。",
                "The code is not right; check the clock of the phone and try again.", {.field = "code"});
  };
  if (!account || account->totp_secret.empty()) return wrong();
  const auto secret = parts_->vault.open(account->totp_secret);
  if (!secret) return std::unexpected(secret.error());
  const auto step = accepted_step(*secret, code, parts_->clock.now(), account->totp_step);
  if (!step) return wrong();
  auto stored = parts_->store.write([&](store::Transaction& transaction) -> Result<void> {
    transaction.execute("UPDATE user_account SET totp_confirmed = 1, totp_step = ? WHERE id = ?", *step, user.id);
    note_change(transaction, std::to_string(user.id), "", "totp", user.id);
    return {};
  });
  parts_->forget();
  return stored;
}

}  // namespace zhijia::access
