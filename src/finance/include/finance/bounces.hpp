#pragma once

#include "finance/reconcile.hpp"
#include "registers/engine.hpp"

/// Payments that the bank sends back (退汇): an account closed, a wrong number or name. The money comes in again as a
/// line of its own, often a day or two later; what was paid waits to be paid again.
namespace zhijia::finance {

/// Banks send back within days; what is older is looked up, not offered.
constexpr int bounce_days_max = 92;
constexpr std::size_t bounces_offered_max = 20;

/// A payment that may have come back.
struct Offered {
  Movement payment;
  bool is_named = false;  ///< the line names who was paid
};

/// Payments of the line's amount that went out in the days before it and have not come back: those whose payee the line
/// names first, then the latest. Nothing for a line that is matched, or that paid. Problems: record.not_found.
Result<std::vector<Offered>> likely_bounced(store::Reader& reader, const registers::Registers& registers, Id line);

/// The step that takes a payment back in red, and what comes with it; to be taken with the roles of who asks.
struct Bounce {
  const registers::Register* of = nullptr;
  Id record = 0;
  std::string step;
  registers::StepInput input;
};

/// Of an open line that came in, and a posting that paid as much through the bank, not after it. Problems:
/// record.not_found, bounce.line (it paid, or is matched), bounce.entry (no payment of a register that can be sent
/// back, or it came back already), bounce.amount (both are named), bounce.day.
Result<Bounce> bounce_of(store::Reader& reader, const registers::Registers& registers, Id line, Id posting);

/// The posting in red that took another back; 0 for none.
Id reversal_of(store::Reader& reader, Id posting);

}  // namespace zhijia::finance
