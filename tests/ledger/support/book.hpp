#pragma once

#include <gtest/gtest.h>

#include "ledger/ledger.hpp"
#include "support/database.hpp"

namespace zhijia::ledger {

using Side = Line::Side;

constexpr Id city = 1, county = 2;

/// An empty book, on either database.
class Book : public testing::TestWithParam<std::string> {
 protected:
  void SetUp() override {
    if (!database.missing().empty()) GTEST_SKIP() << database.missing();
    store = store::Store::open(database.url(), clock, {.durable = false}).value();
    store->migrate(schemas()).value();
  }

  template <typename Work>
  auto with_journal(Work work) {
    return store->write([&](store::Transaction& transaction) {
      Journal journal(transaction, ids);
      return work(journal, transaction.log({.actor = "cashier", .source = "test", .kind = "create"}));
    });
  }
  Result<Id> post(std::vector<Line> lines, Date on = Date::of(2020, 6, 1), Id organisation = city) {
    return with_journal([&](Journal& journal, std::int64_t position) {
      return journal.post({.on = on,
                           .register_ = "visit",
                           .record = 7,
                           .position = position,
                           .lines = std::move(lines),
                           .organisation = organisation,
                           .narrative = "走访"});
    });
  }

  tests::TestDatabase database{GetParam()};
  FixedClock clock{Date::of(2020, 6, 1)};
  IdSource ids{clock, 0};
  std::unique_ptr<store::Store> store;
};

}  // namespace zhijia::ledger
