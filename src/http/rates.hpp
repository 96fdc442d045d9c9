#pragma once

#include "http/router.hpp"

namespace zhijia::http {

/// The gate, and behind it a limit for what costs much — secrets in clear, files, workbooks, figures, batches of steps:
/// so many a minute of an account, and four times as many of an address, behind which there may be an office. Beyond it
/// the answer is 429, with Retry-After.
Gate with_rates(Gate gate, int costly_a_minute);

}  // namespace zhijia::http
