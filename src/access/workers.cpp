#include "access/workers.hpp"

#include "base/text.hpp"
#include "password.hpp"
#include "users_parts.hpp"

namespace zhijia::access {
namespace {

constexpr std::size_t join_code_length = 8;

std::unexpected<Problems> not_confirmed() {
  return fail("worker.refused", "姓名、身份证号或确认码不符，请核对，或请工会重新发码。",
              "Name, identity number or code do not fit together; check them, or ask your union for a new code.",
              {.field = "code"});
}

}  // namespace

std::string Workers::hash_of(const Claim& claim) const {
  return users_.parts_->vault.fingerprint("worker:" + tidy_name(claim.name) + ":" + claim.identity_number);
}

Result<IssuedCode> Workers::issue_code(const Claim& claim, Id person, std::string_view actor) {
  Users::Parts& parts = *users_.parts_;
  IssuedCode issued{.code = random_text("0123456789", code_digits), .ends_at = parts.clock.now() + code_lives};
  const std::string claimed = hash_of(claim);
  return parts.store.write([&](store::Transaction& transaction) -> Result<IssuedCode> {
    transaction.execute(
        store::upsert_sql("worker_code", {"claim_hash", "person", "code_hash", "ends_at", "failures"}, {"claim_hash"}),
        claimed, person, parts.vault.fingerprint(issued.code), milliseconds(issued.ends_at), 0);
    transaction.log({.actor = std::string(actor),
                     .source = "",
                     .kind = "worker_code",
                     .register_ = "person",
                     .record = person,
                     .body = "{}"});
    return issued;
  });
}

/// The person whom the code confirms; it is used up. A wrong one is counted.
std::optional<Id> Workers::person_of(store::Transaction& transaction, const std::string& claim_hash,
                                     std::string_view code) {
  Users::Parts& parts = *users_.parts_;
  std::optional<Id> person;
  {
    auto rows = transaction.query(
        "SELECT person, code_hash FROM worker_code WHERE claim_hash = ? AND ends_at > ? AND failures < ?", claim_hash,
        milliseconds(parts.clock.now()), code_failures_max);
    if (rows.next() && is_same(rows.text(1), parts.vault.fingerprint(code))) person = rows.integer(0);
  }
  if (person)
    transaction.execute("DELETE FROM worker_code WHERE claim_hash = ?", claim_hash);
  else
    transaction.execute("UPDATE worker_code SET failures = failures + 1 WHERE claim_hash = ?", claim_hash);
  return person;
}

Result<SignedIn> Workers::sign_up(const Claim& claim, std::string_view phone, std::string_view password,
                                  std::string_view code, std::string_view from) {
  Users::Parts& parts = *users_.parts_;
  if (!is_mobile(phone))
    return fail("worker.phone", "请填写 11 位手机号码。", "A mobile number of eleven digits is wanted.",
                {.field = "phone"});
  if (auto checked = check_password(password, phone, parts.policy, true); !checked)
    return std::unexpected(std::move(checked.error()));
  const std::string claimed = hash_of(claim), hash = hash_password(password);
  bool is_refused = false;
  auto made = parts.store.write([&](store::Transaction& transaction) -> Result<User> {
    User user{.name = std::string(phone), .title = tidy_name(claim.name), .is_worker = true};
    std::optional<Id> person;
    if (!code.empty()) {
      person = person_of(transaction, claimed, code);
      is_refused = !person;
      if (is_refused) return user;  // the failure counted must be stored
      user.person = *person;
    }
    auto rows = transaction.query("SELECT " + std::string(user_columns) + " FROM user_account WHERE name = ?", phone);
    if (rows.next()) {
      const User known = user_of(rows);
      const bool gives_way = known.is_worker && person && (known.person == 0 || known.person == *person);
      if (!gives_way || known.is_disabled)
        return fail("worker.phone_taken", "此手机号已注册，请直接登录；忘记密码请向工会索取确认码。",
                    "This phone has an account: sign in, or ask your union for a code if you forgot the password.",
                    {.field = "phone"});
      user.id = known.id;
      user.joining = known.person == 0 ? 0 : known.joining;
    }
    if (user.id == 0) {
      user.id = parts.ids.next();
      transaction.execute(
          store::insert_sql("user_account", {"id", "name", "title", "password", "must_change", "disabled", "failures",
                                             "locked_until", "totp_confirmed", "totp_step", "claim_hash", "person"}),
          user.id, user.name, user.title, hash, 0, 0, 0, 0, 0, 0, claimed, person);
    } else {
      transaction.execute(
          "UPDATE user_account SET title = ?, password = ?, failures = 0, locked_until = 0, totp_secret = NULL, "
          "totp_confirmed = 0, totp_step = 0, claim_hash = ?, person = ?, joining = NULL WHERE id = ?",
          user.title, hash, claimed, person, user.id);
      transaction.execute("DELETE FROM user_session WHERE user_id = ?", user.id);
    }
    note_change(transaction, std::to_string(user.id), from, person ? "sign_up_confirmed" : "sign_up", user.id);
    return user;
  });
  if (!made) return std::unexpected(std::move(made.error()));
  if (is_refused) return not_confirmed();
  parts.forget();
  return parts.begin(*made, 0, from);
}

Result<void> Workers::confirm(const User& user, std::string_view code, std::string_view from) {
  Users::Parts& parts = *users_.parts_;
  bool is_refused = false;
  auto confirmed = parts.store.write([&](store::Transaction& transaction) -> Result<void> {
    const auto claimed = [&] {
      auto rows = transaction.query("SELECT claim_hash FROM user_account WHERE id = ?", user.id);
      return rows.next() ? std::string(rows.text(0)) : std::string();
    }();
    const auto person = person_of(transaction, claimed, code);
    is_refused = !person;
    if (is_refused) return {};
    transaction.execute("UPDATE user_account SET person = ? WHERE id = ?", *person, user.id);
    note_change(transaction, std::to_string(user.id), from, "confirmed", user.id);
    return {};
  });
  if (!confirmed) return confirmed;
  if (is_refused) return not_confirmed();
  parts.forget();
  return {};
}

Result<void> Workers::note_joining(const User& user, Id record) {
  auto noted = users_.parts_->store.write([&](store::Transaction& transaction) -> Result<void> {
    transaction.execute("UPDATE user_account SET joining = ? WHERE id = ?", record, user.id);
    return {};
  });
  users_.parts_->forget();
  return noted;
}

Result<void> Workers::withdraw(const User& user) {
  auto withdrawn = users_.parts_->store.write([&](store::Transaction& transaction) -> Result<void> {
    transaction.execute("DELETE FROM user_session WHERE user_id = ?", user.id);
    transaction.execute("DELETE FROM user_account WHERE id = ? AND person IS NULL AND claim_hash IS NOT NULL", user.id);
    note_change(transaction, std::to_string(user.id), "", "withdrawn", user.id);
    return {};
  });
  users_.parts_->forget();
  return withdrawn;
}

namespace {

std::unexpected<Problems> no_join_code() {
  return fail("join_code.not_found", "这个工会还没有入会码。", "The union has no join code.");
}

void note_join_code(store::Transaction& transaction, Id organisation, std::string_view kind, std::string_view actor) {
  transaction.log({.actor = std::string(actor),
                   .source = "",
                   .kind = std::string(kind),
                   .register_ = "union",
                   .record = organisation,
                   .body = "{}"});
}

std::optional<JoinCode> read_join_code(store::Reader& reader, Id organisation) {
  auto rows = reader.query("SELECT code, ends_on FROM join_code WHERE organisation = ?", organisation);
  if (!rows.next()) return std::nullopt;
  JoinCode code{.code = std::string(rows.text(0)), .ends_on = std::nullopt};
  if (!rows.is_null(1)) code.ends_on = date_from_iso(rows.text(1));
  return code;
}

Result<JoinCode> write_join_code(store::Transaction& transaction, Id organisation, const JoinCode& code,
                                 std::string_view actor) {
  std::optional<std::string> ends_on;
  if (code.ends_on) ends_on = to_string(*code.ends_on);
  transaction.execute(store::upsert_sql("join_code", {"organisation", "code", "ends_on"}, {"organisation"}),
                      organisation, code.code, ends_on);
  note_join_code(transaction, organisation, "join_code", actor);
  return code;
}

}  // namespace

std::optional<JoinCode> Workers::join_code(Id organisation) const {
  return users_.parts_->store.read([&](store::Reader& reader) { return read_join_code(reader, organisation); });
}

Result<JoinCode> Workers::replace_join_code(Id organisation, std::optional<Date> ends_on, std::string_view actor) {
  return users_.parts_->store.write([&](store::Transaction& transaction) {
    return write_join_code(transaction, organisation, {random_text(clear_letters, join_code_length), ends_on}, actor);
  });
}

Result<JoinCode> Workers::end_join_code(Id organisation, std::optional<Date> ends_on, std::string_view actor) {
  return users_.parts_->store.write([&](store::Transaction& transaction) -> Result<JoinCode> {
    auto code = read_join_code(transaction, organisation);
    if (!code) return no_join_code();
    code->ends_on = ends_on;
    return write_join_code(transaction, organisation, *code, actor);
  });
}

Result<void> Workers::withdraw_join_code(Id organisation, std::string_view actor) {
  return users_.parts_->store.write([&](store::Transaction& transaction) -> Result<void> {
    if (transaction.execute("DELETE FROM join_code WHERE organisation = ?", organisation) == 0) return no_join_code();
    note_join_code(transaction, organisation, "join_code_withdrawn", actor);
    return {};
  });
}

std::optional<Id> Workers::union_of(std::string_view join_code) const {
  const Users::Parts& parts = *users_.parts_;
  return parts.store.read([&](store::Reader& reader) -> std::optional<Id> {
    auto rows = reader.query("SELECT organisation FROM join_code WHERE code = ? AND (ends_on IS NULL OR ends_on >= ?)",
                             join_code, to_string(parts.clock.today()));
    if (!rows.next()) return std::nullopt;
    return rows.integer(0);
  });
}

}  // namespace zhijia::access
