#include <fmt/format.h>

#include <filesystem>
#include <map>
#include <mutex>

#include "decisions/plan.hpp"
#include "load/yaml_reader.hpp"


namespace zhijia::registers {

namespace {

/// `Members: {count: file.members, plus: 1}`, or a path alone.
DecisionInput read_input(YamlReader& reader, const std::string& name, const YAML::Node& node) {
  using enum DecisionInput::From;
  DecisionInput input;
  input.name = name;
  if (node.IsScalar()) {
    input.path = node.Scalar();
    return input;
  }
  reader.only_keys(node, {"sum", "count", "any", "paid", "where", "plus", "year_of", "kind"});
  if (!node.IsMap()) return input;
  for (const auto& [key, from] : {std::pair{"sum", sum}, {"count", count}, {"any", any}, {"paid", paid}})
    if (std::string path = reader.text(node, key); !path.empty()) {
      input.from = from;
      input.path = std::move(path);
    }
  input.where = reader.text(node, "where");
  input.year_of = reader.text(node, "year_of");
  input.kind = reader.text(node, "kind");
  input.plus = reader.number(node, "plus", 0);
  if (input.path.empty())
    reader.refuse(node, "pack.decision_input", "输入须写字段路径，或 sum、count、any、paid 之一",
                  "an input is a path to a field, or one of sum, count, any and paid");
  if (input.from == paid && input.year_of.empty())
    reader.refuse(node, "pack.missing_key", "paid 须写 year_of", "“paid” needs “year_of”");
  return input;
}

Decision read_decision(YamlReader& reader, const YAML::Node& node) {
  reader.only_keys(node, {"model", "decision", "parameters", "inputs", "outcome", "explanation"});
  Decision decision;
  if (!node.IsMap()) return decision;
  decision.model = reader.required_text(node, "model");
  decision.decision = reader.required_text(node, "decision");
  if (const YAML::Node parameters = node["parameters"]) {
    reader.only_keys(parameters, {"of", "region", "on", "keep"});
    if (parameters.IsMap()) {
      decision.policy = reader.required_text(parameters, "of");
      decision.region = reader.required_text(parameters, "region");
      decision.on = reader.required_text(parameters, "on");
      decision.policy_field = reader.text(parameters, "keep");
    }
  }
  for (const auto& input : node["inputs"])
    decision.inputs.push_back(read_input(reader, input.first.Scalar(), input.second));
  for (const auto& outcome : node["outcome"])
    decision.outcome.emplace_back(outcome.first.Scalar(), outcome.second.Scalar());
  if (const YAML::Node explanation = node["explanation"]) {
    reader.only_keys(explanation, {"zh", "en"});
    if (explanation.IsMap()) {
      decision.explanation_zh = reader.required_text(explanation, "zh");
      decision.explanation_en = reader.required_text(explanation, "en");
    }
  }
  return decision;
}

Payment read_payment(YamlReader& reader, const YAML::Node& node) {
  reader.only_keys(node, {"amount", "on", "when", "kind"});
  if (!node.IsMap()) return {};
  return {reader.required_text(node, "amount"), reader.required_text(node, "on"), reader.text(node, "when"),
          reader.text(node, "kind")};
}

}  // namespace

Declared read_declared(const Register& of, Problems& problems) {
  Declared declared;
  YamlReader reader(of.file, problems);
  try {
    const YAML::Node root = YAML::LoadFile(of.file);
    if (root["pays"]) declared.pays = read_payment(reader, root["pays"]);
    if (root["decision"]) declared.decision = read_decision(reader, root["decision"]);
  } catch (const YAML::Exception&) {
    return {};  // load_packs() said so
  }
  return declared;
}

std::shared_ptr<const Declared> declared_by(const Register& of) {
  static std::mutex mutex;
  static std::map<std::string, std::pair<std::filesystem::file_time_type, std::shared_ptr<const Declared>>> known;
  static const auto nothing = std::make_shared<const Declared>();
  std::error_code missing;
  const auto written = std::filesystem::last_write_time(of.file, missing);
  if (missing || !of.part_of.empty()) return nothing;
  const std::scoped_lock lock(mutex);
  auto& [at, declared] = known[of.file];
  if (declared && at == written) return declared;
  Problems unread;
  declared = std::make_shared<const Declared>(read_declared(of, unread));
  at = written;
  return declared;
}

}  // namespace zhijia::registers
