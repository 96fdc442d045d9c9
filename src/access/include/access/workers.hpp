#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "access/users.hpp"

/// Accounts of workers, each for himself. A worker signs up with his phone and a password; that he is who he says, a
/// clerk of his union vouches for, by handing him a code once he stands before him.
namespace zhijia::access {

/// Who somebody says that he is.
struct Claim {
  std::string name;             ///< as base::tidy_name has it
  std::string identity_number;  ///< as IdentityNumber::text() has it
};

constexpr int code_digits = 8;
constexpr std::chrono::hours code_lives{72};
/// Wrong codes for one person; then a new code must be asked for.
constexpr int code_failures_max = 5;

struct IssuedCode {
  std::string code;  ///< eight digits, shown once; the database keeps only a hash
  Moment ends_at;
};

/// The code of a union, which opens an application to join it.
struct JoinCode {
  std::string code;
  std::optional<Date> ends_on;  ///< its last day; empty: until it is replaced or withdrawn
};

class Workers {
 public:
  /// `users` must outlive it.
  explicit Workers(Users& users) : users_(users) {}

  /// A code that is good once, for this person. An earlier one ends. Whether the asker may vouch for him is the
  /// caller's to check.
  Result<IssuedCode> issue_code(const Claim& claim, Id person, std::string_view actor);

  /// Makes the account and signs in. With the code it is confirmed at once, and who lost his phone or password comes
  /// back into his account; an account never confirmed gives way. Problems: worker.phone, user.password,
  /// worker.refused (claim or code is wrong: which is not told), worker.phone_taken.
  Result<SignedIn> sign_up(const Claim& claim, std::string_view phone, std::string_view password, std::string_view code,
                           std::string_view from);

  /// Problems: worker.refused.
  Result<void> confirm(const User& user, std::string_view code, std::string_view from);

  /// Which record of joining a union was made through the account.
  Result<void> note_joining(const User& user, Id record);

  /// Takes back an account that was just made and never confirmed.
  Result<void> withdraw(const User& user);

  /// What the union's posters show; nothing while there is none.
  std::optional<JoinCode> join_code(Id organisation) const;
  /// Another one: the old one ends.
  Result<JoinCode> replace_join_code(Id organisation, std::optional<Date> ends_on, std::string_view actor);
  /// Problems: join_code.not_found.
  Result<JoinCode> end_join_code(Id organisation, std::optional<Date> ends_on, std::string_view actor);
  /// Problems: join_code.not_found.
  Result<void> withdraw_join_code(Id organisation, std::string_view actor);
  /// The union that the code is of; nothing once its last day is over.
  std::optional<Id> union_of(std::string_view join_code) const;

 private:
  std::string hash_of(const Claim& claim) const;
  std::optional<Id> person_of(store::Transaction& transaction, const std::string& claim_hash, std::string_view code);

  Users& users_;
};

}  // namespace zhijia::access
