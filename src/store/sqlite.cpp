// SOCI opens and configures the connection and runs DDL; rows go through the handle that it exposes for this. SOCI's
// own rows would hold bytes and numbers of 64 bits only with loss or detours:
// docs/decisions/0002-soci-and-native-rows.md.
#include <fcntl.h>
#include <fmt/format.h>
#include <soci/soci.h>
#include <soci/sqlite3/soci-sqlite3.h>
#include <unistd.h>

#include <utility>

#include "connection.hpp"
#include "rows_behind.hpp"

namespace zhijia::store {

namespace {

using namespace sqlite_api;

/// Another program may hold the write lock for one commit; an import holds it for seconds.
constexpr int busy_timeout_ms = 60'000;

[[noreturn]] void throw_error(sqlite3* database, std::string_view sql) {
  const std::string what = sqlite3_errmsg(database);
  using Kind = ConstraintViolation::Kind;
  switch (sqlite3_extended_errcode(database)) {
    case SQLITE_CONSTRAINT_UNIQUE:
    case SQLITE_CONSTRAINT_PRIMARYKEY:
    case SQLITE_CONSTRAINT_ROWID:
      throw ConstraintViolation(Kind::unique, what);
    case SQLITE_CONSTRAINT_NOTNULL:
      throw ConstraintViolation(Kind::not_null, what);
    case SQLITE_CONSTRAINT_FOREIGNKEY:
      throw ConstraintViolation(Kind::foreign_key, what);
    case SQLITE_CONSTRAINT_CHECK:
    case SQLITE_CONSTRAINT_TRIGGER:
      throw ConstraintViolation(Kind::check, what);
    default:
      throw DatabaseError(fmt::format("SQLite: {} in: {}", what, sql));
  }
}

/// A connection is for one thread at a time. So rows are written behind only while no statement is at work, and every
/// statement waits for the rows before it begins.
struct Handle {
  sqlite3* database = nullptr;
  int statements_at_work = 0;
  RowsBehind behind;
};

class SqliteStatement final : public PreparedStatement {
 public:
  SqliteStatement(Handle& handle, std::string_view text)
      : PreparedStatement(text), handle_(handle), database_(handle.database) {
    handle.behind.settle();
    if (sqlite3_prepare_v3(database_, sql.data(), static_cast<int>(sql.size()), SQLITE_PREPARE_PERSISTENT, &statement_,
                           nullptr) != SQLITE_OK)
      throw_error(database_, sql);
    if (!statement_) throw DatabaseError("empty SQL");
  }
  SqliteStatement(const SqliteStatement&) = delete;
  SqliteStatement& operator=(const SqliteStatement&) = delete;
  ~SqliteStatement() override {
    if (is_at_work_) --handle_.statements_at_work;
    sqlite3_finalize(statement_);
  }

  void bind(std::span<const Parameter> parameters, bool copy) override {
    handle_.behind.settle();
    if (!std::exchange(is_at_work_, true)) ++handle_.statements_at_work;
    bind_all(parameters, copy);
  }

  /// One row of an insertion, by whichever thread writes at the moment.
  void write(std::span<const Parameter> row) {
    bind_all(row, false);
    step();
    sqlite3_reset(statement_);
  }

  void bind_all(std::span<const Parameter> parameters, bool copy) {
    if (static_cast<int>(parameters.size()) != sqlite3_bind_parameter_count(statement_))
      throw DatabaseError(fmt::format("{} values for: {}", parameters.size(), sql));
    int number = 0;
    for (const Parameter& parameter : parameters) bind_one(++number, parameter, copy);
  }

  bool step() override {
    const int code = sqlite3_step(statement_);
    if (code == SQLITE_ROW) return true;
    if (code == SQLITE_DONE) return false;
    throw_error(database_, sql);
  }

  std::int64_t changed() const override { return sqlite3_changes64(database_); }
  void reset() override {
    if (std::exchange(is_at_work_, false)) --handle_.statements_at_work;
    sqlite3_reset(statement_);
  }
  int columns() const override { return sqlite3_column_count(statement_); }
  bool is_null(int column) const override { return sqlite3_column_type(statement_, column) == SQLITE_NULL; }
  std::int64_t integer(int column) const override { return sqlite3_column_int64(statement_, column); }
  std::string_view text(int column) const override {
    const auto* bytes = reinterpret_cast<const char*>(sqlite3_column_text(statement_, column));
    return bytes ? std::string_view(bytes, length(column)) : std::string_view();
  }
  std::string_view blob(int column) const override {
    const auto* bytes = static_cast<const char*>(sqlite3_column_blob(statement_, column));
    return bytes ? std::string_view(bytes, length(column)) : std::string_view();
  }

 private:
  std::size_t length(int column) const { return static_cast<std::size_t>(sqlite3_column_bytes(statement_, column)); }

  void bind_one(int number, const Parameter& parameter, bool copy) {
    const auto lifetime = copy ? SQLITE_TRANSIENT : SQLITE_STATIC;
    // A null pointer would bind NULL instead of the empty text.
    const char* bytes = parameter.bytes.data() ? parameter.bytes.data() : "";
    int code = SQLITE_OK;
    switch (parameter.kind) {
      case Parameter::Kind::null:
        code = sqlite3_bind_null(statement_, number);
        break;
      case Parameter::Kind::integer:
        code = sqlite3_bind_int64(statement_, number, parameter.integer);
        break;
      case Parameter::Kind::text:
        code = sqlite3_bind_text64(statement_, number, bytes, parameter.bytes.size(), lifetime, SQLITE_UTF8);
        break;
      case Parameter::Kind::blob:
        code = sqlite3_bind_blob64(statement_, number, bytes, parameter.bytes.size(), lifetime);
        break;
    }
    if (code != SQLITE_OK) throw_error(database_, sql);
  }

  Handle& handle_;
  sqlite3* database_;
  sqlite3_stmt* statement_ = nullptr;
  bool is_at_work_ = false;  ///< from bind() to reset()
};

/// What a large transaction has spilled goes to the disk while it goes on, so that its commit has less to wait for.
/// (SQLite holds no lock on the log file, which closing it here would give up.)
void write_back_log(sqlite3* database) {
  const int log = ::open(sqlite3_filename_wal(sqlite3_db_filename(database, "main")), O_RDONLY | O_CLOEXEC);
  if (log < 0) return;
  ::sync_file_range(log, 0, 0, SYNC_FILE_RANGE_WRITE);
  ::close(log);
}

/// The indexes of a table that many rows go into: when it was empty before, they are left out while it fills and made
/// in one go at the first flush, which costs a third of keeping them row by row. Whoever asks the table flushes first,
/// so nobody misses them; and who reads meanwhile sees the schema as it was.
class FillingIndexes {
 public:
  FillingIndexes(Connection& connection, sqlite3* database, std::string_view table)
      : connection_(connection), database_(database), table_(table) {}

  void note_row() {
    if (++rows_ == rows_before && !was_made_) leave_out(rows_before);
  }
  bool are_many() const { return rows_ > rows_before; }

  void make() {
    was_made_ = true;
    if (left_out_.empty()) return;
    // What is to be sorted then lies in one block of at most the cache's size, and beyond that in a nameless file; else
    // SQLite holds each row of it in a block of memory of its own (measured: half of the speed, and no bound).
    connection_.run("PRAGMA temp_store = FILE");
    for (const std::string& sql : std::exchange(left_out_, {})) {
      connection_.run(sql);
      write_back_log(database_);
    }
    connection_.run("PRAGMA temp_store = MEMORY");
  }

 private:
  static constexpr std::int64_t rows_before = 1'000;

  void leave_out(std::int64_t rows_of_ours) {
    Reader reader(connection_);
    const std::string more = fmt::format("SELECT 1 FROM {} LIMIT 1 OFFSET {}", quoted_name(table_), rows_of_ours);
    if (reader.query(more).next()) return;
    std::vector<std::string> names;
    {
      auto rows = reader.query(
          "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND tbl_name = ? AND sql IS NOT NULL", table_);
      while (rows.next()) {
        names.emplace_back(rows.text(0));
        left_out_.emplace_back(rows.text(1));
      }
    }
    try {
      for (const std::string& name : names) connection_.run(fmt::format("DROP INDEX \"{}\"", name));
    } catch (const DatabaseError&) {
      left_out_.clear();  // somebody reads within this transaction; all of them stay, for the first is refused
    }
  }

  Connection& connection_;
  sqlite3* database_;
  const std::string table_;
  std::int64_t rows_ = 0;
  std::vector<std::string> left_out_;
  bool was_made_ = false;
};

class SqliteInserter final : public Inserter, private RowTarget {
 public:
  /// OR FAIL: one row needs no undoing of its own, and without it SQLite keeps copies of pages for each row of a table
  /// with triggers (measured: a third of the speed).
  SqliteInserter(Connection& connection, Handle& handle, std::string_view table,
                 const std::vector<std::string>& columns)
      : cache_(connection.statements),
        handle_(handle),
        indexes_(connection, handle.database, table),
        statement_(cache_.take("INSERT OR FAIL" + insert_sql(table, columns).substr(6))) {}
  SqliteInserter(const SqliteInserter&) = delete;
  SqliteInserter& operator=(const SqliteInserter&) = delete;
  ~SqliteInserter() override {
    handle_.behind.discard();  // what is to stay was flushed
    cache_.give_back(std::move(statement_));
  }

  /// A few rows are written at once, for going over to the other thread costs more.
  void add_row(std::span<const Parameter> row) override {
    if (indexes_.are_many() && handle_.statements_at_work == 0) {
      handle_.behind.add(*this, row);
    } else {
      handle_.behind.settle();
      write(row);
    }
    indexes_.note_row();
  }
  void flush() override {
    handle_.behind.settle();
    indexes_.make();
  }

 private:
  void write(std::span<const Parameter> row) override {
    static_cast<SqliteStatement&>(*statement_).write(row);
    if (++written_ % rows_a_write_back == 0) write_back_log(handle_.database);
  }

  static constexpr std::int64_t rows_a_write_back = 50'000;

  StatementCache& cache_;
  Handle& handle_;
  FillingIndexes indexes_;
  std::unique_ptr<PreparedStatement> statement_;
  std::int64_t written_ = 0;
};

std::string connect_string(const std::string& path) {
  return fmt::format("dbname=\"{}\" timeout={}", path, busy_timeout_ms / 1000);
}

class SqliteConnection final : public Connection {
 public:
  SqliteConnection(const std::string& path, bool durable) : session_(soci::sqlite3, connect_string(path)) {
    handle_.database = static_cast<soci::sqlite3_session_backend*>(session_.get_backend())->conn_;
    sqlite3_busy_timeout(handle_.database, busy_timeout_ms);
    sqlite3_extended_result_codes(handle_.database, 1);
    // WAL: readers never wait for the writer. FULL: a commit is on the disk before it is answered.
    for (const char* pragma :
         {"PRAGMA page_size = 8192", "PRAGMA journal_mode = WAL", "PRAGMA foreign_keys = ON",
          "PRAGMA case_sensitive_like = ON", "PRAGMA temp_store = MEMORY", "PRAGMA cache_size = -131072",
          "PRAGMA mmap_size = 1073741824", "PRAGMA wal_autocheckpoint = 4000", "PRAGMA journal_size_limit = 67108864"})
      run(pragma);
    run(durable ? "PRAGMA synchronous = FULL" : "PRAGMA synchronous = OFF");
  }
  SqliteConnection(const SqliteConnection&) = delete;
  SqliteConnection& operator=(const SqliteConnection&) = delete;
  // SQLite refuses to close while statements live, and they are a member of the base class.
  ~SqliteConnection() override { statements.clear(); }

  Database database() const override { return Database::sqlite; }
  std::unique_ptr<PreparedStatement> prepare(std::string_view sql) override {
    return std::make_unique<SqliteStatement>(handle_, sql);
  }
  std::unique_ptr<Inserter> inserter(std::string_view table, const std::vector<std::string>& columns) override {
    return std::make_unique<SqliteInserter>(*this, handle_, table, columns);
  }
  void begin_write() override { execute("BEGIN IMMEDIATE"); }
  void begin_read() override { execute("BEGIN"); }
  /// Pages that are mapped count as the program's memory until the system wants them back.
  void keep_little() override {
    run("PRAGMA mmap_size = 0");
    run("PRAGMA cache_size = -8192");
  }
  void run(const std::string& sql) override try {
    handle_.behind.settle();
    session_ << sql;
  } catch (const soci::soci_error&) {
    throw_error(handle_.database, sql);
  }

 private:
  soci::session session_;
  Handle handle_;
};

}  // namespace

std::unique_ptr<Connection> open_sqlite(const std::string& path, bool durable) try {
  // A connection is never used by two threads at once, so SQLite need not lock at every call, nor count its memory. Too
  // late once SQLite runs, which costs speed only.
  static const bool configured =
      sqlite3_config(SQLITE_CONFIG_MULTITHREAD) == SQLITE_OK && sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0) == SQLITE_OK;
  static_cast<void>(configured);
  return std::make_unique<SqliteConnection>(path, durable);
} catch (const soci::soci_error& error) {
  throw DatabaseError(error.what());
}

}  // namespace zhijia::store
