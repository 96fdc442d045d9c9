#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "feel/feel.hpp"

using namespace zhijia::feel;

namespace {

/// Small, so that a run of the fuzzer tries many texts; what is refused at these is refused at the real ones.
constexpr Limits limits{.steps_max = 20'000, .depth_max = 200, .items_max = 2'000, .bytes_max = 4'000'000};

const Scope& scope() {
  static const Scope known = [] {
    Scope names;
    names.declare("Monthly Income", Type::Kind::number);
    names.declare("members",
                  Type::list(Type::context({{"age", Type::Kind::number}, {"unit name", Type::Kind::string}})));
    names.declare("x");
    return names;
  }();
  return known;
}

const Values& variables() {
  static const Values values{3000, Value::list({Value::context({{"age", 40}, {"unit name", "a"}})}), Value()};
  return values;
}

/// A value written as a literal is that value again when it is read.
void expect_round_trip(const Value& value) {
  switch (value.kind()) {
    case Kind::null:
    case Kind::context:  // keys may be names that only their context knows
    case Kind::list:     // may hold the others
    case Kind::range:    // its ends may be values that have no literal
    case Kind::function:
      return;
    default:
      break;
  }
  const auto read = parse(literal(value), Scope());
  if (!read || !equals(evaluate(*read, {}), value).is_true()) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const Frame frame{.variables = variables(), .input = 5, .limits = &limits};
  Diagnostics diagnostics;
  if (const auto expression = parse(text, scope())) expect_round_trip(evaluate(*expression, frame, &diagnostics));
  if (const auto tests = parse_unary_tests(text, scope())) evaluate(*tests, frame, &diagnostics);
  return 0;
}
