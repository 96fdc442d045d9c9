#include "exchange/import_jobs.hpp"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>
#include <thread>

#include "base/own_log.hpp"
#include "exchange/marked.hpp"
#include "importing/job_files.hpp"
#include "importing/job_table.hpp"
#include "registers/permission.hpp"

namespace zhijia::exchange {

namespace fs = std::filesystem;

namespace {

/// A long one does not hold up the short ones behind it; more would only make one another late.
constexpr int workers_count = 2;

/// What is known of work under way beyond the database.
struct Running {
  std::atomic<std::int64_t> rows = 0;
  std::atomic<bool> is_cancelled = false;
  bool good_rows_only = false;
};

std::unexpected<Problems> no_such_job() {
  return fail("import.not_found", "没有这次导入，或不是您的导入。", "There is no such import, or it is not yours.");
}

std::unexpected<Problems> not_in_state(const ImportJob& job) {
  const std::string state(name_of(job.state));
  return fail("import.state", "导入现处于“" + state + "”状态，不能这样办理，请刷新。",
              "The import is " + state + ", so this cannot be done; load it again.");
}

bool is_under_way(JobState state) {
  return state == JobState::checking || state == JobState::taking || state == JobState::undoing;
}

}  // namespace

struct ImportJobs::Parts {
  store::Store& store;
  const registers::Registers& registers;
  const access::Users& users;
  const Clock& clock;
  const fs::path folder;

  mutable std::mutex mutex;
  mutable std::condition_variable changed;
  std::deque<Id> queue;
  std::map<Id, std::shared_ptr<Running>> running;  // queued ones too
  bool is_stopping = false;
  std::vector<std::jthread> workers;

  const registers::Register& register_of(const ImportJob& job) const {
    const auto* into = registers.catalogue().find_register(job.register_name);
    if (!into) throw std::runtime_error("the register " + job.register_name + " of an import is no more");
    return *into;
  }

  Result<ImportJob> load(Id id, const access::User& user) const {
    auto job = store.read([&](store::Reader& reader) { return load_job(reader, id); });
    if (!job || job->user != user.id) return no_such_job();
    const std::lock_guard lock(mutex);
    if (const auto at = running.find(id); at != running.end()) job->rows_done = at->second->rows;
    return std::move(*job);
  }

  /// The job as changed, if nobody changed its state meanwhile.
  Result<ImportJob> settle(ImportJob job, JobState from,
                           const std::function<void(store::Transaction&)>& besides = {}) const {
    return store.write([&](store::Transaction& transaction) -> Result<ImportJob> {
      if (!update_job(transaction, job, from)) {
        const auto now = load_job(transaction, job.id);
        return now ? not_in_state(*now) : no_such_job();
      }
      if (besides) besides(transaction);
      return job;
    });
  }

  void start(Id id, bool good_rows_only = false) {
    {
      const std::lock_guard lock(mutex);
      auto work = std::make_shared<Running>();
      work->good_rows_only = good_rows_only;
      running.insert_or_assign(id, std::move(work));
      queue.push_back(id);
    }
    changed.notify_all();
  }

  void work() {
    for (;;) {
      std::unique_lock lock(mutex);
      changed.wait(lock, [&] { return is_stopping || !queue.empty(); });
      if (is_stopping) return;
      const Id id = queue.front();
      queue.pop_front();
      const auto self = running.at(id);
      lock.unlock();
      try {
        run(id, *self);
      } catch (const std::exception& fault) {
        fail_job(id, fault.what());
      }
      lock.lock();
      // The work may have been begun anew meanwhile, under the same id.
      if (const auto at = running.find(id); at != running.end() && at->second == self) running.erase(at);
      lock.unlock();
      changed.notify_all();
    }
  }

  /// A fault of the program: its user sees that it failed, the program's own log why.
  void fail_job(Id id, const char* what) const {
    log_line(Severity::error, "import " + std::to_string(id) + ": " + what);
    auto job = store.read([&](store::Reader& reader) { return load_job(reader, id); });
    if (!job || !is_under_way(job->state)) return;
    const JobState from = std::exchange(job->state, JobState::failed);
    job->problems = {
        {"import.fault", {}, {"程序故障，请联系管理员。", "A fault of the program: tell its administrator."}}};
    static_cast<void>(settle(std::move(*job), from));
  }

  void run(Id id, Running& self) {
    auto job = store.read([&](store::Reader& reader) { return load_job(reader, id); });
    if (!job) return;
    if (job->state == JobState::checking)
      check(std::move(*job), self);
    else if (job->state == JobState::taking)
      take(std::move(*job), self);
    else if (job->state == JobState::undoing)
      undo(std::move(*job));
  }

  /// The grants of the job's user as they are now: what was taken away meanwhile no longer counts.
  std::vector<access::Grant> grants_now(const ImportJob& job) const {
    for (const access::User& user : users.all())
      if (user.id == job.user && !user.is_disabled) return user.grants;
    return {};
  }

  /// Whether all that the job wrote lies where its user may still change records.
  bool reaches_all(store::Reader& reader, const ImportJob& job, const registers::Register& of) const {
    const auto reach = registers::reach_of(of, grants_now(job), registers::Operation::change);
    if (reach.all) return true;
    const auto within = registers::reach_condition(registers.catalogue(), of, "t", reach);
    std::vector<store::Parameter> values{job.report.first_position, job.report.last_position, of.name};
    for (const auto& value : within.parameters) std::visit([&](const auto& each) { values.emplace_back(each); }, value);
    return !reader
                .query_with("SELECT 1 FROM change_log c JOIN " + store::quoted_name(of.name) +
                                " t ON t.id = c.record WHERE c.position >= ? AND c.position <= ? AND c.register = ? "
                                "AND NOT (" +
                                within.sql + ") LIMIT 1",
                            values)
                .next();
  }

  ImportOptions options_of(const ImportJob& job, const JobFiles& files, Running& self) const {
    ImportOptions options{.actor = {.id = std::to_string(job.user), .source = {}, .roles = {}},
                          .keeps_filled = job.keeps_filled,
                          .mapping = job.mapping,
                          .corrections = files.corrections()};
    options.actor.source = store.read([&](store::Reader& reader) { return source_of(reader, job.id); });
    options.grants = grants_now(job);
    options.progress = [&self, this](std::int64_t rows) {
      self.rows = rows;
      const std::lock_guard lock(mutex);
      return !self.is_cancelled && !is_stopping;
    };
    return options;
  }

  bool is_ending() const {
    const std::lock_guard lock(mutex);
    return is_stopping;
  }

  void check(ImportJob job, Running& self) const {
    const JobFiles files(folder, job);
    const registers::Register& into = register_of(job);
    job.problems.clear();
    if (!job.mapping.has_header()) {
      auto mapping = find_header(into, files.book());
      if (!mapping) return end(std::move(job), JobState::checking, JobState::failed, std::move(mapping.error()));
      job.mapping = std::move(*mapping);
      guess(job.mapping, into);
      const auto choices =
          store.read([&](store::Reader& reader) { return remembered(reader, into.name, job.mapping.fingerprint()); });
      // What was chosen for another version of the register may fit no more; then it is left out.
      static_cast<void>(choose(job.mapping, into, choices, SheetColumn::By::memory));
    }
    JobFiles::FaultWriter faults(files);
    const auto checked = check_sheet(store, registers, into, files.book(), options_of(job, files, self),
                                     [&](const Fault& fault) { faults.add(fault); });
    if (is_ending()) return;  // it is checked anew when the program comes back
    if (self.is_cancelled) return give_up(std::move(job), JobState::checking, files);
    faults.settle();
    job.report = checked ? *checked : ImportReport{};
    const bool is_readable = checked || checked.error().front().place.cell.empty() == false;
    end(std::move(job), JobState::checking, is_readable ? JobState::checked : JobState::failed,
        checked ? Problems{} : checked.error());
  }

  void take(ImportJob job, Running& self) {
    const JobFiles files(folder, job);
    ImportOptions options = options_of(job, files, self);
    if (self.good_rows_only) options.left_out = files.faulty_rows();
    ImportJob taken = job;
    options.conclude = [&](store::Transaction& transaction, const ImportReport& report) {
      taken.state = JobState::taken;
      taken.report = report;
      taken.report.faults = job.report.faults;
      taken.problems.clear();
      taken.ended_at = transaction.at();
      if (!update_job(transaction, taken, JobState::taking)) throw std::logic_error("an import was settled twice");
    };
    const auto report = import_sheet(store, registers, register_of(job), files.book(), options);
    if (report || is_ending()) return;
    if (self.is_cancelled) return give_up(std::move(job), JobState::taking, files);
    // Something has changed since the check: what, the next check tells.
    job.state = JobState::checking;
    if (settle(std::move(job), JobState::taking)) start(taken.id);
  }

  void undo(ImportJob job) const {
    const registers::Actor actor{.id = std::to_string(job.user),
                                 .source = store.read([&](store::Reader& reader) { return source_of(reader, job.id); }),
                                 .roles = {}};
    const registers::Register& of = register_of(job);
    const auto undone = store.write([&](store::Transaction& transaction) -> Result<registers::Registers::Undone> {
      if (!reaches_all(transaction, job, of))
        return fail("access.scope", "其中有记录已不在您的权限范围内，请由有权限的同事处理。",
                    "Some of the records are no longer within your reach; ask a colleague who may change them.");
      auto result = registers.undo(transaction, of, job.report.first_position, job.report.last_position, actor);
      if (!result) return result;
      transaction.log({.actor = actor.id,
                       .source = actor.source,
                       .kind = "undo_import",
                       .register_ = of.name,
                       .record = 0,
                       .body = boost::json::serialize(boost::json::object{{"import", std::to_string(job.id)},
                                                                          {"sha256", job.file_hash},
                                                                          {"removed", result->removed},
                                                                          {"put_back", result->put_back},
                                                                          {"reversed", result->reversed}})});
      job.state = JobState::undone;
      job.problems.clear();
      job.ended_at = transaction.at();
      if (!update_job(transaction, job, JobState::undoing)) throw std::logic_error("an import was undone twice");
      return result;
    });
    if (!undone) end(std::move(job), JobState::undoing, JobState::taken, undone.error());
  }

  void end(ImportJob job, JobState from, JobState to, Problems problems) const {
    for (Problem& problem : problems) problem.place.file = problem.place.file.empty() ? "" : job.file_name;
    job.state = to;
    job.problems = std::move(problems);
    job.ended_at = clock.now();
    static_cast<void>(settle(std::move(job), from));
  }

  void give_up(ImportJob job, JobState from, const JobFiles& files) const {
    files.remove();
    end(std::move(job), from, JobState::cancelled, {});
  }

  /// Ends jobs left lying, and removes what was uploaded long ago.
  void tidy_up() const {
    const std::int64_t before = (clock.now() - job_files_kept).time_since_epoch().count();
    std::vector<Id> old;
    store.read([&](store::Reader& reader) {
      auto rows = reader.query("SELECT id FROM import_job WHERE made_at < ? AND made_at > ?", before,
                               before - std::chrono::milliseconds(job_files_kept * 10).count());
      while (rows.next()) old.push_back(rows.integer(0));
      return 0;
    });
    for (const Id id : old) {
      auto job = store.read([&](store::Reader& reader) { return load_job(reader, id); });
      JobFiles(folder, *job).remove();
      if (job->state == JobState::checked) end(std::move(*job), JobState::checked, JobState::cancelled, {});
    }
  }

  void resume() {
    std::vector<Id> left;
    store.read([&](store::Reader& reader) {
      auto rows =
          reader.query("SELECT id FROM import_job WHERE state IN ('checking', 'taking', 'undoing') ORDER BY id");
      while (rows.next()) left.push_back(rows.integer(0));
      return 0;
    });
    for (const Id id : left) {
      auto job = store.read([&](store::Reader& reader) { return load_job(reader, id); });
      // What was being stored when the program ended was not: the job would say so. Its user is to ask for it again.
      if (job->state == JobState::taking) {
        job->state = JobState::checking;
        if (!settle(std::move(*job), JobState::taking)) continue;
      }
      start(id);
    }
  }
};

ImportJobs::ImportJobs(store::Store& store, const registers::Registers& registers, const access::Users& users,
                       const Clock& clock, fs::path folder)
    : parts_(new Parts{store, registers, users, clock, std::move(folder), {}, {}, {}, {}, false, {}}) {
  fs::create_directories(parts_->folder);
  fs::permissions(parts_->folder, fs::perms::owner_all);
  parts_->tidy_up();
  parts_->resume();
  for (int i = 0; i < workers_count; ++i) parts_->workers.emplace_back([parts = parts_.get()] { parts->work(); });
}

ImportJobs::~ImportJobs() {
  {
    const std::lock_guard lock(parts_->mutex);
    parts_->is_stopping = true;
  }
  parts_->changed.notify_all();
  parts_->workers.clear();
}

Result<ImportJob> ImportJobs::begin(const registers::Register& into, const access::User& user,
                                    const std::string& source, const std::string& name, const fs::path& upload,
                                    bool keeps_filled) {
  using registers::Operation;
  if (registers::reach_of(into, user.grants, Operation::create).is_none() &&
      registers::reach_of(into, user.grants, Operation::change).is_none())
    return fail("access.scope", "您的角色或权限范围不允许此操作。", "Neither your roles nor their reach allow this.");
  const std::string ending = fs::path(name).extension().string();
  if (ending != ".xlsx" && ending != ".csv" && ending != ".txt")
    return fail("import.file", "请上传 .xlsx 或 .csv 文件。", "Upload an .xlsx or a .csv file.");
  parts_->tidy_up();
  ImportJob job{.id = parts_->registers.ids().next(),
                .user = user.id,
                .register_name = into.name,
                .file_name = fs::path(name).filename().string(),
                .file_hash = file_hash(upload).value(),
                .file_bytes = static_cast<std::int64_t>(fs::file_size(upload)),
                .keeps_filled = keeps_filled};
  const auto settled = parts_->store.write([&](store::Transaction& transaction) -> Result<void> {
    auto open = transaction.query(
        "SELECT count(*) FROM import_job WHERE user_id = ? AND state IN ('checking', 'checked', 'taking')", user.id);
    open.next();
    if (open.integer(0) >= jobs_open_max)
      return fail("import.too_many", "您有太多导入尚未完成，请先完成或取消。",
                  "Too many of your imports wait for you: take or cancel some first.");
    job.made_at = transaction.at();
    insert_job(transaction, job, source);
    JobFiles(parts_->folder, job).take(upload);
    return {};
  });
  if (!settled) return std::unexpected(settled.error());
  parts_->start(job.id);
  return job;
}

Result<ImportJob> ImportJobs::find(Id job, const access::User& user) const { return parts_->load(job, user); }

std::vector<ImportJob> ImportJobs::of(const registers::Register& into, const access::User& user) const {
  return parts_->store.read([&](store::Reader& reader) { return load_jobs(reader, user.id, into.name); });
}

Result<ImportJob> ImportJobs::map(Id id, const access::User& user, const std::vector<Choice>& choices,
                                  std::optional<bool> keeps_filled) {
  auto job = parts_->load(id, user);
  if (!job) return job;
  if (job->state != JobState::checked) return not_in_state(*job);
  if (auto chosen = choose(job->mapping, parts_->register_of(*job), choices, SheetColumn::By::user); !chosen)
    return std::unexpected(std::move(chosen.error()));
  job->keeps_filled = keeps_filled.value_or(job->keeps_filled);
  job->state = JobState::checking;
  auto settled = parts_->settle(*job, JobState::checked, [&](store::Transaction& transaction) {
    if (!choices.empty()) remember(transaction, job->register_name, job->mapping, user.id);
  });
  if (settled) parts_->start(id);
  return settled;
}

Result<ImportJob> ImportJobs::mend(Id id, const access::User& user, const Corrections& cells) {
  auto job = parts_->load(id, user);
  if (!job) return job;
  if (job->state != JobState::checked) return not_in_state(*job);
  const SheetLimits limits;
  for (const auto& [place, text] : cells)
    if (place.first <= job->mapping.header_last || place.first > limits.rows_max ||
        std::ranges::find(job->mapping.columns, place.second, &SheetColumn::place) == job->mapping.columns.end() ||
        text.size() > limits.cell_bytes_max)
      return fail("import.cell", "表中没有这一格，或内容过长。", "The sheet has no such cell, or the text is too long.",
                  {.file = {}, .sheet = {}, .cell = cell_name(place.second, place.first), .record = {}, .field = {}});
  const JobFiles files(parts_->folder, *job);
  Corrections corrections = files.corrections();
  for (const auto& [place, text] : cells) corrections[place] = text;
  job->corrections = corrections.size();
  job->state = JobState::checking;
  auto settled = parts_->settle(*job, JobState::checked);
  if (!settled) return settled;
  files.write_corrections(corrections);
  parts_->start(id);
  return settled;
}

Result<FaultPage> ImportJobs::faults(Id id, const access::User& user, std::string_view after, std::size_t limit) const {
  const auto job = parts_->load(id, user);
  if (!job) return std::unexpected(job.error());
  return JobFiles(parts_->folder, *job).faults(after, limit);
}

Result<fs::path> ImportJobs::marked(Id id, const access::User& user) const {
  const auto job = parts_->load(id, user);
  if (!job) return std::unexpected(job.error());
  const JobFiles files(parts_->folder, *job);
  if (is_under_way(job->state)) return not_in_state(*job);
  if (!files.exist()) return fail("import.not_found", "上传的文件已删除。", "What was uploaded has been removed.");
  const fs::path made = parts_->folder / ("marked-" + std::to_string(parts_->registers.ids().next()) + ".xlsx");
  if (auto written = write_marked(files.book(), job->mapping, parts_->register_of(*job), files.corrections(),
                                  files.all_faults(), made);
      !written)
    return std::unexpected(std::move(written.error()));
  return made;
}

Result<ImportJob> ImportJobs::take(Id id, const access::User& user, bool good_rows_only) {
  auto job = parts_->load(id, user);
  if (!job) return job;
  if (job->state != JobState::checked) return not_in_state(*job);
  if (!job->problems.empty()) return std::unexpected(job->problems);
  if (job->report.faulty > 0 && !good_rows_only)
    return fail("import.faulty", "还有错误的行：请改正，或选择只导入正确的行。",
                "There are faulty rows: mend them, or ask for the good rows only.");
  job->state = JobState::taking;
  auto settled = parts_->settle(*job, JobState::checked);
  if (settled) parts_->start(id, good_rows_only);
  return settled;
}

Result<ImportJob> ImportJobs::cancel(Id id, const access::User& user) {
  auto job = parts_->load(id, user);
  if (!job) return job;
  if (job->state == JobState::checked || job->state == JobState::failed) {
    const JobState from = std::exchange(job->state, JobState::cancelled);
    auto settled = parts_->settle(*job, from);
    if (settled) JobFiles(parts_->folder, *job).remove();
    return settled;
  }
  if (job->state != JobState::checking && job->state != JobState::taking) return not_in_state(*job);
  const std::lock_guard lock(parts_->mutex);
  if (const auto at = parts_->running.find(id); at != parts_->running.end()) at->second->is_cancelled = true;
  return job;
}

Result<ImportJob> ImportJobs::undo(Id id, const access::User& user) {
  auto job = parts_->load(id, user);
  if (!job) return job;
  if (job->state != JobState::taken) return not_in_state(*job);
  if (registers::reach_of(parts_->register_of(*job), user.grants, registers::Operation::change).is_none())
    return fail("access.scope", "您的角色或权限范围不允许此操作。", "Neither your roles nor their reach allow this.");
  job->state = JobState::undoing;
  auto settled = parts_->settle(*job, JobState::taken);
  if (settled) parts_->start(id);
  return settled;
}

void ImportJobs::wait() const {
  std::unique_lock lock(parts_->mutex);
  parts_->changed.wait(lock, [&] { return parts_->running.empty(); });
}

}  // namespace zhijia::exchange
