#include <map>

#include "password.hpp"
#include "users_parts.hpp"

/// What the change log says that an account is and may: with each change of one stands a hash of all that it came to.
namespace zhijia::access {
namespace {

constexpr std::string_view member = "\"stands\":\"";

void append(std::string& text, std::string_view value) {
  text += std::to_string(value.size());
  text += ':';
  text += value;
}

/// Every row that says what the account is and may. Left out is what changes by itself: failures, locks, steps of the
/// authenticator, sessions, and the authenticator's secret, which is sealed anew with the vault.
std::string state_of(store::Reader& reader, Id user) {
  constexpr std::string_view queries[] = {
      "SELECT name, title, password, must_change, password_ends_at, disabled, totp_confirmed, claim_hash, person FROM "
      "user_account WHERE id = ?",
      "SELECT role, scope, organisation, region FROM user_grant WHERE user_id = ? ORDER BY id",
      "SELECT token_hash, registers, reads_only, ends_at FROM user_token WHERE user_id = ? ORDER BY id",
      "SELECT issuer, subject FROM user_identity WHERE user_id = ? ORDER BY issuer, subject",
      "SELECT to_user, roles, begins_on, ends_on FROM user_delegation WHERE from_user = ? ORDER BY id"};
  std::string state;
  for (const std::string_view query : queries) {
    auto rows = reader.query(query, user);
    while (rows.next()) {
      for (int column = 0; column < rows.columns(); ++column) {
        append(state, rows.is_null(column) ? "-" : "+");
        append(state, rows.text(column));
      }
      append(state, ";");
    }
    append(state, "#");
  }
  return state;
}

/// The hash that an entry's body bears; empty when it bears none.
std::string_view stands_in(std::string_view body) {
  const auto begin = body.rfind(member);
  return begin == std::string_view::npos ? std::string_view() : body.substr(begin + member.size(), session_digits);
}

}  // namespace

void note_change(store::Transaction& transaction, std::string_view actor, std::string_view from, std::string_view kind,
                 Id user, std::string body) {
  body.pop_back();
  body += (body.size() > 1 ? "," : "") + std::string(member) + sha256_hex(state_of(transaction, user)) + "\"}";
  note(transaction, actor, from, kind, user, std::move(body));
}

std::int64_t compare_with_log(store::Reader& reader, const std::function<void(Id user, std::string_view what)>& find) {
  std::map<Id, std::string> stands;
  {
    auto rows =
        reader.query("SELECT record, body FROM change_log WHERE register = ? ORDER BY position", "user_account");
    while (rows.next())
      if (const std::string_view hash = stands_in(rows.text(1)); !hash.empty()) stands[rows.integer(0)] = hash;
  }
  for (const auto& [user, hash] : stands)
    if (sha256_hex(state_of(reader, user)) != hash) find(user, "");
  for (const auto& [table, column] : {std::pair{"user_grant", "user_id"},
                                      {"user_token", "user_id"},
                                      {"user_identity", "user_id"},
                                      {"user_delegation", "from_user"}}) {
    auto rows = reader.query("SELECT DISTINCT " + std::string(column) + " FROM " + table + " WHERE " + column +
                             " NOT IN (SELECT id FROM user_account) ORDER BY 1");
    while (rows.next()) find(rows.integer(0), table);
  }
  return static_cast<std::int64_t>(stands.size());
}

}  // namespace zhijia::access
