#include "demo/demo.hpp"

#include <fmt/format.h>

#include <charconv>
#include <fstream>
#include <span>

#include "registers/listing.hpp"
#include "verbs.hpp"

namespace zhijia::app {

namespace {

/// A published figure and how exactly the account states it.
struct Published {
  std::string id, unit, qualifier;
  std::int64_t value = 0;
};

Result<std::vector<Published>> read_published(const std::filesystem::path& path) {
  std::ifstream file(path);
  std::string line;
  std::vector<Published> published;
  for (std::getline(file, line); std::getline(file, line);) {
    const auto first = line.find(','), second = line.find(',', first + 1), third = line.rfind(',');
    Published figure{line.substr(0, first), {}, line.substr(third + 1), 0};
    if (second == std::string::npos || third <= second ||
        std::from_chars(line.data() + first + 1, line.data() + second, figure.value).ptr != line.data() + second)
      return fail("demo.expectations", "每行应为 id,value,unit,qualifier：" + line,
                  "Each line is id,value,unit,qualifier: " + line,
                  {.file = path.string(), .sheet = {}, .cell = {}, .record = {}, .field = {}});
    figure.unit = line.substr(second + 1, third - second - 1);
    published.push_back(std::move(figure));
  }
  if (published.empty())
    return fail("demo.expectations", "读不到已公布的数字", "No published figures can be read",
                {.file = path.string(), .sheet = {}, .cell = {}, .record = {}, .field = {}});
  return published;
}

/// "over" is up to 5 % above, "nearly" up to 5 % below: how an account rounds.
bool agrees(const insight::Figure& figure, const Published& published) {
  std::int64_t unit = 1;
  for (int i = 0; i < figure.scale; ++i) unit *= 10;
  const std::int64_t wanted = published.value * unit, excess = figure.value - wanted;
  if (published.qualifier == "exact") return excess == 0;
  if (published.qualifier == "over") return excess >= 0 && excess * 20 < wanted;
  if (published.qualifier == "nearly") return excess <= 0 && -excess * 20 < wanted;
  return published.qualifier == "at least" && excess >= 0;
}

Result<void> compare(const OpenSite& site, const DemoOptions& options) {
  const auto published = read_published(options.expectations);
  if (!published) return std::unexpected(published.error());
  const registers::Catalogue& catalogue = site.registers->catalogue();
  Problems problems;
  for (const Published& expected : *published) {
    const registers::Indicator* indicator = catalogue.find_indicator(expected.id);
    std::string found = "-";
    if (indicator) {
      const auto figure = site.store->read([&](store::Reader& reader) {
        return insight::compute(reader, catalogue, *indicator, {.year = options.year, .as_of = {}});
      });
      if (!figure) return std::unexpected(figure.error());
      if (indicator->unit == expected.unit && agrees(*figure, expected)) continue;
      found = figure->text();
    }
    problems.push_back(
        {"demo.figure",
         {},
         {fmt::format("{}：公布 {}（{}），算得 {}", expected.id, expected.value, expected.qualifier, found),
          fmt::format("{}: {} ({}) was published, {} is counted", expected.id, expected.value, expected.qualifier,
                      found)}});
  }
  fmt::print("figures: {} of {} as published\n", published->size() - problems.size(), published->size());
  if (!problems.empty()) return std::unexpected(std::move(problems));
  return {};
}

/// A step of every record of which `where` holds, taken by an invented colleague, one for each role.
struct Errand {
  const char *register_name, *where, *step, *by;
};

Result<void> run_errands(const OpenSite& site, std::span<const Errand> errands) {
  for (const Errand& errand : errands) {
    const registers::Register& of = *site.registers->catalogue().find_register(errand.register_name);
    const auto taken = site.store->write([&](store::Transaction& transaction) -> Result<void> {
      const auto page = registers::list(transaction, *site.registers, of,
                                        {.where = errand.where, .limit = registers::list_limit_max});
      if (!page) return std::unexpected(page.error());
      for (const registers::Record& record : page->records)
        if (auto step = site.registers->take_step(
                transaction, of, record.id, errand.step,
                {.id = std::string("demo.") + errand.by, .source = "demo", .roles = {errand.by}});
            !step)
          return std::unexpected(step.error());
      return {};
    });
    if (!taken) return taken;
  }
  return {};
}

/// What a workbook cannot bring, because it rests on rows that come after it.
constexpr Errand errands[] = {
    {"opening_balance", R"(state = "entered")", "submit", "accountant"},
    {"opening_balance", R"(state = "submitted")", "post", "approver"},
    {"union_budget", R"(state = "drafted" and organisation.level = "city")", "submit", "clerk"},
    {"union_budget", R"(state = "submitted" and organisation.level = "city")", "review", "auditor"},
    {"union_budget", R"(state = "reviewed" and organisation.level = "city")", "approve", "approver"},
};

}  // namespace

Result<void> generate_demo(int year, const std::filesystem::path& out) {
  return demo::generate(year, out, [](const std::string& name) { fmt::print(stderr, "writing {}.xlsx\n", name); });
}

Result<void> demo(Site site, const DemoOptions& options) {
  std::filesystem::create_directories(options.folder);
  const auto workbooks = options.folder / "workbooks";
  if (auto done = generate_demo(options.year, workbooks); !done) return done;
  const auto database = options.folder / "demo.db";
  for (const char* ending : {"", "-wal", "-shm"}) std::filesystem::remove(database.string() + ending);
  site.database = "sqlite:" + database.string();
  site.vault_key = (options.folder / "demo.vault").string();
  site.durable = false;
  const auto open = open_site(site, true);
  if (!open) return std::unexpected(open.error());
  if (auto done = import_workbooks(**open, {.register_name = {}, .from = workbooks}); !done) return done;
  if (auto done = run_errands(**open, errands); !done) return done;
  if (auto done = review(**open, {.view = {options.year, {}}, .out = options.folder}); !done) return done;
  if (auto done = compare(**open, options); !done || !options.serves) return done;
  return serve(**open, {.year = options.year, .uploads = options.folder / "uploads"});
}

}  // namespace zhijia::app
