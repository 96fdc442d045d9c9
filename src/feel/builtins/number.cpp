#include "builtins.hpp"
#include "evaluator.hpp"

namespace zhijia::feel {
namespace {

using Arguments = std::span<const Value>;
using Rounding = Number::Rounding;

Value result(Evaluator& evaluator, const std::optional<Number>& number) {
  return number ? Value(*number) : evaluator.out_of_range();
}

/// Scales are the exponents that a decimal128 can have (OMG DMN 1.5, 10.3.4.5).
constexpr std::int64_t scale_min = -6111;
constexpr std::int64_t scale_max = 6176;

template <Rounding rounding>
Value rounded(Evaluator& evaluator, Arguments a) {
  if (a.size() == 1 || a[1].is_null()) return result(evaluator, a[0].number().rounded(0, rounding));
  const auto scale = a[1].number().to_integer();
  if (!scale || *scale < scale_min || *scale > scale_max) return evaluator.out_of_range();
  return result(evaluator, a[0].number().rounded(static_cast<int>(*scale), rounding));
}

Value magnitude(Evaluator&, Arguments a) {
  switch (a[0].kind()) {
    case Kind::months:
      return Months{std::abs(a[0].months().count)};
    case Kind::duration:
      return a[0].duration().nanos < 0 ? Value(Duration{-a[0].duration().nanos}) : a[0];
    default:
      return a[0].number().magnitude();
  }
}

Value remainder(Evaluator& evaluator, Arguments a) { return result(evaluator, modulo(a[0].number(), a[1].number())); }
Value square_root(Evaluator& evaluator, Arguments a) { return result(evaluator, a[0].number().square_root()); }
Value logarithm(Evaluator& evaluator, Arguments a) { return result(evaluator, a[0].number().natural_logarithm()); }
Value exponential(Evaluator& evaluator, Arguments a) { return result(evaluator, a[0].number().exponential()); }

bool is_odd_integer(Number n) {
  const auto rest = modulo(n, 2);
  return rest && *rest == Number(1);
}

Value odd(Evaluator&, Arguments a) { return is_odd_integer(a[0].number()); }
Value even(Evaluator&, Arguments a) { return a[0].number().is_integer() && !is_odd_integer(a[0].number()); }

}  // namespace

std::span<const Builtin> number_builtins() {
  static const std::vector<Builtin> table{
      {"decimal", {{"n: n, scale: n", rounded<Rounding::half_even>}}},
      {"floor", {{"n: n", rounded<Rounding::floor>}, {"n: n, scale: n", rounded<Rounding::floor>}}},
      {"ceiling", {{"n: n", rounded<Rounding::ceiling>}, {"n: n, scale: n", rounded<Rounding::ceiling>}}},
      {"round up", {{"n: n, scale: n", rounded<Rounding::up>}}},
      {"round down", {{"n: n, scale: n", rounded<Rounding::down>}}},
      {"round half up", {{"n: n, scale: n", rounded<Rounding::half_up>}}},
      {"round half down", {{"n: n, scale: n", rounded<Rounding::half_down>}}},
      {"abs", {{"n: nyT", magnitude}}},
      {"modulo", {{"dividend: n, divisor: n", remainder}}},
      {"sqrt", {{"number: n", square_root}}},
      {"log", {{"number: n", logarithm}}},
      {"exp", {{"number: n", exponential}}},
      {"odd", {{"number: n", odd}}},
      {"even", {{"number: n", even}}},
  };
  return table;
}

}  // namespace zhijia::feel
