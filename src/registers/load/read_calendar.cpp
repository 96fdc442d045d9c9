#include <fmt/format.h>

#include "load/readers.hpp"

namespace zhijia::registers {

namespace {

/// A longer holiday is a slip of the pen.
constexpr std::int64_t holiday_days_max = 31;

/// "2020-01-01", or "2020-01-24..2020-01-30" with both ends.
template <typename Take>
void read_days(YamlReader& reader, const YAML::Node& node, const char* key, int year, Take take) {
  for (const std::string& text : reader.texts(node, key)) {
    const auto dots = text.find("..");
    const auto first = parse_date(text.substr(0, dots));
    const auto last = dots == std::string::npos ? first : parse_date(text.substr(dots + 2));
    if (!first || !last || *last < *first || days_between(*first, *last) > holiday_days_max || first->year() != year) {
      reader.refuse(node[key], "pack.calendar",
                    fmt::format("“{}”不是{}年的日期或起止日期（2020-01-24..2020-01-30）", text, year),
                    fmt::format("“{}” is no day or span of days of {} (2020-01-24..2020-01-30)", text, year));
      continue;
    }
    for (Date day = *first; day <= *last; day = day + std::chrono::days(1)) take(day);
  }
}

}  // namespace

void read_calendar(YamlReader& reader, const YAML::Node& root, Calendar& calendar) {
  reader.only_keys(root, {"calendar"});
  for (const auto& entry : root["calendar"]) {
    const auto year = entry.first.as<int>(0);
    reader.only_keys(entry.second, {"source", "holidays", "working_days"});
    if (!entry.second.IsMap()) continue;
    reader.required_title(entry.second, "source");
    read_days(reader, entry.second, "holidays", year, [&](Date day) { calendar.add_holiday(day); });
    read_days(reader, entry.second, "working_days", year, [&](Date day) { calendar.add_working_day(day); });
  }
}

}  // namespace zhijia::registers
