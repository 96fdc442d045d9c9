#include <array>

#include "evaluator.hpp"

namespace zhijia::feel {

std::optional<Number> number_from(Wide integer) {
  constexpr std::int64_t half = 1'000'000'000'000'000'000;  // of 36 digits
  const auto high = multiply(Number(static_cast<std::int64_t>(integer / half)), Number(half));
  return high ? add(*high, Number(static_cast<std::int64_t>(integer % half))) : std::nullopt;
}

std::optional<Wide> wide_from(Number number) {
  constexpr std::int64_t half = 1'000'000'000'000'000'000;
  const auto whole = number.rounded(0, Number::Rounding::down);
  if (!whole) return std::nullopt;
  const auto quotient = divide(*whole, Number(half));
  const auto high = quotient ? quotient->rounded(0, Number::Rounding::down) : std::nullopt;
  const auto high_integer = high ? high->to_integer() : std::nullopt;
  if (!high_integer) return std::nullopt;
  const auto product = multiply(*high, Number(half));
  const auto low = product ? subtract(*whole, *product) : std::nullopt;
  const auto low_integer = low ? low->to_integer() : std::nullopt;
  if (!low_integer) return std::nullopt;
  return static_cast<Wide>(*high_integer) * half + *low_integer;
}

namespace {

using Op = Node::Operator;

/// Durations beyond this are refused, so that sums of two never overflow.
constexpr Wide nanos_max = static_cast<Wide>(1) << 120U;

Value duration_of(Wide nanos) {
  if (nanos > nanos_max || nanos < -nanos_max) return {};
  return Duration{nanos};
}

Value shifted(const Value& at, const Months& months, bool back) {
  if (back && months.count == INT64_MIN) return {};
  const auto count = back ? -months.count : months.count;
  if (at.is(Kind::date)) return Value::of(at.date().plus_months(count));
  auto moment = at.date_time();
  const auto day = moment.date.plus_months(count);
  if (!day) return {};
  moment.date = *day;
  return moment;
}

Value shifted(const Value& at, const Duration& duration, bool back) {
  const auto nanos = back ? -duration.nanos : duration.nanos;
  if (nanos > nanos_max || nanos < -nanos_max) return {};
  if (at.is(Kind::time)) {
    auto time = at.time();
    const auto in_day = (static_cast<Wide>(time.nanos) + nanos) % nanos_per_day;
    time.nanos = static_cast<std::int64_t>(in_day < 0 ? in_day + nanos_per_day : in_day);
    return time;
  }
  const auto moment = at.is(Kind::date) ? DateTime{at.date(), Time{0, Zone::utc()}} : at.date_time();
  const auto moved = DateTime::at(moment.utc_nanos() + nanos, moment.time.zone);
  if (!moved) return {};
  return at.is(Kind::date) ? Value(moved->date) : Value(*moved);
}

Wide moment_nanos(const Value& value) {
  return value.is(Kind::date) ? static_cast<Wide>(value.date().days) * nanos_per_day : value.date_time().utc_nanos();
}

bool is_moment(const Value& value) { return value.is(Kind::date) || value.is(Kind::date_time); }
bool is_zoned(const Value& value) { return value.is(Kind::date_time) && !value.date_time().time.zone.is_local(); }

std::optional<Value> moment_difference(const Value& a, const Value& b) {
  if (is_moment(a) && is_moment(b)) {
    // A local time has no distance from a moment of a known zone.
    if (a.is(Kind::date_time) && b.is(Kind::date_time) && is_zoned(a) != is_zoned(b)) return std::nullopt;
    return duration_of(moment_nanos(a) - moment_nanos(b));
  }
  if (!a.is(Kind::time) || !b.is(Kind::time)) return std::nullopt;
  const auto utc = [](const Time& time) {
    return static_cast<Wide>(time.nanos) - time.zone.offset_seconds(0, time.nanos) * nanos_per_second;
  };
  return duration_of(utc(a.time()) - utc(b.time()));
}

std::optional<Value> scaled(const Value& duration, Number factor, bool divided) {
  if (divided && factor.is_zero()) return Value();
  const auto base = duration.is(Kind::months) ? std::optional(Number(duration.months().count))
                                              : number_from(duration.duration().nanos);
  const auto result = !base ? std::nullopt : divided ? divide(*base, factor) : multiply(*base, factor);
  if (!result) return Value();
  if (duration.is(Kind::months)) {
    const auto whole = result->rounded(0, Number::Rounding::down);
    const auto months = whole ? whole->to_integer() : std::nullopt;
    return months ? Value(Months{*months}) : Value();
  }
  const auto nanos = wide_from(*result);
  return nanos ? duration_of(*nanos) : Value();
}

std::optional<Value> sum(const Value& a, const Value& b, bool subtracted) {
  if (a.is(Kind::months) && b.is(Kind::months)) {
    std::int64_t count = 0;
    const bool overflow = subtracted ? __builtin_sub_overflow(a.months().count, b.months().count, &count)
                                     : __builtin_add_overflow(a.months().count, b.months().count, &count);
    return overflow ? Value() : Value(Months{count});
  }
  if (a.is(Kind::duration) && b.is(Kind::duration))
    return duration_of(subtracted ? a.duration().nanos - b.duration().nanos : a.duration().nanos + b.duration().nanos);
  if (b.is(Kind::months) && is_moment(a)) return shifted(a, b.months(), subtracted);
  if (b.is(Kind::duration) && (is_moment(a) || a.is(Kind::time))) return shifted(a, b.duration(), subtracted);
  if (subtracted) return moment_difference(a, b);
  if (is_moment(b) || b.is(Kind::time)) {
    if (a.is(Kind::months) || a.is(Kind::duration)) return sum(b, a, false);
  }
  return std::nullopt;
}

bool is_duration(const Value& value) { return value.is(Kind::months) || value.is(Kind::duration); }

}  // namespace

std::optional<Value> temporal_arithmetic(Op op, const Value& a, const Value& b) {
  switch (op) {
    case Op::add:
      return sum(a, b, false);
    case Op::subtract:
      return sum(a, b, true);
    case Op::multiply:
      if (is_duration(a) && b.is(Kind::number)) return scaled(a, b.number(), false);
      if (a.is(Kind::number) && is_duration(b)) return scaled(b, a.number(), false);
      return std::nullopt;
    case Op::divide:
      if (is_duration(a) && b.is(Kind::number)) return scaled(a, b.number(), true);
      if (is_duration(a) && a.kind() == b.kind()) {
        const bool months = a.is(Kind::months);
        const auto x = months ? std::optional(Number(a.months().count)) : number_from(a.duration().nanos);
        const auto y = months ? std::optional(Number(b.months().count)) : number_from(b.duration().nanos);
        return x && y ? Value::of(divide(*x, *y)) : Value();
      }
      return std::nullopt;
    default:
      return std::nullopt;
  }
}

namespace {

std::optional<Value> zone_property(const Zone& zone, std::int64_t day, std::int64_t nanos, std::string_view name) {
  if (name == "time offset") {
    if (zone.is_local()) return Value();
    return Duration{static_cast<Wide>(zone.offset_seconds(day, nanos)) * nanos_per_second};
  }
  if (name == "timezone") return zone.is_named() ? Value(zone.id()) : Value();
  return std::nullopt;
}

std::optional<Value> date_property(const Date& date, std::string_view name) {
  if (name == "year") return date.civil().year;
  if (name == "month") return date.civil().month;
  if (name == "day") return date.civil().day;
  if (name == "weekday") return date.weekday();
  return std::nullopt;
}

std::optional<Value> time_property(const Time& time, std::int64_t day, std::string_view name) {
  if (name == "hour") return time.hour();
  if (name == "minute") return time.minute();
  if (name == "second") return time.second();
  return zone_property(time.zone, day, time.nanos, name);
}

std::optional<Value> duration_property(const Duration& duration, std::string_view name) {
  const auto seconds = duration.nanos / nanos_per_second;
  const auto part = [](Wide value) { return Value::of(number_from(value)); };
  if (name == "days") return part(seconds / 86'400);
  if (name == "hours") return part(seconds / 3600 % 24);
  if (name == "minutes") return part(seconds / 60 % 60);
  if (name == "seconds") {
    const auto rest = static_cast<std::int64_t>(duration.nanos % (60 * nanos_per_second));
    return rest % nanos_per_second == 0 ? Value(rest / nanos_per_second) : Value(Number::scaled(rest, -9));
  }
  return std::nullopt;
}

std::optional<Value> range_property(const Range& range, std::string_view name) {
  if (range.form == Range::Form::exclusion) return std::nullopt;
  if (name == "start") return range.low;
  if (name == "end") return range.high;
  if (name == "start included") return Value(range.low_closed);
  if (name == "end included") return Value(range.high_closed);
  return std::nullopt;
}

}  // namespace

std::optional<Value> property(const Value& value, std::string_view name) {
  switch (value.kind()) {
    case Kind::date: {
      if (auto found = date_property(value.date(), name)) return found;
      // A date counts as its midnight in UTC (OMG DMN 1.5, table 65).
      return time_property(Time{0, Zone::utc()}, value.date().days, name);
    }
    case Kind::time:
      return time_property(value.time(), 0, name);
    case Kind::date_time: {
      const auto at = value.date_time();
      if (auto found = date_property(at.date, name)) return found;
      return time_property(at.time, at.date.days, name);
    }
    case Kind::months:
      if (name == "years") return value.months().count / 12;
      if (name == "months") return value.months().count % 12;
      return std::nullopt;
    case Kind::duration:
      return duration_property(value.duration(), name);
    case Kind::range:
      return range_property(value.range(), name);
    default:
      return std::nullopt;
  }
}

}  // namespace zhijia::feel
