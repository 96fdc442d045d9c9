#include <fmt/format.h>

#include "registers/schedule.hpp"
#include "verbs.hpp"

namespace zhijia::app {

Result<void> tick(const OpenSite& site) {
  const auto ticked = registers::tick(*site.store, *site.registers);
  if (!ticked) return std::unexpected(ticked.error());
  fmt::print("publicities settled: {} · steps taken: {} · caught up with: {}\n", ticked->settled, ticked->steps,
             ticked->caught_up);
  if (!ticked->refused.empty()) return std::unexpected(ticked->refused);
  return {};
}

}  // namespace zhijia::app
