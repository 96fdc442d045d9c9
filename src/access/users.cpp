#include "access/users.hpp"

#include <algorithm>
#include <charconv>
#include <mutex>
#include <shared_mutex>
#include <unordered_map>

#include "access/totp.hpp"
#include "base/text.hpp"
#include "password.hpp"

namespace zhijia::access {
namespace {

using store::Type;

constexpr std::size_t password_length_max = 256;
constexpr std::size_t totp_secret_bytes = 20;  // RFC 4226, section 4

std::unexpected<Problems> refused() {
  return fail("session.refused", "账号或密码不正确。", "The name or the password is not right.");
}
std::unexpected<Problems> no_session() { return fail("session.none", "请先登录。", "Please sign in first."); }
std::unexpected<Problems> no_user() { return fail("user.not_found", "没有这个账号。", "There is no such account."); }

Result<void> check_password(std::string_view password, std::string_view name, const Policy& policy) {
  const std::string least = std::to_string(policy.password_length_min);
  if (!is_utf8(password) || code_points(password) < policy.password_length_min || password.size() > password_length_max)
    return fail("user.password", "密码至少 " + least + " 个字符，建议用几个词组成。",
                "A password has at least " + least + " characters; a few words make a good one.",
                {.field = "password"});
  if (password.find(name) != std::string_view::npos)
    return fail("user.password", "密码不能包含账号名。", "A password may not contain the account's name.",
                {.field = "password"});
  return {};
}

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

constexpr std::string_view user_columns = "id, name, title, must_change, totp_confirmed, disabled";

User user_of(const store::Rows& rows) {
  return {.id = rows.integer(0),
          .name = std::string(rows.text(1)),
          .title = std::string(rows.text(2)),
          .grants = {},
          .must_change_password = rows.integer(3) != 0,
          .has_totp = rows.integer(4) != 0,
          .is_disabled = rows.integer(5) != 0};
}

std::int64_t milliseconds(Moment moment) { return moment.time_since_epoch().count(); }
Moment moment_of(std::int64_t stored) { return Moment(std::chrono::milliseconds(stored)); }

void note(store::Transaction& transaction, std::string_view actor, std::string_view from, std::string_view kind,
          Id user) {
  transaction.log({.actor = std::string(actor),
                   .source = std::string(from),
                   .kind = std::string(kind),
                   .register_ = "user_account",
                   .record = user,
                   .body = "{}"});
}

void store_grants(store::Transaction& transaction, IdSource& ids, Id user, const std::vector<Grant>& grants) {
  transaction.execute("DELETE FROM user_grant WHERE user_id = ?", user);
  for (const Grant& grant : grants)
    transaction.execute(store::insert_sql("user_grant", {"id", "user_id", "role", "scope", "organisation", "region"}),
                        ids.next(), user, grant.role, static_cast<int>(grant.scope), grant.organisation, grant.region);
}

}  // namespace

std::string_view name_of(Scope scope) {
  constexpr std::string_view names[] = {"own", "own_and_below", "region", "all"};
  return names[static_cast<std::size_t>(scope)];
}

Result<Grant> parse_grant(std::string_view text) {
  const auto at = text.find('@');
  Grant grant{.role = std::string(text.substr(0, at))};
  if (!store::is_name(grant.role) && grant.role.empty() == false)
    return fail("user.grant", "角色名称有误：" + grant.role, "This is no role: " + grant.role);
  if (at == std::string_view::npos && !grant.role.empty()) return grant;
  const std::string_view where = at == std::string_view::npos ? std::string_view() : text.substr(at + 1);
  const auto colon = where.find(':');
  const std::string_view kind = where.substr(0, colon);
  if (colon != std::string_view::npos && (kind == "union" || kind == "below")) {
    const std::string_view id = where.substr(colon + 1);
    const auto [end, error] = std::from_chars(id.data(), id.data() + id.size(), grant.organisation);
    grant.scope = kind == "union" ? Scope::own : Scope::own_and_below;
    if (error == std::errc() && end == id.data() + id.size() && grant.organisation > 0 && !grant.role.empty())
      return grant;
  } else if (where.size() == 6 && std::ranges::all_of(where, [](char c) { return c >= '0' && c <= '9'; }) &&
             !grant.role.empty()) {
    grant.scope = Scope::region;
    grant.region = where;
    return grant;
  }
  return fail("user.grant",
              "授权应写作 clerk、clerk@610702、clerk@union:编号 或 clerk@below:编号：" + std::string(text),
              "A grant is written clerk, clerk@610702, clerk@union:ID or clerk@below:ID: " + std::string(text));
}

std::vector<store::TableSchema> user_schemas() {
  store::TableSchema account{.name = "user_account",
                             .columns = {{"id", Type::integer, true},
                                         {"name", Type::text, true},
                                         {"title", Type::text, true},
                                         {"password", Type::text, true},
                                         {"must_change", Type::integer, true},
                                         {"disabled", Type::integer, true},
                                         {"failures", Type::integer, true},
                                         {"locked_until", Type::integer, true},
                                         {"totp_secret", Type::blob, false},
                                         {"totp_confirmed", Type::integer, true},
                                         {"totp_step", Type::integer, true}},
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
                                         {"seen_at", Type::integer, true}},
                             .primary_key = {"token_hash"},
                             .indexes = {{"user_id"}}};
  return {account, grant, session};
}

struct Users::Parts {
  struct Known {
    Session session;
    Moment begun, seen, read;
  };

  store::Store& store;
  const Vault& vault;
  const Clock& clock;
  const Policy policy;
  IdSource ids;
  std::shared_mutex mutex;
  std::unordered_map<std::string, Known> known;  // by token hash

  bool has_ended(Moment begun, Moment seen, Moment now) const {
    return now - begun >= policy.session_max || now - seen >= policy.idle_max;
  }

  std::optional<Known> remembered(const std::string& hash, Moment now) {
    const std::shared_lock lock(mutex);
    const auto found = known.find(hash);
    if (found == known.end() || now - found->second.read >= std::chrono::seconds(session_cache_seconds))
      return std::nullopt;
    return found->second;
  }

  std::optional<Known> read(const std::string& hash, Moment now) {
    return store.read([&](store::Reader& reader) -> std::optional<Known> {
      auto rows = reader.query("SELECT user_id, csrf, begun_at, seen_at FROM user_session WHERE token_hash = ?", hash);
      if (!rows.next()) return std::nullopt;
      Known found{.session = {.user = {}, .csrf = std::string(rows.text(1))},
                  .begun = moment_of(rows.integer(2)),
                  .seen = moment_of(rows.integer(3)),
                  .read = now};
      auto users =
          reader.query("SELECT " + std::string(user_columns) + " FROM user_account WHERE id = ?", rows.integer(0));
      if (!users.next()) return std::nullopt;
      found.session.user = user_of(users);
      found.session.user.grants = grants_of(reader, found.session.user.id);
      if (found.session.user.is_disabled) return std::nullopt;
      return found;
    });
  }

  void remember(const std::string& hash, const Known& session) {
    const std::unique_lock lock(mutex);
    if (known.size() > 10'000) known.clear();
    known.insert_or_assign(hash, session);
  }

  void forget() {
    const std::unique_lock lock(mutex);
    known.clear();
  }

  /// Written at most once a minute: reading must not cost a commit.
  void see(const std::string& hash, Moment now) {
    store.submit(
        [hash, now](store::Transaction& transaction) -> Result<void> {
          transaction.execute("UPDATE user_session SET seen_at = ? WHERE token_hash = ?", milliseconds(now), hash);
          return {};
        },
        [](Result<void>, std::exception_ptr) {});
  }

  Result<void> count_failure(Id user, std::string_view from) {
    return store.write([&](store::Transaction& transaction) -> Result<void> {
      const std::int64_t until = milliseconds(clock.now() + policy.locked_for);
      transaction.execute(
          "UPDATE user_account SET locked_until = CASE WHEN failures + 1 >= ?1 THEN ?2 ELSE locked_until END, "
          "failures = CASE WHEN failures + 1 >= ?1 THEN 0 ELSE failures + 1 END WHERE id = ?3",
          policy.failures_max, until, user);
      note(transaction, std::to_string(user), from, "sign_in_refused", user);
      return {};
    });
  }

  struct Account {
    User user;
    std::string password;
    Moment locked_until;
    std::string totp_secret;  // sealed
    std::int64_t totp_step = 0;
  };

  std::optional<Account> account(std::string_view column, store::Parameter value) {
    return store.read([&](store::Reader& reader) -> std::optional<Account> {
      auto rows = reader.query_with("SELECT " + std::string(user_columns) +
                                        ", password, locked_until, totp_secret, totp_step FROM user_account WHERE " +
                                        store::quoted_name(column) + " = ?",
                                    {value});
      if (!rows.next()) return std::nullopt;
      Account found{.user = user_of(rows),
                    .password = std::string(rows.text(6)),
                    .locked_until = moment_of(rows.integer(7)),
                    .totp_secret = std::string(rows.blob(8)),
                    .totp_step = rows.integer(9)};
      found.user.grants = grants_of(reader, found.user.id);
      return found;
    });
  }

  Result<SignedIn> begin(const User& user, std::int64_t totp_step, std::string_view from) {
    SignedIn begun{.session = {.user = user, .csrf = random_hex(32)}, .token = random_hex(32)};
    const std::string hash = sha256_hex(begun.token);
    const Moment now = clock.now();
    auto stored = store.write([&](store::Transaction& transaction) -> Result<void> {
      // Of two that come with the same code, one finds it used.
      if (transaction.execute("UPDATE user_account SET failures = 0, totp_step = ?1 WHERE id = ?2 AND "
                              "(totp_confirmed = 0 OR totp_step < ?1)",
                              totp_step, user.id) == 0)
        return refused();
      transaction.execute("DELETE FROM user_session WHERE begun_at < ?", milliseconds(now - policy.session_max));
      transaction.execute(store::insert_sql("user_session", {"token_hash", "user_id", "csrf", "begun_at", "seen_at"}),
                          hash, user.id, begun.session.csrf, milliseconds(now), milliseconds(now));
      note(transaction, std::to_string(user.id), from, "sign_in", user.id);
      return {};
    });
    if (!stored) return std::unexpected(std::move(stored.error()));
    return begun;
  }
};

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
    auto rows = reader.query("SELECT " + std::string(user_columns) + " FROM user_account ORDER BY name");
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
  if (auto checked = check_password(password, user.name, parts_->policy); !checked)
    return std::unexpected(std::move(checked.error()));
  const std::string hash = hash_password(password);
  return parts_->store.write([&](store::Transaction& transaction) -> Result<User> {
    if (transaction.query("SELECT 1 FROM user_account WHERE name = ?", user.name).next())
      return fail("user.name_taken", "账号“" + user.name + "”已存在，请换一个。",
                  "The account “" + user.name + "” exists; choose another name.", {.field = "name"});
    user.id = parts_->ids.next();
    transaction.execute(store::insert_sql("user_account", {"id", "name", "title", "password", "must_change", "disabled",
                                                           "failures", "locked_until", "totp_confirmed", "totp_step"}),
                        user.id, user.name, user.title, hash, user.must_change_password ? 1 : 0, 0, 0, 0, 0, 0);
    store_grants(transaction, parts_->ids, user.id, user.grants);
    note(transaction, actor, "", "create", user.id);
    return user;
  });
}

Result<void> Users::grant(Id user, const std::vector<Grant>& grants, std::string_view actor) {
  auto stored = parts_->store.write([&](store::Transaction& transaction) -> Result<void> {
    if (!transaction.query("SELECT 1 FROM user_account WHERE id = ?", user).next()) return no_user();
    store_grants(transaction, parts_->ids, user, grants);
    note(transaction, actor, "", "grant", user);
    return {};
  });
  parts_->forget();
  return stored;
}

Result<void> Users::disable(Id user, std::string_view actor) {
  auto stored = parts_->store.write([&](store::Transaction& transaction) -> Result<void> {
    if (transaction.execute("UPDATE user_account SET disabled = 1 WHERE id = ?", user) == 0) return no_user();
    transaction.execute("DELETE FROM user_session WHERE user_id = ?", user);
    note(transaction, actor, "", "disable", user);
    return {};
  });
  parts_->forget();
  return stored;
}

Result<SignedIn> Users::sign_in(std::string_view name, std::string_view password, std::string_view code,
                                std::string_view from) {
  Parts& parts = *parts_;
  const std::string tidied = tidy_name(is_utf8(name) ? name : std::string_view());
  auto account = parts.account("name", tidied);
  if (!account || account->user.is_disabled || password.size() > password_length_max) {
    pretend_to_check(password.substr(0, password_length_max));
    return refused();
  }
  const Moment now = parts.clock.now();
  if (now < account->locked_until) {
    const auto minutes = std::chrono::ceil<std::chrono::minutes>(account->locked_until - now).count();
    return fail("session.locked", "多次输入有误，账号已锁定，请 " + std::to_string(minutes) + " 分钟后再试。",
                "Too many wrong attempts: the account is locked for " + std::to_string(minutes) + " more minutes.");
  }
  if (!is_password(password, account->password)) {
    if (auto counted = parts.count_failure(account->user.id, from); !counted)
      return std::unexpected(std::move(counted.error()));
    return refused();
  }
  std::int64_t step = 0;
  if (account->user.has_totp) {
    if (code.empty()) return fail("session.code_needed", "请输入动态验证码。", "Enter the code of your authenticator.");
    const auto secret = parts.vault.open(account->totp_secret);
    if (!secret) return std::unexpected(secret.error());
    const auto accepted = accepted_step(*secret, code, now, account->totp_step);
    if (!accepted) {
      if (auto counted = parts.count_failure(account->user.id, from); !counted)
        return std::unexpected(std::move(counted.error()));
      return refused();
    }
    step = *accepted;
  }
  return parts.begin(account->user, step, from);
}

Result<Session> Users::session(std::string_view token) const {
  Parts& parts = *parts_;
  if (token.size() != 64) return no_session();
  const std::string hash = sha256_hex(token);
  const Moment now = parts.clock.now();
  auto found = parts.remembered(hash, now);
  if (!found) {
    found = parts.read(hash, now);
    if (!found || parts.has_ended(found->begun, found->seen, now)) return no_session();
    if (now - found->seen >= std::chrono::minutes(1)) {
      parts.see(hash, now);
      found->seen = now;
    }
    parts.remember(hash, *found);
  }
  if (parts.has_ended(found->begun, found->seen, now)) return no_session();
  return found->session;
}

void Users::sign_out(std::string_view token) {
  const std::string hash = sha256_hex(token);
  // A session that cannot be removed is a fault of the database, which the next request meets too.
  std::ignore = parts_->store.write([&](store::Transaction& transaction) -> Result<void> {
    transaction.execute("DELETE FROM user_session WHERE token_hash = ?", hash);
    return {};
  });
  parts_->forget();
}

Result<void> Users::change_password(const User& user, std::string_view token, std::string_view old_password,
                                    std::string_view new_password) {
  const auto account = parts_->account("id", user.id);
  if (!account || old_password.size() > password_length_max || !is_password(old_password, account->password))
    return refused();
  if (auto checked = check_password(new_password, user.name, parts_->policy); !checked) return checked;
  const std::string hash = hash_password(new_password);
  auto stored = parts_->store.write([&](store::Transaction& transaction) -> Result<void> {
    transaction.execute("UPDATE user_account SET password = ?, must_change = 0 WHERE id = ?", hash, user.id);
    transaction.execute("DELETE FROM user_session WHERE user_id = ? AND token_hash <> ?", user.id, sha256_hex(token));
    note(transaction, std::to_string(user.id), "", "password", user.id);
    return {};
  });
  parts_->forget();
  return stored;
}

Result<std::string> Users::begin_totp(const User& user) {
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
    note(transaction, std::to_string(user.id), "", "totp", user.id);
    return {};
  });
  parts_->forget();
  return stored;
}

}  // namespace zhijia::access
