#include "read_ahead.hpp"

#include <exception>
#include <thread>

#include "base/ring.hpp"

namespace zhijia::exchange {

namespace {

/// Rows on their way from the thread that reads to the one that takes.
struct Batch {
  std::string sheet;
  std::vector<Row> rows;  ///< kept when the batch is used again, for the memory of its texts
  std::size_t used = 0;
};

constexpr std::size_t batch_rows = 256;
using Batches = Ring<Batch, 8>;

/// What read_sheet gives its rows to.
class Filler {
 public:
  explicit Filler(Batches& ring) : ring_(ring) {}

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
  Batches& ring_;
  Batch* batch_ = nullptr;
};

}  // namespace

Result<SheetFacts> read_ahead(const std::filesystem::path& file, const RowSink& sink, const SheetLimits& limits) {
  Batches ring;
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
    Batches& ring;
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
