#include <optional>

#include "parts.hpp"

namespace zhijia::dmn {

using feel::Value;
using feel::Values;

namespace {

/// The values of one evaluation: each decision is made once.
class Run {
 public:
  Run(const std::shared_ptr<const Parts>& parts, Activity& activity)
      : parts_(parts), activity_(activity), values_(parts->elements.size()) {}

  void give(std::size_t element, const Value& value) {
    values_[element] = coerce(value, *parts_->elements[element].type, &activity_.diagnostics);
  }

  void give_null_unless_given(std::size_t element) {
    if (!values_[element]) values_[element] = Value();
  }

  Value value(std::size_t at) {
    if (values_[at]) return *values_[at];
    const auto& element = parts_->elements[at];
    switch (element.kind) {
      case ElementKind::input_data:
        values_[at] = Value();
        break;
      case ElementKind::decision:
        values_[at] = decide(element);
        break;
      case ElementKind::knowledge_model:
      case ElementKind::service:
        values_[at] = function_of(parts_, at);
        break;
    }
    return *values_[at];
  }

  Value service_output(const Element& service) {
    if (service.outputs.size() == 1)
      return coerce(value(service.outputs.front()), *service.type, &activity_.diagnostics);
    std::vector<std::pair<std::string, Value>> entries;
    for (const auto output : service.outputs) entries.emplace_back(parts_->elements[output].name, value(output));
    return coerce(Value::context(std::move(entries)), *service.type, &activity_.diagnostics);
  }

  Variables variables_of(const Element& element) {
    Variables variables(element.slots);
    std::map<std::uint32_t, std::vector<std::pair<std::string, Value>>> imported;
    for (const auto& requirement : element.requirements) {
      auto content = value(requirement.element);
      if (requirement.member.empty()) {
        variables[requirement.slot] = std::move(content);
      } else {
        imported[requirement.slot].emplace_back(requirement.member, std::move(content));
      }
    }
    for (auto& [slot, entries] : imported) variables[slot] = Value::context(std::move(entries));
    return variables;
  }

 private:
  Value decide(const Element& element) {
    if (!element.logic) return {};
    const auto variables = variables_of(element);
    const auto outer = std::exchange(activity_.tables, {});
    auto made = coerce(element.logic->evaluate(variables, activity_), *element.type, &activity_.diagnostics);
    if (activity_.steps) activity_.steps->push_back({element.name, element.label, made, std::move(activity_.tables)});
    activity_.tables = outer;
    return made;
  }

  const std::shared_ptr<const Parts>& parts_;
  Activity& activity_;
  std::vector<std::optional<Value>> values_;
};

/// What a service sees is its arguments, nothing of the evaluation around it.
Value call_service(const std::shared_ptr<const Parts>& parts, std::size_t at, std::span<const Value> arguments,
                   Activity& activity) {
  const auto& service = parts->elements[at];
  Run run(parts, activity);
  for (std::size_t i = 0; i < service.inputs.size(); ++i)
    run.give(service.inputs[i], i < arguments.size() ? arguments[i] : Value());
  return run.service_output(service);
}

Value call_knowledge(const std::shared_ptr<const Parts>& parts, std::size_t at, std::span<const Value> arguments,
                     Activity& activity) {
  const auto& element = parts->elements[at];
  if (!element.logic) return {};
  Run run(parts, activity);
  auto variables = run.variables_of(element);
  for (std::size_t i = 0; i < element.parameters.size() && i < arguments.size(); ++i) {
    const auto& parameter = element.parameters[i];
    variables[parameter.slot] = coerce(arguments[i], *parameter.type, &activity.diagnostics);
  }
  return coerce(element.logic->evaluate(variables, activity), *element.type, &activity.diagnostics);
}

std::size_t find_element(const Parts& parts, std::string_view name, ElementKind kind) {
  std::size_t at = 0;
  while (at < parts.elements.size() && (parts.elements[at].kind != kind || parts.elements[at].name != name)) ++at;
  return at;
}

Outcome unknown(std::string_view name) {
  const std::string quoted(name);
  Outcome outcome;
  outcome.problems.push_back(
      {"dmn.unknown_decision",
       {},
       {"模型中没有名为“" + quoted + "”的决策", "The model has no decision named \"" + quoted + "\""}});
  return outcome;
}

template <typename Ask>
Outcome run(const std::shared_ptr<const Parts>& parts, const Inputs& inputs, const Options& options, Ask&& ask) {
  Outcome outcome;
  Activity activity{.options = options};
  if (options.explain) activity.steps = &outcome.steps;
  const ActivityScope scope(activity);
  Run values(parts, activity);
  for (const auto& input : inputs) {
    for (std::size_t at = 0; at < parts->elements.size(); ++at) {
      const auto& element = parts->elements[at];
      const bool takes_value = element.kind == ElementKind::input_data || element.kind == ElementKind::decision;
      const bool same_space = input.name_space.empty() || input.name_space == element.name_space;
      if (takes_value && same_space && element.name == input.name) values.give(at, input.value);
    }
  }
  outcome.value = ask(values);
  outcome.problems = std::move(activity.diagnostics.problems);
  return outcome;
}

}  // namespace

Value function_of(const std::shared_ptr<const Parts>& parts, std::size_t at) {
  const auto& element = parts->elements[at];
  std::vector<std::string> names;
  std::vector<feel::Type> types;
  if (element.kind == ElementKind::service) {
    for (const auto input : element.inputs) {
      names.push_back(parts->elements[input].name);
      types.push_back(parameter_type(*parts->elements[input].type));
    }
    return make_function(std::move(names), std::move(types), [parts, at](auto arguments, Activity& activity) {
      return call_service(parts, at, arguments, activity);
    });
  }
  for (const auto& parameter : element.parameters) {
    names.push_back(parameter.name);
    types.push_back(parameter_type(*parameter.type));
  }
  return make_function(std::move(names), std::move(types), [parts, at](auto arguments, Activity& activity) {
    return call_knowledge(parts, at, arguments, activity);
  });
}

const std::string& Model::name() const { return parts_->name; }
const std::string& Model::name_space() const { return parts_->name_space; }
const Problems& Model::warnings() const { return parts_->warnings; }

std::vector<std::string> Model::decisions() const {
  std::vector<std::string> names;
  for (const auto& element : parts_->elements)
    if (element.kind == ElementKind::decision && element.name_space == parts_->name_space)
      names.push_back(element.name);
  return names;
}

Words Model::words() const {
  Words words;
  for (const auto& element : parts_->elements)
    if (!element.label.empty()) words.names.emplace(element.name, Message{element.label, element.name});
  return words;
}

std::vector<std::string> Model::services() const {
  std::vector<std::string> names;
  for (const auto& element : parts_->elements)
    if (element.kind == ElementKind::service && element.name_space == parts_->name_space) names.push_back(element.name);
  return names;
}

std::vector<std::pair<std::string, feel::Type>> Model::inputs() const {
  std::vector<std::pair<std::string, feel::Type>> inputs;
  for (const auto& element : parts_->elements)
    if (element.kind == ElementKind::input_data) inputs.emplace_back(element.name, element.type->type);
  return inputs;
}

Outcome Model::evaluate(std::string_view decision, const Inputs& inputs, const Options& options) const {
  const auto at = find_element(*parts_, decision, ElementKind::decision);
  if (at == parts_->elements.size()) return unknown(decision);
  return run(parts_, inputs, options, [&](Run& values) { return values.value(at); });
}

Outcome Model::evaluate_service(std::string_view service, const Inputs& inputs, const Options& options) const {
  const auto at = find_element(*parts_, service, ElementKind::service);
  if (at == parts_->elements.size()) return unknown(service);
  return run(parts_, inputs, options, [&](Run& values) {
    // Input decisions are given, never made.
    for (const auto input : parts_->elements[at].inputs) values.give_null_unless_given(input);
    return values.service_output(parts_->elements[at]);
  });
}

}  // namespace zhijia::dmn
