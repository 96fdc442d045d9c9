#include "support/cases.hpp"

#include <gtest/gtest.h>

#include "feel/feel.hpp"

namespace zhijia::feel {

void expect_all(std::span<const Case> cases) {
  const FixedClock clock(zhijia::Date::of(2020, 12, 31));
  const Frame frame{.variables = {}, .clock = &clock};
  for (const auto& c : cases) {
    const auto expression = parse(c.expression, Scope());
    EXPECT_EQ(expression ? literal(evaluate(*expression, frame)) : "error: " + expression.error().front().code,
              c.result)
        << c.expression;
  }
}

}  // namespace zhijia::feel
