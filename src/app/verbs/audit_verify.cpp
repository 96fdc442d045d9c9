#include <fmt/format.h>

#include "verbs.hpp"

namespace zhijia::app {

Result<void> verify_log(const Site& site) {
  if (auto exists = check_exists(site); !exists) return exists;
  const auto store = store::Store::open(site.database, system_clock());
  if (!store) return std::unexpected(store.error());
  auto found = (*store)->verify();
  if (!found) return std::unexpected(found.error());
  if (!found->problems.empty()) return std::unexpected(std::move(found->problems));
  fmt::print("{} entries, {} checkpoints, root {}: nothing was altered or removed.\n", found->entries,
             found->checkpoints, store::to_hex(found->root));
  return {};
}

}  // namespace zhijia::app
