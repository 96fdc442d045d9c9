#pragma once

#include "compare.hpp"

namespace zhijia::people {

/// How often each comparison came up among the pairs of one way.
using Histogram = std::vector<std::uint64_t>;

/// How pairs of chance compare: the start of the estimate, and what it leans on where a way finds few pairs.
using Chances = std::array<std::vector<double>, trait_count>;
Chances chances_of(const Histogram& random_pairs);

/// What true pairs look like before any was seen, in numbers of pairs.
Chances expectation_of_true_pairs();

/// Estimates, from comparisons alone, which part of the pairs are one person and how those compare. `true_pairs`: what
/// is known of true pairs, to which those found are added.
Matching::Judgement judge(std::size_t way, const Histogram& pairs, const Chances& by_chance, Chances& true_pairs);

/// Bits for one person, all in all.
double bits_of(const Matching::Judgement& judgement, std::uint16_t comparison);

}  // namespace zhijia::people
