#pragma once

#include "city.hpp"

/// One function a pack. The figures that the account of 2020 gives for its line stand in these functions, and nowhere
/// else in the program. Each writes records that must not be counted too: drafts, refusals, other years, the same
/// person twice.
namespace zhijia::demo {

/// Households on file, of which other lines speak too: their heads, from this person on, and how many there were.
constexpr std::size_t relief_heads = 170'000, relief_open_before = 4'796, relief_surveyed = 1'100;
/// Their spouses, born some months after them: every 14,000 persons the days of birth begin anew.
constexpr std::size_t relief_spouses = relief_heads + 40 * 14'000 + 200;
/// A child who studies, of the n-th household of those with two children that were surveyed.
Person relief_child(std::size_t n);

void organisation(City& city);
void guidance(City& city);
void contests(City& city);
void honours(City& city);
void training(City& city);
void four_seasons(City& city);
void jobs(City& city);
void rights(City& city);
void consumption(City& city);
void labour_model_aid(City& city);
void emergency(City& city);
void care(City& city);
void publicity(City& city);
void relief(City& city);
void mutual_aid(City& city);
void governance(City& city);
void finance(City& city);

}  // namespace zhijia::demo
