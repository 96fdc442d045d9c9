#include <algorithm>
#include <array>

#include "evaluator.hpp"

/// Functions: closures, native ones and the built-in ones.
namespace zhijia::feel {

using NK = Node::Kind;

void Evaluator::make_function(const Node& node, Value& out) {
  Closure closure{.tree = tree_->shared_from_this(), .node = &node, .captured = {}};
  closure.captured.reserve(node.children.size() - 1);
  for (const auto* captured : node.children.subspan(1)) put(*captured, closure.captured.emplace_back());
  out = Value::function(std::move(closure));
}

template <typename Give>
void Evaluator::call_closure(const Closure& closure, std::size_t arguments, Give give, Value& out) {
  const auto& node = *closure.node;
  if (node.kind == NK::external) {
    fail("feel.external_function", "不支持外部函数", "External functions are not supported");
    return;
  }
  if (arguments != node.types.size()) {
    fail("feel.argument_count", "参数个数不对", "The number of arguments is wrong");
    return;
  }
  const auto& body = *node.children[0];
  const Entry entry(budget_, body.depth + 1U);
  if (entry.is_too_deep()) {
    too_deep();
    return;
  }
  if (!charge_steps(body.size)) return;
  Locals locals(node.locals);
  for (std::size_t i = 0; i < arguments; ++i) {
    auto& argument = locals.get()[i];
    give(i, argument);
    if (node.types[i].is(Type::Kind::any)) continue;
    bool lost = false;
    argument = convert(argument, node.types[i], lost);
    if (lost) {
      fail("feel.argument_type", "参数类型不对", "An argument has the wrong type");
      return;
    }
  }
  for (std::size_t i = 0; i < node.slots.size(); ++i) locals.get()[node.slots[i]] = closure.captured[i];
  auto* outer_locals = std::exchange(locals_, locals.get());
  const auto* outer_tree = std::exchange(tree_, closure.tree.get());
  const auto* outer_node = node_;
  put(body, out);
  locals_ = outer_locals;
  tree_ = outer_tree;
  node_ = outer_node;
}

Value Evaluator::call(const Value& function, std::span<const Value> arguments) {
  if (!function.is(Kind::function))
    return fail("feel.not_a_function", "不是函数,不能调用", "Only a function can be called");
  const auto callee = function;  // the variable that holds it may change during the call
  const auto& parts = callee.function();
  if (parts.closure.node != nullptr) {
    Value out;
    call_closure(parts.closure, arguments.size(), [&](std::size_t i, Value& place) { place = arguments[i]; }, out);
    return out;
  }
  if (parts.builtin != nullptr) {
    Values copied(arguments.begin(), arguments.end());
    return call_builtin(*parts.builtin, copied);
  }
  if (arguments.size() != parts.parameters.size())
    return fail("feel.argument_count", "参数个数不对", "The number of arguments is wrong");
  Values converted(arguments.begin(), arguments.end());
  for (std::size_t i = 0; parts.parameter_types != nullptr && i < converted.size(); ++i) {
    bool lost = false;
    converted[i] = convert(arguments[i], (*parts.parameter_types)[i], lost);
    if (lost) return fail("feel.argument_type", "参数类型不对", "An argument has the wrong type");
  }
  return (*parts.native)(converted, diagnostics_);
}

namespace {

std::span<const std::string> parameter_names(const Function& function) {
  return function.closure.node != nullptr ? std::span(function.closure.node->keys->names()) : function.parameters;
}

}  // namespace

void Evaluator::call_node(const Node& node, Value& out) {
  Value made;
  const auto& function = see(*node.children[0], made);
  const auto given = node.children.subspan(1);
  node_ = &node;
  // The commonest call puts its arguments where the function reads them.
  if (node.keys == nullptr && function.is(Kind::function) && function.function().closure.node != nullptr) {
    const auto& closure = function.function().closure;
    call_closure(closure, given.size(), [&](std::size_t i, Value& place) { put(*given[i], place); }, out);
    return;
  }
  Values arguments;
  arguments.reserve(given.size());
  for (const auto* child : given) put(*child, arguments.emplace_back());
  node_ = &node;
  if (node.keys == nullptr || !function.is(Kind::function)) {
    out = call(function, arguments);
    return;
  }
  const auto names = parameter_names(function.function());
  Values placed(names.size());
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const auto at = std::ranges::find(names, (*node.keys)[i]);
    if (at == names.end() || arguments.size() != names.size()) {
      fail("feel.argument_name", "函数没有这个名称的参数", "The function has no parameter of that name");
      return;
    }
    placed[static_cast<std::size_t>(at - names.begin())] = std::move(arguments[i]);
  }
  out = call(function, placed);
}

// --- Built-in functions ----------------------------------------------------------------------------------------------

void Evaluator::builtin_call(const Node& node, Value& out) {
  constexpr std::size_t few = 3;
  if (node.children.size() > few) {
    Values arguments(node.children.size());
    return builtin_call_with(node, arguments, out);
  }
  std::array<Value, few> arguments;
  builtin_call_with(node, std::span(arguments).first(node.children.size()), out);
}

inline void Evaluator::builtin_call_with(const Node& node, std::span<Value> arguments, Value& out) {
  for (std::size_t i = 0; i < arguments.size(); ++i)
    if (node.children[i] != nullptr) put(*node.children[i], arguments[i]);
  const auto* outer = std::exchange(node_, &node);
  if (node.flag)
    fail("feel.argument_name", "函数没有这个名称的参数", "The function has no parameter of that name");
  else
    ::new (static_cast<void*>(&out)) Value(call_builtin(*node.builtin, arguments, node.keys.get()));  // out was null
  node_ = outer;
}

namespace {

constexpr std::uint16_t bit(Kind kind) { return static_cast<std::uint16_t>(1U << static_cast<unsigned>(kind)); }

/// Whether the argument fits, as it is or after an implicit conversion, which is then made.
bool fits(const Signature::Parameter& parameter, Value& argument) {
  if ((parameter.kinds & bit(argument.kind())) != 0) return true;
  if (argument.is_null()) return parameter.optional;
  if ((parameter.kinds & bit(Kind::list)) != 0) {
    argument = Value::list({argument});
    return true;
  }
  if (!argument.is(Kind::list) || argument.items().size() != 1) return false;
  if ((parameter.kinds & bit(argument.items().front().kind())) == 0) return false;
  argument = Value(argument.items().front());
  return true;
}

bool has_parameters(const Signature& signature, const Keys& names) {
  return std::ranges::all_of(names.names(), [&](const std::string& name) {
    return std::ranges::find(signature.parameters, name, &Signature::Parameter::name) != signature.parameters.end();
  });
}

bool fits_all(const Signature& signature, std::span<Value> arguments) {
  for (std::size_t i = 0; i < arguments.size(); ++i)
    if (!fits(signature.parameters[i], arguments[i])) return false;
  return true;
}

}  // namespace

/// `names` are those of the arguments that were given by name: only signatures that have them all are meant.
Value Evaluator::call_builtin(const Builtin& builtin, std::span<Value> arguments, const Keys* names) {
  constexpr std::size_t parameters_max = 5;
  for (const auto& signature : builtin.signatures) {
    if (signature.packed) {
      if (arguments.empty()) continue;
      const std::array<Value, 1> packed{new_list({arguments.begin(), arguments.end()})};
      return packed[0].is_null() ? Value() : signature.body(*this, packed);
    }
    if (names != nullptr && !has_parameters(signature, *names)) continue;
    if (arguments.size() < signature.required || arguments.size() > signature.parameters.size()) continue;
    if (!fits_all(signature, arguments)) continue;
    if (arguments.size() == signature.parameters.size()) return signature.body(*this, arguments);
    std::array<Value, parameters_max> padded;
    std::ranges::copy(arguments, padded.begin());
    return signature.body(*this, std::span(padded).first(signature.parameters.size()));
  }
  return no_fit(builtin, arguments);
}

Value Evaluator::no_fit(const Builtin& builtin, std::span<const Value> arguments) {
  if (diagnostics_ == nullptr) return {};
  std::string kinds;
  for (const auto& argument : arguments) kinds += (kinds.empty() ? "" : ", ") + std::string(kind_name(argument.kind()));
  const auto call = std::string(builtin.name) + "(" + kinds + ")";
  return fail("feel.arguments", "内置函数不接受这样的参数:" + call,
              "The built-in function does not take such arguments: " + call);
}

}  // namespace zhijia::feel
