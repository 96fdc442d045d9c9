#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/problem.hpp"

/// Who is who: the same person found in two rosters, or twice in one, although names are misheard, digits swapped and
/// addresses old.
///
/// The method is that of Fellegi and Sunter (1969): each trait of a pair is compared to one of a few levels, each level
/// speaks for or against one person by as much as it is commoner among true pairs than among chance ones, and these
/// chances are estimated from the rosters themselves (expectation maximization), apart for each way in which pairs are
/// found: two who share a telephone are often a family, two who share a birthday are not.
namespace zhijia::people {

/// What a roster says of somebody; empty where it says nothing.
struct Traits {
  std::string_view name;
  std::string_view identity_number;  ///< 15 or 18 characters; any other is taken as none
  std::string_view birth_date;       ///< ISO
  std::string_view phone;
  std::string_view address;
};

/// The traits of many people, packed for comparing. Some 70 bytes a person.
class Roster {
 public:
  void add(const Traits& traits);
  std::size_t size() const { return people_.size(); }
  void reserve(std::size_t size) { people_.reserve(size); }

  static constexpr std::size_t name_length_max = 6;  ///< longer names are compared by their first characters
  struct Packed {
    std::array<char16_t, name_length_max> name{};
    std::array<std::uint16_t, name_length_max> syllables{};
    std::uint64_t identity = 0;  ///< 0: unknown
    std::uint64_t phone = 0;
    std::uint32_t birth = 0;  ///< 19800131
    std::uint32_t name_hash = 0, reading_hash = 0;
    std::uint32_t address = 0, street = 0, area = 0;  ///< hashes of the whole, up to the road, up to the county
    std::uint8_t length = 0;                          ///< of the name
    std::uint8_t name_commonness = 0;                 ///< set by match(): 0 rare … 3 very common
    std::uint8_t address_commonness = 0;              ///< 1: more live there than a family
  };
  const std::vector<Packed>& people() const { return people_; }

 private:
  friend class Commonness;
  std::vector<Packed> people_;
};

/// What is compared, in the order of Evidence::levels.
enum class Trait { identity_number, name, birth_date, phone, address };
constexpr std::size_t trait_count = 5;

/// How two people compare in each trait, and what that says: bits of evidence, positive for one person.
struct Evidence {
  struct Level {
    Trait trait;
    Message meaning;  ///< "出生日期差一位"
    double bits;
  };
  std::vector<Level> levels;  ///< of traits that both rosters tell
  double prior_bits = 0;      ///< how likely pairs found this way are one person, before they are compared
};

struct Pair {
  std::uint32_t left, right;  ///< places in the rosters
  std::uint16_t comparison;   ///< for Matching::evidence
  std::uint8_t found_by;      ///< for Matching::evidence
  float probability;          ///< that they are one person
};

struct MatchOptions {
  float probability_min = 0.5F;  ///< less likely pairs are left out
  /// Each person has one partner at most, the likeliest. Off where a roster may name somebody twice.
  bool is_one_to_one = true;
  unsigned threads = 0;  ///< 0: as many as the machine has
};

/// Pairs and how they were judged.
class Matching {
 public:
  std::vector<Pair> pairs;         ///< likeliest first, then by place
  std::uint64_t candidates = 0;    ///< pairs that were compared
  std::uint64_t crowded_keys = 0;  ///< shared by too many to say anything (a switchboard's number); not followed
  Evidence evidence(const Pair& pair) const;

  struct Judgement {  ///< of one way of finding pairs: log2 of the chances, by trait and level
    std::array<std::vector<double>, trait_count> bits;
    double prior_bits = 0;
  };
  std::vector<Judgement> judgements;
};

/// Who of `left` is who of `right`. Deterministic for given rosters. Cost: some 5 s for a million against a million on
/// two cores, 150 MB beside the rosters.
Matching match(Roster& left, Roster& right, const MatchOptions& options = {});

/// Who stands in a roster twice: pairs with left < right.
Matching duplicates(Roster& roster, const MatchOptions& options = {});

}  // namespace zhijia::people
