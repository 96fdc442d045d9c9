#include "read_ahead.hpp"

#include <array>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <thread>

namespace zhijia::exchange {

namespace {

/// Rows on their way from the thread that reads to the one that takes.
struct Batch {
  std::string sheet;
  std::vector<Row> rows;  ///< kept when the batch is used again, for the memory of its texts
  std::size_t used = 0;
};

/// A ring of batches: one side fills, the other empties, each waits for the other when it must.
class Ring {
 public:
  /// The batch to fill; null when nobody takes any more.
  Batch* to_fill() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return is_cancelled_ || filled_ - emptied_ < batches_.size(); });
    return is_cancelled_ ? nullptr : &batches_[filled_ % batches_.size()];
  }
  void was_filled() {
    change([&] { ++filled_; });
  }
  void end() {
    change([&] { is_ended_ = true; });
  }

  /// The batch to empty; null when all were.
  Batch* to_empty() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return is_ended_ || filled_ > emptied_; });
    return filled_ > emptied_ ? &batches_[emptied_ % batches_.size()] : nullptr;
  }
  void was_emptied() {
    change([&] { ++emptied_; });
  }
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

  std::array<Batch, 8> batches_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::size_t filled_ = 0, emptied_ = 0;
  bool is_ended_ = false, is_cancelled_ = false;
};

constexpr std::size_t batch_rows = 256;

/// What read_sheet gives its rows to.
class Filler {
 public:
  explicit Filler(Ring& ring) : ring_(ring) {}

  bool take(const std::string& sheet, const Row& row) {
    if (!batch_ && !(batch_ = ring_.to_fill())) return false;
    if (batch_->used == 0) batch_->sheet = sheet;
    if (batch_->used == batch_->rows.size()) batch_->rows.emplace_back();
    batch_->rows[batch_->used++] = row;
    if (batch_->used == batch_rows) hand_over();
    return true;
  }
  void hand_over() {
    if (batch_) ring_.was_filled();
    batch_ = nullptr;
  }

 private:
  Ring& ring_;
  Batch* batch_ = nullptr;
};

}  // namespace

Result<SheetFacts> read_ahead(const std::filesystem::path& file, const RowSink& sink, const SheetLimits& limits) {
  Ring ring;
  Result<SheetFacts> read;
  std::exception_ptr fault;
  std::jthread reader([&] {
    try {
      Filler filler(ring);
      read =
          read_sheet(file, [&](const std::string& sheet, const Row& row) { return filler.take(sheet, row); }, limits);
      filler.hand_over();
    } catch (...) {
      fault = std::current_exception();
    }
    ring.end();
  });
  // Whatever the sink throws, the reader must not wait for ever.
  struct Cancel {
    Ring& ring;
    ~Cancel() { ring.cancel(); }
  };
  {
    const Cancel cancel{ring};
    bool goes_on = true;
    while (Batch* batch = goes_on ? ring.to_empty() : nullptr) {
      for (std::size_t i = 0; goes_on && i < batch->used; ++i) goes_on = sink(batch->sheet, batch->rows[i]);
      batch->used = 0;
      ring.was_emptied();
    }
  }
  reader.join();
  if (fault) std::rethrow_exception(fault);
  return read;
}

}  // namespace zhijia::exchange
