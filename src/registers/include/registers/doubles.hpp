#pragma once

#include <optional>
#include <string>
#include <vector>

#include "people/matching.hpp"
#include "registers/engine.hpp"

/// One person registered twice: found, put to somebody who decides, merged, and parted again if that was wrong.
namespace zhijia::registers {

/// Tables `person_pair` (who may be who, and what was decided) and `person_merge` (what a merge changed).
std::vector<store::TableSchema> doubles_schemas();

enum class PairState { open, same, different };
std::string_view name_of(PairState state);

/// Two persons who may be one, in the work list.
struct PersonPair {
  Id id = 0;
  Id left = 0, right = 0;
  double probability = 0;
  Message evidence;  ///< "姓名同音 +4.1；出生日期相同 +13.4": bits for and against
  PairState state = PairState::open;
  std::string found_at, decided_at, decided_by;
  Id merge = 0;  ///< of a pair that was merged
};

struct DoublesFound {
  std::size_t persons = 0, pairs = 0, new_pairs = 0;
};

/// Compares all persons with each other, by the name and birthday that each has and by the telephones and addresses in
/// the records about them, and adds to the work list the pairs that are likelier than `probability_min` and not in it.
/// Those with another valid identity number each are only doubtful if a digit may be wrong. Cost: some seconds for half
/// a million persons, on the caller's thread; the list itself is written at once.
Result<DoublesFound> find_doubles(store::Store& store, const Registers& registers, const Actor& actor,
                                  double probability_min = 0.5);

/// The likeliest first; `after`: how many to pass over.
std::vector<PersonPair> person_pairs(store::Reader& reader, PairState state, std::size_t limit, std::size_t after = 0);

/// `drop` becomes `keep`: every record about the one is now about the other, each with an entry in the log, and whoever
/// brings the identity number of the one finds the other. Problems: merge.same, person.not_found, merge.merged
/// (either was merged before), merge.clash (both have a record that a person has once; the records are named: the
/// payment may have been made twice).
Result<Id> merge_persons(store::Transaction& transaction, const Registers& registers, Id keep, Id drop,
                         const std::string& reason, const Actor& actor);

/// Puts back every record that the merge changed and that still is as it left it. Problems: merge.not_found,
/// merge.undone.
Result<void> undo_merge(store::Transaction& transaction, const Registers& registers, Id merge, const Actor& actor);

/// Decides a pair of the work list: one person (`keep` stays), or two. Problems: pair.not_found, pair.decided, and
/// those of merge_persons.
Result<PersonPair> decide_pair(store::Transaction& transaction, const Registers& registers, Id pair,
                               std::optional<Id> keep, const std::string& reason, const Actor& actor);

/// All persons as a roster to match another list with, and whom each place stands for.
struct PersonRoster {
  people::Roster roster;
  std::vector<Id> persons;
};
PersonRoster person_roster(store::Reader& reader, const Registers& registers);

/// "姓名同音 +4.1；出生日期相同 +13.4"
Message evidence_text(const people::Evidence& evidence);

}  // namespace zhijia::registers
