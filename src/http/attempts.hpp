#pragma once

#include <chrono>
#include <map>
#include <mutex>
#include <string>

namespace zhijia::http {

/// Counts what an address tries within a time. Any thread may ask it.
class Attempts {
 public:
  Attempts(int most, std::chrono::minutes within) : most_(most), within_(within) {}

  /// Counts one more.
  bool may_try(const std::string& address) {
    const std::lock_guard lock(mutex_);
    const auto now = std::chrono::steady_clock::now();
    if (now - begun_ >= within_) {
      counts_.clear();
      begun_ = now;
    }
    return ++counts_[address] <= most_;
  }

 private:
  const int most_;
  const std::chrono::minutes within_;
  std::mutex mutex_;
  std::chrono::steady_clock::time_point begun_{};
  std::map<std::string, int> counts_;
};

}  // namespace zhijia::http
