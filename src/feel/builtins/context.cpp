#include <algorithm>

#include "builtins.hpp"
#include "evaluator.hpp"

namespace zhijia::feel {
namespace {

using Arguments = std::span<const Value>;
using Entries = std::vector<std::pair<std::string, Value>>;

Entries entries_of(const Value& context) {
  Entries entries;
  for (std::size_t i = 0; i < context.keys().size(); ++i) entries.emplace_back(context.keys()[i], context.entries()[i]);
  return entries;
}

void put(Entries& entries, std::string_view key, Value value) {
  const auto found = std::ranges::find(entries, key, &Entries::value_type::first);
  if (found != entries.end())
    found->second = std::move(value);
  else
    entries.emplace_back(key, std::move(value));
}

Value new_context(Evaluator& evaluator, Entries entries) {
  if (!evaluator.charge_items(entries.size())) return {};
  return Value::context(std::move(entries));
}

Value get_value(Evaluator&, Arguments a) {
  const auto* found = a[0].find(a[1].string());
  return found == nullptr ? Value() : *found;
}

Value get_entries(Evaluator& evaluator, Arguments a) {
  static const auto keys = std::make_shared<const Keys>(std::vector<std::string>{"key", "value"});
  Values entries;
  for (std::size_t i = 0; i < a[0].keys().size(); ++i)
    entries.push_back(Value::context(keys, {std::string_view(a[0].keys()[i]), a[0].entries()[i]}));
  return evaluator.new_list(std::move(entries));
}

Value context_of_entries(Evaluator& evaluator, Arguments a) {
  Entries entries;
  for (const auto& item : a[0].items()) {
    const auto* key = item.is(Kind::context) ? item.find("key") : nullptr;
    const auto* value = item.is(Kind::context) ? item.find("value") : nullptr;
    if (key == nullptr || value == nullptr || !key->is(Kind::string))
      return evaluator.fail("feel.context_entry", "每个条目都须有文本 key 和 value",
                            "Each entry needs a text key and a value");
    if (std::ranges::find(entries, key->string(), &Entries::value_type::first) != entries.end())
      return evaluator.fail("feel.duplicate_key", "条目的 key 重复", "Two entries have the same key");
    entries.emplace_back(key->string(), *value);
  }
  return new_context(evaluator, std::move(entries));
}

Value context_put(Evaluator& evaluator, Arguments a) {
  auto entries = entries_of(a[0]);
  put(entries, a[1].string(), a[2]);
  return new_context(evaluator, std::move(entries));
}

/// A path of keys: each but the last leads into a nested context, made where it is missing.
Value put_at(Evaluator& evaluator, const Value& context, std::span<const Value> keys, const Value& value) {
  if (!context.is(Kind::context) || !keys[0].is(Kind::string))
    return evaluator.fail("feel.context_path", "路径须由文本组成,并逐层通向上下文",
                          "The path must be texts that lead through contexts");
  auto entries = entries_of(context);
  if (keys.size() == 1) {
    put(entries, keys[0].string(), value);
    return new_context(evaluator, std::move(entries));
  }
  const auto* nested = context.find(keys[0].string());
  auto inner = put_at(evaluator, nested == nullptr ? Value::context(Entries()) : *nested, keys.subspan(1), value);
  if (inner.is_null()) return {};
  put(entries, keys[0].string(), std::move(inner));
  return new_context(evaluator, std::move(entries));
}

Value context_put_path(Evaluator& evaluator, Arguments a) {
  if (a[1].items().empty() || a[1].items().size() > value_depth_max)
    return evaluator.fail("feel.context_path", "路径不能为空或过长", "The path must be neither empty nor too long");
  return put_at(evaluator, a[0], a[1].items(), a[2]);
}

Value context_merge(Evaluator& evaluator, Arguments a) {
  Entries entries;
  for (const auto& context : a[0].items()) {
    if (!context.is(Kind::context))
      return evaluator.fail("feel.not_a_context", "只能合并上下文", "Only contexts can be merged");
    for (auto& [key, value] : entries_of(context)) put(entries, key, std::move(value));
    if (!evaluator.charge_steps(entries.size())) return {};
  }
  return new_context(evaluator, std::move(entries));
}

}  // namespace

std::span<const Builtin> context_builtins() {
  static const std::vector<Builtin> table{
      {"get value", {{"m: c, key: s", get_value}}},
      {"get entries", {{"m: c", get_entries}}},
      {"context", {{"entries: l", context_of_entries}}},
      {"context put",
       {{"context: c, key: s, value: a", context_put}, {"context: c, keys: l, value: a", context_put_path}}},
      {"context merge", {{"contexts: l", context_merge}}},
  };
  return table;
}

}  // namespace zhijia::feel
