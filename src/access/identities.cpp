#include "users_parts.hpp"

/// Accounts that sign in through a provider of OpenID Connect: known by issuer and subject, which never change, and not
/// by a name or an address of mail, which may be given to somebody else.
namespace zhijia::access {

Result<void> Users::link(Id user, std::string_view issuer, std::string_view subject, std::string_view actor) {
  if (issuer.empty() || subject.empty() || subject.size() > 255)
    return fail("user.subject", "请填写单点登录的用户标识（不超过 255 个字节）。",
                "Give the provider's subject of the person, of at most 255 bytes.", {.field = "subject"});
  auto linked = parts_->store.write([&](store::Transaction& transaction) -> Result<void> {
    // Who comes by the provider needs no first password.
    if (transaction.execute("UPDATE user_account SET must_change = 0 WHERE id = ?", user) == 0) return no_user();
    transaction.execute("DELETE FROM user_identity WHERE user_id = ? AND issuer = ?", user, issuer);
    transaction.execute(store::insert_sql("user_identity", {"issuer", "subject", "user_id"}), issuer, subject, user);
    note_change(transaction, actor, "", "link", user);
    return {};
  });
  parts_->forget();
  return linked;
}

Result<SignedIn> Users::sign_in_by(std::string_view issuer, std::string_view subject, bool has_two_factors,
                                   std::string_view from) {
  const auto id = parts_->store.read([&](store::Reader& reader) {
    auto rows = reader.query("SELECT user_id FROM user_identity WHERE issuer = ? AND subject = ?", issuer, subject);
    return rows.next() ? rows.integer(0) : Id{0};
  });
  const auto account = id == 0 ? std::nullopt : parts_->account("id", id);
  if (!account || account->user.is_disabled)
    return fail("session.not_linked", "单点登录的账号尚未与本系统的账号关联，请联系管理员。",
                "The provider's account is linked to none here; ask the administrator.");
  if (!has_two_factors && parts_->wants_totp(account->user))
    return fail("session.weak", "您的角色要求双重验证：请用密码和动态验证码登录。",
                "Your role asks for two factors: sign in with your password and the code of your authenticator.");
  // The provider has asked for whatever it asks for; the step of the authenticator stays as it was.
  return parts_->begin(account->user, account->totp_step + 1, from, has_two_factors);
}

}  // namespace zhijia::access
