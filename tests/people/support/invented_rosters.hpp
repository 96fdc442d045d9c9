#pragma once

#include <cstdint>
#include <string>
#include <vector>

/// Two rosters of one city, as two offices keep them, and who is who in them.
namespace zhijia::tests {

struct Entry {
  std::uint32_t person;  ///< equal in both rosters for one person
  std::string name, birth_date, phone, address;
};

struct Rosters {
  std::vector<Entry> left, right;
};

/// `size` people in each, 60 % of them in both. People live in families that share address, surname and often a
/// telephone; names, roads and dormitories are as unevenly spread as they are in China. The right roster was
/// typed from speech and paper: homophones, wrong characters, digits missed or swapped, telephones changed, addresses
/// old or written another way, cells left empty. The same seed gives the same rosters.
Rosters invent_rosters(std::size_t size, std::uint64_t seed);

}  // namespace zhijia::tests
