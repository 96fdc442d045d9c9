#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include "verbs.hpp"

namespace zhijia::app {

namespace {

enum Exit { done = 0, refused = 1, usage = 2, fault = 3 };

int settle(const Result<void>& result) {
  if (result) return done;
  for (const Problem& problem : result.error()) fmt::print(stderr, "{}\n", describe(problem));
  return refused;
}

/// Runs `work(const OpenSite&)` on the site.
template <typename Work>
Result<void> with_site(const Site& site, Work&& work, bool may_create = false) {
  const auto open = open_site(site, may_create);
  if (!open) return std::unexpected(open.error());
  return work(**open);
}

int run(int count, char** words) {
  CLI::App app{
      "职家 Zhijia: the work of a trade-union federation, from its registers to its yearly review.\n"
      "Exit codes: 0 done, 1 input refused (every fault is named), 2 usage, 3 a fault of the program."};
  app.require_subcommand(1);
  Site site;
  app.add_option("--db", site.database, "Database: sqlite:PATH or postgresql://...")->capture_default_str();
  app.add_option("--packs", site.packs, "Folder of packs")->capture_default_str();
  app.add_option("--vault", site.vault_key, "Key file that secret fields are sealed with")->capture_default_str();
  app.fallthrough();
  Result<void> result;

  auto& pack = *app.add_subcommand("pack", "Packs: the lines of work as data")->require_subcommand(1);
  pack.add_subcommand("check", "Read every pack whole and name each fault with file, line and cure")->callback([&] {
    result = check_packs(site);
  });

  auto& import = *app.add_subcommand("import", "Take a workbook in, whole or not at all");
  std::string register_name;
  std::filesystem::path from;
  import.add_option("--register", register_name, "Register that the workbook goes into");
  import.add_option("from", from, "A workbook, or a folder of REGISTER.xlsx")->required()->check(CLI::ExistingPath);
  import.callback([&] {
    result = with_site(site, [&](const OpenSite& open) { return import_workbooks(open, register_name, from); }, true);
  });

  ReviewOptions told;
  std::string indicator;
  const auto add_view = [&](CLI::App& verb) {
    verb.add_option("--year", told.view.year, "Year of the review")->required()->check(CLI::Range(1950, 2199));
    verb.add_option("--as-of", told.view.as_of, "As the records stood at this position of the change log");
    verb.add_flag("--json", told.as_json, "JSON instead of text");
  };
  auto& review_verb = *app.add_subcommand("review", "The review of a year, each figure counted from records");
  add_view(review_verb);
  review_verb.add_option("--out", told.out, "Folder for the review as Markdown, HTML and DOCX, in Chinese and English");
  review_verb.add_option("--address", told.address, "Server that the figures link to")->capture_default_str();
  review_verb.callback([&] { result = with_site(site, [&](const OpenSite& open) { return review(open, told); }); });

  auto& drill_verb = *app.add_subcommand("drill", "The records behind a figure");
  drill_verb.add_option("indicator", indicator, "Indicator, such as winter.funds")->required();
  add_view(drill_verb);
  drill_verb.callback([&] {
    result = with_site(site, [&](const OpenSite& open) { return drill(open, indicator, told.view, told.as_json); });
  });

  auto& audit = *app.add_subcommand("audit", "The change log")->require_subcommand(1);
  audit.add_subcommand("verify", "Prove that no entry was altered or removed")->callback([&] {
    result = verify_log(site);
  });

  auto& draw_verb = *app.add_subcommand("draw", "Drawing lots that anyone can check")->require_subcommand(1);
  std::filesystem::path drawn;
  auto& verify_verb = *draw_verb.add_subcommand("verify", "Compute a published draw anew: list, commitment, seed, winners");
  verify_verb.add_option("file", drawn, "The file of the draw, as its page gives it")
      ->required()
      ->check(CLI::ExistingFile);
  verify_verb.callback([&] { result = verify_draw(drawn); });

  DecideOptions decided;
  auto& decide_verb = *app.add_subcommand(
      "decide",
      "Decide every case of a sheet by a DMN model, one row a case, one column an input\n"
      "  zhijia decide packs/relief/difficulty.dmn --input households.xlsx --set \"Minimum Wage=1800\" --explain\n"
      "  zhijia decide old.dmn --input households.xlsx --diff new.dmn");
  decide_verb.add_option("model", decided.model, "DMN model")->required()->check(CLI::ExistingFile);
  decide_verb.add_option("--input", decided.input, "Workbook or csv of cases")->required()->check(CLI::ExistingFile);
  decide_verb.add_option("--decision", decided.decision, "Decision to make; the model's last when not said");
  decide_verb.add_option("--set", decided.fixed, "INPUT=VALUE, the same for every case; may be repeated")
      ->allow_extra_args(false);
  decide_verb
      .add_option("--diff", decided.other, "Another version of the model: list the cases that it decides differently")
      ->check(CLI::ExistingFile);
  decide_verb.add_flag("--explain", decided.explains, "Say which rows of which tables decided, and what missed by one");
  decide_verb.add_flag("--json", decided.as_json, "A JSON value a case");
  decide_verb.callback([&] { result = decide(decided); });

  auto& user = *app.add_subcommand("user", "Accounts: who may sign in, and what they may do")->require_subcommand(1);
  AccountOptions account;
  const auto add_account = [&](const char* name, const char* about,
                               Result<void> (*verb)(const OpenSite&, const AccountOptions&), bool is_granted) {
    auto& sub = *user.add_subcommand(name, about);
    sub.add_option("name", account.name, "Name to sign in with")->required();
    if (is_granted)
      sub.add_option("--grant", account.grants,
                     "ROLE, ROLE@610702 (a county), ROLE@union:ID or ROLE@below:ID; may be repeated")
          ->required()
          ->allow_extra_args(false);
    sub.callback([&result, &site, &account, verb] {
      result = with_site(site, [&](const OpenSite& open) { return verb(open, account); });
    });
    return &sub;
  };
  add_account("add", "Make an account; its first password is read from standard input", add_user, true)
      ->add_option("--title", account.title, "What colleagues see; the name when not said");
  add_account("grant", "Replace what an account may do", grant_user, true);
  add_account("disable", "End an account and its sessions", disable_user, false);
  user.add_subcommand("list", "All accounts")->callback([&] { result = with_site(site, list_users); });

  ServeOptions served{.year = system_clock().today().year()};
  auto& serve_verb = *app.add_subcommand("serve", "Serve the pages and the JSON interface, until Ctrl-C");
  serve_verb.add_option("--host", served.host, "Loopback address")->capture_default_str();
  serve_verb.add_option("--port", served.port, "Port; 0 takes a free one")->capture_default_str();
  serve_verb.add_option("--year", served.year, "Year of the review that the first page shows")->capture_default_str();
  serve_verb.callback([&] { result = with_site(site, [&](const OpenSite& open) { return serve(open, served); }); });

  DemoOptions city{"build/demo", "tests/data/figures-2020.csv"};
  auto& demo_verb = *app.add_subcommand(
      "demo", "Invent a city, load its year, and compare the review's figures with those published");
  demo_verb.require_subcommand(0, 1);
  demo_verb.add_option("--year", city.year, "Year of the review")->capture_default_str();
  demo_verb.add_option("--out", city.folder, "Folder for workbooks, database and review")->capture_default_str();
  demo_verb.add_option("--expect", city.expectations, "Published figures: id,value,unit,qualifier")
      ->capture_default_str();
  demo_verb.add_flag("!--no-serve", city.serves, "Stop before serving the city on http://127.0.0.1:8080");
  auto& generate = *demo_verb.add_subcommand("generate", "Only write the city's workbooks");
  demo_verb.callback([&] { result = generate.parsed() ? generate_demo(city.year, city.folder) : demo(site, city); });

  try {
    app.parse(count, words);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? done : usage;
  }
  return settle(result);
}

}  // namespace

}  // namespace zhijia::app

int main(int count, char** words) {
  try {
    return zhijia::app::run(count, words);
  } catch (const std::exception& fault) {
    fmt::print(stderr, "程序故障 / fault of the program: {}\n", fault.what());
    return zhijia::app::Exit::fault;
  }
}
