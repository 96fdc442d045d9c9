#include "site.hpp"

#include "access/breached.hpp"
#include "insight/insight.hpp"
#include "registers/check.hpp"

namespace zhijia::app {

Result<registers::Catalogue> read_packs(const std::filesystem::path& packs) {
  Problems warnings;
  return read_packs(packs, warnings);
}

Result<registers::Catalogue> read_packs(const std::filesystem::path& packs, Problems& warnings) {
  auto catalogue = registers::load_packs(packs, warnings);
  if (!catalogue) return catalogue;
  if (auto problems = insight::check_indicators(*catalogue); !problems.empty())
    return std::unexpected(std::move(problems));
  return catalogue;
}

Result<void> check_exists(const Site& site) {
  constexpr std::string_view scheme = "sqlite:";
  const std::string_view path = site.database;
  if (!path.starts_with(scheme) || std::filesystem::exists(path.substr(scheme.size()))) return {};
  return fail("site.no_database",
              "没有这个数据库：" + site.database + "。请用 --db 指明，或先运行 zhijia import 或 zhijia demo。",
              "There is no database " + site.database + ": name yours with --db, or run zhijia import or zhijia demo.");
}

std::filesystem::path files_folder(const Site& site) {
  constexpr std::string_view scheme = "sqlite:";
  if (!site.files.empty()) return site.files;
  return site.database.starts_with(scheme) ? site.database.substr(scheme.size()) + ".files" : "zhijia.files";
}

Result<std::unique_ptr<OpenSite>> open_site(const Site& site, bool may_create) {
  if (!may_create)
    if (auto exists = check_exists(site); !exists) return std::unexpected(std::move(exists.error()));
  if (!site.breached_passwords.empty())
    if (auto checked = access::check_breached_list(site.breached_passwords); !checked)
      return std::unexpected(std::move(checked.error()));
  auto catalogue = read_packs(site.packs);
  if (!catalogue) return std::unexpected(std::move(catalogue.error()));
  store::Options options{
      .durable = site.durable,
      .hash = site.suite == access::Suite::sm4_sm3 ? store::HashAlgorithm::sm3 : store::HashAlgorithm::sha256,
      .key_file = site.checkpoint_key};
  auto store = store::Store::open(site.database, system_clock(), options);
  if (!store) return std::unexpected(std::move(store.error()));
  auto vault = access::Vault::open(site.vault_key, **store, site.suite);
  if (!vault) return std::unexpected(std::move(vault.error()));
  const store::HashAlgorithm algorithm = (*store)->hash_algorithm();
  // The registers keep a reference to the vault, so it must stand still from here on.
  auto open = std::make_unique<OpenSite>(site.suite, std::move(*vault), std::move(*store),
                                         store::Files(files_folder(site), algorithm), nullptr, site.breached_passwords);
  auto registers = registers::Registers::open(*open->store, std::move(*catalogue), open->vault, system_clock());
  if (!registers) return std::unexpected(std::move(registers.error()));
  open->registers = std::move(*registers);
  return open;
}

}  // namespace zhijia::app
