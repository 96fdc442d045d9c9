#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>

#include "registers/check.hpp"
#include "registers/pack.hpp"

namespace zhijia::registers {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view good_register = R"(
register: visit
title: {zh: 走访, en: Visit}
fields:
  code:   {type: text, required: true, title: {zh: 编号, en: Code}}
  made_on: {type: date, title: {zh: 日期, en: Made on}}
  amount: {type: money, title: {zh: 金额, en: Amount}}
key: [code]
flow:
  start: draft
  states: {draft: {zh: 草稿, en: Draft}, paid: {zh: 已付, en: Paid}}
  steps: [{do: pay, from: draft, to: paid, by: cashier, posts: payment}]
postings:
  payment: {debit: 支出, credit: 银行存款, amount: amount, on: made_on}
)";

constexpr std::string_view good_indicators = R"(
indicators:
  visit.funds: {title: {zh: 资金, en: Funds}, unit: CNY, of: visit, count: sum, value: amount, on: made_on, until: 09-30}
)";

/// A folder with one pack, as its files are given; gone with the test.
class PackFolder {
 public:
  explicit PackFolder(std::string_view register_yaml, std::string_view indicators_yaml = good_indicators) {
    fs::create_directories(root / "visits");
    write("pack.yaml", "pack: visits\ntitle: {zh: 走访, en: Visits}\n");
    write("visit.yaml", register_yaml);
    write("indicators.yaml", indicators_yaml);
    write("review.md", "--- zh\n投入 {visit.funds}\n--- en\nPut in: {visit.funds}\n");
  }
  ~PackFolder() { fs::remove_all(root); }

  void write(const char* name, std::string_view text) const { std::ofstream(root / "visits" / name) << text; }

  const fs::path root = fs::temp_directory_path() / ("zhijia_packs_" + std::to_string(::getpid()));
};

std::string replaced(std::string_view text, std::string_view from, std::string_view to) {
  std::string changed(text);
  changed.replace(changed.find(from), from.size(), to);
  return changed;
}

TEST(LoadPacks, ASubTableBecomesARegisterOfItsOwn) {
  const PackFolder folder(std::string(good_register) + R"(
tables:
  goods: {title: {zh: 慰问品, en: Goods}, fields: {item: {type: text, required: true, title: {zh: 品名, en: Item}}}}
)");
  const auto catalogue = load_packs(folder.root);
  ASSERT_TRUE(catalogue) << describe(catalogue.error().front());
  const Register* goods = catalogue->find_register("visit_goods");
  ASSERT_NE(goods, nullptr);
  EXPECT_EQ(goods->part_of, "visit");
  EXPECT_EQ(goods->title.zh, "走访·慰问品");
  EXPECT_EQ(goods->fields[0].target, "visit");
  EXPECT_TRUE(goods->fields[0].required);
  EXPECT_EQ(goods->label, "item");
}

TEST(LoadPacks, ASubTableNeedsItsOwnersKey) {
  const PackFolder folder(replaced(good_register, "key: [code]", "") + R"(
tables:
  goods: {title: {zh: 慰问品, en: Goods}, fields: {item: {type: text, title: {zh: 品名, en: Item}}}}
)");
  const auto catalogue = load_packs(folder.root);
  ASSERT_FALSE(catalogue);
  EXPECT_EQ(catalogue.error().front().code, "pack.table_key");
}

TEST(LoadPacks, AnotherPacksCodeListIsUsedByWhoNamesThatPack) {
  const PackFolder folder(replaced(good_register, "key: [code]",
                                   "  season: {type: choice, of: season, title: {zh: 季节, en: Season}}\nkey: [code]"));
  fs::create_directories(folder.root / "seasons");
  std::ofstream(folder.root / "seasons/pack.yaml") << "pack: seasons\ntitle: {zh: 季节, en: Seasons}\n";
  std::ofstream(folder.root / "seasons/codes.yaml")
      << "codes:\n  season: {title: {zh: 季节, en: Season}, values: {winter: {zh: 冬, en: Winter}}}\n";
  const auto unnamed = load_packs(folder.root);
  ASSERT_FALSE(unnamed);
  EXPECT_EQ(unnamed.error().front().code, "pack.need");
  folder.write("pack.yaml", "pack: visits\ntitle: {zh: 走访, en: Visits}\nneeds: [seasons]\n");
  const auto named = load_packs(folder.root);
  EXPECT_TRUE(named) << describe(named.error().front());
}

TEST(LoadPacks, AGoodPackIsReadWhole) {
  const PackFolder folder(good_register);
  const auto catalogue = load_packs(folder.root);
  ASSERT_TRUE(catalogue) << describe(catalogue.error().front());
  const Register* visit = catalogue->find_register("visit");
  ASSERT_NE(visit, nullptr);
  EXPECT_EQ(visit->fields.front().name, "state");
  EXPECT_EQ(visit->label, "code");
  EXPECT_EQ(visit->field("amount")->type, FieldType::money);
  const Indicator* funds = catalogue->find_indicator("visit.funds");
  ASSERT_NE(funds, nullptr);
  EXPECT_EQ(funds->period.until_month, 9U);
  EXPECT_EQ(catalogue->packs.front().review_en, "Put in: {visit.funds}\n");
}

struct Fault {
  std::string_view name, from, to, code;
};

TEST(LoadPacks, ADecisionThatOnePersonCanTakeAloneIsWarnedOf) {
  const std::string steps = "steps: [{do: pay, from: draft, to: paid, by: cashier, posts: payment}]";
  const auto two_steps = [](std::string_view approve, std::string_view pay) {
    return "steps: [{do: check, from: draft, to: checked, by: clerk" + std::string(approve) +
           "}, {do: pay, from: checked, to: paid, by: cashier, posts: payment" + std::string(pay) + "}]";
  };
  struct Case {
    std::string_view name;
    std::string steps;
    bool is_warned;
  };
  const Case cases[] = {
      {"who enters it pays it", steps, true},
      {"another than who entered it pays it", replaced(steps, "by: cashier", "by: cashier, never_by: create"), false},
      {"it says why", replaced(steps, "by: cashier", "by: cashier, alone: {zh: 金额很小, en: Small sums}"), false},
      {"who checks it pays it", two_steps("", ""), true},
      {"another than who checked it pays it", two_steps("", ", never_by: check"), false},
      {"another than who entered it checks it", two_steps(", never_by: create", ""), false},
      {"the person himself is on the way", replaced(two_steps("", ""), "by: clerk", "by: worker"), false},
      {"the program alone is on the way", replaced(two_steps("", ""), "by: clerk", "by: system"), true},
  };
  for (const Case& c : cases) {
    const PackFolder folder(replaced(replaced(good_register, steps, c.steps), "draft: {zh: 草稿, en: Draft},",
                                     c.steps.find("check") == std::string::npos
                                         ? "draft: {zh: 草稿, en: Draft},"
                                         : "draft: {zh: 草稿, en: Draft}, checked: {zh: 已审, en: Checked},"));
    Problems warnings;
    const auto catalogue = load_packs(folder.root, warnings);
    ASSERT_TRUE(catalogue) << c.name << describe(catalogue.error().front());
    EXPECT_EQ(warnings.size(), c.is_warned ? 1u : 0u) << c.name;
    if (c.is_warned && !warnings.empty()) {
      EXPECT_EQ(warnings.front().code, "pack.lone_decision") << c.name;
      EXPECT_EQ(warnings.front().place.cell.substr(0, 3), "12:") << c.name << ": the line of the step";
    }
  }
}

TEST(LoadPacks, AGuardThatNamesASubTableIsToldWhatSeesOne) {
  constexpr std::string_view goods = R"(
tables:
  goods: {title: {zh: 慰问品, en: Goods}, fields: {item: {type: text, required: true, title: {zh: 品名, en: Item}}}}
)";
  const auto faults = [&](std::string_view guard) {
    const PackFolder folder(
        replaced(good_register, "by: cashier,", "by: cashier, guard: '" + std::string(guard) + "',") +
        std::string(goods));
    const auto catalogue = load_packs(folder.root);
    EXPECT_TRUE(catalogue) << describe(catalogue.error().front());
    std::vector<std::string> codes;
    for (const Problem& fault : check_expressions(*catalogue)) codes.push_back(fault.code + " " + fault.place.field);
    return codes;
  };
  EXPECT_THAT(faults("count(goods) > 0"), testing::ElementsAre("pack.no_parts_here pay"));
  EXPECT_THAT(faults("count(gifts) > 0"), testing::ElementsAre("pack.expression pay"));
  EXPECT_THAT(faults("amount > 0"), testing::IsEmpty());
}

TEST(LoadPacks, EachFaultOfARegisterIsNamed) {
  constexpr Fault cases[] = {
      {"an unknown key", "key: [code]", "keys: [code]", "pack.unknown_key"},
      {"an unknown type", "type: money", "type: cash", "pack.field_type"},
      {"a missing title", "title: {zh: 走访, en: Visit}", "about: x", "pack.missing_key"},
      {"a title in one language", "{zh: 金额, en: Amount}", "{zh: 金额}", "pack.missing_key"},
      {"a bad field name", "  code:", "  Code:", "pack.name"},
      {"a key on no field", "key: [code]", "key: [number]", "pack.no_such_field"},
      {"a unique rule for no state", "key: [code]", "unique: [{fields: [code], in: [gone]}]", "pack.no_such_state"},
      {"a unique rule that names no state", "key: [code]", "unique: [{fields: [code]}]", "pack.unique"},
      {"a step to no state", "to: paid", "to: gone", "pack.no_such_state"},
      {"a state that nothing leads to", "paid: {zh: 已付", "lost: {zh: 丢失, en: Lost}, paid: {zh: 已付",
       "pack.unreachable_state"},
      {"a posting that is not declared", "posts: payment", "posts: paiment", "pack.no_such_posting"},
      {"a posting dated by money", "on: made_on", "on: amount", "pack.field_kind"},
      {"a code list that is not there", "type: money", "type: choice, of: colours", "pack.no_such_codes"},
      {"a reference to nothing", "type: money", "type: ref, to: nowhere", "pack.dangling_ref"},
      {"YAML that is broken", "register: visit", "register: [visit", "pack.yaml"},
      {"a flag that is none", "required: true", "required: maybe", "pack.not_a_flag"},
  };
  for (const Fault& c : cases) {
    const PackFolder folder(replaced(good_register, c.from, c.to));
    const auto catalogue = load_packs(folder.root);
    ASSERT_FALSE(catalogue) << c.name;
    std::vector<std::string> codes;
    for (const Problem& problem : catalogue.error()) codes.push_back(problem.code);
    EXPECT_THAT(codes, testing::Contains(c.code)) << c.name;
  }
}

TEST(LoadPacks, EachFaultOfAnIndicatorIsNamed) {
  constexpr Fault cases[] = {
      {"a register that is not there", "of: visit", "of: visits", "pack.no_such_register"},
      {"a value that is no field", "value: amount", "value: amounts", "pack.no_such_field"},
      {"a way of counting unknown", "count: sum", "count: average", "pack.count"},
      {"no place in time", ", on: made_on", "", "pack.indicator_time"},
      {"an impossible day", "until: 09-30", "until: 09-31", "pack.until"},
  };
  for (const Fault& c : cases) {
    const PackFolder folder(good_register, replaced(good_indicators, c.from, c.to));
    const auto catalogue = load_packs(folder.root);
    ASSERT_FALSE(catalogue) << c.name;
    EXPECT_THAT(catalogue.error(), testing::Contains(testing::Field(&Problem::code, c.code))) << c.name;
  }
}

constexpr std::string_view daily_register = R"(
register: award
title: {zh: 荣誉, en: Award}
shared: true
fields:
  code:   {type: text, required: true, title: {zh: 编号, en: Code}, access: {visible: [clerk], hidden: [auditor], others: masked}}
  term:   {type: period, required: true, title: {zh: 任期, en: Term}}
  amount: {type: money, title: {zh: 奖金, en: Amount}}
  card:   {type: bank_card, title: {zh: 银行卡, en: Card}}
key: [code]
limits:
  - {sum: amount, per: code, year_of: term_from, where: 'amount > 0', at_most: 5000, message: {zh: 超过上限, en: Beyond the limit}}
access:
  read: [clerk, reviewer]
  change: [{by: clerk, in: [draft, shown], fields: amount}, {by: reviewer}]
flow:
  start: draft
  states: {draft: {zh: 草稿, en: Draft}, shown: {zh: 公示, en: Shown}, given: {zh: 已授, en: Given}, refused: {zh: 未通过, en: Refused}}
  steps:
    - {do: show, from: draft, to: shown, by: clerk, with: [amount], may: term_to}
    - {do: give, from: shown, to: given, by: system}
    - {do: refuse, from: [draft, shown], to: refused, by: reviewer, reason: required}
  deadlines:
    - {name: idle, title: {zh: 久未办理, en: Idle}, in: draft, days: 30, remind: clerk}
  publicity:
    shown: {working_days: 5, show: [code, term_from], mask: code, unopposed: give, upheld: refuse, answered_by: reviewer, answer: {days: 15}}
)";

TEST(LoadPacks, ARegisterForDailyUseIsReadWhole) {
  const PackFolder folder(good_register);
  folder.write("award.yaml", daily_register);
  folder.write("calendar.yaml",
               "calendar: {2020: {source: {zh: 通知, en: Notice}, holidays: [2020-01-24..2020-01-30], working_days: "
               "2020-01-19}}");
  const auto catalogue = load_packs(folder.root);
  ASSERT_TRUE(catalogue) << describe(catalogue.error().front());
  EXPECT_TRUE(catalogue->calendar.is_working_day(Date::of(2020, 1, 19)));
  EXPECT_FALSE(catalogue->calendar.is_working_day(Date::of(2020, 1, 30)));

  const Register& award = *catalogue->find_register("award");
  EXPECT_TRUE(award.is_shared);
  EXPECT_EQ(award.field("term_to")->period, "term");
  EXPECT_TRUE(award.field("term_from")->required);
  EXPECT_EQ(award.checks.size(), 1U);
  EXPECT_EQ(award.field("code")->access.others, Sight::masked);
  EXPECT_EQ(award.field("card")->access.others, Sight::masked);
  EXPECT_EQ(award.access.change->front().states, (std::vector<std::string>{"draft", "shown"}));
  EXPECT_EQ(award.limits.front().parts.front().year_of, "term_from");
  EXPECT_TRUE(award.flow->steps[0].sets("term_to"));
  EXPECT_TRUE(award.flow->steps[1].is_automatic());
  EXPECT_TRUE(award.flow->steps[2].needs_reason);
  EXPECT_EQ(award.flow->deadlines.front().term.length, "30");
  EXPECT_EQ(award.flow->publicity("shown")->term.unit, Term::Unit::working_days);
  EXPECT_FALSE(award.flow->is_open("given"));

  const Register* objection = catalogue->find_register("award_objection");
  ASSERT_NE(objection, nullptr);
  EXPECT_TRUE(objection->takes_objections);
  EXPECT_EQ(objection->part_of, "award");
  EXPECT_EQ(objection->flow->steps.front().by, "reviewer");
  EXPECT_EQ(objection->access.change->front().by, (std::vector<std::string>{"clerk", "reviewer"}));
}

TEST(LoadPacks, EachFaultOfFlowsAccessAndLimitsIsNamed) {
  constexpr Fault cases[] = {
      {"two terms for one deadline", "days: 30", "days: 30, months: 1", "pack.term"},
      {"a deadline without a term", "in: draft, days: 30", "in: draft", "pack.term"},
      {"a deadline in no state", "in: draft, days", "in: drafted, days", "pack.no_such_state"},
      {"a deadline after no date", "days: 30", "days: 30, after: amount", "pack.field_kind"},
      {"a deadline whose step is a person's", "remind: clerk", "step: show", "pack.not_automatic"},
      {"a deadline whose step is not from there", "remind: clerk", "step: give", "pack.no_such_step"},
      {"a reason that may be", "reason: required", "reason: maybe", "pack.reason"},
      {"a step that sets no field", "with: [amount]", "with: [amounts]", "pack.no_such_field"},
      {"a publicity of no state", "    shown: {working", "    show: {working", "pack.no_such_state"},
      {"a secret on the public list", "show: [code, term_from]", "show: [code, card]", "pack.public_secret"},
      {"a mask for what is not shown", "mask: code", "mask: amount", "pack.no_such_field"},
      {"nothing on the public list", "show: [code, term_from], mask: code, ", "", "pack.missing_key"},
      {"an objection with no answer", ", answer: {days: 15}", "", "pack.missing_key"},
      {"a sight that is none", "others: masked", "others: blurred", "pack.sight"},
      {"a secret that is visible", "type: bank_card,", "type: bank_card, access: {visible: [clerk], others: hidden},",
       "pack.secret_visible"},
      {"a change in no state", "in: [draft, shown], fields", "in: [lost], fields", "pack.no_such_state"},
      {"a change of no field", "fields: amount", "fields: amounts", "pack.no_such_field"},
      {"a limit on a text", "sum: amount", "sum: code", "pack.field_kind"},
      {"a limit without a group", "per: code, year_of: term_from, ", "", "pack.missing_key"},
      {"a limit over a register that is not there", "at_most: 5000",
       "with: {prize: {sum: a, per: b, year_of: c}}, at_most: 5000", "pack.no_such_register"},
  };
  for (const Fault& c : cases) {
    const PackFolder folder(good_register);
    folder.write("award.yaml", replaced(daily_register, c.from, c.to));
    const auto catalogue = load_packs(folder.root);
    ASSERT_FALSE(catalogue) << c.name;
    EXPECT_THAT(catalogue.error(), testing::Contains(testing::Field(&Problem::code, c.code))) << c.name;
  }
}

TEST(LoadPacks, ACalendarOfAnotherYearOrWithoutSourceIsAFault) {
  for (const auto& [text, code] :
       {std::pair{"calendar: {2020: {source: {zh: 通知, en: Notice}, holidays: [2021-01-24]}}", "pack.calendar"},
        {"calendar: {2020: {source: {zh: 通知, en: Notice}, holidays: [2020-01-24..2020-01-20]}}", "pack.calendar"},
        {"calendar: {2020: {holidays: [2020-01-24]}}", "pack.missing_key"}}) {
    const PackFolder folder(good_register);
    folder.write("calendar.yaml", text);
    const auto catalogue = load_packs(folder.root);
    ASSERT_FALSE(catalogue) << text;
    EXPECT_EQ(catalogue.error().front().code, code);
  }
}

TEST(LoadPacks, AFaultTellsItsFileAndLine) {
  const PackFolder folder(replaced(good_register, "type: money", "type: cash"));
  const auto catalogue = load_packs(folder.root);
  ASSERT_FALSE(catalogue);
  EXPECT_THAT(catalogue.error().front().place.file, testing::EndsWith("visits/visit.yaml"));
  EXPECT_THAT(catalogue.error().front().place.cell, testing::StartsWith("7:"));
}

}  // namespace
}  // namespace zhijia::registers
