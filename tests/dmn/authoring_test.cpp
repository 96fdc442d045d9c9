#include "dmn/authoring.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "dmn/dmn.hpp"
#include "support/source.hpp"

namespace zhijia::dmn {
namespace {

constexpr std::string_view model = R"(<?xml version="1.0" encoding="UTF-8"?>
<!-- Rates of 2020 -->
<dmn:definitions xmlns:dmn="https://www.omg.org/spec/DMN/20230324/MODEL/" name='rates' namespace="urn:rates">
  <dmn:inputData id="i" name="Kind"/>
  <dmn:decision id="d" name="Rate">
    <dmn:variable name="Rate" typeRef="number"/>
    <dmn:informationRequirement><dmn:requiredInput href="#i"/></dmn:informationRequirement>
    <dmn:decisionTable id="t" hitPolicy="FIRST">
      <dmn:input id="c1" label="类别"><dmn:inputExpression id="e1" typeRef="string"><dmn:text>Kind</dmn:text></dmn:inputExpression></dmn:input>
      <dmn:output id="o1" name="Rate"/>
      <dmn:annotation name="Source"/>
      <dmn:rule id="r1">
        <dmn:description>the first</dmn:description>
        <dmn:inputEntry id="x1"><dmn:text>"deep"</dmn:text></dmn:inputEntry>
        <dmn:outputEntry id="y1"><dmn:text>1000</dmn:text></dmn:outputEntry>
        <dmn:annotationEntry><dmn:text>rule 7</dmn:text></dmn:annotationEntry>
      </dmn:rule>
      <dmn:rule id="r2">
        <dmn:inputEntry id="x2"><dmn:text><![CDATA["relative"]]></dmn:text></dmn:inputEntry>
        <dmn:outputEntry id="y2"><dmn:text>500</dmn:text></dmn:outputEntry>
        <dmn:annotationEntry><dmn:text/></dmn:annotationEntry>
      </dmn:rule>
    </dmn:decisionTable>
  </dmn:decision>
  <!-- kept   as it is -->
</dmn:definitions>
)";

std::string text_of(const std::filesystem::path& file) {
  std::ifstream stream(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

TableText the_table() { return tables_of(model)->front(); }

TEST(Authoring, ATableIsReadAsItIsWritten) {
  const auto table = the_table();
  EXPECT_EQ(table.name, "Rate");
  EXPECT_EQ(table.hit_policy, "FIRST");
  ASSERT_EQ(table.columns.size(), 3U);
  EXPECT_EQ(table.columns[0], (TableText::Column{TableText::Use::input, "类别", "Kind", "string", "", ""}));
  EXPECT_EQ(table.columns[2].expression, "Source");
  ASSERT_EQ(table.rules.size(), 2U);
  EXPECT_EQ(table.rules[1], (std::vector<std::string>{"\"relative\"", "500", ""}));
}

TEST(Authoring, ATableThatDidNotChangeChangesNoByte) { EXPECT_EQ(*with_table(model, the_table()), model); }

TEST(Authoring, AChangedCellChangesItsCell) {
  auto table = the_table();
  table.rules[0][1] = "1200";
  auto expected = std::string(model);
  expected.replace(expected.find("1000"), 4, "1200");
  EXPECT_EQ(*with_table(model, table), expected);
}

TEST(Authoring, RulesKeepTheirIdentityWhenTheyMove) {
  auto table = the_table();
  table.rules = {table.rules[1], {"\"accidental\"", "300", "new"}, table.rules[0]};
  const auto changed = with_table(model, table);
  ASSERT_TRUE(changed);
  EXPECT_EQ(tables_of(*changed)->front(), table);
  EXPECT_LT(changed->find("r2"), changed->find("accidental"));
  EXPECT_LT(changed->find("accidental"), changed->find("the first"));
  EXPECT_EQ(changed->find("the first", changed->find("the first") + 1), std::string::npos);
}

TEST(Authoring, ColumnsComeAndGo) {
  auto table = the_table();
  table.hit_policy = "COLLECT SUM";
  table.columns = {table.columns[0],
                   {TableText::Use::input, "", "Members", "number", "> 0", ""},
                   {TableText::Use::output, "", "Rate", "number", "1000, 500", "0"}};
  table.rules = {{"\"deep\"", "-", "1000"}};
  const auto changed = with_table(model, table);
  ASSERT_TRUE(changed);
  EXPECT_EQ(tables_of(*changed)->front(), table);
  EXPECT_NE(changed->find(R"(aggregation="SUM")"), std::string::npos);
}

TEST(Authoring, AnUnknownTableIsToldWhichThereAre) {
  auto table = the_table();
  table.name = "Rates";
  const auto refused = with_table(model, table);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().front().code, "table.unknown");
  EXPECT_NE(refused.error().front().message.en.find("Rate"), std::string::npos);
}

/// The cell and code of each fault of a sheet in which one cell was written over.
std::string faults_with(std::size_t row, std::size_t column, std::string text) {
  auto grid = grid_of(the_table());
  if (row >= grid.size()) grid.resize(row + 1);
  if (column >= grid[row].size()) grid[row].resize(column + 1);
  grid[row][column] = std::move(text);
  const auto table = table_of(grid, "rates.xlsx", "Sheet1");
  if (table) return "none";
  std::string faults;
  for (const auto& problem : table.error())
    faults += (faults.empty() ? "" : ", ") + problem.place.cell + " " + problem.code;
  return faults;
}

TEST(Authoring, FaultsNameTheirCell) {
  struct Case {
    std::string_view name;
    std::size_t row, column;
    std::string_view text, faults;
  };
  constexpr Case cases[] = {
      {"nothing is wrong", 7, 1, "\"deep\"", "none"},
      {"a heading that was removed", 3, 0, "", "A4 table.head"},
      {"an unknown policy", 0, 3, "BEST", "D1 table.hit_policy"},
      {"a policy in small letters", 0, 3, "collect sum", "none"},
      {"a use that is none", 1, 1, "condition", "B2 table.use"},
      {"a use in one language", 1, 1, "输入", "none"},
      {"no output", 1, 2, "note", "B2 table.column"},
      {"an input without an expression", 3, 1, "", "B4 table.column"},
      {"a rule in a column of no use", 8, 5, "x", "F9 table.column"},
      {"an output left empty", 7, 2, "", "C8 table.cell"},
      {"Chinese quotes", 7, 1, "“deep”", "B8 table.punctuation"},
      {"Chinese signs within a text are meant", 7, 1, "\"深度，困难\"", "none"},
      {"any sign may stand in a note", 7, 3, "见“办法”", "none"},
  };
  for (const auto& c : cases) EXPECT_EQ(faults_with(c.row, c.column, std::string(c.text)), c.faults) << c.name;
}

TEST(Authoring, WhatExcelMadeOfACellIsFeelAgain) {
  auto grid = grid_of(the_table());
  grid[7][1] = "2020-01-31";
  grid[8][1] = "是";
  grid.push_back({"", "", "", ""});
  grid.push_back({"9", "-", "1"});
  const auto table = table_of(grid, "", "");
  ASSERT_TRUE(table);
  ASSERT_EQ(table->rules.size(), 3U);
  EXPECT_EQ(table->rules[0][0], "date(\"2020-01-31\")");
  EXPECT_EQ(table->rules[1][0], "true");
  EXPECT_EQ(table->rules[2], (std::vector<std::string>{"-", "1", ""}));
}

/// Every table of the models here: through a sheet and back it is the same, and written into its model it decides
/// alike.
TEST(Authoring, EveryTableComesBackFromItsSheet) {
  std::size_t tables_seen = 0;
  for (const auto* folder : {"packs", "../shared/dmn-tck"}) {
    const auto path = tests::source_folder() / folder;
    if (!std::filesystem::exists(path)) continue;
    for (const auto& file : std::filesystem::recursive_directory_iterator(path)) {
      if (file.path().extension() != ".dmn") continue;
      SCOPED_TRACE(file.path().string());
      const auto xml = text_of(file.path());
      const auto tables = tables_of(xml);
      ASSERT_TRUE(tables);
      for (auto table : *tables) {
        for (auto& rule : table.rules)
          for (std::size_t i = 0; i < rule.size(); ++i)
            if (rule[i].empty() && table.columns[i].use == TableText::Use::output) rule[i] = "null";
        const auto back = table_of(grid_of(table), "", "");
        ASSERT_TRUE(back) << describe(back.error().front());
        EXPECT_EQ(*back, table);
        // A rule put before the others and taken away again leaves the table as it was.
        auto longer = table;
        longer.rules.insert(longer.rules.begin(), std::vector<std::string>(table.columns.size(), "null"));
        const auto changed = with_table(xml, longer);
        ASSERT_TRUE(changed);
        const auto again = with_table(*changed, table);
        ASSERT_TRUE(again);
        const auto read = tables_of(*again);
        const auto same = std::ranges::find(*read, table.name, &TableText::name);
        ASSERT_NE(same, read->end());
        EXPECT_EQ(*same, table);
        ++tables_seen;
      }
    }
  }
  EXPECT_GT(tables_seen, 0U);
}

}  // namespace
}  // namespace zhijia::dmn
