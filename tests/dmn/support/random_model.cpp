#include "support/random_model.hpp"

namespace zhijia::dmn::tests {

using feel::Number;
using feel::Value;

namespace {

/// Kinds: n number, b boolean, s string, d date, a anything.
constexpr std::string_view kinds = "nbsda";

std::string escaped(const std::string& text) {
  std::string xml;
  for (const char c : text) xml += c == '<' ? "&lt;" : c == '>' ? "&gt;" : c == '&' ? "&amp;" : std::string(1, c);
  return xml;
}

std::string type_of(char kind) {
  return kind == 'n' ? "number" : kind == 'b' ? "boolean" : kind == 's' ? "string" : kind == 'd' ? "date" : "";
}

}  // namespace

std::string RandomModel::constant(char kind) {
  switch (kind) {
    case 'n':
      return chance(10)   ? one_of("0", "1e30", "0.000000000001", "123456789012345678", "9999999999999999999")
             : chance(50) ? std::to_string(below(30))
                          : std::to_string(below(100)) + "." + std::to_string(below(10));
    case 'b':
      return one_of("true", "false");
    case 's':
      return one_of("\"x\"", "\"y\"", "\"long text of more than fifteen\"", "\"\"");
    case 'd':
      return "date(\"2024-0" + std::to_string(1 + below(9)) + "-1" + std::to_string(below(10)) + "\")";
    default:
      return chance(30) ? one_of("null", "[1, 2]", "duration(\"P1D\")", "[]") : constant(kinds[below(4)]);
  }
}

std::string RandomModel::earlier(char kind) {
  std::string found;
  for (std::size_t i = 0; i < kinds_.size(); ++i)
    if ((kinds_[i] == kind || chance(5)) && chance(50)) found = "P" + std::to_string(i);
  return found;
}

std::string RandomModel::number(int depth) {
  if (depth <= 0) return chance(30) ? constant('n') : one_of("A", "B", "F.x", "Rate");
  const auto a = [&] { return of('n', depth - 1); };
  switch (below(14)) {
    case 0:
    case 1:
      return "(" + a() + " + " + a() + ")";
    case 2:
      return "(" + a() + " - " + a() + ")";
    case 3:
      return "(" + a() + " * " + a() + ")";
    case 4:
    case 5:
      return "(" + a() + " / " + a() + ")";
    case 6:
      return "-(" + a() + ")";
    case 7:
      return one_of("min", "max") + "(" + a() + ", " + a() + ", " + a() + ")";
    case 8:
      return one_of("abs", "floor", "ceiling") + "(" + a() + ")";
    case 9:
      return "(if " + of('b', depth - 1) + " then " + a() + " else " + a() + ")";
    case 10:
      return one_of("string length(S)", "count([" + a() + ", " + a() + "])", "D.year", "L", "twice(" + a() + ")");
    case 11:
      return "(" + a() + " / " + a() + " / " + constant('n') + ")";
    default:
      return number(0);
  }
}

std::string RandomModel::truth(int depth) {
  if (depth <= 0) return chance(20) ? constant('b') : one_of("T", "F.y", "T");
  const auto compared = [&](char kind) {
    return "(" + of(kind, depth - 1) + one_of(" < ", " <= ", " > ", " >= ", " = ", " != ") + of(kind, depth - 1) + ")";
  };
  switch (below(12)) {
    case 0:
    case 1:
      return compared('n');
    case 2:
      return compared('s');
    case 3:
      return compared('d');
    case 4:
      return compared('a');
    case 5:
      return "(" + of('b', depth - 1) + " and " + of('b', depth - 1) + ")";
    case 6:
      return "(" + of('b', depth - 1) + " or " + of('b', depth - 1) + ")";
    case 7:
      return "not(" + of('b', depth - 1) + ")";
    case 8:
      return "(" + of('n', depth - 1) + " between " + of('n', depth - 1) + " and " + of('n', depth - 1) + ")";
    case 9: {
      const char kind = kinds[below(4)];
      auto tests = cell(kind);
      if (tests == "-" || tests.starts_with("not(")) tests = constant(kind);
      return "(" + of(kind, depth - 1) + " in (" + tests + "))";
    }
    case 10:
      return one_of("starts with(S, \"x\")", "some i in [A, B] satisfies i > " + constant('n'),
                    "(A instance of number)");
    default:
      return truth(0);
  }
}

std::string RandomModel::text(int depth) {
  if (depth <= 0) return chance(30) ? constant('s') : one_of("S", "U", "S");
  switch (below(4)) {
    case 0:
      return "(" + of('s', depth - 1) + " + " + of('s', depth - 1) + ")";
    case 1:
      return "upper case(" + of('s', depth - 1) + ")";
    case 2:
      return "(if " + of('b', depth - 1) + " then " + of('s', depth - 1) + " else " + of('s', depth - 1) + ")";
    default:
      return text(0);
  }
}

std::string RandomModel::date(int depth) {
  if (depth > 0 && chance(30)) return "(D + duration(\"P" + std::to_string(below(40)) + "D\"))";
  return chance(30) ? constant('d') : "D";
}

std::string RandomModel::any(int depth) {
  if (chance(30)) return one_of("U", "B", "F", "{a: A, b: S}", "[A, B][1]", "L");
  return of(kinds[below(4)], depth);
}

std::string RandomModel::of(char kind, int depth) {
  if (chance(4)) return constant('a');
  if (chance(15))
    if (auto found = earlier(kind); !found.empty()) return found;
  switch (kind) {
    case 'n':
      return number(depth);
    case 'b':
      return truth(depth);
    case 's':
      return text(depth);
    case 'd':
      return date(depth);
    default:
      return any(depth);
  }
}

std::string RandomModel::cell(char kind) {
  if (chance(25)) return "-";
  const auto bound = [&] { return chance(65) ? constant(kind) : of(kind, 1); };
  if (kind == 'b') return chance(80) ? constant('b') : one_of("not(true)", "null", "?", "? = T");
  switch (below(9)) {
    case 0:
      return one_of("< ", "<= ", "> ", ">= ") + bound();
    case 1:
    case 2:
      return one_of("[", "(") + bound() + ".." + bound() + one_of("]", ")");
    case 3:
      return bound() + ", " + bound();
    case 4:
      return chance(50) ? "not(" + bound() + ", < " + bound() + ")" : "not([" + bound() + ".." + bound() + "])";
    case 5:
      return "? " + one_of("<", "=", ">=", "!=") + " " + bound();
    case 6:
      return one_of("null", "not(null)", "? != null", "!= " + bound(), "= " + bound(), "? in [" + bound() + "]");
    case 7:
      return kind == 'n' ? one_of("modulo(?, 2) = 1", "? * 2 > " + bound(), "? between 3 and " + bound()) : bound();
    default:
      return bound();
  }
}

std::string RandomModel::literal(const std::string& expression) {
  return "<literalExpression><text>" + escaped(expression) + "</text></literalExpression>";
}

std::string RandomModel::table(char kind) {
  const auto policy = one_of("UNIQUE", "ANY", "PRIORITY", "FIRST", "RULE ORDER", "OUTPUT ORDER", "COLLECT", "COLLECT");
  const auto aggregation = policy == "COLLECT" && kind == 'n' ? one_of("", "SUM", "MIN", "MAX", "COUNT") : "";
  std::string xml = "<decisionTable hitPolicy=\"" + policy + "\"" +
                    (aggregation.empty() ? "" : " aggregation=\"" + aggregation + "\"") + ">";
  std::string columns;
  for (auto count = 1 + below(3); count > 0; --count) {
    const char input = kinds[below(5)];
    columns += input;
    const auto declared = chance(50) && input != 'a' ? " typeRef=\"" + type_of(input) + "\"" : "";
    xml += "<input><inputExpression" + declared + "><text>" + escaped(of(input, 1)) + "</text></inputExpression>";
    if (input == 'n' && chance(20)) xml += "<inputValues><text>[0..50]</text></inputValues>";
    if (input == 's' && chance(20)) xml += "<inputValues><text>\"x\", \"y\"</text></inputValues>";
    xml += "</input>";
  }
  const auto outputs = 1 + (chance(25) ? below(2) : 0);
  for (std::size_t i = 0; i < outputs; ++i) {
    xml += "<output name=\"o" + std::to_string(i) + "\"" +
           (chance(40) && kind != 'a' ? " typeRef=\"" + type_of(kind) + "\"" : "") + ">";
    if (policy == "PRIORITY" || policy == "OUTPUT ORDER")
      xml += "<outputValues><text>" + escaped(constant(kind) + ", " + constant(kind) + ", " + constant(kind)) +
             "</text></outputValues>";
    if (chance(20)) xml += "<defaultOutputEntry><text>" + escaped(of(kind, 1)) + "</text></defaultOutputEntry>";
    xml += "</output>";
  }
  const auto output_chance = below(2) * 100;
  const auto rules = chance(10) ? 60 + below(80) : 1 + below(7);
  for (std::size_t rule = 0; rule < rules; ++rule) {
    xml += "<rule>";
    for (const char input : columns) xml += "<inputEntry><text>" + escaped(cell(input)) + "</text></inputEntry>";
    for (std::size_t i = 0; i < outputs; ++i)
      xml += "<outputEntry><text>" + escaped(chance(output_chance) ? of(kind, 2) : constant(kind)) +
             "</text></outputEntry>";
    xml += "</rule>";
  }
  return xml + "</decisionTable>";
}

std::string RandomModel::logic(char kind, int depth) {
  switch (depth > 0 ? below(10) : below(6)) {
    case 0:
    case 1:
    case 2:
      return table(kind);
    case 6:
      return "<context><contextEntry><variable name=\"V\"/>" + logic(kind, depth - 1) +
             "</contextEntry><contextEntry>" +
             (chance(50) ? literal("if " + of('b', 1) + " then V else " + of(kind, 1)) : logic(kind, depth - 1)) +
             "</contextEntry></context>";
    case 7:
      return "<context><contextEntry><variable name=\"x\" typeRef=\"number\"/>" + logic('n', depth - 1) +
             "</contextEntry><contextEntry><variable name=\"y\"/>" + literal("x + 1") + "</contextEntry></context>";
    case 8:
      return "<conditional><if>" + literal(of('b', 1)) + "</if><then>" + logic(kind, depth - 1) + "</then><else>" +
             literal(of(kind, 1)) + "</else></conditional>";
    case 9:
      return "<invocation>" + literal("twice") + "<binding><parameter name=\"n\"/>" + literal(of('n', 1)) +
             "</binding></invocation>";
    default:
      return literal(of(kind, 3));
  }
}

std::string RandomModel::xml() {
  std::string xml =
      R"(<definitions xmlns="https://www.omg.org/spec/DMN/20230324/MODEL/" name="m" namespace="urn:m">)"
      R"(<itemDefinition name="tF"><itemComponent name="x"><typeRef>number</typeRef></itemComponent>)"
      R"(<itemComponent name="y"><typeRef>boolean</typeRef></itemComponent></itemDefinition>)"
      R"(<itemDefinition name="tSmall"><typeRef>number</typeRef><allowedValues><text>[0..20]</text></allowedValues></itemDefinition>)"
      R"(<itemDefinition name="tXY"><typeRef>string</typeRef><allowedValues><text>"x", "y"</text></allowedValues></itemDefinition>)";
  const std::pair<std::string, std::string> inputs[] = {{"A", "number"},  {"B", ""},       {"S", "string"},
                                                        {"T", "boolean"}, {"D", "date"},   {"U", ""},
                                                        {"F", "tF"},      {"L", "tSmall"}, {"Rate", "number"}};
  std::string needs;
  for (const auto& [name, type] : inputs) {
    xml += "<inputData id=\"" + name + "\" name=\"" + name + "\"><variable name=\"" + name + "\"" +
           (type.empty() ? "" : " typeRef=\"" + type + "\"") + "/></inputData>";
    needs += "<informationRequirement><requiredInput href=\"#" + name + "\"/></informationRequirement>";
  }
  xml +=
      R"(<businessKnowledgeModel id="twice" name="twice"><variable name="twice"/><encapsulatedLogic><formalParameter name="n" typeRef="number"/>)" +
      literal("n * 2 + 1") + "</encapsulatedLogic></businessKnowledgeModel>";
  needs += "<knowledgeRequirement><requiredKnowledge href=\"#twice\"/></knowledgeRequirement>";
  decisions_ = 3 + below(5);
  for (std::size_t i = 0; i < decisions_; ++i) {
    const auto name = "P" + std::to_string(i);
    const char kind = kinds[below(5)];
    auto type = chance(50) ? type_of(kind) : "";
    if (kind == 'n' && chance(15)) type = "tSmall";
    if (kind == 's' && chance(15)) type = "tXY";
    xml += "<decision id=\"" + name + "\" name=\"" + name + "\"><variable name=\"" + name + "\"" +
           (type.empty() ? "" : " typeRef=\"" + type + "\"") + "/>" + needs + logic(kind, 2) + "</decision>";
    needs += "<informationRequirement><requiredDecision href=\"#" + name + "\"/></informationRequirement>";
    kinds_ += kind;
  }
  return xml + "</definitions>";
}

Value RandomModel::value(char kind) {
  if (chance(5)) return {};
  if (chance(3)) kind = kinds[below(5)];
  switch (kind) {
    case 'n': {
      if (chance(3)) return *Number::parse(constant('n'));
      const auto amount = static_cast<std::int64_t>(below(400)) - 40;
      return chance(3) ? Value::list({Value(amount)}) : Value(Number::scaled(amount, -static_cast<int>(below(3))));
    }
    case 'b':
      return chance(50);
    case 's':
      return chance(60) ? one_of("x", "y", "", "Y") : "text " + std::to_string(below(2'000));
    case 'd':
      return feel::Date{19'723 + static_cast<std::int64_t>(below(300))};
    default:
      if (chance(20)) return Value::context({{"x", 3}, {"y", true}});
      return value(kinds[below(4)]);
  }
}

Column RandomModel::column(char kind, std::size_t count) {
  if (chance(10)) count = 1;
  Column column;
  if (chance(50)) {
    for (std::size_t i = 0; i < count; ++i) column.values.push_back(value(kind));
    return column;
  }
  const auto fill = [&](auto& list, auto make) {
    for (std::size_t i = 0; i < count; ++i) list.push_back(make());
  };
  Packed::Wide integers;
  if (kind == 'n') {
    // Of a byte, of 32 bits or of more.
    const std::int64_t spans[] = {200, 60'000, 6'000'000'000};
    const auto span = spans[below(3)];
    fill(integers, [&] {
      return static_cast<std::int64_t>(below(static_cast<std::uint64_t>(span))) - (span > 200 ? span / 12 : 0);
    });
    column = Column::of_numbers(std::move(integers), static_cast<int>(below(4)));
  } else if (kind == 'b') {
    column.form = Column::Form::booleans;
    fill(column.truths, [&] { return static_cast<std::uint8_t>(below(2)); });
  } else if (kind == 'd') {
    fill(integers, [&] { return 19'723 + static_cast<std::int64_t>(below(300)); });
    column = Column::of_dates(std::move(integers));
  } else {
    feel::Values dictionary;
    for (int i = 0; i < 9; ++i) dictionary.push_back(value(kind));
    fill(integers, [&] { return static_cast<std::int64_t>(below(9)); });
    column = Column::of_codes(Packed(std::move(integers)), std::move(dictionary));
  }
  if (chance(40)) fill(column.missing, [&] { return static_cast<std::uint8_t>(below(10) == 0); });
  return column;
}

Columns RandomModel::cases(std::size_t count) {
  Columns columns{.cases = count};
  const auto add = [&](const char* name, Column column) {
    if (chance(4)) return;
    columns.names.emplace_back(name);
    columns.values.push_back(std::move(column));
  };
  add("A", column('n', count));
  add("B", column(chance(50) ? 'n' : 'a', count));
  add("S", column('s', count));
  add("T", column('b', count));
  add("D", column('d', count));
  add("U", column(kinds[below(5)], count));
  add("L", column('n', count));
  add("Rate", column('n', 1));
  if (chance(50)) {
    add("F", Column::of_parts({{"x", column('n', count)}, {"y", column('b', count)}}));
  } else {
    Column contexts;
    for (std::size_t i = 0; i < count; ++i)
      contexts.values.push_back(chance(5) ? value('a') : Value::context({{"x", value('n')}, {"y", value('b')}}));
    add("F", std::move(contexts));
  }
  if (chance(10)) add("P0", column(kinds_[0], count));
  return columns;
}

}  // namespace zhijia::dmn::tests
