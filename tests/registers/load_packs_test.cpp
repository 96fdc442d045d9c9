#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>

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

  void write(const char* name, std::string_view text) { std::ofstream(root / "visits" / name) << text; }

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

TEST(LoadPacks, EachFaultOfARegisterIsNamed) {
  constexpr Fault cases[] = {
      {"an unknown key", "key: [code]", "keys: [code]", "pack.unknown_key"},
      {"an unknown type", "type: money", "type: cash", "pack.field_type"},
      {"a missing title", "title: {zh: 走访, en: Visit}", "about: x", "pack.missing_key"},
      {"a title in one language", "{zh: 金额, en: Amount}", "{zh: 金额}", "pack.missing_key"},
      {"a bad field name", "  code:", "  Code:", "pack.name"},
      {"a key on no field", "key: [code]", "key: [number]", "pack.no_such_field"},
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

TEST(LoadPacks, AFaultTellsItsFileAndLine) {
  const PackFolder folder(replaced(good_register, "type: money", "type: cash"));
  const auto catalogue = load_packs(folder.root);
  ASSERT_FALSE(catalogue);
  EXPECT_THAT(catalogue.error().front().place.file, testing::EndsWith("visits/visit.yaml"));
  EXPECT_THAT(catalogue.error().front().place.cell, testing::StartsWith("7:"));
}

}  // namespace
}  // namespace zhijia::registers
