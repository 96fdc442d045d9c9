#include <benchmark/benchmark.h>

#include <fstream>
#include <iterator>
#include <random>

#include "decided.hpp"
#include "support/database.hpp"
#include "support/source.hpp"

/// The yearly re-check without the database: a million households as columns, decided by the relief line's model on all
/// cores, with the rows that decided kept for each. What is not measured: reading the cases (one query, some 30 µs a
/// file) and writing decisions (a record each).
namespace zhijia::relief {
namespace {

constexpr std::size_t files = 1'000'000;

/// Households around the lines, so that every row of the table decides some.
registers::Cases synthetic() {
  std::mt19937_64 random(20201231);
  const auto numbers = [&](int scale, auto&& value) {
    std::vector<std::int64_t> integers(files);
    for (std::int64_t& integer : integers) integer = value();
    return dmn::Column::of_numbers(std::move(integers), scale);
  };
  const auto whole = [&](auto&& value) { return numbers(0, value); };
  const auto yuan = [&](std::uint64_t most, std::uint64_t one_of) {
    return numbers(2, [&] { return random() % one_of == 0 ? static_cast<std::int64_t>(random() % (most * 100)) : 0; });
  };
  const auto truth = [&](std::uint64_t of_thousand) {
    std::vector<std::uint8_t> truths(files);
    for (std::uint8_t& each : truths) each = random() % 1'000 < of_thousand ? 1 : 0;
    return dmn::Column::of_booleans(std::move(truths));
  };
  registers::Cases cases;
  dmn::Columns& columns = cases.columns;
  columns.cases = files;
  const auto add = [&](const char* name, dmn::Column values) {
    columns.names.emplace_back(name);
    columns.values.push_back(std::move(values));
  };
  add("Members", whole([&] { return static_cast<std::int64_t>(1 + random() % 6); }));
  add("Disposable Income", yuan(80'000, 1));
  add("Idle Members", whole([&] { return static_cast<std::int64_t>(random() % 8 == 0); }));
  add("Medical Cost", yuan(60'000, 3));
  add("Schooling Cost", yuan(20'000, 3));
  add("Care Cost", yuan(10'000, 10));
  add("Work Cost", yuan(3'000, 4));
  add("On Subsistence", truth(80));
  add("Disaster", truth(5));
  add("Accident Cost", yuan(60'000, 20));
  add("Union Member", truth(985));
  add("Migrant Worker", truth(200));
  add("Employed Months", whole([&] { return static_cast<std::int64_t>(random() % 60); }));
  std::vector<std::pair<std::string, dmn::Column>> facts;
  for (const char* fact :
       {"costly schooling", "second home", "needless car", "business owner", "concealed income", "refused survey"})
    facts.emplace_back(fact, truth(10));
  add("Exclusion Facts", dmn::Column::of_parts(std::move(facts)));
  // A line a county; the rest is the city's, but a case has its own value of each, as it has when read.
  add("Subsistence Line", whole([&] { return static_cast<std::int64_t>(560 + random() % 11 * 10); }));
  add("Relative Multiple", numbers(2, [] { return std::int64_t{200}; }));
  add("Accident Share", numbers(2, [] { return std::int64_t{80}; }));
  add("Minimum Wage", numbers(2, [] { return std::int64_t{180'000}; }));
  add("Schooling Limit", numbers(2, [] { return std::int64_t{1'200'000}; }));
  add("Employed Months Min", whole([] { return std::int64_t{12}; }));
  cases.ids.resize(files);
  cases.policies.assign(files, 1);
  cases.models.assign(files, "difficulty");
  cases.regions.assign(files, "610702");
  return cases;
}

struct Site {
  tests::TemporaryFolder folder;
  access::Vault vault = access::Vault::from_file(folder.path / "vault").value();
  std::unique_ptr<store::Store> store =
      store::Store::open("sqlite:" + (folder.path / "db").string(), system_clock(), {.durable = false}).value();
  std::unique_ptr<registers::Registers> registers =
      registers::Registers::open(*store, registers::load_packs(tests::source_folder() / "packs").value(), vault,
                                 system_clock())
          .value();
};

void recheck(benchmark::State& state) {
  const Site site;
  const registers::Register& of = *site.registers->catalogue().find_register(decision_register);
  const registers::Cases cases = synthetic();
  std::map<std::string, int> kinds;
  std::size_t explained = 0;
  for (auto _ : state) {
    const auto verdicts = decide(*site.registers, of, cases).value();
    state.PauseTiming();
    for (const Verdict& verdict : verdicts) {
      ++kinds[verdict.kind];
      explained += verdict.rows.empty() ? 0 : 1;
    }
    // A thousand of them, one by one, must come out the same.
    const dmn::Model& model = *registers::find_model(*site.registers, of, "difficulty");
    for (std::size_t at = 0; at < files; at += files / 1'000) {
      const auto one = model.evaluate(batch_decision, registers::inputs_of(cases.columns, at)).value;
      if (feel::text(*one.find("kind")) != verdicts[at].kind) state.SkipWithError("a case is decided otherwise alone");
    }
    state.ResumeTiming();
  }
  state.counters["files"] = files;
  state.counters["explained"] = static_cast<double>(explained);
  for (const auto& [kind, count] : kinds) state.counters["kind_" + kind] = count;
}
BENCHMARK(recheck)->Iterations(1)->Unit(benchmark::kSecond)->UseRealTime();

}  // namespace
}  // namespace zhijia::relief
