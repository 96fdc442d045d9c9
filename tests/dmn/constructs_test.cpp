#include <gtest/gtest.h>

#include <map>

#include "dmn/dmn.hpp"

/// Whole models for what spans elements: imports with and without names, services that hide decisions, conversions
/// at the edges between elements, boxed iterators.
namespace zhijia::dmn {
namespace {

using feel::literal;

std::string definitions(std::string_view name, std::string_view body) {
  return R"(<definitions xmlns="https://www.omg.org/spec/DMN/20230324/MODEL/" name=")" + std::string(name) +
         R"(" namespace="urn:)" + std::string(name) + "\">" + std::string(body) + "</definitions>";
}

std::string text(std::string_view feel) {
  return "<literalExpression><text>" + std::string(feel) + "</text></literalExpression>";
}

std::string needs(std::string_view hrefs) {
  std::string out;
  for (std::size_t from = 0; from < hrefs.size();) {
    const auto to = std::min(hrefs.find(' ', from), hrefs.size());
    const auto href = std::string(hrefs.substr(from + 1, to - from - 1));
    const auto kind = hrefs[from];  // i input data, d decision, k knowledge
    if (kind == 'k')
      out += R"(<knowledgeRequirement><requiredKnowledge href=")" + href + R"("/></knowledgeRequirement>)";
    else
      out += std::string("<informationRequirement><required") + (kind == 'i' ? "Input" : "Decision") + R"( href=")" +
             href + R"("/></informationRequirement>)";
    from = to + 1;
  }
  return out;
}

std::string decision(std::string_view name, std::string_view type, std::string_view needed, std::string_view logic) {
  return R"(<decision id="_)" + std::string(name) + R"(" name=")" + std::string(name) + R"("><variable name=")" +
         std::string(name) + R"(" typeRef=")" + std::string(type) + R"("/>)" + needs(needed) + std::string(logic) +
         "</decision>";
}

std::string input(std::string_view name, std::string_view type) {
  return R"(<inputData id="_)" + std::string(name) + R"(" name=")" + std::string(name) + R"("><variable name=")" +
         std::string(name) + R"(" typeRef=")" + std::string(type) + R"("/></inputData>)";
}

std::string knowledge(std::string_view name, std::string_view type, std::string_view parameter,
                      std::string_view parameter_type, std::string_view logic) {
  return R"(<businessKnowledgeModel id="_)" + std::string(name) + R"(" name=")" + std::string(name) +
         R"("><variable name=")" + std::string(name) + R"("/><encapsulatedLogic typeRef=")" + std::string(type) +
         R"("><formalParameter name=")" + std::string(parameter) + R"(" typeRef=")" + std::string(parameter_type) +
         R"("/>)" + std::string(logic) + "</encapsulatedLogic></businessKnowledgeModel>";
}

std::string import(std::string_view name, std::string_view of) {
  return R"(<import importType="https://www.omg.org/spec/DMN/20230324/MODEL/" name=")" + std::string(name) +
         R"(" namespace="urn:)" + std::string(of) + R"("/>)";
}

std::string type_definition(std::string_view name, std::string_view attributes, std::string_view body) {
  return R"(<itemDefinition name=")" + std::string(name) + R"(" )" + std::string(attributes) + ">" + std::string(body) +
         "</itemDefinition>";
}

const std::string library = definitions(
    "library",
    type_definition("tStage", "",
                    R"(<typeRef>string</typeRef><allowedValues><text>"school", "college"</text></allowedValues>)") +
        input("Child", "tStage") +
        knowledge("limit", "number", "stage", "tStage", text("if stage = \"college\" then 8000 else 5000")) +
        decision("Grant", "number", "i#_Child k#_limit", text("limit(Child)")) +
        R"(<decisionService id="_service" name="Grant service"><variable name="Grant service"/><outputDecision href="#_Grant"/>)"
        R"(<inputData href="#_Child"/></decisionService>)");

struct Case {
  std::string_view name;
  std::string body;
  Inputs inputs;
  std::string_view value;    ///< of the decision D
  std::string warning = {};  ///< code of what loading the model warns of; empty: nothing
};

const Case cases[] = {
    // Imports
    {"a decision of an import is a member of the import's name",
     import("lib", "library") + decision("D", "number", "durn:library#_Grant", text("lib.Grant + 1")),
     {{"Child", "college"}},
     "8001"},
    {"a knowledge model of an import is called by the import's name",
     import("lib", "library") + decision("D", "number", "kurn:library#_limit", text("lib.limit(\"school\")")),
     {},
     "5000"},
    {"it may be called with named arguments",
     import("lib", "library") + decision("D", "number", "kurn:library#_limit", text("lib.limit(stage: \"school\")")),
     {},
     "5000"},
    {"it may be the function of a boxed invocation",
     import("lib", "library") + decision("D", "number", "kurn:library#_limit",
                                         "<invocation>" + text("lib.limit") + R"(<binding><parameter name="stage"/>)" +
                                             text("\"college\"") + "</binding></invocation>"),
     {},
     "8000"},
    {"a service of an import is a function",
     import("lib", "library") +
         decision("D", "number", "kurn:library#_service", text("lib.Grant service(\"college\")")),
     {},
     "8000"},
    {"input data of an import",
     import("lib", "library") + decision("D", "string", "iurn:library#_Child", text("lib.Child")),
     {{"Child", "school"}},
     R"("school")"},
    {"a type of an import holds its allowed values",
     import("lib", "library") + decision("D", "lib.tStage", "", text("\"nursery\"")),
     {},
     "null"},
    {"a type of an import in an instance test",
     import("lib", "library") + decision("D", "boolean", "", text("\"school\" instance of lib.tStage")),
     {},
     "true"},
    {"an import without a name brings its names in as they are",
     import("", "library") +
         decision("D", "number", "durn:library#_Grant kurn:library#_limit", text("Grant + limit(\"school\")")),
     {{"Child", "college"}},
     "13000"},
    {"so it does its types",
     import("", "library") + decision("D", "tStage", "", text("\"college\"")),
     {},
     R"("college")"},
    {"an import of an import",
     import("middle", "middle") + decision("D", "number", "durn:middle#_Twice", text("middle.Twice")),
     {{"Child", "school"}},
     "10000"},

    // Conversions between elements (OMG DMN 1.5, 10.3.2.9.4)
    {"a value becomes a list of one for a decision's type",
     type_definition("tNumbers", R"(isCollection="true")", "<typeRef>number</typeRef>") +
         decision("D", "tNumbers", "", text("5")),
     {},
     "[5]"},
    {"a list of one becomes its item for input data",
     input("N", "number") + decision("D", "number", "i#_N", text("N + 1")),
     {{"N", feel::Value::list({5})}},
     "6"},
    {"a list of two does not",
     input("N", "number") + decision("D", "Any", "i#_N", text("N")),
     {{"N", feel::Value::list({5, 6})}},
     "null"},
    {"a date becomes its midnight in UTC",
     decision("D", "dateTime", "", text("date(2020, 1, 2)")),
     {},
     R"(@"2020-01-02T00:00:00Z")"},
    {"a date and time does not become a date",
     decision("D", "date", "", text("@\"2020-01-02T00:00:00\"")),
     {},
     "null",
     "dmn.type_clash"},
    {"arguments are converted to the parameter's type",
     knowledge("size", "number", "list", "tNumbers", text("count(list)")) +
         type_definition("tNumbers", R"(isCollection="true")", "<typeRef>number</typeRef>") +
         decision("D", "number", "k#_size", text("size(7)")),
     {},
     "1"},
    {"an argument that does not fit makes the call null",
     knowledge("twice", "number", "n", "number", text("if n = null then 1 else 2")) +
         decision("D", "number", "k#_twice", text("twice(\"a\")")),
     {},
     "null",
     "dmn.type_clash"},
    {"what a knowledge model gives is held to its type",
     knowledge("name", "string", "n", "number", text("n")) + decision("D", "Any", "k#_name", text("name(1)")),
     {},
     "null"},
    {"a context may have more entries than its type",
     type_definition("tPerson", "", R"(<itemComponent name="age"><typeRef>number</typeRef></itemComponent>)") +
         decision("D", "tPerson", "", text("{age: 1, name: \"a\"}")),
     {},
     R"({age: 1, name: "a"})"},
    {"but not fewer",
     type_definition("tPerson", "", R"(<itemComponent name="age"><typeRef>number</typeRef></itemComponent>)") +
         decision("D", "tPerson", "", text("{name: \"a\"}")),
     {},
     "null",
     "dmn.type_clash"},
    {"the entries of a boxed context are held to their types",
     decision(
         "D", "Any", "",
         R"(<context><contextEntry><variable name="a" typeRef="string"/>)" + text("1") + "</contextEntry></context>"),
     {},
     "{a: null}"},

    // Constraints
    {"allowed values are tests of each item of a list",
     type_definition("tSmall", R"(isCollection="true")",
                     "<typeRef>number</typeRef><allowedValues><text>&lt; 10</text></allowedValues>") +
         decision("D", "tSmall", "", text("[1, 20]")),
     {},
     "null"},
    {"a type constraint is of the whole list",
     type_definition("tPair", R"(isCollection="true")",
                     "<typeRef>number</typeRef><typeConstraint><text>count(?) = 2</text></typeConstraint>") +
         decision("D", "tPair", "", text("[1, 2]")),
     {},
     "[1, 2]"},
    {"and refuses another",
     type_definition("tPair", R"(isCollection="true")",
                     "<typeRef>number</typeRef><typeConstraint><text>count(?) = 2</text></typeConstraint>") +
         decision("D", "tPair", "", text("[1, 2, 3]")),
     {},
     "null"},
    {"null passes every constraint",
     type_definition("tSmall", "", "<typeRef>number</typeRef><allowedValues><text>&lt; 10</text></allowedValues>") +
         decision("D", "boolean", "", text("null")),
     {},
     "null"},
    {"constraints of components hold within",
     type_definition(
         "tPerson", "",
         R"(<itemComponent name="age"><typeRef>number</typeRef><allowedValues><text>[0..150]</text></allowedValues></itemComponent>)") +
         decision("D", "tPerson", "", text("{age: 200}")),
     {},
     "null"},

    // Services
    {"a service hides what it encapsulates and takes decisions as inputs",
     input("N", "number") + decision("Base", "number", "i#_N", text("N * 10")) +
         decision("Middle", "number", "d#_Base", text("Base + 1")) +
         decision("Out", "number", "d#_Middle", text("Middle * 2")) +
         R"(<decisionService id="_s" name="s"><variable name="s"/><outputDecision href="#_Out"/><encapsulatedDecision href="#_Middle"/>)"
         R"(<inputDecision href="#_Base"/></decisionService>)" +
         decision("D", "number", "k#_s", text("s(5)")),
     {{"N", 1}},
     "12"},
    {"its parameters may be named",
     input("N", "number") + decision("Base", "number", "i#_N", text("N * 10")) +
         decision("Out", "number", "d#_Base", text("Base + 1")) +
         R"(<decisionService id="_s" name="s"><variable name="s"/><outputDecision href="#_Out"/><inputDecision href="#_Base"/></decisionService>)" +
         decision("D", "number", "k#_s", text("s(Base: 3)")),
     {},
     "4"},
    {"several outputs make a context",
     decision("A", "number", "", text("1")) + decision("B", "number", "", text("2")) +
         R"(<decisionService id="_s" name="s"><variable name="s"/><outputDecision href="#_A"/><outputDecision href="#_B"/></decisionService>)" +
         decision("D", "Any", "k#_s", text("s()")),
     {},
     "{A: 1, B: 2}"},
    {"too many arguments make it null",
     decision("A", "number", "", text("1")) +
         R"(<decisionService id="_s" name="s"><variable name="s"/><outputDecision href="#_A"/></decisionService>)" +
         decision("D", "Any", "k#_s", text("s(1)")),
     {},
     "null"},

    // Boxed iterators
    {"boxed every holds for all",
     decision("D", "boolean", "",
              R"(<every iteratorVariable="n"><in>)" + text("[1, 2]") + "</in><satisfies>" + text("n > 0") +
                  "</satisfies></every>"),
     {},
     "true"},
    {"boxed every is false for one",
     decision("D", "boolean", "",
              R"(<every iteratorVariable="n"><in>)" + text("[1, 2]") + "</in><satisfies>" + text("n > 1") +
                  "</satisfies></every>"),
     {},
     "false"},
    {"boxed every over nothing is true",
     decision("D", "boolean", "",
              R"(<every iteratorVariable="n"><in>)" + text("[]") + "</in><satisfies>" + text("n > 1") +
                  "</satisfies></every>"),
     {},
     "true"},
    {"boxed every over null is null",
     decision("D", "boolean", "",
              R"(<every iteratorVariable="n"><in>)" + text("null") + "</in><satisfies>" + text("n > 1") +
                  "</satisfies></every>"),
     {},
     "null"},
    {"boxed every with a condition that is no boolean is null",
     decision("D", "Any", "",
              R"(<every iteratorVariable="n"><in>)" + text("[1]") + "</in><satisfies>" + text("\"x\"") +
                  "</satisfies></every>"),
     {},
     "null"},
    {"boxed every over a boxed list",
     decision("D", "boolean", "",
              R"(<every iteratorVariable="n"><in><list>)" + text("1") + text("2") + "</list></in><satisfies>" +
                  text("n &lt; 3") + "</satisfies></every>"),
     {},
     "true"},
    {"boxed for reads what it has made",
     decision("D", "Any", "",
              R"(<for iteratorVariable="i"><in>)" + text("1..4") + "</in><return>" +
                  text("if i = 1 then 1 else i * partial[-1]") + "</return></for>"),
     {},
     "[1, 2, 6, 24]"},
    {"boxed filter by a property",
     decision("D", "Any", "",
              "<filter><in>" + text("[{a: 1}, {a: 2}]") + "</in><match>" + text("a > 1") + "</match></filter>"),
     {},
     "[{a: 2}]"},
    {"a boxed function is called",
     decision(
         "D",
         "number", "",
         R"(<context><contextEntry><variable name="f"/><functionDefinition><formalParameter name="x" typeRef="number"/>)" +
             text("x * 2") + "</functionDefinition></contextEntry><contextEntry>" + text("f(4)") +
             "</contextEntry></context>"),
     {},
     "8"},

    // Tables
    {"a cell may ask for its input by ?",
     input("S", "string") +
         decision(
             "D",
             "string", "i#_S",
             R"(<decisionTable><input><inputExpression><text>S</text></inputExpression></input><output/>)"
             R"(<rule><inputEntry><text>starts with(?, "a")</text></inputEntry><outputEntry><text>"A"</text></outputEntry></rule>)"
             R"(<rule><inputEntry><text>not(starts with(?, "a"))</text></inputEntry><outputEntry><text>"B"</text></outputEntry></rule></decisionTable>)"),
     {{"S", "abc"}},
     R"("A")"},
    {"null may be asked for",
     input("S", "string") +
         decision(
             "D",
             "string", "i#_S",
             R"(<decisionTable><input><inputExpression><text>S</text></inputExpression></input><output/>)"
             R"(<rule><inputEntry><text>null</text></inputEntry><outputEntry><text>"none"</text></outputEntry></rule>)"
             R"(<rule><inputEntry><text>not(null)</text></inputEntry><outputEntry><text>"some"</text></outputEntry></rule></decisionTable>)"),
     {},
     R"("none")"},
    {"a decision without logic is null", decision("D", "string", "", ""), {}, "null"},
};

TEST(Constructs, OfWholeModels) {
  const std::map<std::string, std::string, std::less<>> files{
      {"urn:library", library},
      {"urn:middle", definitions("middle", import("lib", "library") + decision("Twice", "number", "durn:library#_Grant",
                                                                               text("lib.Grant * 2")))}};
  const auto loader = [&](std::string_view name_space, std::string_view) -> Result<std::string> {
    return files.find(name_space)->second;
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    const auto model = load(definitions("m", c.body), loader);
    ASSERT_TRUE(model);
    std::string warned;
    for (const auto& warning : model->warnings())
      if (warning.code != "dmn.table_gap") warned += warning.code;
    EXPECT_EQ(warned, c.warning);
    EXPECT_EQ(literal(model->evaluate("D", c.inputs).value), c.value);
  }
}

}  // namespace
}  // namespace zhijia::dmn
