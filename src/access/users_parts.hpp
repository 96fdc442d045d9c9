#pragma once

#include <mutex>
#include <shared_mutex>
#include <unordered_map>

#include "access/users.hpp"

/// What accounts, sessions and tokens have in common.
namespace zhijia::access {

constexpr std::size_t password_length_max = 256;
constexpr std::size_t session_digits = 64;
constexpr std::string_view token_prefix = "zj_";

/// Of somebody who signs in by this name; `is_workers` on a phone. Problems: user.password, password_list.file.
Result<void> check_password(std::string_view password, std::string_view name, const Policy& policy, bool is_workers);

std::unexpected<Problems> refused();
std::unexpected<Problems> no_session();
std::unexpected<Problems> no_user();

/// The columns that user_of reads, first of a row.
constexpr std::string_view user_columns =
    "id, name, title, must_change, totp_confirmed, disabled, claim_hash, person, joining";
constexpr int user_column_count = 9;
User user_of(const store::Rows& rows);
std::vector<Grant> grants_of(store::Reader& reader, Id user);
/// What colleagues on leave have given to the user for this day.
std::vector<Grant> deputed_grants(store::Reader& reader, Id user, Date day);

/// A line of the change log about an account.
void note(store::Transaction& transaction, std::string_view actor, std::string_view from, std::string_view kind,
          Id user, std::string body = "{}");
/// The same of a change, after it was made: the body, an object, gets the member `stands`, a hash of what the account
/// is and may from now on, which `audit verify` compares.
void note_change(store::Transaction& transaction, std::string_view actor, std::string_view from, std::string_view kind,
                 Id user, std::string body = "{}");

inline std::int64_t milliseconds(Moment moment) { return moment.time_since_epoch().count(); }
inline Moment moment_of(std::int64_t stored) { return Moment(std::chrono::milliseconds(stored)); }

struct Users::Parts {
  /// A session or a token, as it was last read from the database.
  struct Known {
    Session session;
    Moment ends_at, seen, read;
  };
  struct Account {
    User user;
    std::string password;
    Moment password_ends_at;  // of a first one; the epoch for one that does not end
    Moment locked_until;
    std::string totp_secret;  // sealed
    std::int64_t totp_step = 0;
  };

  store::Store& store;
  const Vault& vault;
  const Clock& clock;
  const Policy policy;
  IdSource ids;
  std::shared_mutex mutex;
  std::unordered_map<std::string, Known> known;  // by token hash

  std::optional<Account> account(std::string_view column, store::Parameter value);
  Result<void> count_failure(Id user, std::string_view from);
  std::chrono::hours session_max(const User& user) const {
    return user.is_worker ? policy.worker_session_max : policy.session_max;
  }
  Result<void> note_refusal(std::string_view from);
  Result<SignedIn> begin(User user, std::int64_t totp_step, std::string_view from, bool is_vouched_for = false);
  /// Whether a role of the user asks for an authenticator.
  bool wants_totp(const User& user) const;
  /// Changes the account by the statement, whose first value is the user's id; ends the sessions. Problems:
  /// user.not_found.
  Result<void> reset(Id user, std::string_view actor, std::string_view kind, const std::string& sql,
                     std::initializer_list<store::Parameter> values);

  Moment first_password_end() const { return clock.now() + policy.first_password_lives; }

  bool has_ended(const Known& session, Moment now) const;
  std::optional<Known> remembered(const std::string& hash, Moment now);
  std::optional<Known> read_session(store::Reader& reader, const std::string& hash);
  std::optional<Known> read_token(store::Reader& reader, const std::string& hash);
  /// The user with what is granted; nothing when disabled.
  std::optional<User> enabled_user(store::Reader& reader, Id id);
  void remember(const std::string& hash, const Known& session);
  void forget();
  /// Written at most once a minute: reading must not cost a commit.
  void see(const std::string& hash, Moment now);
};

}  // namespace zhijia::access
