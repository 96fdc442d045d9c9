#include <benchmark/benchmark.h>

#include <fstream>
#include <stdexcept>
#include <string>
#include <vector>

#include "base/text.hpp"
#include "feel/feel.hpp"
#include "support/source.hpp"

/// The cases of cases.tsv (name, context of variables, expression), each parsed once and evaluated many times. The
/// label is the result, so that feel.sh can show that all engines computed the same.
namespace zhijia::feel {
namespace {

struct Case {
  std::string name;
  Expression expression;
  Values variables;
};

Case prepared(std::string_view line) {
  const auto fields = split(line, '\t');
  const auto context = evaluate(parse(fields.at(1), Scope()).value(), {});
  Scope scope;
  for (std::size_t i = 0; i < context.keys().size(); ++i)
    scope.declare(context.keys()[i], type_of(context.entries()[i]));
  return {std::string(fields.at(0)), parse(fields.at(2), scope).value(), context.entries()};
}

void run(benchmark::State& state, const Case& c) {
  const Frame frame{.variables = c.variables};
  for (auto _ : state) benchmark::DoNotOptimize(evaluate(c.expression, frame));
  state.SetLabel(literal(evaluate(c.expression, frame)));
}

const bool registered = [] {
  std::ifstream cases(tests::source_folder() / "bench/feel/cases.tsv");
  if (!cases) throw std::runtime_error("bench/feel/cases.tsv cannot be read");
  for (std::string line; std::getline(cases, line);) {
    auto c = prepared(line);
    const auto name = c.name;
    benchmark::RegisterBenchmark(name.c_str(), [c = std::move(c)](benchmark::State& state) { run(state, c); });
  }
  return true;
}();

}  // namespace
}  // namespace zhijia::feel
