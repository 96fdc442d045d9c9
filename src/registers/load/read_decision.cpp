#include "load/readers.hpp"

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
  reader.only_keys(node, {"sum", "count", "any", "paid", "promised", "where", "plus", "year_of", "kind"});
  if (!node.IsMap()) return input;
  for (const auto& [key, from] :
       {std::pair{"sum", sum}, {"count", count}, {"any", any}, {"paid", paid}, {"promised", promised}})
    if (std::string path = reader.text(node, key); !path.empty()) {
      input.from = from;
      input.path = std::move(path);
    }
  input.where = reader.text(node, "where");
  input.year_of = reader.text(node, "year_of");
  input.kind = reader.text(node, "kind");
  input.plus = reader.number(node, "plus", 0);
  if (input.path.empty())
    reader.refuse(node, "pack.decision_input", "输入须写字段路径，或 sum、count、any、paid、promised 之一",
                  "an input is a path to a field, or one of sum, count, any, paid and promised");
  if ((input.from == paid || input.from == promised) && input.year_of.empty())
    reader.refuse(node, "pack.missing_key", "paid 和 promised 须写 year_of", "“paid” and “promised” need “year_of”");
  return input;
}

}  // namespace

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
  reader.only_keys(node, {"amount", "on", "when", "kind", "to", "promised", "promised_on"});
  if (!node.IsMap()) return {};
  Payment payment{.amount = reader.required_text(node, "amount"),
                  .on = reader.required_text(node, "on"),
                  .when = reader.text(node, "when"),
                  .kind = reader.text(node, "kind"),
                  .promised = reader.text(node, "promised"),
                  .promised_on = reader.text(node, "promised_on")};
  if (std::string to = reader.text(node, "to"); !to.empty()) payment.to = std::move(to);
  if (payment.promised.empty() != payment.promised_on.empty())
    reader.refuse(node, "pack.missing_key", "pays 的 promised 与 promised_on 须一起写",
                  "“promised” and “promised_on” of “pays” come together");
  return payment;
}

}  // namespace zhijia::registers
