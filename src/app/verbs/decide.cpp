#include <fmt/format.h>

#include <fstream>
#include <iterator>

#include "cases.hpp"
#include "json.hpp"
#include "verbs.hpp"

namespace zhijia::app {

namespace {

Result<dmn::Model> read_model(const std::filesystem::path& file) {
  std::ifstream stream(file, std::ios::binary);
  const std::string xml{std::istreambuf_iterator<char>(stream), {}};
  auto model = dmn::load(xml, {}, file.string());
  if (model)
    for (const Problem& warning : model->warnings()) fmt::print(stderr, "{}\n", describe(warning));
  return model;
}

/// The decision asked for, or the one that the model states last: what the others lead to.
Result<std::string> decision_of(const dmn::Model& model, const std::string& asked) {
  const std::vector<std::string> decisions = model.decisions();
  if (!asked.empty()) return asked;
  if (decisions.empty()) return fail("decide.no_decision", "模型里没有决策", "the model holds no decision");
  return decisions.back();
}

dmn::Inputs case_of(const dmn::Columns& columns, std::size_t at) {
  dmn::Inputs inputs;
  for (std::size_t i = 0; i < columns.names.size(); ++i) inputs.push_back({columns.names[i], columns.values[i].at(at)});
  return inputs;
}

/// A JSON value: what FEEL and JSON share as such, the rest as text.
std::string json_of(const feel::Value& value) {
  if (value.is(feel::Kind::null)) return "null";
  if (value.is(feel::Kind::number) || value.is(feel::Kind::boolean)) return feel::text(value);
  const auto joined = [](char open, char close, std::size_t count, auto&& item) {
    std::string json(1, open);
    for (std::size_t i = 0; i < count; ++i) (json += i ? ", " : "") += item(i);
    return json + close;
  };
  if (value.is(feel::Kind::list))
    return joined('[', ']', value.items().size(), [&](std::size_t i) { return json_of(value.items()[i]); });
  if (value.is(feel::Kind::context))
    return joined('{', '}', value.entries().size(),
                  [&](std::size_t i) { return json_text(value.keys()[i]) + ": " + json_of(value.entries()[i]); });
  return json_text(feel::text(value));
}

/// The row of the sheet that a case came from, where the header is the first.
std::size_t row_of(std::size_t at) { return at + 2; }

void print_case(std::size_t at, const feel::Value& value, bool as_json) {
  if (as_json)
    fmt::print("{{\"row\": {}, \"value\": {}}}\n", row_of(at), json_of(value));
  else
    fmt::print("{}\t{}\n", row_of(at), feel::literal(value));
}

Result<void> print_differences(const dmn::Model& before, const DecideOptions& options, const std::string& decision,
                               const dmn::Columns& columns) {
  const auto after = read_model(options.other);
  if (!after) return std::unexpected(after.error());
  const auto differences = dmn::differences(before, *after, decision, columns);
  if (!differences) return std::unexpected(differences.error());
  for (const dmn::Difference& difference : *differences)
    if (options.as_json)
      fmt::print("{{\"row\": {}, \"before\": {}, \"after\": {}}}\n", row_of(difference.at), json_of(difference.before),
                 json_of(difference.after));
    else
      fmt::print("{}\t{}\t→\t{}\n", row_of(difference.at), feel::literal(difference.before),
                 feel::literal(difference.after));
  fmt::print(stderr, "{} 例中有 {} 例结果不同 / {} of {} cases are decided differently\n", columns.cases,
             differences->size(), differences->size(), columns.cases);
  return {};
}

}  // namespace

Result<void> decide(const DecideOptions& options) {
  const auto model = read_model(options.model);
  if (!model) return std::unexpected(model.error());
  const auto decision = decision_of(*model, options.decision);
  if (!decision) return std::unexpected(decision.error());
  const auto columns = read_cases(*model, options.input, options.fixed);
  if (!columns) return std::unexpected(columns.error());
  if (!options.other.empty()) return print_differences(*model, options, *decision, *columns);
  if (!options.explains) {
    const auto decided = dmn::decide(*model, *decision, *columns);
    if (!decided) return std::unexpected(decided.error());
    for (std::size_t at = 0; at < columns->cases; ++at) print_case(at, decided->values.at(at), options.as_json);
    return {};
  }
  for (std::size_t at = 0; at < columns->cases; ++at) {
    const dmn::Outcome outcome = model->evaluate(*decision, case_of(*columns, at), {.explain = true});
    print_case(at, outcome.value, options.as_json);
    fmt::print("{}\n{}\n", dmn::explanation(outcome, true), dmn::explanation(outcome, false));
  }
  return {};
}

}  // namespace zhijia::app
