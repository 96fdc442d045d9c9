#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>

#include "base/identity_number.hpp"
#include "registers/listing.hpp"
#include "registers/publicity.hpp"
#include "registers/schedule.hpp"
#include "registers/texts.hpp"
#include "registers/work.hpp"
#include "support/database.hpp"

/// Publicity, deadlines, returns, delegation, limits and access, over a small pack on both databases.
namespace zhijia::registers {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr std::string_view files[][2] = {
    {"pack.yaml", "pack: small\ntitle: {zh: 小, en: Small}\n"},
    {"review.md", "--- zh\n无\n--- en\nNone\n"},
    {"calendar.yaml",
     "calendar: {2020: {source: {zh: 通知, en: Notice}, holidays: [2020-01-24..2020-02-02], working_days: "
     "2020-01-19}}\n"},
    {"union.yaml", R"(
register: union
title: {zh: 工会, en: Union}
label: name
fields:
  name:   {type: text, required: true, title: {zh: 名称, en: Name}}
  parent: {type: organisation, title: {zh: 上级, en: Parent}}
  region: {type: region, title: {zh: 县区, en: County}}
key: [name]
)"},
    {"programme.yaml", R"(
register: programme
title: {zh: 项目, en: Programme}
shared: true
label: name
fields:
  name:   {type: text, required: true, title: {zh: 名称, en: Name}}
  budget: {type: money, title: {zh: 预算, en: Budget}}
  days:   {type: integer, title: {zh: 公示天数, en: Days}}
key: [name]
)"},
    {"award.yaml", R"(
register: award
title: {zh: 荣誉, en: Award}
scope: organisation
subject: person
fields:
  code:      {type: text, required: true, title: {zh: 编号, en: Code}}
  programme: {type: ref, to: programme, required: true, title: {zh: 项目, en: Programme}}
  amount:    {type: money, title: {zh: 奖金, en: Amount}, access: {visible: [clerk, leader], masked: [reviewer], others: hidden}}
  given_on:  {type: date, title: {zh: 授予日期, en: Given on}}
  filed_on:  {type: date, title: {zh: 报送日期, en: Filed on}}
key: [code]
limits:
  - {sum: amount, per: programme, where: 'state != "refused"', at_most: programme.budget, message: {zh: 超出项目预算, en: Beyond the budget}}
  - {per: subject, year_of: given_on, with: {gift: {per: person, year_of: given_on}}, at_most: 2, message: {zh: 每年最多两次, en: Twice a year}}
access:
  change: [{by: clerk, in: draft}, {by: leader, in: [draft, filed], fields: given_on}]
flow:
  start: draft
  states: {draft: {zh: 草稿, en: Draft}, filed: {zh: 已报, en: Filed}, shown: {zh: 公示, en: Shown}, given: {zh: 已授, en: Given}, refused: {zh: 未通过, en: Refused}}
  steps:
    - {do: file, title: {zh: 报送, en: File}, from: draft, to: filed, by: clerk, may: [filed_on]}
    - {do: show, title: {zh: 公示, en: Show}, from: filed, to: shown, by: reviewer, with: [given_on]}
    - {do: give, title: {zh: 授予, en: Give}, from: shown, to: given, by: leader, never_by: show}
    - {do: return, title: {zh: 退回, en: Return}, from: [filed, shown], to: draft, by: reviewer, reason: required}
    - {do: refuse, title: {zh: 不予授予, en: Refuse}, from: shown, to: refused, by: system}
    - {do: expire, title: {zh: 逾期, en: Expire}, from: filed, to: refused, by: system}
  deadlines:
    - {name: idle, title: {zh: 久未报送, en: Idle}, in: draft, working_days: 3}
    - {name: expiry, title: {zh: 逾期未审, en: Not reviewed}, in: filed, days: 20, after: filed_on, step: expire}
  publicity:
    shown: {working_days: programme.days, show: [subject, programme, code], mask: code, unopposed: give, upheld: refuse, answered_by: reviewer, answer: {working_days: 5}}
)"},
    {"gift.yaml", R"(
register: gift
title: {zh: 慰问, en: Gift}
fields:
  person:   {type: person, required: true, title: {zh: 对象, en: To}}
  given_on: {type: date, required: true, title: {zh: 日期, en: Given on}}
)"},
    {"paper.yaml", R"(
register: paper
title: {zh: 合同, en: Paper}
fields:
  code:     {type: text, required: true, title: {zh: 编号, en: Code}}
  received: {type: date, title: {zh: 收到, en: Received}}
  term:     {type: period, title: {zh: 期限, en: Term}}
  each:     {type: money, title: {zh: 单价, en: Each}}
key: [code]
flow:
  start: filed
  states: {filed: {zh: 已报, en: Filed}, effective: {zh: 生效, en: In force}, ended: {zh: 到期, en: Ended}}
  steps:
    - {do: take_effect, title: {zh: 生效, en: Take effect}, from: filed, to: effective, by: system}
    - {do: end, title: {zh: 到期, en: End}, from: effective, to: ended, by: system}
  deadlines:
    - {name: unopposed, title: {zh: 十五日无异议, en: Unopposed}, in: filed, days: 15, after: received, step: take_effect}
    - {name: renewal, title: {zh: 到期前三个月, en: Renewal}, in: effective, months: -3, after: term_to, remind: clerk}
    - {name: end, title: {zh: 到期, en: End}, in: effective, days: 0, after: term_to, step: end}
tables:
  lines:
    title: {zh: 明细, en: Lines}
    fields:
      number: {type: integer, required: true, title: {zh: 数量, en: Number}}
      total:  {type: computed, as: number * part_of.each, gives: money, title: {zh: 小计, en: Total}}
)"},
};

std::string number_of(int person) {
  const std::string first = "6107991980010" + std::to_string(1000 + person);
  return first + identity_check_character(first);
}

class FlowsTest : public testing::TestWithParam<std::string> {
 protected:
  void SetUp() override {
    if (!database_.missing().empty()) GTEST_SKIP() << database_.missing();
    fs::create_directories(packs_ / "small");
    for (const auto& [name, text] : files) std::ofstream(packs_ / "small" / name) << text;
    auto catalogue = load_packs(packs_);
    ASSERT_TRUE(catalogue) << describe(catalogue.error().front());
    store_ = store::Store::open(database_.url(), clock_, {.durable = false}).value();
    auto opened = Registers::open(*store_, std::move(*catalogue), vault_, clock_);
    ASSERT_TRUE(opened) << describe(opened.error().front());
    registers_ = std::move(*opened);
    make("union", {{"name", "市总工会"}, {"region", "汉台区"}});
    make("union", {{"name", "县总工会"}, {"region", "洋县"}});
    make("programme", {{"name", "劳模"}, {"budget", "5000"}, {"days", "5"}});
  }

  const Register& of(std::string_view name) { return *registers_->catalogue().find_register(name); }

  Result<Record> create(std::string_view name, const Cells& cells) {
    return store_->write([&](store::Transaction& transaction) {
      return registers_->create(transaction, of(name), cells, {.id = "7", .source = "test", .roles = {}});
    });
  }

  Id make(std::string_view name, const Cells& cells) {
    const auto made = create(name, cells);
    if (!made) ADD_FAILURE() << name << " " << describe(made.error().front());
    return made ? made->id : 0;
  }

  static Cells award(const std::string& code, int person, Cells changes = {}) {
    Cells cells{{"organisation", "市总工会"},
                {"subject.name", "王小明"},
                {"subject.identity_number", number_of(person)},
                {"code", code},
                {"programme", "劳模"},
                {"amount", "1000"},
                {"given_on", "2020-03-0" + std::to_string(1 + person % 9)}};
    changes.merge(cells);
    return changes;
  }

  Result<Record> step(Id id, std::string_view name, const Actor& actor, const StepInput& input = {},
                      std::string_view in = "award") {
    return store_->write([&](store::Transaction& transaction) {
      return registers_->take_step(transaction, of(in), id, name, actor, input);
    });
  }

  /// An award that came to the public list today.
  Id shown(const std::string& code, int person = 1) {
    const Id id = make("award", award(code, person));
    EXPECT_TRUE(step(id, "file", clerk));
    const auto taken = step(id, "show", reviewer);
    if (!taken) ADD_FAILURE() << describe(taken.error().front());
    return id;
  }

  Result<Record> object(Id award_id, const std::string& statement = "工龄不足") {
    return store_->write([&](store::Transaction& transaction) -> Result<Record> {
      for (const Publicised& period : publicised(transaction, *registers_, nullptr, clock_.today(), 0, 100))
        if (period.record == award_id)
          return object_to(transaction, *registers_, period,
                           {.statement = statement, .name = "李四", .phone = "13812341234"},
                           {.id = "public", .source = "10.0.0.1", .roles = {}});
      return fail("test.not_public", "", "");
    });
  }

  Ticked run_schedule() {
    auto ticked = tick(*store_, *registers_);
    EXPECT_TRUE(ticked);
    return ticked ? std::move(*ticked) : Ticked{};
  }

  std::string state(Id id, const std::string& in = "award") {
    return text("SELECT state FROM " + in + " WHERE id = " + std::to_string(id));
  }

  std::string text(const std::string& sql) {
    return store_->read([&](store::Reader& reader) {
      auto rows = reader.query(sql);
      return rows.next() ? std::string(rows.text(0)) : std::string("no row");
    });
  }

  Work work(const std::vector<access::Grant>& grants, Id user = 7) {
    return store_->read([&](store::Reader& reader) { return work_of(reader, *registers_, user, grants); });
  }

  template <typename T>
  static std::vector<std::string> refused(const Result<T>& result) {
    std::vector<std::string> codes;
    if (!result)
      for (const Problem& problem : result.error()) codes.push_back(problem.code);
    return codes;
  }

  static access::Grant grant(std::string role) { return {.role = std::move(role)}; }
  void on(int month, int day) { clock_.set(FixedClock(Date::of(2020, month, day)).now()); }

  const Actor clerk{"7", "test", {"clerk"}}, reviewer{"8", "test", {"reviewer"}}, leader{"9", "test", {"leader"}};

  tests::TestDatabase database_{GetParam()};
  const fs::path packs_ = database_.folder.path / "packs";
  FixedClock clock_{Date::of(2020, 1, 17)};  // a Friday; Sunday the 19th is worked, the festival begins on the 24th
  access::Vault vault_ = access::Vault::from_file(database_.folder.path / "vault").value();
  std::unique_ptr<store::Store> store_;
  std::unique_ptr<Registers> registers_;
};

TEST_P(FlowsTest, APublicityRunsForItsWorkingDaysAndThenTheStepIsOpen) {
  const Id id = shown("A-1");
  // 19, 20, 21, 22 and 23 January: the worked Sunday counts.
  EXPECT_EQ(text("SELECT ends_on FROM publicity"), "2020-01-23");
  EXPECT_THAT(refused(step(id, "give", leader)), ElementsAre("step.publicity"));
  on(1, 23);
  run_schedule();
  EXPECT_THAT(refused(step(id, "give", leader)), ElementsAre("step.publicity"));
  on(1, 24);
  EXPECT_EQ(run_schedule().settled, 1);
  EXPECT_EQ(run_schedule().settled, 0);
  EXPECT_EQ(text("SELECT outcome FROM publicity"), "unopposed");
  EXPECT_TRUE(step(id, "give", leader));
}

TEST_P(FlowsTest, ThePublicListMasksNamesAndShowsNothingElse) {
  const Id id = shown("王大力");
  store_->read([&](store::Reader& reader) {
    const auto list = publicised(reader, *registers_, &of("award"), clock_.today(), 0, 10);
    EXPECT_EQ(list.size(), 1U);
    std::vector<std::string> texts;
    for (const PublicValue& value : public_values(reader, *registers_, list.front())) texts.push_back(value.text);
    EXPECT_THAT(texts, ElementsAre("王**", "劳模", "王**"));
    EXPECT_EQ(list.front().record, id);
    EXPECT_TRUE(publicised(reader, *registers_, nullptr, clock_.today(), list.front().id, 10).empty());
    EXPECT_TRUE(publicised(reader, *registers_, nullptr, Date::of(2020, 1, 24), 0, 10).empty());
    EXPECT_FALSE(find_publicised(reader, *registers_, list.front().id, Date::of(2020, 1, 24)));
    return 0;
  });
}

TEST_P(FlowsTest, AnOpenObjectionHoldsTheStepUpUntilItIsDismissed) {
  const Id id = shown("A-1");
  const auto objection = object(id);
  ASSERT_TRUE(objection) << describe(objection.error().front());
  EXPECT_EQ(text("SELECT due_on FROM agenda WHERE register = 'award_objection'"), "2020-01-23");
  on(2, 10);
  run_schedule();
  EXPECT_EQ(state(id), "shown");
  EXPECT_THAT(refused(step(id, "give", leader)), ElementsAre("step.publicity"));
  EXPECT_THAT(refused(step(objection->id, "dismiss", reviewer, {}, "award_objection")), ElementsAre("field.required"));
  EXPECT_THAT(refused(step(objection->id, "dismiss", clerk, {.cells = {{"answer", "经核实"}}}, "award_objection")),
              ElementsAre("step.role"));
  EXPECT_TRUE(step(objection->id, "dismiss", reviewer, {.cells = {{"answer", "经核实符合条件"}}}, "award_objection"));
  EXPECT_EQ(text("SELECT outcome FROM publicity"), "unopposed");
  EXPECT_TRUE(step(id, "give", leader));
}

TEST_P(FlowsTest, AnUpheldObjectionLeadsToItsStepAtOnce) {
  const Id id = shown("A-1");
  const auto objection = object(id);
  ASSERT_TRUE(objection);
  EXPECT_TRUE(step(objection->id, "uphold", reviewer, {.cells = {{"answer", "属实"}}}, "award_objection"));
  EXPECT_EQ(state(id), "refused");
  EXPECT_EQ(text("SELECT actor || ' ' || source FROM change_log WHERE kind = 'step:refuse'"),
            "system rule:award.shown.upheld");
  EXPECT_THAT(refused(object(id)), ElementsAre("test.not_public"));
  EXPECT_THAT(
      refused(create("award_objection", {{"part_of", "A-1"}, {"statement", "x"}, {"received_on", "2020-01-17"}})),
      ElementsAre("publicity.not_open"));
}

TEST_P(FlowsTest, ASecondPublicityIsNotTroubledByTheObjectionsOfTheFirst) {
  const Id id = shown("A-1");
  const auto objection = object(id);
  ASSERT_TRUE(objection);
  EXPECT_TRUE(step(id, "return", reviewer, {.reason = "材料不全"}));
  EXPECT_EQ(text("SELECT outcome FROM publicity"), "left");
  EXPECT_TRUE(step(id, "file", clerk));
  EXPECT_TRUE(step(id, "show", reviewer));
  on(2, 10);
  EXPECT_EQ(run_schedule().settled, 1);
  EXPECT_TRUE(step(id, "give", leader));
}

TEST_P(FlowsTest, DeadlinesAreMadeUpForInOrderHoweverLongNothingRan) {
  const Id id = make(
      "paper", {{"code", "P"}, {"received", "2020-01-06"}, {"term_from", "2020-01-01"}, {"term_to", "2020-12-31"}});
  EXPECT_EQ(text("SELECT due_on FROM agenda"), "2020-01-21");
  on(1, 21);
  EXPECT_EQ(run_schedule().steps, 0);
  on(1, 22);
  EXPECT_EQ(run_schedule().steps, 1);
  EXPECT_EQ(run_schedule().steps, 0);
  EXPECT_EQ(state(id, "paper"), "effective");
  EXPECT_EQ(text("SELECT actor || ' ' || source FROM change_log WHERE kind = 'step:take_effect'"),
            "system rule:paper.unopposed");
  EXPECT_EQ(text("SELECT due_on FROM agenda WHERE rule = 'renewal'"), "2020-09-30");
  EXPECT_THAT(work({grant("clerk")}).owed, IsEmpty());
  on(10, 1);
  EXPECT_EQ(work({grant("clerk")}).owed.size(), 1U);
  EXPECT_THAT(work({grant("leader")}).owed, IsEmpty());

  const Id late = make(
      "paper", {{"code", "Q"}, {"received", "2020-01-06"}, {"term_from", "2020-01-01"}, {"term_to", "2020-06-30"}});
  EXPECT_EQ(run_schedule().steps, 2);
  EXPECT_EQ(state(late, "paper"), "ended");
}

TEST_P(FlowsTest, ATermOfDaysEndsOnAWorkingDayAndFollowsItsField) {
  const Id id = make("paper", {{"code", "P"}, {"received", "2020-01-10"}});
  EXPECT_EQ(text("SELECT due_on FROM agenda"), "2020-02-03");  // the 25th is a holiday
  const auto changed = store_->write([&](store::Transaction& transaction) {
    return registers_->change(transaction, of("paper"), id, 1, {{"received", "2020-03-02"}}, clerk);
  });
  EXPECT_TRUE(changed);
  EXPECT_EQ(text("SELECT due_on FROM agenda"), "2020-03-17");
}

TEST_P(FlowsTest, RecordsFromBeforeThePackAskedAreCaughtUpWith) {
  const Id paper = make("paper", {{"code", "P"}, {"received", "2020-01-06"}});
  const Id award_id = shown("A-1");
  store_
      ->write([](store::Transaction& transaction) -> Result<void> {
        transaction.execute("DELETE FROM agenda");
        transaction.execute("DELETE FROM publicity");
        return {};
      })
      .value();
  EXPECT_EQ(run_schedule().caught_up, 2);
  EXPECT_EQ(run_schedule().caught_up, 0);
  EXPECT_EQ(text("SELECT due_on FROM agenda WHERE record = " + std::to_string(paper)), "2020-01-21");
  EXPECT_EQ(text("SELECT ends_on FROM publicity WHERE record = " + std::to_string(award_id)), "2020-01-23");
}

TEST_P(FlowsTest, AReturnNeedsItsReasonAndIsShownToWhomItGoesBack) {
  const Id id = make("award", award("A-1", 1));
  EXPECT_TRUE(step(id, "file", clerk));
  EXPECT_THAT(refused(step(id, "return", reviewer)), ElementsAre("step.reason"));
  EXPECT_THAT(refused(step(id, "return", reviewer, {.reason = "  "})), ElementsAre("step.reason"));
  EXPECT_TRUE(step(id, "return", reviewer, {.reason = "缺少证明"}));
  const Work mine = work({grant("clerk")});
  ASSERT_EQ(mine.returned.size(), 1U);
  EXPECT_EQ(mine.returned.front().reason, "缺少证明");
  EXPECT_EQ(mine.returned.front().by, "8");
  EXPECT_THAT(work({grant("reviewer")}, 8).returned, IsEmpty());
  EXPECT_EQ(text("SELECT reason FROM flow_history WHERE step = 'return'"), "缺少证明");
  EXPECT_TRUE(step(id, "file", clerk));
  EXPECT_THAT(work({grant("clerk")}).returned, IsEmpty());
}

TEST_P(FlowsTest, AStepSetsItsOwnFieldsAndNoOthers) {
  const Id id = make("award", award("A-1", 1, {{"given_on", ""}}));
  EXPECT_THAT(refused(step(id, "file", clerk, {.cells = {{"given_on", "2020-03-01"}}})), ElementsAre("step.field"));
  EXPECT_TRUE(step(id, "file", clerk, {.cells = {{"filed_on", "2020-01-17"}}}));
  EXPECT_EQ(text("SELECT due_on FROM agenda WHERE rule = 'expiry'"), "2020-02-06");
  EXPECT_THAT(refused(step(id, "show", reviewer)), ElementsAre("field.required"));
  EXPECT_THAT(refused(step(id, "show", reviewer, {.cells = {{"given_on", "soon"}}})), ElementsAre("date.format"));
  EXPECT_TRUE(step(id, "show", reviewer, {.cells = {{"given_on", "2020-03-01"}}}));
}

TEST_P(FlowsTest, AStepOfTheProgramIsNobodyElses) {
  const Id id = make("award", award("A-1", 1));
  EXPECT_TRUE(step(id, "file", clerk));
  EXPECT_THAT(refused(step(id, "expire", {"7", "test", {"system"}})), ElementsAre("step.role"));
  EXPECT_TRUE(step(id, "expire", {"system", "test", {}}));
}

TEST_P(FlowsTest, SeparationOfDutiesSeesThroughDelegation) {
  const auto after_show = [&](const std::string& code, const Actor& shower) {
    const Id id = make("award", award(code, 1, {{"given_on", ""}}));
    EXPECT_TRUE(step(id, "file", clerk));
    EXPECT_TRUE(step(id, "show", shower, {.cells = {{"given_on", "2021-01-01"}}}));
    return id;
  };
  const Actor both{"8", "test", {"reviewer", "leader"}};
  const Actor deputy_shows{"5", "test", {}, {{"reviewer", "9"}}};
  const Id by_reviewer = after_show("A-1", reviewer), by_deputy = after_show("A-2", deputy_shows);
  on(2, 10);
  run_schedule();
  EXPECT_THAT(refused(step(by_reviewer, "give", both)), ElementsAre("step.never_by"));
  // 8 has shown it: neither he nor who stands in for him gives it; 5 in his own right may.
  EXPECT_THAT(refused(step(by_reviewer, "give", {"5", "test", {}, {{"leader", "8"}}})), ElementsAre("step.never_by"));
  // 5 has shown it for 9: neither of them gives it, nor does 5 for another.
  EXPECT_THAT(refused(step(by_deputy, "give", leader)), ElementsAre("step.never_by"));
  EXPECT_THAT(refused(step(by_deputy, "give", {"5", "test", {"leader"}})), ElementsAre("step.never_by"));
  EXPECT_THAT(refused(step(by_deputy, "give", {"5", "test", {}, {{"leader", "4"}}})), ElementsAre("step.never_by"));
  EXPECT_TRUE(step(by_reviewer, "give", {"5", "test", {"leader"}, {{"leader", "8"}}}));
  EXPECT_TRUE(step(by_deputy, "give", {"6", "test", {}, {{"leader", "4"}}}));
  EXPECT_EQ(text("SELECT for_whom FROM flow_history WHERE step = 'give' AND actor = '6'"), "4");
}

TEST_P(FlowsTest, WorkCountsWhatWaitsAndWhatIsOverdue) {
  for (const char* code : {"A-1", "A-2"}) make("award", award(code, code[2] - '0'));
  make("award", award("A-3", 3, {{"organisation", "县总工会"}}));
  on(2, 4);
  make("award", award("A-4", 4));
  const Work all = work({grant("clerk")});
  ASSERT_EQ(all.waiting.size(), 1U);
  EXPECT_EQ(all.waiting.front().count, 4);
  EXPECT_EQ(all.waiting.front().overdue, 3);
  EXPECT_EQ(*all.waiting.front().next_due, "2020-02-07");
  EXPECT_THAT(all.waiting.front().steps, ElementsAre("file"));
  EXPECT_EQ(all.owed.size(), 4U);
  const Work county = work({{.role = "clerk", .scope = access::Scope::region, .region = "610723"}});
  EXPECT_EQ(county.waiting.front().count, 1);
  EXPECT_EQ(county.owed.size(), 1U);
  EXPECT_THAT(work({grant("reviewer")}).waiting, IsEmpty());
}

TEST_P(FlowsTest, AnObjectionIsWorkForWhoAnswersIt) {
  ASSERT_TRUE(object(shown("A-1")));
  const Work mine = work({grant("reviewer")}, 8);
  ASSERT_EQ(mine.owed.size(), 1U);
  EXPECT_TRUE(mine.owed.front().of->takes_objections);
  EXPECT_EQ(work({{.role = "reviewer", .scope = access::Scope::region, .region = "610723"}}).owed.size(), 0U);
}

TEST_P(FlowsTest, LimitsHoldAcrossRecordsAndRegisters) {
  make("award", award("A-1", 1, {{"amount", "3000"}}));
  EXPECT_THAT(refused(create("award", award("A-2", 2, {{"amount", "2000.01"}}))), ElementsAre("record.limit"));
  const Id second = make("award", award("A-2", 2, {{"amount", "2000"}}));
  const auto change = [&](std::int64_t version, const char* amount) {
    return store_->write([&](store::Transaction& transaction) {
      return registers_->change(transaction, of("award"), second, version, {{"amount", amount}}, clerk);
    });
  };
  EXPECT_THAT(refused(change(1, "2500")), ElementsAre("record.limit"));
  EXPECT_TRUE(change(1, "1500"));
  make("award", award("A-3", 3, {{"amount", "500"}}));
  // What is refused no longer counts.
  EXPECT_TRUE(step(second, "file", clerk));
  EXPECT_TRUE(step(second, "expire", {"system", "test", {}}));
  make("award", award("A-4", 4, {{"amount", "1500"}}));

  const Cells gift{{"person.name", "王小明"}, {"person.identity_number", number_of(1)}, {"given_on", "2020-05-01"}};
  make("gift", gift);
  EXPECT_THAT(refused(create("gift", gift)), ElementsAre("record.limit"));
  Cells next_year = gift;
  next_year["given_on"] = "2021-05-01";
  make("gift", next_year);
}

TEST_P(FlowsTest, AnImportIsHeldToLimitsRowByRow) {
  const auto imported = store_->write([&](store::Transaction& transaction) -> Result<int> {
    Batch batch(*registers_, transaction, of("award"), clerk);
    int refused_rows = 0;
    for (int row = 1; row <= 7; ++row) {
      const Cells cells = award("B-" + std::to_string(row), row);
      std::vector<std::string_view> views;
      for (const CellColumn& column : cell_columns(of("award")))
        views.push_back(cells.contains(column.key) ? std::string_view(cells.at(column.key)) : std::string_view());
      auto record = batch.read(views);
      if (!record) return std::unexpected(record.error());
      if (!batch.add(*record)) ++refused_rows;
    }
    return refused_rows;
  });
  ASSERT_TRUE(imported) << describe(imported.error().front());
  EXPECT_EQ(*imported, 2);
}

TEST_P(FlowsTest, AComputedFieldOfASubTableReadsItsOwner) {
  make("paper", {{"code", "P"}, {"each", "2.50"}});
  const Id line = make("paper_lines", {{"part_of", "P"}, {"number", "4"}});
  EXPECT_EQ(text("SELECT CAST(total AS TEXT) FROM paper_lines WHERE id = " + std::to_string(line)), "1000");
}

TEST_P(FlowsTest, APeriodsEndDoesNotComeBeforeItsBeginning) {
  EXPECT_THAT(refused(create("paper", {{"code", "P"}, {"term_from", "2020-05-01"}, {"term_to", "2020-04-30"}})),
              ElementsAre("record.check"));
  make("paper", {{"code", "P"}, {"term_from", "2020-05-01"}, {"term_to", "2020-05-01"}});
  make("paper", {{"code", "Q"}, {"term_from", "2020-05-01"}});
}

TEST_P(FlowsTest, WhatOneDoesNotSeeInClearOneCannotAskBy) {
  make("award", award("A-1", 1));
  const auto ask = [&](const std::vector<access::Grant>& grants, ListQuery query) {
    query.grants = &grants;
    return store_->read([&](store::Reader& reader) { return list(reader, *registers_, of("award"), query); });
  };
  EXPECT_EQ(ask({grant("clerk")}, {.where = "amount > 5"})->records.size(), 1U);
  EXPECT_EQ(ask({grant("reviewer")}, {})->records.size(), 1U);
  EXPECT_THAT(refused(ask({grant("reviewer")}, {.where = "amount > 5"})), ElementsAre("list.hidden"));
  EXPECT_THAT(refused(ask({grant("auditor")}, {.sort = {{"amount"}}})), ElementsAre("list.hidden"));
  // A grant that sees it opens its own part only.
  const access::Grant elsewhere{.role = "clerk", .scope = access::Scope::region, .region = "610723"};
  EXPECT_EQ(ask({grant("reviewer"), elsewhere}, {.where = "amount > 5"})->records.size(), 0U);
  EXPECT_EQ(ask({grant("reviewer"), elsewhere}, {})->records.size(), 1U);
}

TEST_P(FlowsTest, RolesSeeAndChangeWhatThePackSays) {
  const Register& awards = of("award");
  const auto place = awards.place("amount");
  struct Case {
    const char* role;
    Sight sight;
    const char* state;
    const char* field;
    const char* refusal;
  };
  for (const auto& [role, sight, state, field, refusal] : {
           Case{"clerk", Sight::visible, "draft", "amount", ""},
           Case{"clerk", Sight::visible, "filed", "amount", "access.state"},
           Case{"leader", Sight::visible, "filed", "given_on", ""},
           Case{"leader", Sight::visible, "filed", "amount", "access.field"},
           Case{"reviewer", Sight::masked, "draft", "amount", "access.state"},
           Case{"auditor", Sight::hidden, "draft", "amount", "access.state"},
       }) {
    EXPECT_EQ(sights_of(awards, {role})[place], sight) << role;
    const Problems problems = refused_changes(awards, {role}, state, {field});
    EXPECT_EQ(problems.empty() ? "" : problems.front().code, refusal) << role << " " << state << " " << field;
  }
  EXPECT_EQ(sights_of(awards, {"auditor", "reviewer"})[place], Sight::masked);
  EXPECT_EQ(sights_of(awards, {})[place], Sight::visible);
  EXPECT_TRUE(may(awards, "leader", Operation::change));
  EXPECT_FALSE(may(awards, "manager", Operation::change));
  EXPECT_TRUE(may(awards, "manager", Operation::create));
  EXPECT_TRUE(
      reach_of(of("programme"), {{.role = "clerk", .scope = access::Scope::own, .organisation = 5}}, Operation::read)
          .all);
  EXPECT_FALSE(
      reach_of(of("programme"), {{.role = "clerk", .scope = access::Scope::own, .organisation = 5}}, Operation::change)
          .all);
}

INSTANTIATE_TEST_SUITE_P(On, FlowsTest, testing::Values("sqlite", "postgresql"),
                         [](const auto& each) { return each.param; });

}  // namespace
}  // namespace zhijia::registers
