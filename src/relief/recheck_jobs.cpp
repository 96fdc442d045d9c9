#include "relief/recheck_jobs.hpp"

#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "base/own_log.hpp"
#include "base/problem_json.hpp"
#include "relief/recheck.hpp"

namespace zhijia::relief {

namespace {

using State = RecheckJob::State;
constexpr std::array<std::string_view, 4> state_names{"running", "done", "cancelled", "failed"};

constexpr const char* columns =
    "id, actor, source, decided_on, year, state, files, files_done, last_file, files_same, files_changed, files_out, "
    "files_unstated, problems, "
    "made_at, ended_at";

Moment moment_of(std::int64_t since) { return Moment(std::chrono::milliseconds(since)); }

RecheckJob read_job(const store::Rows& rows) {
  return {.id = rows.integer(0),
          .actor = std::string(rows.text(1)),
          .source = std::string(rows.text(2)),
          .on = parse_date(rows.text(3)).value(),
          .year = static_cast<int>(rows.integer(4)),
          .state = static_cast<State>(std::ranges::find(state_names, rows.text(5)) - state_names.begin()),
          .files = rows.integer(6),
          .files_done = rows.integer(7),
          .last_file = rows.integer(8),
          .same = rows.integer(9),
          .changed = rows.integer(10),
          .out = rows.integer(11),
          .unstated = rows.integer(12),
          .problems = problems_from(boost::json::parse(rows.text(13))),
          .made_at = moment_of(rows.integer(14)),
          .ended_at = moment_of(rows.integer(15))};
}

std::optional<RecheckJob> load(store::Reader& reader, Id id) {
  auto rows = reader.query(std::string("SELECT ") + columns + " FROM recheck_job WHERE id = ?", id);
  if (!rows.next()) return std::nullopt;
  return read_job(rows);
}

std::optional<Id> running_one(store::Reader& reader) {
  auto rows = reader.query("SELECT id FROM recheck_job WHERE state = 'running' ORDER BY id");
  if (!rows.next()) return std::nullopt;
  return rows.integer(0);
}

void update(store::Transaction& transaction, const RecheckJob& job) {
  transaction.execute(
      "UPDATE recheck_job SET state = ?, files = ?, files_done = ?, last_file = ?, files_same = ?, files_changed = ?, "
      "files_out = ?, files_unstated = ?, problems = ?, ended_at = ? WHERE id = ?",
      std::string(name_of(job.state)), job.files, job.files_done, job.last_file, job.same, job.changed, job.out,
      job.unstated, boost::json::serialize(problems_json(job.problems)),
      static_cast<std::int64_t>(job.ended_at.time_since_epoch().count()), job.id);
}

void add(RecheckJob& job, const Recheck& slice) {
  using enum Finding::Change;
  job.files_done += static_cast<std::int64_t>(slice.findings.size());
  job.last_file = slice.findings.back().file;
  job.same += static_cast<std::int64_t>(slice.count(same));
  job.changed += static_cast<std::int64_t>(slice.count(changed));
  job.out += static_cast<std::int64_t>(slice.count(out));
  job.unstated += static_cast<std::int64_t>(slice.count(unstated));
}

}  // namespace

std::string_view name_of(State state) { return state_names[static_cast<std::size_t>(state)]; }

struct RecheckJobs::Parts {
  store::Store& store;
  const registers::Registers& registers;
  const Clock& clock;

  mutable std::mutex mutex;
  mutable std::condition_variable changed;
  bool is_stopping = false, is_working = false, is_wanted = true;
  std::jthread worker;

  bool is_ending() const {
    const std::lock_guard lock(mutex);
    return is_stopping;
  }

  void wake() {
    {
      const std::lock_guard lock(mutex);
      is_wanted = true;
    }
    changed.notify_all();
  }

  void work() {
    for (;;) {
      std::unique_lock lock(mutex);
      is_working = false;
      changed.notify_all();
      changed.wait(lock, [&] { return is_stopping || is_wanted; });
      if (is_stopping) return;
      is_wanted = false;
      is_working = true;
      lock.unlock();
      while (!is_ending()) {
        const auto id = store.read([](store::Reader& reader) { return running_one(reader); });
        if (!id) break;
        try {
          run(*id);
        } catch (const std::exception& fault) {
          log_line(Severity::error, std::string("recheck: ") + fault.what());
          end(*id, State::failed,
              {{"recheck.fault",
                {},
                {"程序故障，请查看日志后重新复核。", "A fault of the program: see its log, and begin anew."}}});
        }
      }
    }
  }

  void end(Id id, State state, Problems problems) const {
    static_cast<void>(store.write([&](store::Transaction& transaction) -> Result<void> {
      auto job = load(transaction, id);
      if (!job || job->state != State::running) return {};
      job->state = state;
      job->problems = std::move(problems);
      job->ended_at = transaction.at();
      update(transaction, *job);
      return {};
    }));
  }

  /// Looks at all files, unless that was done before the program ended, and then decides them.
  void run(Id id) const {
    const auto job = store.read([&](store::Reader& reader) { return load(reader, id); });
    if (job->last_file == 0 && !look_at_all(*job)) return;
    while (!is_ending()) {
      const auto is_more = take_slice(id);
      if (!is_more) return end(id, State::failed, is_more.error());
      if (!*is_more) return;
    }
  }

  /// Slice by slice, so that a million files need no more memory than a few thousand; how many there are shows as they
  /// are counted. False when the job is over, or the program ends.
  bool look_at_all(const RecheckJob& job) const {
    Problems problems;
    std::int64_t files = 0;
    for (Id after = 0; !is_ending();) {
      auto looked = store.read([&](store::Reader& reader) {
        return look_over(reader, registers, job.on, job.year, {.after = after, .files_max = recheck_slice_files});
      });
      if (!looked) {
        if (!problems.empty()) end(job.id, State::failed, std::move(problems));
        return problems.empty();
      }
      after = looked->last;
      files += static_cast<std::int64_t>(looked->files);
      for (Problem& problem : looked->problems) {
        const auto is_told = [&](const Problem& each) {
          return each.code == problem.code && each.message.zh == problem.message.zh;
        };
        if (problems.size() < recheck_problems_max && std::ranges::none_of(problems, is_told))
          problems.push_back(std::move(problem));
      }
      const bool goes_on =
          store
              .write([&](store::Transaction& transaction) -> Result<bool> {
                return transaction.execute("UPDATE recheck_job SET files = ? WHERE id = ? AND state = 'running'", files,
                                           job.id) == 1;
              })
              .value();
      if (!goes_on) return false;
    }
    return false;
  }

  /// False once the job is over.
  Result<bool> take_slice(Id id) const {
    return store.write([&](store::Transaction& transaction) -> Result<bool> {
      auto job = load(transaction, id);
      if (job->state != State::running) return false;
      const auto slice = apply_recheck(transaction, registers, job->on, job->year,
                                       {.id = job->actor, .source = job->source, .roles = {}},
                                       {.after = job->last_file, .files_max = recheck_slice_files});
      if (!slice) return std::unexpected(slice.error());
      if (slice->findings.empty()) {
        job->state = State::done;
        job->ended_at = transaction.at();
      } else {
        add(*job, *slice);
      }
      update(transaction, *job);
      return job->state == State::running;
    });
  }
};

std::vector<store::TableSchema> RecheckJobs::schemas() {
  using store::Type;
  return {{.name = "recheck_job",
           .columns = {{"id", Type::integer, true},
                       {"actor", Type::text, true},
                       {"source", Type::text, true},
                       {"decided_on", Type::text, true},
                       {"year", Type::integer, true},
                       {"state", Type::text, true},
                       {"files", Type::integer, true},
                       {"files_done", Type::integer, true},
                       {"last_file", Type::integer, true},
                       {"files_same", Type::integer, true},
                       {"files_changed", Type::integer, true},
                       {"files_out", Type::integer, true},
                       {"files_unstated", Type::integer, true},
                       {"problems", Type::text, true},
                       {"made_at", Type::integer, true},
                       {"ended_at", Type::integer, true}}}};
}

RecheckJobs::RecheckJobs(store::Store& store, const registers::Registers& registers, const Clock& clock)
    : parts_(new Parts{store, registers, clock, {}, {}, false, false, true, {}}) {
  parts_->worker = std::jthread([parts = parts_.get()] { parts->work(); });
}

RecheckJobs::~RecheckJobs() {
  {
    const std::lock_guard lock(parts_->mutex);
    parts_->is_stopping = true;
  }
  parts_->changed.notify_all();
  parts_->worker.join();
}

Result<RecheckJob> RecheckJobs::begin(Date on, int year, const registers::Actor& actor) {
  RecheckJob job{
      .id = parts_->registers.ids().next(), .actor = actor.id, .source = actor.source, .on = on, .year = year};
  const auto begun = parts_->store.write([&](store::Transaction& transaction) -> Result<void> {
    if (running_one(transaction))
      return fail("recheck.running", "另一次年度复核还没有完成，请等它完成或先取消。",
                  "Another re-check is not done yet: wait for it, or cancel it first.");
    job.made_at = transaction.at();
    transaction.execute(std::string("INSERT INTO recheck_job (") + columns +
                            ") VALUES (?, ?, ?, ?, ?, 'running', 0, 0, 0, 0, 0, 0, 0, '[]', ?, 0)",
                        job.id, job.actor, job.source, to_string(on), static_cast<std::int64_t>(year),
                        static_cast<std::int64_t>(job.made_at.time_since_epoch().count()));
    return {};
  });
  if (!begun) return std::unexpected(begun.error());
  parts_->wake();
  return job;
}

std::vector<RecheckJob> RecheckJobs::latest(std::size_t limit) const {
  return parts_->store.read([&](store::Reader& reader) {
    std::vector<RecheckJob> jobs;
    auto rows = reader.query(std::string("SELECT ") + columns + " FROM recheck_job ORDER BY id DESC LIMIT ?",
                             static_cast<std::int64_t>(limit));
    while (rows.next()) jobs.push_back(read_job(rows));
    return jobs;
  });
}

std::optional<RecheckJob> RecheckJobs::find(Id job) const {
  return parts_->store.read([&](store::Reader& reader) { return load(reader, job); });
}

Result<RecheckJob> RecheckJobs::cancel(Id id) {
  return parts_->store.write([&](store::Transaction& transaction) -> Result<RecheckJob> {
    auto job = load(transaction, id);
    if (!job) return fail("recheck.not_found", "没有这次年度复核。", "There is no such re-check.");
    if (job->state != State::running)
      return fail("recheck.ended", "这次年度复核已经结束。", "This re-check has ended already.");
    job->state = State::cancelled;
    job->ended_at = transaction.at();
    update(transaction, *job);
    return std::move(*job);
  });
}

void RecheckJobs::wait() const {
  std::unique_lock lock(parts_->mutex);
  parts_->changed.wait(lock, [&] { return !parts_->is_working && !parts_->is_wanted; });
}

}  // namespace zhijia::relief
