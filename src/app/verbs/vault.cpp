#include <fmt/format.h>

#include "access/users.hpp"
#include "http/site.hpp"
#include "registers/columns.hpp"
#include "vault.hpp"
#include "verbs.hpp"

namespace zhijia::app {

std::vector<access::SealedColumn> sealed_columns(const OpenSite& site) {
  auto columns = registers::sealed_columns(site.registers->catalogue());
  columns.push_back(access::sealed_totp_column());
  for (access::SealedColumn& column : http::sealed_site_columns()) columns.push_back(std::move(column));
  return columns;
}

Result<void> rotate_vault(const OpenSite& site, bool goes_on) {
  // Where nothing was served yet, there are none of the interface's tables.
  if (auto migrated = http::migrate_site(*site.store, site.vault); !migrated) return migrated;
  if (!goes_on) fmt::print(stderr, "data key {} seals from now on\n", site.vault.add_key(site.suite, "command line"));
  const std::int64_t sealed =
      site.vault.reseal(sealed_columns(site), "command line", {}, [last = std::int64_t{0}](std::int64_t count) mutable {
        if (count - last < 10'000) return;
        last = count;
        fmt::print(stderr, "  {} values sealed anew\n", count);
      });
  fmt::print("{} values sealed anew; the keys before are retired.\n", sealed);
  return {};
}

Result<void> vault_status(const OpenSite& site) {
  if (auto migrated = http::migrate_site(*site.store, site.vault); !migrated) return migrated;
  for (const auto& key : site.vault.status(sealed_columns(site)))
    fmt::print("{}\t{}\t{}\t{}\t{}\n", key.number, access::name_of(key.suite), key.made_at,
               key.retired_at.empty() ? "in use" : "retired " + key.retired_at, key.values);
  return {};
}

}  // namespace zhijia::app
