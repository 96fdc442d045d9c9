#include <algorithm>
#include <array>
#include <functional>

#include "builtins.hpp"
#include "evaluator.hpp"

namespace zhijia::feel {
namespace {

using Arguments = std::span<const Value>;

Value not_numbers(Evaluator& evaluator) {
  return evaluator.fail("feel.not_numbers", "列表中有不是数字的元素", "The list has an item that is not a number");
}

bool all_numbers(const Values& items) {
  return std::ranges::all_of(items, [](const Value& item) { return item.is(Kind::number); });
}

Value count(Evaluator&, Arguments a) { return static_cast<std::int64_t>(a[0].items().size()); }

/// min and max: the first item that none goes before in `direction`.
Value extreme(Evaluator& evaluator, const Values& items, int direction) {
  if (items.empty()) return {};
  const auto* best = &items[0];
  for (const auto& item : items) {
    const auto distance = order(item, *best);
    if (!distance) return evaluator.fail("feel.not_comparable", "列表元素之间不能比较", "The items cannot be compared");
    if (*distance * direction > 0) best = &item;
  }
  return *best;
}

Value min(Evaluator& evaluator, Arguments a) { return extreme(evaluator, a[0].items(), -1); }
Value max(Evaluator& evaluator, Arguments a) { return extreme(evaluator, a[0].items(), 1); }

std::optional<Number> total(const Values& items) {
  std::optional<Number> sum = Number(0);
  for (const auto& item : items) {
    sum = add(*sum, item.number());
    if (!sum) return std::nullopt;
  }
  return sum;
}

Value sum(Evaluator& evaluator, Arguments a) {
  const auto& items = a[0].items();
  if (items.empty()) return {};
  if (!all_numbers(items)) return not_numbers(evaluator);
  const auto result = total(items);
  return result ? Value(*result) : evaluator.out_of_range();
}

Value mean(Evaluator& evaluator, Arguments a) {
  const auto all = sum(evaluator, a);
  if (all.is_null()) return {};
  return Value::of(divide(all.number(), static_cast<std::int64_t>(a[0].items().size())));
}

Value product(Evaluator& evaluator, Arguments a) {
  const auto& items = a[0].items();
  if (items.empty()) return {};
  if (!all_numbers(items)) return not_numbers(evaluator);
  std::optional<Number> result = Number(1);
  for (const auto& item : items) {
    result = multiply(*result, item.number());
    if (!result) return evaluator.out_of_range();
  }
  return *result;
}

std::vector<Number> sorted_numbers(const Values& items) {
  std::vector<Number> numbers;
  numbers.reserve(items.size());
  for (const auto& item : items) numbers.push_back(item.number());
  std::ranges::sort(numbers, [](Number x, Number y) { return compare(x, y) < 0; });
  return numbers;
}

Value median(Evaluator& evaluator, Arguments a) {
  if (a[0].items().empty()) return {};
  if (!all_numbers(a[0].items())) return not_numbers(evaluator);
  const auto numbers = sorted_numbers(a[0].items());
  const auto middle = numbers.size() / 2;
  if (numbers.size() % 2 == 1) return numbers[middle];
  const auto both = add(numbers[middle - 1], numbers[middle]);
  return both ? Value::of(divide(*both, 2)) : evaluator.out_of_range();
}

/// The sample's standard deviation.
Value stddev(Evaluator& evaluator, Arguments a) {
  const auto& items = a[0].items();
  if (items.size() < 2)
    return evaluator.fail("feel.too_few", "标准差至少需要两个数", "A standard deviation needs two numbers");
  if (!all_numbers(items)) return not_numbers(evaluator);
  const auto size = static_cast<std::int64_t>(items.size());
  const auto all = total(items);
  const auto average = all ? divide(*all, size) : std::nullopt;
  std::optional<Number> squares = average ? std::optional(Number(0)) : std::nullopt;
  for (const auto& item : items) {
    const auto distance = squares ? subtract(item.number(), *average) : std::nullopt;
    const auto square = distance ? multiply(*distance, *distance) : std::nullopt;
    squares = square ? add(*squares, *square) : std::nullopt;
  }
  const auto variance = squares ? divide(*squares, size - 1) : std::nullopt;
  return variance ? Value::of(variance->square_root()) : evaluator.out_of_range();
}

Value mode(Evaluator& evaluator, Arguments a) {
  if (!all_numbers(a[0].items())) return not_numbers(evaluator);
  const auto numbers = sorted_numbers(a[0].items());
  Values modes;
  std::ptrdiff_t most = 0;
  for (auto from = numbers.begin(); from != numbers.end();) {
    const auto to = std::find_if(from, numbers.end(), [&](Number n) { return !(n == *from); });
    if (to - from > most) modes.clear();
    if (to - from >= most) {
      modes.emplace_back(*from);
      most = to - from;
    }
    from = to;
  }
  return evaluator.new_list(std::move(modes));
}

bool has(std::span<const Value> items, const Value& wanted) {
  return std::ranges::any_of(items, [&](const Value& item) { return equals(item, wanted).is_true(); });
}

Value list_contains(Evaluator&, Arguments a) { return has(a[0].items(), a[1]); }

Value sublist(Evaluator& evaluator, Arguments a) {
  const auto& items = a[0].items();
  const auto size = static_cast<std::int64_t>(items.size());
  const auto start = a[1].number().to_integer();
  const auto length = a[2].is_null() ? std::optional<std::int64_t>(size) : a[2].number().to_integer();
  if (!start || *start == 0 || *start > size || *start < -size || !length || (!a[2].is_null() && *length < 1))
    return evaluator.fail("feel.index_out_of_range", "起始位置或长度超出列表",
                          "The start or length lies outside the list");
  const auto from = *start > 0 ? *start - 1 : size + *start;
  if (!a[2].is_null() && *length > size - from)
    return evaluator.fail("feel.index_out_of_range", "起始位置或长度超出列表",
                          "The start or length lies outside the list");
  const auto to = from + std::min(*length, size - from);
  return evaluator.new_list({items.begin() + from, items.begin() + to});
}

Value append(Evaluator& evaluator, Arguments a) {
  const auto& all = a[0].items();
  if (all.size() < 2 || all[0].is_null())
    return evaluator.fail("feel.arguments", "append 需要列表和要追加的元素", "append needs a list and items to append");
  auto items = all[0].is(Kind::list) ? all[0].items() : Values{all[0]};
  items.insert(items.end(), all.begin() + 1, all.end());
  return evaluator.new_list(std::move(items));
}

Value concatenate(Evaluator& evaluator, Arguments a) {
  Values items;
  for (const auto& list : a[0].items()) {
    if (list.is(Kind::list))
      items.insert(items.end(), list.items().begin(), list.items().end());
    else if (list.is_null())
      return evaluator.fail("feel.arguments", "concatenate 只接受列表", "concatenate takes lists");
    else
      items.push_back(list);
    if (!evaluator.charge_steps(items.size())) return {};
  }
  return evaluator.new_list(std::move(items));
}

/// Where a position counted from 1, or from the end when negative, points to, up to `last`.
std::optional<std::ptrdiff_t> place(const Value& position, std::size_t size, std::size_t last) {
  const auto at = position.number().to_integer();
  if (!at || *at == 0 || *at > static_cast<std::int64_t>(last) || *at < -static_cast<std::int64_t>(size))
    return std::nullopt;
  return *at > 0 ? *at - 1 : static_cast<std::int64_t>(size) + *at;
}

Value outside(Evaluator& evaluator) {
  return evaluator.fail("feel.index_out_of_range", "列表没有这个位置", "The list has no such position");
}

Value insert_before(Evaluator& evaluator, Arguments a) {
  auto items = a[0].items();
  const auto at = place(a[1], items.size(), items.size());
  if (!at) return outside(evaluator);
  items.insert(items.begin() + *at, a[2]);
  return evaluator.new_list(std::move(items));
}

Value remove(Evaluator& evaluator, Arguments a) {
  auto items = a[0].items();
  const auto at = place(a[1], items.size(), items.size());
  if (!at) return outside(evaluator);
  items.erase(items.begin() + *at);
  return evaluator.new_list(std::move(items));
}

Value replace_at(Evaluator& evaluator, Arguments a) {
  auto items = a[0].items();
  const auto at = place(a[1], items.size(), items.size());
  if (!at) return outside(evaluator);
  items[static_cast<std::size_t>(*at)] = a[2];
  return evaluator.new_list(std::move(items));
}

Value replace_matching(Evaluator& evaluator, Arguments a) {
  auto items = a[0].items();
  for (auto& item : items) {
    const std::array<Value, 2> arguments{item, a[2]};
    const auto matched = evaluator.call(a[1], arguments);
    if (!matched.is(Kind::boolean))
      return evaluator.fail("feel.not_boolean", "匹配函数须返回布尔值", "The matching function must give a boolean");
    if (matched.boolean()) item = a[2];
  }
  return evaluator.new_list(std::move(items));
}

Value reverse(Evaluator& evaluator, Arguments a) {
  return evaluator.new_list({a[0].items().rbegin(), a[0].items().rend()});
}

Value index_of(Evaluator& evaluator, Arguments a) {
  Values places;
  const auto& items = a[0].items();
  for (std::size_t i = 0; i < items.size(); ++i)
    if (equals(items[i], a[1]).is_true()) places.emplace_back(static_cast<std::int64_t>(i + 1));
  return evaluator.new_list(std::move(places));
}

/// Adds the items that are not yet there. Comparing all with all is what equality of any values costs.
bool add_distinct(Evaluator& evaluator, Values& distinct, const Value& item) {
  if (!evaluator.charge_steps(distinct.size() / 16 + 1)) return false;
  if (!has(distinct, item)) distinct.push_back(item);
  return true;
}

Value distinct_values(Evaluator& evaluator, Arguments a) {
  Values distinct;
  for (const auto& item : a[0].items())
    if (!add_distinct(evaluator, distinct, item)) return {};
  return evaluator.new_list(std::move(distinct));
}

Value union_of(Evaluator& evaluator, Arguments a) {
  Values distinct;
  for (const auto& list : a[0].items()) {
    const auto items = list.is(Kind::list) ? std::span<const Value>(list.items()) : std::span(&list, 1);
    if (list.is_null()) return evaluator.fail("feel.arguments", "union 只接受列表", "union takes lists");
    for (const auto& item : items)
      if (!add_distinct(evaluator, distinct, item)) return {};
  }
  return evaluator.new_list(std::move(distinct));
}

Value duplicate_values(Evaluator& evaluator, Arguments a) {
  const auto& items = a[0].items();
  Values found;
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (!evaluator.charge_steps(items.size() / 16 + 1)) return {};
    if (has(std::span(items).subspan(i + 1), items[i]) && !has(found, items[i])) found.push_back(items[i]);
  }
  return evaluator.new_list(std::move(found));
}

void flatten_into(Values& flat, const Values& items) {
  for (const auto& item : items) {
    if (item.is(Kind::list))
      flatten_into(flat, item.items());
    else
      flat.push_back(item);
  }
}

Value flatten(Evaluator& evaluator, Arguments a) {
  // A list may hold one list many times: what comes out is counted before it is made.
  const std::function<std::size_t(const Values&)> size = [&](const Values& items) {
    std::size_t count = 0;
    for (const auto& item : items) {
      if (!evaluator.charge_steps(1)) return count;
      count += item.is(Kind::list) ? size(item.items()) : 1;
    }
    return count;
  };
  if (!evaluator.charge_items(size(a[0].items()))) return {};
  Values flat;
  flatten_into(flat, a[0].items());
  return evaluator.new_list(std::move(flat));
}

Value string_join(Evaluator& evaluator, Arguments a) {
  std::string joined;
  bool first = true;
  for (const auto& item : a[0].items()) {
    if (item.is_null()) continue;
    if (!item.is(Kind::string)) return evaluator.fail("feel.not_strings", "只能连接文本", "Only texts can be joined");
    if (!first && !a[1].is_null()) joined += a[1].string();
    if (!evaluator.charge_bytes(item.string().size())) return {};
    joined += item.string();
    first = false;
  }
  return evaluator.new_text(joined);
}

/// A stable merge sort of our own: a user's comparison may contradict itself, which std::sort does not survive.
void merge_sort(std::span<Value> items, std::span<Value> room,
                const std::function<bool(const Value&, const Value&)>& before) {
  if (items.size() < 2) return;
  const auto middle = items.size() / 2;
  merge_sort(items.first(middle), room.first(middle), before);
  merge_sort(items.subspan(middle), room.subspan(middle), before);
  std::size_t left = 0;
  std::size_t right = middle;
  for (auto& place : room) {
    const bool take_right = left == middle || (right < items.size() && before(items[right], items[left]));
    place = std::move(items[take_right ? right++ : left++]);
  }
  std::ranges::move(room, items.begin());
}

Value sort(Evaluator& evaluator, Arguments a) {
  auto items = a[0].items();
  Values room(items.size());
  bool failed = false;
  merge_sort(items, room, [&](const Value& x, const Value& y) {
    if (failed) return false;
    if (a[1].is_null()) {
      const auto distance = order(x, y);
      failed = !distance;
      return distance && *distance < 0;
    }
    const std::array<Value, 2> arguments{x, y};
    const auto before = evaluator.call(a[1], arguments);
    failed = !before.is(Kind::boolean);
    return before.is_true();
  });
  if (failed) return evaluator.fail("feel.not_comparable", "列表元素之间不能比较", "The items cannot be compared");
  return evaluator.new_list(std::move(items));
}

/// Lists of at most `size` items each, in order.
Value partition(Evaluator& evaluator, Arguments a) {
  const auto size = a[1].number().to_integer();
  if (!size || *size < 1) return outside(evaluator);
  const auto& items = a[0].items();
  Values parts;
  for (std::size_t from = 0; from < items.size(); from += static_cast<std::size_t>(*size)) {
    const auto to = std::min(items.size() - from, static_cast<std::size_t>(*size)) + from;
    parts.push_back(Value::list(
        {items.begin() + static_cast<std::ptrdiff_t>(from), items.begin() + static_cast<std::ptrdiff_t>(to)}));
  }
  return evaluator.new_list(std::move(parts));
}

}  // namespace

std::span<const Builtin> list_builtins() {
  static const std::vector<Builtin> table{
      {"list contains", {{"list: l, element: a", list_contains}}},
      {"list replace",
       {{"list: l, position: n, newItem: a", replace_at}, {"list: l, match: f, newItem: a", replace_matching}}},
      {"count", {{"list: l", count}}},
      {"min", {{"list: l", min}, {"list: l...", min}}},
      {"max", {{"list: l", max}, {"list: l...", max}}},
      {"sum", {{"list: l", sum}, {"list: l...", sum}}},
      {"mean", {{"list: l", mean}, {"list: l...", mean}}},
      {"product", {{"list: l", product}, {"list: l...", product}}},
      {"median", {{"list: l", median}, {"list: l...", median}}},
      {"stddev", {{"list: l", stddev}, {"list: l...", stddev}}},
      {"mode", {{"list: l", mode}, {"list: l...", mode}}},
      {"sublist", {{"list: l, start position: n, length: n?", sublist}}},
      {"append", {{"list: l...", append}}},
      {"concatenate", {{"list: l...", concatenate}}},
      {"insert before", {{"list: l, position: n, newItem: a", insert_before}}},
      {"remove", {{"list: l, position: n", remove}}},
      {"reverse", {{"list: l", reverse}}},
      {"index of", {{"list: l, match: a", index_of}}},
      {"union", {{"list: l...", union_of}}},
      {"distinct values", {{"list: l", distinct_values}}},
      {"duplicate values", {{"list: l", duplicate_values}}},
      {"flatten", {{"list: l", flatten}}},
      {"string join", {{"list: l, delimiter: s?", string_join}}},
      {"sort", {{"list: l, precedes: f?", sort}}},
      {"partition", {{"list: l, size: n", partition}}},
  };
  return table;
}

}  // namespace zhijia::feel
