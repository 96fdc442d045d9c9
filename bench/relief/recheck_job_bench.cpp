#include <benchmark/benchmark.h>
#include <sys/resource.h>

#include <cstdlib>

#include "base/identity_number.hpp"
#include "relief/recheck_jobs.hpp"
#include "support/database.hpp"
#include "support/source.hpp"

/// The yearly re-check as a job, from the database and into it: invented families on the roll, each with an income and
/// a period; looked at and decided slice by slice, a decision written for each, the program ended half-way and begun
/// anew. FILES says how many.
namespace zhijia::relief {
namespace {

std::int64_t files_wanted() {
  const char* told = std::getenv("FILES");
  return told ? std::atoll(told) : 20'000;
}

/// 610799, a birthday, a sequence and the check digit: nobody's.
std::string identity_number(std::int64_t n) {
  const Date born = Date::of(1950, 1, 1) + std::chrono::days(n % 18'000);
  std::string number =
      "610799" + to_string(born).substr(0, 4) + to_string(born).substr(5, 2) + to_string(born).substr(8, 2);
  const std::string sequence = std::to_string(n / 18'000 % 999 + 1);
  number += std::string(3 - sequence.size(), '0') + sequence;
  number += identity_check_character(number);
  return number;
}

class Site {
 public:
  explicit Site(std::int64_t files) {
    enter("relief_policy", 1, [](std::int64_t) {
      return registers::Cells{{"region", "610700"},       {"in_force_from", "2019-01-01"},
                              {"source", "测"},           {"subsistence_line", "600"},
                              {"minimum_wage", "1800"},   {"schooling_limit", "10000"},
                              {"yearly_help_max", "5000"}};
    });
    enter("difficulty_file", files, [](std::int64_t n) {
      return registers::Cells{{"subject.name", "王五"}, {"subject.identity_number", identity_number(n)},
                              {"code", code(n)},        {"region", "610702"},
                              {"cause", "illness"},     {"kind", n % 3 ? "deep" : "relative"}};
    });
    enter("difficulty_file_income", files, [](std::int64_t n) {
      return registers::Cells{{"part_of", code(n)},
                              {"year", "2019"},
                              {"source", "wages"},
                              {"amount", std::to_string(4'000 + n * 7'919 % 20'000)}};
    });
    enter("difficulty_period", files, [](std::int64_t n) {
      return registers::Cells{
          {"file", code(n)},           {"region", "610702"}, {"cause", "illness"}, {"applied_on", "2018-02-01"},
          {"opened_on", "2018-02-01"}, {"consent", "是"},    {"state", "open"}};
    });
    store->migrate(RecheckJobs::schemas()).value();
  }

  const tests::TemporaryFolder folder;
  access::Vault vault = access::Vault::from_file(folder.path / "vault").value();
  std::unique_ptr<store::Store> store =
      store::Store::open("sqlite:" + (folder.path / "db").string(), system_clock(), {.durable = false}).value();
  std::unique_ptr<registers::Registers> registers =
      registers::Registers::open(*store, registers::load_packs(tests::source_folder() / "packs").value(), vault,
                                 system_clock())
          .value();

 private:
  static std::string code(std::int64_t n) { return "D" + std::to_string(n); }

  void enter(const char* name, std::int64_t count, registers::Cells (*cells_of)(std::int64_t)) {
    const registers::Register& of = *registers->catalogue().find_register(name);
    const auto columns = registers::cell_columns(of);
    constexpr std::int64_t at_once = 20'000;
    for (std::int64_t first = 0; first < count; first += at_once)
      store
          ->write([&](store::Transaction& transaction) -> Result<void> {
            registers::Batch batch(*registers, transaction, of, {.id = "bench", .source = "bench", .roles = {}});
            for (std::int64_t n = first; n < std::min(count, first + at_once); ++n) {
              const registers::Cells cells = cells_of(n);
              std::vector<std::string_view> row;
              for (const registers::CellColumn& column : columns) {
                const auto cell = cells.find(column.key);
                row.push_back(cell == cells.end() ? std::string_view() : cell->second);
              }
              auto record = batch.read(row);
              if (!record) return std::unexpected(record.error());
              if (auto added = batch.add(*record); !added) return std::unexpected(added.error());
            }
            return {};
          })
          .value();
  }
};

std::int64_t peak_kilobytes() {
  rusage used{};
  getrusage(RUSAGE_SELF, &used);
  return used.ru_maxrss;
}

void recheck_job(benchmark::State& state) {
  const std::int64_t files = files_wanted();
  const Site site(files);
  const std::int64_t before = peak_kilobytes();
  RecheckJob last;
  for (auto _ : state) {
    Id job = 0;
    {
      RecheckJobs jobs(*site.store, *site.registers, system_clock());
      job = jobs.begin(Date::of(2019, 12, 31), 2019, {.id = "7", .source = "bench", .roles = {}})->id;
      while (jobs.find(job)->files_done < files / 2) std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }  // the program ends
    RecheckJobs jobs(*site.store, *site.registers, system_clock());
    jobs.wait();
    last = *jobs.find(job);
  }
  if (name_of(last.state) != "done" || last.files != files || last.files_done != files)
    state.SkipWithError("not every file was decided once");
  const auto decisions = site.store->read([](store::Reader& reader) {
    auto rows = reader.query("SELECT COUNT(*) FROM difficulty_decision");
    rows.next();
    return rows.integer(0);
  });
  if (decisions != files) state.SkipWithError("not every file has one decision");
  state.counters["files"] = static_cast<double>(files);
  state.counters["changed"] = static_cast<double>(last.changed);
  state.counters["out"] = static_cast<double>(last.out);
  state.counters["more_megabytes"] = static_cast<double>(peak_kilobytes() - before) / 1024;
}
BENCHMARK(recheck_job)->Iterations(1)->Unit(benchmark::kSecond)->UseRealTime();

}  // namespace
}  // namespace zhijia::relief
