#include "exchange/import.hpp"

#include <fmt/format.h>

#include "verbs.hpp"

namespace zhijia::app {

namespace {

Result<void> import_one(const OpenSite& site, const registers::Register& into, const std::filesystem::path& file) {
  exchange::ImportOptions options;
  options.actor = {"system", "import:" + file.filename().string(), {}};
  options.progress = [&](std::int64_t rows) {
    fmt::print(stderr, "  {}: {} rows read\n", into.name, rows);
    return true;
  };
  const auto report = exchange::import_sheet(*site.store, *site.registers, into, file, options);
  if (!report) return std::unexpected(report.error());
  fmt::print(stderr, "{}: {} rows, {} new, {} changed, {} unchanged\n", into.name, report->rows, report->created,
             report->changed, report->unchanged);
  return {};
}

}  // namespace

Result<void> import_workbooks(const OpenSite& site, const std::string& register_name,
                              const std::filesystem::path& from) {
  const registers::Catalogue& catalogue = site.registers->catalogue();
  if (!std::filesystem::is_directory(from)) {
    const registers::Register* into = catalogue.find_register(register_name);
    if (!into)
      return fail("import.register", fmt::format("没有登记簿“{}”，请用 --register 写明名称", register_name),
                  fmt::format("There is no register \"{}\": name one with --register", register_name));
    return import_one(site, *into, from);
  }
  bool found = false;
  for (const registers::Register& into : catalogue.registers) {
    const auto file = from / (into.name + ".xlsx");
    if (!std::filesystem::exists(file)) continue;
    found = true;
    if (auto done = import_one(site, into, file); !done) return done;
  }
  if (!found)
    return fail("import.empty_folder", "文件夹中没有以登记簿命名的工作簿（如 winter_visit.xlsx）",
                "The folder has no workbook named after a register, such as winter_visit.xlsx",
                {.file = from.string(), .sheet = {}, .cell = {}, .record = {}, .field = {}});
  return {};
}

}  // namespace zhijia::app
