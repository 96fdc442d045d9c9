#pragma once

#include <set>
#include <string>
#include <utility>
#include <vector>

#include "base/date.hpp"
#include "base/money.hpp"
#include "registers/permission.hpp"

/// Which help: the needs and causes of the files on the roll matched to the programmes that are open.
namespace zhijia::relief {

/// What a programme would give a family, by help.dmn.
struct Proposal {
  Id file = 0, programme = 0;
  std::string code, head, region, kind, cause;       ///< of the file: number, name of the head, codes
  std::string programme_code, programme_name, need;  ///< of the programme; need is a code
  Money amount;                                      ///< nothing, where `reason` says why nothing
  std::string reason;                                ///< the model's, in English as its table has it
  Money paid_same, paid;          ///< to the family in the year, by programmes of the kind and by all, whichever pack's
  Money promised_same, promised;  ///< in awards that wait to be approved or paid, and in proposals further up the list
  Money yearly_max;               ///< what a family may have in the year
};

/// A need in a file on the roll that no open programme answers.
struct Unanswered {
  Id file = 0;
  std::string code, head, region, need;
};

struct HelpList {
  Date on;
  std::vector<Proposal> proposals;  ///< by file; programmes for its cause before those for any
  std::vector<Unanswered> unanswered;
};

/// A file and a programme.
using Pick = std::pair<Id, Id>;

struct HelpQuery {
  registers::Reach reach = registers::Reach::everything();  ///< files within it
  std::string region = {};                                  ///< of the file; empty: all
  const std::set<Pick>* only = nullptr;                     ///< null: all that fit
};

/// For each file on the roll, the programmes open on the day that answer a need which it states, or are for a cause of
/// its; one that already has an award for the household is left out. No two proposals of the list together go beyond
/// what a kind or the year allows. Problems: recheck.no_policy, recheck.no_model. Cost: some 100 µs a proposal.
Result<HelpList> propose_help(store::Reader& reader, const registers::Registers& registers, Date on,
                              const HelpQuery& query = {});

/// How many awards one call may draft.
constexpr std::size_t drafts_max = 500;

/// Enters an award in its first state for each pick, of the amount that the rule gives on the day. Problems:
/// help.too_many, help.nothing (a pick that the rule gives nothing, or that is none of the list; each is named, and
/// nothing is entered), and those of registers::Registers::create.
Result<std::vector<Id>> draft_help(store::Transaction& transaction, const registers::Registers& registers, Date on,
                                   const std::vector<Pick>& picks, const registers::Reach& reach,
                                   const registers::Actor& actor);

}  // namespace zhijia::relief
