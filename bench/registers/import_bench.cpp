#include <benchmark/benchmark.h>
#include <unistd.h>

#include <filesystem>
#include <stdexcept>

#include "base/identity_number.hpp"
#include "registers/engine.hpp"

/// Rows of an import, from cells to the transaction's end, into an empty table of a SQLite file that waits for no disk.
namespace zhijia::registers {
namespace {

namespace fs = std::filesystem;
using enum FieldType;

Field field(std::string name, FieldType type, std::string target = {}) {
  Field made;
  made.name = std::move(name);
  made.type = type;
  made.title = {made.name, made.name};
  made.target = std::move(target);
  return made;
}

/// `plain` has values only, `paid` has what a relief register has: union, person, check, flow and posting.
Catalogue catalogue() {
  Catalogue made;
  made.code_lists.push_back({"kind", {"类别", "Kind"}, {{"a", {"甲", "A"}}, {"b", {"乙", "B"}}}});
  Register union_;
  union_.name = "union";
  union_.label = "name";
  union_.fields = {field("name", text)};
  union_.key = {"name"};

  Register plain;
  plain.name = "plain";
  plain.fields = {field("code", text), field("kind", choice, "kind"), field("made_on", date), field("amount", money),
                  field("persons", integer)};
  plain.key = {"code"};

  Register paid;
  paid.name = "paid";
  paid.fields = {field("state", text), field("organisation", organisation), field("subject", person)};
  for (const Field& other : plain.fields) paid.fields.push_back(other);
  paid.fields[6].check = "? > 0";
  paid.key = {"code"};
  paid.flow = Flow{"draft", {{"draft", {}}, {"paid", {}}}, {{"pay", {}, "draft", "paid", "", "", "", "payment"}}};
  paid.postings = {{"payment", "支出", "银行存款", "amount", "made_on"}};
  made.registers = {union_, plain, paid};
  return made;
}

std::string number_of(std::int64_t person) {
  const std::string day =
      std::to_string(19600101 + person / 900 % 28 + person / 25'200 % 12 * 100 + person / 302'400 * 10'000);
  const std::string first = "610799" + day + std::to_string(100 + person % 900);
  return first + identity_check_character(first);
}

template <typename T>
T need(Result<T> result) {
  if (!result) throw std::runtime_error(describe(result.error().front()));
  if constexpr (!std::is_void_v<T>) return std::move(*result);
}

void import_rows(benchmark::State& state, const char* name) {
  const std::int64_t rows = state.range(0);
  const fs::path folder = fs::temp_directory_path() / ("zhijia_import_bench_" + std::to_string(::getpid()));
  for (auto _ : state) {
    state.PauseTiming();
    fs::remove_all(folder);
    fs::create_directories(folder);
    {
      const auto vault = need(access::Vault::from_file(folder / "vault"));
      auto store = need(store::Store::open("sqlite:" + (folder / "db").string(), system_clock(), {.durable = false}));
      const auto registers = need(Registers::open(*store, catalogue(), vault, system_clock()));
      need(store->write([&](store::Transaction& transaction) {
        return registers->create(transaction, *registers->catalogue().find_register("union"), {{"name", "市总工会"}},
                                 {"bench", "bench", {}});
      }));
      const Register& of = *registers->catalogue().find_register(name);
      const auto columns = cell_columns(of);
      state.ResumeTiming();
      need(store->write([&](store::Transaction& transaction) -> Result<void> {
        Batch batch(*registers, transaction, of, {"bench", "bench", {}});
        for (std::int64_t i = 0; i < rows; ++i) {
          const std::string code = "C" + std::to_string(i);
          const std::string number = number_of(i);
          std::vector<std::string_view> cells{code, "甲", "2020-01-31", "1,234.50", "12"};
          if (columns.size() > cells.size())
            cells = {"paid", "市总工会", "张三", number, code, "甲", "2020-01-31", "1,234.50", "12"};
          auto record = need(batch.read(cells));
          need(batch.add(record));
        }
        return {};
      }));
      state.PauseTiming();
    }
    state.ResumeTiming();
  }
  state.SetItemsProcessed(state.iterations() * rows);
  fs::remove_all(folder);
}

BENCHMARK_CAPTURE(import_rows, plain, "plain")
    ->Arg(50'000)
    ->Unit(benchmark::kMillisecond)
    ->Iterations(2)
    ->UseRealTime();
BENCHMARK_CAPTURE(import_rows, paid, "paid")->Arg(50'000)->Unit(benchmark::kMillisecond)->Iterations(2)->UseRealTime();

}  // namespace
}  // namespace zhijia::registers
