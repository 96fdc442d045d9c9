#pragma once

#include "registers/cases.hpp"

namespace zhijia::relief {

constexpr const char *file_register = "difficulty_file", *decision_register = "difficulty_decision",
                     *match_register = "agency_match", *period_register = "difficulty_period";
/// The decision of the model that a batch makes: kind and reason. What is kept of a file beside them is written when
/// its record is.
constexpr const char* batch_decision = "Difficulty";

/// recheck.no_policy: the counties of the cases without parameters.
std::unexpected<Problems> no_policy(const registers::Cases& cases);

struct Verdict {
  std::string kind, reason, rows;
};

/// Decides the cases, each by the model that its policy names, or all by `other`. A case that cannot be decided has an
/// empty kind. Problems: recheck.no_policy, recheck.no_model, those of dmn::decide.
Result<std::vector<Verdict>> decide(const registers::Registers& registers, const registers::Register& of,
                                    const registers::Cases& cases, const dmn::Model* other = nullptr);

/// Files with a period for which `where` holds (SQL over it, alias p), as cases of the yearly decision.
registers::CaseSource files_where(const std::string& where, Date on, int year,
                                  std::vector<std::variant<std::int64_t, std::string>> parameters);

}  // namespace zhijia::relief
