#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/date.hpp"
#include "registers/engine.hpp"
#include "registers/permission.hpp"

/// Other agencies' lists, given as workbooks, compared with the files of households in difficulty.
namespace zhijia::relief {

/// A row of another agency's list, as far as its columns tell; empty where they do not.
struct Listed {
  std::size_t row = 0;  ///< as the spreadsheet counts
  std::string name, identity_number, birth_date, phone, address;
};

/// Gives each row with a name to `take`. Columns are known by their headers, whatever such lists call them, among the
/// first twenty rows; the rows counted. Problems: those of exchange::read_sheet, match.header, match.too_long (more
/// than `rows_max` rows).
Result<std::size_t> read_list(const std::filesystem::path& file, std::size_t rows_max,
                              const std::function<void(const Listed&)>& take);

enum class AgencyList { subsistence, tax, vehicle, housing, business };
std::string_view code_of(AgencyList list);
std::optional<AgencyList> agency_list_of(std::string_view code);

/// What one row of a list, or its lack, says of a file.
struct ListMatch {
  enum class Outcome {
    exact,     ///< by identity number
    doubtful,  ///< by name, birthday, telephone and address
    absent,    ///< the file says that it is on the list, and nobody of it is
  };
  Outcome outcome = Outcome::exact;
  Id file = 0;
  std::string code, region;  ///< of the file
  Id person = 0;             ///< of the household; the head, when absent
  std::string name, identity_number;
  std::string finding;   ///< code of the list agency_finding
  Listed listed;         ///< empty when absent
  std::int64_t nth = 0;  ///< of the rows of the list that are of the file's household; 0 when absent
  double probability = 1;
  Message evidence;  ///< of a doubtful match, in bits: see people::Evidence
};
std::string_view code_of(ListMatch::Outcome outcome);

struct ListComparison {
  std::size_t rows = 0;            ///< of the list
  std::size_t persons = 0;         ///< of files on the roll or on their way there
  std::size_t agreed = 0;          ///< matches of which the file says the same
  std::vector<ListMatch> matches;  ///< which the file does not say: by outcome, file and row
};

/// Compares the rows with the persons of all files within the reach that are on the roll or were applied for: exactly
/// by the keyed fingerprint of the identity number, the rest by people::match where that is likelier than not. Nothing
/// is written. Cost: some seconds for a hundred thousand rows, on the caller's thread.
ListComparison compare_list(store::Reader& reader, const registers::Registers& registers, AgencyList list,
                            const std::vector<Listed>& rows, const registers::Reach& reach);

/// Writes each match as an agency_match in its first state, unless it is there of the same day's list already; what
/// else the list held is not kept. The records, in the order of the matches.
/// Problems: those of registers::Batch.
Result<std::vector<Id>> keep_matches(store::Transaction& transaction, const registers::Registers& registers,
                                     AgencyList list, const std::vector<ListMatch>& matches, const std::string& source,
                                     Date listed_on, const registers::Actor& actor);

}  // namespace zhijia::relief
