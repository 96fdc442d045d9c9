#pragma once

#include <set>

#include "base/date.hpp"

namespace zhijia {

/// Which days are worked: Monday to Friday, but for public holidays and for the weekend days that make up for them, as
/// the State Council announces both for each year.
class Calendar {
 public:
  void add_holiday(Date day) { holidays_.insert(day); }
  void add_working_day(Date day) { working_days_.insert(day); }

  /// Whether anything was announced for the year; else only its weekends are known.
  bool knows(int year) const;
  bool is_working_day(Date day) const;

  /// The first working day that is not before the day.
  Date on_or_after(Date day) const;

  /// The `count`th working day after the day, which itself does not count; before it when negative, the day itself for
  /// 0. Cost: a look a day.
  Date working_days_after(Date day, int count) const;

  /// The last day of a term of so many days after the day, which itself does not count; when that is no working day,
  /// the next one is (Civil Code, articles 201 and 203). Not so for 0 or fewer days: those are the calendar's.
  Date days_after(Date day, int count) const;

 private:
  std::set<Date> holidays_, working_days_;
};

}  // namespace zhijia
