#pragma once

#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "store/schema.hpp"
#include "store/statement.hpp"
#include "store/store.hpp"

namespace zhijia::store {

/// One statement of one connection. Errors are thrown as ConstraintViolation or DatabaseError.
class PreparedStatement {
 public:
  explicit PreparedStatement(std::string_view text) : sql(text) {}
  virtual ~PreparedStatement() = default;

  /// Sets all placeholders. Text and bytes are used until reset(); with `copy` the statement keeps its own.
  virtual void bind(std::span<const Parameter> parameters, bool copy) = 0;
  virtual bool step() = 0;
  virtual std::int64_t changed() const = 0;
  virtual void reset() = 0;

  virtual int columns() const = 0;
  virtual bool is_null(int column) const = 0;
  virtual std::int64_t integer(int column) const = 0;
  virtual std::string_view text(int column) const = 0;
  virtual std::string_view blob(int column) const = 0;

  const std::string sql;
};

/// Statements of a connection that nobody uses at the moment, by their text.
class StatementCache {
 public:
  explicit StatementCache(Connection& connection) : connection_(connection) {}
  std::unique_ptr<PreparedStatement> take(std::string_view sql);
  void give_back(std::unique_ptr<PreparedStatement> statement) noexcept;
  void clear() { idle_.clear(); }

 private:
  Connection& connection_;
  std::multimap<std::string, std::unique_ptr<PreparedStatement>, std::less<>> idle_;
};

/// A connection to either database. One thread at a time.
class Connection {
 public:
  Connection() : statements(*this) {}
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  virtual ~Connection() = default;

  virtual Database database() const = 0;
  virtual std::unique_ptr<PreparedStatement> prepare(std::string_view sql) = 0;
  virtual std::unique_ptr<Inserter> inserter(std::string_view table, const std::vector<std::string>& columns) = 0;
  /// Begins a transaction that no other writer, of this program or another, can overlap.
  virtual void begin_write() = 0;
  /// Begins a transaction that sees one snapshot.
  virtual void begin_read() = 0;
  /// From now on, what was read is not kept in memory for the next time.
  virtual void keep_little() {}
  /// One statement without placeholders or rows: DDL, settings.
  virtual void run(const std::string& sql) = 0;

  /// A statement without rows that is run often.
  void execute(std::string_view sql);

  StatementCache statements;
};

std::unique_ptr<Connection> open_sqlite(const std::string& path, bool durable);
std::unique_ptr<Connection> open_postgresql(const std::string& url, bool durable);

}  // namespace zhijia::store
