#include "compare.hpp"

#include <algorithm>
#include <cstdlib>

namespace zhijia::people {
namespace {

using Packed = Roster::Packed;

struct Level {
  Message meaning;
  double among_true_pairs, by_chance;
};

// The order is that of the numbers that the functions below give.
const std::array<std::vector<Level>, trait_count> levels = {{
    {{{"", ""}, 0, 0},
     {{"身份证号相同", "same identity number"}, 0.97, 0.0001},
     {{"身份证号差一位", "one digit of the identity number differs"}, 0.02, 0.0009},
     {{"身份证号不同", "another identity number"}, 0.01, 0.999}},
    {{{"", ""}, 0, 0},
     {{"姓名相同（少见）", "same name, a rare one"}, 0.2, 0.0003},
     {{"姓名相同", "same name"}, 0.2, 0.0003},
     {{"姓名相同（常见）", "same name, a common one"}, 0.2, 0.0003},
     {{"姓名相同（很常见）", "same name, a very common one"}, 0.2, 0.0003},
     {{"姓名同音（少见）", "names that sound the same, a rare one"}, 0.04, 0.0003},
     {{"姓名同音", "names that sound the same"}, 0.04, 0.0003},
     {{"姓名差一字", "one character of the name differs"}, 0.04, 0.004},
     {{"姓名多一字或少一字", "one character more or less in the name"}, 0.02, 0.003},
     {{"姓名次序颠倒", "the name's characters in another order"}, 0.01, 0.0003},
     {{"同姓", "only the surname is the same"}, 0.02, 0.05},
     {{"姓名不同", "another name"}, 0.02, 0.94}},
    {{{"", ""}, 0, 0},
     {{"出生日期相同", "same date of birth"}, 0.9, 0.0001},
     {{"出生月日颠倒", "day and month of birth swapped"}, 0.02, 0.0001},
     {{"出生日期差一位", "one digit of the date of birth differs"}, 0.05, 0.002},
     {{"出生日期差两位", "two digits of the date of birth differ"}, 0.01, 0.02},
     {{"出生年份相同", "same year of birth"}, 0.01, 0.01},
     {{"出生日期不同", "another date of birth"}, 0.01, 0.9678}},
    {{{"", ""}, 0, 0},
     {{"电话相同", "same telephone"}, 0.7, 0.0001},
     {{"电话差一位", "one digit of the telephone differs"}, 0.05, 0.0001},
     {{"电话不同", "another telephone"}, 0.25, 0.9998}},
    {{{"", ""}, 0, 0},
     {{"地址相同", "same address"}, 0.65, 0.0001},
     {{"地址相同（多人同住）", "same address, where many live"}, 0.05, 0.0009},
     {{"同一道路", "same road"}, 0.1, 0.009},
     {{"同一县区", "same county"}, 0.15, 0.09},
     {{"地址不同", "another address"}, 0.05, 0.9}},
}};

/// Digits that differ between two numbers of the same length, counted up to three; two neighbours swapped count as one.
int digits_apart(std::uint64_t left, std::uint64_t right) {
  int apart = 0;
  int before_left = -1, before_right = -1;
  bool was_swap = false;
  while ((left || right) && apart < 3) {
    const int a = static_cast<int>(left % 10), b = static_cast<int>(right % 10);
    if (a != b) {
      const bool is_swap = !was_swap && before_left == b && before_right == a && before_left != before_right;
      apart += is_swap ? 0 : 1;
      was_swap = is_swap;
    } else {
      was_swap = false;
    }
    before_left = a;
    before_right = b;
    left /= 10;
    right /= 10;
  }
  return apart;
}

std::uint8_t compare_identity(std::uint64_t left, std::uint64_t right) {
  if (!left || !right) return 0;
  if (left == right) return 1;
  return digits_apart(left, right) == 1 ? 2 : 3;
}

/// Whether the longer is the shorter with one character put in somewhere.
bool has_one_more(const Packed& longer, const Packed& shorter) {
  std::size_t at = 0;
  for (std::size_t i = 0; i < longer.length; ++i)
    if (at < shorter.length && longer.name[i] == shorter.name[at]) ++at;
  return at == shorter.length;
}

std::uint8_t compare_name(const Packed& left, const Packed& right) {
  if (!left.length || !right.length) return 0;
  if (left.name_hash == right.name_hash) return static_cast<std::uint8_t>(1 + left.name_commonness);
  if (left.reading_hash == right.reading_hash) return std::max(left.name_commonness, right.name_commonness) < 2 ? 5 : 6;
  if (left.length == right.length) {
    int differing = 0;
    for (std::size_t i = 0; i < left.length; ++i) differing += left.name[i] != right.name[i];
    if (differing == 1 && left.length > 2) return 7;
    auto a = left.name, b = right.name;
    std::ranges::sort(a);
    std::ranges::sort(b);
    if (a == b) return 9;
  } else if (std::abs(left.length - right.length) == 1 && std::min(left.length, right.length) >= 2) {
    if (left.length > right.length ? has_one_more(left, right) : has_one_more(right, left)) return 8;
  }
  return left.syllables[0] != 0 && left.syllables[0] == right.syllables[0] ? 10 : 11;
}

std::uint8_t compare_birth(std::uint32_t left, std::uint32_t right) {
  if (!left || !right) return 0;
  if (left == right) return 1;
  const bool same_year = left / 10'000 == right / 10'000;
  if (same_year && left / 100 % 100 == right % 100 && right / 100 % 100 == left % 100) return 2;
  const int apart = digits_apart(left, right);
  if (apart <= 2) return static_cast<std::uint8_t>(2 + apart);
  return same_year ? 5 : 6;
}

std::uint8_t compare_phone(std::uint64_t left, std::uint64_t right) {
  if (!left || !right) return 0;
  if (left == right) return 1;
  return digits_apart(left, right) == 1 ? 2 : 3;
}

std::uint8_t compare_address(const Packed& left, const Packed& right) {
  if (left.address && left.address == right.address) return left.address_commonness || right.address_commonness ? 2 : 1;
  if (left.street && left.street == right.street) return 3;
  if (left.area && left.area == right.area) return 4;
  return (left.street || left.area) && (right.street || right.area) ? 5 : 0;
}

}  // namespace

std::uint16_t compare(const Packed& left, const Packed& right) {
  const Levels compared = {compare_identity(left.identity, right.identity), compare_name(left, right),
                           compare_birth(left.birth, right.birth), compare_phone(left.phone, right.phone),
                           compare_address(left, right)};
  std::uint16_t comparison = 0;
  for (std::size_t trait = 0; trait < trait_count; ++trait)
    comparison = static_cast<std::uint16_t>(comparison * level_counts[trait] + compared[trait]);
  return comparison;
}

Levels levels_of(std::uint16_t comparison) {
  Levels of{};
  for (std::size_t trait = trait_count; trait-- > 0;) {
    of[trait] = static_cast<std::uint8_t>(comparison % level_counts[trait]);
    comparison = static_cast<std::uint16_t>(comparison / level_counts[trait]);
  }
  return of;
}

Message meaning_of(Trait trait, std::uint8_t level) { return levels[static_cast<std::size_t>(trait)][level].meaning; }

Expected expected_of(Trait trait) {
  Expected expected;
  for (const Level& level : levels[static_cast<std::size_t>(trait)]) {
    expected.among_true_pairs.push_back(level.among_true_pairs);
    expected.by_chance.push_back(level.by_chance);
  }
  return expected;
}

}  // namespace zhijia::people
