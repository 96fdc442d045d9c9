#include "vault_ring.hpp"

#include <fmt/format.h>

namespace zhijia::access {
namespace {

/// Rows sealed anew in one transaction: some milliseconds, for which others wait.
constexpr int batch_rows = 200;

std::string condition_after(const std::vector<std::string>& key) {
  return key.empty() ? "1 = 1" : "(" + store::quoted_names(key) + ") > (" + store::placeholders(key.size()) + ")";
}

/// One column on its way from its first row to its last.
class ColumnWalk {
 public:
  ColumnWalk(const SealedColumn& column, const Vault& vault, std::string header)
      : column_(column), vault_(vault), header_(std::move(header)), place_(column.key.size(), INT64_MIN) {
    const std::string table = store::quoted_name(column.table), value = store::quoted_name(column.column);
    select_ = "SELECT " + store::quoted_names(column.key) + ", " + value + " FROM " + table + " WHERE " +
              condition_after(column.key) + " AND " + value + " IS NOT NULL AND substr(" + value +
              ", 1, 5) <> ? ORDER BY " + store::quoted_names(column.key) + " LIMIT " + std::to_string(batch_rows);
    update_ = "UPDATE " + table + " SET " + value + " = ?";
    if (!column.hash_column.empty()) update_ += ", " + store::quoted_name(column.hash_column) + " = ?";
    for (std::size_t i = 0; i < column.key.size(); ++i)
      update_ += (i == 0 ? " WHERE " : " AND ") + store::quoted_name(column.key[i]) + " = ?";
  }

  /// Seals the next rows anew; how many there were.
  Result<int> step(store::Transaction& transaction) {
    struct Row {
      std::vector<std::int64_t> key;
      std::string sealed;
    };
    std::vector<Row> found;
    {
      std::vector<store::Parameter> parameters(place_.begin(), place_.end());
      parameters.push_back(store::Parameter::blob(header_));
      auto rows = transaction.query_with(select_, std::span<const store::Parameter>(parameters));
      const int width = static_cast<int>(place_.size());
      while (rows.next()) {
        Row row{{}, std::string(rows.blob(width))};
        for (int i = 0; i < width; ++i) row.key.push_back(rows.integer(i));
        found.push_back(std::move(row));
      }
    }
    for (const Row& row : found) {
      const auto clear = vault_.open(row.sealed);
      if (!clear) return std::unexpected(clear.error());
      const std::string sealed = vault_.seal(*clear), fingerprint = vault_.fingerprint(*clear);
      std::vector<store::Parameter> parameters{store::Parameter::blob(sealed)};
      if (!column_.hash_column.empty()) parameters.emplace_back(fingerprint);
      for (const std::int64_t part : row.key) parameters.emplace_back(part);
      transaction.execute_with(update_, std::span<const store::Parameter>(parameters));
      place_ = row.key;
    }
    return static_cast<int>(found.size());
  }

 private:
  const SealedColumn& column_;
  const Vault& vault_;
  const std::string header_;
  std::vector<std::int64_t> place_;
  std::string select_, update_;
};

template <typename T>
T value_or_throw(Result<T> result) {
  if (!result) throw std::runtime_error(describe(result.error().front()));
  return std::move(*result);
}

}  // namespace

store::TableSchema vault_schema() {
  using store::Type;
  return {.name = "vault_key",
          .columns = {{"number", Type::integer, true},
                      {"suite", Type::text, true},
                      {"sealed", Type::blob, true},
                      {"made_at", Type::text, true},
                      {"retired_at", Type::text, true}},
          .primary_key = {"number"}};
}

Result<std::shared_ptr<const Ring>> load_ring(store::Reader& reader, const DataKey& master) {
  auto ring = std::make_shared<Ring>();
  auto rows = reader.query("SELECT number, suite, sealed, made_at, retired_at FROM vault_key ORDER BY number");
  while (rows.next()) {
    const auto secret = master.open(rows.blob(2));
    const auto suite = parse_suite(rows.text(1));
    if (!secret || !suite)
      return fail("vault.wrong_master", "主密钥与该数据库不符，请使用原来的密钥文件、变量或口令。",
                  "This is not the master key of the database; use the file, variable or passphrase that it was made "
                  "with.");
    ring->keys.push_back({DataKey(static_cast<int>(rows.integer(0)), *suite, *secret), std::string(rows.text(3)),
                          std::string(rows.text(4))});
  }
  return std::shared_ptr<const Ring>(std::move(ring));
}

void insert_key(store::Transaction& transaction, const DataKey& master, int number, Suite suite) {
  const std::string sealed = master.seal(random_bytes(2 * key_bytes));
  transaction.execute(store::insert_sql("vault_key", {"number", "suite", "sealed", "made_at", "retired_at"}), number,
                      name_of(suite), store::Parameter::blob(sealed), to_string(transaction.at()), "");
}

void Vault::refresh(store::Reader& reader) const {
  if (!shared_->store) return;
  const auto known = shared_->ring.load();
  std::int64_t retired = 0;
  for (const RingKey& each : known->keys) retired += each.retired_at.empty() ? 0 : 1;
  {
    auto rows = reader.query("SELECT count(*), count(nullif(retired_at, '')) FROM vault_key");
    rows.next();
    if (rows.integer(0) == static_cast<std::int64_t>(known->keys.size()) && rows.integer(1) == retired) return;
  }
  shared_->ring = value_or_throw(load_ring(reader, *shared_->master));
}

int Vault::add_key(Suite suite, std::string_view actor) const {
  if (!shared_->store) throw std::logic_error("a vault without a database has one key");
  const int made = value_or_throw(shared_->store->write([&](store::Transaction& transaction) -> Result<int> {
    auto latest = transaction.query("SELECT max(number) FROM vault_key");
    latest.next();
    const int number = static_cast<int>(latest.integer(0)) + 1;
    insert_key(transaction, *shared_->master, number, suite);
    transaction.log({.actor = std::string(actor),
                     .source = "system",
                     .kind = "vault.rotate",
                     .register_ = "vault_key",
                     .record = number,
                     .body = fmt::format(R"({{"suite":"{}"}})", name_of(suite))});
    return number;
  }));
  // Only what is on the disk may seal.
  shared_->store->read([&](store::Reader& reader) {
    refresh(reader);
    return 0;
  });
  return made;
}

std::int64_t Vault::reseal(std::span<const SealedColumn> columns, std::string_view actor, const std::stop_token& stop,
                           const std::function<void(std::int64_t)>& progress) const {
  std::int64_t sealed = 0;
  // Again and again until a whole round finds nothing: others may have sealed under the old key meanwhile.
  for (std::int64_t before = -1; before != sealed;) {
    before = sealed;
    for (const SealedColumn& column : columns) {
      ColumnWalk walk(column, *this, shared_->ring.load()->latest().header());
      for (int rows = batch_rows; rows == batch_rows && !stop.stop_requested();) {
        rows = value_or_throw(
            shared_->store->write([&](store::Transaction& transaction) { return walk.step(transaction); }));
        sealed += rows;
        if (progress && rows > 0) progress(sealed);
      }
    }
    if (stop.stop_requested()) return sealed;
  }
  value_or_throw(shared_->store->write([&](store::Transaction& transaction) -> Result<int> {
    const int latest = shared_->ring.load()->latest().number();
    if (transaction.execute("UPDATE vault_key SET retired_at = ? WHERE number < ? AND retired_at = ''",
                            to_string(transaction.at()), latest) > 0)
      transaction.log({.actor = std::string(actor),
                       .source = "system",
                       .kind = "vault.retire",
                       .register_ = "vault_key",
                       .record = latest,
                       .body = "{}"});
    return 0;
  }));
  shared_->store->read([&](store::Reader& reader) {
    refresh(reader);
    return 0;
  });
  return sealed;
}

std::vector<Vault::KeyStatus> Vault::status(std::span<const SealedColumn> columns) const {
  return shared_->store->read([&](store::Reader& reader) {
    refresh(reader);
    std::vector<KeyStatus> all;
    for (const RingKey& each : shared_->ring.load()->keys) {
      KeyStatus status{each.key.number(), each.key.suite(), each.made_at, each.retired_at, 0};
      const std::string header = each.key.header();
      for (const SealedColumn& column : columns) {
        auto rows = reader.query("SELECT count(*) FROM " + store::quoted_name(column.table) + " WHERE substr(" +
                                     store::quoted_name(column.column) + ", 1, 5) = ?",
                                 store::Parameter::blob(header));
        rows.next();
        status.values += rows.integer(0);
      }
      all.push_back(std::move(status));
    }
    return all;
  });
}

bool Vault::is_rotating() const {
  const auto ring = shared_->ring.load();
  for (const RingKey& each : ring->keys)
    if (each.key.number() != ring->latest().number() && each.retired_at.empty()) return true;
  return false;
}

}  // namespace zhijia::access
