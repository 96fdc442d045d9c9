// SOCI opens the connection and runs DDL; rows go through the handle that it exposes for this, as in sqlite.cpp.
#include <fmt/format.h>
#include <libpq-fe.h>
#include <soci/postgresql/soci-postgresql.h>
#include <soci/soci.h>

#include <array>
#include <charconv>

#include "connection.hpp"
#include "placeholders.hpp"

namespace zhijia::store {

namespace {

/// Writers of all programs on one database take this lock (advisory, to the end of the transaction): the change log
/// has one order.
constexpr std::string_view take_writer_lock = "SELECT pg_advisory_xact_lock(7329146500)";

/// Rows are sent to COPY when this many bytes have gathered.
constexpr std::size_t copy_bytes_max = 4 << 20;

// From PostgreSQL's catalog (pg_type.dat), fixed for ever.
constexpr Oid oid_unspecified = 0, oid_int8 = 20, oid_bytea = 17;

struct FreeResult {
  void operator()(PGresult* result) const { PQclear(result); }
};
using ResultHandle = std::unique_ptr<PGresult, FreeResult>;

[[noreturn]] void throw_error(PGconn* connection, const PGresult* result, std::string_view sql) {
  const char* field = result ? PQresultErrorField(result, PG_DIAG_SQLSTATE) : nullptr;
  const std::string_view state = field ? field : "";
  const std::string what = result ? PQresultErrorMessage(result) : PQerrorMessage(connection);
  using Kind = ConstraintViolation::Kind;
  if (state == "23505") throw ConstraintViolation(Kind::unique, what);
  if (state == "23502") throw ConstraintViolation(Kind::not_null, what);
  if (state == "23503") throw ConstraintViolation(Kind::foreign_key, what);
  if (state == "23514") throw ConstraintViolation(Kind::check, what);
  throw DatabaseError(fmt::format("PostgreSQL: {} in: {}", what, sql));
}

bool is_good(const PGresult* result) {
  const auto status = PQresultStatus(result);
  return status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK || status == PGRES_COPY_IN;
}

class PostgresqlStatement final : public PreparedStatement {
 public:
  PostgresqlStatement(PGconn* connection, std::string_view text, std::string name)
      : PreparedStatement(text), connection_(connection), name_(std::move(name)) {
    auto numbered = numbered_placeholders(sql);
    numbered_ = std::move(numbered.sql);
    placeholders_ = numbered.count;
  }
  PostgresqlStatement(const PostgresqlStatement&) = delete;
  PostgresqlStatement& operator=(const PostgresqlStatement&) = delete;
  ~PostgresqlStatement() override {
    if (prepared_) ResultHandle(PQexec(connection_, fmt::format("DEALLOCATE \"{}\"", name_).c_str()));
  }

  void bind(std::span<const Parameter> parameters, bool) override {
    if (parameters.size() != placeholders_)
      throw DatabaseError(fmt::format("{} values for: {}", parameters.size(), sql));
    // What is sent is always copied: libpq wants an end to each text, and the numbers as text.
    texts_.resize(parameters.size());
    values_.assign(parameters.size(), nullptr);
    lengths_.assign(parameters.size(), 0);
    formats_.assign(parameters.size(), 0);
    types_.assign(parameters.size(), oid_unspecified);
    for (std::size_t i = 0; i < parameters.size(); ++i) set(i, parameters[i]);
    result_.reset();
    row_ = -1;
  }

  bool step() override {
    if (!result_) execute();
    return ++row_ < PQntuples(result_.get());
  }

  std::int64_t changed() const override {
    const std::string_view text = PQcmdTuples(result_.get());
    std::int64_t count = 0;
    std::from_chars(text.begin(), text.end(), count);
    return count;
  }
  void reset() override { result_.reset(); }
  int columns() const override { return PQnfields(result_.get()); }
  bool is_null(int column) const override { return PQgetisnull(result_.get(), row_, column) != 0; }

  std::int64_t integer(int column) const override {
    const std::string_view value = text(column);
    if (value.empty() || value == "f") return 0;
    if (value == "t") return 1;
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(value.begin(), value.end(), number);
    // A sum of BIGINT is NUMERIC there: its whole part is exact as long as it fits.
    if (error != std::errc{} || (end != value.end() && *end != '.'))
      throw DatabaseError(fmt::format("not an integer: {} in: {}", value, sql));
    return number;
  }

  std::string_view text(int column) const override {
    return {PQgetvalue(result_.get(), row_, column),
            static_cast<std::size_t>(PQgetlength(result_.get(), row_, column))};
  }

  std::string_view blob(int column) const override {
    const std::string_view hex = text(column);  // "\x…"
    if (hex.size() < 2) return {};
    std::string& bytes = blobs_[static_cast<std::size_t>(column) % blobs_.size()];
    bytes.resize((hex.size() - 2) / 2);
    for (std::size_t i = 0; i < bytes.size(); ++i) {
      unsigned char byte = 0;
      std::from_chars(hex.data() + 2 + 2 * i, hex.data() + 4 + 2 * i, byte, 16);
      bytes[i] = static_cast<char>(byte);
    }
    return bytes;
  }

 private:
  void set(std::size_t i, const Parameter& parameter) {
    using Kind = Parameter::Kind;
    if (parameter.kind == Kind::null) return;
    if (parameter.kind == Kind::integer) {
      texts_[i] = std::to_string(parameter.integer);
      types_[i] = oid_int8;
    } else {
      texts_[i].assign(parameter.bytes);
      if (parameter.kind == Kind::blob) {
        formats_[i] = 1;
        types_[i] = oid_bytea;
      } else if (texts_[i].find('\0') != std::string::npos) {
        throw DatabaseError("text with a NUL character");
      }
    }
    values_[i] = texts_[i].data();
    lengths_[i] = static_cast<int>(texts_[i].size());
  }

  void execute() {
    const int count = static_cast<int>(values_.size());
    if (!prepared_) {
      const ResultHandle made(PQprepare(connection_, name_.c_str(), numbered_.c_str(), count, types_.data()));
      if (!is_good(made.get())) throw_error(connection_, made.get(), sql);
      prepared_ = true;
    }
    result_.reset(
        PQexecPrepared(connection_, name_.c_str(), count, values_.data(), lengths_.data(), formats_.data(), 0));
    if (is_good(result_.get())) return;
    const ResultHandle failed = std::move(result_);
    throw_error(connection_, failed.get(), sql);
  }

  PGconn* connection_;
  std::string name_;
  std::string numbered_;
  std::size_t placeholders_ = 0;
  bool prepared_ = false;
  std::vector<std::string> texts_;
  std::vector<const char*> values_;
  std::vector<int> lengths_, formats_;
  std::vector<Oid> types_;
  ResultHandle result_;
  int row_ = -1;
  mutable std::array<std::string, 4> blobs_;
};

/// COPY in its text format; a whole COPY a flush, because the connection can do nothing else during one.
class CopyInserter final : public Inserter {
 public:
  CopyInserter(PGconn* connection, std::string_view table, const std::vector<std::string>& columns)
      : connection_(connection),
        sql_(fmt::format("COPY {} ({}) FROM STDIN", quoted_name(table), quoted_names(columns))),
        columns_(columns.size()) {}

  void add_row(std::span<const Parameter> row) override {
    if (row.size() != columns_) throw DatabaseError(fmt::format("{} values for: {}", row.size(), sql_));
    bool first = true;
    for (const Parameter& value : row) {
      if (!first) buffer_ += '\t';
      first = false;
      append(value);
    }
    buffer_ += '\n';
    if (buffer_.size() >= copy_bytes_max) flush();
  }

  void flush() override {
    if (buffer_.empty()) return;
    const ResultHandle begun(PQexec(connection_, sql_.c_str()));
    if (!is_good(begun.get())) throw_error(connection_, begun.get(), sql_);
    if (PQputCopyData(connection_, buffer_.data(), static_cast<int>(buffer_.size())) != 1 ||
        PQputCopyEnd(connection_, nullptr) != 1)
      throw_error(connection_, nullptr, sql_);
    buffer_.clear();
    ResultHandle failed;
    while (ResultHandle result{PQgetResult(connection_)})
      if (!is_good(result.get())) failed = std::move(result);
    if (failed) throw_error(connection_, failed.get(), sql_);
  }

 private:
  void append(const Parameter& value) {
    switch (value.kind) {
      case Parameter::Kind::null:
        buffer_ += "\\N";
        break;
      case Parameter::Kind::integer: {
        std::array<char, 20> digits{};
        buffer_.append(digits.data(), std::to_chars(digits.begin(), digits.end(), value.integer).ptr);
        break;
      }
      case Parameter::Kind::text:
        for (char c : value.bytes) append_escaped(c);
        break;
      case Parameter::Kind::blob:
        buffer_ += "\\\\x";
        for (unsigned char byte : value.bytes) {
          buffer_ += "0123456789abcdef"[byte >> 4];
          buffer_ += "0123456789abcdef"[byte & 15];
        }
        break;
    }
  }

  void append_escaped(char c) {
    switch (c) {
      case '\\':
        buffer_ += "\\\\";
        break;
      case '\t':
        buffer_ += "\\t";
        break;
      case '\n':
        buffer_ += "\\n";
        break;
      case '\r':
        buffer_ += "\\r";
        break;
      case '\0':
        throw DatabaseError("text with a NUL character");
      default:
        buffer_ += c;
    }
  }

  PGconn* connection_;
  std::string sql_;
  std::size_t columns_;
  std::string buffer_;
};

/// The address with a parameter in it: SOCI takes a text without any “=” for a name, and writes one behind it.
std::string named(const std::string& url) {
  if (url.find('=') != std::string::npos) return url;
  return url + (url.find('?') == std::string::npos ? "?" : "&") + "application_name=zhijia";
}

class PostgresqlConnection final : public Connection {
 public:
  PostgresqlConnection(const std::string& url, bool durable) : session_(soci::postgresql, named(url)) {
    handle_ = static_cast<soci::postgresql_session_backend*>(session_.get_backend())->conn_;
    run("SET client_min_messages = warning");
    run("SET client_encoding = 'UTF8'");
    run(durable ? "SET synchronous_commit = on" : "SET synchronous_commit = off");
  }
  PostgresqlConnection(const PostgresqlConnection&) = delete;
  PostgresqlConnection& operator=(const PostgresqlConnection&) = delete;
  ~PostgresqlConnection() override { statements.clear(); }

  Database database() const override { return Database::postgresql; }
  std::unique_ptr<PreparedStatement> prepare(std::string_view sql) override {
    return std::make_unique<PostgresqlStatement>(handle_, sql, fmt::format("zhijia_{}", ++prepared_));
  }
  std::unique_ptr<Inserter> inserter(std::string_view table, const std::vector<std::string>& columns) override {
    return std::make_unique<CopyInserter>(handle_, table, columns);
  }
  void begin_write() override {
    execute("BEGIN");
    execute(take_writer_lock);
  }
  void begin_read() override { execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"); }
  void run(const std::string& sql) override try { session_ << sql; } catch (const soci::soci_error& error) {
    throw DatabaseError(error.what());
  }

 private:
  soci::session session_;
  PGconn* handle_ = nullptr;
  std::int64_t prepared_ = 0;
};

}  // namespace

std::unique_ptr<Connection> open_postgresql(const std::string& url, bool durable) try {
  return std::make_unique<PostgresqlConnection>(url, durable);
} catch (const soci::soci_error& error) {
  throw DatabaseError(error.what());
}

}  // namespace zhijia::store
