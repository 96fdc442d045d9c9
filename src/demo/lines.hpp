#pragma once

#include "city.hpp"

/// One function a pack. The figures that the account of 2020 gives for its line stand in these functions, and nowhere
/// else in the program. Each writes records that must not be counted too: drafts, refusals, other years, the same
/// person twice.
namespace zhijia::demo {

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

}  // namespace zhijia::demo
