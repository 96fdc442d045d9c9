#include "base/calendar.hpp"

#include <algorithm>
#include <cstdlib>

namespace zhijia {

bool Calendar::knows(int year) const {
  const auto first = holidays_.lower_bound(Date::of(year, 1, 1));
  return first != holidays_.end() && first->year() == year;
}

bool Calendar::is_working_day(Date day) const {
  if (holidays_.contains(day)) return false;
  const unsigned weekday = std::chrono::weekday(day.day).iso_encoding();
  return weekday <= 5 || working_days_.contains(day);
}

Date Calendar::working_days_after(Date day, int count) const {
  const std::chrono::days one(count < 0 ? -1 : 1);
  for (int left = std::abs(count); left > 0;) {
    day = day + one;
    if (is_working_day(day)) --left;
  }
  return day;
}

Date Calendar::days_after(Date day, int count) const {
  const Date last = day + std::chrono::days(count);
  return count > 0 ? on_or_after(last) : last;
}

Date Calendar::on_or_after(Date day) const {
  while (!is_working_day(day)) day = day + std::chrono::days(1);
  return day;
}

}  // namespace zhijia
