#include "box.hpp"

#include <algorithm>
#include <array>

#include "columns/planner.hpp"

namespace zhijia::dmn {

using feel::Value;

namespace {

thread_local Activity* current_activity = nullptr;

class LiteralBox final : public Box {
 public:
  explicit LiteralBox(feel::Expression expression) : expression_(std::move(expression)) { type = expression_->type(); }
  Value evaluate(const Variables& variables, Activity& activity) const override {
    return feel::evaluate(expression_, frame(variables, activity), &activity.diagnostics);
  }
  columns::Term plan(columns::Planner& planner, const columns::Terms& variables) const override {
    return planner.expression(expression_, variables);
  }

 private:
  feel::Expression expression_;
};

/// Stands for what could not be read or is not supported: always null.
class NullBox final : public Box {
 public:
  Value evaluate(const Variables&, Activity&) const override { return {}; }
  columns::Term plan(columns::Planner& planner, const columns::Terms&) const override { return {planner.constant({})}; }
};

class CoercedBox final : public Box {
 public:
  CoercedBox(BoxPtr inner, ItemTypePtr item) : inner_(std::move(inner)), item_(std::move(item)) { type = item_->type; }
  Value evaluate(const Variables& variables, Activity& activity) const override {
    return coerce(inner_->evaluate(variables, activity), *item_, &activity.diagnostics);
  }
  columns::Term plan(columns::Planner& planner, const columns::Terms& variables) const override {
    return planner.coerced(planner.box(inner_, variables), item_);
  }

 private:
  BoxPtr inner_;
  ItemTypePtr item_;
};

class ContextBox final : public Box {
 public:
  struct Entry {
    BoxPtr box;
    std::uint32_t slot;
  };
  ContextBox(std::vector<Entry> entries, std::shared_ptr<const feel::Keys> keys, BoxPtr result, std::size_t slots)
      : entries_(std::move(entries)), keys_(std::move(keys)), result_(std::move(result)), slots_(slots) {}

  Value evaluate(const Variables& variables, Activity& activity) const override {
    Variables inner = variables;
    inner.resize(slots_);
    feel::Values values;
    for (const auto& entry : entries_) {
      values.push_back(entry.box->evaluate(inner, activity));
      inner[entry.slot] = values.back();
    }
    return result_ ? result_->evaluate(inner, activity) : Value::context(keys_, std::move(values));
  }

  columns::Term plan(columns::Planner& planner, const columns::Terms& variables) const override {
    columns::Terms inner = variables;
    inner.resize(slots_);
    columns::Terms parts;
    for (const auto& entry : entries_) {
      parts.push_back(planner.box(entry.box, inner));
      inner[entry.slot] = parts.back();
    }
    return result_ ? planner.box(result_, inner) : columns::Term{nullptr, keys_, std::move(parts)};
  }

 private:
  std::vector<Entry> entries_;
  std::shared_ptr<const feel::Keys> keys_;
  BoxPtr result_;  ///< the entry without a name, if there is one
  std::size_t slots_;
};

class FunctionBox final : public Box {
 public:
  FunctionBox(BoxPtr body, std::vector<Parameter> parameters, std::size_t slots)
      : body_(std::move(body)), parameters_(std::move(parameters)), slots_(slots) {
    for (const auto& parameter : parameters_) {
      names_.push_back(parameter.name);
      types_.push_back(parameter_type(*parameter.type));
    }
    type = feel::Type::function(types_, body_->type, names_);
  }

  Value evaluate(const Variables& variables, Activity&) const override {
    Variables inner = variables;
    inner.resize(slots_);
    auto body = [inner = std::move(inner), box = body_, parameters = parameters_](std::span<const Value> arguments,
                                                                                  Activity& activity) {
      Variables own = inner;
      for (std::size_t i = 0; i < parameters.size() && i < arguments.size(); ++i)
        own[parameters[i].slot] = coerce(arguments[i], *parameters[i].type, &activity.diagnostics);
      return box->evaluate(own, activity);
    };
    return make_function(names_, types_, std::move(body));
  }

 private:
  BoxPtr body_;
  std::vector<Parameter> parameters_;
  std::vector<std::string> names_;
  std::vector<feel::Type> types_;
  std::size_t slots_;
};

constexpr std::array<std::string_view, 12> boxed_names = {
    "literalExpression",  "decisionTable", "context", "invocation", "list", "relation",
    "functionDefinition", "conditional",   "filter",  "for",        "some", "every"};

}  // namespace

columns::Term Box::plan(columns::Planner&, const columns::Terms&) const { return {}; }

ActivityScope::ActivityScope(Activity& activity) : previous_(current_activity) {
  if (previous_) {
    // Calls inside calls count together.
    activity.stack_begin = previous_->stack_begin;
    activity.calls = previous_->calls;
  } else {
    activity.stack_begin = static_cast<const std::byte*>(__builtin_frame_address(0));
  }
  current_activity = &activity;
}

ActivityScope::~ActivityScope() {
  if (previous_) previous_->calls = current_activity->calls;
  current_activity = previous_;
}

Activity* ActivityScope::current() { return current_activity; }

bool may_call(Activity& activity) {
  const auto* here = static_cast<const std::byte*>(__builtin_frame_address(0));
  const auto used = here < activity.stack_begin ? activity.stack_begin - here : here - activity.stack_begin;
  if (++activity.calls <= activity.options.calls_max && static_cast<std::size_t>(used) <= stack_bytes_max) return true;
  if (activity.diagnostics.problems.size() < feel::Diagnostics::problems_max) {
    activity.diagnostics.problems.push_back(
        {"dmn.too_deep",
         {},
         {"函数互相调用过多或过深，已停止；请检查有无没有终点的递归",
          "Functions call each other too often or too deep; look for a recursion without an end"}});
  }
  return false;
}

feel::Frame frame(const Variables& variables, const Activity& activity) {
  return {.variables = variables, .clock = activity.options.clock, .limits = &activity.options.limits};
}

Value make_function(std::vector<std::string> names, std::vector<feel::Type> types, Body body) {
  feel::Function function;
  function.parameters = std::move(names);
  function.parameter_types = std::make_shared<const std::vector<feel::Type>>(std::move(types));
  function.native = std::make_shared<const feel::Native>(
      [body = std::move(body)](std::span<const Value> arguments, feel::Diagnostics* diagnostics) -> Value {
        if (auto* activity = ActivityScope::current())
          return may_call(*activity) ? body(arguments, *activity) : Value();
        // Called after its evaluation ended, from outside.
        const Options options;
        Activity activity{.options = options};
        const ActivityScope scope(activity);
        auto value = body(arguments, activity);
        if (diagnostics) diagnostics->problems = std::move(activity.diagnostics.problems);
        return value;
      });
  return Value::function(std::move(function));
}

bool is_boxed(std::string_view name) { return std::ranges::find(boxed_names, name) != boxed_names.end(); }

void BoxCompiler::warn(std::string_view code, std::string zh, std::string en, std::string_view field) {
  Place place;
  place.file = file_;
  place.record = element;
  place.field = field;
  problems_.push_back({std::string(code), std::move(place), {std::move(zh), std::move(en)}});
}

void BoxCompiler::warn_clash(const std::string& text, const feel::Type& known, const feel::Type& declared) {
  warn("dmn.type_clash",
       "类型不符：这里是 " + known.text() + "，需要 " + declared.text() + "，结果将总是空值；请改表达式或声明",
       "The types clash: this gives " + known.text() + " where " + declared.text() +
           " is needed, so that the result is always null; correct one of them",
       text);
}

void BoxCompiler::take(Problems problems, std::string_view text) {
  for (auto& problem : problems) {
    problem.place.file = file_;
    problem.place.record = element;
    problem.place.field = text.substr(0, 80);
    problems_.push_back(std::move(problem));
  }
}

feel::Expression BoxCompiler::expression(std::string_view text, const feel::Scope& scope) {
  auto parsed = feel::parse(text, scope);
  if (parsed) return checked(std::move(*parsed));
  take(std::move(parsed.error()), text);
  return nullptr;
}

feel::Expression BoxCompiler::checked(feel::Expression expression) {
  const std::string_view text = expression->text();
  for (const auto& clash : expression->clashes())
    warn_clash(std::string(text.substr(clash.begin, clash.end - clash.begin)), clash.known, clash.wanted);
  return expression;
}

feel::Expression BoxCompiler::tests(std::string_view text, const feel::Scope& scope, feel::Type input) {
  auto parsed = feel::parse_unary_tests(text, scope, {.input = std::move(input)});
  if (parsed) return checked(std::move(*parsed));
  take(std::move(parsed.error()), text);
  return nullptr;
}

BoxPtr BoxCompiler::child_of(pugi::xml_node node, const feel::Scope& scope) {
  for (auto child : node.children())
    if (is_boxed(local(child))) return compile(child, scope);
  return nullptr;
}

BoxPtr BoxCompiler::compile(pugi::xml_node node, const feel::Scope& scope) {
  const auto kind = local(node);
  BoxPtr box;
  if (kind == "literalExpression") {
    box = literal(node, scope);
  } else if (kind == "context") {
    box = context(node, scope);
  } else if (kind == "functionDefinition") {
    return function(node, scope);
  } else if (kind == "decisionTable") {
    // Its outputs are of the type; a list of them need not be.
    return compile_table(*this, node, scope);
  } else {
    box = compile_composed(*this, node, scope);
  }
  const auto item = types_.find(reference(node, "typeRef"));
  if (item->type.is(feel::Type::Kind::any)) return box;
  return std::make_shared<CoercedBox>(std::move(box), item);
}

BoxPtr BoxCompiler::literal(pugi::xml_node node, const feel::Scope& scope) {
  if (auto parsed = expression(text_of(node), scope)) return std::make_shared<LiteralBox>(std::move(parsed));
  return std::make_shared<NullBox>();
}

BoxPtr BoxCompiler::context(pugi::xml_node node, const feel::Scope& outer) {
  feel::Scope scope = outer;
  std::vector<ContextBox::Entry> entries;
  std::vector<std::string> names;
  feel::Type::Fields fields;
  BoxPtr result;
  for (auto entry : children(node, "contextEntry")) {
    const auto variable = child(entry, "variable");
    auto box = child_of(entry, scope);
    if (!box) box = std::make_shared<NullBox>();
    if (!variable) {
      result = std::move(box);
      break;
    }
    if (const auto item = types_.find(reference(variable, "typeRef")); !item->type.is(feel::Type::Kind::any))
      box = std::make_shared<CoercedBox>(std::move(box), item);
    const std::string name(attribute(variable, "name"));
    fields.emplace_back(name, box->type);
    const auto slot = scope.declare(name, box->type);
    names.push_back(name);
    entries.push_back({std::move(box), slot});
  }
  auto type = result ? result->type : feel::Type::context(std::move(fields));
  auto made = std::make_shared<ContextBox>(std::move(entries), std::make_shared<const feel::Keys>(std::move(names)),
                                           std::move(result), scope.size());
  made->type = std::move(type);
  return made;
}

BoxPtr BoxCompiler::function_body(pugi::xml_node node, feel::Scope& scope, std::vector<Parameter>& parameters) {
  for (auto parameter : children(node, "formalParameter")) {
    const std::string name(attribute(parameter, "name"));
    const auto item = types_.find(reference(parameter, "typeRef"));
    parameters.push_back({name, item, scope.declare(name, item->type)});
  }
  if (const auto kind = attribute(node, "kind"); !kind.empty() && kind != "FEEL") {
    warn("dmn.external_function", "不支持外部函数（Java、PMML），其结果为空值",
         "External functions (Java, PMML) are not supported; they give null");
    return nullptr;
  }
  auto body = child_of(node, scope);
  const auto item = types_.find(reference(node, "typeRef"));
  // Older models write the function's own type here, which says nothing of its result.
  if (!body || item->type.is(feel::Type::Kind::any) || item->type.is(feel::Type::Kind::function)) return body;
  return std::make_shared<CoercedBox>(std::move(body), item);
}

BoxPtr BoxCompiler::function(pugi::xml_node node, const feel::Scope& outer) {
  feel::Scope scope = outer;
  std::vector<Parameter> parameters;
  auto body = function_body(node, scope, parameters);
  if (!body) body = std::make_shared<NullBox>();
  return std::make_shared<FunctionBox>(std::move(body), std::move(parameters), scope.size());
}

}  // namespace zhijia::dmn
