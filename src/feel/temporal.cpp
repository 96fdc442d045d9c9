#include "feel/temporal.hpp"

#include <array>
#include <charconv>
#include <cstdio>

namespace zhijia::feel {
namespace {

constexpr std::int64_t days_per_era = 146'097;  // 400 years

constexpr bool is_leap(std::int64_t year) { return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0); }

constexpr int days_in_month(std::int64_t year, int month) {
  constexpr std::array<int, 12> days{31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  return month == 2 && is_leap(year) ? 29 : days[static_cast<std::size_t>(month - 1)];
}

constexpr std::int64_t floor_divide(std::int64_t a, std::int64_t b) { return a / b - (a % b < 0 ? 1 : 0); }

/// Reads fixed and free runs of digits from the front of a text.
struct Reader {
  std::string_view rest;

  bool take(char c) {
    if (!rest.starts_with(c)) return false;
    rest.remove_prefix(1);
    return true;
  }
  std::size_t digit_count() const {
    std::size_t n = 0;
    while (n < rest.size() && rest[n] >= '0' && rest[n] <= '9') ++n;
    return n;
  }
  std::optional<std::int64_t> digits(std::size_t count) {
    if (count == 0 || digit_count() < count) return std::nullopt;
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(rest.data(), rest.data() + count, value);
    if (error != std::errc{}) return std::nullopt;
    rest.remove_prefix(count);
    return value;
  }
  std::optional<std::int64_t> run() { return digits(digit_count()); }

  /// Digits after a point as nanoseconds; further digits are cut off.
  std::optional<std::int64_t> fraction() {
    const auto count = digit_count();
    if (count == 0) return std::nullopt;
    std::int64_t nanos = 0;
    for (std::size_t i = 0; i < 9; ++i) nanos = nanos * 10 + (i < count ? rest[i] - '0' : 0);
    rest.remove_prefix(count);
    return nanos;
  }
};

std::optional<Date> read_date(Reader& in) {
  const bool negative = in.take('-');
  const auto width = in.digit_count();
  if (width < 4 || width > 9 || (width > 4 && in.rest.starts_with('0'))) return std::nullopt;
  const auto year = in.digits(width);
  if (!in.take('-')) return std::nullopt;
  const auto month = in.digits(2);
  if (!month || !in.take('-')) return std::nullopt;
  const auto day = in.digits(2);
  if (!year || !day || in.digit_count() != 0) return std::nullopt;
  return Date::of(negative ? -*year : *year, *month, *day);
}

std::optional<Zone> read_zone(Reader& in) {
  if (in.rest.empty()) return Zone();
  if (in.take('Z')) return in.rest.empty() ? std::optional(Zone::utc()) : std::nullopt;
  if (in.take('@')) {
    const auto id = in.rest;
    in.rest = {};
    return Zone::named(id);
  }
  const bool negative = in.rest.starts_with('-');
  if (!in.take('-') && !in.take('+')) return std::nullopt;
  const auto hours = in.digits(2);
  if (!hours || !in.take(':')) return std::nullopt;
  const auto minutes = in.digits(2);
  std::optional<std::int64_t> seconds = 0;
  if (in.take(':')) seconds = in.digits(2);
  if (!minutes || !seconds || *minutes > 59 || *seconds > 59 || !in.rest.empty()) return std::nullopt;
  const auto total = *hours * 3600 + *minutes * 60 + *seconds;
  return Zone::offset(negative ? -total : total);
}

std::optional<Time> read_time(Reader& in) {
  const auto hour = in.digits(2);
  if (!hour || !in.take(':')) return std::nullopt;
  const auto minute = in.digits(2);
  if (!minute || !in.take(':')) return std::nullopt;
  const auto second = in.digits(2);
  if (!second) return std::nullopt;
  std::optional<std::int64_t> nano = 0;
  if (in.take('.')) nano = in.fraction();
  const auto zone = read_zone(in);
  if (!nano || !zone) return std::nullopt;
  return Time::of(*hour, *minute, *second, *nano, *zone);
}

std::string padded(std::int64_t value, int width) {
  std::array<char, 32> buffer{};
  std::snprintf(buffer.data(), buffer.size(), "%0*lld", width, static_cast<long long>(value));
  return buffer.data();
}

/// ".5" for 500,000,000 ns; nothing for none.
std::string fraction_text(std::int64_t nanos) {
  if (nanos == 0) return "";
  auto digits = padded(nanos, 9);
  digits.erase(digits.find_last_not_of('0') + 1);
  return "." + digits;
}

}  // namespace

std::optional<Date> Date::of(std::int64_t year, std::int64_t month, std::int64_t day) {
  if (year < -year_max || year > year_max || month < 1 || month > 12) return std::nullopt;
  if (day < 1 || day > days_in_month(year, static_cast<int>(month))) return std::nullopt;
  // Years that begin in March put the leap day last (Howard Hinnant, "chrono-compatible low-level date algorithms").
  const auto shifted = month <= 2 ? year - 1 : year;
  const auto era = floor_divide(shifted, 400);
  const auto year_of_era = shifted - era * 400;
  const auto day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
  const auto day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
  return Date{era * days_per_era + day_of_era - 719'468};
}

Civil Date::civil() const {
  const auto shifted = days + 719'468;
  const auto era = floor_divide(shifted, days_per_era);
  const auto day_of_era = shifted - era * days_per_era;
  const auto year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36'524 - day_of_era / 146'096) / 365;
  const auto day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const auto month_from_march = (5 * day_of_year + 2) / 153;
  const auto day = static_cast<int>(day_of_year - (153 * month_from_march + 2) / 5 + 1);
  const auto month = static_cast<int>(month_from_march < 10 ? month_from_march + 3 : month_from_march - 9);
  return {year_of_era + era * 400 + (month <= 2 ? 1 : 0), month, day};
}

int Date::weekday() const {
  const auto since_monday = (days + 3) % 7;  // 1970-01-01 was a Thursday
  return static_cast<int>(since_monday < 0 ? since_monday + 7 : since_monday) + 1;
}

int Date::day_of_year() const { return static_cast<int>(days - Date::of(civil().year, 1, 1)->days) + 1; }

int Date::week_of_year() const {
  // A week belongs to the year that its Thursday lies in.
  const Date thursday{days - weekday() + 4};
  return (thursday.day_of_year() - 1) / 7 + 1;
}

std::optional<Date> Date::plus_months(std::int64_t months) const {
  const auto [year, month, day] = civil();
  std::int64_t total = 0;
  if (__builtin_add_overflow(year * 12 + month - 1, months, &total)) return std::nullopt;
  const auto to_year = floor_divide(total, 12);
  const auto to_month = static_cast<int>(total - to_year * 12) + 1;
  return Date::of(to_year, to_month, std::min(day, days_in_month(to_year, to_month)));
}

std::optional<Date> Date::parse(std::string_view text) {
  Reader in{text};
  const auto date = read_date(in);
  return in.rest.empty() ? date : std::nullopt;
}

std::string Date::text() const {
  const auto [year, month, day] = civil();
  return (year < 0 ? "-" : "") + padded(year < 0 ? -year : year, 4) + "-" + padded(month, 2) + "-" + padded(day, 2);
}

std::optional<Time> Time::of(std::int64_t hour, std::int64_t minute, std::int64_t second, std::int64_t nano,
                             Zone zone) {
  if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 59) return std::nullopt;
  if (nano < 0 || nano >= nanos_per_second) return std::nullopt;
  return Time{((hour * 60 + minute) * 60 + second) * nanos_per_second + nano, zone};
}

std::optional<Time> Time::parse(std::string_view text) {
  Reader in{text};
  return read_time(in);
}

Number Time::second() const {
  const auto nano = nanos % (60 * nanos_per_second);
  return nano % nanos_per_second == 0 ? Number(nano / nanos_per_second) : Number::scaled(nano, -9);
}

std::string Time::text() const {
  const auto second = nanos / nanos_per_second % 60;
  return padded(hour(), 2) + ":" + padded(minute(), 2) + ":" + padded(second, 2) +
         fraction_text(nanos % nanos_per_second) + zone.text();
}

std::optional<DateTime> DateTime::parse(std::string_view text) {
  Reader in{text};
  const auto date = read_date(in);
  if (!date) return std::nullopt;
  if (in.rest.empty()) return DateTime{*date, Time{}};
  if (!in.take('T')) return std::nullopt;
  const auto time = read_time(in);
  if (!time) return std::nullopt;
  return DateTime{*date, *time};
}

Wide DateTime::utc_nanos() const {
  const auto offset = time.zone.offset_seconds(date.days, time.nanos);
  return static_cast<Wide>(date.days) * nanos_per_day + time.nanos - static_cast<Wide>(offset) * nanos_per_second;
}

std::optional<DateTime> DateTime::at(Wide utc_nanos, Zone zone) {
  const auto split = [](Wide nanos) {
    const auto days = nanos / nanos_per_day - (nanos % nanos_per_day < 0 ? 1 : 0);
    return std::pair{days, static_cast<std::int64_t>(nanos - days * nanos_per_day)};
  };
  constexpr Wide days_bound = 366 * year_max;
  const auto [utc_days, utc_rest] = split(utc_nanos);
  if (utc_days < -days_bound || utc_days > days_bound) return std::nullopt;
  const auto offset = zone.offset_seconds_at_utc(static_cast<std::int64_t>(utc_days), utc_rest);
  const auto [days, nanos] = split(utc_nanos + static_cast<Wide>(offset) * nanos_per_second);
  const Date date{static_cast<std::int64_t>(days)};
  const auto year = date.civil().year;
  if (year < -year_max || year > year_max) return std::nullopt;
  return DateTime{date, Time{nanos, zone}};
}

std::string DateTime::text() const { return date.text() + "T" + time.text(); }

std::string Months::text() const {
  if (count == 0) return "P0M";
  const auto magnitude = count < 0 ? -static_cast<Wide>(count) : static_cast<Wide>(count);
  const auto years = static_cast<std::int64_t>(magnitude / 12);
  const auto months = static_cast<std::int64_t>(magnitude % 12);
  std::string text = count < 0 ? "-P" : "P";
  if (years != 0) text += std::to_string(years) + "Y";
  if (months != 0) text += std::to_string(months) + "M";
  return text;
}

std::string Duration::text() const {
  if (nanos == 0) return "PT0S";
  const auto magnitude = nanos < 0 ? -nanos : nanos;
  const auto days = static_cast<std::int64_t>(magnitude / nanos_per_day);
  const auto rest = static_cast<std::int64_t>(magnitude % nanos_per_day);
  const auto seconds = rest / nanos_per_second;
  std::string text = nanos < 0 ? "-P" : "P";
  if (days != 0) text += std::to_string(days) + "D";
  if (rest == 0) return text;
  text += "T";
  if (const auto hours = seconds / 3600; hours != 0) text += std::to_string(hours) + "H";
  if (const auto minutes = seconds / 60 % 60; minutes != 0) text += std::to_string(minutes) + "M";
  const auto nano = rest % nanos_per_second;
  if (seconds % 60 != 0 || nano != 0) text += std::to_string(seconds % 60) + fraction_text(nano) + "S";
  return text;
}

std::optional<Months> parse_months(std::string_view text) {
  Reader in{text};
  const bool negative = in.take('-');
  if (!in.take('P') || in.rest.empty()) return std::nullopt;
  std::int64_t total = 0;
  auto count = in.run();
  if (count && in.take('Y')) {
    if (__builtin_mul_overflow(*count, 12, &total)) return std::nullopt;
    if (in.rest.empty()) return Months{negative ? -total : total};
    count = in.run();
  }
  if (!count || !in.take('M') || !in.rest.empty() || __builtin_add_overflow(total, *count, &total)) return std::nullopt;
  return Months{negative ? -total : total};
}

std::optional<Duration> parse_duration(std::string_view text) {
  Reader in{text};
  const bool negative = in.take('-');
  if (!in.take('P') || in.rest.empty()) return std::nullopt;
  Wide total = 0;
  if (in.digit_count() != 0) {
    const auto days = in.run();
    if (!days || !in.take('D')) return std::nullopt;
    total = static_cast<Wide>(*days) * nanos_per_day;
  }
  if (in.take('T')) {
    if (in.rest.empty()) return std::nullopt;
    auto count = in.run();
    const auto part = [&](char unit, std::int64_t seconds) {
      if (!count || !in.take(unit)) return;
      total += static_cast<Wide>(*count) * seconds * nanos_per_second;
      count = in.run();
    };
    part('H', 3600);
    part('M', 60);
    if (count) {
      std::optional<std::int64_t> nano = 0;
      if (in.take('.') && in.digit_count() != 0) nano = in.fraction();
      if (!nano || !in.take('S')) return std::nullopt;
      total += static_cast<Wide>(*count) * nanos_per_second + *nano;
    }
  }
  if (!in.rest.empty()) return std::nullopt;
  return Duration{negative ? -total : total};
}

Months months_between(Date from, Date to) {
  const auto a = from.civil();
  const auto b = to.civil();
  auto months = (b.year - a.year) * 12 + b.month - a.month;
  // A month that is not yet full does not count, in either direction.
  if (months > 0 && b.day < a.day) --months;
  if (months < 0 && b.day > a.day) ++months;
  return Months{months};
}

}  // namespace zhijia::feel
