#include "date_terms.hpp"

namespace zhijia::feel {

namespace {

using Op = Node::Operator;

bool is_constant(const Node& node, Kind kind) {
  return (node.is_constant || node.kind == Node::Kind::literal) && node.value.is(kind);
}

Op mirrored(Op op) {
  switch (op) {
    case Op::less:
      return Op::greater;
    case Op::less_equal:
      return Op::greater_equal;
    case Op::greater:
      return Op::less;
    case Op::greater_equal:
      return Op::less_equal;
    default:
      return op;
  }
}

/// Days as texts sort only where all have four digits of a year.
bool sorts(Date day) {
  const auto year = day.civil().year;
  return year >= 1 && year <= 9999;
}

std::optional<DateTerm> checked(DateTerm term) {
  return sorts(term.from) && sorts(term.behind) ? std::optional(term) : std::nullopt;
}

/// Whole days of a duration, towards the past as FEEL moves a date by hours.
std::optional<std::int64_t> days_of(const Duration& duration) {
  constexpr Wide days_max = 4'000'000;  // of ten thousand years
  const auto days = duration.nanos / nanos_per_day - (duration.nanos % nanos_per_day < 0 ? 1 : 0);
  return days > days_max || days < -days_max ? std::nullopt : std::optional(static_cast<std::int64_t>(days));
}

/// The first day that `months` later is not before `limit`: later days never come to earlier ones.
std::optional<Date> first_reaching(Date limit, std::int64_t months) {
  constexpr std::int64_t search_days = 4;  // months differ by at most three days
  const auto near = limit.plus_months(-months);
  if (!near) return std::nullopt;
  for (Date day{near->days - search_days}; day.days <= near->days + search_days; ++day.days)
    if (const auto moved = day.plus_months(months); moved && *moved >= limit) return day;
  return std::nullopt;
}

std::optional<DateTerm> moved_day(const Node& day, const Value& by, bool back, Op op, Date limit) {
  if (by.is(Kind::months)) {
    const auto months = back ? -by.months().count : by.months().count;
    constexpr std::int64_t months_max = 120'000;
    if (months > months_max || months < -months_max) return std::nullopt;
    const auto from = first_reaching(limit, months);
    const auto behind = first_reaching({limit.days + 1}, months);
    return from && behind ? checked({&day, op, *from, *behind}) : std::nullopt;
  }
  const auto days = days_of(back ? Duration{-by.duration().nanos} : by.duration());
  if (!days) return std::nullopt;
  return checked({&day, op, {limit.days - *days}, {limit.days - *days + 1}});
}

/// `sum` is day ± duration.
std::optional<DateTerm> of_sum(const Node& sum, Op op, Date limit) {
  const auto& left = *sum.children[0];
  const auto& right = *sum.children[1];
  for (const auto kind : {Kind::months, Kind::duration}) {
    if (is_constant(right, kind)) return moved_day(left, right.value, sum.op == Op::subtract, op, limit);
    if (is_constant(left, kind) && sum.op == Op::add) return moved_day(right, left.value, false, op, limit);
  }
  return std::nullopt;
}

/// `difference` is day − date or date − day; the limit is of whole days.
std::optional<DateTerm> of_difference(const Node& difference, Op op, const Duration& limit) {
  const auto days = days_of(limit);
  if (!days || limit.nanos % nanos_per_day != 0) return std::nullopt;
  const auto& left = *difference.children[0];
  const auto& right = *difference.children[1];
  if (is_constant(right, Kind::date)) {
    const Date day{right.value.date().days + *days};
    return checked({&left, op, day, {day.days + 1}});
  }
  if (!is_constant(left, Kind::date)) return std::nullopt;
  const Date day{left.value.date().days - *days};
  return checked({&right, mirrored(op), day, {day.days + 1}});
}

std::optional<DateTerm> of_sides(const Node& term, Op op, const Node& limit) {
  if (term.kind != Node::Kind::arithmetic || term.is_constant) return std::nullopt;
  const bool is_sum = term.op == Op::add || term.op == Op::subtract;
  if (is_sum && is_constant(limit, Kind::date)) return of_sum(term, op, limit.value.date());
  if (term.op == Op::subtract && is_constant(limit, Kind::duration))
    return of_difference(term, op, limit.value.duration());
  return std::nullopt;
}

}  // namespace

std::optional<DateTerm> date_term_of(const Node& comparison) {
  const auto& left = *comparison.children[0];
  const auto& right = *comparison.children[1];
  if (auto term = of_sides(left, comparison.op, right)) return term;
  return of_sides(right, mirrored(comparison.op), left);
}

}  // namespace zhijia::feel
