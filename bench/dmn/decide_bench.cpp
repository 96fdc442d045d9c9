// decide_bench MODEL FOLDER HOUSEHOLDS: decides invented households in columns, on one core, with the rows of all
// tables kept. Writes the households and the row that decided each for the peers, and prints lines of: name, CPU
// nanoseconds a household, households, differences from one-by-one evaluation.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <iterator>

#include "households.hpp"

namespace zhijia::dmn::bench {
namespace {

double cpu_seconds() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

double wall_seconds() {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

/// The best of five rounds; in CPU time other work on the machine counts for nobody.
template <typename Work>
double best_seconds(Work&& work, double (*clock)() = cpu_seconds) {
  double best = 1e9;
  for (int round = 0; round < 5; ++round) {
    const auto start = clock();
    work();
    best = std::min(best, clock() - start);
  }
  return best;
}

void print(const char* name, double seconds, std::size_t cases, std::size_t differences) {
  std::printf("%s\t%.2f\t%zu\t%zu\n", name, seconds * 1e9 / static_cast<double>(cases), cases, differences);
}

void write_households(const Columns& columns, const std::string& path) {
  std::ofstream file(path, std::ios::binary);
  std::vector<std::int64_t> row;
  for (std::size_t at = 0; at < columns.cases; ++at) {
    row.clear();
    const auto add = [&](const Column& column) {
      if (column.form == Column::Form::numbers) row.push_back(column.integers[at]);
      if (column.form == Column::Form::booleans) row.push_back(column.truths[at]);
    };
    for (const auto& column : columns.values) {
      add(column);
      for (const auto& [name, part] : column.parts) add(part);
    }
    file.write(reinterpret_cast<const char*>(row.data()), static_cast<std::streamsize>(row.size() * sizeof row[0]));
  }
}

Inputs household(const Columns& columns, std::size_t at) {
  Inputs inputs;
  for (std::size_t i = 0; i < columns.names.size(); ++i) inputs.push_back({columns.names[i], columns.values[i].at(at)});
  return inputs;
}

int run(const std::string& path, const std::string& folder, std::size_t count) {
  constexpr std::string_view decision = "Difficulty";
  std::ifstream stream(path, std::ios::binary);
  const auto model = load(std::string{std::istreambuf_iterator<char>(stream), {}});
  if (!model) return 1;
  const BatchOptions one_core{.threads = 1, .keep_rows = true};
  const auto columns = households(count);
  write_households(columns, folder + "/households.bin");
  const auto decided = decide(*model, decision, columns, one_core).value();
  std::string rows;
  for (std::size_t at = 0; at < count; ++at) rows += static_cast<char>(decided.own_rows(at)[0]);
  std::ofstream(folder + "/rows.bin", std::ios::binary) << rows;

  // One by one for every so many households: the results must be the same, rows included.
  constexpr std::size_t step = 50;
  std::size_t differences = 0;
  for (std::size_t at = 0; at < count; at += step) {
    const auto one = model->evaluate(decision, household(columns, at), {.explain = true});
    const auto& matched = one.steps.back().tables.back().rows;
    const bool same = feel::equals(one.value, decided.values.at(at)).is_true() && matched.size() == 1 &&
                      matched[0] == decided.own_rows(at)[0];
    differences += same ? 0 : 1;
  }
  const auto whole = best_seconds([&] { return decide(*model, decision, columns, one_core)->values.size(); });
  print("ours", whole, count, differences);

  const BatchOptions all_cores{.keep_rows = true};
  print("ours, all cores",
        best_seconds([&] { return decide(*model, decision, columns, all_cores)->values.size(); }, wall_seconds), count,
        0);

  const auto some = std::min<std::size_t>(count, 20'000);
  std::vector<Inputs> inputs;
  for (std::size_t at = 0; at < some; ++at) inputs.push_back(household(columns, at));
  print("ours one by one", best_seconds([&] {
          for (const auto& input : inputs) model->evaluate(decision, input);
        }),
        some, 0);

  const auto tenth = households(count / 10);
  print("ours, a tenth", best_seconds([&] { return decide(*model, decision, tenth, one_core)->values.size(); }),
        count / 10, 0);
  return differences == 0 ? 0 : 1;
}

}  // namespace
}  // namespace zhijia::dmn::bench

int main(int count, char** arguments) {
  if (count != 4) return std::fputs("usage: decide_bench MODEL FOLDER HOUSEHOLDS\n", stderr), 2;
  return zhijia::dmn::bench::run(arguments[1], arguments[2], std::strtoull(arguments[3], nullptr, 10));
}
