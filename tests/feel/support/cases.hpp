#pragma once

#include <span>
#include <string>
#include <string_view>

namespace zhijia::feel {

/// An expression and what it gives, written as a literal; "error: code" when it cannot be parsed.
struct Case {
  std::string_view expression, result;
};

/// Evaluates each over nothing, at noon of 2020-12-31 in China.
void expect_all(std::span<const Case> cases);
/// As models do it: what cannot be parsed gives null too.
void expect_all_or_null(std::span<const Case> cases);

}  // namespace zhijia::feel
