#include "judge.hpp"

#include "candidates.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace zhijia::people {
namespace {

// True pairs look much alike however they are found, so that a way leans on what the ways before it found: by itself,
// one that finds a million relatives and three hundred true pairs would learn what relatives look like.
constexpr double least_weight = 300;
constexpr double weight_of_pair = 0.1;
constexpr int rounds_max = 60;

struct Seen {
  Levels levels;
  std::uint16_t comparison;
  double count;
};

std::vector<Seen> seen_in(const Histogram& pairs) {
  std::vector<Seen> seen;
  for (std::size_t i = 0; i < pairs.size(); ++i)
    if (pairs[i])
      seen.push_back(
          {levels_of(static_cast<std::uint16_t>(i)), static_cast<std::uint16_t>(i), static_cast<double>(pairs[i])});
  return seen;
}

/// Shares of the levels that tell something.
void normalise(std::vector<double>& shares) {
  shares[0] = 0;
  const double sum = std::accumulate(shares.begin(), shares.end(), 0.0);
  if (sum > 0)
    for (double& share : shares) share /= sum;
}

/// What the way in which pairs are found makes impossible says nothing: among those who share a birthday all do.
void leave_possible(Chances& chances, std::size_t way) {
  for (std::size_t trait = 0; trait < trait_count; ++trait) {
    for (std::size_t level = 1; level < level_counts[trait]; ++level)
      if (!is_possible(way, static_cast<Trait>(trait), level)) chances[trait][level] = 0;
    normalise(chances[trait]);
  }
}

Chances weighted(const Chances& chances, double weight) {
  Chances result = chances;
  for (auto& trait : result)
    for (double& share : trait) share *= weight;
  return result;
}

}  // namespace

Chances chances_of(const Histogram& random_pairs) {
  Chances chances;
  for (std::size_t trait = 0; trait < trait_count; ++trait) {
    chances[trait] = expected_of(static_cast<Trait>(trait)).by_chance;
    for (double& share : chances[trait]) share *= least_weight;
  }
  for (const Seen& each : seen_in(random_pairs))
    for (std::size_t trait = 0; trait < trait_count; ++trait) chances[trait][each.levels[trait]] += each.count;
  for (auto& trait : chances) normalise(trait);
  return chances;
}

double bits_of(const Matching::Judgement& judgement, std::uint16_t comparison) {
  const Levels levels = levels_of(comparison);
  double bits = judgement.prior_bits;
  for (std::size_t trait = 0; trait < trait_count; ++trait) bits += judgement.bits[trait][levels[trait]];
  return bits;
}

Chances expectation_of_true_pairs() {
  Chances expected;
  for (std::size_t trait = 0; trait < trait_count; ++trait) {
    expected[trait] = expected_of(static_cast<Trait>(trait)).among_true_pairs;
    for (double& share : expected[trait]) share *= least_weight;
  }
  return expected;
}

Matching::Judgement judge(std::size_t way, const Histogram& pairs, const Chances& by_chance, Chances& true_pairs) {
  const std::vector<Seen> seen = seen_in(pairs);
  const double total =
      std::accumulate(seen.begin(), seen.end(), 0.0, [](double sum, const Seen& each) { return sum + each.count; });
  Chances of_true = true_pairs, of_others = by_chance;
  leave_possible(of_true, way);
  leave_possible(of_others, way);
  const Chances expected = of_true, chance = of_others;
  const double weight = least_weight + weight_of_pair * total;
  double share = 0.3;
  Matching::Judgement judgement;
  const auto conclude = [&] {
    judgement.prior_bits = std::log2(share / (1 - share));
    for (std::size_t trait = 0; trait < trait_count; ++trait) {
      auto& bits = judgement.bits[trait];
      bits.assign(level_counts[trait], 0);
      for (std::size_t level = 1; level < bits.size(); ++level)
        if (of_true[trait][level] > 0 && of_others[trait][level] > 0)
          bits[level] = std::log2(of_true[trait][level] / of_others[trait][level]);
    }
  };
  conclude();
  for (int round = 0; round < rounds_max && total > 0; ++round) {
    Chances next_true = weighted(expected, weight);
    Chances next_others = weighted(chance, least_weight);
    double found = 0;
    for (const Seen& each : seen) {
      const double probability = 1 / (1 + std::exp2(-bits_of(judgement, each.comparison)));
      found += probability * each.count;
      for (std::size_t trait = 0; trait < trait_count; ++trait) {
        next_true[trait][each.levels[trait]] += probability * each.count;
        next_others[trait][each.levels[trait]] += (1 - probability) * each.count;
      }
    }
    for (auto& trait : next_true) normalise(trait);
    for (auto& trait : next_others) normalise(trait);
    const double before = share;
    share = std::clamp(found / total, 1e-9, 1 - 1e-9);
    of_true = std::move(next_true);
    of_others = std::move(next_others);
    conclude();
    if (std::abs(share - before) < 1e-6 * before) break;
  }
  for (const Seen& each : seen)
    for (std::size_t trait = 0; trait < trait_count; ++trait)
      true_pairs[trait][each.levels[trait]] += each.count / (1 + std::exp2(-bits_of(judgement, each.comparison)));
  return judgement;
}

}  // namespace zhijia::people
