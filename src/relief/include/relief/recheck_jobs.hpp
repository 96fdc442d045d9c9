#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/date.hpp"
#include "registers/engine.hpp"

/// The yearly re-check written while somebody follows it: a million files take minutes.
namespace zhijia::relief {

struct RecheckJob {
  enum class State { running, done, cancelled, failed };
  Id id = 0;
  std::string actor, source;  ///< in whose name it is written
  Date on;
  int year = 0;
  State state = State::running;
  std::int64_t files = 0;  ///< on the roll when it began
  std::int64_t files_done = 0;
  Id last_file = 0;                                           ///< up to which it is written
  std::int64_t same = 0, changed = 0, out = 0, unstated = 0;  ///< of those done
  Problems problems;                                          ///< why it failed
  Moment made_at{}, ended_at{};
};
std::string_view name_of(RecheckJob::State state);

/// Files of one transaction: short enough that whoever writes beside it does not wait long.
constexpr std::size_t recheck_slice_files = 1'000;
/// Nobody reads more at once; the rest shows when these are put right.
constexpr std::size_t recheck_problems_max = 1'000;

/// Writes one re-check at a time, slice by slice in the order of the files' ids, on a thread of its own. What a slice
/// decided and how far the job is are one transaction: ended and begun anew, the program goes on where it stood, and
/// decides no file twice. Members may be called from any thread, and answer at once.
class RecheckJobs {
 public:
  /// Table recheck_job.
  static std::vector<store::TableSchema> schemas();

  /// Goes on with what was under way. All must outlive it.
  RecheckJobs(store::Store& store, const registers::Registers& registers, const Clock& clock);
  ~RecheckJobs();

  /// Looks at all files first: with problems of recheck() nothing is written, and the job says so. Problems:
  /// recheck.running (another is not done yet).
  Result<RecheckJob> begin(Date on, int year, const registers::Actor& actor);
  /// The newest first, at most `limit`.
  std::vector<RecheckJob> latest(std::size_t limit) const;
  std::optional<RecheckJob> find(Id job) const;
  /// No further slice is begun; what was decided stays. Problems: recheck.not_found, recheck.ended.
  Result<RecheckJob> cancel(Id job);

  /// Waits until nothing is under way: for tests.
  void wait() const;

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace zhijia::relief
