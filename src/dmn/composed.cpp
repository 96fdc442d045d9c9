#include "box.hpp"

namespace zhijia::dmn {

using feel::Value;

namespace {

/// A FEEL text in which boxed parts that are not literal stand as calls of functions, `_part1(x)`, of the names that
/// the text binds around them.
class ComposedBox final : public Box {
 public:
  struct Part {
    BoxPtr box;
    std::vector<Parameter> parameters;
    std::uint32_t slot;  ///< of the function
    std::size_t slots;
  };
  ComposedBox(feel::Expression expression, std::vector<Part> parts, std::size_t slots, std::uint32_t condition)
      : expression_(std::move(expression)), parts_(std::move(parts)), slots_(slots), condition_(condition) {
    type = expression_ ? expression_->type() : feel::Type();
  }

  Value evaluate(const Variables& variables, Activity& activity) const override {
    if (!expression_) return {};
    Variables inner = variables;
    inner.resize(slots_);
    for (const auto& part : parts_) inner[part.slot] = as_function(part, variables);
    const auto not_boolean = std::make_shared<bool>(false);
    inner[condition_] = condition(not_boolean);
    auto value = feel::evaluate(expression_, frame(inner, activity), &activity.diagnostics);
    return *not_boolean ? Value() : value;
  }

 private:
  /// Gives a condition back and notes when it is none: boxed conditions, unlike those of FEEL texts, must be booleans.
  static Value condition(std::shared_ptr<bool> not_boolean) {
    return make_function({"value"}, {feel::Type()}, [not_boolean](std::span<const Value> arguments, Activity&) {
      if (!arguments[0].is_null() && !arguments[0].is(feel::Kind::boolean)) *not_boolean = true;
      return arguments[0];
    });
  }

  static Value as_function(const Part& part, const Variables& variables) {
    std::vector<std::string> names;
    for (const auto& parameter : part.parameters) names.push_back(parameter.name);
    std::vector<feel::Type> types(names.size());
    return make_function(std::move(names), std::move(types),
                         [part, variables](std::span<const Value> arguments, Activity& activity) {
                           Variables own = variables;
                           own.resize(part.slots);
                           for (std::size_t i = 0; i < part.parameters.size() && i < arguments.size(); ++i)
                             own[part.parameters[i].slot] = arguments[i];
                           return part.box->evaluate(own, activity);
                         });
  }

  feel::Expression expression_;
  std::vector<Part> parts_;
  std::size_t slots_;
  std::uint32_t condition_;  ///< slot of the function that looks at conditions
};

class Composer {
 public:
  Composer(BoxCompiler& compiler, const feel::Scope& scope) : compiler_(compiler), outer_(scope), scope_(scope) {
    condition_ = scope_.declare("_condition", feel::Type::function({feel::Type()}, {}));
  }

  BoxPtr compose(pugi::xml_node node) {
    const auto text = text_for(node);
    return std::make_shared<ComposedBox>(compiler_.expression(text, scope_), std::move(parts_), scope_.size(),
                                         condition_);
  }

 private:
  std::string text_for(pugi::xml_node node) {
    const auto kind = local(node);
    if (kind == "invocation") return invocation(node);
    if (kind == "list") return list(node);
    if (kind == "relation") return relation(node);
    if (kind == "conditional") {
      return "if " + condition(child(node, "if")) + " then " + wrapped(child(node, "then")) + " else " +
             wrapped(child(node, "else"));
    }
    if (kind == "filter")
      return "(" + inside(child(node, "in")) + ")[" + condition(child(node, "match"), {"item"}) + "]";
    const std::string variable(attribute(node, "iteratorVariable"));
    // The domain is not in parentheses: it may be `1..n`.
    const auto head = std::string(kind) + " " + variable + " in " + inside(child(node, "in"));
    if (kind == "for") return head + " return " + inside(child(node, "return"), {variable, "partial"});
    return head + " satisfies " + condition(child(node, "satisfies"), {variable});
  }

  std::string invocation(pugi::xml_node node) {
    std::string text = inside(node) + "(";
    for (auto binding : children(node, "binding")) {
      if (text.back() != '(') text += ", ";
      text += std::string(attribute(child(binding, "parameter"), "name")) + ": " + inside(binding);
    }
    return text + ")";
  }

  std::string list(pugi::xml_node node) {
    std::string text = "[";
    for (auto item : node.children()) {
      if (!is_boxed(local(item))) continue;
      if (text.size() > 1) text += ", ";
      text += expression(item, {});
    }
    return text + "]";
  }

  std::string relation(pugi::xml_node node) {
    const auto columns = children(node, "column");
    std::string text = "[";
    for (auto row : children(node, "row")) {
      text += text.size() > 1 ? ", {" : "{";
      std::size_t at = 0;
      for (auto cell : row.children()) {
        if (!is_boxed(local(cell)) || at == columns.size()) continue;
        if (at > 0) text += ", ";
        text += feel::literal(Value(attribute(columns[at++], "name"))) + ": " + expression(cell, {});
      }
      text += "}";
    }
    return text + "]";
  }

  std::string wrapped(pugi::xml_node node) { return "(" + inside(node) + ")"; }

  std::string condition(pugi::xml_node node, const std::vector<std::string>& bound = {}) {
    return "_condition(" + inside(node, bound) + ")";
  }

  /// The boxed expression within `node`, which may use the names that the text binds around it.
  std::string inside(pugi::xml_node node, const std::vector<std::string>& bound = {}) {
    for (auto child : node.children())
      if (is_boxed(local(child))) return expression(child, bound);
    return "null";
  }

  std::string expression(pugi::xml_node node, const std::vector<std::string>& bound) {
    // The line end closes a comment at the end of the text.
    if (local(node) == "literalExpression") return text_of(node) + "\n";
    feel::Scope scope = outer_;
    ComposedBox::Part part;
    std::string call;
    for (const auto& name : bound) {
      part.parameters.push_back({name, nullptr, scope.declare(name)});
      call += (call.empty() ? "" : ", ") + name;
    }
    part.box = compiler_.compile(node, scope);
    part.slots = scope.size();
    const auto function = "_part" + std::to_string(parts_.size() + 1);
    part.slot = scope_.declare(function, feel::Type::function(std::vector<feel::Type>(bound.size()), part.box->type));
    parts_.push_back(std::move(part));
    return function + "(" + call + ")";
  }

  BoxCompiler& compiler_;
  const feel::Scope& outer_;
  feel::Scope scope_;
  std::uint32_t condition_;
  std::vector<ComposedBox::Part> parts_;
};

}  // namespace

BoxPtr compile_composed(BoxCompiler& compiler, pugi::xml_node node, const feel::Scope& scope) {
  return Composer(compiler, scope).compose(node);
}

}  // namespace zhijia::dmn
