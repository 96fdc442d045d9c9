#include <unicode/timezone.h>

#include <map>
#include <memory>
#include <mutex>
#include <shared_mutex>
#include <vector>

#include "feel/temporal.hpp"

namespace zhijia::feel {
namespace {

/// Zones that were named so far, each opened once. A zone's number is its place here.
class ZoneTable {
 public:
  std::optional<std::int32_t> number(std::string_view id) {
    {
      const std::shared_lock lock(mutex_);
      if (const auto found = numbers_.find(id); found != numbers_.end()) return found->second;
    }
    // ICU also takes custom ids such as "GMT+3" and unknown names; only names of the database count here.
    const auto name = icu::UnicodeString::fromUTF8(icu::StringPiece(id.data(), static_cast<std::int32_t>(id.size())));
    std::unique_ptr<icu::TimeZone> zone(icu::TimeZone::createTimeZone(name));
    icu::UnicodeString canonical;
    UErrorCode status = U_ZERO_ERROR;
    UBool is_system = 0;
    icu::TimeZone::getCanonicalID(name, canonical, is_system, status);
    if (U_FAILURE(status) || is_system == 0) return std::nullopt;
    const std::unique_lock lock(mutex_);
    const auto [at, added] = numbers_.try_emplace(std::string(id), static_cast<std::int32_t>(zones_.size()));
    if (added) zones_.push_back({std::string(id), std::move(zone)});
    return at->second;
  }

  std::string id(std::int32_t number) {
    const std::shared_lock lock(mutex_);
    return zones_[static_cast<std::size_t>(number)].id;
  }

  std::int64_t offset(std::int32_t number, double millis, bool is_local_time) {
    const std::shared_lock lock(mutex_);
    std::int32_t raw = 0;
    std::int32_t summer = 0;
    UErrorCode status = U_ZERO_ERROR;
    zones_[static_cast<std::size_t>(number)].zone->getOffset(millis, is_local_time, raw, summer, status);
    return U_FAILURE(status) ? 0 : (raw + summer) / 1000;
  }

 private:
  struct Opened {
    std::string id;
    std::unique_ptr<icu::TimeZone> zone;
  };
  std::shared_mutex mutex_;
  std::map<std::string, std::int32_t, std::less<>> numbers_;
  std::vector<Opened> zones_;
};

ZoneTable& zone_table() {
  static ZoneTable table;
  return table;
}

/// ICU counts milliseconds in a double. Days beyond it have the offset of the same day 400-year cycles away.
double icu_millis(std::int64_t days, std::int64_t nanos) {
  constexpr std::int64_t cycle = 146'097;
  constexpr std::int64_t days_max = 500 * 366;
  if (days > days_max || days < -days_max) days = days_max + (days - days_max) % cycle - (days < 0 ? 0 : cycle);
  return static_cast<double>(days) * 86'400'000.0 + static_cast<double>(nanos / 1'000'000);
}

}  // namespace

std::optional<Zone> Zone::offset(std::int64_t seconds) {
  constexpr std::int64_t offset_max = 18 * 3600;
  if (seconds < -offset_max || seconds > offset_max) return std::nullopt;
  return from_code(static_cast<std::int32_t>(seconds));
}

std::optional<Zone> Zone::named(std::string_view id) {
  constexpr std::size_t id_bytes_max = 64;
  if (id.empty() || id.size() > id_bytes_max) return std::nullopt;
  const auto number = zone_table().number(id);
  if (!number) return std::nullopt;
  return from_code(named_first + *number);
}

std::string Zone::id() const { return zone_table().id(code_ - named_first); }

std::string Zone::text() const {
  if (is_local()) return "";
  if (is_named()) return "@" + id();
  if (code_ == 0) return "Z";
  const auto seconds = code_ < 0 ? -code_ : code_;
  const auto two = [](int n) { return (n < 10 ? "0" : "") + std::to_string(n); };
  auto text = (code_ < 0 ? "-" : "+") + two(seconds / 3600) + ":" + two(seconds / 60 % 60);
  if (seconds % 60 != 0) text += ":" + two(seconds % 60);
  return text;
}

std::int64_t Zone::offset_seconds(std::int64_t local_days, std::int64_t nanos) const {
  if (is_local()) return 0;
  return is_named() ? zone_table().offset(code_ - named_first, icu_millis(local_days, nanos), true) : code_;
}

std::int64_t Zone::offset_seconds_at_utc(std::int64_t utc_days, std::int64_t nanos) const {
  if (is_local()) return 0;
  return is_named() ? zone_table().offset(code_ - named_first, icu_millis(utc_days, nanos), false) : code_;
}

}  // namespace zhijia::feel
