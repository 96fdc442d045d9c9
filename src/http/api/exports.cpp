#include "exchange/export.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <fstream>

#include "api/api.hpp"
#include "api/asking.hpp"
#include "api/files.hpp"
#include "asked.hpp"
#include "exchange/template.hpp"
#include "registers/columns.hpp"
#include "registers/permission.hpp"
#include "sights.hpp"

/// Workbooks out: any list as it is seen, and the empty workbook to fill in.
namespace zhijia::http {

namespace json = boost::json;
using registers::Register;

namespace {

struct AskedExport {
  exchange::ExportOptions options;
  std::string reason;                                       ///< why secrets are asked for
  std::shared_ptr<std::vector<access::Grant>> grants = {};  ///< those that count; null while there are no accounts
};

Result<AskedExport> asked_export(const Services& services, const Register& of, const Request& request,
                                 exchange::ExportFormat format) {
  auto query = asked_list(request);
  if (!query) return std::unexpected(query.error());
  AskedExport asked{.options = {.query = std::move(*query), .format = format}};
  if (request.session) asked.grants = std::make_shared<std::vector<access::Grant>>(request.session->user.grants);
  const auto reason = asked_reason(request);
  if (!reason) return std::unexpected(reason.error());
  if (*reason) {
    asked.reason = **reason;
    // Only the records whose secrets the asker may see.
    if (asked.grants)
      std::erase_if(*asked.grants, [&](const access::Grant& grant) {
        return !registers::may(of, grant.role, registers::Operation::reveal) ||
               !registers::may(of, grant.role, registers::Operation::read);
      });
    if (!asked.grants || asked.grants->empty())
      return fail("access.scope", "您的角色或权限范围不允许导出保密内容。",
                  "Neither your roles nor their reach allow secrets to be exported.");
    asked.options.shows_secrets = true;
  }
  asked.options.query.grants = asked.grants.get();
  // A shared register is read whole, but its secrets are for who reaches the record.
  if (asked.options.shows_secrets) asked.options.query.operation = registers::Operation::reveal;
  asked.options.query.reach = asked.grants ? registers::reach_of(of, *asked.grants, registers::Operation::read)
                                           : registers::Reach::everything();
  // What is wrong with the query is told now, while there still is an answer to tell it in.
  registers::ListQuery first = asked.options.query;
  first.limit = 1;
  first.after.clear();
  first.counts_total = false;
  const auto tried = services.store.read(
      [&](store::Reader& reader) { return registers::list(reader, services.registers, of, first); });
  if (!tried) return std::unexpected(tried.error());
  return asked;
}

/// Before the first byte leaves.
void log_export(const Services& services, const Register& of, const Request& request, const AskedExport& asked,
                const char* format) {
  const auto logged = services.store.write([&](store::Transaction& transaction) -> Result<void> {
    const std::string_view where = request.parameter("where");
    json::object body{{"format", format},
                      {"where", holds_whole_number(where) ? "…" : where},
                      {"sort", std::string(request.parameter("sort"))}};
    // A search may be for a whole identity number.
    if (!request.parameter("q").empty()) body.emplace("q", "…");
    if (asked.options.shows_secrets) body.emplace("reason", asked.reason);
    transaction.log({.actor = request.session ? std::to_string(request.session->user.id) : "nobody",
                     .source = request.from,
                     .kind = asked.options.shows_secrets ? "export_clear" : "export",
                     .register_ = of.name,
                     .record = 0,
                     .body = json::serialize(body)});
    return {};
  });
  if (!logged) throw std::runtime_error("an export could not be logged");
}

Response attachment(const std::string& name, const char* type) {
  return {.type = type, .headers = {{"Content-Disposition", fmt::format("attachment; filename=\"{}\"", name)}}};
}

Response export_as(exchange::ExportFormat format, const Services& services, const Register& of,
                   const Request& request) {
  const auto asked = asked_export(services, of, request, format);
  if (!asked) return refusal(asked.error());
  const bool is_book = format == exchange::ExportFormat::xlsx;
  log_export(services, of, request, *asked, is_book ? "xlsx" : "csv");
  Response response =
      attachment(of.name + (is_book ? ".xlsx" : ".csv"), is_book ? workbook_type : "text/csv; charset=utf-8");
  response.stream = [services, &of, request, options = asked->options,
                     grants = asked->grants](const Piece& send) mutable {
    const auto done = services.store.scan([&](store::Reader& reader) {
      Sights sights(services, reader, of, request);
      options.sights = [&sights](Id record) -> const std::vector<registers::Sight>& { return sights.of(record); };
      return exchange::export_list(reader, services.registers, of, options, send);
    });
    // The peer has gone, or what was well a moment ago no longer is: the answer ends without its end.
    if (!done) throw std::runtime_error(done.error().front().code);
  };
  return response;
}

Response export_book(const Services& services, const Register& of, const Request& request) {
  return export_as(exchange::ExportFormat::xlsx, services, of, request);
}
Response export_csv(const Services& services, const Register& of, const Request& request) {
  return export_as(exchange::ExportFormat::csv, services, of, request);
}

Response give_template(const Services& services, const Register& of, const Request&) {
  std::string path = (std::filesystem::temp_directory_path() / "template-XXXXXX").string();
  const int file = ::mkstemp(path.data());
  if (file < 0) throw std::runtime_error("no temporary file can be made");
  ::close(file);
  Upload made;  // removed at the end
  made.path = path;
  if (auto written = exchange::write_template(path, services.registers.catalogue(), of); !written)
    return refusal(written.error());
  Response response = attachment(of.name + ".xlsx", workbook_type);
  std::ifstream stream(path, std::ios::binary);
  response.body.assign(std::istreambuf_iterator<char>(stream), {});
  return response;
}

}  // namespace

void add_exports(Router& router, const Services& services) {
  const std::string of = "/api/v1/registers/{register}";
  for (const auto& [ending, answer] : {std::pair("/export.xlsx", &export_book), std::pair("/export.csv", &export_csv)})
    add_asking(router, of + ending, of + ending, {"where", "q", "linked", "written", "sort", "secrets", "reason"},
               of_register(services, answer));
  router.add("GET", of + "/template.xlsx", of_register(services, give_template));
}

}  // namespace zhijia::http
