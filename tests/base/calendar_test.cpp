#include "base/calendar.hpp"

#include <gtest/gtest.h>

namespace zhijia {
namespace {

/// Spring Festival of 2020: off from 24 January to 2 February, Sunday 19 January worked.
Calendar spring_festival() {
  Calendar calendar;
  for (Date day = Date::of(2020, 1, 24); day <= Date::of(2020, 2, 2); day = day + std::chrono::days(1))
    calendar.add_holiday(day);
  calendar.add_working_day(Date::of(2020, 1, 19));
  return calendar;
}

struct Case {
  const char* name;
  const char* from;
  int count;
  const char* to;
};

TEST(Calendar, CountsWorkingDaysOverWeekendsAndHolidays) {
  for (const auto& [name, from, count, to] : {
           Case{"a Friday's next working day is Monday", "2020-03-06", 1, "2020-03-09"},
           {"none is the day itself", "2020-03-07", 0, "2020-03-07"},
           {"a worked Sunday counts", "2020-01-17", 1, "2020-01-19"},
           {"the festival does not", "2020-01-23", 1, "2020-02-03"},
           {"a week over it", "2020-01-20", 5, "2020-02-04"},
           {"backwards too", "2020-02-03", -1, "2020-01-23"},
           {"a leap day", "2020-02-28", 1, "2020-03-02"},
       })
    EXPECT_EQ(to_string(spring_festival().working_days_after(date_from_iso(from), count)), to) << name;
}

TEST(Calendar, ATermOfDaysEndsOnAWorkingDay) {
  for (const auto& [name, from, count, to] : {
           Case{"on its last day", "2020-03-02", 15, "2020-03-17"},
           {"after the weekend", "2020-03-01", 6, "2020-03-09"},
           {"after the festival", "2020-01-15", 15, "2020-02-03"},
           {"no term is the day itself", "2020-03-07", 0, "2020-03-07"},
           {"before a day, days are days", "2020-03-09", -2, "2020-03-07"},
       })
    EXPECT_EQ(to_string(spring_festival().days_after(date_from_iso(from), count)), to) << name;
}

TEST(Calendar, KnowsOnlyTheYearsThatWereAnnounced) {
  EXPECT_TRUE(spring_festival().knows(2020));
  EXPECT_FALSE(spring_festival().knows(2019));
  EXPECT_FALSE(spring_festival().knows(2021));
}

}  // namespace
}  // namespace zhijia
