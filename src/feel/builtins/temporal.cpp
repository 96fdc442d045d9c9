#include <array>

#include "builtins.hpp"
#include "evaluator.hpp"

namespace zhijia::feel {
namespace {

using Arguments = std::span<const Value>;

Date date_of(const Value& value) { return value.is(Kind::date) ? value.date() : value.date_time().date; }

Value day_of_year(Evaluator&, Arguments a) { return date_of(a[0]).day_of_year(); }
Value week_of_year(Evaluator&, Arguments a) { return date_of(a[0]).week_of_year(); }

Value day_of_week(Evaluator&, Arguments a) {
  constexpr std::array<std::string_view, 7> names{"Monday", "Tuesday",  "Wednesday", "Thursday",
                                                  "Friday", "Saturday", "Sunday"};
  return names[static_cast<std::size_t>(date_of(a[0]).weekday() - 1)];
}

Value month_of_year(Evaluator&, Arguments a) {
  constexpr std::array<std::string_view, 12> names{"January",   "February", "March",    "April",
                                                   "May",       "June",     "July",     "August",
                                                   "September", "October",  "November", "December"};
  return names[static_cast<std::size_t>(date_of(a[0]).civil().month - 1)];
}

Value now(Evaluator& evaluator, Arguments) {
  const auto nanos = static_cast<Wide>(evaluator.clock().now().time_since_epoch().count()) * 1'000'000;
  return Value::of(DateTime::at(nanos, *Zone::named("Asia/Shanghai")));
}

Value today(Evaluator& evaluator, Arguments) {
  return Date{std::chrono::sys_days(evaluator.clock().today().day).time_since_epoch().count()};
}

}  // namespace

std::span<const Builtin> temporal_builtins() {
  static const std::vector<Builtin> table{
      {"day of year", {{"date: dD", day_of_year}}},
      {"day of week", {{"date: dD", day_of_week}}},
      {"month of year", {{"date: dD", month_of_year}}},
      {"week of year", {{"date: dD", week_of_year}}},
      {"now", {{"", now}}},
      {"today", {{"", today}}},
  };
  return table;
}

}  // namespace zhijia::feel
