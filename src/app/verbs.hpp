#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/problem.hpp"
#include "insight/insight.hpp"
#include "site.hpp"

/// What the program can be told to do: one function a verb, one file each in verbs/. Results go to standard output,
/// progress to standard error.
namespace zhijia::app {

Result<void> check_packs(const Site& site);

/// One workbook into `register_name`; or, where `from` is a folder, every REGISTER.xlsx in it, in the order in which
/// registers refer to each other. Problems: import.register, import.empty_folder, and those of import_sheet.
Result<void> import_workbooks(const OpenSite& site, const std::string& register_name,
                              const std::filesystem::path& from);

struct ReviewOptions {
  insight::View view;
  bool as_json = false;
  std::filesystem::path out;  ///< folder for review.zh.md, .html, .docx and so on; empty: Markdown to the output
  std::string address = "http://127.0.0.1:8080";  ///< of the server that the figures' links lead to
};
Result<void> review(const OpenSite& site, const ReviewOptions& options);

/// Problems: drill.indicator.
Result<void> drill(const OpenSite& site, const std::string& indicator, const insight::View& view, bool as_json);

/// Problems: all that the verification finds.
Result<void> verify_log(const Site& site);

/// Computes a published draw anew. Problems: draw.file, and all that does not follow as it must.
Result<void> verify_draw(const std::filesystem::path& file);

struct DecideOptions {
  std::filesystem::path model, input, other;  ///< DMN models and the sheet of cases; `other` empty: no comparison
  std::string decision;                       ///< empty: the model's last
  std::vector<std::string> fixed;             ///< "Minimum Wage=1800": inputs that are the same for every case
  bool explains = false, as_json = false;
};
/// Decides every case of a sheet; or, given another version of the model, says which it decides differently. Problems:
/// those of dmn::load and read_cases, decide.no_decision, dmn.unknown_decision.
Result<void> decide(const DecideOptions& options);

struct AccountOptions {
  std::string name, title;
  std::vector<std::string> grants;  ///< as access::parse_grant reads them
};
/// The first password is the first line of standard input, and must be changed at the first sign-in. Problems: those of
/// access::Users and parse_grant.
Result<void> add_user(const OpenSite& site, const AccountOptions& options);
Result<void> grant_user(const OpenSite& site, const AccountOptions& options);
Result<void> disable_user(const OpenSite& site, const AccountOptions& options);
/// One line an account: name, title, grants.
Result<void> list_users(const OpenSite& site);

struct ServeOptions {
  std::string host = "127.0.0.1";
  std::uint16_t port = 8080;
  int year = 0;  ///< of the review that "/" shows
};
/// Serves pages and interface until SIGINT or SIGTERM. To be called from the main thread. Problems: those of
/// http::Server::start.
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
