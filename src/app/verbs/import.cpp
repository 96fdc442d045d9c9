#include "exchange/import.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"
#include "exchange/marked.hpp"
#include "verbs.hpp"

namespace zhijia::app {

namespace {

/// "列名=字段", or "列名=" to leave the column out.
Result<exchange::Mapping> mapping_of(const registers::Register& into, const std::filesystem::path& file,
                                     const std::vector<std::string>& settings) {
  auto mapping = exchange::find_header(into, file);
  if (!mapping) return mapping;
  std::vector<exchange::Choice> choices;
  for (const std::string& setting : settings) {
    const std::size_t equals = setting.rfind('=');
    const auto column =
        std::ranges::find(mapping->columns, tidy(setting.substr(0, equals)), &exchange::SheetColumn::header);
    if (equals == std::string::npos || column == mapping->columns.end())
      return fail("import.mapping", fmt::format("“{}”应写成 表中的列名=字段名", setting),
                  fmt::format("“{}” should be HEADER=FIELD, the header as it stands in the sheet", setting));
    choices.push_back({column->place, setting.substr(equals + 1)});
  }
  if (auto chosen = exchange::choose(*mapping, into, choices, exchange::SheetColumn::By::user); !chosen)
    return std::unexpected(std::move(chosen.error()));
  return mapping;
}

/// Checks, and takes the faulty rows out of what is to be stored.
Result<std::vector<exchange::Fault>> check(const OpenSite& site, const registers::Register& into,
                                           const std::filesystem::path& file, exchange::ImportOptions& options,
                                           bool leaves_out) {
  std::vector<exchange::Fault> faults;
  const auto checked =
      exchange::check_sheet(*site.store, *site.registers, into, file, options, [&](const exchange::Fault& fault) {
        if (leaves_out) options.left_out.insert(fault.row);
        if (faults.size() < exchange::import_faults_max) faults.push_back(fault);
      });
  if (!checked) return std::unexpected(checked.error());
  fmt::print(stderr, "{}: {} rows checked, {} would be new, {} changed, {} unchanged, {} faulty\n", into.name,
             checked->rows, checked->created, checked->changed, checked->unchanged, checked->faulty);
  return faults;
}

Result<void> import_one(const OpenSite& site, const registers::Register& into, const std::filesystem::path& file,
                        const ImportVerbOptions& asked) {
  exchange::ImportOptions options;
  options.actor = {"system", "import:" + file.filename().string(), {}};
  options.keeps_filled = asked.keeps_filled;
  options.progress = [&](std::int64_t rows) {
    fmt::print(stderr, "  {}: {} rows read\n", into.name, rows);
    return true;
  };
  if (!asked.mapping.empty() || !asked.marked.empty()) {
    auto mapping = mapping_of(into, file, asked.mapping);
    if (!mapping) return std::unexpected(std::move(mapping.error()));
    options.mapping = std::move(*mapping);
  }
  if (asked.checks_only || asked.good_rows_only || !asked.marked.empty()) {
    const auto faults = check(site, into, file, options, asked.good_rows_only);
    if (!faults) return std::unexpected(faults.error());
    if (!asked.marked.empty() && !faults->empty())
      if (auto written = exchange::write_marked(file, *options.mapping, into, {}, *faults, asked.marked); !written)
        return written;
    Problems problems;
    for (const exchange::Fault& fault : *faults) problems.push_back(fault.problem);
    if (!problems.empty() && !asked.good_rows_only) return std::unexpected(std::move(problems));
    for (const Problem& problem : problems) fmt::print(stderr, "  {}\n", describe(problem));
    if (asked.checks_only) return {};
  }
  const auto report = exchange::import_sheet(*site.store, *site.registers, into, file, options);
  if (!report) return std::unexpected(report.error());
  fmt::print(stderr, "{}: {} rows, {} new, {} changed, {} unchanged, {} left out (log {} to {})\n", into.name,
             report->rows, report->created, report->changed, report->unchanged, report->faulty, report->first_position,
             report->last_position);
  return {};
}

}  // namespace

Result<void> import_workbooks(const OpenSite& site, const ImportVerbOptions& asked) {
  const registers::Catalogue& catalogue = site.registers->catalogue();
  const std::filesystem::path& from = asked.from;
  if (!std::filesystem::is_directory(from)) {
    const registers::Register* into = catalogue.find_register(asked.register_name);
    if (!into)
      return fail("import.register", fmt::format("没有登记簿“{}”，请用 --register 写明名称", asked.register_name),
                  fmt::format("There is no register \"{}\": name one with --register", asked.register_name));
    return import_one(site, *into, from, asked);
  }
  bool found = false;
  for (const registers::Register& into : catalogue.registers) {
    const auto file = from / (into.name + ".xlsx");
    if (!std::filesystem::exists(file)) continue;
    found = true;
    if (auto done = import_one(site, into, file, asked); !done) return done;
  }
  if (!found)
    return fail("import.empty_folder", "文件夹中没有以登记簿命名的工作簿（如 winter_visit.xlsx）",
                "The folder has no workbook named after a register, such as winter_visit.xlsx",
                {.file = from.string(), .sheet = {}, .cell = {}, .record = {}, .field = {}});
  return {};
}

}  // namespace zhijia::app
