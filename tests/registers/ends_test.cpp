#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "records/coverage.hpp"
#include "support/database.hpp"
#include "support/source.hpp"

/// Who reaches a record that lies in two unions, and at which end: asked of the database and of the values alone.
namespace zhijia::registers {
namespace {

class Ends : public testing::TestWithParam<std::string> {
 protected:
  void SetUp() override {
    if (!database_.missing().empty()) GTEST_SKIP() << database_.missing();
    store_ = store::Store::open(database_.url(), clock_, {.durable = false}).value();
    registers_ = Registers::open(*store_, load_packs(tests::source_folder() / "packs").value(), vault_, clock_).value();
    above_ = make_union("A", "610702", "");
    old_ = make_union("B", "610702", "A");
    new_ = make_union("C", "610703", "");
    third_ = make_union("D", "610722", "A");
    const Record member = make("member", {{"organisation", "B"},
                                          {"subject.name", "王小明"},
                                          {"subject.identity_number", "610799198001010017"},
                                          {"joined_on", "2020-01-01"},
                                          {"state", "member"}});
    transfer_ = make("member_transfer", {{"organisation", "B"},
                                         {"code", "T"},
                                         {"member", "#" + std::to_string(member.id)},
                                         {"to", "C"},
                                         {"reason", "work"},
                                         {"asked_on", "2020-03-01"}});
  }

  Record make(std::string_view name, const Cells& cells) {
    const auto made = store_->write([&](store::Transaction& transaction) {
      return registers_->create(transaction, of(name), cells, {.id = "1", .source = "test", .roles = {}});
    });
    if (!made) ADD_FAILURE() << name << " " << describe(made.error().front());
    return made.value();
  }

  Id make_union(const std::string& code, const std::string& region, const std::string& parent) {
    return make("union", {{"code", code},
                          {"name", code},
                          {"region", region},
                          {"parent", parent},
                          {"level", "county"},
                          {"kind", "federation"},
                          {"founded_on", "2000-01-01"}})
        .id;
  }

  const Register& of(std::string_view name) { return *registers_->catalogue().find_register(name); }

  tests::TestDatabase database_{GetParam()};
  FixedClock clock_{Date::of(2020, 3, 2)};
  access::Vault vault_ = access::Vault::from_file(database_.folder.path / "vault").value();
  std::unique_ptr<store::Store> store_;
  std::unique_ptr<Registers> registers_;
  Id above_ = 0, old_ = 0, new_ = 0, third_ = 0;
  Record transfer_;
};

TEST_P(Ends, ARecordIsReachedFromEitherEndAndAStepOnlyFromItsOwn) {
  struct Case {
    std::string name, grant;
    bool at_all, at_organisation, at_to;
  };
  const auto number = [](Id id) { return std::to_string(id); };
  const Case cases[] = {
      {"the union it leaves", "union_chair@union:" + number(old_), true, true, false},
      {"the union it goes to", "union_chair@union:" + number(new_), true, false, true},
      {"a union at neither end", "union_chair@union:" + number(third_), false, false, false},
      {"a union above one end and its own alone", "union_chair@union:" + number(above_), false, false, false},
      {"a union above one end with all below", "union_chair@below:" + number(above_), true, true, false},
      {"the county of the one", "union_chair@610702", true, true, false},
      {"the county of the other", "union_chair@610703", true, false, true},
      {"another county", "union_chair@610722", false, false, false},
      {"the whole federation", "union_chair", true, true, true},
  };
  const Register& transfers = of("member_transfer");
  for (const Case& c : cases) {
    Reach reach;
    reach.add(access::parse_grant(c.grant).value());
    store_->read([&](store::Reader& reader) {
      Coverage coverage(reader, registers_->catalogue(), transfers, reach);
      for (const auto& [at, expected] :
           {std::pair{"", c.at_all}, std::pair{"organisation", c.at_organisation}, std::pair{"to", c.at_to}}) {
        EXPECT_EQ(covers(reader, *registers_, transfers, transfer_.id, reach, at), expected) << c.name << " " << at;
        EXPECT_EQ(coverage.covers(transfer_, at), expected) << c.name << " " << at << ", by its values";
      }
      return 0;
    });
  }
}

TEST_P(Ends, ARoleIsHeldWhereItWasGiven) {
  const std::vector<access::Grant> grants{access::parse_grant("union_chair@union:" + std::to_string(old_)).value(),
                                          access::parse_grant("clerk@union:" + std::to_string(new_)).value()};
  const Register& transfers = of("member_transfer");
  store_->read([&](store::Reader& reader) {
    Permits permits(reader, registers_->catalogue(), transfers, grants);
    const auto roles = [&](std::string_view at) {
      return roles_of(grants_over(reader, *registers_, transfers, transfer_.id, grants, at));
    };
    EXPECT_THAT(roles(""), testing::ElementsAre("union_chair", "clerk"));
    EXPECT_THAT(roles("organisation"), testing::ElementsAre("union_chair"));
    EXPECT_THAT(roles("to"), testing::ElementsAre("clerk"));
    EXPECT_TRUE(permits.has_role("union_chair", transfer_, "organisation"));
    EXPECT_FALSE(permits.has_role("union_chair", transfer_, "to"));
    EXPECT_TRUE(permits.has_role("clerk", transfer_, "to"));
    return 0;
  });
}

INSTANTIATE_TEST_SUITE_P(On, Ends, testing::Values("sqlite", "postgresql"),
                         [](const auto& each) { return each.param; });

}  // namespace
}  // namespace zhijia::registers
