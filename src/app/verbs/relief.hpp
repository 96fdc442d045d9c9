#pragma once

#include <CLI/CLI.hpp>

#include "site.hpp"

namespace zhijia::app {

/// `zhijia relief …`: the yearly re-check, stock and flow, the four-precision audit, the trial of a policy. `site` and
/// `result` must outlive the parsing.
void add_relief_verbs(CLI::App& app, const Site& site, Result<void>& result);

}  // namespace zhijia::app
