#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "feel/number.hpp"

namespace zhijia::feel {

/// Years as far as XML Schema and FEEL let them go (OMG DMN 1.5, 10.3.2.3.4).
constexpr std::int64_t year_max = 999'999'999;
constexpr std::int64_t nanos_per_second = 1'000'000'000;
constexpr std::int64_t nanos_per_day = 86'400 * nanos_per_second;

/// A time zone: none (local time), an offset from UTC, or an IANA name, whose offset depends on the day.
class Zone {
 public:
  constexpr Zone() = default;
  /// At most 18 hours either way; std::nullopt beyond.
  static std::optional<Zone> offset(std::int64_t seconds);
  /// An IANA name that the time zone database knows ("Asia/Shanghai"); std::nullopt otherwise.
  static std::optional<Zone> named(std::string_view id);
  static constexpr Zone utc() { return from_code(0); }
  static constexpr Zone from_code(std::int32_t code) {
    Zone zone;
    zone.code_ = code;
    return zone;
  }

  constexpr std::int32_t code() const { return code_; }  ///< for Value, which stores it
  constexpr bool is_local() const { return code_ == local; }
  constexpr bool is_named() const { return code_ >= named_first; }
  std::string id() const;    ///< the IANA name; only when is_named()
  std::string text() const;  ///< "", "Z", "+08:00" or "@Asia/Shanghai"
  /// Seconds east of UTC at a local time of that zone (0 for local time).
  std::int64_t offset_seconds(std::int64_t local_days, std::int64_t nanos) const;
  /// The same at a moment that is given in UTC.
  std::int64_t offset_seconds_at_utc(std::int64_t utc_days, std::int64_t nanos) const;
  bool operator==(const Zone&) const = default;

 private:
  static constexpr std::int32_t local = INT32_MIN;
  static constexpr std::int32_t named_first = 1'000'000;
  std::int32_t code_ = local;
};

struct Civil {
  std::int64_t year;
  int month;
  int day;
};

/// A calendar day, proleptic Gregorian.
struct Date {
  std::int64_t days = 0;  ///< since 1970-01-01

  static std::optional<Date> of(std::int64_t year, std::int64_t month, std::int64_t day);
  static std::optional<Date> parse(std::string_view text);
  Civil civil() const;
  int weekday() const;       ///< Monday 1 … Sunday 7
  int day_of_year() const;   ///< from 1
  int week_of_year() const;  ///< ISO 8601
  /// The same day of the month, or the month's last day where it is shorter.
  std::optional<Date> plus_months(std::int64_t months) const;
  std::string text() const;
  auto operator<=>(const Date&) const = default;
};

struct Time {
  std::int64_t nanos = 0;  ///< since midnight
  Zone zone;

  static std::optional<Time> of(std::int64_t hour, std::int64_t minute, std::int64_t second, std::int64_t nano,
                                Zone zone);
  static std::optional<Time> parse(std::string_view text);
  int hour() const { return static_cast<int>(nanos / (3600 * nanos_per_second)); }
  int minute() const { return static_cast<int>(nanos / (60 * nanos_per_second) % 60); }
  Number second() const;
  std::string text() const;
  bool operator==(const Time&) const = default;
};

struct DateTime {
  Date date;
  Time time;

  /// With a time ("…T08:00:00+08:00") or without one, which is midnight.
  static std::optional<DateTime> parse(std::string_view text);
  Wide utc_nanos() const;  ///< since 1970-01-01T00:00:00Z; a local time counts as UTC
  /// The moment `utc_nanos` on the clocks of `zone`; std::nullopt when the year is out of range.
  static std::optional<DateTime> at(Wide utc_nanos, Zone zone);
  std::string text() const;
};

/// A years and months duration.
struct Months {
  std::int64_t count = 0;
  std::string text() const;  ///< "P1Y2M", "P0M"
  auto operator<=>(const Months&) const = default;
};

/// A days and time duration.
struct Duration {
  Wide nanos = 0;
  std::string text() const;  ///< "P1DT2H3M4.5S", "PT0S"
  auto operator<=>(const Duration&) const = default;
};

std::optional<Months> parse_months(std::string_view text);
std::optional<Duration> parse_duration(std::string_view text);

/// Whole months from one to the other, counted back from `to` when it is earlier.
Months months_between(Date from, Date to);

}  // namespace zhijia::feel
