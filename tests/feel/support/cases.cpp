#include "support/cases.hpp"

#include <gtest/gtest.h>

#include "feel/feel.hpp"

namespace zhijia::feel {
namespace {

std::string given(const Case& c, bool null_for_errors) {
  static const FixedClock clock(zhijia::Date::of(2020, 12, 31));
  const auto expression = parse(c.expression, Scope());
  if (expression) return literal(evaluate(*expression, {.variables = {}, .clock = &clock}));
  return null_for_errors ? "null" : "error: " + expression.error().front().code;
}

}  // namespace

void expect_all(std::span<const Case> cases) {
  for (const auto& c : cases) EXPECT_EQ(given(c, false), c.result) << c.expression;
}

void expect_all_or_null(std::span<const Case> cases) {
  for (const auto& c : cases) EXPECT_EQ(given(c, true), c.result) << c.expression;
}

}  // namespace zhijia::feel
