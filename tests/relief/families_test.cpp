#include <gmock/gmock.h>

#include "relief/families.hpp"
#include "support/office.hpp"

namespace zhijia::relief {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class Families : public Office {
 protected:
  /// "same_child D1 D2 小明", one a doubt.
  std::vector<std::string> doubts(const registers::Reach& reach = registers::Reach::everything()) {
    return store_->read([&](store::Reader& reader) {
      std::vector<std::string> all;
      for (const FamilyDoubt& each : family_doubts(reader, registers_->catalogue(), reach))
        all.push_back(std::string(code_of(each.kind)) + " " + each.code + " " +
                      (each.kind == FamilyDoubt::Kind::payee ? "award" : each.about) + " " + each.name);
      return all;
    });
  }

  void member(int file, const std::string& name, int person, const std::string& relation) {
    create("difficulty_file_members", {{"part_of", "D" + std::to_string(file)},
                                       {"member.name", name},
                                       {"member.identity_number", identity_number(person)},
                                       {"relation", relation},
                                       {"work", "unable"}});
  }

  void on_the_roll(int n) {
    file(n, "7000");
    period(n, "open", "2018-02-01");
  }
};

TEST_P(Families, who_stands_in_two_files_is_found) {
  struct Case {
    std::string name;
    std::function<void()> enter;
    std::vector<std::string> found;
  };
  on_the_roll(1);
  on_the_roll(2);
  file(3, "7000");
  const std::vector<Case> cases{{"files that have nobody in common are no matter",
                                 [&] {
                                   member(1, "甲", 20, "spouse");
                                   member(2, "乙", 21, "child");
                                 },
                                 {}},
                                {"a child in two families",
                                 [&] {
                                   member(1, "小明", 22, "child");
                                   member(2, "小明", 22, "child");
                                 },
                                 {"same_child D1 D2 小明"}},
                                {"a head who is another's spouse",
                                 [&] { member(2, "户主1", 1, "spouse"); },
                                 {"same_family D1 D2 户主1", "same_child D1 D2 小明"}},
                                {"a file that is not on the roll does not count",
                                 [&] { member(3, "甲", 20, "spouse"); },
                                 {"same_family D1 D2 户主1", "same_child D1 D2 小明"}}};
  for (const Case& c : cases) {
    SCOPED_TRACE(c.name);
    c.enter();
    EXPECT_EQ(doubts(), c.found);
  }
}

TEST_P(Families, a_payee_outside_the_family_is_found_and_a_doubt_looked_into_is_settled) {
  on_the_roll(1);
  member(1, "配偶", 20, "spouse");
  create("difficulty_file_needs", {{"part_of", "D1"}, {"need", "living"}});
  create("help_programme", {{"code", "L"},
                            {"name", "L"},
                            {"need", "living"},
                            {"kind", "living"},
                            {"deep_amount", "2000"},
                            {"relative_amount", "1"},
                            {"accidental_amount", "1"},
                            {"starts_on", "2019-01-01"},
                            {"ends_on", "2019-12-31"}});
  const auto award = [&](const std::string& name, int person) {
    return create("help_award", {{"subject.name", name},
                                 {"subject.identity_number", identity_number(person)},
                                 {"file", "D1"},
                                 {"programme", "L"},
                                 {"due_on", "2019-03-01"},
                                 {"amount", "1"}});
  };
  award("配偶", 20);
  EXPECT_THAT(doubts(), IsEmpty()) << "a member may be paid";
  const Id outside = award("外人", 40);
  EXPECT_THAT(doubts(), ElementsAre("payee D1 award 外人"));
  EXPECT_THAT(doubts({.regions = {"610703"}}), IsEmpty()) << "another county sees nothing of it";
  create("family_check", {{"kind", "payee"},
                          {"file", "D1"},
                          {"about", std::to_string(outside)},
                          {"finding", "监护人代领"},
                          {"checked_on", "2019-03-05"}});
  EXPECT_THAT(doubts(), IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(On, Families, testing::Values("sqlite", "postgresql"),
                         [](const auto& each) { return each.param; });

}  // namespace
}  // namespace zhijia::relief
