#include <fmt/format.h>

#include <fstream>

#include "base/text.hpp"
#include "exchange/export.hpp"
#include "exchange/template.hpp"
#include "json.hpp"
#include "verbs.hpp"

namespace zhijia::app {

namespace {

Result<const registers::Register*> register_named(const registers::Catalogue& catalogue, const std::string& name) {
  if (const registers::Register* of = catalogue.find_register(name)) return of;
  return fail("register.not_found", fmt::format("没有登记簿“{}”", name),
              fmt::format("There is no register \"{}\"", name));
}

}  // namespace

Result<void> export_workbook(const OpenSite& site, const ExportVerbOptions& options) {
  const auto of = register_named(site.registers->catalogue(), options.register_name);
  if (!of) return std::unexpected(of.error());
  exchange::ExportOptions wanted{
      .query = {.where = options.where, .text = options.text},
      .format = options.out.extension() == ".csv" ? exchange::ExportFormat::csv : exchange::ExportFormat::xlsx,
      .shows_secrets = !options.reason.empty(),
      .made_at = system_clock().now()};
  if (!options.sort.empty())
    for (std::string_view field : split(options.sort, ',')) {
      const bool is_descending = field.starts_with('-');
      wanted.query.sort.push_back({std::string(field.substr(is_descending ? 1 : 0)), is_descending});
    }
  const auto logged = site.store->write([&](store::Transaction& transaction) -> Result<void> {
    transaction.log({.actor = "system",
                     .source = "export:" + options.out.filename().string(),
                     .kind = wanted.shows_secrets ? "export_clear" : "export",
                     .register_ = (*of)->name,
                     .record = 0,
                     .body = "{\"reason\":" + json_text(options.reason) + "}"});
    return {};
  });
  if (!logged) return logged;
  std::ofstream file(options.out, std::ios::binary | std::ios::trunc);
  const auto count = site.store->scan([&](store::Reader& reader) {
    return exchange::export_list(reader, *site.registers, **of, wanted, [&](std::string bytes) {
      file << bytes;
      return file.good();
    });
  });
  file.close();
  if (!count) return std::unexpected(count.error());
  if (!file)
    return fail("sheet.write", "文件写入失败，请检查磁盘空间", "the file could not be written; check the disk",
                {.file = options.out.string(), .sheet = {}, .cell = {}, .record = {}, .field = {}});
  fmt::print(stderr, "{}: {} records\n", (*of)->name, *count);
  return {};
}

Result<void> write_template(const OpenSite& site, const std::string& register_name, const std::filesystem::path& out) {
  const auto of = register_named(site.registers->catalogue(), register_name);
  if (!of) return std::unexpected(of.error());
  return exchange::write_template(out, site.registers->catalogue(), **of);
}

Result<void> undo_import(const OpenSite& site, const std::string& register_name, std::int64_t first,
                         std::int64_t last) {
  const auto of = register_named(site.registers->catalogue(), register_name);
  if (!of) return std::unexpected(of.error());
  const auto undone = site.store->write([&](store::Transaction& transaction) {
    return site.registers->undo(transaction, **of, first, last, {"system", "undo", {}});
  });
  if (!undone) return std::unexpected(undone.error());
  fmt::print(stderr, "{}: {} removed, {} put back, {} postings reversed\n", (*of)->name, undone->removed,
             undone->put_back, undone->reversed);
  return {};
}

}  // namespace zhijia::app
