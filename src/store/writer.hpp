#pragma once

#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>
#include <thread>

#include "connection.hpp"
#include "log_tree.hpp"

namespace zhijia::store {

/// What the writer knows beyond the database: the head of the log, and what the present piece of work has open.
struct WriterState {
  WriterState(const Clock& the_clock, HashAlgorithm algorithm) : clock(the_clock), hasher(algorithm) {}

  void begin_work();
  Inserter& inserter(Connection& connection, std::string_view table, const std::vector<std::string>& columns);

  const Clock& clock;
  Hasher hasher;
  Frontier frontier;
  Moment at{};
  std::string at_text;
  std::map<std::string, std::unique_ptr<Inserter>, std::less<>> inserters;
  Inserter* log_inserter = nullptr;
  Inserter* node_inserter = nullptr;
  bool is_rehearsal = false;  ///< whether rows and log entries are dropped
};

/// The one thread that writes. All work that waits when it is free shares one transaction and one flush to the disk;
/// each piece stands in a savepoint of its own, so that a failed one is undone alone.
class Writer {
 public:
  Writer(std::unique_ptr<Connection> connection, const Clock& clock, HashAlgorithm algorithm);
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;
  ~Writer();  ///< finishes what is queued

  void submit(Store::Work work, Store::Done done);
  bool is_this_thread() const { return std::this_thread::get_id() == thread_.get_id(); }

 private:
  struct Job {
    Store::Work work;
    Store::Done done;
    Result<void> result;
    std::exception_ptr fault;
  };

  void run();
  std::deque<Job> wait_for_jobs();
  void write_group(std::deque<Job> jobs);
  void run_in_savepoint(Job& job);
  bool runs_well(Job& job);
  void catch_up();

  std::unique_ptr<Connection> connection_;
  WriterState state_;
  HashAlgorithm algorithm_;
  std::mutex mutex_;
  std::condition_variable arrived_;
  std::deque<Job> queue_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace zhijia::store
