#pragma once

#include <cstdint>

#include "registers/engine.hpp"
#include "store/files.hpp"

namespace zhijia::registers {

struct Audit {
  std::int64_t rows = 0;   ///< versions of records, people, households, postings, steps and places compared
  std::int64_t files = 0;  ///< attachments whose bytes were hashed again
  Problems problems;       ///< at most store::verification_problems_max
};

/// Compares every row with what the change log says of it: each version of each record, person and household, value by
/// value, secrets by their fingerprints; the postings with their entries, the steps taken, which union lies under
/// which, and each attachment's bytes with its hash. Together with Store::verify it finds every altered byte of them.
/// Problems: audit.value (place.record, place.field), audit.row_missing, audit.row_unknown, audit.posting, audit.step,
/// audit.closure, audit.file.
/// Cost: reads the log, all tables and all files once.
Audit audit(store::Reader& reader, const Registers& registers, const store::Files& files);

}  // namespace zhijia::registers
