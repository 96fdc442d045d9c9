#include <algorithm>

#include "feel/value.hpp"

namespace zhijia::feel {
namespace {

/// FEEL compares moments by their value in seconds; we keep, as its test cases do, three digits of a second.
constexpr std::int64_t nanos_compared = 1'000'000;

std::int64_t compared(const Time& time) {
  return (time.nanos - time.zone.offset_seconds(0, time.nanos) * nanos_per_second) / nanos_compared;
}

Wide compared(const DateTime& at) {
  const auto nanos = at.utc_nanos();
  return nanos / nanos_compared - (nanos % nanos_compared < 0 ? 1 : 0);
}

template <typename T>
int sign(const T& a, const T& b) {
  return a < b ? -1 : b < a ? 1 : 0;
}

Value all_equal(const Values& a, const Values& b) {
  if (a.size() != b.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i)
    if (!equals(a[i], b[i]).is_true()) return false;
  return true;
}

Value equal_contexts(const Value& a, const Value& b) {
  if (a.keys().size() != b.keys().size()) return false;
  for (std::size_t i = 0; i < a.keys().size(); ++i) {
    const auto* other = b.find(a.keys()[i]);
    if (other == nullptr || !equals(a.entries()[i], *other).is_true()) return false;
  }
  return true;
}

bool equal_ranges(const Range& a, const Range& b) {
  return a.form == b.form && a.low_closed == b.low_closed && a.high_closed == b.high_closed &&
         equals(a.low, b.low).is_true() && equals(a.high, b.high).is_true();
}

}  // namespace

Value equals(const Value& a, const Value& b) {
  if (a.is_null() || b.is_null()) return a.is_null() && b.is_null();
  if (a.kind() != b.kind()) return {};
  switch (a.kind()) {
    case Kind::boolean:
      return a.boolean() == b.boolean();
    case Kind::number:
      return a.number() == b.number();
    case Kind::string:
      return a.string() == b.string();
    case Kind::list:
      return all_equal(a.items(), b.items());
    case Kind::context:
      return equal_contexts(a, b);
    case Kind::range:
      return equal_ranges(a.range(), b.range());
    case Kind::function:
      return &a.function() == &b.function();
    default: {
      const auto ordered = order(a, b);
      return ordered ? Value(*ordered == 0) : Value();
    }
  }
}

std::optional<int> order(const Value& a, const Value& b) {
  if (a.kind() != b.kind()) return std::nullopt;
  switch (a.kind()) {
    case Kind::number:
      return compare(a.number(), b.number());
    case Kind::string:
      return sign(a.string(), b.string());  // UTF-8 sorts as its code points do
    case Kind::date:
      return sign(a.date(), b.date());
    case Kind::time:
      return sign(compared(a.time()), compared(b.time()));
    case Kind::date_time:
      return sign(compared(a.date_time()), compared(b.date_time()));
    case Kind::months:
      return sign(a.months().count, b.months().count);
    case Kind::duration:
      return sign(a.duration().nanos, b.duration().nanos);
    default:
      return std::nullopt;
  }
}

Value contains(const Range& range, const Value& value) {
  if (range.form == Range::Form::exclusion) {
    const auto equal = equals(value, range.low);
    return equal.is_null() ? Value() : Value(!equal.boolean());
  }
  if (range.form == Range::Form::comparison && range.low_closed && range.high_closed) return equals(value, range.low);
  const bool half_open = range.form == Range::Form::comparison;
  if (value.is_null() || (!half_open && (range.low.is_null() || range.high.is_null()))) return {};
  const auto inside = [](const std::optional<int>& distance, bool closed) {
    return distance && (*distance < 0 || (closed && *distance == 0));
  };
  const auto low = range.low.is_null() ? std::optional(-1) : order(range.low, value);
  const auto high = range.high.is_null() ? std::optional(-1) : order(value, range.high);
  if (!low || !high) return {};
  return inside(low, range.low_closed) && inside(high, range.high_closed);
}

}  // namespace zhijia::feel
