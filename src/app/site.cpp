#include "site.hpp"

#include "insight/insight.hpp"

namespace zhijia::app {

Result<registers::Catalogue> read_packs(const std::filesystem::path& packs) {
  auto catalogue = registers::load_packs(packs);
  if (!catalogue) return catalogue;
  if (auto problems = insight::check_indicators(*catalogue); !problems.empty())
    return std::unexpected(std::move(problems));
  return catalogue;
}

Result<std::unique_ptr<OpenSite>> open_site(const Site& site) {
  auto catalogue = read_packs(site.packs);
  if (!catalogue) return std::unexpected(std::move(catalogue.error()));
  auto vault = access::Vault::from_file(site.vault_key);
  if (!vault) return std::unexpected(std::move(vault.error()));
  auto store = store::Store::open(site.database, system_clock(), {.durable = site.durable});
  if (!store) return std::unexpected(std::move(store.error()));
  // The registers keep a reference to the vault, so it must stand still from here on.
  auto open = std::make_unique<OpenSite>(std::move(*vault), std::move(*store), nullptr);
  auto registers = registers::Registers::open(*open->store, std::move(*catalogue), open->vault, system_clock());
  if (!registers) return std::unexpected(std::move(registers.error()));
  open->registers = std::move(*registers);
  return open;
}

}  // namespace zhijia::app
