#pragma once

#include <atomic>
#include <exception>
#include <span>
#include <string>
#include <thread>
#include <vector>

#include "base/ring.hpp"
#include "store/statement.hpp"

namespace zhijia::store {

/// Where a row goes.
class RowTarget {
 public:
  virtual void write(std::span<const Parameter> row) = 0;

 protected:
  ~RowTarget() = default;
};

/// Rows of a transaction that a thread of its own writes, in their order, behind the one who makes them. What is asked
/// of the database, and whatever else is done to it, must wait: settle() first. A fault of a row is thrown by the next
/// call that may throw, and no row after it is written. One thread at a time; the other thread begins with the first
/// row.
class RowsBehind {
 public:
  RowsBehind() = default;
  RowsBehind(const RowsBehind&) = delete;
  RowsBehind& operator=(const RowsBehind&) = delete;
  ~RowsBehind();

  /// Takes a copy of the row, which `into` must outlive.
  void add(RowTarget& into, std::span<const Parameter> row);
  /// After it, all rows are written. Cost: none when there are none.
  void settle();
  /// Drops what is not written yet, and the fault.
  void discard() noexcept;

 private:
  /// Some rows, and the bytes of their values.
  struct Chunk {
    struct Row {
      RowTarget* into;
      std::size_t values;
    };
    std::vector<Row> rows;
    std::vector<Parameter> values;
    std::string bytes;
    void clear();
  };

  void run();
  void write(const Chunk& chunk);
  void hand_over();
  void wait();

  Ring<Chunk, 8> ring_;
  Chunk* filling_ = nullptr;
  bool has_rows_ = false;  ///< since the last settle()
  std::atomic<bool> is_dropping_ = false;
  std::exception_ptr fault_;  ///< the writing thread's until the ring is empty
  std::jthread thread_;
};

}  // namespace zhijia::store
