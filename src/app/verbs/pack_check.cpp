#include <fmt/format.h>

#include "registers/check.hpp"
#include "verbs.hpp"

namespace zhijia::app {

Result<void> check_packs(const Site& site) {
  Problems warnings;
  const auto catalogue = read_packs(site.packs, warnings);
  if (!catalogue) return std::unexpected(catalogue.error());
  if (auto faults = registers::check_expressions(*catalogue); !faults.empty())
    return std::unexpected(std::move(faults));
  for (const Problem& warning : warnings) fmt::print(stderr, "提醒 warning: {}\n", describe(warning));
  fmt::print("{} packs, {} registers, {} indicators: no faults.\n", catalogue->packs.size(),
             catalogue->registers.size(), catalogue->indicators.size());
  return {};
}

}  // namespace zhijia::app
