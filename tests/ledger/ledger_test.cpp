#include "ledger/ledger.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>

namespace zhijia::ledger {
namespace {

namespace fs = std::filesystem;
using Side = Line::Side;

class LedgerTest : public testing::Test {
 protected:
  LedgerTest() { store_->migrate(schemas()).value(); }
  ~LedgerTest() override {
    store_.reset();
    fs::remove(file_);
  }

  Result<Id> post(std::vector<Line> lines) {
    return store_->write([&](store::Transaction& transaction) {
      Journal journal(transaction, ids_);
      const std::int64_t position = transaction.log({.actor = "cashier", .source = "test", .kind = "create"});
      return journal.post({.on = Date::of(2020, 6, 1),
                           .register_ = "visit",
                           .record = 1,
                           .position = position,
                           .lines = std::move(lines)});
    });
  }

  const fs::path file_ = fs::temp_directory_path() / ("zhijia_ledger_" + std::to_string(::getpid()));
  FixedClock clock_{Date::of(2020, 6, 1)};
  IdSource ids_{clock_, 0};
  std::unique_ptr<store::Store> store_ =
      store::Store::open("sqlite:" + file_.string(), clock_, {.durable = false}).value();
};

TEST_F(LedgerTest, ABalancedPostingIsKeptAndItsAccountsOpenedOnce) {
  ASSERT_TRUE(post({{"支出", Side::debit, Money::yuan(300)}, {"银行存款", Side::credit, Money::yuan(300)}}));
  ASSERT_TRUE(post({{"支出", Side::debit, Money::yuan(5)}, {"银行存款", Side::credit, Money::yuan(5)}}));
  store_
      ->read([&](store::Reader& reader) {
        auto rows = reader.query(
            "SELECT a.path, sum(l.debit), sum(l.credit) FROM posting_line l JOIN account a ON a.id = l.account "
            "GROUP BY a.path ORDER BY a.path");
        EXPECT_TRUE(rows.next());
        EXPECT_EQ(rows.text(0), "支出");
        EXPECT_EQ(rows.integer(1), 30'500);
        EXPECT_TRUE(rows.next());
        EXPECT_EQ(rows.integer(2), 30'500);
        EXPECT_FALSE(rows.next());
        return Result<void>{};
      })
      .value();
}

TEST_F(LedgerTest, WhatDoesNotBalanceIsRefused) {
  const struct {
    const char* code;
    std::vector<Line> lines;
  } cases[] = {
      {"ledger.unbalanced", {}},
      {"ledger.unbalanced", {{"支出", Side::debit, Money::yuan(3)}}},
      {"ledger.unbalanced", {{"支出", Side::debit, Money{300}}, {"银行存款", Side::credit, Money{299}}}},
      {"ledger.amount", {{"支出", Side::debit, Money{}}, {"银行存款", Side::credit, Money{}}}},
      {"ledger.amount", {{"支出", Side::debit, Money{-1}}, {"银行存款", Side::credit, Money{-1}}}},
  };
  for (const auto& [code, lines] : cases) {
    const auto refused = post(lines);
    ASSERT_FALSE(refused) << code;
    EXPECT_EQ(refused.error().front().code, code);
  }
}

TEST_F(LedgerTest, TheDatabaseItselfRefusesALineThatIsBothDebitAndCredit) {
  const auto forced = store_->write([&](store::Transaction& transaction) -> Result<void> {
    transaction.execute("INSERT INTO posting_line (id, posting, account, debit, credit) VALUES (1, 1, 1, 5, 5)");
    return {};
  });
  EXPECT_FALSE(forced);
}

}  // namespace
}  // namespace zhijia::ledger
