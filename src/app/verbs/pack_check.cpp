#include <fmt/format.h>

#include "verbs.hpp"

namespace zhijia::app {

Result<void> check_packs(const Site& site) {
  const auto catalogue = read_packs(site.packs);
  if (!catalogue) return std::unexpected(catalogue.error());
  fmt::print("{} packs, {} registers, {} indicators: no faults.\n", catalogue->packs.size(),
             catalogue->registers.size(), catalogue->indicators.size());
  return {};
}

}  // namespace zhijia::app
