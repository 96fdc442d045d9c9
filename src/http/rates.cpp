#include "rates.hpp"

#include <algorithm>
#include <chrono>
#include <map>
#include <mutex>

#include "answers.hpp"

namespace zhijia::http {

namespace {

constexpr int accounts_of_an_office = 4;

/// Counts by key and minute.
class Counts {
 public:
  int add(const std::string& key) {
    const std::lock_guard lock(mutex_);
    const auto minute = std::chrono::floor<std::chrono::minutes>(std::chrono::steady_clock::now());
    if (minute != minute_) {
      counts_.clear();
      minute_ = minute;
    }
    return ++counts_[key];
  }

 private:
  std::mutex mutex_;
  std::chrono::time_point<std::chrono::steady_clock, std::chrono::minutes> minute_;
  std::map<std::string, int> counts_;
};

bool is_costly(const Request& request) {
  const auto& path = request.path;
  const auto names = [&](std::string_view part) { return std::ranges::find(path, part) != path.end(); };
  if (path.size() > 2 && path[0] == "api")
    for (const std::string_view part : {"indicators", "review", "attachments", "reveal", "imports", "export.xlsx",
                                        "export.csv", "template.xlsx", "password", "tokens", "households", "lists"})
      if (names(part)) return true;
  // registers/{register}/steps/{step}: of up to 500 records
  return path.size() == 6 && path[4] == "steps" && request.method == "POST";
}

}  // namespace

Gate with_rates(Gate gate, int costly_a_minute) {
  return [gate = std::move(gate), counts = std::make_shared<Counts>(),
          costly_a_minute](Request& request) -> std::optional<Response> {
    if (auto stopped = gate(request)) return stopped;
    if (!is_costly(request)) return std::nullopt;
    const bool is_beyond_address = counts->add("from " + request.from) > costly_a_minute * accounts_of_an_office;
    const bool is_beyond_account =
        request.session && counts->add("user " + std::to_string(request.session->user.id)) > costly_a_minute;
    if (!is_beyond_address && !is_beyond_account) return std::nullopt;
    Response response = refusal(
        429,
        {{"http.too_many", {}, {"操作过于频繁，请一分钟后再试。", "Too many requests of this kind; wait a minute."}}});
    response.headers.emplace_back("Retry-After", "60");
    return response;
  };
}

}  // namespace zhijia::http
