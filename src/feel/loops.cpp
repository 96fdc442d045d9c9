#include <algorithm>

#include "evaluator.hpp"

/// Filters, `for`, `some`, `every`: what goes through lists.
namespace zhijia::feel {

using NK = Node::Kind;

Value Evaluator::index(const Value& list, const Value& position) {
  const auto number = position.number();
  const auto at = number.is_integer() ? number.to_integer() : std::nullopt;
  const bool is_list = list.is(Kind::list);
  const auto size = is_list ? static_cast<std::int64_t>(list.items().size()) : 1;
  if (!at || *at == 0 || *at > size || *at < -size)
    return fail("feel.index_out_of_range", "列表没有这个序号的元素", "The list has no item at that position");
  if (!is_list) return list;
  return list.items()[static_cast<std::size_t>(*at > 0 ? *at - 1 : size + *at)];
}

/// Visits the items for which the condition, which gives no numbers, holds. False when the list is null or too long.
template <typename Visit>
bool Evaluator::each_kept(const Node& node, const Value& list, Visit visit) {
  if (list.is_null()) return false;
  const auto& condition = *node.children[1];
  const std::span<const Value> items = list.is(Kind::list) ? std::span(list.items()) : std::span(&list, 1);
  if (!charge_steps(condition.size * items.size())) return false;
  Loan item(locals_[node.slot]);
  for (const auto& candidate : items) {
    item.lend(candidate);
    if (condition.decide(*this, condition) == Truth::yes) visit(candidate);
  }
  return true;
}

void Evaluator::filter(const Node& node, Value& out) {
  constexpr std::size_t kept_expected = 16;
  Value made;
  const auto& list = see(*node.children[0], made);
  const auto& condition = *node.children[1];
  if (list.is_null()) return;
  node_ = &node;
  if (condition.kind == NK::literal && condition.value.is(Kind::number)) {
    out = index(list, condition.value);
    return;
  }
  const std::span<const Value> items = list.is(Kind::list) ? std::span(list.items()) : std::span(&list, 1);
  Values kept;
  kept.reserve(std::min(items.size(), kept_expected));
  if (condition.decide != nullptr) {
    if (each_kept(node, list, [&](const Value& item) { kept.push_back(item); })) out = new_list(std::move(kept));
    return;
  }
  Loan item(locals_[node.slot]);
  for (const auto& candidate : items) {
    item.lend(candidate);
    if (!charge_steps(condition.size)) return;
    Value made_condition;
    const auto& held = see(condition, made_condition);
    if (held.is(Kind::number)) {
      node_ = &node;
      out = index(list, held);
      return;
    }
    if (held.is_true()) kept.push_back(candidate);
  }
  out = new_list(std::move(kept));
}

/// count(list[condition]) makes no list.
void Evaluator::count_kept(const Node& node, Value& out) {
  const auto& filter = *node.children[0];
  std::int64_t count = 0;
  Value made;
  if (each_kept(filter, see(*filter.children[0], made), [&](const Value&) { ++count; }))
    out.become(Number(count));
  else
    builtin_call(node, out);
}

/// Nor does sum(list[condition]).
void Evaluator::sum_kept(const Node& node, Value& out) {
  const auto& filter = *node.children[0];
  Number sum = 0;
  bool any = false;
  bool summed = true;
  Value made;
  const auto add_up = [&](const Value& item) {
    any = true;
    summed = summed && item.is(Kind::number) && add(sum, item.number(), sum);
  };
  if (each_kept(filter, see(*filter.children[0], made), add_up) && any && summed)
    out.become(sum);
  else
    builtin_call(node, out);  // which says why there is no sum
}

template <typename Visit>
bool Evaluator::each_of_range(const Range& range, bool downwards_too, Value& variable, const Node& node,
                              std::size_t next, Visit& visit) {
  const bool of_days = range.low.is(Kind::date) && range.high.is(Kind::date);
  const bool of_numbers = range.low.is(Kind::number) && range.high.is(Kind::number);
  const auto from = of_days ? range.low.date().days : of_numbers ? range.low.number().to_integer() : std::nullopt;
  const auto to = of_days ? range.high.date().days : of_numbers ? range.high.number().to_integer() : std::nullopt;
  if (!from || !to || (of_numbers && !(range.low.number().is_integer() && range.high.number().is_integer())))
    return false;
  if (*from > *to && !downwards_too) return false;
  const std::int64_t step = *from <= *to ? 1 : -1;
  for (auto at = *from;; at += step) {
    const bool excluded = (at == *from && !range.low_closed) || (at == *to && !range.high_closed);
    if (!excluded) {
      variable = of_days ? Value(Date{at}) : Value(at);
      if (!each(node, next, visit)) return false;
    }
    if (at == *to || budget_.exhausted) return true;
  }
}

template <typename Visit>
bool Evaluator::each(const Node& node, std::size_t variable, Visit& visit) {
  if (variable + 1 == node.children.size()) return visit();
  if (!charge_steps(1)) return false;
  auto& local = locals_[node.slots[variable]];
  const auto& domain = *node.children[variable];
  if (domain.kind == NK::iterated_range) {
    const Range range{evaluate(*domain.children[0]), evaluate(*domain.children[1]), true, true};
    return each_of_range(range, true, local, node, variable + 1, visit);
  }
  Value made;
  const auto& list = see(domain, made);
  if (list.is(Kind::range)) return each_of_range(list.range(), false, local, node, variable + 1, visit);
  if (list.is_null()) return false;
  const std::span<const Value> items = list.is(Kind::list) ? std::span(list.items()) : std::span(&list, 1);
  const bool is_last = variable + 2 == node.children.size();
  Loan lent(local);
  for (const auto& item : items) {
    lent.lend(item);
    if (!(is_last ? visit() : each(node, variable + 1, visit))) return false;
  }
  return true;
}

void Evaluator::iteration(const Node& node, Value& out) {
  constexpr std::size_t results_expected = 8;
  Values results;
  results.reserve(results_expected);
  const auto& body = *node.children.back();
  auto& partial = locals_[node.slots.back()];
  auto visit = [&] {
    if (node.flag) partial = new_list(results);
    if (!charge_steps(body.size)) return false;
    put(body, results.emplace_back());
    return results.size() <= budget_.limits.items_max || charge_items(results.size());
  };
  if (each(node, 0, visit)) {
    out = new_list(std::move(results));
    return;
  }
  node_ = &node;
  fail("feel.not_iterable", "for 只能遍历列表和整数或日期的范围", "'for' needs a list or a range of integers or dates");
}

template <bool deciding>
Truth Evaluator::quantified(const Node& node) {
  bool decided = false;
  bool unknown = false;
  const auto& condition = *node.children.back();
  auto visit = [&] {
    if (!charge_steps(condition.size)) return false;
    const auto held = holds(condition);
    unknown = unknown || held == Truth::unknown;
    decided = held == truth(deciding);
    return !decided;
  };
  const bool complete = each(node, 0, visit);
  if (decided) return truth(deciding);
  if (complete) return unknown ? Truth::unknown : truth(!deciding);
  node_ = &node;
  fail("feel.not_iterable", "some 和 every 只能遍历列表和整数或日期的范围",
       "'some' and 'every' need a list or a range of integers or dates");
  return Truth::unknown;
}

template Truth Evaluator::quantified<true>(const Node& node);
template Truth Evaluator::quantified<false>(const Node& node);

}  // namespace zhijia::feel
