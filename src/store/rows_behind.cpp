#include "rows_behind.hpp"

#include <utility>

namespace zhijia::store {

namespace {

/// So much goes over at once that handing it over costs nothing, and so little that both sides find it in their caches.
constexpr std::size_t chunk_bytes = 64 * 1024;
constexpr std::size_t chunk_rows = 512;

}  // namespace

void RowsBehind::Chunk::clear() {
  rows.clear();
  values.clear();
  bytes.clear();
}

RowsBehind::~RowsBehind() {
  discard();
  ring_.end();
}

void RowsBehind::add(RowTarget& into, std::span<const Parameter> row) {
  if (!thread_.joinable()) thread_ = std::jthread([this] { run(); });
  if (is_dropping_) settle();  // throws the fault
  std::size_t size = 0;
  for (const Parameter& value : row) size += value.bytes.size();
  if (size > chunk_bytes) {
    settle();
    return into.write(row);
  }
  if (filling_ && (filling_->bytes.size() + size > chunk_bytes || filling_->rows.size() == chunk_rows)) hand_over();
  if (!filling_) {
    filling_ = ring_.to_fill();
    filling_->bytes.reserve(chunk_bytes);  // views into it stay good
  }
  has_rows_ = true;
  for (Parameter value : row) {
    if (value.bytes.data()) {
      const std::size_t begin = filling_->bytes.size();
      filling_->bytes.append(value.bytes);
      value.bytes = std::string_view(filling_->bytes).substr(begin);
    }
    filling_->values.push_back(value);
  }
  filling_->rows.push_back({&into, row.size()});
}

void RowsBehind::settle() {
  if (!has_rows_) return;
  wait();
  is_dropping_ = false;
  if (fault_) std::rethrow_exception(std::exchange(fault_, nullptr));
}

void RowsBehind::discard() noexcept {
  if (!has_rows_) return;
  is_dropping_ = true;
  wait();
  is_dropping_ = false;
  fault_ = nullptr;
}

void RowsBehind::wait() {
  hand_over();
  ring_.wait_until_empty();
  has_rows_ = false;
}

void RowsBehind::hand_over() {
  if (std::exchange(filling_, nullptr)) ring_.was_filled();
}

void RowsBehind::run() {
  while (Chunk* chunk = ring_.to_empty()) {
    try {
      write(*chunk);
    } catch (...) {
      fault_ = std::current_exception();
      is_dropping_ = true;
    }
    chunk->clear();
    ring_.was_emptied();
  }
}

void RowsBehind::write(const Chunk& chunk) {
  std::span<const Parameter> values = chunk.values;
  for (const Chunk::Row& row : chunk.rows) {
    if (is_dropping_) return;
    row.into->write(values.first(row.values));
    values = values.subspan(row.values);
  }
}

}  // namespace zhijia::store
