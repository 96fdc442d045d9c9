#include "base/date.hpp"

#include <fmt/format.h>

#include <array>
#include <optional>
#include <stdexcept>

#include "base/text.hpp"

namespace zhijia {

namespace {

using namespace std::chrono;

constexpr hours china_offset{8};

std::optional<Date> checked(int y, unsigned m, unsigned d) {
  const year_month_day ymd{year{y}, month{m}, day{d}};
  if (y < 1900 || y > 2199 || !ymd.ok()) return std::nullopt;
  return Date{sys_days{ymd}};
}

/// Up to three runs of digits, whatever stands between them; nullopt where there are more or a run is too long.
std::optional<std::array<int, 3>> three_numbers(std::string_view text) {
  std::array<int, 3> numbers{};
  std::size_t runs = 0, length = 0;
  for (char c : text) {
    if (c >= '0' && c <= '9') {
      if (length == 0 && ++runs > 3) return std::nullopt;
      if (++length > 4) return std::nullopt;
      numbers[runs - 1] = numbers[runs - 1] * 10 + (c - '0');
    } else {
      length = 0;
    }
  }
  if (runs != 3) return std::nullopt;
  return numbers;
}

bool all_digits(std::string_view text) { return text.find_first_not_of("0123456789") == std::string_view::npos; }

int number(std::string_view digits) {
  int value = 0;
  for (char c : digits) value = value * 10 + (c - '0');
  return value;
}

/// The separators that people put between the parts; "2020-01-31 00:00:00" loses its empty time first.
bool separators_are_usual(std::string_view text) {
  std::string rest;
  for (char c : text)
    if (c < '0' || c > '9') rest += c;
  for (std::string_view usual : {"--", "//", "..", "年月日", "年月", "年月号"})
    if (rest == usual) return true;
  return false;
}

}  // namespace

Date Date::of(int y, unsigned m, unsigned d) {
  const year_month_day ymd{std::chrono::year{y}, std::chrono::month{m}, std::chrono::day{d}};
  if (!ymd.ok()) throw std::invalid_argument(fmt::format("no such day: {}-{}-{}", y, m, d));
  return Date{sys_days{ymd}};
}
int Date::year() const { return static_cast<int>(year_month_day{day}.year()); }
unsigned Date::month() const { return static_cast<unsigned>(year_month_day{day}.month()); }
unsigned Date::day_of_month() const { return static_cast<unsigned>(year_month_day{day}.day()); }

Date operator+(Date date, days count) { return Date{date.day + count}; }

Date add_months(Date date, int count) {
  year_month_day ymd{date.day};
  ymd += months{count};
  if (!ymd.ok()) ymd = ymd.year() / ymd.month() / last;
  return Date{sys_days{ymd}};
}

Result<Date> parse_date(std::string_view original) {
  std::string text = tidy(original);
  if (const std::size_t time = text.find(" 00:00:00"); time != std::string::npos) text.resize(time);
  std::optional<Date> date;
  if (text.size() == 8 && all_digits(text)) {
    const std::string_view digits = text;
    date = checked(number(digits.substr(0, 4)), static_cast<unsigned>(number(digits.substr(4, 2))),
                   static_cast<unsigned>(number(digits.substr(6, 2))));
  } else if (const auto parts = three_numbers(text); parts && separators_are_usual(text)) {
    date = checked((*parts)[0], static_cast<unsigned>((*parts)[1]), static_cast<unsigned>((*parts)[2]));
  }
  if (date) return *date;
  return fail("date.format", fmt::format("“{}”不是日期;请写成 2020-01-31", original),
              fmt::format("“{}” is not a date; write it as 2020-01-31", original));
}

Date date_from_iso(std::string_view iso) {
  if (iso.size() == 10 && iso[4] == '-' && iso[7] == '-' && all_digits(iso.substr(0, 4)) &&
      all_digits(iso.substr(5, 2)) && all_digits(iso.substr(8, 2)))
    return Date::of(number(iso.substr(0, 4)), static_cast<unsigned>(number(iso.substr(5, 2))),
                    static_cast<unsigned>(number(iso.substr(8, 2))));
  throw std::invalid_argument(fmt::format("not an ISO date: {}", iso));
}

std::string to_string(Date date) {
  const year_month_day parts(date.day);
  const int year = static_cast<int>(parts.year());
  const unsigned month = static_cast<unsigned>(parts.month()), day = static_cast<unsigned>(parts.day());
  if (year < 0 || year > 9999) return fmt::format("{:04}-{:02}-{:02}", year, month, day);
  // A format string costs more than a row of an import may.
  std::string text = "0000-00-00";
  for (auto [place, rest] : {std::pair<std::size_t, unsigned>{3, year}, {6, month}, {9, day}})
    for (; rest > 0; rest /= 10) text[place--] = static_cast<char>('0' + rest % 10);
  return text;
}

std::string to_string(Moment moment) {
  const auto midnight = floor<days>(moment);
  const hh_mm_ss time{moment - midnight};
  return fmt::format("{}T{:02}:{:02}:{:02}.{:03}Z", to_string(Date{midnight}), time.hours().count(),
                     time.minutes().count(), time.seconds().count(), time.subseconds().count());
}

Date Clock::today() const { return Date{floor<days>(now() + china_offset)}; }

FixedClock::FixedClock(Date day) : moment_(day.day + hours{12} - china_offset) {}

namespace {
class SystemClock final : public Clock {
 public:
  Moment now() const override { return floor<milliseconds>(std::chrono::system_clock::now()); }
};
}  // namespace

const Clock& system_clock() {
  static const SystemClock clock;
  return clock;
}

}  // namespace zhijia
