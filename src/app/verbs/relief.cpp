#include "verbs/relief.hpp"

#include <fmt/format.h>

#include <fstream>
#include <iterator>
#include <memory>

#include "json.hpp"
#include "relief/audit.hpp"
#include "relief/recheck.hpp"
#include "relief/recheck_jobs.hpp"
#include "relief/stock.hpp"

namespace zhijia::app {

namespace {

struct Told {
  std::string day, first, last, seed, model, out;
  int year = 0;
  std::size_t size = 100;
  std::vector<std::string> settings;
  bool applies = false, as_json = false;
};

Result<Date> day_of(const std::string& text) { return text.empty() ? system_clock().today() : parse_date(text); }

std::string_view name_of(relief::Finding::Change change) {
  using enum relief::Finding::Change;
  return change == same ? "same" : change == changed ? "changed" : change == out ? "out" : "unstated";
}

void print(const relief::Recheck& checked, bool as_json) {
  using enum relief::Finding::Change;
  for (const relief::Finding& each : checked.findings) {
    if (as_json)
      fmt::print(
          "{{\"file\": {}, \"region\": {}, \"change\": \"{}\", \"before\": {}, \"kind\": {}, \"reason\": {}, "
          "\"rows\": {}}}\n",
          json_text(each.code), json_text(each.region), name_of(each.change), json_text(each.kind_before),
          json_text(each.kind), json_text(each.reason), json_text(each.row_label));
    else if (each.change != same)
      fmt::print("{}\t{}\t{}\t{} → {}\t{}\n", each.code, each.region, name_of(each.change), each.kind_before, each.kind,
                 each.reason);
  }
  for (const relief::Dormant& each : checked.dormant)
    if (as_json)
      fmt::print("{{\"file\": {}, \"region\": {}, \"dormant_since\": {}}}\n", json_text(each.code),
                 json_text(each.region), json_text(each.last_on));
    else
      fmt::print("{}\t{}\tdormant since\t{}\n", each.code, each.region, each.last_on.empty() ? "-" : each.last_on);
  fmt::print(
      stderr,
      "复核 {} 户 / {} files: 不变 same {}, 变类 changed {}, 应退出 out {}, 缺收入 unstated {}, 休眠 dormant {}\n",
      checked.findings.size(), checked.findings.size(), checked.count(same), checked.count(changed), checked.count(out),
      checked.count(unstated), checked.dormant.size());
}

/// In slices, as the server's job does: whoever works beside it does not wait for the whole of it.
Result<void> write_recheck(const OpenSite& site, Date day, int year) {
  for (Id last = 0;;) {
    const auto slice = site.store->write([&](store::Transaction& transaction) {
      return relief::apply_recheck(transaction, *site.registers, day, year,
                                   {.id = "system", .source = "cli", .roles = {}},
                                   {.after = last, .files_max = relief::recheck_slice_files});
    });
    if (!slice) return std::unexpected(slice.error());
    if (slice->findings.empty()) return {};
    last = slice->findings.back().file;
  }
}

Result<void> recheck(const OpenSite& site, const Told& told) {
  const auto day = day_of(told.day);
  if (!day) return std::unexpected(day.error());
  const int year = told.year ? told.year : day->year();
  const auto checked =
      site.store->read([&](store::Reader& reader) { return relief::recheck(reader, *site.registers, *day, year); });
  if (!checked) return std::unexpected(checked.error());
  print(*checked, told.as_json);
  return told.applies ? write_recheck(site, *day, year) : Result<void>{};
}

Result<void> stock(const OpenSite& site, const Told& told) {
  const auto first = parse_date(told.first), last = parse_date(told.last);
  if (!first) return std::unexpected(first.error());
  if (!last) return std::unexpected(last.error());
  const auto stocks =
      site.store->read([&](store::Reader& reader) { return relief::stock_and_flow(reader, *first, *last); });
  relief::Stock sum;
  for (const relief::Stock& each : stocks) {
    sum.opening += each.opening;
    sum.opened += each.opened;
    sum.closed += each.closed;
    sum.open += each.open;
    if (told.as_json)
      fmt::print("{{\"region\": {}, \"cause\": {}, \"opening\": {}, \"opened\": {}, \"closed\": {}, \"open\": {}}}\n",
                 json_text(each.region), json_text(each.cause), each.opening, each.opened, each.closed, each.open);
    else
      fmt::print("{}\t{}\t{} + {} - {} = {}\n", each.region, each.cause, each.opening, each.opened, each.closed,
                 each.open);
  }
  fmt::print(stderr, "合计 / together: {} + {} - {} = {}{}\n", sum.opening, sum.opened, sum.closed, sum.open,
             sum.agrees() ? "" : " (!)");
  return {};
}

Result<void> audit(const OpenSite& site, const Told& told) {
  const auto day = day_of(told.day);
  if (!day) return std::unexpected(day.error());
  const auto found = site.store->read(
      [&](store::Reader& reader) { return relief::audit(reader, *site.registers, told.seed, told.size, *day); });
  const auto checks = relief::checks();
  for (const relief::Audited& file : found.files) {
    std::string gaps;
    for (std::size_t i = 0; i < file.evidence.size(); ++i)
      if (file.evidence[i] == relief::Audited::Evidence::missing)
        gaps += (gaps.empty() ? "" : ", ") + std::string(checks[i].id);
    fmt::print("{}\t{}\t{}\t{} / {}\t{}\n", file.ticket.substr(0, 16), file.code, file.region, file.found(),
               file.asked(), gaps);
  }
  for (const auto& county : found.counties)
    fmt::print("{}\t{} files\t{} / {}\tscore {}\n", county.region, county.files, county.found, county.asked,
               county.score());
  if (told.out.empty()) return {};
  return relief::write_audit(found, told.out, Moment{day->day});
}

Result<void> trial(const OpenSite& site, const Told& told) {
  std::vector<relief::Override> overrides;
  for (const std::string& setting : told.settings) {
    auto read = relief::parse_override(setting);
    if (!read) return std::unexpected(std::move(read.error()));
    overrides.push_back(std::move(*read));
  }
  std::unique_ptr<dmn::Model> other;
  if (!told.model.empty()) {
    std::ifstream stream(told.model, std::ios::binary);
    const std::string xml{std::istreambuf_iterator<char>(stream), {}};
    auto model = dmn::load(xml, {}, told.model);
    if (!model) return std::unexpected(std::move(model.error()));
    other = std::make_unique<dmn::Model>(std::move(*model));
  }
  const auto tried = site.store->read([&](store::Reader& reader) {
    return relief::try_policy(reader, *site.registers, told.year, overrides, other.get());
  });
  if (!tried) return std::unexpected(tried.error());
  for (const auto& each : tried->differences)
    if (told.as_json)
      fmt::print(
          "{{\"file\": {}, \"region\": {}, \"before\": {}, \"after\": {}, \"cost_before\": \"{}\", "
          "\"cost_after\": \"{}\"}}\n",
          json_text(each.code), json_text(each.region), json_text(each.before), json_text(each.after),
          to_string(each.cost_before), to_string(each.cost_after));
    else
      fmt::print("{}\t{}\t{} → {}\t{} → {}\n", each.code, each.region, each.before, each.after,
                 to_string(each.cost_before), to_string(each.cost_after));
  fmt::print(stderr, "{} 户试算 / files: 受益 gain {}, 受损 lose {}, 年度支出 cost {} → {}\n", tried->files,
             tried->gains, tried->losses, to_string(tried->cost_before), to_string(tried->cost_after));
  return {};
}

}  // namespace

void add_relief_verbs(CLI::App& app, const Site& site, Result<void>& result) {
  auto& relief = *app.add_subcommand("relief", "Workers in difficulty")->require_subcommand(1);
  const auto told = std::make_shared<Told>();
  const auto add = [&](const char* name, const char* about, Result<void> (*verb)(const OpenSite&, const Told&)) {
    auto& sub = *relief.add_subcommand(name, about);
    sub.add_flag("--json", told->as_json, "A JSON value a line");
    sub.callback([&result, &site, told, verb] {
      const auto open = open_site(site);
      result = open ? verb(**open, *told) : std::unexpected(open.error());
    });
    return &sub;
  };
  auto& checking =
      *add("recheck", "Decide every file on the roll anew: who stays, changes, is out; what is dormant", recheck);
  checking.add_option("--day", told->day, "Day whose parameters count; today when not said");
  checking.add_option("--year", told->year, "Year of income and spending; the day's when not said");
  checking.add_flag("--apply", told->applies, "Write the decisions; otherwise nothing is written");
  auto& stocks = *add("stock", "Opening + opened - closed = open, by county and cause", stock);
  stocks.add_option("--first", told->first, "First day")->required();
  stocks.add_option("--last", told->last, "Last day")->required();
  auto& auditing =
      *add("audit", "The four precisions of a random sample that anyone with the seed can draw again", audit);
  auditing.add_option("--seed", told->seed, "Published beforehand")->required();
  auditing.add_option("--size", told->size, "Files to draw")->capture_default_str();
  auditing.add_option("--day", told->day, "As known on this day; today when not said");
  auditing.add_option("--out", told->out, "Workbook to write");
  auto& trying = *add("trial", "Who gains and loses by another policy on a year's files, and what it costs", trial);
  trying.add_option("--year", told->year, "Year")->required();
  trying.add_option("--set", told->settings, "PARAMETER=VALUE or PARAMETER@610702=VALUE; may be repeated")
      ->allow_extra_args(false);
  trying.add_option("--model", told->model, "Another version of the model")->check(CLI::ExistingFile);
}

}  // namespace zhijia::app
