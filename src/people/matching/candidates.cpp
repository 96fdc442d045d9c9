#include "candidates.hpp"

#include <algorithm>
#include <bit>

namespace zhijia::people {
namespace {

using Packed = Roster::Packed;

std::uint64_t mixed(std::uint64_t h) {
  h ^= h >> 33;
  h *= 0xff51afd7ed558ccdULL;
  h ^= h >> 33;
  h *= 0xc4ceb9fe1a85ec53ULL;
  return h ^ (h >> 33);
}

/// Nothing where either part is unknown.
std::uint64_t together(std::uint64_t a, std::uint64_t b) {
  return a && b ? mixed(a * 0x9e3779b97f4a7c15ULL + b) | 1 : 0;
}

std::uint64_t surname(const Packed& person) { return person.syllables[0] ? person.syllables[0] : person.name[0]; }

}  // namespace

std::uint64_t key_of(std::size_t way, const Packed& person) {
  switch (way) {
    case 0:
      return person.identity ? mixed(person.identity) | 1 : 0;
    case 1:
      return person.phone ? mixed(person.phone) | 1 : 0;
    case 2:
      return together(person.birth, surname(person));
    case 3:
      return together(person.birth / 10'000, person.reading_hash);
    case 4:
      return together(person.street, person.reading_hash);
    default:
      return together(person.address, surname(person));
  }
}

bool is_possible(std::size_t way, Trait trait, std::size_t level) {
  const bool by_surname = way == 2 || way == 5, by_reading = way == 3 || way == 4;
  switch (trait) {
    case Trait::identity_number:
      return (level == 1) == (way == 0);
    case Trait::phone:
      return way == 0 || (level == 1) == (way == 1);
    case Trait::birth_date:
      return way == 2 ? level == 1 : way != 3 || level != 6;
    case Trait::name:
      return by_reading ? level <= 6 : !by_surname || level != 11;
    case Trait::address:
      return way == 4 ? level <= 3 : way != 5 || level <= 2;
  }
  return true;
}

Candidates::Candidates(std::size_t way, const Roster& left, const Roster& right, unsigned threads)
    : way_(way), left_(left), right_(right) {
  const bool is_one = &left == &right;
  in_parallel(threads, is_one ? 1 : 2, [&](std::size_t side) { fill(side ? rights_ : lefts_, side ? right_ : left_); });
  in_parallel(threads, is_one ? part_count : 2 * part_count,
              [&](std::size_t i) { std::ranges::sort(i < part_count ? lefts_[i] : rights_[i - part_count]); });
}

void Candidates::fill(Parts& parts, const Roster& roster) const {
  for (auto& part : parts) part.reserve(roster.size() / part_count + roster.size() / 256);
  for (std::uint32_t place = 0; place < roster.size(); ++place)
    if (const std::uint64_t key = key_of(way_, roster.people()[place]))
      parts[key >> (64 - std::countr_zero(part_count))].push_back({key, place});
}

bool Candidates::was_found(const Packed& a, const Packed& b,
                           std::span<const std::unordered_set<std::uint64_t>> crowded) const {
  for (std::size_t way = 0; way < way_; ++way) {
    const std::uint64_t key = key_of(way, a);
    if (key && key == key_of(way, b) && !crowded[way].contains(key)) return true;
  }
  return false;
}

std::unordered_set<std::uint64_t> Candidates::crowded_keys() const {
  std::unordered_set<std::uint64_t> keys;
  for (std::size_t part = 0; part < part_count; ++part)
    for_each_key(part, [&](std::uint64_t key, std::span<const Entry> lefts, std::span<const Entry> rights) {
      if (lefts.size() * rights.size() > pairs_of_key_max) keys.insert(key);
    });
  return keys;
}

}  // namespace zhijia::people
