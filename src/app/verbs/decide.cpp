#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <map>

#include "cases.hpp"
#include "dmn/authoring.hpp"
#include "json.hpp"
#include "verbs.hpp"

namespace zhijia::app {

namespace {

std::string text_of(const std::filesystem::path& file) {
  std::ifstream stream(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

Result<dmn::Model> read_model(const std::filesystem::path& file) {
  auto model = dmn::load(text_of(file), {}, file.string());
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

/// Who gains and who loses, output by output: by more and less where outputs are numbers, by the order of the values
/// that the policy lists, best first, where they are names. What has no order counts for neither.
class Balance {
 public:
  explicit Balance(const std::filesystem::path& model) {
    const auto tables = dmn::tables_of(text_of(model));
    if (!tables) return;
    for (const auto& table : *tables)
      for (const auto& column : table.columns)
        if (column.use == dmn::TableText::Use::output && !column.allowed.empty())
          list_values(column.expression.empty() ? table.name : column.expression, column.allowed);
  }

  void add(const std::string& decision, const feel::Value& before, const feel::Value& after) {
    if (!before.is(feel::Kind::context) || !after.is(feel::Kind::context)) return add_output(decision, before, after);
    for (std::size_t i = 0; i < before.keys().size(); ++i)
      if (const auto* other = after.find(before.keys()[i])) add_output(before.keys()[i], before.entries()[i], *other);
  }

  void print() const {
    for (const auto& [output, side] : sides_) {
      const std::string total = side.is_number ? (side.total.is_negative() ? "" : "+") + side.total.text() : "";
      fmt::print(stderr, "{}：{} 例得益，{} 例受损{} / {}: {} gain, {} lose{}\n", output, side.gain, side.lose,
                 total.empty() ? "" : "，合计 " + total, output, side.gain, side.lose,
                 total.empty() ? "" : ", " + total + " in all");
    }
  }

 private:
  struct Sides {
    std::size_t gain = 0, lose = 0;
    bool is_number = false;
    feel::Number total = 0;
  };

  void list_values(const std::string& output, const std::string& allowed) {
    const auto list = feel::parse("[" + allowed + "]", feel::Scope());
    if (list) listed_.try_emplace(output, feel::evaluate(*list, {}));
  }

  void add_output(const std::string& output, const feel::Value& before, const feel::Value& after) {
    if (before.is(feel::Kind::number) && after.is(feel::Kind::number)) {
      const auto change = subtract(after.number(), before.number());
      if (!change || change->is_zero()) return;
      auto& side = sides_[output];
      side.is_number = true;
      side.total = feel::add(side.total, *change).value_or(side.total);
      ++(change->is_negative() ? side.lose : side.gain);
      return;
    }
    const auto listed = listed_.find(output);
    if (listed == listed_.end() || !listed->second.is(feel::Kind::list)) return;
    const auto& values = listed->second.items();
    const auto place = [&](const feel::Value& wanted) {
      return std::ranges::find_if(values, [&](const auto& value) { return feel::equals(value, wanted).is_true(); });
    };
    const auto from = place(before);
    const auto to = place(after);
    if (from == values.end() || to == values.end() || from == to) return;
    ++(to < from ? sides_[output].gain : sides_[output].lose);
  }

  std::map<std::string, feel::Value> listed_;  ///< by output: its values, best first
  std::map<std::string, Sides> sides_;
};

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
  Balance balance(options.other);
  for (const dmn::Difference& difference : *differences) balance.add(decision, difference.before, difference.after);
  balance.print();
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
  const dmn::Words words = model->words();
  for (std::size_t at = 0; at < columns->cases; ++at) {
    const dmn::Outcome outcome = model->evaluate(*decision, case_of(*columns, at), {.explain = true});
    print_case(at, outcome.value, options.as_json);
    fmt::print("{}\n{}\n", dmn::explanation(outcome, true, words), dmn::explanation(outcome, false, words));
  }
  return {};
}

}  // namespace zhijia::app
