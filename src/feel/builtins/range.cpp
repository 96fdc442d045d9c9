#include "builtins.hpp"
#include "evaluator.hpp"

namespace zhijia::feel {
namespace {

using Arguments = std::span<const Value>;

/// A point or a range as an interval; a point is closed at both ends.
struct Interval {
  Value low, high;
  bool low_closed = true;
  bool high_closed = true;
};

Interval interval(const Value& value) {
  if (!value.is(Kind::range)) return {value, value};
  const auto& range = value.range();
  return {range.low, range.high, range.low_closed, range.high_closed};
}

/// How ends compare; an unbounded end lies beyond all others.
enum class Side { low, high };
std::optional<int> compare_ends(const Value& a, Side a_side, const Value& b, Side b_side) {
  if (a.is_null() && b.is_null()) return a_side == b_side ? 0 : a_side == Side::low ? -1 : 1;
  if (a.is_null()) return a_side == Side::low ? -1 : 1;
  if (b.is_null()) return b_side == Side::low ? 1 : -1;
  return order(a, b);
}

/// The four comparisons that all relations are made of (OMG DMN 1.5, table 78); nothing when they have no order.
struct Ends {
  int low_low, low_high, high_low, high_high;  // a's end against b's end
};

std::optional<Ends> ends(const Interval& a, const Interval& b) {
  const auto low_low = compare_ends(a.low, Side::low, b.low, Side::low);
  const auto low_high = compare_ends(a.low, Side::low, b.high, Side::high);
  const auto high_low = compare_ends(a.high, Side::high, b.low, Side::low);
  const auto high_high = compare_ends(a.high, Side::high, b.high, Side::high);
  if (!low_low || !low_high || !high_low || !high_high) return std::nullopt;
  return Ends{*low_low, *low_high, *high_low, *high_high};
}

using Relation = bool (*)(const Interval& a, const Interval& b, const Ends& ends);

bool before(const Interval& a, const Interval& b, const Ends& e) {
  return e.high_low < 0 || (e.high_low == 0 && !(a.high_closed && b.low_closed));
}
bool meets(const Interval& a, const Interval& b, const Ends& e) {
  return e.high_low == 0 && a.high_closed && b.low_closed;
}
bool begins_first(const Interval& a, const Interval& b, const Ends& e) {
  return e.low_low < 0 || (e.low_low == 0 && a.low_closed && !b.low_closed);
}
bool ends_first(const Interval& a, const Interval& b, const Ends& e) {
  return e.high_high < 0 || (e.high_high == 0 && !a.high_closed && b.high_closed);
}
Ends turned(const Ends& e) { return {-e.low_low, -e.high_low, -e.low_high, -e.high_high}; }

bool overlaps(const Interval& a, const Interval& b, const Ends& e) {
  return !before(a, b, e) && !before(b, a, turned(e));
}
bool overlaps_before(const Interval& a, const Interval& b, const Ends& e) {
  return overlaps(a, b, e) && begins_first(a, b, e) && !ends_first(b, a, turned(e));
}
bool finishes(const Interval& a, const Interval& b, const Ends& e) {
  return e.high_high == 0 && a.high_closed == b.high_closed && !begins_first(a, b, e);
}
bool starts(const Interval& a, const Interval& b, const Ends& e) {
  return e.low_low == 0 && a.low_closed == b.low_closed && !ends_first(b, a, turned(e));
}
bool includes(const Interval& a, const Interval& b, const Ends& e) {
  return !begins_first(b, a, turned(e)) && !ends_first(a, b, e);
}
bool coincides(const Interval& a, const Interval& b, const Ends& e) {
  return e.low_low == 0 && e.high_high == 0 && a.low_closed == b.low_closed && a.high_closed == b.high_closed;
}

Value relate(Evaluator& evaluator, const Value& a, const Value& b, Relation relation) {
  const auto x = interval(a);
  const auto y = interval(b);
  const auto distances = ends(x, y);
  if (!distances) return evaluator.fail("feel.not_comparable", "两者之间不能比较", "The two cannot be compared");
  return relation(x, y, *distances);
}

template <Relation relation>
Value holds(Evaluator& evaluator, Arguments a) {
  return relate(evaluator, a[0], a[1], relation);
}
template <Relation relation>
Value holds_turned(Evaluator& evaluator, Arguments a) {
  return relate(evaluator, a[1], a[0], relation);
}

}  // namespace

std::span<const Builtin> range_builtins() {
  static const std::vector<Builtin> table{
      {"before",
       {{"point1: p, point2: p", holds<before>},
        {"point: p, range: r", holds<before>},
        {"range: r, point: p", holds<before>},
        {"range1: r, range2: r", holds<before>}}},
      {"after",
       {{"point1: p, point2: p", holds_turned<before>},
        {"point: p, range: r", holds_turned<before>},
        {"range: r, point: p", holds_turned<before>},
        {"range1: r, range2: r", holds_turned<before>}}},
      {"meets", {{"range1: r, range2: r", holds<meets>}}},
      {"met by", {{"range1: r, range2: r", holds_turned<meets>}}},
      {"overlaps", {{"range1: r, range2: r", holds<overlaps>}}},
      {"overlaps before", {{"range1: r, range2: r", holds<overlaps_before>}}},
      {"overlaps after", {{"range1: r, range2: r", holds_turned<overlaps_before>}}},
      {"finishes", {{"point: p, range: r", holds<finishes>}, {"range1: r, range2: r", holds<finishes>}}},
      {"finished by",
       {{"range: r, point: p", holds_turned<finishes>}, {"range1: r, range2: r", holds_turned<finishes>}}},
      {"includes", {{"range: r, point: p", holds<includes>}, {"range1: r, range2: r", holds<includes>}}},
      {"during", {{"point: p, range: r", holds_turned<includes>}, {"range1: r, range2: r", holds_turned<includes>}}},
      {"starts", {{"point: p, range: r", holds<starts>}, {"range1: r, range2: r", holds<starts>}}},
      {"started by", {{"range: r, point: p", holds_turned<starts>}, {"range1: r, range2: r", holds_turned<starts>}}},
      {"coincides", {{"point1: p, point2: p", holds<coincides>}, {"range1: r, range2: r", holds<coincides>}}},
  };
  return table;
}

}  // namespace zhijia::feel
