#pragma once

#include <array>
#include <condition_variable>
#include <cstddef>
#include <mutex>

namespace zhijia {

/// A ring of slots between two threads: one fills, the other empties, each in its turn, and each waits for the other
/// when it must. A slot is used again, so what it holds of memory stays.
template <typename Slot, std::size_t size>
class Ring {
 public:
  /// The slot to fill; null when nobody empties any more.
  Slot* to_fill() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return is_cancelled_ || filled_ - emptied_ < size; });
    return is_cancelled_ ? nullptr : &slots_[filled_ % size];
  }
  void was_filled() {
    change([&] { ++filled_; });
  }
  /// Nothing more will be filled.
  void end() {
    change([&] { is_ended_ = true; });
  }
  /// Waits until the other side has emptied all that was filled.
  void wait_until_empty() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return is_cancelled_ || filled_ == emptied_; });
  }

  /// The slot to empty; null when all were, and nothing more will come.
  Slot* to_empty() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return is_ended_ || filled_ > emptied_; });
    return filled_ > emptied_ ? &slots_[emptied_ % size] : nullptr;
  }
  void was_emptied() {
    change([&] { ++emptied_; });
  }
  /// Nothing more will be emptied.
  void cancel() {
    change([&] { is_cancelled_ = true; });
  }

 private:
  template <typename Change>
  void change(Change&& apply) {
    {
      const std::lock_guard lock(mutex_);
      apply();
    }
    changed_.notify_all();
  }

  std::array<Slot, size> slots_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::size_t filled_ = 0, emptied_ = 0;
  bool is_ended_ = false, is_cancelled_ = false;
};

}  // namespace zhijia
