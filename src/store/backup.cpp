#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include "parts.hpp"

namespace zhijia::store {

namespace {

namespace fs = std::filesystem;

Place place_of(const fs::path& file) {
  Place place;
  place.file = file.string();
  return place;
}

/// SQLite leaves it to us that a copy reaches the disk.
void flush_to_disk(const fs::path& file) {
  const int descriptor = open(file.c_str(), O_RDONLY);
  const bool done = descriptor >= 0 && fsync(descriptor) == 0;
  if (descriptor >= 0) close(descriptor);
  if (!done) throw DatabaseError(fmt::format("the copy {} did not reach the disk", file.string()));
}

}  // namespace

Result<void> Store::backup(const fs::path& to) {
  if (parts_->database != Database::sqlite)
    return fail("store.backup", "PostgreSQL 数据库请用 pg_dump 备份", "back up a PostgreSQL database with pg_dump",
                place_of(to));
  if (fs::exists(to))
    return fail("store.backup", "备份文件已存在，请换一个名字", "the backup file exists already; choose another name",
                place_of(to));
  try {
    const auto connection = parts_->connect();
    auto statement = connection->statements.take("VACUUM INTO ?");
    const Parameter path(to.native());
    statement->bind({&path, 1}, true);
    statement->step();
    connection->statements.give_back(std::move(statement));
    flush_to_disk(to);
  } catch (const DatabaseError& error) {
    return fail("store.backup", fmt::format("备份失败：{}", error.what()),
                fmt::format("the backup failed: {}", error.what()), place_of(to));
  }
  return {};
}

Result<void> restore(const fs::path& backup, const fs::path& to, const Clock& clock) {
  if (!fs::exists(backup))
    return fail("store.restore", "没有这个备份文件", "there is no such backup", place_of(backup));
  const fs::path candidate = to.string() + ".restoring", replaced = to.string() + ".before-restore";
  const auto refuse = [&](Problems problems) -> Result<void> {
    for (const char* ending : {"", "-wal", "-shm"}) fs::remove(candidate.string() + ending);
    return std::unexpected(std::move(problems));
  };
  fs::copy_file(backup, candidate, fs::copy_options::overwrite_existing);
  {
    Options options;
    options.key_file = to.string() + ".key";
    auto store = Store::open("sqlite:" + candidate.string(), clock, options);
    if (!store) return refuse(std::move(store.error()));
    auto verification = (*store)->verify();
    if (!verification) return refuse(std::move(verification.error()));
    if (!verification->problems.empty()) return refuse(std::move(verification->problems));
  }
  flush_to_disk(candidate);
  for (const char* ending : {"", "-wal", "-shm"})
    if (fs::exists(to.string() + ending)) fs::rename(to.string() + ending, replaced.string() + ending);
  fs::rename(candidate, to);
  return {};
}

}  // namespace zhijia::store
