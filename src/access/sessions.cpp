#include <algorithm>

#include "access/totp.hpp"
#include "base/text.hpp"
#include "password.hpp"
#include "users_parts.hpp"

namespace zhijia::access {

/// 64 of 256 bits tell the sessions of one user apart, and nobody can guess the rest.
constexpr std::size_t session_id_digits = 16;

bool Users::Parts::has_ended(const Known& session, Moment now) const {
  const bool may_idle = session.session.token || session.session.user.is_worker;
  return now >= session.ends_at || (!may_idle && now - session.seen >= policy.idle_max);
}

std::optional<Users::Parts::Known> Users::Parts::remembered(const std::string& hash, Moment now) {
  const std::shared_lock lock(mutex);
  const auto found = known.find(hash);
  if (found == known.end() || now - found->second.read >= std::chrono::seconds(session_cache_seconds))
    return std::nullopt;
  return found->second;
}

std::optional<User> Users::Parts::enabled_user(store::Reader& reader, Id id) {
  auto rows = reader.query("SELECT " + std::string(user_columns) + " FROM user_account WHERE id = ?", id);
  if (!rows.next()) return std::nullopt;
  User user = user_of(rows);
  if (user.is_disabled) return std::nullopt;
  user.grants = grants_of(reader, user.id);
  for (Grant& grant : deputed_grants(reader, user.id, clock.today())) user.grants.push_back(std::move(grant));
  user.must_set_up_totp = wants_totp(user) && !user.has_totp;
  return user;
}

bool Users::Parts::wants_totp(const User& user) const {
  return std::ranges::any_of(user.grants, [this](const Grant& grant) {
    return std::ranges::find(policy.totp_roles, grant.role) != policy.totp_roles.end();
  });
}

std::optional<Users::Parts::Known> Users::Parts::read_session(store::Reader& reader, const std::string& hash) {
  auto rows =
      reader.query("SELECT user_id, csrf, begun_at, seen_at, vouched FROM user_session WHERE token_hash = ?", hash);
  if (!rows.next()) return std::nullopt;
  auto user = enabled_user(reader, rows.integer(0));
  if (!user) return std::nullopt;
  if (rows.integer(4) != 0) user->must_set_up_totp = false;
  const auto lives = session_max(*user);
  return Known{.session = {.user = std::move(*user), .csrf = std::string(rows.text(1))},
               .ends_at = moment_of(rows.integer(2)) + lives,
               .seen = moment_of(rows.integer(3)),
               .read = {}};
}

void Users::Parts::remember(const std::string& hash, const Known& session) {
  const std::unique_lock lock(mutex);
  if (known.size() > 10'000) known.clear();
  known.insert_or_assign(hash, session);
}

void Users::Parts::forget() {
  const std::unique_lock lock(mutex);
  known.clear();
}

void Users::Parts::see(const std::string& hash, Moment now) {
  store.submit(
      [hash, now](store::Transaction& transaction) -> Result<void> {
        transaction.execute("UPDATE user_session SET seen_at = ? WHERE token_hash = ?", milliseconds(now), hash);
        return {};
      },
      [](Result<void>, std::exception_ptr) {});
}

Result<void> Users::Parts::count_failure(Id user, std::string_view from) {
  return store.write([&](store::Transaction& transaction) -> Result<void> {
    const std::int64_t until = milliseconds(clock.now() + policy.locked_for);
    transaction.execute(
        "UPDATE user_account SET locked_until = CASE WHEN failures + 1 >= ?1 THEN ?2 ELSE locked_until END, "
        "failures = CASE WHEN failures + 1 >= ?1 THEN 0 ELSE failures + 1 END WHERE id = ?3",
        policy.failures_max, until, user);
    note(transaction, std::to_string(user), from, "sign_in_refused", user);
    if (transaction.query("SELECT 1 FROM user_account WHERE id = ? AND locked_until = ?", user, until).next())
      note(transaction, std::to_string(user), from, "locked", user);
    return {};
  });
}

/// Of somebody who has no account, or whose account has ended; the name is not kept, for it may be a mistyped password.
Result<void> Users::Parts::note_refusal(std::string_view from) {
  return store.write([&](store::Transaction& transaction) -> Result<void> {
    note(transaction, "", from, "sign_in_refused", 0);
    return {};
  });
}

Result<SignedIn> Users::Parts::begin(User user, std::int64_t totp_step, std::string_view from, bool is_vouched_for) {
  if (is_vouched_for) user.must_set_up_totp = false;
  SignedIn begun{.session = {.user = user, .csrf = random_hex(32)}, .token = random_hex(32)};
  const std::string hash = sha256_hex(begun.token);
  const Moment now = clock.now();
  auto stored = store.write([&](store::Transaction& transaction) -> Result<void> {
    // Of two that come with the same code, one finds it used.
    if (transaction.execute("UPDATE user_account SET failures = 0, totp_step = ?1 WHERE id = ?2 AND "
                            "(totp_confirmed = 0 OR totp_step < ?1)",
                            totp_step, user.id) == 0)
      return refused();
    transaction.execute("DELETE FROM user_session WHERE begun_at < ?",
                        milliseconds(now - std::max(policy.session_max, policy.worker_session_max)));
    transaction.execute(
        store::insert_sql("user_session", {"token_hash", "user_id", "csrf", "begun_at", "seen_at", "place", "vouched"}),
        hash, user.id, begun.session.csrf, milliseconds(now), milliseconds(now), from, is_vouched_for ? 1 : 0);
    note(transaction, std::to_string(user.id), from, "sign_in", user.id);
    return {};
  });
  if (!stored) return std::unexpected(std::move(stored.error()));
  return begun;
}

Result<SignedIn> Users::sign_in(std::string_view name, std::string_view password, std::string_view code,
                                std::string_view from) {
  Parts& parts = *parts_;
  const std::string tidied = tidy_name(is_utf8(name) ? name : std::string_view());
  auto account = parts.account("name", tidied);
  if (!account || account->user.is_disabled || password.size() > password_length_max) {
    pretend_to_check(password.substr(0, password_length_max));
    if (auto noted = parts.note_refusal(from); !noted) return std::unexpected(std::move(noted.error()));
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
  if (account->password_ends_at != Moment{} && now >= account->password_ends_at)
    return fail("session.expired", "初始密码已过期，请管理员重新发放。",
                "The first password was not used in time; ask the administrator for another.");
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
  const bool is_token = token.starts_with(token_prefix);
  if (token.size() != session_digits + (is_token ? token_prefix.size() : 0)) return no_session();
  const std::string hash = sha256_hex(token);
  const Moment now = parts.clock.now();
  auto found = parts.remembered(hash, now);
  if (!found) {
    found = parts.store.read([&](store::Reader& reader) {
      return is_token ? parts.read_token(reader, hash) : parts.read_session(reader, hash);
    });
    if (!found || parts.has_ended(*found, now)) return no_session();
    if (!is_token && now - found->seen >= std::chrono::minutes(1)) {
      parts.see(hash, now);
      found->seen = now;
    }
    found->read = now;
    parts.remember(hash, *found);
  }
  if (parts.has_ended(*found, now)) return no_session();
  return found->session;
}

std::vector<OpenSession> Users::sessions_of(const User& user, std::string_view token) const {
  const std::string own = sha256_hex(token);
  const Moment now = parts_->clock.now();
  return parts_->store.read([&](store::Reader& reader) {
    std::vector<OpenSession> sessions;
    auto rows = reader.query(
        "SELECT token_hash, begun_at, seen_at, place FROM user_session WHERE user_id = ? ORDER BY seen_at DESC, "
        "token_hash",
        user.id);
    while (rows.next()) {
      const Users::Parts::Known known{.session = {.user = user, .csrf = {}},
                                      .ends_at = moment_of(rows.integer(1)) + parts_->session_max(user),
                                      .seen = moment_of(rows.integer(2)),
                                      .read = {}};
      if (parts_->has_ended(known, now)) continue;
      sessions.push_back({.id = std::string(rows.text(0).substr(0, session_id_digits)),
                          .begun_at = moment_of(rows.integer(1)),
                          .seen_at = known.seen,
                          .from = std::string(rows.text(3)),
                          .is_this = rows.text(0) == own});
    }
    return sessions;
  });
}

Result<void> Users::end_session(const User& user, std::string_view id) {
  auto ended = parts_->store.write([&](store::Transaction& transaction) -> Result<void> {
    if (transaction.execute("DELETE FROM user_session WHERE user_id = ? AND substr(token_hash, 1, " +
                                std::to_string(session_id_digits) + ") = ?",
                            user.id, id) == 0)
      return fail("session.not_found", "没有这个会话。", "There is no such session.");
    note(transaction, std::to_string(user.id), "", "session_ended", user.id);
    return {};
  });
  parts_->forget();
  return ended;
}

void Users::end_other_sessions(const User& user, std::string_view token) {
  // As with signing out, only a fault of the database can stand in the way.
  std::ignore = parts_->store.write([&](store::Transaction& transaction) -> Result<void> {
    transaction.execute("DELETE FROM user_session WHERE user_id = ? AND token_hash <> ?", user.id, sha256_hex(token));
    note(transaction, std::to_string(user.id), "", "sessions_ended", user.id);
    return {};
  });
  parts_->forget();
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

}  // namespace zhijia::access
