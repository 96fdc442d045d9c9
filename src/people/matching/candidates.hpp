#pragma once

#include <atomic>
#include <functional>
#include <span>
#include <thread>
#include <unordered_set>

#include "people/matching.hpp"

namespace zhijia::people {

/// Ways in which pairs worth comparing are found: two people share a key. Together they find a pair that has any two of
/// name, birthday, telephone and address in common.
std::uint64_t key_of(std::size_t way, const Roster::Packed& person);  ///< 0: has no such key
constexpr std::size_t way_count = 6;

/// Whether pairs found this way, and by no way before it, can compare so.
bool is_possible(std::size_t way, Trait trait, std::size_t level);

/// More pairs than this by one key, and the key says nothing: a switchboard's number, a birthday that a program fills
/// in.
constexpr std::uint64_t pairs_of_key_max = 100'000;

/// Runs `work(i)` for i in [0, count) on so many threads.
template <typename Work>
void in_parallel(unsigned threads, std::size_t count, Work&& work) {
  std::atomic<std::size_t> next{0};
  const auto run = [&] {
    for (std::size_t i = next++; i < count; i = next++) work(i);
  };
  std::vector<std::jthread> others;
  for (unsigned i = 1; i < threads; ++i) others.emplace_back(run);
  run();
}

/// The people of two rosters in the order of their keys of one way, so that pairs are found by walking both.
class Candidates {
 public:
  static constexpr std::size_t part_count = 64;  ///< parts can be walked at the same time

  Candidates(std::size_t way, const Roster& left, const Roster& right, unsigned threads);

  /// Calls `visit(left, right)` for each pair of the part that no earlier way found; `crowded[way]` are keys of ways
  /// that were not followed. With one roster on both sides, left < right.
  template <typename Visit>
  void walk(std::size_t part, std::span<const std::unordered_set<std::uint64_t>> crowded, Visit&& visit) const;

  std::unordered_set<std::uint64_t> crowded_keys() const;

 private:
  struct Entry {
    std::uint64_t key;
    std::uint32_t place;
    auto operator<=>(const Entry&) const = default;
  };
  using Parts = std::array<std::vector<Entry>, part_count>;

  void fill(Parts& parts, const Roster& roster) const;
  bool was_found(const Roster::Packed& a, const Roster::Packed& b,
                 std::span<const std::unordered_set<std::uint64_t>> crowded) const;
  /// Calls `meet(key, lefts, rights)` for each key that both sides have.
  template <typename Meet>
  void for_each_key(std::size_t part, Meet&& meet) const;

  const std::size_t way_;
  const Roster& left_;
  const Roster& right_;
  Parts lefts_, rights_;
};

template <typename Meet>
void Candidates::for_each_key(std::size_t part, Meet&& meet) const {
  const auto& lefts = lefts_[part];
  const auto& rights = &left_ == &right_ ? lefts_[part] : rights_[part];
  for (std::size_t l = 0, r = 0; l < lefts.size() && r < rights.size();) {
    if (lefts[l].key < rights[r].key) {
      ++l;
    } else if (rights[r].key < lefts[l].key) {
      ++r;
    } else {
      const std::uint64_t key = lefts[l].key;
      std::size_t l_end = l, r_end = r;
      while (l_end < lefts.size() && lefts[l_end].key == key) ++l_end;
      while (r_end < rights.size() && rights[r_end].key == key) ++r_end;
      meet(key, std::span(lefts).subspan(l, l_end - l), std::span(rights).subspan(r, r_end - r));
      l = l_end;
      r = r_end;
    }
  }
}

template <typename Visit>
void Candidates::walk(std::size_t part, std::span<const std::unordered_set<std::uint64_t>> crowded,
                      Visit&& visit) const {
  const auto& people_left = left_.people();
  const auto& people_right = right_.people();
  for_each_key(part, [&](std::uint64_t, std::span<const Entry> lefts, std::span<const Entry> rights) {
    if (lefts.size() * rights.size() > pairs_of_key_max) return;
    for (const Entry& l : lefts)
      for (const Entry& r : rights) {
        if (&left_ == &right_ && l.place >= r.place) continue;
        if (was_found(people_left[l.place], people_right[r.place], crowded)) continue;
        visit(l.place, r.place);
      }
  });
}

}  // namespace zhijia::people
