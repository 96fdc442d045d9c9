// What a row costs: through the store, and through SOCI's own vectors, which the store does not use.
#include <benchmark/benchmark.h>
#include <soci/soci.h>
#include <soci/sqlite3/soci-sqlite3.h>

#include <thread>

#include "store/store.hpp"
#include "support/database.hpp"

namespace zhijia::store {
namespace {

constexpr int rows_per_round = 200'000;

const TableSchema member{.name = "member",
                         .columns = {{"id", Type::integer, true},
                                     {"position", Type::integer, true},
                                     {"version", Type::integer, true},
                                     {"name", Type::text, true},
                                     {"phone", Type::text},
                                     {"union_id", Type::integer}},
                         .primary_key = {"id"}};
const std::vector<std::string> columns = {"id", "position", "version", "name", "phone", "union_id"};

std::unique_ptr<Store> open(const std::string& url) {
  auto store = Store::open(url, system_clock()).value();
  if (!store->migrate(std::span(&member, 1))) throw std::runtime_error("no table");
  return store;
}

void bulk(benchmark::State& state, const std::string& kind, bool with_log) {
  const tests::TestDatabase database(kind);
  if (!database.missing().empty()) return state.SkipWithError(database.missing().c_str());
  const auto store = open(database.url());
  std::int64_t id = 0;
  for (auto _ : state) {
    const auto written = store->write([&](Transaction& transaction) -> Result<void> {
      Inserter& rows = transaction.inserter("member", columns);
      for (int i = 0; i < rows_per_round; ++i) {
        ++id;
        const std::int64_t position = with_log
                                          ? transaction.log({"1", "import:members.xlsx", "create", "member", id,
                                                             R"({"name":"张三","phone":"13812341234","union_id":17})"})
                                          : 0;
        rows.add(id, position, 1, "张三", "13812341234", 17);
      }
      return {};
    });
    if (!written) return state.SkipWithError("refused");
  }
  state.SetItemsProcessed(state.iterations() * rows_per_round);
}

void soci_vectors(benchmark::State& state) {
  const tests::TestDatabase database("sqlite");
  open(database.url());
  soci::session session(soci::sqlite3, database.url().substr(7));
  constexpr std::size_t batch = 1000;
  std::vector<long long> ids(batch), zeros(batch, 0), ones(batch, 1), unions(batch, 17);
  std::vector<std::string> names(batch, "张三"), phones(batch, "13812341234");
  long long id = 0;
  for (auto _ : state) {
    soci::transaction transaction(session);
    soci::statement insert =
        (session.prepare
             << "INSERT INTO member (id, position, version, name, phone, union_id) VALUES (:a,:b,:c,:d,:e,:f)",
         soci::use(ids), soci::use(zeros), soci::use(ones), soci::use(names), soci::use(phones), soci::use(unions));
    for (std::size_t done = 0; done < rows_per_round; done += batch) {
      for (auto& each : ids) each = ++id;
      insert.execute(true);
    }
    transaction.commit();
  }
  state.SetItemsProcessed(state.iterations() * rows_per_round);
}

/// Durable writes of one row and its log entry, from 64 threads that each wait for their reply.
void single_writes(benchmark::State& state, const std::string& kind) {
  const tests::TestDatabase database(kind);
  if (!database.missing().empty()) return state.SkipWithError(database.missing().c_str());
  const auto store = open(database.url());
  constexpr int threads = 64, each = 200;
  std::atomic<std::int64_t> id = 0;
  for (auto _ : state) {
    std::vector<std::jthread> writers;
    for (int t = 0; t < threads; ++t)
      writers.emplace_back([&] {
        for (int i = 0; i < each; ++i)
          (void)store->write([&](Transaction& transaction) -> Result<void> {
            const Id mine = ++id;
            const auto position = transaction.log({"1", "10.0.0.1", "create", "member", mine, R"({"name":"张三"})"});
            transaction.execute(insert_sql("member", columns), mine, position, 1, "张三", nullptr, 17);
            return {};
          });
      });
  }
  state.SetItemsProcessed(state.iterations() * threads * each);
}

void verify(benchmark::State& state) {
  const tests::TestDatabase database("sqlite");
  const auto store = open(database.url());
  (void)store->write([&](Transaction& transaction) -> Result<void> {
    for (int i = 0; i < rows_per_round; ++i) transaction.log({"1", "import:x", "create", "member", i, "{}"});
    return {};
  });
  for (auto _ : state) benchmark::DoNotOptimize(store->verify());
  state.SetItemsProcessed(state.iterations() * rows_per_round);
}

BENCHMARK_CAPTURE(bulk, sqlite_rows, "sqlite", false)->UseRealTime();
BENCHMARK(soci_vectors)->UseRealTime();
BENCHMARK_CAPTURE(bulk, sqlite_rows_and_log, "sqlite", true)->UseRealTime();
BENCHMARK_CAPTURE(bulk, postgresql_rows_and_log, "postgresql", true)->UseRealTime();
BENCHMARK_CAPTURE(single_writes, sqlite, "sqlite")->UseRealTime();
BENCHMARK_CAPTURE(single_writes, postgresql_without_fsync, "postgresql")->UseRealTime();
BENCHMARK(verify)->UseRealTime()->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace zhijia::store
