#include <gtest/gtest.h>

#include "dmn/dmn.hpp"

namespace zhijia::dmn {
namespace {

using feel::literal;

std::string model_of(std::string_view body) {
  return R"(<definitions xmlns="https://www.omg.org/spec/DMN/20230324/MODEL/" name="m" namespace="urn:m">)"
         R"(<inputData id="a" name="Age"><variable name="Age" typeRef="number"/></inputData>)" +
         std::string(body) + "</definitions>";
}

std::string decision(std::string_view logic, std::string_view type = "Any") {
  return R"(<decision id="d" name="D"><variable name="D" typeRef=")" + std::string(type) +
         R"("/><informationRequirement><requiredInput href="#a"/></informationRequirement>)" + std::string(logic) +
         "</decision>";
}

std::string age_table(std::string_view policy, std::string_view fallback = "") {
  return "<decisionTable " + std::string(policy) +
         "><input><inputExpression><text>Age</text></inputExpression></input><output>"
         "<outputValues><text>\"high\", \"low\"</text></outputValues>" +
         std::string(fallback) +
         "</output>"
         "<rule><inputEntry><text>&gt;= 18</text></inputEntry><outputEntry><text>\"low\"</text></outputEntry></rule>"
         "<rule><inputEntry><text>&gt;= 60</text></inputEntry><outputEntry><text>\"high\"</text></outputEntry></rule>"
         "<rule><inputEntry><text>&gt;= 60</text></inputEntry><outputEntry><text>\"low\"</text></outputEntry></rule>"
         "</decisionTable>";
}

struct Case {
  std::string_view name;
  std::string body;
  int age;
  std::string_view value;
};

std::string text(std::string_view feel) {
  return "<literalExpression><text>" + std::string(feel) + "</text></literalExpression>";
}

const Case cases[] = {
    {"unique with one row", decision(age_table("")), 20, R"("low")"},
    {"unique with several rows is null", decision(age_table(R"(hitPolicy="UNIQUE")")), 70, "null"},
    {"any with different rows is null", decision(age_table(R"(hitPolicy="ANY")")), 70, "null"},
    {"first is the uppermost", decision(age_table(R"(hitPolicy="FIRST")")), 70, R"("low")"},
    {"priority follows the listed values", decision(age_table(R"(hitPolicy="PRIORITY")")), 70, R"("high")"},
    {"output order sorts by the listed values", decision(age_table(R"(hitPolicy="OUTPUT ORDER")")), 70,
     R"(["high", "low", "low"])"},
    {"rule order keeps the rows' order", decision(age_table(R"(hitPolicy="RULE ORDER")")), 70,
     R"(["low", "high", "low"])"},
    {"count counts the rows", decision(age_table(R"(hitPolicy="COLLECT" aggregation="COUNT")")), 70, "3"},
    {"minimum takes the least", decision(age_table(R"(hitPolicy="COLLECT" aggregation="MIN")")), 70, R"("high")"},
    {"no row and no default is null", decision(age_table("")), 3, "null"},
    {"no row takes the default",
     decision(age_table("", "<defaultOutputEntry><text>\"none\"</text></defaultOutputEntry>")), 3, R"("none")"},
    {"a list of one becomes its element", decision(text("[Age]"), "number"), 5, "5"},
    {"a value of another type becomes null", decision(text("\"five\""), "number"), 5, "null"},
    {"a boxed condition must be a boolean",
     decision("<conditional><if>" + text("\"yes\"") + "</if><then>" + text("1") + "</then><else>" + text("2") +
              "</else></conditional>"),
     5, "null"},
    {"a boxed loop over a boxed context",
     decision(R"(<for iteratorVariable="n"><in>)" + text("1..3") +
              R"(</in><return><context><contextEntry>)"
              R"(<variable name="square"/>)" +
              text("n * n") + "</contextEntry><contextEntry>" + text("square + Age") +
              "</contextEntry></context></return></for>"),
     5, "[6, 9, 14]"},
    {"a relation is a list of contexts",
     decision(R"(<relation><column name="a b"/><row>)" + text("1") + "</row><row>" + text("Age") + "</row></relation>"),
     5, "[{a b: 1}, {a b: 5}]"},
    {"recursion without an end is stopped",
     R"(<businessKnowledgeModel id="b" name="f"><encapsulatedLogic><formalParameter name="n"/>)" + text("f(n) + 1") +
         R"(</encapsulatedLogic></businessKnowledgeModel><decision id="d" name="D"><knowledgeRequirement>)"
         R"(<requiredKnowledge href="#b"/></knowledgeRequirement>)" +
         text("f(1)") + "</decision>",
     5, "null"},
    {"decisions that need each other are null",
     R"(<decision id="d" name="D"><informationRequirement><requiredDecision href="#d"/></informationRequirement>)" +
         text("D + 1") + "</decision>",
     5, "null"},
};

TEST(Model, EvaluatesEveryKindOfLogic) {
  for (const auto& [name, body, age, value] : cases) {
    SCOPED_TRACE(name);
    const auto model = load(model_of(body));
    ASSERT_TRUE(model);
    EXPECT_EQ(literal(model->evaluate("D", {{"Age", age}}).value), value);
  }
}

TEST(Model, GapsAndOverlapsAreShownByAnExample) {
  const auto model = load(model_of(decision(age_table(""))));
  ASSERT_TRUE(model);
  ASSERT_EQ(model->warnings().size(), 2U);
  EXPECT_EQ(model->warnings()[0].code, "dmn.table_gap");
  EXPECT_EQ(model->warnings()[0].message.en,
            "The table has a gap: no row matches Age = 17.5; add a row or a default output");
  EXPECT_EQ(model->warnings()[1].code, "dmn.table_overlap");
  EXPECT_EQ(model->warnings()[1].message.en, "The table is unique, but rows 1, 2 both match Age = 60");
}

TEST(Model, GapsBetweenBoundsThatAreParametersAreShownToo) {
  const auto table = [](std::string_view first, std::string_view second) {
    const auto rule = [](std::string_view test) {
      return "<rule><inputEntry><text>" + std::string(test) +
             "</text></inputEntry><outputEntry><text>1</text></outputEntry></rule>";
    };
    return R"(<inputData id="l" name="Line"><variable name="Line" typeRef="number"/></inputData><decision id="d" name="D"><informationRequirement>)"
           R"(<requiredInput href="#a"/></informationRequirement><informationRequirement><requiredInput href="#l"/></informationRequirement>)"
           R"(<decisionTable hitPolicy="UNIQUE"><input><inputExpression typeRef="number"><text>Age</text></inputExpression></input><output typeRef="number"/>)" +
           rule(first) + rule(second) + "</decisionTable></decision>";
  };
  struct Bounds {
    std::string_view name, first, second, codes;
  };
  for (const auto& [name, first, second, codes] : std::initializer_list<Bounds>{
           {"one bound for both", "&lt; Line", "&gt;= Line", ""},
           {"the bound itself is left out", "&lt; Line", "&gt; Line", "dmn.table_gap "},
           {"what lies between a line and its double is left out", "&lt; Line", "&gt;= 2 * Line", "dmn.table_gap "},
           {"the bound itself is in both", "&lt;= Line", "&gt;= Line", "dmn.table_overlap "},
           {"what may be either, as the parameter is, is not told", "&lt; Line", "&gt;= 5", ""}}) {
    SCOPED_TRACE(name);
    const auto model = load(model_of(table(first, second)));
    ASSERT_TRUE(model);
    std::string told;
    for (const auto& warning : model->warnings()) told += warning.code + " ";
    EXPECT_EQ(told, codes);
  }
}

std::string row(std::string_view test, std::string_view output, std::string_view type = "string") {
  return R"(<decisionTable hitPolicy="FIRST"><input><inputExpression><text>Age</text></inputExpression></input>)"
         R"(<output typeRef=")" +
         std::string(type) + R"("/><rule><inputEntry><text>)" + std::string(test) +
         "</text></inputEntry><outputEntry><text>" + std::string(output) +
         "</text></outputEntry></rule><rule><inputEntry><text>-</text></inputEntry><outputEntry><text>null</text>"
         "</outputEntry></rule></decisionTable>";
}

std::string columned(std::string_view input, std::string_view type) {
  return R"(<decisionTable hitPolicy="FIRST"><input><inputExpression typeRef=")" + std::string(type) + R"("><text>)" +
         std::string(input) +
         R"(</text></inputExpression></input><output/><rule><inputEntry><text>-</text></inputEntry><outputEntry><text>1</text>)"
         "</outputEntry></rule></decisionTable>";
}

/// A decision that calls a knowledge model of a number.
std::string twice(std::string_view call, std::string_view type = "") {
  return R"(<businessKnowledgeModel id="t" name="Twice"><variable name="Twice"/><encapsulatedLogic><formalParameter)"
         R"( name="number" typeRef="number"/>)" +
         text("number * 2") +
         R"(</encapsulatedLogic></businessKnowledgeModel><decision id="d" name="D"><variable name="D" typeRef=")" +
         std::string(type) +
         R"("/><informationRequirement><requiredInput href="#a"/></informationRequirement>)"
         R"(<knowledgeRequirement><requiredKnowledge href="#t"/></knowledgeRequirement>)" +
         text(call) + "</decision>";
}

TEST(Model, TypesThatClashAreToldWhenItIsLoaded) {
  struct Clash {
    std::string_view name;
    std::string body;
    std::string_view field;  ///< "none": there is none
  };
  const Clash clashes[] = {
      {"a number where a string is declared", decision(text("Age + 1"), "string"), ""},
      {"a number where a number is declared", decision(text("Age + 1"), "number"), "none"},
      {"a list of one stands for its element", decision(text("[Age]"), "number"), "none"},
      {"an element stands for a list of it", decision(text("Age"), "list"), "none"},
      {"a value that nothing is known of", decision(text("if Age &gt; 3 then 1 else null"), "number"), "none"},
      {"a cell of a type that the column never has", decision(row("\"old\"", "\"a\"")), "\"old\""},
      {"a cell of the column's type", decision(row("18", "\"a\"")), "none"},
      {"a cell that is an expression over the input", decision(row("? &gt; 18", "\"a\"")), "none"},
      {"an output of another type than its column", decision(row("18", "Age")), "Age"},
      {"an output of any type where none is declared", decision(row("18", "Age", "Any")), "none"},
      {"a bound of a type that the column never has", decision(row("&gt; \"old\"", "\"a\"")), "> \"old\""},
      {"an input of another type than its column", decision(columned("Age", "string")), "Age"},
      {"an input of its column's type", decision(columned("Age", "number")), "none"},
      {"a sum of a number and a text", decision(text("Age + \"1\"")), "Age + \"1\""},
      {"a sum of texts", decision(text("\"1\" + \"1\"")), "none"},
      {"a difference of texts", decision(text("\"1\" - \"1\"")), "\"1\" - \"1\""},
      {"a date and what is added to it", decision(text("date(\"2020-01-01\") + duration(\"P1D\")")), "none"},
      {"a comparison that never holds", decision(text("if Age = \"old\" then 1 else 2")), "Age = \"old\""},
      {"a call with a text for a number", twice("Twice(\"old\")"), "\"old\""},
      {"a call by name with a text for a number", twice("Twice(number: \"old\")"), "\"old\""},
      {"a call with a number for a number", twice("Twice(Age)"), "none"},
      {"a call with a list of one", twice("Twice([Age])"), "none"},
      {"what a knowledge model gives where something else is declared", twice("Twice(Age)", "string"), ""},
      {"a function that the text itself makes", decision(text("(function(a: number) a + 1)(\"old\")")), "\"old\""},
  };
  for (const auto& [name, body, field] : clashes) {
    SCOPED_TRACE(name);
    const auto model = load(model_of(body));
    ASSERT_TRUE(model);
    const auto& warnings = model->warnings();
    if (field == "none") {
      for (const auto& warning : warnings) EXPECT_NE(warning.code, "dmn.type_clash") << warning.message.en;
      continue;
    }
    ASSERT_EQ(warnings.size(), 1U);
    EXPECT_EQ(warnings[0].code, "dmn.type_clash");
    EXPECT_EQ(warnings[0].place.field, field);
    EXPECT_EQ(warnings[0].place.record, "D");
  }
}

TEST(Model, TypesHoldTheirAllowedValues) {
  const auto model = load(model_of(
      R"(<itemDefinition name="colour"><typeRef>string</typeRef><allowedValues><text>"red", "blue"</text></allowedValues>)"
      R"(</itemDefinition><decision id="d" name="D"><variable name="D" typeRef="colour"/>)" +
      text("\"green\"") + "</decision>"));
  ASSERT_TRUE(model);
  const auto outcome = model->evaluate("D", {});
  EXPECT_TRUE(outcome.value.is_null());
  ASSERT_EQ(outcome.problems.size(), 1U);
  EXPECT_EQ(outcome.problems.front().code, "dmn.type");
}

TEST(Model, TypesOfOddNamesEndToo) {
  EXPECT_TRUE(load(model_of(R"(<itemDefinition name=" "/><itemDefinition name=" t "/><itemDefinition/>)")));
}

TEST(Model, FaultsOfFilesAreProblems) {
  EXPECT_EQ(load("<definitions").error().front().code, "dmn.xml");
  EXPECT_EQ(load("<html/>").error().front().code, "dmn.not_a_model");
  const auto model = load(model_of(decision(text("Age +"))));
  ASSERT_TRUE(model);
  EXPECT_FALSE(model->warnings().empty());
  EXPECT_EQ(model->evaluate("E", {}).problems.front().code, "dmn.unknown_decision");
}

}  // namespace
}  // namespace zhijia::dmn
