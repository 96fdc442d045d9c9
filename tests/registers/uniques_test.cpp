#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/identity_number.hpp"
#include "records/matcher.hpp"
#include "registers/columns.hpp"
#include "registers/engine.hpp"
#include "support/database.hpp"
#include "support/source.hpp"

/// What no two records share while they are in some states: one current membership, one committee that serves.
namespace zhijia::registers {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::string number_of(int person) {
  const std::string first = "6107991980010" + std::to_string(1000 + person);
  return first + identity_check_character(first);
}

class Uniques : public testing::TestWithParam<std::string> {
 protected:
  void SetUp() override {
    if (!database_.missing().empty()) GTEST_SKIP() << database_.missing();
    store_ = store::Store::open(database_.url(), clock_, {.durable = false}).value();
    registers_ = Registers::open(*store_, load_packs(tests::source_folder() / "packs").value(), vault_, clock_).value();
    for (const char* code : {"A", "B", "C"})
      make("union", {{"code", code},
                     {"name", code},
                     {"region", "610702"},
                     {"level", "grassroots"},
                     {"kind", "enterprise"},
                     {"founded_on", "2000-01-01"}});
  }

  const Register& of(std::string_view name) { return *registers_->catalogue().find_register(name); }

  Result<Record> try_to_make(std::string_view name, const Cells& cells) {
    return store_->write([&](store::Transaction& transaction) {
      return registers_->create(transaction, of(name), cells, {.id = "1", .source = "test", .roles = {}});
    });
  }
  Id make(std::string_view name, const Cells& cells) {
    const auto made = try_to_make(name, cells);
    if (!made) ADD_FAILURE() << name << " " << describe(made.error().front());
    return made ? made->id : 0;
  }

  static Cells member(const std::string& union_, const std::string& state, int person = 1) {
    return {{"organisation", union_},
            {"subject.name", "王小明"},
            {"subject.identity_number", number_of(person)},
            {"joined_on", "2019-03-01"},
            {"left_on", state == "left" ? "2020-01-31" : ""},
            {"state", state}};
  }

  std::vector<std::string> step(std::string_view in, Id id, std::string_view name, const Cells& cells = {},
                                const std::string& who = "7") {
    return codes(store_->write([&](store::Transaction& transaction) {
      return registers_->take_step(transaction, of(in), id, name,
                                   {.id = who, .source = "test", .roles = {"clerk", "union_chair", "reviewer"}},
                                   {.reason = "", .cells = cells});
    }));
  }

  template <typename T>
  static std::vector<std::string> codes(const Result<T>& result) {
    std::vector<std::string> codes;
    if (!result)
      for (const Problem& problem : result.error()) codes.push_back(problem.code + " " + problem.place.field);
    return codes;
  }

  /// What stands against each row of a workbook: "" for nothing.
  std::vector<std::string> rows(store::Transaction& transaction, std::string_view name,
                                const std::vector<Cells>& rows) {
    Batch batch(*registers_, transaction, of(name), {.id = "1", .source = "import:roster.xlsx", .roles = {}});
    std::vector<std::string> answers;
    for (const Cells& row : rows) {
      std::vector<std::string_view> cells;
      const auto columns = cell_columns(of(name));
      for (const CellColumn& column : columns) {
        const auto cell = row.find(column.key);
        cells.emplace_back(cell == row.end() ? std::string_view() : std::string_view(cell->second));
      }
      auto read = batch.read(cells);
      const auto refused = read ? codes(batch.add(*read)) : codes(read);
      answers.push_back(refused.empty() ? "" : refused.front());
    }
    return answers;
  }

  tests::TestDatabase database_{GetParam()};
  FixedClock clock_{Date::of(2020, 3, 2)};
  access::Vault vault_ = access::Vault::from_file(database_.folder.path / "vault").value();
  std::unique_ptr<store::Store> store_;
  std::unique_ptr<Registers> registers_;
};

TEST_P(Uniques, APersonIsACurrentMemberOfOneUnion) {
  struct Case {
    const char *name, *here, *elsewhere, *refused;
  };
  constexpr Case cases[] = {
      {"a member applies elsewhere", "member", "applied", ""},
      {"a member is entered as one elsewhere", "member", "member", "record.unique subject"},
      {"who left is a member elsewhere", "left", "member", ""},
      {"who was refused is a member elsewhere", "refused", "member", ""},
      {"a member is entered as one who left elsewhere", "member", "left", ""},
  };
  int person = 1;
  for (const Case& c : cases) {
    make("member", member("A", c.here, ++person));
    const auto refused = codes(try_to_make("member", member("B", c.elsewhere, person)));
    EXPECT_EQ(refused.empty() ? "" : refused.front(), c.refused) << c.name;
  }
}

TEST_P(Uniques, AMemberIsAdmittedElsewhereOnceHeLeft) {
  const Id here = make("member", member("A", "member")), elsewhere = make("member", member("B", "applied"));
  EXPECT_THAT(step("member", elsewhere, "admit"), ElementsAre("record.unique subject"));
  EXPECT_THAT(step("member", here, "leave", {{"left_on", "2020-02-29"}, {"left_for", "request"}}), IsEmpty());
  EXPECT_THAT(step("member", elsewhere, "admit"), IsEmpty());
}

TEST_P(Uniques, ATransferEndsTheOldMembershipAsTheNewOneBegins) {
  const Id here = make("member", member("A", "member"));
  const Id transfer = make("member_transfer", {{"organisation", "A"},
                                               {"code", "T"},
                                               {"member", "#" + std::to_string(here)},
                                               {"to", "B"},
                                               {"reason", "work"},
                                               {"asked_on", "2020-03-01"}});
  EXPECT_THAT(step("member_transfer", transfer, "release"), IsEmpty());
  EXPECT_THAT(step("member_transfer", transfer, "accept", {{"done_on", "2020-03-02"}}, "8"), IsEmpty());
  EXPECT_THAT(codes(try_to_make("member", member("A", "member"))), ElementsAre("record.unique subject"))
      << "he is B's now";
  EXPECT_THAT(step("member", here, "leave", {{"left_on", "2020-03-02"}, {"left_for", "request"}}), IsEmpty());
  EXPECT_THAT(codes(try_to_make("member", member("A", "member"))), IsEmpty());
}

TEST_P(Uniques, ARosterIsToldWhichOfItsRowsAreMembersElsewhere) {
  make("member", member("C", "member", 1));
  make("member", member("C", "left", 2));
  const std::vector<Cells> roster{member("A", "member", 1), member("A", "member", 2), member("A", "member", 3),
                                  member("B", "member", 3), member("B", "applied", 2)};
  const auto answers = ElementsAre("record.unique subject", "", "", "record.unique subject", "");
  EXPECT_THAT(store_->rehearse([&](store::Transaction& transaction) { return rows(transaction, "member", roster); }),
              answers);
  (void)store_->write([&](store::Transaction& transaction) -> Result<void> {
    EXPECT_THAT(rows(transaction, "member", roster), answers);
    return {};
  });
}

TEST_P(Uniques, ARowMayEndWhatTheNextBegins) {
  const auto committee = [](const char* number, const char* state) {
    return Cells{{"organisation", "A"}, {"number", number},  {"elected_on", "2019-01-01"},
                 {"chair", "王"},       {"approval", "1号"}, {"state", state}};
  };
  make("union_committee", committee("1", "serving"));
  struct Case {
    const char* name;
    std::vector<Cells> rows;
    std::vector<std::string> answers;
  };
  const Case cases[] = {
      {"the new one first", {committee("2", "serving"), committee("1", "retired")}, {"record.unique organisation", ""}},
      {"the old one first", {committee("1", "retired"), committee("2", "serving")}, {"", ""}},
  };
  for (const Case& c : cases) {
    EXPECT_EQ(
        store_->rehearse([&](store::Transaction& transaction) { return rows(transaction, "union_committee", c.rows); }),
        c.answers)
        << c.name;
    (void)store_->write([&](store::Transaction& transaction) -> Result<void> {
      EXPECT_EQ(rows(transaction, "union_committee", c.rows), c.answers) << c.name;
      return fail("test", "", "");  // the next case begins anew
    });
  }
}

TEST_P(Uniques, WhatBrokeTheRuleBeforeCanBePutRight) {
  const Id one = make("member", member("A", "member")), other = make("member", member("B", "left"));
  (void)store_->write([&](store::Transaction& transaction) -> Result<void> {
    transaction.execute("UPDATE member SET state = 'member', left_on = NULL WHERE id = ?", other);
    return {};
  });
  const auto change = [&](const Cells& cells) {
    return codes(store_->write([&](store::Transaction& transaction) {
      const auto version = registers_->read(transaction, of("member"), other)->version;
      return registers_->change(transaction, of("member"), other, version, cells,
                                {.id = "1", .source = "test", .roles = {}});
    }));
  };
  EXPECT_THAT(change({{"joined_on", "2019-04-01"}}), IsEmpty());
  EXPECT_THAT(step("member", one, "leave", {{"left_on", "2020-02-29"}, {"left_for", "request"}}), IsEmpty());
  EXPECT_THAT(change({{"joined_on", "2019-05-01"}}), IsEmpty());
}

TEST_P(Uniques, ALongBatchReadsOnceWhatTheTableHolds) {
  const Id here = make("member", member("A", "member", 1));
  make("member", member("A", "left", 2));
  store_->read([&](store::Reader& reader) {
    const Table table(of("member"), vault_);
    Matcher matcher(table, {"subject"}, true, in_states({"member"}));
    const Record stored = *table.load(reader, here);
    matcher.read_all(reader);
    EXPECT_EQ(matcher.written(matcher.signature(stored)), here);
    EXPECT_THAT(matcher.find(reader, stored), ElementsAre(here));
    Record unlike = stored;
    unlike.values[of("member").place("subject")] = 42;
    EXPECT_THAT(matcher.find(reader, unlike), IsEmpty());
    return 0;
  });
}

INSTANTIATE_TEST_SUITE_P(On, Uniques, testing::Values("sqlite", "postgresql"),
                         [](const auto& each) { return each.param; });

}  // namespace
}  // namespace zhijia::registers
