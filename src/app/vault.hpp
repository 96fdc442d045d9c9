#pragma once

#include <vector>

#include "site.hpp"

namespace zhijia::app {

/// Everything that the vault sealed, wherever it lies.
std::vector<access::SealedColumn> sealed_columns(const OpenSite& site);

}  // namespace zhijia::app
