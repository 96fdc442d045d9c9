#pragma once

#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>

#include "base/money.hpp"

namespace zhijia::store {

/// The three types of a column, equal on both databases: 64-bit integer, UTF-8 text (ordered by byte), bytes.
enum class Type { integer, text, blob };

/// A value bound to a placeholder. It does not own text or bytes: they must live until the call that takes it returns.
class Parameter {
 public:
  enum class Kind { null, integer, text, blob };

  Parameter(std::nullptr_t) {}
  Parameter(std::nullopt_t) {}
  template <std::integral T>
  Parameter(T value) : kind(Kind::integer), integer(static_cast<std::int64_t>(value)) {}
  Parameter(Money amount) : Parameter(amount.fen) {}
  Parameter(std::string_view value) : kind(Kind::text), bytes(value) {}
  Parameter(const std::string& value) : Parameter(std::string_view(value)) {}
  Parameter(const char* value) : Parameter(std::string_view(value)) {}
  template <typename T>
    requires std::constructible_from<Parameter, const T&>
  Parameter(const std::optional<T>& value) {
    if (value) *this = Parameter(*value);
  }
  static Parameter blob(std::string_view bytes);

  Kind kind = Kind::null;
  std::int64_t integer = 0;
  std::string_view bytes;
};

/// A rule of the schema that a write would have broken. Thrown by what executes the statement; when it leaves the
/// function given to Store::write it becomes a Problem "store.unique" and so on.
class ConstraintViolation : public std::runtime_error {
 public:
  enum class Kind { unique, not_null, foreign_key, check };
  ConstraintViolation(Kind broken, const std::string& detail) : std::runtime_error(detail), kind(broken) {}
  const Kind kind;
};

/// Anything else that the database reports: a fault of ours, of the disk or of the connection.
class DatabaseError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

class PreparedStatement;
class StatementCache;

/// The rows of a query, read once from first to last. Not to outlive its Reader or Transaction.
class Rows {
 public:
  Rows(StatementCache& cache, std::unique_ptr<PreparedStatement> statement);
  Rows(Rows&&) noexcept;
  Rows& operator=(Rows&&) = delete;
  ~Rows();

  /// Moves to the next row (the first at the first call); false when there is none.
  bool next();

  int columns() const;
  bool is_null(int column) const;
  /// 0 when null. Truth values read as 1 and 0 on both databases.
  std::int64_t integer(int column) const;
  /// Empty when null. Valid until next().
  std::string_view text(int column) const;
  std::string_view blob(int column) const;

  std::optional<std::int64_t> integer_if(int column) const;
  std::optional<std::string> text_if(int column) const;

 private:
  StatementCache* cache_;
  std::unique_ptr<PreparedStatement> statement_;
};

}  // namespace zhijia::store
