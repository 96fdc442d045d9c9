#include <gtest/gtest.h>

#include "base/credit_code.hpp"
#include "base/date.hpp"
#include "base/ids.hpp"
#include "base/money.hpp"
#include "base/text.hpp"

namespace zhijia {
namespace {

struct ParseCase {
  std::string_view name, input, output;
};

TEST(Money, Parses) {
  constexpr ParseCase cases[] = {
      {"yuan", "1234", "1234.00"},
      {"yuan and fen", "1,234.56", "1234.56"},
      {"a currency sign", "¥0.5", "0.50"},
      {"ten thousands", "1.25万元", "12500.00"},
      {"full width", "\uFF11\uFF12\uFF0E\uFF13", "12.30"},
      {"negative", "-3", "-3.00"},
      {"three decimals are refused", "1.234", "money.decimals"},
      {"a superfluous zero is not", "1.230", "1.23"},
      {"words are refused", "约三千", "money.format"},
      {"emptiness is refused", " ", "money.format"},
      {"a number beyond every budget is refused", "99999999999999999999", "money.too_large"},
  };
  for (const auto& c : cases) {
    const auto parsed = parse_money(c.input);
    EXPECT_EQ(parsed ? to_string(*parsed) : parsed.error().front().code, c.output) << c.name;
  }
  EXPECT_EQ(to_display(Money{123456789}), "1,234,567.89");
  EXPECT_EQ(to_display(Money{-12345678}), "-123,456.78");
}

TEST(Date, Parses) {
  constexpr ParseCase cases[] = {
      {"ISO", "2020-01-31", "2020-01-31"},
      {"slashes", "2020/1/31", "2020-01-31"},
      {"dots", "2020.1.31", "2020-01-31"},
      {"Chinese", "2020年1月31日", "2020-01-31"},
      {"digits only", "20200131", "2020-01-31"},
      {"full width", "\uFF12\uFF10\uFF12\uFF10\uFF0D\uFF10\uFF11\uFF0D\uFF13\uFF11", "2020-01-31"},
      {"with empty time", "2020-01-31 00:00:00", "2020-01-31"},
      {"no such day", "2019-02-29", "date.format"},
      {"two-digit year", "20-01-31", "date.format"},
      {"words", "去年", "date.format"},
  };
  for (const auto& c : cases) {
    const auto parsed = parse_date(c.input);
    EXPECT_EQ(parsed ? to_string(*parsed) : parsed.error().front().code, c.output) << c.name;
  }
}

TEST(Date, LastDayOfMonthIsKept) { EXPECT_EQ(to_string(add_months(Date::of(2020, 1, 31), 1)), "2020-02-29"); }

TEST(Clock, TodayIsChinas) {
  FixedClock clock(Date::of(2020, 12, 31));
  EXPECT_EQ(to_string(clock.today()), "2020-12-31");
  clock.set(Moment{Date::of(2020, 12, 31).day} + std::chrono::hours{16});
  EXPECT_EQ(to_string(clock.today()), "2021-01-01");
}

TEST(CreditCode, Parses) {
  constexpr ParseCase cases[] = {
      {"right", "91350100M000100Y43", "91350100M000100Y43"},
      {"wrong check", "91350100M000100Y44", "credit_code.check_character"},
      {"letter O", "91350100MO00100Y43", "credit_code.character"},
      {"short", "9135", "credit_code.length"},
  };
  for (const auto& c : cases) {
    const auto parsed = CreditCode::parse(c.input);
    EXPECT_EQ(parsed ? parsed->text() : parsed.error().front().code, c.output) << c.name;
  }
}

TEST(Ids, OnlyGrowWhileTheClockStandsStill) {
  FixedClock clock(Date::of(2026, 1, 1));
  IdSource ids(clock, 7);
  Id last = 0;
  for (int i = 0; i < 10'000; ++i) {
    const Id id = ids.next();
    ASSERT_GT(id, last);
    ASSERT_EQ((id >> 12) & 1023, 7);
    last = id;
  }
}

TEST(Text, IsTidied) {
  EXPECT_EQ(tidy("\u3000 \uFF21B\uFF11 \n x\u200B "), "AB1 x");
  EXPECT_EQ(tidy_name(" 张  三\n"), "张三");
  EXPECT_EQ(tidy_name("John  Smith"), "John Smith");
  EXPECT_EQ(mask_name("张三"), "张*");
  EXPECT_EQ(mask_name("欧阳小明"), "欧**");
  EXPECT_EQ(mask_phone("13812341234"), "138****1234");
  EXPECT_EQ(mask_number("6222021234567890"), "************7890");
  EXPECT_TRUE(is_bank_card("6222600260001072444"));
  EXPECT_FALSE(is_bank_card("6222600260001072445"));
  EXPECT_FALSE(is_utf8("\xC0\xAF"));
}

}  // namespace
}  // namespace zhijia
