#pragma once

#include <chrono>
#include <exception>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/date.hpp"
#include "base/problem.hpp"
#include "store/change_log.hpp"
#include "store/schema.hpp"
#include "store/statement.hpp"

namespace zhijia::store {

class Connection;
class Writer;
struct WriterState;

struct Options {
  /// Read connections kept open once they were needed; more are opened under load and closed after. On SQLite opening
  /// one parses the whole schema, some milliseconds.
  int readers = 16;
  /// A reply means "on the disk". Only throw-away databases (tests, the demonstration while it is built) may say false.
  bool durable = true;
  HashAlgorithm hash = HashAlgorithm::sha256;  ///< for a new database; an existing one keeps its own
  std::string origin = "zhijia";               ///< named in checkpoints
  /// Ed25519 private key (PEM) that signs checkpoints; made when absent. Empty: beside a SQLite file, with ending .key.
  std::filesystem::path key_file = {};
};

/// What may be asked of the database. One thread at a time.
class Reader {
 public:
  explicit Reader(Connection& connection) : connection_(connection) {}
  Reader(const Reader&) = delete;
  Reader& operator=(const Reader&) = delete;

  /// Placeholders are ? (or ?1, ?2 … all numbered) on both databases. Statements are prepared once a connection.
  template <typename... Values>
  Rows query(std::string_view sql, const Values&... values) {
    return query_with(sql, std::initializer_list<Parameter>{Parameter(values)...});
  }
  Rows query_with(std::string_view sql, std::span<const Parameter> parameters);
  Rows query_with(std::string_view sql, std::initializer_list<Parameter> parameters) {
    return query_with(sql, std::span(parameters.begin(), parameters.size()));
  }

  Database database() const;
  /// The log position that this snapshot stands at: 0 for an empty log.
  std::int64_t position();
  std::vector<StoredEntry> entries_of(std::string_view register_name, Id record);

 protected:
  Connection& connection_;
};

/// Rows for one table, many at a time: a re-used prepared statement on SQLite, COPY on PostgreSQL.
/// On PostgreSQL rows become visible, and faults of rows known, at flush(); what is not flushed when the function given
/// to Store::write returns is flushed then.
class Inserter {
 public:
  template <typename... Values>
  void add(const Values&... values) {
    const std::initializer_list<Parameter> row{Parameter(values)...};
    add_row(std::span(row.begin(), row.size()));
  }
  virtual void add_row(std::span<const Parameter> row) = 0;
  virtual void flush() = 0;
  virtual ~Inserter() = default;
};

/// One writer's unit of work: all of it is stored or none. After an exception from it nothing more may be asked of it.
class Transaction final : public Reader {
 public:
  Transaction(Connection& connection, WriterState& state) : Reader(connection), state_(state) {}

  /// Number of rows changed.
  template <typename... Values>
  std::int64_t execute(std::string_view sql, const Values&... values) {
    return execute_with(sql, std::initializer_list<Parameter>{Parameter(values)...});
  }
  std::int64_t execute_with(std::string_view sql, std::span<const Parameter> parameters);
  std::int64_t execute_with(std::string_view sql, std::initializer_list<Parameter> parameters) {
    return execute_with(sql, std::span(parameters.begin(), parameters.size()));
  }

  /// The inserter for these columns of the table; the same one for the whole transaction.
  Inserter& inserter(std::string_view table, const std::vector<std::string>& columns);

  /// Appends to the change log; the position is what the row written with it carries.
  std::int64_t log(const LogEntry& entry);
  /// The position that the next log() will give.
  std::int64_t next_position() const;
  /// When this transaction was begun, by the store's clock.
  Moment at() const;
  /// Whether what is written goes nowhere: see Store::rehearse.
  bool is_rehearsal() const;

 private:
  WriterState& state_;
};

/// A database: one writer with group commit, and readers that see snapshots and never wait for it.
/// All members may be called from any thread.
class Store {
 public:
  /// `url`: "sqlite:PATH" or "postgresql://…" (libpq's form). `clock` must outlive the store.
  /// Problems: store.url, store.open (with what the database said), store.newer (made by a later program).
  static Result<std::unique_ptr<Store>> open(std::string_view url, const Clock& clock, const Options& options = {});
  ~Store();

  Database database() const;

  /// Runs `work(Transaction&)` on the writer's thread and returns what it returned, after its commit reached the disk.
  /// Problems from it undo its own changes only; so does an exception, which is thrown on to the caller.
  /// Must not be called from within `work`.
  template <typename Work>
  auto write(Work&& work) -> std::invoke_result_t<Work, Transaction&> {
    using Outcome = std::invoke_result_t<Work, Transaction&>;
    std::optional<Outcome> outcome;
    auto settled = write_and_wait([&](Transaction& transaction) -> Result<void> {
      outcome.emplace(work(transaction));
      if (!*outcome) return std::unexpected(outcome->error());
      return {};
    });
    if (!settled) return std::unexpected(std::move(settled.error()));
    return std::move(*outcome);
  }

  using Work = std::function<Result<void>(Transaction&)>;
  /// `fault` is what the work threw, or null.
  using Done = std::function<void(Result<void> result, std::exception_ptr fault)>;
  /// As write, without waiting: `done` is called on the writer's thread after the commit, and must be brief.
  void submit(Work work, Done done);

  /// Runs `work(Reader&)` on this thread, on a snapshot of all that was committed, and returns what it returned.
  template <typename ReadWork>
  auto read(ReadWork&& work) -> std::invoke_result_t<ReadWork, Reader&> {
    ReadLease lease(*this);
    Reader reader(*lease.connection);
    return work(reader);
  }

  /// The same for work that goes once through much of the database, such as an export: over a connection of its own
  /// that keeps little of what it has read, so that memory does not grow with the database.
  template <typename ReadWork>
  auto scan(ReadWork&& work) -> std::invoke_result_t<ReadWork, Reader&> {
    ReadLease lease(*this, ReadLease::For::scan);
    Reader reader(*lease.connection);
    return work(reader);
  }

  /// Runs `work(Transaction&)` on this thread and on a snapshot, as write() would, but what it writes goes nowhere: it
  /// tells what a write would be refused for, and nobody waits for it. Queries do not see what the work wrote; writing
  /// by a query (INSERT … RETURNING) is for the work to leave out.
  template <typename Work>
  auto rehearse(Work&& work) -> std::invoke_result_t<Work, Transaction&> {
    ReadLease lease(*this);
    const Rehearsal rehearsal(*this, *lease.connection);
    return work(*rehearsal.transaction);
  }

  /// Makes the tables what the schemas say: creates them, adds columns and indexes, and never loses a column's data. A
  /// column no longer declared stays; one whose type changed is kept under NAME_until_YYYYMMDD and a new one begun.
  /// Problems: store.name, store.schema. Safe to repeat.
  Result<void> migrate(std::span<const TableSchema> schemas);

  std::optional<std::string> setting(std::string_view name);
  void set_setting(std::string_view name, std::string_view value);

  /// Signs the log's present head and keeps it in the database; hand the note() to somebody outside.
  Result<Checkpoint> checkpoint();
  /// The public key in C2SP form "origin+hint+key", for those who check checkpoints.
  Result<std::string> verifier_key();

  /// Compares an entry, the latest of its record, with the record's row; a Problem where they differ.
  using RowCheck = std::function<std::optional<Problem>(Reader&, const StoredEntry& latest)>;
  /// Computes every leaf, node and root again and compares them with what is stored, with all kept checkpoints and with
  /// the one `given`. Cost: reads the whole log once.
  Result<Verification> verify(const std::optional<Checkpoint>& given = {}, const RowCheck& row_check = {});

  /// RFC 9162 proofs; sizes default to the present log. Cost O(log n). Problems: store.position.
  Result<Proof> inclusion_proof(std::int64_t position, std::int64_t size = 0);
  Result<Proof> consistency_proof(std::int64_t old_size, std::int64_t new_size = 0);
  Result<Hash> root(std::int64_t size = 0);
  HashAlgorithm hash_algorithm() const;

  /// Writes a consistent copy, while serving, to a file that must not exist yet. SQLite only: PostgreSQL has pg_dump.
  Result<void> backup(const std::filesystem::path& to);

 private:
  Store();
  Result<void> write_and_wait(Work work);

  struct ReadLease {
    enum class For { reading, scan };
    explicit ReadLease(Store& owner, For what = For::reading);
    ~ReadLease();
    ReadLease(const ReadLease&) = delete;
    ReadLease& operator=(const ReadLease&) = delete;
    Store& store;
    const For purpose;
    std::unique_ptr<Connection> connection;
  };
  struct Rehearsal {
    Rehearsal(Store& owner, Connection& connection);
    ~Rehearsal();
    std::unique_ptr<WriterState> state;
    std::unique_ptr<Transaction> transaction;
  };

  struct Parts;
  std::unique_ptr<Parts> parts_;
};

/// Puts a backup in the place of a database that no program has open: its log is verified first, and what stood at `to`
/// is kept under the ending .before-restore. Problems: store.restore, and all that verification finds.
Result<void> restore(const std::filesystem::path& backup, const std::filesystem::path& to, const Clock& clock);

}  // namespace zhijia::store
