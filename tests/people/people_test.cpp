#include "people/people.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>

namespace zhijia::people {
namespace {

namespace fs = std::filesystem;

class PeopleTest : public testing::Test {
 protected:
  PeopleTest() { store_->migrate(schemas()).value(); }
  ~PeopleTest() override {
    store_.reset();
    fs::remove_all(folder_);
  }

  template <typename Find>
  Result<Id> find(Find&& find) {
    return store_->write([&](store::Transaction& transaction) {
      Finder finder(transaction, vault_, ids_, "clerk", "test");
      return find(finder);
    });
  }

  const fs::path folder_ = [] {
    auto path = fs::temp_directory_path() / ("zhijia_people_" + std::to_string(::getpid()));
    fs::create_directories(path);
    return path;
  }();
  FixedClock clock_{Date::of(2020, 6, 1)};
  IdSource ids_{clock_, 0};
  access::Vault vault_ = access::Vault::from_file(folder_ / "vault").value();
  std::unique_ptr<store::Store> store_ =
      store::Store::open("sqlite:" + (folder_ / "db").string(), clock_, {.durable = false}).value();
  const IdentityNumber number_ =
      IdentityNumber::parse(std::string("61079919800101123") + identity_check_character("61079919800101123")).value();
};

TEST_F(PeopleTest, APersonIsFoundAgainByNumberInLaterTransactions) {
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

TEST_F(PeopleTest, AnotherNameForAKnownNumberIsAskedAbout) {
  (void)find([&](Finder& finder) { return finder.find_or_create_person("张三", number_); });
  const auto other = find([&](Finder& finder) { return finder.find_or_create_person("李四", number_); });
  ASSERT_FALSE(other);
  EXPECT_EQ(other.error().front().code, "people.other_name");
}

TEST_F(PeopleTest, AHouseholdIsKnownByItsHead) {
  const auto first = find([&](Finder& finder) { return finder.find_or_create_household("张三", number_); });
  const auto second = find([&](Finder& finder) { return finder.find_or_create_household("张三", number_); });
  ASSERT_TRUE(first);
  EXPECT_EQ(first, second);
  EXPECT_EQ(store_->read([&](store::Reader& reader) { return find_head(reader, *first); })->name, "张三");
}

TEST_F(PeopleTest, TheIdentityNumberStandsNowhereInClear) {
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

}  // namespace
}  // namespace zhijia::people
