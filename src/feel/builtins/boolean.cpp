#include "builtins.hpp"
#include "evaluator.hpp"

namespace zhijia::feel {
namespace {

using Arguments = std::span<const Value>;

Value negation(Evaluator&, Arguments a) { return a[0].is_null() ? Value() : Value(!a[0].boolean()); }

/// all, any: `deciding` settles the result; null leaves it open, anything but a boolean is an error.
Value junction(Evaluator& evaluator, const Values& items, bool deciding) {
  bool unknown = false;
  for (const auto& item : items) {
    if (item.is(Kind::boolean) && item.boolean() == deciding) return deciding;
    if (!item.is(Kind::boolean) && !item.is_null())
      return evaluator.fail("feel.not_boolean", "列表中有不是布尔值的元素",
                            "The list has an item that is not a boolean");
    unknown = unknown || item.is_null();
  }
  return unknown ? Value() : Value(!deciding);
}

Value all(Evaluator& evaluator, Arguments a) { return junction(evaluator, a[0].items(), false); }
Value any(Evaluator& evaluator, Arguments a) { return junction(evaluator, a[0].items(), true); }

/// The same value in the same form: 1.0 is 1, but a time with an offset is not the same time with a zone's name.
bool same(const Value& a, const Value& b) {
  if (a.kind() != b.kind()) return false;
  switch (a.kind()) {
    case Kind::null:
      return true;
    case Kind::time:
      return a.time() == b.time();
    case Kind::date_time:
      return a.date_time().date == b.date_time().date && a.date_time().time == b.date_time().time;
    default:
      return equals(a, b).is_true();
  }
}

Value is(Evaluator&, Arguments a) { return same(a[0], a[1]); }

}  // namespace

std::span<const Builtin> boolean_builtins() {
  static const std::vector<Builtin> table{
      {"not", {{"negand: b0", negation}}},
      {"all", {{"list: l", all}, {"list: l...", all}}},
      {"any", {{"list: l", any}, {"list: l...", any}}},
      {"is", {{"value1: a?, value2: a?", is}}},
  };
  return table;
}

}  // namespace zhijia::feel
