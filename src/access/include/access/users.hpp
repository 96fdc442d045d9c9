#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "access/vault.hpp"
#include "base/date.hpp"
#include "base/ids.hpp"
#include "store/store.hpp"

/// Who may use the program: accounts, what they are granted, and their sessions.
namespace zhijia::access {

/// How far a grant reaches along the tree of unions.
enum class Scope {
  own,            ///< the records of one union
  own_and_below,  ///< of one union and all below it
  region,         ///< of one county
  all
};

struct Grant {
  std::string role;  ///< "clerk", "approver" … as the packs' steps name them; "manager", "auditor", "admin"
  Scope scope = Scope::all;
  Id organisation = 0;      ///< for own and own_and_below
  std::string region = {};  ///< for region: its code
  Id deputed_by = 0;        ///< the user on leave who gave it; 0 for one's own
  bool operator==(const Grant&) const = default;
};

std::string_view name_of(Scope scope);

/// Reads "clerk", "clerk@610702", "clerk@union:123" or "clerk@below:123". Problems: user.grant.
Result<Grant> parse_grant(std::string_view text);

struct User {
  Id id = 0;
  std::string name;   ///< what is typed to sign in
  std::string title;  ///< what colleagues see
  std::vector<Grant> grants;
  bool must_change_password = false;
  bool has_totp = false;
  bool must_set_up_totp = false;  ///< a role of his asks for an authenticator, and he has none yet
  bool is_disabled = false;
  /// A worker's own account is granted nothing: it opens what concerns one person, and that only once a code from his
  /// union has shown that he is that person.
  bool is_worker = false;
  Id person = 0;   ///< 0 for staff, and for a worker not yet confirmed
  Id joining = 0;  ///< the record of his application to join a union; 0 when he made none here
};

/// What a program may do in a user's name: never more than the user, and mostly less.
struct TokenScope {
  std::vector<std::string> registers;  ///< these only; empty: all that the user reaches
  bool reads_only = true;
};

struct Session {
  User user;
  std::string csrf;                      ///< to come back in a header with every write
  std::optional<TokenScope> token = {};  ///< set when a program's token stands for the user
};

struct Token {
  Id id = 0;
  std::string name;  ///< of the program that holds it
  TokenScope scope;
  Moment made_at, ends_at;
};

struct IssuedToken {
  Token token;
  std::string secret;  ///< "zj_…", shown once; the database keeps only its hash
};

/// Roles that somebody on leave has given to a colleague, with their scopes, for some days.
struct Delegation {
  Id id = 0;
  Id from = 0, to = 0;
  std::string from_name, to_name;
  std::vector<std::string> roles;
  Date begins_on, ends_on;  ///< both included
};

/// A year's leave; who is away for longer is granted otherwise.
constexpr std::chrono::days delegation_days_max{366};

/// A session of one's own, as its user sees it.
struct OpenSession {
  std::string id;  ///< the beginning of the hash of its token, which opens nothing
  Moment begun_at, seen_at;
  std::string from;      ///< the address that signed in
  bool is_this = false;  ///< the one that asks
};

/// A password that the program made, shown once.
struct FirstPassword {
  std::string text;
  Moment ends_at;
};

struct SignedIn {
  Session session;
  std::string token;  ///< for the cookie; the database keeps only its hash
};

/// What sessions and sign-in are bound to (OWASP ASVS 5.0, chapters 6 and 7).
struct Policy {
  std::size_t password_length_min = 12;  ///< characters
  int failures_max = 5;                  ///< in a row; then the account is locked
  std::chrono::minutes locked_for{15};
  std::chrono::minutes idle_max{30};
  std::chrono::hours session_max{12};
  std::size_t worker_password_length_min = 8;     ///< typed on a phone
  std::chrono::hours worker_session_max{720};     ///< idle or not: the phone is his own
  std::chrono::hours first_password_lives{72};    ///< over a weekend
  std::vector<std::string> totp_roles = {};       ///< who holds one must have an authenticator
  std::filesystem::path breached_passwords = {};  ///< access/breached.hpp; none of them is taken. Empty: no such list
};

/// How long a token may live.
constexpr std::chrono::days token_days_max{366};

/// Tables user_account, user_grant, user_session, user_token, user_delegation, user_identity, worker_code and
/// join_code.
std::vector<store::TableSchema> user_schemas();

/// Where the secrets of authenticators lie.
SealedColumn sealed_totp_column();

/// Accounts over one store, whose tables exist. Any thread may use it. Passwords are hashed with Argon2id (RFC 9106;
/// 19 MiB, two passes), at most two at a time: some 50 ms each. What is changed is in the change log.
class Users {
 public:
  Users(store::Store& store, const Vault& vault, const Clock& clock, const Policy& policy = {});
  ~Users();

  /// Whether there is any account yet.
  bool any() const;
  /// Staff; workers' accounts are their own affair.
  std::vector<User> all() const;

  /// Problems: user.name, user.name_taken, user.password, password_list.file.
  Result<User> add(const User& user, std::string_view password, std::string_view actor);
  /// Replaces what is granted; sessions see it within session_cache_seconds. Problems: user.not_found.
  Result<void> grant(Id user, const std::vector<Grant>& grants, std::string_view actor);
  /// Ends the sessions and tokens too. Problems: user.not_found.
  Result<void> disable(Id user, std::string_view actor);
  /// A first password in the place of one that was forgotten or never used; ends the sessions, and the lock. Problems:
  /// user.not_found.
  Result<FirstPassword> renew_password(Id user, std::string_view actor);
  /// For who has lost his authenticator; ends the sessions. Problems: user.not_found.
  Result<void> remove_totp(Id user, std::string_view actor);
  /// All of a user's. Problems: user.not_found.
  Result<void> end_sessions(Id user, std::string_view actor);

  /// `code` is of the authenticator, empty when there is none. A refusal does not tell whether the name exists.
  /// Problems: session.refused, session.code_needed, session.locked, session.expired (a first password that was not
  /// used in time).
  Result<SignedIn> sign_in(std::string_view name, std::string_view password, std::string_view code,
                           std::string_view from);
  /// Of a cookie's token or a program's. Problems: session.none (unknown, signed out, expired). Cost: a look into
  /// memory, as a rule.
  Result<Session> session(std::string_view token) const;
  void sign_out(std::string_view token);
  /// One's own, the latest used first; `token` is of the one that asks.
  std::vector<OpenSession> sessions_of(const User& user, std::string_view token) const;
  /// Problems: session.not_found.
  Result<void> end_session(const User& user, std::string_view id);
  /// All of one's own but that of the token.
  void end_other_sessions(const User& user, std::string_view token);

  /// Lets who is `subject` at the provider `issuer` sign in as the user; replaces an earlier link to it. Problems:
  /// user.subject, user.not_found, store.unique (another account has this subject).
  Result<void> link(Id user, std::string_view issuer, std::string_view subject, std::string_view actor);
  /// For whom a provider vouches. Problems: session.not_linked, session.weak (a role of his asks for two factors, and
  /// the provider does not say that it asked for them).
  Result<SignedIn> sign_in_by(std::string_view issuer, std::string_view subject, bool has_two_factors,
                              std::string_view from);

  /// `lives` for 1 to token_days_max days. Problems: token.name, token.days.
  Result<IssuedToken> issue_token(const User& user, const std::string& name, const TokenScope& scope,
                                  std::chrono::days lives);
  /// The user's own, those that have ended too.
  std::vector<Token> tokens_of(const User& user) const;
  /// Problems: token.not_found.
  Result<void> revoke_token(const User& user, Id token);

  /// The colleague is named as he signs in; roles must be the user's own, and `admin` stays with him. Problems:
  /// delegation.to, delegation.roles, delegation.days (none, beyond delegation_days_max, or past).
  Result<Delegation> delegate(const User& user, const std::string& to, const std::vector<std::string>& roles,
                              Date begins_on, Date ends_on);
  /// Those given and received that are not over.
  std::vector<Delegation> delegations_of(const User& user) const;
  /// By who gave it, at once. Problems: delegation.not_found.
  Result<void> end_delegation(const User& user, Id delegation);

  /// Ends all other sessions of the user. Problems: session.refused (old password), user.password, password_list.file.
  Result<void> change_password(const User& user, std::string_view token, std::string_view old_password,
                               std::string_view new_password);

  /// A new secret for an authenticator app (RFC 6238), in base32; in force once confirmed by a code of it. The password
  /// is asked for again: a session that was left open must not take the account over. Problems: session.refused,
  /// session.code (it is in force already).
  Result<std::string> begin_totp(const User& user, std::string_view password);
  /// Problems: session.code.
  Result<void> confirm_totp(const User& user, std::string_view code);

 private:
  friend class Workers;
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

/// A password that nobody chose: 20 letters and digits that are not confused when they are read aloud.
std::string made_password();

/// Compares each account, with what it is granted, its tokens, its links and the roles that it gave, with what the log
/// said when it was last changed; `find` is told the account and what of it differs. How many were compared. Those that
/// no such entry speaks of yet are passed over.
std::int64_t compare_with_log(store::Reader& reader, const std::function<void(Id user, std::string_view what)>& find);

/// How long a session may be taken as it was last read.
constexpr int session_cache_seconds = 5;

}  // namespace zhijia::access
