#include <algorithm>
#include <array>

#include "builtins.hpp"
#include "evaluator.hpp"

namespace zhijia::feel {
namespace {

using Arguments = std::span<const Value>;

template <typename T>
Value parsed(Evaluator& evaluator, const std::optional<T>& value) {
  return value ? Value(*value)
               : evaluator.fail("feel.format", "文本的格式不对", "The text does not have the format that is needed");
}

Value date_from_text(Evaluator& evaluator, Arguments a) { return parsed(evaluator, Date::parse(a[0].string())); }
Value date_from_value(Evaluator&, Arguments a) { return a[0].is(Kind::date) ? a[0] : Value(a[0].date_time().date); }

/// A whole number that fits 64 bits; std::nullopt otherwise.
std::optional<std::int64_t> integer(const Value& value) {
  return value.number().is_integer() ? value.number().to_integer() : std::nullopt;
}

Value date_from_parts(Evaluator& evaluator, Arguments a) {
  const auto year = integer(a[0]);
  const auto month = integer(a[1]);
  const auto day = integer(a[2]);
  return year && month && day ? parsed(evaluator, Date::of(*year, *month, *day)) : evaluator.out_of_range();
}

Value date_time_from_text(Evaluator& evaluator, Arguments a) {
  return parsed(evaluator, DateTime::parse(a[0].string()));
}

Value date_time_from_parts(Evaluator&, Arguments a) {
  return DateTime{a[0].is(Kind::date) ? a[0].date() : a[0].date_time().date, a[1].time()};
}

Value time_from_text(Evaluator& evaluator, Arguments a) { return parsed(evaluator, Time::parse(a[0].string())); }

Value time_from_value(Evaluator&, Arguments a) {
  switch (a[0].kind()) {
    case Kind::date:
      return Time{0, Zone::utc()};
    case Kind::date_time:
      return a[0].date_time().time;
    default:
      return a[0];
  }
}

Value time_from_parts(Evaluator& evaluator, Arguments a) {
  const auto hour = integer(a[0]);
  const auto minute = integer(a[1]);
  const auto nanos = multiply(a[2].number(), Number(nanos_per_second));
  const auto nano = nanos ? nanos->to_integer() : std::nullopt;
  std::optional<Zone> zone = Zone();
  if (!a[3].is_null()) {
    const auto offset = a[3].duration().nanos;
    constexpr Wide day = nanos_per_day;
    zone = offset % nanos_per_second == 0 && offset < day && offset > -day
               ? Zone::offset(static_cast<std::int64_t>(offset / nanos_per_second))
               : std::nullopt;
  }
  if (!hour || !minute || !nano || *nano < 0 || !zone) return evaluator.out_of_range();
  return parsed(evaluator, Time::of(*hour, *minute, *nano / nanos_per_second, *nano % nanos_per_second, *zone));
}

Value duration_from_text(Evaluator& evaluator, Arguments a) {
  if (const auto months = parse_months(a[0].string())) return *months;
  return parsed(evaluator, parse_duration(a[0].string()));
}

Value same(Evaluator&, Arguments a) { return a[0]; }

Value years_and_months(Evaluator&, Arguments a) {
  const auto day = [](const Value& value) { return value.is(Kind::date) ? value.date() : value.date_time().date; };
  return months_between(day(a[0]), day(a[1]));
}

Value number_from_text(Evaluator& evaluator, Arguments a) {
  const auto separator = [](const Value& value) { return value.is_null() ? std::string_view() : value.string(); };
  const auto grouping = separator(a[1]);
  const auto point = separator(a[2]);
  const bool grouping_known = grouping.empty() ? a[1].is_null() : grouping == " " || grouping == "," || grouping == ".";
  const bool point_known = point.empty() ? a[2].is_null() : point == "," || point == ".";
  if (!grouping_known || !point_known || (!grouping.empty() && grouping == point))
    return evaluator.fail("feel.separator", "分组符或小数点无效", "The grouping or decimal separator is not valid");
  std::string digits(a[0].string());
  if (!grouping.empty()) std::erase(digits, grouping[0]);
  if (point == ",") {
    if (digits.find('.') != std::string::npos) return parsed(evaluator, std::optional<Number>());
    std::ranges::replace(digits, ',', '.');
  }
  return parsed(evaluator, Number::parse(digits));
}

Value string_of(Evaluator& evaluator, Arguments a) { return a[0].is_null() ? Value() : evaluator.new_text(text(a[0])); }

bool is_endpoint_kind(Kind kind) {
  return kind == Kind::number || kind == Kind::string || kind == Kind::date || kind == Kind::time ||
         kind == Kind::date_time || kind == Kind::months || kind == Kind::duration;
}

/// A literal, or a date, time or duration made of literals.
bool is_constant(const Node& node) {
  if (node.kind == Node::Kind::literal) return node.builtin == nullptr;
  if (node.kind != Node::Kind::builtin_call) return false;
  constexpr std::array<std::string_view, 4> makers{"date", "time", "date and time", "duration"};
  return std::ranges::find(makers, node.name) != makers.end() &&
         std::ranges::all_of(node.children,
                             [](const Node* child) { return child != nullptr && child->kind == Node::Kind::literal; });
}

/// Reads "[1..10)": an interval whose ends are literals.
Value range_from_text(Evaluator& evaluator, Arguments a) {
  const auto malformed = [&] {
    return evaluator.fail("feel.range_text", "范围应写成 \"[1..10)\" 这样,两端为字面值",
                          "A range is written like \"[1..10)\" with literals as ends");
  };
  const auto expression = parse(a[0].string(), Scope());
  if (!expression || (*expression)->root().kind != Node::Kind::range) return malformed();
  const auto& node = (*expression)->root();
  if (node.op != Node::Operator::none || !is_constant(*node.children[0]) || !is_constant(*node.children[1]))
    return malformed();
  const auto made = evaluate(*expression, Frame{});
  if (!made.is(Kind::range)) return malformed();
  const auto& range = made.range();
  if (range.low.is_null() && range.high.is_null()) return malformed();
  if ((range.low.is_null() && range.low_closed) || (range.high.is_null() && range.high_closed)) return malformed();
  if (!range.low.is_null() && !is_endpoint_kind(range.low.kind())) return malformed();
  const auto distance = order(range.low, range.high);
  if (distance && *distance > 0) return malformed();
  return made;
}

}  // namespace

std::span<const Builtin> conversion_builtins() {
  static const std::vector<Builtin> table{
      {"date",
       {{"from: s", date_from_text}, {"from: dD", date_from_value}, {"year: n, month: n, day: n", date_from_parts}}},
      {"date and time", {{"from: s", date_time_from_text}, {"date: dD, time: t", date_time_from_parts}}},
      {"time",
       {{"from: s", time_from_text},
        {"from: tdD", time_from_value},
        {"hour: n, minute: n, second: n, offset: T?", time_from_parts}}},
      {"duration", {{"from: s", duration_from_text}, {"from: yT", same}}},
      {"years and months duration", {{"from: dD, to: dD", years_and_months}}},
      {"number", {{"from: s, grouping separator: s?, decimal separator: s?", number_from_text}, {"from: n", same}}},
      {"string", {{"from: a", string_of}}},
      {"range", {{"from: s", range_from_text}}},
  };
  return table;
}

}  // namespace zhijia::feel
