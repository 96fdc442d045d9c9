#include "writer.hpp"

#include <iterator>

namespace zhijia::store {

namespace {

/// More waiting work than this means that the disk does not keep up; a refusal now is better than a reply too late.
constexpr std::size_t queue_length_max = 100'000;

/// Work in one transaction at most, so that the first of a group does not wait for ever for its last.
constexpr std::size_t group_length_max = 512;

Problems constraint_problems(const ConstraintViolation& violation) {
  const auto problem = [&](std::string code, std::string zh, std::string en) {
    return Problems{
        Problem{std::move(code), {}, Message{zh + "（" + violation.what() + "）", en + " (" + violation.what() + ")"}}};
  };
  switch (violation.kind) {
    case ConstraintViolation::Kind::unique:
      return problem("store.unique", "已有相同的记录，不能重复",
                     "there is such a record already; it must not be doubled");
    case ConstraintViolation::Kind::not_null:
      return problem("store.not_null", "缺少必填的值", "a value that must be given is missing");
    case ConstraintViolation::Kind::foreign_key:
      return problem("store.foreign_key", "所引用的记录不存在，或仍被引用",
                     "a record referred to does not exist or is still in use");
    case ConstraintViolation::Kind::check:
      return problem("store.check", "值不符合数据表的规定", "a value breaks a rule of its table");
  }
  throw std::logic_error("unknown constraint");
}

/// Rows of a rehearsal.
class Nowhere final : public Inserter {
  void add_row(std::span<const Parameter>) override {}
  void flush() override {}
};

}  // namespace

void WriterState::begin_work() {
  inserters.clear();
  log_inserter = node_inserter = nullptr;
  const Moment now = clock.now();
  if (now == at && !at_text.empty()) return;
  at = now;
  at_text = to_string(at);
}

Inserter& WriterState::inserter(Connection& connection, std::string_view table,
                                const std::vector<std::string>& columns) {
  std::string key(table);
  for (const std::string& column : columns) key += ' ' + column;
  auto& inserter = inserters[key];
  if (!inserter && is_rehearsal) inserter = std::make_unique<Nowhere>();
  if (!inserter) inserter = connection.inserter(table, columns);
  return *inserter;
}

Writer::Writer(std::unique_ptr<Connection> connection, const Clock& clock, HashAlgorithm algorithm)
    : connection_(std::move(connection)), state_(clock, algorithm), algorithm_(algorithm), thread_([this] { run(); }) {}

Writer::~Writer() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  arrived_.notify_one();
  thread_.join();
  state_.inserters.clear();
}

void Writer::submit(Store::Work work, Store::Done done) {
  {
    std::unique_lock lock(mutex_);
    if (queue_.size() >= queue_length_max) {
      lock.unlock();
      return done(fail("store.busy", "系统忙，请稍后再试", "too much is waiting to be written; try again shortly"),
                  nullptr);
    }
    queue_.push_back(Job{std::move(work), std::move(done), {}, nullptr});
  }
  arrived_.notify_one();
}

void Writer::run() {
  for (;;) {
    auto jobs = wait_for_jobs();
    if (jobs.empty()) return;
    write_group(std::move(jobs));
  }
}

std::deque<Writer::Job> Writer::wait_for_jobs() {
  std::unique_lock lock(mutex_);
  arrived_.wait(lock, [this] { return stopping_ || !queue_.empty(); });
  std::deque<Job> jobs;
  while (!queue_.empty() && jobs.size() < group_length_max) {
    jobs.push_back(std::move(queue_.front()));
    queue_.pop_front();
  }
  return jobs;
}

void Writer::write_group(std::deque<Job> jobs) {
  try {
    connection_->begin_write();
    catch_up();
    if (jobs.size() == 1) {
      // The transaction itself undoes a lone piece of work; a savepoint would keep a copy of every page that it
      // changes.
      connection_->execute(runs_well(jobs.front()) ? "COMMIT" : "ROLLBACK");
    } else {
      for (Job& job : jobs) run_in_savepoint(job);
      connection_->execute("COMMIT");
    }
  } catch (...) {
    // Nothing of the group is stored, so nobody may be told that it was.
    for (Job& job : jobs) job.fault = std::current_exception();
    state_.frontier = {};
    state_.inserters.clear();
    try {
      connection_->execute("ROLLBACK");
    } catch (const DatabaseError&) {  // there is no transaction when the fault was in its beginning
    }
  }
  for (Job& job : jobs) job.done(std::move(job.result), job.fault);
}

/// Another program may have written to the log since our last group.
void Writer::catch_up() {
  Reader reader(*connection_);
  const std::int64_t size = reader.position();
  if (size != state_.frontier.size) state_.frontier = LogTree(reader, algorithm_).frontier(size);
}

void Writer::run_in_savepoint(Job& job) {
  connection_->execute("SAVEPOINT work");
  if (!runs_well(job)) connection_->execute("ROLLBACK TO SAVEPOINT work");
  connection_->execute("RELEASE SAVEPOINT work");
}

/// Runs the work; false when what it wrote must be undone.
bool Writer::runs_well(Job& job) {
  const Frontier before = state_.frontier;
  state_.begin_work();
  try {
    Transaction transaction(*connection_, state_);
    job.result = job.work(transaction);
    if (job.result)
      for (auto& [table, inserter] : state_.inserters) inserter->flush();
  } catch (const ConstraintViolation& violation) {
    job.result = std::unexpected(constraint_problems(violation));
  } catch (...) {
    job.fault = std::current_exception();
  }
  state_.inserters.clear();
  if (job.result && !job.fault) return true;
  state_.frontier = before;
  return false;
}

}  // namespace zhijia::store
