#include "dmn/batch.hpp"

#include <algorithm>
#include <atomic>
#include <thread>

namespace zhijia::dmn {

namespace {

/// Cases that a thread takes at a time: enough that taking costs nothing, few enough that all end together.
constexpr std::size_t chunk_cases = 512;

class Batch {
 public:
  Batch(const Model& model, std::string_view decision, const Columns& columns, const BatchOptions& options)
      : model_(model), decision_(decision), columns_(columns), keep_rows_(options.keep_rows) {
    options_.clock = options.clock;
    options_.explain = options.keep_rows;
    decided_.values.resize(columns.cases);
    if (keep_rows_) decided_.rows.resize(columns.cases);
  }

  Decided run(unsigned threads) {
    if (threads == 0) threads = std::max(1U, std::thread::hardware_concurrency());
    const auto chunks = (columns_.cases + chunk_cases - 1) / chunk_cases;
    threads = static_cast<unsigned>(std::min<std::size_t>(threads, std::max<std::size_t>(1, chunks)));
    {
      std::vector<std::jthread> workers;
      for (unsigned i = 1; i < threads; ++i) workers.emplace_back([this] { work(); });
      work();
    }
    return std::move(decided_);
  }

 private:
  void work() {
    Inputs inputs;
    for (const auto& name : columns_.names) inputs.push_back({name, {}});
    while (true) {
      const auto begin = next_.fetch_add(chunk_cases);
      if (begin >= columns_.cases) return;
      for (auto at = begin; at < std::min(begin + chunk_cases, columns_.cases); ++at) decide_case(at, inputs);
    }
  }

  void decide_case(std::size_t at, Inputs& inputs) {
    for (std::size_t i = 0; i < inputs.size(); ++i) {
      const auto& column = columns_.values[i];
      inputs[i].value = column.size() == 1 ? column.front() : column[at];
    }
    auto outcome = model_.evaluate(decision_, inputs, options_);
    decided_.values[at] = std::move(outcome.value);
    if (!keep_rows_ || outcome.steps.empty() || outcome.steps.back().tables.empty()) return;
    decided_.rows[at] = std::move(outcome.steps.back().tables.back().rows);
  }

  const Model& model_;
  std::string_view decision_;
  const Columns& columns_;
  bool keep_rows_;
  Options options_;
  Decided decided_;
  std::atomic<std::size_t> next_ = 0;
};

}  // namespace

Result<Decided> decide(const Model& model, std::string_view decision, const Columns& columns,
                       const BatchOptions& options) {
  const auto decisions = model.decisions();
  if (std::ranges::find(decisions, decision) == decisions.end()) {
    const std::string name(decision);
    return fail("dmn.unknown_decision", "模型中没有名为“" + name + "”的决策",
                "The model has no decision named \"" + name + "\"");
  }
  const bool even =
      columns.names.size() == columns.values.size() && std::ranges::all_of(columns.values, [&](const auto& column) {
        return column.size() == 1 || column.size() == columns.cases;
      });
  if (!even) {
    return fail("dmn.columns", "各列的行数不一致：每列应有一个值，或每个案例一个值",
                "The columns differ in length: each needs one value, or one for every case");
  }
  return Batch(model, decision, columns, options).run(options.threads);
}

Result<std::vector<Difference>> differences(const Model& before, const Model& after, std::string_view decision,
                                            const Columns& columns, const BatchOptions& options) {
  const auto old_values = decide(before, decision, columns, options);
  if (!old_values) return std::unexpected(old_values.error());
  const auto new_values = decide(after, decision, columns, options);
  if (!new_values) return std::unexpected(new_values.error());
  std::vector<Difference> found;
  for (std::size_t at = 0; at < columns.cases; ++at) {
    const auto& was = old_values->values[at];
    const auto& is = new_values->values[at];
    if (!feel::equals(was, is).is_true()) found.push_back({at, was, is});
  }
  return found;
}

}  // namespace zhijia::dmn
