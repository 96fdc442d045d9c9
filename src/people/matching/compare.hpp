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

/// What true pairs look like before anything was learned: chances by trait and level (level 0 unused).
const std::vector<double>& expected_of_true_pairs(Trait trait);

}  // namespace zhijia::people
