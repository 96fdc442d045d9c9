#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/problem.hpp"
#include "http/server.hpp"
#include "http/sign_on.hpp"
#include "insight/insight.hpp"
#include "site.hpp"

/// What the program can be told to do: one function a verb, one file each in verbs/. Results go to standard output,
/// progress to standard error.
namespace zhijia::app {

Result<void> check_packs(const Site& site);

struct ImportVerbOptions {
  std::string register_name;
  std::filesystem::path from;             ///< a workbook, or a folder of REGISTER.xlsx
  std::vector<std::string> mapping = {};  ///< "列名=字段"
  std::filesystem::path marked = {};      ///< where the workbook with its faults marked goes; empty: nowhere
  bool checks_only = false, good_rows_only = false, keeps_filled = false;
};
/// One workbook into a register; or, where `from` is a folder, every REGISTER.xlsx in it, in the order in which
/// registers refer to each other. Problems: import.register, import.empty_folder, and those of import_sheet.
Result<void> import_workbooks(const OpenSite& site, const ImportVerbOptions& options);

/// What an import wrote from one position of the change log to another. Problems: those of Registers::undo.
Result<void> undo_import(const OpenSite& site, const std::string& register_name, std::int64_t first, std::int64_t last);

/// The empty workbook of a register. Problems: register.not_found, those of exchange::write_template.
Result<void> write_template(const OpenSite& site, const std::string& register_name, const std::filesystem::path& out);

struct ExportVerbOptions {
  std::string register_name, where, text, sort;
  std::filesystem::path out;  ///< .xlsx or .csv
  std::string reason;         ///< why secrets are wanted in clear; empty: they are masked
};
/// A list as a workbook; that it was exported is logged. Problems: register.not_found, those of registers::list.
Result<void> export_workbook(const OpenSite& site, const ExportVerbOptions& options);

struct ReviewOptions {
  insight::View view;
  bool as_json = false;
  std::filesystem::path out;  ///< folder for review.zh.md, .html, .docx and so on; empty: Markdown to the output
  std::string address = "http://127.0.0.1:8080";  ///< of the server that the figures' links lead to
};
Result<void> review(const OpenSite& site, const ReviewOptions& options);

/// Problems: drill.indicator.
Result<void> drill(const OpenSite& site, const std::string& indicator, const insight::View& view, bool as_json);

/// Proves the log, and every row and attachment by the log; also against a checkpoint kept outside, in
/// `checkpoint_file` (empty: none). Problems: all that the verification finds.
Result<void> verify_log(const OpenSite& site, const std::filesystem::path& checkpoint_file);
/// Signs the log's head, and prints the note to be kept outside; the key that checks it goes to standard error.
Result<void> make_checkpoint(const OpenSite& site);

/// Makes a data key of the site's suite and seals everything under it; `goes_on` with a rotation that was cut off.
Result<void> rotate_vault(const OpenSite& site, bool goes_on);
/// One line a data key: number, suite, when made, whether in use, values sealed under it.
Result<void> vault_status(const OpenSite& site);

/// A copy of the database, named by the moment, in the folder, and beside it in files/ what is attached. Prints the
/// copy's path. Neither the master key nor the key of checkpoints is in it. Problems: backup.database, store.backup.
Result<void> backup(const Site& site, const OpenSite& open, const std::filesystem::path& folder);
/// The way back, while no program has the database open. Problems: backup.database, and those of store::restore.
Result<void> restore(const Site& site, const std::filesystem::path& backup);

/// Computes a published draw anew. Problems: draw.file, and all that does not follow as it must.
Result<void> verify_draw(const std::filesystem::path& file);

struct DecideOptions {
  std::filesystem::path model, input, other;  ///< DMN models and the sheet of cases; `other` empty: no comparison
  std::string decision;                       ///< empty: the model's last
  std::vector<std::string> fixed;             ///< "Minimum Wage=1800": inputs that are the same for every case
  bool explains = false, as_json = false;
};
/// Decides every case of a sheet; or, given another version of the model, says which it decides differently, who gains
/// and who loses. Problems:
/// those of dmn::load and read_cases, decide.no_decision, dmn.unknown_decision.
Result<void> decide(const DecideOptions& options);

struct MatchListOptions {
  std::filesystem::path list;  ///< another agency's, as a workbook or csv
  std::filesystem::path out;   ///< workbook of those who are known here
  double probability_min = 0.5;
};
/// Who on another agency's list is known here, how surely, and in which registers. Problems: those of read_sheet and
/// SheetWriter, match.header.
Result<void> match_list(const OpenSite& site, const MatchListOptions& options);
/// Adds to the work list the persons who may be registered twice.
Result<void> find_doubles(const OpenSite& site);
struct TableOptions {
  std::filesystem::path model, sheet, out;
  std::string table;  ///< empty: the model's last
};
/// One line a table: name, hit policy, number of rules. Problems: those of dmn::tables_of, table.none.
Result<void> list_tables(const TableOptions& options);
/// Problems: also table.unknown and those of exchange::SheetWriter.
Result<void> export_table(const TableOptions& options);
/// Writes the model with the sheet's table, if every expression of it can be read. Problems: those of
/// exchange::read_sheet, dmn::table_of and dmn::with_table, and feel.… by cell.
Result<void> import_table(const TableOptions& options);

struct AccountOptions {
  std::string name, title;
  std::vector<std::string> grants;  ///< as access::parse_grant reads them
};
/// The first password is the first line of standard input, and must be changed at the first sign-in. Problems: those of
/// access::Users and parse_grant.
Result<void> add_user(const OpenSite& site, const AccountOptions& options);
Result<void> grant_user(const OpenSite& site, const AccountOptions& options);
Result<void> disable_user(const OpenSite& site, const AccountOptions& options);
/// Prints it.
Result<void> renew_password(const OpenSite& site, const AccountOptions& options);
Result<void> remove_totp(const OpenSite& site, const AccountOptions& options);
/// Lets who is `subject` at `issuer` sign in as the account.
Result<void> link_user(const OpenSite& site, const std::string& name, const std::string& issuer,
                       const std::string& subject);
/// One line an account: name, title, grants.
Result<void> list_users(const OpenSite& site);

/// Does what has become due: publicities that are over, deadlines that have passed. A server does it by itself every
/// hour. Problems: why a step could not be taken, each naming its record.
Result<void> tick(const OpenSite& site);

struct ServeOptions {
  std::string host = "127.0.0.1";
  std::uint16_t port = 8080;
  int year = 0;  ///< of the review that "/" shows
  http::Front front;
  http::SignOn sign_on;                       ///< its address and secret are filled in by serve()
  std::filesystem::path sign_on_secret_file;  ///< empty: a public client
  int costly_a_minute = 300;                  ///< http::Services::costly_a_minute
  std::string virus_scanner;                  ///< registers::VirusScanner::at; empty: files are not scanned
  std::filesystem::path syslog;   ///< socket that the program's own log and checkpoints go to; empty: to none
  access::Policy policy = {};     ///< but for what OpenSite says of it
  bool allows_superuser = false;  ///< whether the database's user may be one (tests)
  std::filesystem::path uploads;  ///< folder for workbooks on their way in; empty: below that of the attachments
};
/// Serves pages and interface until SIGINT or SIGTERM. To be called from the main thread. Problems: those of
/// http::Server::start, store::check_rights, send_log_to, store::Store::checkpoint,
/// registers::VirusScanner::at, and serve.no_accounts for others than this machine.
Result<void> serve(const OpenSite& site, const ServeOptions& options);

/// Writes the invented city's workbooks of a year.
Result<void> generate_demo(int year, const std::filesystem::path& out);

struct DemoOptions {
  std::filesystem::path folder;        ///< workbooks, database and review are made here anew
  std::filesystem::path expectations;  ///< id,value,unit,qualifier; amounts in yuan
  int year = 2020;
  bool serves = true;  ///< whether the city is served on http://127.0.0.1:8080 in the end
};
/// Invents a city, imports its workbooks into a new database, writes the review and says how many figures are as
/// published. Problems: those of import_workbooks, demo.expectations, and demo.figure for each figure that is not.
Result<void> demo(Site site, const DemoOptions& options);

}  // namespace zhijia::app
