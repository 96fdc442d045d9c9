#include "connection.hpp"

namespace zhijia::store {

namespace {

/// Registers need a few statements a table and operation; past this the text is likely made anew each time.
constexpr std::size_t idle_statements_max = 512;

}  // namespace

Parameter Parameter::blob(std::string_view bytes) {
  Parameter parameter(bytes);
  parameter.kind = Kind::blob;
  return parameter;
}

std::unique_ptr<PreparedStatement> StatementCache::take(std::string_view sql) {
  const auto found = idle_.find(sql);
  if (found == idle_.end()) return connection_.prepare(sql);
  auto statement = std::move(found->second);
  idle_.erase(found);
  return statement;
}

void StatementCache::give_back(std::unique_ptr<PreparedStatement> statement) noexcept {
  statement->reset();
  if (idle_.size() >= idle_statements_max) idle_.clear();
  std::string key = statement->sql;
  idle_.emplace(std::move(key), std::move(statement));
}

void Connection::execute(std::string_view sql) {
  auto statement = statements.take(sql);
  statement->bind({}, false);
  statement->step();
  statements.give_back(std::move(statement));
}

Rows::Rows(StatementCache& cache, std::unique_ptr<PreparedStatement> statement)
    : cache_(&cache), statement_(std::move(statement)) {}
Rows::Rows(Rows&&) noexcept = default;
Rows::~Rows() {
  if (statement_) cache_->give_back(std::move(statement_));
}

bool Rows::next() { return statement_->step(); }
int Rows::columns() const { return statement_->columns(); }
bool Rows::is_null(int column) const { return statement_->is_null(column); }
std::int64_t Rows::integer(int column) const { return statement_->integer(column); }
std::string_view Rows::text(int column) const { return statement_->text(column); }
std::string_view Rows::blob(int column) const { return statement_->blob(column); }

std::optional<std::int64_t> Rows::integer_if(int column) const {
  if (is_null(column)) return std::nullopt;
  return integer(column);
}
std::optional<std::string> Rows::text_if(int column) const {
  if (is_null(column)) return std::nullopt;
  return std::string(text(column));
}

}  // namespace zhijia::store
