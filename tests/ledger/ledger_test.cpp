#include "support/book.hpp"

namespace zhijia::ledger {
namespace {

class LedgerTest : public Book {
 protected:
  Result<Id> pay(Money amount, Date on = Date::of(2020, 6, 1), Id organisation = city, std::string fund = "工会经费") {
    return post({{"职工帮扶支出/冬送温暖", Side::debit, amount, fund}, {"银行存款", Side::credit, amount, fund}}, on,
                organisation);
  }
  Money balance_of(std::string_view account, Date day, const Scope& scope = {}) {
    return store->read([&](store::Reader& reader) { return balance(reader, account, day, scope); });
  }
  std::vector<std::int64_t> vouchers(Id organisation) {
    return store->read([&](store::Reader& reader) {
      std::vector<std::int64_t> numbers;
      auto rows = reader.query(
          "SELECT voucher_year * 1000 + voucher_number FROM posting WHERE organisation = ? ORDER BY 1", organisation);
      while (rows.next()) numbers.push_back(rows.integer(0));
      return numbers;
    });
  }
  Result<void> run(const std::string& sql) {
    return store->write([&](store::Transaction& transaction) -> Result<void> {
      transaction.execute(sql);
      return {};
    });
  }
};

TEST_P(LedgerTest, balances_count_an_account_with_those_below_it) {
  ASSERT_TRUE(pay(Money::yuan(300), Date::of(2020, 1, 10)));
  ASSERT_TRUE(pay(Money::yuan(200), Date::of(2020, 1, 20), county, "社会捐赠"));
  ASSERT_TRUE(post({{"职工帮扶支出", Side::debit, Money::yuan(1)}, {"银行存款", Side::credit, Money::yuan(1)}}));
  ASSERT_TRUE(post({{"职工帮扶支出二", Side::debit, Money::yuan(9)}, {"银行存款", Side::credit, Money::yuan(9)}}));
  EXPECT_EQ(balance_of("职工帮扶支出", Date::of(2020, 1, 9)), Money{});
  EXPECT_EQ(balance_of("职工帮扶支出", Date::of(2020, 1, 10)), Money::yuan(300));
  EXPECT_EQ(balance_of("职工帮扶支出", Date::of(2020, 12, 31)), Money::yuan(501));
  EXPECT_EQ(balance_of("银行存款", Date::of(2020, 12, 31)), Money::yuan(-510));
  EXPECT_EQ(balance_of("职工帮扶支出", Date::of(2020, 12, 31), {.organisation = county}), Money::yuan(200));
  EXPECT_EQ(balance_of("职工帮扶支出", Date::of(2020, 12, 31), {.fund = "工会经费"}), Money::yuan(300));
}

TEST_P(LedgerTest, what_does_not_balance_is_refused) {
  const struct {
    const char* name;
    const char* code;
    std::vector<Line> lines;
  } cases[] = {
      {"no lines", "ledger.unbalanced", {}},
      {"one side only", "ledger.unbalanced", {{"支出", Side::debit, Money::yuan(3)}}},
      {"a fen short", "ledger.unbalanced", {{"支出", Side::debit, Money{300}}, {"存款", Side::credit, Money{299}}}},
      {"nothing moved", "ledger.amount", {{"支出", Side::debit, Money{}}, {"存款", Side::credit, Money{}}}},
      {"less than nothing", "ledger.amount", {{"支出", Side::debit, Money{-1}}, {"存款", Side::credit, Money{-1}}}},
      {"goods against money",
       "ledger.unbalanced",
       {{"库存物品", Side::debit, Money{}, "", "大米", "袋", 1000}, {"存款", Side::credit, Money{1000}}}},
  };
  for (const auto& [name, code, lines] : cases) {
    const auto refused = post(lines);
    ASSERT_FALSE(refused) << name;
    EXPECT_EQ(refused.error().front().code, code) << name;
  }
  EXPECT_TRUE(vouchers(city).empty());
}

TEST_P(LedgerTest, the_database_itself_refuses_what_does_not_balance) {
  const std::string posting =
      "INSERT INTO posting (id, position, posted_on, register, record, organisation, voucher, voucher_year, "
      "voucher_number, narrative, reverses) VALUES (5, 1, '2020-06-01', 'x', 1, 1, '转账', 2020, 1, '', NULL)";
  const auto line = [](int posting_id, int number, int debit, int credit) {
    return "INSERT INTO posting_line (posting, number, account, measure, debit, credit, fund) VALUES (" +
           std::to_string(posting_id) + ", " + std::to_string(number) + ", 1, 'CNY', " + std::to_string(debit) + ", " +
           std::to_string(credit) + ", '')";
  };
  const auto refused = [&](const std::string& sql) {
    const auto result = run(sql);
    return !result && result.error().front().code == "store.check";
  };
  EXPECT_TRUE(refused(posting)) << "without lines";
  EXPECT_TRUE(refused(line(5, 1, 5, 5))) << "both sides in one line";
  ASSERT_TRUE(run(line(5, 1, 500, 0)));
  EXPECT_TRUE(refused(posting)) << "one side only";
  ASSERT_TRUE(run(line(5, 2, 0, 500)));
  ASSERT_TRUE(run(posting));
  EXPECT_TRUE(refused(line(5, 3, 7, 0))) << "a line after the posting stands";
  EXPECT_TRUE(refused("UPDATE posting_line SET debit = 600 WHERE number = 1"));
  EXPECT_TRUE(refused("DELETE FROM posting"));
}

TEST_P(LedgerTest, vouchers_are_numbered_without_gaps_in_each_organisation_and_year) {
  ASSERT_TRUE(pay(Money::yuan(1)));
  ASSERT_TRUE(pay(Money::yuan(1), Date::of(2020, 6, 1), county));
  ASSERT_FALSE(pay(Money{}));
  EXPECT_FALSE(with_journal([&](Journal& journal, std::int64_t position) -> Result<void> {
    const Line debit{"支出", Side::debit, Money{1}}, credit{"银行存款", Side::credit, Money{1}};
    (void)journal.post({.on = Date::of(2020, 6, 1),
                        .register_ = "x",
                        .position = position,
                        .lines = {debit, credit},
                        .organisation = city});
    return fail("test.undone", "撤销", "undone");
  }));
  ASSERT_TRUE(pay(Money::yuan(1)));
  ASSERT_TRUE(pay(Money::yuan(1), Date::of(2021, 1, 1)));
  EXPECT_EQ(vouchers(city), (std::vector<std::int64_t>{2'020'001, 2'020'002, 2'021'001}));
  EXPECT_EQ(vouchers(county), (std::vector<std::int64_t>{2'020'001}));
}

TEST_P(LedgerTest, a_batch_is_posted_whole_or_not_at_all) {
  const auto batch = [&](std::int64_t last_credit) {
    return with_journal([&](Journal& journal, std::int64_t position) {
      std::vector<Posting> postings;
      for (int i = 0; i < 5000; ++i) {
        const Money credit{i == 4999 ? last_credit : 100};
        postings.push_back({.on = Date::of(2020, 6, 1),
                            .register_ = "visit",
                            .record = i,
                            .position = position,
                            .lines = {{"支出", Side::debit, Money{100}}, {"银行存款", Side::credit, credit}},
                            .organisation = city});
      }
      return journal.post(postings);
    });
  };
  EXPECT_FALSE(batch(99));
  EXPECT_EQ(balance_of("支出", Date::of(2020, 12, 31)), Money{});
  EXPECT_EQ(batch(100)->size(), 5000U);
  EXPECT_EQ(balance_of("支出", Date::of(2020, 12, 31)), Money{500'000});
  EXPECT_EQ(vouchers(city).size(), 5000U);
  EXPECT_EQ(vouchers(city).back(), 2'020'000 + 5000);
}

TEST_P(LedgerTest, goods_balance_by_kind_and_unit) {
  ASSERT_TRUE(post({{"库存物品", Side::debit, Money{}, "", "大米", "袋", 20'000},
                    {"捐赠物资", Side::credit, Money{}, "", "大米", "袋", 20'000}}));
  const auto balances = store->read(
      [](store::Reader& reader) { return trial_balance(reader, Date::of(2020, 1, 1), Date::of(2020, 12, 31)); });
  ASSERT_EQ(balances.size(), 2U);
  EXPECT_EQ(balances[0].account, "库存物品");
  EXPECT_EQ(balances[0].measure, "大米/袋");
  EXPECT_EQ(balances[0].closing(), 20'000);
  EXPECT_EQ(balance_of("库存物品", Date::of(2020, 12, 31)), Money{}) << "goods are no money";
}

TEST_P(LedgerTest, a_wrong_posting_is_reversed_in_red_and_once) {
  const Id wrong = pay(Money::yuan(300)).value();
  const auto reverse = [&](Id posting) {
    return with_journal([&](Journal& journal, std::int64_t position) {
      return journal.reverse(posting, Date::of(2020, 7, 1), position, "冲销");
    });
  };
  const auto red = reverse(wrong);
  ASSERT_TRUE(red);
  EXPECT_EQ(reverse(wrong).error().front().code, "ledger.reversed");
  EXPECT_EQ(reverse(*red).error().front().code, "ledger.reversed");
  EXPECT_EQ(reverse(12345).error().front().code, "ledger.no_such_posting");
  store->read([](store::Reader& reader) {
    const auto balances = trial_balance(reader, Date::of(2020, 1, 1), Date::of(2020, 12, 31));
    EXPECT_EQ(balances.size(), 2U);
    for (const Balance& each : balances) {
      EXPECT_EQ(each.debit, 0) << "turnover reads as if it had not been";
      EXPECT_EQ(each.credit, 0);
    }
    return 0;
  });
}

TEST_P(LedgerTest, a_statement_runs_from_the_opening_balance) {
  ASSERT_TRUE(pay(Money::yuan(300), Date::of(2020, 1, 10)));
  ASSERT_TRUE(pay(Money::yuan(200), Date::of(2020, 2, 10)));
  ASSERT_TRUE(pay(Money::yuan(100), Date::of(2020, 3, 10)));
  const auto [opening, lines] = store->read([](store::Reader& reader) {
    return statement(reader, "银行存款", Date::of(2020, 2, 1), Date::of(2020, 12, 31));
  });
  EXPECT_EQ(opening, (std::map<std::string, std::int64_t>{{"CNY", -30'000}}));
  ASSERT_EQ(lines.size(), 2U);
  EXPECT_EQ(lines[0].credit, 20'000);
  EXPECT_EQ(lines[0].balance, -50'000);
  EXPECT_EQ(lines[1].balance, -60'000);
  EXPECT_EQ(lines[1].voucher_number, 3);
  EXPECT_EQ(lines[1].record, 7);
  EXPECT_EQ(lines[1].narrative, "走访");
}

TEST_P(LedgerTest, a_statement_of_an_account_holds_those_below_it_and_no_other) {
  const auto line = [](const char* account, Side side) {
    return Line{.account = account, .side = side, .amount = Money::yuan(10)};
  };
  for (const char* account : {"职工服务支出", "职工服务支出/四季送", "职工服务支出/金秋助学", "职工服务支出费"})
    ASSERT_TRUE(post({line(account, Side::debit), line("银行存款", Side::credit)}));
  const auto made = store->read([](store::Reader& reader) {
    return statement(reader, "职工服务支出", Date::of(2020, 1, 1), Date::of(2020, 12, 31));
  });
  ASSERT_EQ(made.lines.size(), 3U);
  EXPECT_EQ(made.lines.back().balance, 3'000);
  EXPECT_TRUE(made.opening.empty());
}

INSTANTIATE_TEST_SUITE_P(On, LedgerTest, testing::Values("sqlite", "postgresql"),
                         [](const auto& each) { return each.param; });

}  // namespace
}  // namespace zhijia::ledger
