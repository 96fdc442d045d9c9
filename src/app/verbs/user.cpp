#include <fmt/format.h>
#include <termios.h>
#include <unistd.h>

#include <algorithm>
#include <iostream>

#include "access/users.hpp"
#include "verbs.hpp"

namespace zhijia::app {

namespace {

constexpr const char* actor = "command line";

access::Users users_of(const OpenSite& site) {
  return {*site.store, site.vault, system_clock(), {.breached_passwords = site.breached_passwords}};
}

Result<std::vector<access::Grant>> read_grants(const std::vector<std::string>& texts) {
  std::vector<access::Grant> grants;
  for (const std::string& text : texts) {
    auto grant = access::parse_grant(text);
    if (!grant) return std::unexpected(grant.error());
    grants.push_back(std::move(*grant));
  }
  return grants;
}

/// A line from standard input, not shown when it is typed.
std::string read_password() {
  termios before{};
  const bool is_typed = tcgetattr(STDIN_FILENO, &before) == 0;
  if (is_typed) {
    fmt::print(stderr, "密码 / password: ");
    termios hidden = before;
    hidden.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    tcsetattr(STDIN_FILENO, TCSAFLUSH, &hidden);
  }
  std::string password;
  std::getline(std::cin, password);
  if (is_typed) tcsetattr(STDIN_FILENO, TCSAFLUSH, &before);
  return password;
}

Result<access::User> find(const access::Users& users, const std::string& name) {
  const auto all = users.all();
  const auto found = std::ranges::find(all, name, &access::User::name);
  if (found == all.end())
    return fail("user.not_found", "没有账号“" + name + "”，可用 zhijia user list 查看。",
                "There is no account “" + name + "”; zhijia user list shows all.");
  return *found;
}

}  // namespace

Result<void> add_user(const OpenSite& site, const AccountOptions& options) {
  auto grants = read_grants(options.grants);
  if (!grants) return std::unexpected(std::move(grants.error()));
  access::Users users = users_of(site);
  const auto added = users.add(
      {.name = options.name, .title = options.title, .grants = std::move(*grants), .must_change_password = true},
      read_password(), actor);
  if (!added) return std::unexpected(added.error());
  return {};
}

Result<void> grant_user(const OpenSite& site, const AccountOptions& options) {
  const auto grants = read_grants(options.grants);
  if (!grants) return std::unexpected(grants.error());
  access::Users users = users_of(site);
  const auto user = find(users, options.name);
  if (!user) return std::unexpected(user.error());
  return users.grant(user->id, *grants, actor);
}

Result<void> disable_user(const OpenSite& site, const AccountOptions& options) {
  access::Users users = users_of(site);
  const auto user = find(users, options.name);
  if (!user) return std::unexpected(user.error());
  return users.disable(user->id, actor);
}

Result<void> renew_password(const OpenSite& site, const AccountOptions& options) {
  access::Users users = users_of(site);
  const auto user = find(users, options.name);
  if (!user) return std::unexpected(user.error());
  const auto made = users.renew_password(user->id, actor);
  if (!made) return std::unexpected(made.error());
  fmt::print("{}\n", made->text);
  return {};
}

Result<void> remove_totp(const OpenSite& site, const AccountOptions& options) {
  access::Users users = users_of(site);
  const auto user = find(users, options.name);
  if (!user) return std::unexpected(user.error());
  return users.remove_totp(user->id, actor);
}

Result<void> link_user(const OpenSite& site, const std::string& name, const std::string& issuer,
                       const std::string& subject) {
  access::Users users = users_of(site);
  const auto user = find(users, name);
  if (!user) return std::unexpected(user.error());
  return users.link(user->id, issuer, subject, actor);
}

Result<void> list_users(const OpenSite& site) {
  for (const access::User& user : users_of(site).all()) {
    std::string grants;
    for (const access::Grant& grant : user.grants) {
      grants += " " + grant.role;
      if (grant.scope == access::Scope::region) grants += "@" + grant.region;
      if (grant.scope == access::Scope::own) grants += "@union:" + std::to_string(grant.organisation);
      if (grant.scope == access::Scope::own_and_below) grants += "@below:" + std::to_string(grant.organisation);
    }
    fmt::print("{}\t{}\t{}{}\n", user.name, user.title, grants, user.is_disabled ? "\t（已停用 / disabled）" : "");
  }
  return {};
}

}  // namespace zhijia::app
