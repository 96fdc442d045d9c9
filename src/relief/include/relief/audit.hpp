#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "base/date.hpp"
#include "registers/engine.hpp"

/// The four-precision audit (四个精准): is the right family helped, for the right cause, by the right help, until the
/// right day? A stranger draws the sample and checks it.
namespace zhijia::relief {

enum class Precision { who, why, help, when };

/// One thing that the records must show of a file.
struct Check {
  std::string_view id;
  Precision precision;
  std::string_view zh, en;  ///< what is looked for
};

/// All that is looked for, in the order of the report.
std::vector<Check> checks();

struct Audited {
  Id file = 0;
  std::string code, region, ticket;
  enum class Evidence { found, missing, not_asked };  ///< not_asked: the check does not concern this file
  std::vector<Evidence> evidence;                     ///< in the order of checks()

  std::size_t asked() const, found() const;
};

struct Audit {
  std::string seed;
  std::size_t drawn_from = 0;  ///< files that could have been drawn
  std::vector<Audited> files;  ///< in the order drawn
  struct County {
    std::string region;
    std::size_t files = 0, asked = 0, found = 0;
    std::array<std::size_t, 4> asked_of{}, found_of{};  ///< by Precision

    /// Of a hundred, rounded down; 100 where nothing was asked.
    int score() const { return asked == 0 ? 100 : static_cast<int>(found * 100 / asked); }
  };
  std::vector<County> counties;  ///< by code
};

/// A file's ticket: the SHA-256, in lower-case hexadecimal, of "SEED:FILE NUMBER". The files with the smallest tickets
/// are the sample: whoever knows the published seed and the list of file numbers draws the same.
std::string ticket(std::string_view seed, std::string_view file_number);

/// Draws `size` of the files that were ever on the roll and looks for the evidence of each, as known on the day.
/// Cost: a query a file and check.
Audit audit(store::Reader& reader, const registers::Registers& registers, std::string_view seed, std::size_t size,
            Date on);

/// A workbook: a line a file and check that lacks its evidence, or found it; the counties' scores in a second one
/// beside it, NAME-scores.xlsx. Problems: those of exchange::SheetWriter.
Result<void> write_audit(const Audit& audit, const std::filesystem::path& file, Moment made_at);

}  // namespace zhijia::relief
