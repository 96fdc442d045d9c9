#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "registers/engine.hpp"
#include "support/database.hpp"

/// What a record computes from the rows of its sub-tables, and what an import into a later state sets.
namespace zhijia::registers {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr std::string_view plan_yaml = R"yaml(register: plan
title: {zh: 计划, en: Plan}
fields:
  code:      {type: text, required: true, title: {zh: 编号, en: Code}}
  most:      {type: money, title: {zh: 上限, en: At most}}
  total:     {type: computed, as: 'if count(lines) = 0 then 0 else sum(lines.amount)', gives: money, title: {zh: 合计, en: Total}}
  spent:     {type: computed, as: 'sum(lines[item.kind = "out"].amount)', gives: money, title: {zh: 支出, en: Spent}}
  rest:      {type: computed, as: most - total, gives: money, title: {zh: 余额, en: Rest}}
  agreed_on: {type: date, title: {zh: 同意日期, en: Agreed on}}
  agreed:    {type: money, title: {zh: 同意金额, en: Amount agreed}}
  lines_then: {type: integer, title: {zh: 当时行数, en: Rows at the time}}
  paid_on:   {type: date, check: "? >= date(2020, 1, 1)", title: {zh: 付款日期, en: Paid on}}
key: [code]
checks:
  - {check: "rest >= 0", message: {zh: 超出上限, en: Beyond what it may come to}}
flow:
  start: draft
  states: {draft: {zh: 草稿, en: Draft}, agreed: {zh: 已同意, en: Agreed}, paid: {zh: 已付, en: Paid}, booked: {zh: 已记账, en: Booked}}
  steps:
    - {do: agree, title: {zh: 同意, en: Agree}, from: draft, to: agreed, by: clerk, sets: {agreed_on: today(), agreed: most, lines_then: count(lines)}}
    - {do: pay, title: {zh: 付款, en: Pay}, from: agreed, to: paid, by: clerk, sets: {paid_on: 'agreed_on + duration("P1D")'}}
    - {do: book, title: {zh: 记账, en: Book}, from: paid, to: booked, by: clerk, posts: payment}
postings:
  payment: {debit: 支出, credit: 银行存款, amount: total, on: paid_on}
tables:
  lines:
    title: {zh: 明细, en: Lines}
    fields:
      item:   {type: text, required: true, title: {zh: 项目, en: Item}}
      kind:   {type: text, title: {zh: 收支, en: In or out}}
      amount: {type: money, required: true, title: {zh: 金额, en: Amount}}
    key: [part_of, item]
)yaml";

class Rows : public testing::TestWithParam<std::string> {
 protected:
  void SetUp() override {
    if (!database_.missing().empty()) GTEST_SKIP() << database_.missing();
    fs::create_directories(packs_ / "small");
    std::ofstream(packs_ / "small/pack.yaml") << "pack: small\ntitle: {zh: 小, en: Small}\n";
    std::ofstream(packs_ / "small/plan.yaml") << plan_yaml;
    std::ofstream(packs_ / "small/indicators.yaml")
        << "indicators:\n  plans.total: {title: {zh: 合计, en: Total}, unit: CNY, of: plan, count: sum, value: total, "
           "where: 'spent > 0', on: agreed_on}\n";
    std::ofstream(packs_ / "small/review.md") << "--- zh\n无\n--- en\nNone\n";
    store_ = store::Store::open(database_.url(), clock_, {.durable = false}).value();
    auto catalogue = load_packs(packs_);
    ASSERT_TRUE(catalogue) << describe(catalogue.error().front());
    auto opened = Registers::open(*store_, std::move(*catalogue), vault_, clock_);
    ASSERT_TRUE(opened) << describe(opened.error().front());
    registers_ = std::move(*opened);
  }

  const Register& of(std::string_view name) { return *registers_->catalogue().find_register(name); }
  const Actor clerk{.id = "1", .source = "test", .roles = {"clerk"}};

  template <typename Work>
  auto write(Work&& work) {
    return store_->write([&](store::Transaction& transaction) { return work(transaction); });
  }
  Id make(std::string_view name, const Cells& cells) {
    const auto made = write([&](store::Transaction& t) { return registers_->create(t, of(name), cells, clerk); });
    if (!made) ADD_FAILURE() << name << " " << describe(made.error().front());
    return made ? made->id : 0;
  }
  Id line(const std::string& item, const std::string& amount, const std::string& kind = "",
          const std::string& plan = "A") {
    return make("plan_lines", {{"part_of", plan}, {"item", item}, {"amount", amount}, {"kind", kind}});
  }
  template <typename T>
  static std::vector<std::string> codes(const Result<T>& result) {
    std::vector<std::string> codes;
    if (!result)
      for (const Problem& problem : result.error()) codes.push_back(problem.code);
    return codes;
  }
  std::vector<std::string> change(std::string_view name, Id id, const Cells& cells) {
    return codes(write([&](store::Transaction& t) {
      return registers_->change(t, of(name), id, registers_->read(t, of(name), id)->version, cells, clerk);
    }));
  }
  std::vector<std::string> step(Id id, std::string_view name) {
    return codes(write([&](store::Transaction& t) { return registers_->take_step(t, of("plan"), id, name, clerk); }));
  }

  /// A field as a workbook would have it, in fen; "-" for none.
  std::string value(const std::string& field, const std::string& code = "A") {
    return store_->read([&](store::Reader& reader) -> std::string {
      auto rows = reader.query("SELECT CAST(" + field + " AS TEXT) FROM plan WHERE code = ?", code);
      return rows.next() && !rows.is_null(0) ? std::string(rows.text(0)) : "-";
    });
  }

  struct Answers {
    std::vector<std::string> rows, whole;
    std::int64_t first = 0, last = 0;
  };
  /// A workbook's rows: what stands against each ("" for nothing), then against all of it.
  Answers import(std::string_view name, const std::vector<Cells>& sheet) {
    Answers answers;
    answers.whole = codes(write([&](store::Transaction& t) -> Result<void> {
      answers.first = t.next_position();
      Batch batch(*registers_, t, of(name), {.id = "2", .source = "import:a.xlsx", .roles = {}},
                  {.defers_totals = true});
      const auto columns = cell_columns(of(name));
      for (const Cells& row : sheet) {
        std::vector<std::string_view> cells;
        for (const CellColumn& column : columns) {
          const auto cell = row.find(column.key);
          cells.emplace_back(cell == row.end() ? std::string_view() : std::string_view(cell->second));
        }
        auto read = batch.read(cells);
        const auto refused = read ? codes(batch.add(*read)) : codes(read);
        answers.rows.push_back(refused.empty() ? "" : refused.front());
      }
      auto finished = batch.finish();
      answers.last = t.next_position() - 1;
      return finished;
    }));
    return answers;
  }

  tests::TestDatabase database_{GetParam()};
  const fs::path packs_ = database_.folder.path / "packs";
  FixedClock clock_{Date::of(2020, 3, 2)};
  access::Vault vault_ = access::Vault::from_file(database_.folder.path / "vault").value();
  std::unique_ptr<store::Store> store_;
  std::unique_ptr<Registers> registers_;
};

TEST_P(Rows, TheirSumFollowsWhatIsAddedChangedAndTakenOut) {
  const Id plan = make("plan", {{"code", "A"}, {"most", "100"}});
  EXPECT_EQ(value("total"), "0");
  EXPECT_EQ(value("spent"), "-");
  const Id one = line("tea", "30.50", "out");
  line("rice", "20");
  EXPECT_EQ(value("total"), "5050");
  EXPECT_EQ(value("spent"), "3050");
  EXPECT_EQ(value("rest"), "4950") << "computed from what is computed";
  EXPECT_THAT(change("plan_lines", one, {{"amount", "40"}}), IsEmpty());
  EXPECT_EQ(value("total"), "6000");
  make("plan", {{"code", "B"}});
  EXPECT_THAT(change("plan_lines", one, {{"part_of", "B"}}), IsEmpty());
  EXPECT_EQ(value("total"), "2000");
  EXPECT_EQ(value("total", "B"), "4000");
  EXPECT_THAT(codes(write([&](store::Transaction& t) {
                return registers_->remove(t, of("plan_lines"), one, registers_->read(t, of("plan_lines"), one)->version,
                                          clerk);
              })),
              IsEmpty());
  EXPECT_EQ(value("total", "B"), "0");
  EXPECT_THAT(change("plan", plan, {{"most", "200"}}), IsEmpty());
  EXPECT_EQ(value("rest"), "18000");
}

TEST_P(Rows, ARowIsRefusedWhenItsSumBreaksARuleOfTheWhole) {
  const Id plan = make("plan", {{"code", "A"}, {"most", "100"}});
  const Id one = line("tea", "60");
  const auto added = write([&](store::Transaction& t) {
    return registers_->create(t, of("plan_lines"), {{"part_of", "A"}, {"item", "rice"}, {"amount", "41"}}, clerk);
  });
  ASSERT_THAT(codes(added), ElementsAre("record.check"));
  EXPECT_EQ(added.error().front().place.record, "plan/" + std::to_string(plan));
  EXPECT_THAT(change("plan_lines", one, {{"amount", "100.01"}}), ElementsAre("record.check"));
  EXPECT_THAT(change("plan", plan, {{"most", "59"}}), ElementsAre("record.check"));
  EXPECT_EQ(value("total"), "6000");
  EXPECT_THAT(step(plan, "agree"), IsEmpty());
  EXPECT_THAT(step(plan, "pay"), IsEmpty());
  EXPECT_THAT(step(plan, "book"), IsEmpty());
  EXPECT_THAT(change("plan_lines", one, {{"amount", "50"}}), ElementsAre("record.posted"));
}

TEST_P(Rows, AnImportOfThemIsSummedOnceForEachWhole) {
  make("plan", {{"code", "A"}, {"most", "100"}});
  make("plan", {{"code", "B"}});
  const std::vector<Cells> sheet{{{"part_of", "A"}, {"item", "1"}, {"amount", "60"}},
                                 {{"part_of", "B"}, {"item", "1"}, {"amount", "500"}},
                                 {{"part_of", "A"}, {"item", "2"}, {"amount", "40"}}};
  const Answers done = import("plan_lines", sheet);
  EXPECT_THAT(done.rows, ElementsAre("", "", ""));
  EXPECT_THAT(done.whole, IsEmpty());
  EXPECT_EQ(value("total"), "10000");
  EXPECT_EQ(value("version"), "2") << "one change, not one for each row";
  EXPECT_EQ(value("total", "B"), "50000");
  EXPECT_THAT(import("plan_lines", {{{"part_of", "A"}, {"item", "3"}, {"amount", "1"}}}).whole,
              ElementsAre("record.check"));
  EXPECT_THAT(import("plan", {{{"code", "A"}, {"most", "99"}}}).rows, ElementsAre("record.check"))
      << "held to its stored rows";
  EXPECT_THAT(import("plan", {{{"code", "A"}, {"most", "120"}}}).rows, ElementsAre(""));
  EXPECT_EQ(value("rest"), "2000");
  EXPECT_THAT(codes(write([&](store::Transaction& t) {
                return registers_->undo(t, of("plan_lines"), done.first, done.last, clerk);
              })),
              IsEmpty());
  EXPECT_EQ(value("total"), "0");
  EXPECT_EQ(value("total", "B"), "0");
}

TEST_P(Rows, WhatTheStepsOfTheWayWouldHaveSetIsSetByAnImport) {
  struct Case {
    const char* name;
    Cells row;
    const char *agreed_on, *agreed, *paid_on, *refused;
  };
  const Case cases[] = {
      {"the start sets nothing", {{"most", "80"}}, "-", "-", "-", ""},
      {"a step on the way", {{"most", "80"}, {"state", "agreed"}}, "2020-03-02", "8000", "-", ""},
      {"all steps, in their order", {{"most", "80"}, {"state", "paid"}}, "2020-03-02", "8000", "2020-03-03", ""},
      {"what the row gives stands",
       {{"most", "80"}, {"state", "agreed"}, {"agreed", "70"}},
       "2020-03-02",
       "7000",
       "-",
       ""},
      {"and what follows it is reckoned from it",
       {{"state", "paid"}, {"agreed_on", "2020-01-31"}},
       "2020-01-31",
       "-",
       "2020-02-01",
       ""},
      {"what is set is held to the rules",
       {{"state", "paid"}, {"agreed_on", "2019-05-01"}},
       "-",
       "-",
       "-",
       "field.check"},
  };
  int number = 0;
  for (const Case& c : cases) {
    Cells row = c.row;
    row["code"] = "P" + std::to_string(++number);
    EXPECT_THAT(import("plan", {row}).rows, ElementsAre(c.refused)) << c.name;
    EXPECT_EQ(value("agreed_on", row["code"]), c.agreed_on) << c.name;
    EXPECT_EQ(value("agreed", row["code"]), c.agreed) << c.name;
    EXPECT_EQ(value("paid_on", row["code"]), c.paid_on) << c.name;
    EXPECT_EQ(value("lines_then", row["code"]), "-") << c.name << ": its rows are not there yet";
  }
}

TEST_P(Rows, AnImportThatLeadsARecordOnSetsWhatItsStepsDo) {
  make("plan", {{"code", "A"}, {"most", "100"}, {"agreed", "5"}});
  line("tea", "60");
  EXPECT_THAT(import("plan", {{{"code", "A"}, {"most", "90"}, {"agreed", "5"}, {"state", "agreed"}}}).rows,
              ElementsAre(""));
  EXPECT_EQ(value("lines_then"), "1") << "its rows are there";
  EXPECT_EQ(value("agreed"), "9000") << "what the row left as it was is set";
  EXPECT_EQ(value("agreed_on"), "2020-03-02");
}

INSTANTIATE_TEST_SUITE_P(On, Rows, testing::Values("sqlite", "postgresql"),
                         [](const auto& each) { return each.param; });

}  // namespace
}  // namespace zhijia::registers
