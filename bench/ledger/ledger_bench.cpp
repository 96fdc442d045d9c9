// Balanced postings of two lines in durable batches, here and by a direct client of PostgreSQL with the same tables.
#include <benchmark/benchmark.h>

#include "ledger/ledger.hpp"
#include "support/database.hpp"

namespace zhijia::ledger {
namespace {

constexpr int batch = 10'000;

void post(benchmark::State& state, const std::string& kind) {
  const tests::TestDatabase database(kind);
  if (!database.missing().empty()) return state.SkipWithError(database.missing().c_str());
  const auto store = store::Store::open(database.url(), system_clock()).value();
  store->migrate(schemas()).value();
  IdSource ids(system_clock(), 0);
  std::vector<Posting> postings(batch);
  for (int i = 0; i < batch; ++i)
    postings[static_cast<std::size_t>(i)] = {
        .on = Date::of(2020, 1, 20),
        .register_ = "winter_visit",
        .record = i,
        .lines = {{"职工帮扶支出/冬送温暖", Line::Side::debit, Money::yuan(500), "工会经费"},
                  {"银行存款", Line::Side::credit, Money::yuan(500), "工会经费"}},
        .organisation = 1 + i % 12};
  for (auto _ : state)
    store
        ->write([&](store::Transaction& transaction) -> Result<void> {
          const auto position = transaction.log({"1", "import:visits.xlsx", "create", "winter_visit", 0, "{}"});
          for (Posting& each : postings) each.position = position;
          const auto posted = Journal(transaction, ids).post(postings);
          if (!posted) return std::unexpected(posted.error());
          return {};
        })
        .value();
  state.SetItemsProcessed(state.iterations() * batch);
}

BENCHMARK_CAPTURE(post, sqlite, "sqlite")->UseRealTime()->MinTime(2);
BENCHMARK_CAPTURE(post, postgresql, "postgresql")->UseRealTime()->MinTime(2);

}  // namespace
}  // namespace zhijia::ledger
