#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/date.hpp"
#include "base/money.hpp"
#include "registers/cases.hpp"

/// The yearly re-check of all files on the roll, and the trial of a policy before it takes effect.
namespace zhijia::relief {

/// What was found of one file.
struct Finding {
  /// `unstated`: the file has no income of the year, so that nothing can be said of it; it is asked for.
  enum class Change { same, changed, out, unstated };
  Id file = 0;
  std::string code, region;
  std::string kind_before, kind;  ///< codes of the list difficulty_kind
  std::string reason;             ///< the model's, in English as its table has it
  std::string row_label;          ///< rows of the model's table that decided, "3" or "3, 5"
  Change change = Change::same;
};

/// A file in which nothing happened for as many months as its county's policy says: no visit, decision but the yearly
/// one, comparison or payment.
struct Dormant {
  Id file = 0;
  std::string code, region;
  std::string last_on;  ///< the last thing that happened; empty: nothing ever did
};

struct Recheck {
  Date on;
  int year = 0;
  std::vector<Finding> findings;  ///< of every file on the roll, in the order of their ids
  std::vector<Dormant> dormant;

  std::size_t count(Finding::Change change) const;
};

/// Decides every file on the roll on the day anew, by the parameters in force then and the facts of the year. Nothing
/// is written. Problems: recheck.no_policy (a county without parameters), recheck.no_model, recheck.undecided (files
/// whose facts do not suffice; each is named). Cost: one query, some 30 µs a file, and the model by columns on all
/// cores.
Result<Recheck> recheck(store::Reader& reader, const registers::Registers& registers, Date on, int year);

/// Files of one go, in the order of their ids.
struct RecheckSlice {
  Id after = 0;
  std::size_t files_max = 0;  ///< 0: all that are left
};

/// What stands in the way of deciding a slice: how many files it has, the last of them, and the problems of recheck().
/// Nothing when no file is left. Memory and time are of the slice.
struct Looked {
  std::size_t files = 0;
  Id last = 0;
  Problems problems;
};
std::optional<Looked> look_over(store::Reader& reader, const registers::Registers& registers, Date on, int year,
                                const RecheckSlice& slice);

/// The same for the files of a slice, written: a decision of the purpose `yearly` for every file, with its explanation,
/// and the new kind of those whose kind changed; none for those without a statement of the year. Who is out stays on
/// the roll until the closing is signed. To be called once a day at most. Which files are dormant is left out. No
/// findings: none is left. Problems: those of recheck() and of registers::Batch.
Result<Recheck> apply_recheck(store::Transaction& transaction, const registers::Registers& registers, Date on, int year,
                              const registers::Actor& actor, const RecheckSlice& slice = {});

/// A parameter of the policy with another value, everywhere or in one county.
struct Override {
  std::string parameter;  ///< field of relief_policy: "relative_multiple"
  std::string value;      ///< as a workbook has it: "1.5"
  std::string region;     ///< code; empty: everywhere
};

/// Reads "relative_multiple=1.5" or "minimum_wage@610702=1900". Problems: trial.setting.
Result<Override> parse_override(std::string_view text);

struct Trial {
  struct Difference {
    Id file = 0;
    std::string code, region, before, after;
    Money cost_before, cost_after;  ///< of a year's help by the programmes of the year
  };
  std::size_t files = 0;
  std::vector<Difference> differences;
  std::size_t gains = 0, losses = 0;  ///< files that come in, or into a worse kind; and the other way
  std::map<std::string, std::pair<std::size_t, std::size_t>> kinds;  ///< how many files of each kind, before and after
  Money cost_before, cost_after;                                     ///< of all files
};

/// Decides every file that was on the roll, or asked to be, in the year, as it is ruled and as it would be with other
/// parameters or another model (null: the ruled one). Nothing is written. Problems: those of recheck(), trial.parameter
/// (no such parameter), trial.value.
Result<Trial> try_policy(store::Reader& reader, const registers::Registers& registers, int year,
                         const std::vector<Override>& overrides, const dmn::Model* other);

}  // namespace zhijia::relief
