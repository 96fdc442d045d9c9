#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "access/users.hpp"
#include "exchange/import.hpp"

/// Imports that a person follows in steps: upload, look at the mapping and the faults, mend them, take, and perhaps
/// undo.
namespace zhijia::exchange {

enum class JobState {
  checking,   ///< being read and checked; nothing is written
  checked,    ///< waits for its user, with its faults
  taking,     ///< being stored
  taken,      ///< stored
  undoing,    ///< being taken back
  undone,     ///< taken back
  cancelled,  ///< given up; nothing was stored
  failed      ///< the file cannot be read, or has no header: `problems` say why
};
std::string_view name_of(JobState state);

struct ImportJob {
  Id id = 0, user = 0;
  std::string register_name, file_name, file_hash;
  std::int64_t file_bytes = 0;
  JobState state = JobState::checking;
  bool keeps_filled = false;
  Mapping mapping;
  std::size_t corrections = 0;  ///< cells mended here
  ImportReport report;          ///< of the last check, or of the take
  std::int64_t rows_done = 0;   ///< of the work under way
  Problems problems;            ///< why it failed, or was not taken or undone
  Moment made_at{}, ended_at{};
};

/// Faults of a check, row by row.
struct FaultPage {
  std::vector<std::string> items;  ///< each a JSON object: row, column, header, cell, field, value, code, zh, en
  std::string next;                ///< where the next page begins; empty after the last
};

/// A workbook as large as this has more rows than a sheet can hold.
constexpr std::int64_t upload_bytes_max = 300'000'000;
/// Faults written down; those beyond are counted.
constexpr std::int64_t job_faults_max = 100'000;
/// Jobs of one user that wait for him. More are forgotten ones.
constexpr std::int64_t jobs_open_max = 20;
/// What was uploaded is removed after this; what the job did stays in the database.
constexpr std::chrono::days job_files_kept{7};

/// All import jobs of a site. What they are is in the database, what was uploaded in a folder that only the program may
/// read, so that a page can be loaded again and the program started anew; two at a time are worked on, by threads of
/// their own. Members may be called from any thread, and answer at once. Problems of all of them: import.not_found (no
/// such job, or somebody else's), import.state (not in this state, with what it is).
class ImportJobs {
 public:
  /// Tables import_job and import_mapping.
  static std::vector<store::TableSchema> schemas();

  /// Goes on with what was under way when the program ended. All must outlive it.
  ImportJobs(store::Store& store, const registers::Registers& registers, const access::Users& users, const Clock& clock,
             std::filesystem::path folder);
  ~ImportJobs();

  /// Takes the file at `upload` away and begins to check it. `name` is the user's for it. Problems: access.scope (no
  /// grant to write), import.too_many, import.file (neither .xlsx nor .csv).
  Result<ImportJob> begin(const registers::Register& into, const access::User& user, const std::string& source,
                          const std::string& name, const std::filesystem::path& upload, bool keeps_filled);

  Result<ImportJob> find(Id job, const access::User& user) const;
  /// The user's, newest first, of one register.
  std::vector<ImportJob> of(const registers::Register& into, const access::User& user) const;

  /// Other fields for some columns; remembered for the next workbook with these headers. Checks anew. Problems: those
  /// of choose().
  Result<ImportJob> map(Id job, const access::User& user, const std::vector<Choice>& choices,
                        std::optional<bool> keeps_filled);
  /// Cells of the file are to be read otherwise. Checks anew. Problems: import.cell (none of the sheet).
  Result<ImportJob> mend(Id job, const access::User& user, const Corrections& cells);

  /// Problems: import.page.
  Result<FaultPage> faults(Id job, const access::User& user, std::string_view after, std::size_t limit) const;
  /// The workbook with its faulty cells marked, as a file that is the caller's to remove.
  Result<std::filesystem::path> marked(Id job, const access::User& user) const;

  /// Stores all rows, or those without a fault only. Problems: import.faulty (there are faults, and all is wanted).
  Result<ImportJob> take(Id job, const access::User& user, bool good_rows_only);
  Result<ImportJob> cancel(Id job, const access::User& user);
  /// See registers::Registers::undo; what stands in the way is in the job's problems afterwards.
  Result<ImportJob> undo(Id job, const access::User& user);

  /// Waits until nothing is under way: for tests.
  void wait() const;

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace zhijia::exchange
