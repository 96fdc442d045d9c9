#include <algorithm>
#include <cmath>
#include <unordered_map>

#include "candidates.hpp"
#include "compare.hpp"
#include "judge.hpp"

namespace zhijia::people {

/// Names and addresses are worth less the more people have them.
class Commonness {
 public:
  Commonness(const Roster& left, const Roster& right) {
    count(left);
    if (&left != &right) count(right);
  }
  void mark(Roster& roster) const {
    for (Roster::Packed& person : roster.people_) {
      const std::uint32_t namesakes = names_.at(person.name_hash);
      person.name_commonness = namesakes <= 4 ? 0 : namesakes <= 20 ? 1 : namesakes <= 100 ? 2 : 3;
      // Two rosters tell a family of four eight times.
      person.address_commonness = person.address && addresses_.at(person.address) > 10 ? 1 : 0;
    }
  }

 private:
  void count(const Roster& roster) {
    names_.reserve(roster.size());
    addresses_.reserve(roster.size());
    for (const Roster::Packed& person : roster.people()) {
      ++names_[person.name_hash];
      ++addresses_[person.address];
    }
  }
  std::unordered_map<std::uint32_t, std::uint32_t> names_, addresses_;
};

namespace {

Histogram random_pairs(const Roster& left, const Roster& right) {
  Histogram pairs(comparison_count);
  if (left.size() == 0 || right.size() == 0) return pairs;
  // Small rosters say little of chance, and their true pairs would be taken for it.
  const std::size_t sample = std::min<std::size_t>(500'000, left.size() * right.size() / 4);
  std::uint64_t state = 1;  // fixed, so that the same rosters give the same pairs
  const auto any = [&](std::size_t size) {
    state = state * 6364136223846793005ULL + 1442695040888963407ULL;
    return static_cast<std::size_t>((state >> 33) % size);
  };
  for (std::size_t i = 0; i < sample; ++i) {
    const std::size_t l = any(left.size()), r = any(right.size());
    if (&left != &right || l != r) ++pairs[compare(left.people()[l], right.people()[r])];
  }
  return pairs;
}

void keep_likeliest(std::vector<Pair>& pairs, const Roster& left, const Roster& right) {
  std::vector<bool> left_taken(left.size()), right_taken(right.size());
  std::vector<bool>& taken = &left == &right ? left_taken : right_taken;
  std::erase_if(pairs, [&](const Pair& pair) {
    if (left_taken[pair.left] || taken[pair.right]) return true;
    left_taken[pair.left] = true;
    taken[pair.right] = true;
    return false;
  });
}

/// One way of finding pairs: what came up is counted, judged, and what is likely enough is kept.
void follow(std::size_t way, const Roster& left, const Roster& right, const Chances& by_chance, Chances& true_pairs,
            unsigned threads, float probability_min, std::vector<std::unordered_set<std::uint64_t>>& crowded,
            Matching& matching) {
  const Candidates candidates(way, left, right, threads);
  crowded.push_back(candidates.crowded_keys());
  matching.crowded_keys += crowded.back().size();

  std::vector<Histogram> counted(Candidates::part_count);
  in_parallel(threads, Candidates::part_count, [&](std::size_t part) {
    counted[part].assign(comparison_count, 0);
    candidates.walk(part, crowded, [&](std::uint32_t l, std::uint32_t r) {
      ++counted[part][compare(left.people()[l], right.people()[r])];
    });
  });
  Histogram pairs(comparison_count);
  for (const Histogram& part : counted)
    for (std::size_t i = 0; i < pairs.size(); ++i) pairs[i] += part[i];
  for (const std::uint64_t count : pairs) matching.candidates += count;

  matching.judgements.push_back(judge(way, pairs, by_chance, true_pairs));
  std::vector<float> probabilities(comparison_count);
  for (std::size_t i = 0; i < comparison_count; ++i)
    probabilities[i] =
        static_cast<float>(1 / (1 + std::exp2(-bits_of(matching.judgements.back(), static_cast<std::uint16_t>(i)))));

  std::vector<std::vector<Pair>> likely(Candidates::part_count);
  in_parallel(threads, Candidates::part_count, [&](std::size_t part) {
    candidates.walk(part, crowded, [&](std::uint32_t l, std::uint32_t r) {
      const std::uint16_t comparison = compare(left.people()[l], right.people()[r]);
      if (probabilities[comparison] >= probability_min)
        likely[part].push_back({l, r, comparison, static_cast<std::uint8_t>(way), probabilities[comparison]});
    });
  });
  for (const auto& part : likely) matching.pairs.insert(matching.pairs.end(), part.begin(), part.end());
}

Matching find(Roster& left, Roster& right, const MatchOptions& options) {
  const unsigned threads = options.threads ? options.threads : std::max(1U, std::thread::hardware_concurrency());
  const Commonness commonness(left, right);
  commonness.mark(left);
  if (&left != &right) commonness.mark(right);

  Matching matching;
  const Chances by_chance = chances_of(random_pairs(left, right));
  Chances true_pairs = expectation_of_true_pairs();
  std::vector<std::unordered_set<std::uint64_t>> crowded;
  for (std::size_t way = 0; way < way_count; ++way)
    follow(way, left, right, by_chance, true_pairs, threads, options.probability_min, crowded, matching);
  std::ranges::sort(matching.pairs, [](const Pair& a, const Pair& b) {
    if (a.probability != b.probability) return a.probability > b.probability;
    return a.left != b.left ? a.left < b.left : a.right < b.right;
  });
  if (options.is_one_to_one) keep_likeliest(matching.pairs, left, right);
  return matching;
}

}  // namespace

Matching match(Roster& left, Roster& right, const MatchOptions& options) { return find(left, right, options); }

Matching duplicates(Roster& roster, const MatchOptions& options) { return find(roster, roster, options); }

Evidence Matching::evidence(const Pair& pair) const {
  const Judgement& judgement = judgements[pair.found_by];
  const Levels levels = levels_of(pair.comparison);
  Evidence evidence{.levels = {}, .prior_bits = judgement.prior_bits};
  for (std::size_t trait = 0; trait < trait_count; ++trait)
    if (levels[trait] > 0)
      evidence.levels.push_back({static_cast<Trait>(trait), meaning_of(static_cast<Trait>(trait), levels[trait]),
                                 judgement.bits[trait][levels[trait]]});
  return evidence;
}

}  // namespace zhijia::people
