#include "registers/listing.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/identity_number.hpp"
#include "support/database.hpp"

namespace zhijia::registers {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

Field make(std::string name, FieldType type, bool is_required = false) {
  Field field;
  field.name = name;
  field.type = type;
  field.title = {name, name};
  field.required = is_required;
  return field;
}

/// Members of unions, with a name to search for, a secret, and values that may be absent.
Catalogue members() {
  Catalogue catalogue;
  Register union_;
  union_.name = "union";
  union_.label = "name";
  union_.fields = {make("name", FieldType::text, true), make("parent", FieldType::organisation)};
  union_.key = {"name"};
  Register member;
  member.name = "member";
  member.label = "code";
  member.fields = {make("organisation", FieldType::organisation, true),
                   make("subject", FieldType::person, true),
                   make("code", FieldType::text, true),
                   make("joined_on", FieldType::date),
                   make("fee", FieldType::money),
                   make("phone", FieldType::phone)};
  member.fields[5].secret = true;
  member.key = {"code"};
  catalogue.registers = {union_, member};
  return catalogue;
}

std::string number_of(int person) {
  const std::string first = "6107991980010" + std::to_string(1000 + person);
  return first + identity_check_character(first);
}

class Listing : public testing::TestWithParam<std::string> {
 protected:
  void SetUp() override {
    if (!database_.missing().empty()) GTEST_SKIP() << database_.missing();
    store_ = store::Store::open(database_.url(), clock_, {.durable = false}).value();
    registers_ = Registers::open(*store_, members(), vault_, clock_).value();
    create("union", {{"name", "甲厂工会"}});
    create("union", {{"name", "乙厂工会"}, {"parent", "甲厂工会"}});
    const std::tuple<const char*, const char*, const char*, const char*, const char*> rows[] = {
        {"A", "甲厂工会", "张三", "2020-01-05", "10"},
        {"B", "乙厂工会", "李四", "", "30.50"},
        {"C", "甲厂工会", "张三丰", "2019-03-01", ""},
        {"D_50%", "乙厂工会", "王五", "2020-01-05", "20"}};
    int person = 0;
    for (const auto& [code, union_, name, joined_on, fee] : rows)
      create("member", {{"code", code},
                        {"organisation", union_},
                        {"subject.name", name},
                        {"subject.identity_number", number_of(++person)},
                        {"joined_on", joined_on},
                        {"fee", fee},
                        {"phone", "13812341234"}});
  }

  const Register& of(std::string_view name) { return *registers_->catalogue().find_register(name); }

  void create(std::string_view name, const Cells& cells) {
    const auto made = store_->write([&](store::Transaction& transaction) {
      return registers_->create(transaction, of(name), cells, {"test", "test", {}});
    });
    ASSERT_TRUE(made) << describe(made.error().front());
  }

  Result<ListPage> page(const ListQuery& query) {
    return store_->read([&](store::Reader& reader) { return list(reader, *registers_, of("member"), query); });
  }

  /// The codes of all pages of `size` records.
  std::vector<std::string> codes(ListQuery query, std::size_t size = 50) {
    std::vector<std::string> codes;
    query.limit = size;
    do {
      const auto found = page(query);
      if (!found) return {describe(found.error().front())};
      EXPECT_LE(found->records.size(), size);
      for (const Record& record : found->records) codes.push_back(std::get<std::string>(record.values[2]));
      query.after = found->next;
    } while (!query.after.empty());
    return codes;
  }

  FixedClock clock_{Date::of(2020, 6, 1)};
  tests::TestDatabase database_{GetParam()};
  access::Vault vault_ = access::Vault::from_file(database_.folder.path / "vault").value();
  std::unique_ptr<store::Store> store_;
  std::unique_ptr<Registers> registers_;
};

TEST_P(Listing, comes_in_the_order_of_entry) { EXPECT_THAT(codes({}), ElementsAre("A", "B", "C", "D_50%")); }

TEST_P(Listing, filters_by_feel_through_references) {
  EXPECT_THAT(codes({.where = "fee >= 20"}), ElementsAre("B", "D_50%"));
  EXPECT_THAT(codes({.where = "organisation.name = \"甲厂工会\" and fee != null"}), ElementsAre("A"));
  EXPECT_THAT(codes({.where = "organisation.parent.name = \"甲厂工会\""}), ElementsAre("B", "D_50%"));
}

TEST_P(Listing, finds_texts_names_and_whole_identity_numbers) {
  EXPECT_THAT(codes({.text = "张三"}), ElementsAre("A", "C"));
  EXPECT_THAT(codes({.text = "d_5"}), ElementsAre("D_50%"));
  EXPECT_THAT(codes({.text = "%"}), ElementsAre("D_50%"));
  EXPECT_THAT(codes({.text = number_of(2)}), ElementsAre("B"));
  EXPECT_THAT(codes({.text = number_of(2).substr(0, 17)}), IsEmpty());
  EXPECT_THAT(codes({.text = "1381234"}), IsEmpty());
}

TEST_P(Listing, pages_keep_the_order_whatever_it_is) {
  for (const std::size_t size : {1u, 2u, 3u, 50u}) {
    EXPECT_THAT(codes({.sort = {{"joined_on"}}}, size), ElementsAre("C", "A", "D_50%", "B"));
    EXPECT_THAT(codes({.sort = {{"joined_on", true}}}, size), ElementsAre("A", "D_50%", "C", "B"));
    EXPECT_THAT(codes({.sort = {{"joined_on"}, {"fee", true}}}, size), ElementsAre("C", "D_50%", "A", "B"));
    EXPECT_THAT(codes({.sort = {{"fee", true}}}, size), ElementsAre("B", "D_50%", "A", "C"));
    EXPECT_THAT(codes({.sort = {{"code", true}}}, size), ElementsAre("D_50%", "C", "B", "A"));
  }
}

TEST_P(Listing, counts_all_that_match_on_every_page) {
  const auto first = page({.where = "fee > 0", .limit = 1, .counts_total = true}).value();
  EXPECT_EQ(first.total, 3);
  EXPECT_EQ(page({.where = "fee > 0", .after = first.next, .limit = 1, .counts_total = true}).value().total, 3);
}

TEST_P(Listing, reads_the_past) {
  const std::int64_t before = store_->read([](store::Reader& reader) { return reader.position(); });
  create("member", {{"code", "E"},
                    {"organisation", "甲厂工会"},
                    {"subject.name", "赵六"},
                    {"subject.identity_number", number_of(9)}});
  EXPECT_THAT(codes({.text = "赵"}), ElementsAre("E"));
  EXPECT_THAT(codes({.text = "赵", .as_of = before}), IsEmpty());
  EXPECT_THAT(codes({.as_of = before}), ElementsAre("A", "B", "C", "D_50%"));
}

TEST_P(Listing, a_secret_gives_no_filter_and_no_order) {
  EXPECT_EQ(page({.where = "phone = \"13812341234\""}).error().front().code, "feel.sql_name");
  EXPECT_EQ(page({.sort = {{"phone"}}}).error().front().code, "list.sort");
}

TEST_P(Listing, a_page_has_bounds) {
  EXPECT_EQ(page({.limit = 0}).error().front().code, "list.limit");
  EXPECT_EQ(page({.limit = list_limit_max + 1}).error().front().code, "list.limit");
}

INSTANTIATE_TEST_SUITE_P(On, Listing, testing::Values("sqlite", "postgresql"),
                         [](const auto& each) { return each.param; });

}  // namespace
}  // namespace zhijia::registers
