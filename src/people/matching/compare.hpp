#pragma once

#include "people/matching.hpp"

/// How two people compare: a level for each trait, all of them in one small number.
namespace zhijia::people {

/// Levels of each trait; level 0 says that one of the two tells nothing.
constexpr std::array<std::uint16_t, trait_count> level_counts = {4, 12, 7, 4, 6};
constexpr std::size_t comparison_count = 4 * 12 * 7 * 4 * 6;

using Levels = std::array<std::uint8_t, trait_count>;

std::uint16_t compare(const Roster::Packed& left, const Roster::Packed& right);
Levels levels_of(std::uint16_t comparison);
Message meaning_of(Trait trait, std::uint8_t level);

/// How often each level is to be expected, before anything was learned (level 0 unused).
struct Expected {
  std::vector<double> among_true_pairs, by_chance;
};
Expected expected_of(Trait trait);

}  // namespace zhijia::people
