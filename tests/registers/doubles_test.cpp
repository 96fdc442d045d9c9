#include "registers/doubles.hpp"

#include <gtest/gtest.h>

#include "people/people.hpp"
#include "registers/texts.hpp"
#include "support/database.hpp"

namespace zhijia::registers {
namespace {

using enum FieldType;

Field make(std::string name, FieldType type, std::string zh) {
  Field field;
  field.name = std::move(name);
  field.type = type;
  field.title = {std::move(zh), field.name};
  return field;
}

/// Visits to persons, one a programme; files of households.
Catalogue two_registers() {
  Register visit;
  visit.name = "visit";
  visit.title = {"走访", "Visit"};
  visit.fields = {make("subject", person, ""), make("programme", text, "项目"), make("phone", phone, "电话"),
                  make("address", text, "住址")};
  visit.uniques = {{.fields = {"subject", "programme"}}};
  Register file;
  file.name = "file";
  file.title = {"档案", "File"};
  file.label = "code";
  file.fields = {make("subject", household, ""), make("code", text, "编号")};
  file.key = {"code"};
  Catalogue catalogue;
  catalogue.registers = {visit, file};
  return catalogue;
}

// Two valid numbers that differ in one digit and in the check: a typing mistake that no check finds.
constexpr std::string_view zhang = "61079919800312451X", zhang_mistyped = "610799198003123517";

class DoublesTest : public testing::TestWithParam<std::string> {
 protected:
  void SetUp() override {
    if (!database_.missing().empty()) GTEST_SKIP() << database_.missing();
    store_ = store::Store::open(database_.url(), clock_, {.durable = false, .key_file = folder_.path / "key"}).value();
    vault_.emplace(access::Vault::from_file(folder_.path / "vault").value());
    registers_ = Registers::open(*store_, two_registers(), *vault_, clock_).value();
  }

  const Register& of(std::string_view name) { return *registers_->catalogue().find_register(name); }

  Id visit(std::string_view name, std::string_view number, std::string_view programme, std::string_view phone = "") {
    return create("visit", {{"subject.name", std::string(name)},
                            {"subject.identity_number", std::string(number)},
                            {"programme", std::string(programme)},
                            {"phone", std::string(phone)},
                            {"address", "汉台区东大街12号"}});
  }
  Id create(std::string_view name, const Cells& cells) {
    const auto made = store_->write(
        [&](store::Transaction& transaction) { return registers_->create(transaction, of(name), cells, clerk_); });
    if (!made)
      for (const Problem& problem : made.error()) ADD_FAILURE() << describe(problem);
    return made ? made->id : 0;
  }
  Id subject_of(std::string_view name, Id record) {
    return store_->read([&](store::Reader& reader) {
      const auto read = registers_->read(reader, of(name), record).value();
      return std::get<std::int64_t>(read.values[0]);
    });
  }
  Result<Id> merge(Id keep, Id drop) {
    return store_->write([&](store::Transaction& transaction) {
      return merge_persons(transaction, *registers_, keep, drop, "核对身份证原件", clerk_);
    });
  }
  Result<bool> undo(Id merge) {
    return store_->write([&](store::Transaction& transaction) -> Result<bool> {
      if (auto undone = undo_merge(transaction, *registers_, merge, clerk_); !undone)
        return std::unexpected(undone.error());
      return true;
    });
  }

  const tests::TemporaryFolder folder_;
  tests::TestDatabase database_{GetParam()};
  FixedClock clock_{Date::of(2021, 1, 10)};
  std::unique_ptr<store::Store> store_;
  std::optional<access::Vault> vault_;
  std::unique_ptr<Registers> registers_;
  const Actor clerk_{.id = "clerk", .source = "test", .roles = {}};
};
INSTANTIATE_TEST_SUITE_P(On, DoublesTest, testing::Values("sqlite", "postgresql"),
                         [](const auto& each) { return each.param; });

TEST_P(DoublesTest, AMistypedNumberIsFoundAndMergedFromTheWorkList) {
  const Id right = visit("张建国", zhang, "2019", "13800001111");
  const Id wrong = visit("张建国", zhang_mistyped, "2020", "13800001111");
  visit("李秀英", "61079919750411442X", "2020", "13900002222");

  const auto found = find_doubles(*store_, *registers_, clerk_).value();
  EXPECT_EQ(found.persons, 3U);
  ASSERT_EQ(found.new_pairs, 1U);
  EXPECT_EQ(find_doubles(*store_, *registers_, clerk_).value().new_pairs, 0U) << "a pair is listed once";
  const auto pairs = store_->read([](store::Reader& reader) { return person_pairs(reader, PairState::open, 10); });
  ASSERT_EQ(pairs.size(), 1U);
  EXPECT_NE(pairs[0].evidence.zh.find("电话相同"), std::string::npos) << pairs[0].evidence.zh;

  const Id keep = subject_of("visit", right);
  const auto decided = store_->write([&](store::Transaction& transaction) {
    return decide_pair(transaction, *registers_, pairs[0].id, keep, "核对身份证原件", clerk_);
  });
  ASSERT_TRUE(decided);
  EXPECT_EQ(decided->state, PairState::same);
  EXPECT_EQ(subject_of("visit", wrong), keep);
  EXPECT_EQ(subject_of("visit", visit("张建国", zhang_mistyped, "2021")), keep) << "the wrong number leads to him too";
}

TEST_P(DoublesTest, AMergeIsUndoneAsIfItHadNotBeen) {
  const Id left = visit("张建国", zhang, "2019"), other = visit("张建国", zhang_mistyped, "2020");
  const Id file = create(
      "file", {{"subject.name", "张建国"}, {"subject.identity_number", std::string(zhang_mistyped)}, {"code", "D-1"}});
  const Id keep = subject_of("visit", left), drop = subject_of("visit", other);
  const Id household = subject_of("file", file);
  const auto head = [&] {
    return store_->read([&](store::Reader& reader) { return people::find_head(reader, household)->id; });
  };
  const auto merged = merge(keep, drop);
  ASSERT_TRUE(merged);
  EXPECT_EQ(head(), keep);
  ASSERT_TRUE(undo(*merged));
  EXPECT_EQ(subject_of("visit", other), drop);
  EXPECT_EQ(subject_of("visit", left), keep);
  EXPECT_EQ(head(), drop);
  EXPECT_EQ(undo(*merged).error().at(0).code, "merge.undone");
  EXPECT_TRUE(store_->verify().value().problems.empty());
}

TEST_P(DoublesTest, HouseholdsOfBothBecomeOne) {
  const Id first =
      create("file", {{"subject.name", "张建国"}, {"subject.identity_number", std::string(zhang)}, {"code", "D-1"}});
  const Id second = create(
      "file", {{"subject.name", "张建国"}, {"subject.identity_number", std::string(zhang_mistyped)}, {"code", "D-2"}});
  const auto head = [&](Id file) {
    return store_->read([&](store::Reader& reader) { return people::find_head(reader, subject_of("file", file))->id; });
  };
  const auto merged = merge(head(first), head(second));
  ASSERT_TRUE(merged);
  EXPECT_EQ(subject_of("file", first), subject_of("file", second));
  ASSERT_TRUE(undo(*merged));
  EXPECT_NE(subject_of("file", first), subject_of("file", second));
}

TEST_P(DoublesTest, WhatBothHaveReceivedIsShownAndNothingMerged) {
  const Id one = visit("张建国", zhang, "2020"), other = visit("张建国", zhang_mistyped, "2020");
  const Id keep = subject_of("visit", one), drop = subject_of("visit", other);
  const auto merged = merge(keep, drop);
  ASSERT_FALSE(merged);
  EXPECT_EQ(merged.error().at(0).code, "merge.clash");
  EXPECT_EQ(subject_of("visit", other), drop);
}

TEST_P(DoublesTest, RefusesWhatIsNoPairOfPersons) {
  const Id a = subject_of("visit", visit("张建国", zhang, "2019"));
  const Id b = subject_of("visit", visit("张建国", zhang_mistyped, "2020"));
  EXPECT_EQ(merge(a, a).error().at(0).code, "merge.same");
  EXPECT_EQ(merge(a, 42).error().at(0).code, "person.not_found");
  ASSERT_TRUE(merge(a, b));
  EXPECT_EQ(merge(a, b).error().at(0).code, "merge.merged");
  EXPECT_EQ(undo(42).error().at(0).code, "merge.not_found");
}

}  // namespace
}  // namespace zhijia::registers
