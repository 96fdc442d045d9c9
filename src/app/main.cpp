#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include "verbs.hpp"
#include "verbs/relief.hpp"

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
  app.add_option("--vault", site.vault_key, "Master key: a file's path, env:NAME or passphrase:PATH")
      ->capture_default_str();
  const std::map<std::string, access::Suite> suites{{"aes", access::Suite::aes_sha2}, {"sm", access::Suite::sm4_sm3}};
  app.add_option("--suite", site.suite, "Algorithms of a new database or data key: aes (AES, SHA-2) or sm (SM4, SM3)")
      ->transform(CLI::CheckedTransformer(suites));
  app.add_option(
      "--checkpoint-key", site.checkpoint_key,
      "Key that signs checkpoints (PEM), made when absent; beside an SQLite file, ending .key, when not said");
  app.add_option("--breached-passwords", site.breached_passwords,
                 "File of known-breached passwords: sorted SHA-1, upper case, one a line; none of them is taken")
      ->check(CLI::ExistingFile);
  app.add_option("--files", site.files, "Folder of attached files; the database's path and .files when not said");
  app.fallthrough();
  Result<void> result;

  auto& pack = *app.add_subcommand("pack", "Packs: the lines of work as data")->require_subcommand(1);
  pack.add_subcommand("check", "Read every pack whole and name each fault with file, line and cure")->callback([&] {
    result = check_packs(site);
  });

  auto& import = *app.add_subcommand("import", "Take a workbook in, whole or not at all");
  ImportVerbOptions taken_in;
  import.add_option("--register", taken_in.register_name, "Register that the workbook goes into");
  import.add_option("from", taken_in.from, "A workbook, or a folder of REGISTER.xlsx")
      ->required()
      ->check(CLI::ExistingPath);
  import
      .add_option("--map", taken_in.mapping, "HEADER=FIELD for a column that has another title; HEADER= leaves it out")
      ->allow_extra_args(false);
  import.add_option("--marked", taken_in.marked, "Where the workbook goes with its faulty cells marked, if it has any");
  import.add_flag("--dry-run", taken_in.checks_only, "Check everything and write nothing");
  import.add_flag("--good-rows", taken_in.good_rows_only, "Leave faulty rows out instead of taking nothing");
  import.add_flag("--keep", taken_in.keeps_filled, "Fill what is empty, and change no value that is there");
  import.callback(
      [&] { result = with_site(site, [&](const OpenSite& open) { return import_workbooks(open, taken_in); }, true); });

  std::string register_name;
  std::int64_t first_position = 0, last_position = 0;
  auto& undo_verb = *app.add_subcommand("undo-import", "Take back what an import wrote, as its last line named it");
  undo_verb.add_option("register", register_name, "Register that it went into")->required();
  undo_verb.add_option("first", first_position, "First position of the change log")->required();
  undo_verb.add_option("last", last_position, "Last position")->required();
  undo_verb.callback([&] {
    result = with_site(
        site, [&](const OpenSite& open) { return undo_import(open, register_name, first_position, last_position); });
  });

  std::filesystem::path made;
  auto& template_verb = *app.add_subcommand("template", "The empty workbook of a register, to fill in and import");
  template_verb.add_option("register", register_name, "Register")->required();
  template_verb.add_option("--out", made, "Workbook to write")->required();
  template_verb.callback([&] {
    result = with_site(site, [&](const OpenSite& open) { return write_template(open, register_name, made); });
  });

  ExportVerbOptions listed;
  auto& export_verb = *app.add_subcommand("export", "A list as a workbook or csv; the export is logged");
  export_verb.add_option("register", listed.register_name, "Register")->required();
  export_verb.add_option("--out", listed.out, "File to write: .xlsx or .csv")->required();
  export_verb.add_option("--where", listed.where, "Condition in FEEL");
  export_verb.add_option("--search", listed.text, "Text to find");
  export_verb.add_option("--sort", listed.sort, "Fields, by commas; a minus before one turns its order");
  export_verb.add_option("--clear", listed.reason, "Show secrets in clear, for this reason");
  export_verb.callback(
      [&] { result = with_site(site, [&](const OpenSite& open) { return export_workbook(open, listed); }); });

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
  std::filesystem::path checkpoint;
  auto& verify = *audit.add_subcommand("verify", "Prove that no entry, row or file was altered or removed");
  verify.add_option("--checkpoint", checkpoint, "Also against a checkpoint that was kept outside")
      ->check(CLI::ExistingFile);
  verify.callback(
      [&] { result = with_site(site, [&](const OpenSite& open) { return verify_log(open, checkpoint); }); });
  audit.add_subcommand("checkpoint", "Sign the log's head, to be kept outside")->callback([&] {
    result = with_site(site, make_checkpoint);
  });

  auto& draw_verb = *app.add_subcommand("draw", "Drawing lots that anyone can check")->require_subcommand(1);
  std::filesystem::path drawn;
  auto& verify_verb =
      *draw_verb.add_subcommand("verify", "Compute a published draw anew: list, commitment, seed, winners");
  verify_verb.add_option("file", drawn, "The file of the draw, as its page gives it")
      ->required()
      ->check(CLI::ExistingFile);
  verify_verb.callback([&] { result = verify_draw(drawn); });

  auto& vault = *app.add_subcommand("vault", "The keys that secret values are sealed with")->require_subcommand(1);
  bool goes_on = false;
  auto& rotate = *vault.add_subcommand("rotate", "Make a data key and seal everything anew under it, while serving");
  rotate.add_flag("--continue", goes_on, "Go on with a rotation that was cut off, without another key");
  rotate.callback([&] { result = with_site(site, [&](const OpenSite& open) { return rotate_vault(open, goes_on); }); });
  vault.add_subcommand("status", "The data keys, and how many values lie under each")->callback([&] {
    result = with_site(site, vault_status);
  });

  std::filesystem::path copy;
  auto& backup_verb = *app.add_subcommand("backup", "Copy database and attachments into a folder, while serving");
  backup_verb.add_option("folder", copy, "The same each time: only new attachments are copied")->required();
  backup_verb.callback(
      [&] { result = with_site(site, [&](const OpenSite& open) { return backup(site, open, copy); }); });
  auto& restore_verb = *app.add_subcommand("restore", "Put a backup in the database's place, after proving its log");
  restore_verb.add_option("backup", copy, "FOLDER/MOMENT.db")->required()->check(CLI::ExistingFile);
  restore_verb.callback([&] { result = restore(site, copy); });

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

  MatchListOptions matched;
  auto& match_verb =
      *app.add_subcommand("match",
                          "Who is who: without a list, persons registered twice are put on the work list; "
                          "with one, who on it is known here");
  match_verb.add_option("list", matched.list, "Another agency's list, a workbook or csv")->check(CLI::ExistingFile);
  match_verb.add_option("--out", matched.out, "Workbook for those who are known")->default_val("matched.xlsx");
  match_verb.add_option("--at-least", matched.probability_min, "Least probability")
      ->capture_default_str()
      ->check(CLI::Range(0.01, 1.0));
  match_verb.callback([&] {
    result = with_site(site, [&](const OpenSite& open) {
      return matched.list.empty() ? find_doubles(open) : match_list(open, matched);
    });
  });
  add_relief_verbs(app, site, result);
  auto& table_verb = *app.add_subcommand("table", "Decision tables of a DMN model as workbooks that staff edit")
                          ->require_subcommand(1);
  TableOptions table;
  const auto add_table = [&](const char* name, const char* about, Result<void> (*verb)(const TableOptions&)) {
    auto& sub = *table_verb.add_subcommand(name, about);
    sub.add_option("model", table.model, "DMN model")->required()->check(CLI::ExistingFile);
    sub.callback([&result, &table, verb] { result = verb(table); });
    return &sub;
  };
  add_table("list", "Name, hit policy and number of rules of each", list_tables);
  auto& exported = *add_table(
      "export", "One table into a workbook\n  zhijia table export policy.dmn Rates --out rates.xlsx", export_table);
  exported.add_option("table", table.table, "Name of the table; the model's last when not said");
  exported.add_option("--out", table.out, "Workbook to write")->required();
  auto& imported = *add_table("import",
                              "A workbook's table into a new version of the model\n"
                              "  zhijia table import policy.dmn rates.xlsx --out policy-2021.dmn",
                              import_table);
  imported.add_option("sheet", table.sheet, "Workbook or csv")->required()->check(CLI::ExistingFile);
  imported.add_option("--out", table.out, "Model to write")->required();

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
  add_account("password", "Print a first password in the place of a forgotten one; it ends after 72 hours",
              renew_password, false);
  add_account("remove-totp", "Take a lost authenticator off an account", remove_totp, false);
  std::string issuer, subject;
  auto& link = *user.add_subcommand("link", "Let a person of an OpenID Connect provider sign in as an account");
  link.add_option("name", account.name, "Name of the account")->required();
  link.add_option("--issuer", issuer, "The provider, as --oidc-issuer names it")->required();
  link.add_option("--subject", subject, "Whom the provider means: the claim sub")->required();
  link.callback([&] {
    result = with_site(site, [&](const OpenSite& open) { return link_user(open, account.name, issuer, subject); });
  });
  user.add_subcommand("list", "All accounts")->callback([&] { result = with_site(site, list_users); });

  app.add_subcommand("tick", "Do what has become due: publicities that are over, deadlines that have passed")
      ->callback([&] { result = with_site(site, tick); });

  ServeOptions served{.year = system_clock().today().year()};
  auto& serve_verb = *app.add_subcommand("serve", "Serve the pages and the JSON interface, until Ctrl-C");
  serve_verb.add_option("--host", served.host, "Address; others than this machine need TLS or a proxy")
      ->capture_default_str();
  serve_verb.add_option("--name", served.front.names, "Host name that the server is asked for by; may be repeated")
      ->allow_extra_args(false);
  auto& certificate = *serve_verb.add_option("--tls-cert", served.front.certificate, "Certificate chain (PEM)");
  auto& key = *serve_verb.add_option("--tls-key", served.front.key, "Its private key (PEM)")->needs(&certificate);
  certificate.needs(&key);
  serve_verb.add_option("--behind-proxy", served.front.proxy, "Address of the reverse proxy that ends TLS")
      ->excludes(&certificate);
  auto& provider =
      *serve_verb.add_option("--oidc-issuer", served.sign_on.issuer, "OpenID Connect provider to sign in with");
  provider.needs(
      serve_verb.add_option("--oidc-client", served.sign_on.client, "What this server is registered as there"));
  serve_verb
      .add_option("--oidc-secret-file", served.sign_on_secret_file, "File with the client's secret; none: PKCE alone")
      ->check(CLI::ExistingFile);
  serve_verb
      .add_option("--oidc-acr", served.sign_on.acr, "Context class that means two factors there; others are refused")
      ->needs(&provider);
  serve_verb
      .add_option("--totp-role", served.policy.totp_roles,
                  "Role whose holders must have an authenticator; may be repeated")
      ->allow_extra_args(false);
  serve_verb
      .add_option("--costly-per-minute", served.costly_a_minute, "Of an account: secrets, files, workbooks, figures")
      ->capture_default_str();
  serve_verb.add_flag("--allow-database-superuser", served.allows_superuser,
                      "Serve though the PostgreSQL user is a superuser or may make roles; for tests");
  serve_verb.add_option(
      "--virus-scanner", served.virus_scanner,
      "clamd that looks at each file before it is kept: its socket's path, or HOST:PORT of this machine");
  serve_verb.add_option(
      "--syslog", served.syslog,
      "Socket (/dev/log) that faults, refusals and an hourly signed checkpoint go to, besides standard error");
  serve_verb.add_option("--port", served.port, "Port; 0 takes a free one")->capture_default_str();
  serve_verb.add_option("--year", served.year, "Year of the review that the first page shows")->capture_default_str();
  serve_verb.add_option("--uploads", served.uploads,
                        "Folder for workbooks on their way in; empty: beside that of the attachments");
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
