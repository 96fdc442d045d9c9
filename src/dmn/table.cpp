#include "table.hpp"

#include <algorithm>

namespace zhijia::dmn {

using feel::Value;
using feel::Values;

namespace {

void report(Activity& activity, std::string_view code, std::string zh, std::string en) {
  if (activity.diagnostics.problems.size() >= feel::Diagnostics::problems_max) return;
  activity.diagnostics.problems.push_back({std::string(code), {}, {std::move(zh), std::move(en)}});
}

bool holds(const feel::Expression& test, const Value& value, const Variables& variables, Activity& activity) {
  if (!test) return false;
  auto at = frame(variables, activity);
  at.input = value;
  return feel::evaluate(test, at, &activity.diagnostics).is_true();
}

Value output(const feel::Expression& expression, const OutputClause& clause, const Variables& variables,
             Activity& activity) {
  if (!expression) return {};
  return coerce(feel::evaluate(expression, frame(variables, activity), &activity.diagnostics), *clause.type,
                &activity.diagnostics);
}

std::string rows(const std::vector<Hit>& hits) {
  std::string text;
  for (const auto& hit : hits) text += (text.empty() ? "" : ", ") + std::to_string(hit.rule + 1);
  return text;
}

}  // namespace

Value TableBox::evaluate(const Variables& variables, Activity& activity) const {
  TableTrace trace;
  const auto values = input_values(variables, activity, trace);
  Value result;
  if (values) {
    const auto hits = matches(*values, variables, activity, trace);
    trace.by_default = hits.empty() && has_default();
    result = trace.by_default ? default_output(variables, activity) : decide(hits, variables, activity);
  }
  if (activity.steps) activity.tables.push_back(std::move(trace));
  return result;
}

std::optional<Values> TableBox::input_values(const Variables& variables, Activity& activity, TableTrace& trace) const {
  Values values;
  bool all_allowed = true;
  for (const auto& input : parts_.inputs) {
    auto value = input.expression ? feel::evaluate(input.expression, frame(variables, activity), &activity.diagnostics)
                                  : Value();
    if (input.allowed && !value.is_null() && !holds(input.allowed, value, variables, activity)) {
      report(activity, "dmn.input_value", "输入“" + input.text + "”的值 " + feel::literal(value) + " 不在允许的取值内",
             "The value " + feel::literal(value) + " of input \"" + input.text + "\" is not among its input values");
      all_allowed = false;
    }
    if (activity.steps) trace.columns.push_back({input.text, input.label, value});
    values.push_back(std::move(value));
  }
  if (!all_allowed) return std::nullopt;
  return values;
}

std::vector<Hit> TableBox::matches(const Values& values, const Variables& variables, Activity& activity,
                                   TableTrace& trace) const {
  std::vector<Hit> hits;
  for (std::size_t at = 0; at < parts_.rules.size(); ++at) {
    const auto& rule = parts_.rules[at];
    // Only an explanation needs to know whether a row failed in more than one column.
    const std::size_t failures_max = activity.steps ? 2 : 1;
    std::size_t failures = 0;
    std::size_t failed = 0;
    for (std::size_t column = 0; column < values.size() && failures < failures_max; ++column) {
      if (holds(rule.tests[column].test, values[column], variables, activity)) continue;
      ++failures;
      failed = column;
    }
    if (failures == 1 && activity.steps) trace.misses.push_back({at + 1, failed, rule.tests[failed].text});
    if (failures > 0) continue;
    trace.rows.push_back(at + 1);
    if (activity.steps) trace.notes.push_back(rule.note);
    hits.push_back({at, outputs_of(rule, variables, activity)});
    if (parts_.policy == HitPolicy::first && !activity.steps) break;
  }
  return hits;
}

Values TableBox::outputs_of(const Rule& rule, const Variables& variables, Activity& activity) const {
  Values values;
  for (std::size_t i = 0; i < parts_.outputs.size(); ++i)
    values.push_back(output(rule.outputs[i], parts_.outputs[i], variables, activity));
  return values;
}

bool TableBox::has_default() const {
  return std::ranges::any_of(parts_.outputs, [](const auto& clause) { return clause.fallback != nullptr; });
}

Value TableBox::default_output(const Variables& variables, Activity& activity) const {
  Hit hit{0, {}};
  for (const auto& clause : parts_.outputs) hit.outputs.push_back(output(clause.fallback, clause, variables, activity));
  return as_value(hit);
}

Value TableBox::as_value(const Hit& hit) const {
  return parts_.outputs.size() == 1 ? hit.outputs.front() : Value::context(parts_.keys, hit.outputs);
}

Value TableBox::as_list(const std::vector<Hit>& hits) const {
  Values values;
  for (const auto& hit : hits) values.push_back(as_value(hit));
  return Value::list(std::move(values));
}

Value TableBox::decide(const std::vector<Hit>& hits, const Variables& variables, Activity& activity) const {
  switch (parts_.policy) {
    case HitPolicy::unique:
      if (hits.size() > 1) {
        report(activity, "dmn.unique", "唯一命中的决策表有多行命中：" + rows(hits),
               "More than one row of a unique table matched: " + rows(hits));
        return {};
      }
      return hits.empty() ? Value() : as_value(hits.front());
    case HitPolicy::any:
      for (const auto& hit : hits) {
        if (feel::equals(as_value(hit), as_value(hits.front())).is_true()) continue;
        report(activity, "dmn.any", "任一命中的决策表中，命中各行的结果不同：" + rows(hits),
               "The matched rows of an any table differ: " + rows(hits));
        return {};
      }
      return hits.empty() ? Value() : as_value(hits.front());
    case HitPolicy::first:
      return hits.empty() ? Value() : as_value(hits.front());
    case HitPolicy::priority:
      return hits.empty() ? Value() : as_value(by_priority(hits, variables, activity).front());
    case HitPolicy::rule_order:
      return as_list(hits);
    case HitPolicy::output_order:
      return as_list(by_priority(hits, variables, activity));
    case HitPolicy::collect:
      return aggregate(hits, activity);
  }
  return {};
}

/// By the order of each output's listed values, the leftmost output first.
std::vector<Hit> TableBox::by_priority(std::vector<Hit> hits, const Variables& variables, Activity& activity) const {
  std::vector<Value> lists;
  for (const auto& clause : parts_.outputs) {
    lists.push_back(clause.priorities
                        ? feel::evaluate(clause.priorities, frame(variables, activity), &activity.diagnostics)
                        : Value());
  }
  const auto rank = [&](const Hit& hit, std::size_t output) {
    if (!lists[output].is(feel::Kind::list)) return std::size_t{0};
    const auto& items = lists[output].items();
    const auto found = std::ranges::find_if(
        items, [&](const Value& item) { return feel::equals(item, hit.outputs[output]).is_true(); });
    return static_cast<std::size_t>(found - items.begin());
  };
  std::ranges::sort(hits, [&](const Hit& a, const Hit& b) {
    for (std::size_t i = 0; i < lists.size(); ++i)
      if (const auto left = rank(a, i), right = rank(b, i); left != right) return left < right;
    return a.rule < b.rule;
  });
  return hits;
}

Value TableBox::aggregate(const std::vector<Hit>& hits, Activity& activity) const {
  if (parts_.aggregation == Aggregation::none) return as_list(hits);
  if (parts_.aggregation == Aggregation::count) return Value(static_cast<std::int64_t>(hits.size()));
  if (hits.empty()) return {};
  if (parts_.outputs.size() != 1) {
    report(activity, "dmn.aggregation", "有多个输出的决策表不能汇总",
           "A table with several outputs cannot be aggregated");
    return {};
  }
  Value best = hits.front().outputs.front();
  if (parts_.aggregation == Aggregation::sum && !best.is(feel::Kind::number)) return {};
  for (std::size_t i = 1; i < hits.size(); ++i) {
    const auto& next = hits[i].outputs.front();
    if (parts_.aggregation == Aggregation::sum) {
      if (!best.is(feel::Kind::number) || !next.is(feel::Kind::number)) return {};
      best = Value::of(add(best.number(), next.number()));
      continue;
    }
    const auto order = feel::order(next, best);
    if (!order) return {};
    if (parts_.aggregation == Aggregation::minimum ? *order < 0 : *order > 0) best = next;
  }
  return best;
}

}  // namespace zhijia::dmn
