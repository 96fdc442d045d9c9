#include "names.hpp"

#include <algorithm>

#include "builtins.hpp"
#include "evaluator.hpp"

namespace zhijia::feel {

Node* NodeStore::make(Node::Kind kind, std::uint32_t begin, std::uint32_t end) {
  auto& node = nodes_.emplace_back();
  node.kind = kind;
  node.begin = begin;
  node.end = end;
  return &node;
}

void NodeStore::set_children(Node* node, std::vector<const Node*> children) {
  std::uint16_t depth = 0;
  for (const auto* child : children) {
    if (child == nullptr) continue;
    depth = std::max(depth, child->depth);
    node->size += child->size;
    node->uses_input = node->uses_input || child->uses_input;
  }
  node->depth = static_cast<std::uint16_t>(depth + 1);
  node->children = children_.emplace_back(std::move(children));
}

void NodeStore::finish(const Node* root, std::uint32_t locals, Type type, std::vector<Clash> clashes) {
  root_ = root;
  locals_ = locals;
  type_ = std::move(type);
  clashes_ = std::move(clashes);
  for (auto& node : nodes_) {
    prepare(node);
    if (node.kind == Node::Kind::variable) variables_ = std::max(variables_, node.slot + 1);
  }
}

Names::Names(NodeStore& nodes, const Scope& scope, const ParseOptions& options)
    : nodes_(nodes), scope_(scope), options_(options), functions_(1) {
  for (std::uint32_t slot = 0; slot < scope.size(); ++slot) {
    auto key = name_key(scope.name(slot));
    parts_max_ = std::max(parts_max_, name_part_count(key));
    variables_[std::move(key)] = slot;
    hint_fields(scope.type(slot), 0);
  }
  for (const auto& [name, type] : scope.types()) hint_fields(type, 0);
  if (options.input) hint_fields(*options.input, 0);
  for (const auto* property : {"time offset", "start included", "end included"}) hint(property);
}

void Names::hint_fields(const Type& type, int depth) {
  constexpr int type_depth_max = 16;
  if (depth > type_depth_max) return;
  if (type.is(Type::Kind::list)) hint_fields(type.element(), depth + 1);
  if (!type.is(Type::Kind::context)) return;
  for (const auto& [name, field] : type.fields()) {
    hint(name);
    hint_fields(field, depth + 1);
  }
}

void Names::hint(std::string_view name) {
  auto key = name_key(name);
  parts_max_ = std::max(parts_max_, name_part_count(key));
  hints_.try_emplace(std::move(key), name);
}

std::uint32_t Names::declare(std::string_view name, Type type) {
  const auto slot = functions_.back().slots++;
  auto key = name_key(name);
  parts_max_ = std::max(parts_max_, name_part_count(key));
  locals_.push_back({std::move(key), std::move(type), slot, functions_.size() - 1, false, false});
  return slot;
}

std::uint32_t Names::declare_item(Type type) {
  const auto slot = functions_.back().slots++;
  locals_.push_back({"item", std::move(type), slot, functions_.size() - 1, true, false});
  return slot;
}

void Names::enter_function() { functions_.emplace_back(); }

Names::Left Names::leave_function() {
  auto& state = functions_.back();
  Left left{state.slots, std::move(state.capture_slots), std::move(state.captured)};
  functions_.pop_back();
  return left;
}

const Node* Names::capture(const Node* outside, std::size_t from_level, const std::string& identity, Span span) {
  const Node* node = outside;
  for (auto level = from_level + 1; level < functions_.size(); ++level) {
    auto& state = functions_[level];
    auto [at, added] = state.captures.try_emplace(identity, state.slots);
    if (added) {
      state.capture_slots.push_back(state.slots++);
      state.captured.push_back(node);
    }
    auto* inner = nodes_.make(Node::Kind::local, span.begin, span.end);
    inner->slot = at->second;
    inner->name = outside->name;
    inner->uses_input = outside->uses_input;
    node = inner;
  }
  return node;
}

bool Names::was_used(std::uint32_t slot) const {
  const auto local = std::ranges::find_if(locals_.rbegin(), locals_.rend(), [&](const Local& l) {
    return l.slot == slot && l.level == functions_.size() - 1;
  });
  return local != locals_.rend() && local->is_used;
}

const Node* Names::local_node(Local& local, Span span) {
  local.is_used = true;
  auto* node = nodes_.make(Node::Kind::local, span.begin, span.end);
  node->slot = local.slot;
  node->name = nodes_.keep(local.key);
  return capture(node, local.level, "local " + std::to_string(local.level) + " " + std::to_string(local.slot), span);
}

const Node* Names::outer_node(Node::Kind kind, std::uint32_t slot, std::string_view name, Span span) {
  auto* node = nodes_.make(kind, span.begin, span.end);
  node->slot = slot;
  node->name = nodes_.keep(std::string(name));
  node->uses_input = kind == Node::Kind::input;
  return capture(node, 0, kind == Node::Kind::input ? "?" : "variable " + std::to_string(slot), span);
}

Typed Names::input(std::uint32_t begin, std::uint32_t end) {
  return {outer_node(Node::Kind::input, 0, "?", {begin, end}), options_.input.value_or(Type())};
}

const Node* Names::key_of(const Node* item, std::string_view key, Span span) {
  auto* node = nodes_.make(Node::Kind::path, span.begin, span.end);
  node->name = nodes_.keep(std::string(key));
  nodes_.set_children(node, {item});
  return node;
}

namespace {

/// An item's own key "item" goes before the item.
bool may_have(const Type& type, std::string_view key) {
  return type.is(Type::Kind::context) && (type.fields().empty() || type.field(key) != nullptr);
}

}  // namespace

Typed Names::resolve(const std::string& key, bool is_known_key, Span span) {
  std::vector<const Node*> items;      // of filters whose items may have the key
  std::vector<const Node*> strangers;  // of filters whose items are not known to have it: the last resort
  Typed meaning;
  for (auto local = locals_.rbegin(); local != locals_.rend() && meaning.node == nullptr; ++local) {
    if (local->key == key && !(local->is_item && may_have(local->type, key))) {
      meaning = {local_node(*local, span), local->type};
      break;
    }
    if (!local->is_item) continue;
    if (local->type.is(Type::Kind::context) && !local->type.fields().empty()) {
      const auto hint = hints_.find(key);
      const auto* field = local->type.field(hint == hints_.end() ? key : hint->second);
      if (field == nullptr) {
        if (is_known_key) strangers.push_back(local_node(*local, span));
        continue;
      }
      meaning = {key_of(local_node(*local, span), hint == hints_.end() ? key : hint->second, span), *field};
    } else if (local->type.is(Type::Kind::any) || local->type.is(Type::Kind::context)) {
      items.push_back(local_node(*local, span));
    }
    if (local->key == key && meaning.node == nullptr) meaning = {local_node(*local, span), local->type};
  }
  if (meaning.node == nullptr) {
    if (const auto variable = variables_.find(key); variable != variables_.end()) {
      meaning = {outer_node(Node::Kind::variable, variable->second, scope_.name(variable->second), span),
                 scope_.type(variable->second)};
    } else if (const auto* builtin = find_builtin(key)) {
      auto* node = nodes_.make(Node::Kind::literal, span.begin, span.end);
      node->value = Value::function(
          Function{.closure = {}, .native = {}, .builtin = builtin, .parameters = {}, .parameter_types = {}});
      node->builtin = builtin;
      return {node, {}};
    }
  }
  if (meaning.node == nullptr) items.insert(items.end(), strangers.begin(), strangers.end());
  if (items.empty() || (meaning.node == nullptr && !is_known_key)) return meaning;
  auto* node = nodes_.make(Node::Kind::item_name, span.begin, span.end);
  const auto hint = hints_.find(key);
  node->name = nodes_.keep(hint == hints_.end() ? key : hint->second);
  node->flag = meaning.node != nullptr;
  if (meaning.node != nullptr) items.push_back(meaning.node);
  nodes_.set_children(node, std::move(items));
  return {node, {}};
}

Typed Names::take(Cursor& cursor) {
  cursor.skip_space();
  const auto begin = cursor.at();
  const auto parts = cursor.name_parts(parts_max_);
  for (auto count = parts.size(); count > 0; --count) {
    const auto key = name_key(parts, count);
    const bool is_known_key = count == 1 || hints_.contains(key);
    const auto meaning = resolve(key, is_known_key, {begin, parts[count - 1].end});
    if (meaning.node == nullptr) continue;
    cursor.go_to(parts[count - 1].end);
    return meaning;
  }
  return {};
}

std::string Names::take_key(Cursor& cursor, const Type& type) {
  const auto parts = cursor.name_parts(parts_max_);
  for (auto count = parts.size(); count > 0; --count) {
    const auto key = name_key(parts, count);
    const auto hint = hints_.find(key);
    const auto& name = hint == hints_.end() ? key : hint->second;
    const bool is_field = type.is(Type::Kind::context) && type.field(name) != nullptr;
    if (count > 1 && !is_field && hint == hints_.end()) continue;
    cursor.go_to(parts[count - 1].end);
    return name;
  }
  return {};
}

}  // namespace zhijia::feel
