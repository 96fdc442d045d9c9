#include "registers/engine.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/identity_number.hpp"
#include "registers/texts.hpp"
#include "support/database.hpp"

namespace zhijia::registers {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;
using enum FieldType;

Field make(std::string name, FieldType type, std::string zh) {
  Field field;
  field.name = std::move(name);
  field.type = type;
  field.title = {std::move(zh), field.name};
  return field;
}

Field required(Field field) {
  field.required = true;
  return field;
}

Field with_target(Field field, std::string target) {
  field.target = std::move(target);
  return field;
}

/// Unions with a parent; programmes; visits of persons that go draft → submitted → paid.
Catalogue small_catalogue() {
  Catalogue catalogue;
  catalogue.code_lists.push_back(
      {"season", {"季节", "Season"}, {{"winter", {"冬送温暖", "Winter"}}, {"summer", {"夏送清凉", "Summer"}}}});

  Register union_;
  union_.name = "union";
  union_.title = {"工会", "Union"};
  union_.label = "name";
  union_.fields = {required(make("code", text, "编号")), required(make("name", text, "名称")),
                   make("parent", organisation, "上级工会"), make("region", region, "县区")};
  union_.key = {"code"};

  Register programme;
  programme.name = "programme";
  programme.title = {"项目", "Programme"};
  programme.label = "name";
  programme.fields = {required(make("name", text, "名称")), required(make("year", integer, "年度")),
                      with_target(make("season", choice, "季节"), "season")};
  programme.key = {"name", "year"};

  Register visit;
  visit.name = "visit";
  visit.title = {"走访", "Visit"};
  visit.label = "code";
  visit.fields = {make("state", text, "状态"),
                  required(make("organisation", organisation, "工会")),
                  required(make("subject", person, "")),
                  required(make("code", text, "编号")),
                  with_target(make("programme", ref, "项目"), "programme"),
                  make("visited_on", date, "走访日期"),
                  required(make("amount", money, "金额")),
                  make("persons", integer, "人数"),
                  make("each", money, "人均"),
                  make("card", bank_card, "银行卡"),
                  make("phone", phone, "电话"),
                  make("ratio", decimal, "比例"),
                  make("is_urgent", yes_no, "紧急"),
                  make("ends_on", date, "结束日期"),
                  make("credit", credit_code, "信用代码"),
                  make("note", long_text, "备注")};
  visit.fields[6].check = "? > 0";
  visit.fields[8].computed_as = "amount / persons";
  visit.key = {"code"};
  visit.uniques = {{.fields = {"subject", "programme"}}};
  visit.checks = {{"ends_on >= visited_on", {"结束不能早于走访", "The end is before the visit"}},
                  {"subject.birth_date < date(\"2002-01-01\")", {"未满十八岁", "Under eighteen"}},
                  {"programme.season = \"winter\"", {"只限冬送温暖", "Winter programmes only"}}};
  visit.flow =
      Flow{"draft",
           {{"draft", {"草稿", "Draft"}}, {"submitted", {"待审批", "Submitted"}}, {"paid", {"已发放", "Paid"}}},
           {{"submit", {"提交", "Submit"}, "draft", "submitted", "clerk", "", "", ""},
            {"pay", {"发放", "Pay"}, "submitted", "paid", "cashier", "submit", "amount <= 5000", "payment"}}};
  visit.postings = {{"payment", "职工帮扶支出/冬送温暖", "银行存款", "amount", "visited_on"}};

  catalogue.registers = {union_, programme, visit};
  return catalogue;
}

std::string number_of(int person) {
  const std::string first = "6107991980010" + std::to_string(1000 + person);
  return first + identity_check_character(first);
}

class EngineTest : public testing::TestWithParam<std::string> {
 protected:
  void SetUp() override {
    if (!database_.missing().empty()) GTEST_SKIP() << database_.missing();
    store_ = store::Store::open(database_.url(), clock_, {.durable = false}).value();
    registers_ = Registers::open(*store_, small_catalogue(), vault_, clock_).value();
    import("union", {{{"code", "001"}, {"name", "市总工会"}, {"region", "汉台区"}},
                     {{"code", "002"}, {"name", "县总工会"}, {"parent", "市总工会"}, {"region", "洋县"}}})
        .value();
    import("programme", {{{"name", "送温暖"}, {"year", "2020"}, {"season", "冬送温暖"}},
                         {{"name", "送清凉"}, {"year", "2020"}, {"season", "summer"}}})
        .value();
  }

  const Register& of(std::string_view name) { return *registers_->catalogue().find_register(name); }

  /// What a workbook's import does; all or nothing.
  Result<std::vector<Batch::Outcome>> import(std::string_view name, const std::vector<Cells>& rows) {
    return store_->write([&](store::Transaction& transaction) -> Result<std::vector<Batch::Outcome>> {
      Batch batch(*registers_, transaction, of(name), {"importer", "import:test.xlsx", {}});
      std::vector<Batch::Outcome> outcomes;
      Problems problems;
      for (const Cells& row : rows) {
        std::vector<std::string_view> cells;
        for (const CellColumn& column : cell_columns(of(name))) {
          const auto cell = row.find(column.key);
          cells.push_back(cell == row.end() ? std::string_view() : cell->second);
        }
        auto record = batch.read(cells);
        auto outcome = record ? batch.add(*record) : std::unexpected(record.error());
        if (outcome)
          outcomes.push_back(*outcome);
        else
          problems.insert(problems.end(), outcome.error().begin(), outcome.error().end());
      }
      if (!problems.empty()) return std::unexpected(problems);
      return outcomes;
    });
  }

  /// "field: code" of what was refused.
  template <typename T>
  static std::vector<std::string> refused(const Result<T>& result) {
    std::vector<std::string> codes;
    if (!result)
      for (const Problem& problem : result.error()) codes.push_back(problem.place.field + ": " + problem.code);
    return codes;
  }

  Cells visit(int person = 1, Cells changes = {}) {
    Cells cells{{"organisation", "县总工会"},
                {"subject.name", "张三"},
                {"subject.identity_number", number_of(person)},
                {"code", "V" + std::to_string(person)},
                {"programme", "送温暖 / 2020"},
                {"visited_on", "2020年1月15日"},
                {"amount", "1,000元"}};
    changes.merge(cells);
    return changes;
  }

  std::int64_t count(const std::string& sql) {
    return store_->read([&](store::Reader& reader) {
      auto rows = reader.query(sql);
      rows.next();
      return rows.integer(0);
    });
  }

  std::string text(const std::string& sql) {
    return store_->read([&](store::Reader& reader) {
      auto rows = reader.query(sql);
      return rows.next() ? std::string(rows.text(0)) : std::string("no row");
    });
  }

  Id only_visit() { return count("SELECT id FROM visit"); }

  Result<Record> take_step(std::string_view step, Actor actor) {
    return store_->write([&](store::Transaction& transaction) {
      return registers_->take_step(transaction, of("visit"), only_visit(), step, actor);
    });
  }

  Result<Record> change(std::int64_t version, const Cells& cells) {
    return store_->write([&](store::Transaction& transaction) {
      return registers_->change(transaction, of("visit"), only_visit(), version, cells, {"clerk", "test", {}});
    });
  }

  tests::TestDatabase database_{GetParam()};
  FixedClock clock_{Date::of(2020, 6, 1)};
  access::Vault vault_ = access::Vault::from_file(database_.folder.path / "vault").value();
  std::unique_ptr<store::Store> store_;
  std::unique_ptr<Registers> registers_;
};

TEST_P(EngineTest, GoodCellsAreStoredInTheirColumns) {
  struct Case {
    const char* field;
    const char* cell;
    const char* stored;
  };
  for (const auto& [field, cell, stored] : {
           Case{"amount", "1.2万", "1200000"},
           Case{"visited_on", "2020/1/5", "2020-01-05"},
           Case{"persons", "1,200", "1200"},
           Case{"ratio", "12.5", "1250"},
           Case{"is_urgent", "是", "1"},
           Case{"phone", "138 1234 1234", "13812341234"},
           Case{"phone", "0916-2212345", "0916-2212345"},
           Case{"note", "两行\n文字", "两行\n文字"},
           Case{"state", "", "draft"},
           Case{"state", "待审批", "submitted"},
           Case{"code", "  A-1 ", "A-1"},
       }) {
    const auto kept = store_->write([&](store::Transaction& transaction) -> Result<std::string> {
      const auto record =
          registers_->create(transaction, of("visit"), visit(1, {{field, cell}}), {"clerk", "test", {}});
      if (!record) return std::unexpected(record.error());
      auto rows = transaction.query(std::string("SELECT CAST(") + field + " AS TEXT) FROM visit");
      rows.next();
      std::string found(rows.text(0));
      return fail("test.undo", found, found);  // leaves the table empty for the next case
    });
    EXPECT_EQ(kept.error().front().message.en, stored) << field << " " << cell << describe(kept.error().front());
  }
}

TEST_P(EngineTest, BadCellsAreNamedByFieldAndFault) {
  struct Case {
    const char* field;
    const char* cell;
    const char* refusal;
  };
  for (const auto& [field, cell, refusal] : {
           Case{"amount", "many", "amount: money.format"},
           Case{"amount", "0", "amount: field.check"},
           Case{"visited_on", "2020-02-30", "visited_on: date.format"},
           Case{"persons", "1.5", "persons: field.number"},
           Case{"persons", "x", "persons: field.number"},
           Case{"ratio", "1.234", "ratio: field.number"},
           Case{"is_urgent", "maybe", "is_urgent: field.yes_no"},
           Case{"phone", "12345", "phone: field.phone"},
           Case{"card", "6222021234567891", "card: field.bank_card"},
           Case{"credit", "123", "credit: credit_code.length"},
           Case{"state", "lost", "state: field.choice"},
           Case{"organisation", "nobody", "organisation: field.no_such"},
           Case{"programme", "送温暖 / 2019", "programme: field.no_such"},
           Case{"programme", "送清凉 / 2020", ": record.check"},
           Case{"ends_on", "2020-01-01", ": record.check"},
           Case{"subject.identity_number", "610799201001011129", ": record.check"},
           Case{"subject.identity_number", "610799198001011111", "subject: identity_number.check_digit"},
           Case{"subject.name", "", "subject: field.required"},
           Case{"code", "", "code: field.required"},
       }) {
    EXPECT_THAT(refused(import("visit", {visit(1, {{field, cell}})})), ElementsAre(refusal)) << field << " " << cell;
  }
  EXPECT_EQ(count("SELECT count(*) FROM visit"), 0);
}

TEST_P(EngineTest, AllFaultsOfARowComeBackAtOnce) {
  EXPECT_THAT(refused(import("visit", {visit(1, {{"amount", ""}, {"persons", "x"}, {"card", "1"}})})),
              UnorderedElementsAre("amount: field.required", "persons: field.number", "card: field.bank_card"));
}

TEST_P(EngineTest, AKeyFindsTheRecordAndItsOldVersionIsKept) {
  EXPECT_THAT(*import("visit", {visit()}), ElementsAre(Batch::Outcome::created));
  EXPECT_THAT(*import("visit", {visit()}), ElementsAre(Batch::Outcome::unchanged));
  EXPECT_THAT(*import("visit", {visit(1, {{"amount", "2000"}})}), ElementsAre(Batch::Outcome::changed));
  EXPECT_EQ(count("SELECT amount FROM visit"), 200'000);
  EXPECT_EQ(count("SELECT version FROM visit"), 2);
  EXPECT_EQ(count("SELECT amount FROM visit_history"), 100'000);
  EXPECT_EQ(text("SELECT body FROM change_log WHERE kind = 'change'"), R"({"amount":[100000,200000]})");
}

TEST_P(EngineTest, AKeyThatTwoStoredRecordsHaveOrTheFileRepeatsIsAFault) {
  EXPECT_THAT(refused(import("programme", {{{"name", "a"}, {"year", "1"}}, {{"name", "a"}, {"year", "1"}}})),
              ElementsAre("name: record.key_twice"));
  store_
      ->write([](store::Transaction& transaction) -> Result<void> {
        for (const int id : {1, 2})
          transaction.execute("INSERT INTO programme (id, position, version, name, year) VALUES (?, 1, 1, 'b', 1)", id);
        return {};
      })
      .value();
  EXPECT_THAT(refused(import("programme", {{{"name", "b"}, {"year", "1"}, {"season", "winter"}}})),
              ElementsAre("name: record.key_ambiguous"));
  EXPECT_THAT(refused(import("visit", {visit(1, {{"programme", "b / 1"}})})),
              ElementsAre("programme: field.ambiguous"));
}

TEST_P(EngineTest, WhatMustBeUniqueNamesItsFields) {
  const auto twice = import("visit", {visit(), visit(1, {{"code", "other"}})});
  EXPECT_THAT(refused(twice), ElementsAre("subject: record.unique"));
  import("visit", {visit()}).value();
  EXPECT_THAT(refused(import("visit", {visit(1, {{"code", "other"}})})), ElementsAre("subject: record.unique"));
}

TEST_P(EngineTest, AnImportedStateTakesTheStepsThatLeadThereAndTheirPostingsBalance) {
  import("visit", {visit(1, {{"state", "已发放"}})}).value();
  EXPECT_EQ(count("SELECT count(*) FROM flow_history"), 2);
  EXPECT_EQ(count("SELECT sum(debit) FROM posting_line"), 100'000);
  EXPECT_EQ(count("SELECT sum(debit) - sum(credit) FROM posting_line"), 0);
  EXPECT_EQ(text("SELECT posted_on FROM posting"), "2020-01-15");

  EXPECT_THAT(refused(import("visit", {visit(1, {{"amount", "5"}})})), ElementsAre("amount: record.posted"));
  EXPECT_THAT(refused(import("visit", {visit(1, {{"state", "草稿"}})})), ElementsAre("state: record.unreachable"));
  EXPECT_THAT(*import("visit", {visit(1, {{"note", "kept its state"}})}), ElementsAre(Batch::Outcome::changed));
  EXPECT_EQ(text("SELECT state FROM visit"), "paid");
}

TEST_P(EngineTest, APostingNeedsItsDay) {
  EXPECT_THAT(refused(import("visit", {visit(1, {{"state", "已发放"}, {"visited_on", ""}})})),
              ElementsAre("visited_on: field.required"));
}

TEST_P(EngineTest, StepsHoldToStateRoleGuardAndFourEyes) {
  import("visit", {visit(1, {{"amount", "6000"}})}).value();
  const Actor clerk{"wang", "test", {"clerk", "cashier"}};
  const Actor cashier{"zhao", "test", {"cashier"}};
  EXPECT_THAT(refused(take_step("fly", clerk)), ElementsAre(": step.unknown"));
  EXPECT_THAT(refused(take_step("pay", cashier)), ElementsAre(": step.state"));
  EXPECT_THAT(refused(take_step("submit", cashier)), ElementsAre(": step.role"));
  EXPECT_TRUE(take_step("submit", clerk));
  EXPECT_THAT(refused(take_step("pay", clerk)), ElementsAre(": step.never_by"));
  EXPECT_THAT(refused(take_step("pay", cashier)), ElementsAre(": step.guard"));
  EXPECT_TRUE(change(2, {{"amount", "4000"}}));
  EXPECT_TRUE(take_step("pay", cashier));
  EXPECT_EQ(text("SELECT state FROM visit"), "paid");
  EXPECT_EQ(count("SELECT sum(debit) FROM posting_line"), 400'000);
}

TEST_P(EngineTest, AChangeKeepsWhatItDoesNotNameAndMindsTheVersion) {
  import("visit", {visit(1, {{"persons", "4"}})}).value();
  EXPECT_EQ(count("SELECT each FROM visit"), 25'000);
  EXPECT_TRUE(change(1, {{"amount", "10"}, {"persons", "3"}}));
  EXPECT_EQ(count("SELECT each FROM visit"), 333);
  EXPECT_EQ(text("SELECT code FROM visit"), "V1");
  EXPECT_THAT(refused(change(1, {{"amount", "20"}})), ElementsAre(": record.version"));
  EXPECT_THAT(refused(change(2, {{"state", "paid"}})), ElementsAre("state: record.state"));
  EXPECT_THAT(refused(change(2, {{"colour", "red"}})), ElementsAre("colour: record.no_such_field"));
  EXPECT_THAT(refused(change(2, {{"subject.identity_number", number_of(2)}})), ElementsAre("subject: field.required"));
}

TEST_P(EngineTest, SecretsAreReadBackButStandNowhereInClear) {
  import("visit", {visit(1, {{"card", "4111 1111 1111 1111"}})}).value();
  const Record record =
      store_->read([&](store::Reader& reader) { return registers_->read(reader, of("visit"), only_visit()).value(); });
  EXPECT_EQ(record.values[9], Stored("4111111111111111"));
  EXPECT_EQ(count("SELECT count(*) FROM visit WHERE CAST(card AS TEXT) LIKE '%41111111%'"), 0);
  EXPECT_EQ(count("SELECT count(*) FROM change_log WHERE body LIKE '%4111111111111111%'"), 0);
  EXPECT_EQ(count("SELECT count(*) FROM change_log WHERE body LIKE '%" + number_of(1) + "%'"), 0);
}

TEST_P(EngineTest, TextsInClearReadBackAsTheSameRecordAndMaskedOnesHideSecrets) {
  import("visit", {visit(1, {{"card", "4111 1111 1111 1111"},
                             {"state", "paid"},
                             {"persons", "4"},
                             {"ratio", "1.5"},
                             {"is_urgent", "否"},
                             {"phone", "13812341234"}})})
      .value();
  const auto texts = [&](Texts::Secrets secrets) {
    return store_->read([&](store::Reader& reader) {
      const Record record = registers_->read(reader, of("visit"), only_visit()).value();
      Cells cells;
      std::size_t i = 0;
      const auto texts_of_row = Texts(*registers_, reader, secrets).cells(of("visit"), record);
      for (const CellColumn& column : cell_columns(of("visit"))) cells[column.key] = texts_of_row[i++];
      return cells;
    });
  };
  const Cells clear = texts(Texts::Secrets::clear);
  EXPECT_EQ(clear.at("state"), "已发放");
  EXPECT_EQ(clear.at("organisation"), "县总工会");
  EXPECT_EQ(clear.at("programme"), "送温暖 / 2020");
  EXPECT_EQ(clear.at("amount"), "1000.00");
  EXPECT_THAT(*import("visit", {clear}), ElementsAre(Batch::Outcome::unchanged));

  const Cells masked = texts(Texts::Secrets::masked);
  EXPECT_EQ(masked.at("card"), "************1111");
  EXPECT_EQ(masked.at("subject.identity_number").substr(0, 6), "******");
  EXPECT_EQ(masked.at("subject.name"), "张三");
}

TEST_P(EngineTest, TheClosureFollowsParents) {
  const auto under = [&](const std::string& code) {
    return count("SELECT count(*) FROM organisation_closure c JOIN \"union\" u ON u.id = c.ancestor WHERE u.code = '" +
                 code + "'");
  };
  import("union", {{{"code", "003"}, {"name", "厂工会"}, {"parent", "002"}}}).value();
  EXPECT_EQ(under("001"), 3);
  EXPECT_EQ(under("002"), 2);
  import("union", {{{"code", "003"}, {"name", "厂工会"}, {"parent", "001"}}}).value();
  EXPECT_EQ(under("001"), 3);
  EXPECT_EQ(under("002"), 1);
  EXPECT_THAT(refused(import("union", {{{"code", "001"}, {"name", "市总工会"}, {"parent", "003"}}})),
              ElementsAre("parent: union.circle"));
}

TEST_P(EngineTest, APackWhoseExpressionCannotBeReadIsNotOpened) {
  Catalogue catalogue = small_catalogue();
  catalogue.registers[2].checks[0].check = "amount >";
  EXPECT_EQ(Registers::open(*store_, catalogue, vault_, clock_).error().front().code, "pack.expression");
}

INSTANTIATE_TEST_SUITE_P(On, EngineTest, testing::Values("sqlite", "postgresql"),
                         [](const auto& each) { return each.param; });

}  // namespace
}  // namespace zhijia::registers
