#include <fmt/chrono.h>
#include <fmt/format.h>

#include "verbs.hpp"

namespace zhijia::app {

namespace fs = std::filesystem;

namespace {

constexpr std::string_view scheme = "sqlite:";

Result<void> only_sqlite(const Site& site) {
  if (site.database.starts_with(scheme)) return {};
  return fail("backup.database", "PostgreSQL 数据库请先用 pg_dump 备份，再复制附件文件夹。",
              "Back up a PostgreSQL database with pg_dump, and copy the folder of attachments after it.");
}

}  // namespace

Result<void> backup(const Site& site, const OpenSite& open, const fs::path& folder) {
  if (auto checked = only_sqlite(site); !checked) return checked;
  fs::create_directories(folder);
  const auto now = std::chrono::floor<std::chrono::seconds>(system_clock().now());
  const fs::path database = folder / fmt::format("{:%Y%m%d-%H%M%S}.db", now);
  // Files after the database: they are only ever added, so all that it names are there.
  if (auto done = open.store->backup(database); !done) return done;
  open.files.copy_to(folder / "files");
  fmt::print("{}\n", database.string());
  return {};
}

Result<void> restore(const Site& site, const fs::path& backup) {
  if (auto checked = only_sqlite(site); !checked) return checked;
  const fs::path database = site.database.substr(scheme.size());
  if (auto done = store::restore(backup, database, system_clock()); !done) return done;
  const auto store = store::Store::open(site.database, system_clock());
  if (!store) return std::unexpected(store.error());
  store::Files(backup.parent_path() / "files", (*store)->hash_algorithm()).copy_to(files_folder(site));
  fmt::print("{}\n", database.string());
  return {};
}

}  // namespace zhijia::app
