#include "people/people.hpp"

#include <gtest/gtest.h>

#include "support/database.hpp"

namespace zhijia::people {
namespace {

class PeopleTest : public testing::TestWithParam<std::string> {
 protected:
  void SetUp() override {
    if (!database_.missing().empty()) GTEST_SKIP() << database_.missing();
    store_ = store::Store::open(database_.url(), clock_, {.durable = false}).value();
    store_->migrate(schemas()).value();
  }

  template <typename Find>
  Result<Id> find(Find&& find) {
    return store_->write([&](store::Transaction& transaction) {
      Finder finder(transaction, vault_, ids_, "clerk", "test");
      return find(finder);
    });
  }

  tests::TestDatabase database_{GetParam()};
  FixedClock clock_{Date::of(2020, 6, 1)};
  IdSource ids_{clock_, 0};
  access::Vault vault_ = access::Vault::from_file(database_.folder.path / "vault").value();
  std::unique_ptr<store::Store> store_;
  const IdentityNumber number_ =
      IdentityNumber::parse(std::string("61079919800101123") + identity_check_character("61079919800101123")).value();
};

TEST_P(PeopleTest, APersonIsFoundAgainByNumberInLaterTransactions) {
  const auto first = find([&](Finder& finder) { return finder.find_or_create_person("张  三", number_); });
  const auto second = find([&](Finder& finder) { return finder.find_or_create_person("张三", number_); });
  ASSERT_TRUE(first);
  EXPECT_EQ(first, second);
  const auto person = store_->read([&](store::Reader& reader) { return find_person(reader, *first); });
  ASSERT_TRUE(person);
  EXPECT_EQ(person->name, "张三");
  EXPECT_EQ(person->birth_date, "1980-01-01");
  EXPECT_EQ(person->sex, "male");
}

TEST_P(PeopleTest, AnotherNameForAKnownNumberIsAskedAbout) {
  (void)find([&](Finder& finder) { return finder.find_or_create_person("张三", number_); });
  const auto other = find([&](Finder& finder) { return finder.find_or_create_person("李四", number_); });
  ASSERT_FALSE(other);
  EXPECT_EQ(other.error().front().code, "people.other_name");
}

TEST_P(PeopleTest, AHouseholdIsKnownByItsHead) {
  const auto first = find([&](Finder& finder) { return finder.find_or_create_household("张三", number_); });
  const auto second = find([&](Finder& finder) { return finder.find_or_create_household("张三", number_); });
  ASSERT_TRUE(first);
  EXPECT_EQ(first, second);
  EXPECT_EQ(store_->read([&](store::Reader& reader) { return find_head(reader, *first); })->name, "张三");
}

TEST_P(PeopleTest, TheIdentityNumberStandsNowhereInClear) {
  (void)find([&](Finder& finder) { return finder.find_or_create_person("张三", number_); });
  store_
      ->read([&](store::Reader& reader) {
        auto row = reader.query("SELECT identity_number, identity_number_hash FROM person");
        EXPECT_TRUE(row.next());
        EXPECT_EQ(row.blob(0).find(number_.text()), std::string_view::npos);
        EXPECT_EQ(vault_.open(row.blob(0)), number_.text());
        auto log = reader.query("SELECT body FROM change_log");
        while (log.next()) EXPECT_EQ(log.text(0).find(number_.text()), std::string_view::npos);
        return Result<void>{};
      })
      .value();
}

INSTANTIATE_TEST_SUITE_P(On, PeopleTest, testing::Values("sqlite", "postgresql"),
                         [](const auto& each) { return each.param; });

}  // namespace
}  // namespace zhijia::people
