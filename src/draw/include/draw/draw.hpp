#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/problem.hpp"

/// Drawing lots so that anyone can check them: the entries and a sealed secret are published before the draw, a public
/// random value that nobody could know then is taken after, and the winners follow from the three by arithmetic
/// (docs/draw.md has it step by step, for a check by hand).
namespace zhijia::draw {

/// What is published of a draw; what is not known yet is empty.
struct Sheet {
  std::string title;
  std::size_t places = 0;            ///< how many win
  std::string commitment;            ///< SHA-256 of the secret, published before the first entry
  std::string randomness;            ///< which public random value will be taken, named before the draw
  std::vector<std::string> entries;  ///< ticket numbers, in the order of the list
  std::string entries_hash;          ///< published when the list was frozen
  std::string secret;                ///< opened at the draw
  std::string random_value;
  std::string seed;
  std::vector<std::string> winners;  ///< tickets, the first prize first
  bool operator==(const Sheet&) const = default;
};

/// A draw of a whole city's members fits; beyond it, a file is no draw of ours.
constexpr std::size_t entries_max = 1'000'000;

/// 64 hexadecimal digits from the system's random generator.
std::string new_secret();

/// All of these are SHA-256 in lower-case hexadecimal digits.
std::string commitment_of(std::string_view secret);
std::string hash_of(const std::vector<std::string>& entries);  ///< each ticket and a line feed
std::string seed_of(std::string_view entries_hash, std::string_view secret, std::string_view random_value);

/// Which of `count` entries win, the first prize first: a Fisher–Yates shuffle as far as it is needed. Every entry has
/// the same chance: numbers that would favour some are drawn anew. Cost: one SHA-256 for four places.
std::vector<std::size_t> winners_of(std::string_view seed, std::size_t count, std::size_t places);

/// Fills secret, random value, seed and winners.
void draw(Sheet& sheet, std::string_view secret, std::string_view random_value);

/// The file of a draw, as JSON. Problems: draw.file (no draw, or one with too many entries).
Result<Sheet> parse(std::string_view json);
std::string write(const Sheet& sheet);

/// All that does not follow as it must. Problems: draw.entries_twice, draw.entries_hash, draw.not_drawn,
/// draw.commitment, draw.seed, draw.winners.
Problems verify(const Sheet& sheet);

}  // namespace zhijia::draw
