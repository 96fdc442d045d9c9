#include "store/store.hpp"

#include <fmt/format.h>

#include <future>
#include <mutex>

#include "log_tree.hpp"
#include "migration.hpp"
#include "parts.hpp"
#include "postgresql_address.hpp"

namespace zhijia::store {

namespace {

/// Counts up when the store's own tables change so that an older program would misread them.
constexpr int layout_version = 1;

struct Url {
  Database database;
  std::string target;  ///< a path, or the whole URL
};

Result<Url> parse_url(std::string_view url) {
  constexpr std::string_view sqlite = "sqlite:";
  if (url.starts_with("postgresql://")) {
    if (auto checked = check_postgresql_address(std::string(url)); !checked)
      return std::unexpected(std::move(checked.error()));
    return Url{Database::postgresql, std::string(url)};
  }
  if (url.starts_with(sqlite) && url.size() > sqlite.size() && !url.contains('"'))
    return Url{Database::sqlite, std::string(url.substr(sqlite.size()))};
  return fail("store.url", fmt::format("数据库地址“{}”不对：应为 sqlite:文件路径 或 postgresql://…", url),
              fmt::format("\"{}\" is no database address: write sqlite:PATH or postgresql://…", url));
}

std::unique_ptr<Connection> connect(const Url& url, bool durable) {
  return url.database == Database::sqlite ? open_sqlite(url.target, durable) : open_postgresql(url.target, durable);
}

std::optional<std::string> read_setting(Reader& reader, std::string_view name) {
  auto rows = reader.query("SELECT value FROM setting WHERE name = ?", name);
  if (!rows.next()) return std::nullopt;
  return std::string(rows.text(0));
}

void write_setting(Transaction& transaction, std::string_view name, std::string_view value) {
  transaction.execute(upsert_sql("setting", {"name", "value"}, {"name"}), name, value);
}

std::string_view name_of(HashAlgorithm algorithm) { return algorithm == HashAlgorithm::sm3 ? "sm3" : "sha256"; }

HashAlgorithm kept_algorithm(Reader& reader) {
  return read_setting(reader, "log.hash") == "sm3" ? HashAlgorithm::sm3 : HashAlgorithm::sha256;
}

/// The layout of the store's tables in this database; nothing when it has none yet.
std::optional<int> found_layout(Reader& reader) {
  auto rows = reader.query(reader.database() == Database::sqlite
                               ? "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = 'setting'"
                               : "SELECT to_regclass('setting') IS NOT NULL");
  rows.next();
  if (rows.integer(0) == 0) return std::nullopt;
  const auto version = read_setting(reader, "store.layout");
  if (!version) return std::nullopt;
  return std::stoi(*version);
}

/// Makes the store's own tables where they are missing; where they are not, nothing is locked, so that a report can be
/// run beside a long import. Returns the hash that this database's log is kept with.
Result<HashAlgorithm> prepare_database(Connection& connection, const Clock& clock, HashAlgorithm wanted) {
  WriterState state(clock, wanted);
  Transaction transaction(connection, state);
  const auto layout = found_layout(transaction);
  if (layout && *layout > layout_version)
    return fail("store.newer", "该数据库由更新版本的程序建立，请升级程序后再打开",
                "this database was made by a later version; upgrade the program to open it");
  if (layout == layout_version) return kept_algorithm(transaction);
  connection.begin_write();
  migrate_system_tables(transaction);
  if (!found_layout(transaction)) write_setting(transaction, "log.hash", name_of(wanted));
  write_setting(transaction, "store.layout", std::to_string(layout_version));
  const HashAlgorithm algorithm = kept_algorithm(transaction);
  connection.execute("COMMIT");
  return algorithm;
}

}  // namespace

Store::Store() : parts_(std::make_unique<Parts>()) {}
Store::~Store() = default;

Result<std::unique_ptr<Store>> Store::open(std::string_view url, const Clock& clock, const Options& options) {
  const auto parsed = parse_url(url);
  if (!parsed) return std::unexpected(parsed.error());
  std::unique_ptr<Store> store(new Store());
  Parts& parts = *store->parts_;
  try {
    auto connection = connect(*parsed, options.durable);
    const auto algorithm = prepare_database(*connection, clock, options.hash);
    if (!algorithm) return std::unexpected(algorithm.error());
    parts.database = parsed->database;
    parts.clock = &clock;
    parts.options = options;
    parts.algorithm = *algorithm;
    if (parts.options.key_file.empty() && parsed->database == Database::sqlite)
      parts.options.key_file = parsed->target + ".key";
    parts.connect = [target = *parsed, durable = options.durable] { return connect(target, durable); };
    parts.writer = std::make_unique<Writer>(std::move(connection), clock, *algorithm);
  } catch (const DatabaseError& error) {
    return fail("store.open", fmt::format("无法打开数据库：{}", error.what()),
                fmt::format("the database cannot be opened: {}", error.what()));
  }
  return store;
}

Database Store::database() const { return parts_->database; }
HashAlgorithm Store::hash_algorithm() const { return parts_->algorithm; }

void Store::submit(Work work, Done done) { parts_->writer->submit(std::move(work), std::move(done)); }

Result<void> Store::write_and_wait(Work work) {
  if (parts_->writer->is_this_thread()) throw std::logic_error("Store::write called from the writer's own thread");
  std::promise<Result<void>> promise;
  submit(std::move(work), [&](Result<void> result, std::exception_ptr fault) {
    if (fault)
      promise.set_exception(fault);
    else
      promise.set_value(std::move(result));
  });
  return promise.get_future().get();
}

Store::ReadLease::ReadLease(Store& owner, For what) : store(owner), purpose(what) {
  Parts& parts = *store.parts_;
  if (purpose == For::reading) {
    const std::lock_guard lock(parts.readers_mutex);
    if (!parts.idle_readers.empty()) {
      connection = std::move(parts.idle_readers.back());
      parts.idle_readers.pop_back();
    }
  }
  if (!connection) connection = parts.connect();
  if (purpose == For::scan) connection->keep_little();
  connection->begin_read();
}

Store::ReadLease::~ReadLease() {
  Parts& parts = *store.parts_;
  try {
    connection->execute("ROLLBACK");
  } catch (const DatabaseError&) {
    return;  // a broken connection is closed, not kept
  }
  if (purpose == For::scan) return;
  const std::lock_guard lock(parts.readers_mutex);
  if (parts.idle_readers.size() < static_cast<std::size_t>(parts.options.readers))
    parts.idle_readers.push_back(std::move(connection));
}

Store::Rehearsal::Rehearsal(Store& owner, Connection& connection)
    : state(std::make_unique<WriterState>(*owner.parts_->clock, owner.parts_->algorithm)),
      transaction(std::make_unique<Transaction>(connection, *state)) {
  state->is_rehearsal = true;
  state->frontier.size = transaction->position();
  state->begin_work();
}

Store::Rehearsal::~Rehearsal() = default;

Result<void> Store::migrate(std::span<const TableSchema> schemas) {
  auto migrated =
      write([&](Transaction& transaction) { return migrate_tables(transaction, schemas, parts_->clock->today()); });
  // Idle readers hold statements that PostgreSQL prepared for the tables as they were.
  const std::lock_guard lock(parts_->readers_mutex);
  parts_->idle_readers.clear();
  return migrated;
}

std::optional<std::string> Store::setting(std::string_view name) {
  return read([&](Reader& reader) { return read_setting(reader, name); });
}

void Store::set_setting(std::string_view name, std::string_view value) {
  const auto written = write([&](Transaction& transaction) -> Result<void> {
    write_setting(transaction, name, value);
    return {};
  });
  if (!written) throw std::logic_error(describe(written.error().front()));
}

}  // namespace zhijia::store
