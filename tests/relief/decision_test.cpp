#include <gmock/gmock.h>

#include "support/office.hpp"

namespace zhijia::relief {
namespace {

using testing::HasSubstr;

class Decisions : public Office {};

TEST_P(Decisions, a_file_is_decided_from_its_facts_and_the_parameters_of_its_county_and_day) {
  policy("610702", "2020-01-01", "1000");  // Hantai raises its line with the new year
  struct Case {
    std::string name, income;
    registers::Cells file;
    std::vector<registers::Cells> spending, property;
    std::string decided_on, kind, reason;
  };
  const registers::Cells elsewhere{{"region", "610703"}};
  const std::vector<Case> cases{
      {"below the line is deep", "7000", {}, {}, {}, "2019-12-31", "deep", "below_line"},
      {"below twice the line is relative", "12000", {}, {}, {}, "2019-12-31", "relative", "below_multiple"},
      {"above it is none", "15000", {}, {}, {}, "2019-12-31", "none", "above_limit"},
      {"the county's new line is used from its day on", "11000", {}, {}, {}, "2020-01-01", "deep", "below_line"},
      {"another county keeps the city's", "11000", elsewhere, {}, {}, "2020-01-01", "relative", "below_multiple"},
      {"medical cost of the year is taken off",
       "12000",
       {},
       {{{"year", "2019"}, {"kind", "medical"}, {"amount", "6000"}}},
       {},
       "2019-12-31",
       "deep",
       "below_line"},
      {"that of another year is not",
       "12000",
       {},
       {{{"year", "2018"}, {"kind", "medical"}, {"amount", "6000"}}},
       {},
       "2019-12-31",
       "relative",
       "below_multiple"},
      {"a sudden cost above the share is accidental",
       "30000",
       {},
       {{{"year", "2019"}, {"kind", "accident"}, {"amount", "25000"}}},
       {},
       "2019-12-31",
       "accidental",
       "sudden_need"},
      {"a home beyond the norm excludes",
       "7000",
       {},
       {},
       {{{"kind", "home"}, {"detail", "第二套"}, {"is_beyond", "是"}}},
       "2019-12-31",
       "none",
       "excluded"},
      {"a home within it does not",
       "7000",
       {},
       {},
       {{{"kind", "home"}, {"detail", "自住"}}},
       "2019-12-31",
       "deep",
       "below_line"},
      {"who is no member is out of scope",
       "7000",
       {{"union_member", "否"}},
       {},
       {},
       "2019-12-31",
       "none",
       "out_of_scope"},
      {"a subsistence household with rigid spending is deep",
       "30000",
       {{"on_subsistence", "是"}},
       {{{"year", "2019"}, {"kind", "care"}, {"amount", "100"}}},
       {},
       "2019-12-31",
       "deep",
       "subsistence"}};
  for (int n = 1; const Case& c : cases) {
    SCOPED_TRACE(c.name);
    file(n, c.income, c.file);
    const std::string code = "D" + std::to_string(n++);
    for (auto [table, lines] :
         {std::pair{"difficulty_file_spending", c.spending}, {"difficulty_file_property", c.property}})
      for (registers::Cells cells : lines) {
        cells["part_of"] = code;
        create(table, cells);
      }
    const auto decided =
        try_create("difficulty_decision",
                   {{"file", code}, {"decided_on", c.decided_on}, {"year", "2019"}, {"purpose", "opening"}});
    ASSERT_TRUE(decided) << describe(decided.error().front());
    EXPECT_EQ(text(*decided, "difficulty_decision", "kind"), c.kind);
    EXPECT_EQ(text(*decided, "difficulty_decision", "reason"), c.reason);
    EXPECT_THAT(text(*decided, "difficulty_decision", "explanation_zh"), HasSubstr("困难类别"));
    EXPECT_THAT(text(*decided, "difficulty_decision", "explanation_en"), HasSubstr("Difficulty"));
    EXPECT_NE(text(*decided, "difficulty_decision", "policy"), "");
  }
}

TEST_P(Decisions, members_count_and_those_who_could_work_but_do_not_count_at_the_minimum_wage) {
  file(1, "20000");
  const auto member = [&](int n, const std::string& work) {
    create("difficulty_file_members", {{"part_of", "D1"},
                                       {"member.name", "成员"},
                                       {"member.identity_number", identity_number(n)},
                                       {"relation", "spouse"},
                                       {"work", work}});
  };
  const auto decide = [&](const std::string& on) {
    const auto made = try_create("difficulty_decision",
                                 {{"file", "D1"}, {"decided_on", on}, {"year", "2019"}, {"purpose", "change"}});
    return made ? text(*made, "difficulty_decision", "net_income") : made.error().front().code;
  };
  EXPECT_EQ(decide("2019-06-01"), "166667") << "20,000 a year alone, in fen";
  member(20, "studying");
  EXPECT_EQ(decide("2019-06-02"), "83333") << "for two";
  member(21, "idle");
  EXPECT_EQ(decide("2019-06-03"), "115556") << "20,000 and 12 minimum wages for three";
}

TEST_P(Decisions, without_parameters_in_force_nothing_is_decided) {
  file(1, "7000");
  const auto made = try_create(
      "difficulty_decision", {{"file", "D1"}, {"decided_on", "2018-12-31"}, {"year", "2018"}, {"purpose", "opening"}});
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().front().code, "decision.no_policy");
}

TEST_P(Decisions, what_the_model_writes_nobody_else_may) {
  file(1, "7000");
  const auto made = try_create(
      "difficulty_decision",
      {{"file", "D1"}, {"decided_on", "2019-12-31"}, {"year", "2019"}, {"purpose", "opening"}, {"kind", "none"}});
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().front().code, "record.no_such_field");
}

TEST_P(Decisions, help_is_worked_out_and_no_family_is_paid_twice_or_beyond_the_year) {
  file(1, "7000");
  period(1, "open", "2019-02-01");
  create("difficulty_file_members", {{"part_of", "D1"},
                                     {"member.name", "配偶"},
                                     {"member.identity_number", identity_number(30)},
                                     {"relation", "spouse"},
                                     {"work", "unable"}});
  create("difficulty_file_needs", {{"part_of", "D1"}, {"need", "living"}});
  const auto programme = [&](const std::string& code, const std::string& need, const std::string& kind,
                             const std::string& deep) {
    create("help_programme", {{"code", code},
                              {"name", code},
                              {"need", need},
                              {"kind", kind},
                              {"deep_amount", deep},
                              {"relative_amount", "1"},
                              {"accidental_amount", "1"},
                              {"starts_on", "2019-01-01"},
                              {"ends_on", "2019-12-31"}});
  };
  programme("L", "living", "living", "2000");
  programme("M", "medical", "medical", "2000");
  programme("W", "living", "winter", "800");
  programme("B", "living", "work", "9000");
  create("season_programme", {{"code", "S"}, {"name", "送温暖"}, {"season", "winter"}, {"budget", "100000"}});
  struct Case {
    std::string name, programme, amount, entitled_or_code;
    std::string paid_before = "";  ///< of a winter visit to the spouse
  };
  const std::vector<Case> cases{
      {"a need that is not in the file gets nothing", "M", "1", "record.check"},
      {"more than the programme's amount is refused", "L", "2000.01", "record.check"},
      {"the programme's amount by the file's kind", "L", "2000", "200000"},
      {"what a visit paid the spouse for the same kind is seen", "W", "800", "record.check", "1000"},
      {"no more than the year leaves, what is promised in other awards counted", "B", "2000", "200000"}};
  for (const Case& c : cases) {
    SCOPED_TRACE(c.name);
    if (!c.paid_before.empty())
      create("winter_visit", {{"subject.name", "配偶"},
                              {"subject.identity_number", identity_number(30)},
                              {"programme", "S"},
                              {"visited_on", "2019-01-20"},
                              {"amount", c.paid_before},
                              {"state", "received"}});
    const auto made = try_create("help_award", {{"subject.name", "户主1"},
                                                {"subject.identity_number", identity_number(1)},
                                                {"file", "D1"},
                                                {"programme", c.programme},
                                                {"due_on", "2019-03-01"},
                                                {"amount", c.amount},
                                                {"paid_on", "2019-03-02"}});
    EXPECT_EQ(made ? text(*made, "help_award", "entitled") : made.error().front().code, c.entitled_or_code);
  }
}

INSTANTIATE_TEST_SUITE_P(On, Decisions, testing::Values("sqlite", "postgresql"),
                         [](const auto& each) { return each.param; });

}  // namespace
}  // namespace zhijia::relief
