#pragma once

#include <chrono>
#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/problem.hpp"

namespace zhijia {

/// A calendar day (proleptic Gregorian), without time or zone. Stored as its ISO 8601 text everywhere.
struct Date {
  std::chrono::sys_days day{};

  static Date of(int year, unsigned month, unsigned day_of_month);
  int year() const;
  unsigned month() const;
  unsigned day_of_month() const;
  auto operator<=>(const Date&) const = default;
};

Date operator+(Date date, std::chrono::days days);
inline std::int64_t days_between(Date from, Date to) { return (to.day - from.day).count(); }
/// The same day `months` later, or the last day of that month where it is shorter.
Date add_months(Date date, int months);

/// Reads "2020-01-31", "2020/1/31", "2020.1.31", "20200131", "2020年1月31日" (full-width digits too), years 1900–2199.
/// Two-digit years and impossible days are refused.
Result<Date> parse_date(std::string_view text);
/// Reads ISO 8601 "2020-01-31" only; std::nullopt-like failure is an exception, for values we wrote ourselves.
Date date_from_iso(std::string_view iso);
std::string to_string(Date date);  ///< "2020-01-31"

/// A moment in time, to the millisecond, UTC.
using Moment = std::chrono::sys_time<std::chrono::milliseconds>;
std::string to_string(Moment moment);  ///< "2020-01-31T08:00:00.000Z"

/// Where the program takes its time from, so that tests and the demonstration can set it. Implementations are
/// safe to call from any thread.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual Moment now() const = 0;
  /// The civil day in China (UTC+8, no summer time since 1991), by which every rule and deadline counts.
  Date today() const;
};

/// The machine's clock.
const Clock& system_clock();

/// A clock that stands still until it is set. For tests and the demonstration city. Not safe to set concurrently.
class FixedClock final : public Clock {
 public:
  explicit FixedClock(Moment moment) : moment_(moment) {}
  explicit FixedClock(Date day);  ///< noon of that day in China
  Moment now() const override { return moment_; }
  void set(Moment moment) { moment_ = moment; }

 private:
  Moment moment_;
};

}  // namespace zhijia
