// zhijia_tck DIR: runs the test cases of the DMN Technology Compatibility Kit below DIR. A case passes when all its
// result nodes do. DIR/compliance-level-N/NAME holds models and, in *-test-*.xml, cases in the kit's testCases.xsd.
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <optional>
#include <pugixml.hpp>

#include "dmn/dmn.hpp"

namespace {

namespace fs = std::filesystem;
using zhijia::Result;
using zhijia::dmn::Inputs;
using zhijia::dmn::Model;
using zhijia::feel::Kind;
using zhijia::feel::Number;
using zhijia::feel::Value;

std::string content_of(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::string_view local(const pugi::xml_node& node) {
  const std::string_view name = node.name();
  return name.substr(name.find(':') == std::string_view::npos ? 0 : name.find(':') + 1);
}

std::vector<pugi::xml_node> children(const pugi::xml_node& node, std::string_view name) {
  std::vector<pugi::xml_node> found;
  for (const auto child : node.children())
    if (local(child) == name) found.push_back(child);
  return found;
}

/// The kit's own runner compares to 8 places, as cases were made with binary floating point.
bool same_number(const Number& got, const Number& expected, std::string_view written) {
  if (compare(got, expected) == 0) return true;
  const auto point = written.find('.');
  if (point == std::string_view::npos || written.size() - point < 8) return false;
  const auto difference = subtract(got, expected);
  return difference && compare(difference->magnitude(), Number::scaled(1, -8)) <= 0;
}

/// What a case says of a value, in the types of XML Schema.
struct Expected {
  Value value;
  std::string written;
  std::vector<Expected> items;
  std::vector<std::pair<std::string, Expected>> fields;
  enum { scalar, list, context } form = scalar;
};

Value scalar(std::string_view type, std::string_view text) {
  if (const auto colon = type.find(':'); colon != std::string_view::npos) type.remove_prefix(colon + 1);
  using namespace zhijia::feel;
  if (type == "boolean") return Value(text == "true" || text == "1");
  if (type == "decimal" || type == "double" || type == "integer" || type == "float" || type == "int" || type == "long")
    return Value::of(Number::parse(text));
  if (type == "date") return Value::of(Date::parse(text));
  if (type == "time") return Value::of(Time::parse(text));
  if (type == "dateTime") return Value::of(DateTime::parse(text));
  if (type == "duration") {
    if (const auto months = parse_months(text)) return Value(*months);
    return Value::of(parse_duration(text));
  }
  return Value(text);
}

Expected read(const pugi::xml_node& node) {
  Expected expected;
  for (const auto child : node.children()) {
    const auto kind = local(child);
    const bool nil = std::string_view(child.attribute("xsi:nil").value()) == "true";
    if (kind == "value" && !nil) {
      expected.written = child.text().get();
      expected.value = scalar(child.attribute("xsi:type").value(), expected.written);
    } else if (kind == "list" && !nil) {
      expected.form = Expected::list;
      for (const auto& item : children(child, "item")) expected.items.push_back(read(item));
    } else if (kind == "component") {
      expected.form = Expected::context;
      expected.fields.emplace_back(child.attribute("name").value(), nil ? Expected{} : read(child));
    }
  }
  return expected;
}

Value value_of(const Expected& expected) {
  if (expected.form == Expected::list) {
    zhijia::feel::Values items;
    for (const auto& item : expected.items) items.push_back(value_of(item));
    return Value::list(std::move(items));
  }
  if (expected.form == Expected::context) {
    std::vector<std::pair<std::string, Value>> entries;
    for (const auto& [name, field] : expected.fields) entries.emplace_back(name, value_of(field));
    return Value::context(std::move(entries));
  }
  return expected.value;
}

bool same(const Value& got, const Expected& expected) {
  if (expected.form == Expected::list) {
    if (!got.is(Kind::list) || got.items().size() != expected.items.size()) return false;
    return std::ranges::equal(got.items(), expected.items, same);
  }
  if (expected.form == Expected::context) {
    if (!got.is(Kind::context) || got.keys().size() != expected.fields.size()) return false;
    return std::ranges::all_of(expected.fields, [&](const auto& field) {
      const auto* found = got.find(field.first);
      return found && same(*found, field.second);
    });
  }
  if (got.is(Kind::number) && expected.value.is(Kind::number))
    return same_number(got.number(), expected.value.number(), expected.written);
  return zhijia::feel::equals(got, expected.value).is_true();
}

struct Tally {
  int passed = 0;
  int cases = 0;
};

/// The models beside a model, by namespace: what it may import.
zhijia::dmn::ImportLoader imports_beside(const fs::path& folder) {
  return [folder](std::string_view name_space, std::string_view) -> Result<std::string> {
    for (const auto& entry : fs::directory_iterator(folder)) {
      if (entry.path().extension() != ".dmn") continue;
      auto text = content_of(entry.path());
      pugi::xml_document document;
      if (document.load_buffer(text.data(), text.size()) &&
          document.document_element().attribute("namespace").value() == name_space)
        return text;
    }
    return zhijia::fail("tck.import", "找不到引用的模型", "the imported model is not there");
  };
}

std::optional<std::string> failure(const Model& model, const pugi::xml_node& test) {
  Inputs inputs;
  for (const auto& node : children(test, "inputNode"))
    inputs.push_back({node.attribute("name").value(), value_of(read(node)), node.attribute("namespace").value()});
  const std::string service = test.attribute("invocableName").value();
  std::string wrong;
  for (const auto& node : children(test, "resultNode")) {
    const std::string name = node.attribute("name").value();
    auto outcome = service.empty() ? model.evaluate(name, inputs) : model.evaluate_service(service, inputs);
    // A service of several output decisions gives them by name.
    if (!service.empty() && outcome.value.is(Kind::context))
      if (const auto* output = outcome.value.find(name)) outcome.value = Value(*output);
    const auto nodes = children(node, "expected");
    const auto expected = nodes.empty() ? Expected{} : read(nodes.front());
    if (same(outcome.value, expected)) continue;
    wrong += "  " + name + ": got " + zhijia::feel::literal(outcome.value) + ", expected " +
             zhijia::feel::literal(value_of(expected)) + "\n";
    for (const auto& problem : outcome.problems) wrong += "    " + describe(problem) + "\n";
  }
  if (wrong.empty()) return std::nullopt;
  return wrong;
}

void run_file(const fs::path& path, Tally& tally, bool details) {
  pugi::xml_document document;
  if (!document.load_file(path.c_str(), pugi::parse_default | pugi::parse_ws_pcdata_single)) return;
  const auto root = document.document_element();
  const auto names = children(root, "modelName");
  const auto model_path = path.parent_path() / (names.empty() ? "" : names.front().text().get());
  auto model =
      zhijia::dmn::load(content_of(model_path), imports_beside(path.parent_path()), model_path.filename().string());
  for (const auto& test : children(root, "testCase")) {
    ++tally.cases;
    const auto wrong = model ? failure(*model, test) : describe(model.error().front()) + "\n";
    if (!wrong) {
      ++tally.passed;
      continue;
    }
    std::printf("failed: %s %s\n", path.stem().c_str(), test.attribute("id").value());
    if (!details) continue;
    std::printf("%s", wrong->c_str());
    if (model)
      for (const auto& warning : model->warnings()) std::printf("    warning: %s\n", describe(warning).c_str());
  }
}

Tally run_level(const fs::path& folder, bool details) {
  std::vector<fs::path> files;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    const auto name = entry.path().filename().string();
    // External Java functions need a JVM and do not count.
    if (entry.path().string().find("0076-feel-external-java") != std::string::npos) continue;
    if (entry.path().extension() == ".xml" && name.find("-test-") != std::string::npos) files.push_back(entry.path());
  }
  std::ranges::sort(files);
  Tally tally;
  for (const auto& file : files) run_file(file, tally, details);
  return tally;
}

}  // namespace

int main(int count, char** arguments) {
  const fs::path folder = count > 1 ? arguments[1] : "../shared/dmn-tck";
  const bool details = count > 2 && std::string_view(arguments[2]) == "--details";
  if (!fs::is_directory(folder)) {
    std::printf("No DMN test cases at %s: skipped\n", folder.c_str());
    return 0;
  }
  bool all = true;
  for (const int level : {2, 3}) {
    const auto below = folder / ("compliance-level-" + std::to_string(level));
    if (!fs::is_directory(below)) continue;
    const auto tally = run_level(below, details);
    std::printf("TCK level %d: %d of %d\n", level, tally.passed, tally.cases);
    all = all && tally.passed == tally.cases;
  }
  return all ? 0 : 1;
}
