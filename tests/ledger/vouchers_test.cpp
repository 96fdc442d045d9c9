#include "ledger/vouchers.hpp"

#include "support/book.hpp"

namespace zhijia::ledger {
namespace {

class VouchersTest : public Book {
 protected:
  Id post(Date on, const std::string& debit, const std::string& credit, Money amount, Id organisation = city) {
    return Book::post({{debit, Side::debit, amount}, {credit, Side::credit, amount}}, on, organisation).value();
  }
  std::vector<std::int64_t> numbers(Date from, Date to, std::int64_t after = 0, std::size_t limit = 100) {
    std::vector<std::int64_t> found;
    store->read([&](store::Reader& reader) {
      for (const Voucher& voucher : vouchers(reader, city, from, to, after, limit)) found.push_back(voucher.number);
    });
    return found;
  }
};

TEST_P(VouchersTest, a_month_has_its_own_vouchers_in_the_order_of_their_numbers) {
  post(Date::of(2020, 6, 30), "职工服务支出", "银行存款", Money::yuan(1));
  post(Date::of(2020, 5, 31), "职工服务支出", "银行存款", Money::yuan(2));
  post(Date::of(2020, 6, 1), "职工服务支出", "银行存款", Money::yuan(3));
  post(Date::of(2020, 6, 1), "职工服务支出", "银行存款", Money::yuan(4), county);
  post(Date::of(2020, 6, 2), "职工服务支出", "银行存款", Money::yuan(5));
  const Date first = Date::of(2020, 6, 1), last = Date::of(2020, 6, 30);
  EXPECT_EQ(numbers(first, last), (std::vector<std::int64_t>{1, 3, 4}));
  EXPECT_EQ(numbers(first, last, 1, 1), (std::vector<std::int64_t>{3})) << "a page after a number";
  EXPECT_TRUE(numbers(Date::of(2020, 7, 1), Date::of(2020, 7, 31)).empty());
  store->read([&](store::Reader& reader) {
    const VoucherTotal total = voucher_total(reader, city, first, last);
    EXPECT_EQ(total.count, 3);
    EXPECT_EQ(total.debit, Money::yuan(9));
    EXPECT_EQ(voucher_total(reader, city, Date::of(2020, 7, 1), Date::of(2020, 7, 31)).debit, Money{});
    const Voucher voucher = vouchers(reader, city, first, last, 0, 1).front();
    ASSERT_EQ(voucher.lines.size(), 2u);
    EXPECT_EQ(voucher.lines[0].account, "职工服务支出");
    EXPECT_EQ(voucher.lines[0].debit, 100);
    EXPECT_EQ(voucher.lines[1].account, "银行存款");
    EXPECT_EQ(voucher.lines[1].credit, 100);
    EXPECT_FALSE(voucher.is_red);
  });
}

TEST_P(VouchersTest, a_reversal_is_a_red_voucher_of_its_own) {
  const Id wrong = post(Date::of(2020, 6, 1), "职工服务支出", "银行存款", Money::yuan(3));
  ASSERT_TRUE(with_journal([&](Journal& journal, std::int64_t position) {
    return journal.reverse(wrong, Date::of(2020, 6, 2), position, "冲销");
  }));
  store->read([&](store::Reader& reader) {
    const auto found = vouchers(reader, city, Date::of(2020, 6, 1), Date::of(2020, 6, 30), 0, 9);
    ASSERT_EQ(found.size(), 2u);
    EXPECT_TRUE(found[1].is_red);
    EXPECT_EQ(found[1].lines[0].debit, -300);
    EXPECT_EQ(voucher_total(reader, city, Date::of(2020, 6, 1), Date::of(2020, 6, 30)).debit, Money{});
    EXPECT_TRUE(income_statement(reader, 2020).spending.empty()) << "as if it had not been";
  });
}

TEST_P(VouchersTest, income_and_expenditure_are_told_by_the_name_of_the_account) {
  post(Date::of(2020, 1, 5), "银行存款", "拨缴经费收入", Money::yuan(900));
  post(Date::of(2020, 2, 5), "银行存款", "投资收益", Money::yuan(20));
  post(Date::of(2019, 2, 5), "银行存款", "拨缴经费收入", Money::yuan(800));
  post(Date::of(2020, 3, 5), "职工服务支出/金秋助学", "银行存款", Money::yuan(300));
  post(Date::of(2020, 4, 5), "库存物品", "银行存款", Money::yuan(50));
  store->read([&](store::Reader& reader) {
    const IncomeStatement made = income_statement(reader, 2020);
    ASSERT_EQ(made.income.size(), 2u);
    EXPECT_EQ(made.income_total.amount, Money::yuan(920));
    EXPECT_EQ(made.income_total.before, Money::yuan(800));
    ASSERT_EQ(made.spending.size(), 1u) << "goods in stock are no expenditure";
    EXPECT_EQ(made.spending.front().account, "职工服务支出/金秋助学");
    EXPECT_EQ(made.spending_total.amount, Money::yuan(300));
    EXPECT_EQ(made.spending_total.before, Money{});
  });
}

INSTANTIATE_TEST_SUITE_P(On, VouchersTest, testing::Values("sqlite", "postgresql"),
                         [](const auto& each) { return each.param; });

}  // namespace
}  // namespace zhijia::ledger
