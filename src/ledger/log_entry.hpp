#pragma once

#include <string>

#include "ledger/ledger.hpp"

namespace zhijia::ledger {

/// What the change log says of a posting: all of it, in one line of JSON.
std::string log_body(const Posting& posting, std::int64_t voucher_number, std::optional<Id> reverses);

}  // namespace zhijia::ledger
