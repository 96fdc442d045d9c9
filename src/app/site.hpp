#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "access/vault.hpp"
#include "registers/engine.hpp"
#include "store/files.hpp"
#include "store/store.hpp"

namespace zhijia::app {

/// Where a federation's data and packs are, as the command line says it.
struct Site {
  std::string database = "sqlite:zhijia.db";
  std::filesystem::path packs = "packs";
  std::filesystem::path checkpoint_key;      ///< store::Options::key_file
  std::filesystem::path breached_passwords;  ///< access/breached.hpp; empty: no such list
  std::filesystem::path files;               ///< folder of attachments; empty: beside an SQLite file, ending .files
  std::string vault_key = "zhijia.vault";    ///< as access::Vault::open takes it
  access::Suite suite = access::Suite::aes_sha2;

  /// Throw-away databases are built without waiting for the disk.
  bool durable = true;
};

/// What most verbs work on. Members are destroyed in the order that they need each other.
struct OpenSite {
  access::Suite suite;  ///< of data keys that are made from now on
  access::Vault vault;
  std::unique_ptr<store::Store> store;
  store::Files files;
  std::unique_ptr<registers::Registers> registers;
  std::filesystem::path breached_passwords;
};

/// Reads the packs, opens the database and brings its tables up to date; makes an SQLite database that is not there yet
/// only when it `may_create`. Problems: site.no_database, and those of the packs, the vault and the store.
Result<std::unique_ptr<OpenSite>> open_site(const Site& site, bool may_create = false);

/// Problems: site.no_database, when the site's database is an SQLite file that is not there.
Result<void> check_exists(const Site& site);

/// Where the site's attachments lie.
std::filesystem::path files_folder(const Site& site);

/// The packs, and whether every indicator can be counted.
Result<registers::Catalogue> read_packs(const std::filesystem::path& packs);
Result<registers::Catalogue> read_packs(const std::filesystem::path& packs, Problems& warnings);

}  // namespace zhijia::app
