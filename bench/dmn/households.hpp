#pragma once

#include <cstdint>
#include <random>

#include "dmn/batch.hpp"

namespace zhijia::dmn::bench {

/// Invented households for packs/relief/difficulty.dmn; the same ones for the same seed. Amounts are in fen.
inline Columns households(std::size_t count, std::uint64_t seed = 1) {
  std::mt19937_64 random(seed);
  const auto below = [&](std::uint64_t bound) { return static_cast<std::int64_t>(random() % bound); };
  const auto percent = [&](std::uint64_t share) { return static_cast<std::uint8_t>(random() % 100 < share ? 1 : 0); };
  const char* numbers[] = {"Members",   "Disposable Income", "Idle Members",  "Medical Cost",   "Schooling Cost",
                           "Care Cost", "Work Cost",         "Accident Cost", "Employed Months"};
  const char* truths[] = {"On Subsistence", "Disaster", "Union Member", "Migrant Worker"};
  const char* facts[] = {"costly schooling", "second home",      "needless car",
                         "business owner",   "concealed income", "refused survey"};
  std::vector<std::vector<std::int64_t>> amounts(std::size(numbers), std::vector<std::int64_t>(count));
  std::vector<std::vector<std::uint8_t>> answers(std::size(truths), std::vector<std::uint8_t>(count));
  std::vector<std::vector<std::uint8_t>> found(std::size(facts), std::vector<std::uint8_t>(count));
  for (std::size_t i = 0; i < count; ++i) {
    const auto some = [&](std::uint64_t share, std::uint64_t bound) { return percent(share) ? below(bound) : 0; };
    const std::int64_t household[] = {1 + below(6),        below(12'000'000),   some(10, 3),
                                      some(40, 6'000'000), some(30, 3'000'000), some(5, 2'000'000),
                                      some(20, 400'000),   some(5, 15'000'000), below(13)};
    for (std::size_t k = 0; k < std::size(numbers); ++k) amounts[k][i] = household[k];
    const std::uint64_t shares[] = {8, 2, 90, 25};
    for (std::size_t k = 0; k < std::size(truths); ++k) answers[k][i] = percent(shares[k]);
    for (auto& fact : found) fact[i] = percent(2);
  }
  Columns columns{.cases = count};
  const auto add = [&](const char* name, Column column) {
    columns.names.emplace_back(name);
    columns.values.push_back(std::move(column));
  };
  for (std::size_t k = 0; k < std::size(numbers); ++k) {
    const bool is_count = k == 0 || k == 2 || k == 8;
    add(numbers[k], Column::of_numbers(std::move(amounts[k]), is_count ? 0 : 2));
  }
  for (std::size_t k = 0; k < std::size(truths); ++k) add(truths[k], Column::of_booleans(std::move(answers[k])));
  std::vector<std::pair<std::string, Column>> parts;
  for (std::size_t k = 0; k < std::size(facts); ++k)
    parts.emplace_back(facts[k], Column::of_booleans(std::move(found[k])));
  add("Exclusion Facts", Column::of_parts(std::move(parts)));
  add("Subsistence Line", {712});
  add("Relative Multiple", {2});
  add("Accident Share", {feel::Number::scaled(8, -1)});
  add("Minimum Wage", {1'950});
  add("Schooling Limit", {12'000});
  add("Employed Months Min", {12});
  return columns;
}

}  // namespace zhijia::dmn::bench
