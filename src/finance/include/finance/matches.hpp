#pragma once

#include "registers/engine.hpp"

/// What a line of the bank may be matched with, whichever way somebody matches it.
namespace zhijia::finance {

/// A line goes with a posting of the own book on the bank's account, or with a paid batch, of its own amount and
/// direction. Problems: match.amount (they differ; both are named), match.entry (it is not there, is not of the bank,
/// or was reversed), match.in_batch (a posting that a batch paid), match.taken (another line has it).
Result<void> may_match(store::Reader& reader, const registers::Catalogue& catalogue, Id line, bool is_batch, Id entry);

/// The same of a step about to be taken, where it is the one that matches a line; any other step may be. What it does
/// not name is left to the pack's own guard.
Result<void> may_take(store::Reader& reader, const registers::Catalogue& catalogue, const registers::Register& of,
                      Id record, std::string_view step, const registers::StepInput& input);

}  // namespace zhijia::finance
