#include "exchange/import_jobs.hpp"

#include <fmt/format.h>

#include <fstream>

#include "api/api.hpp"
#include "api/body.hpp"
#include "api/files.hpp"
#include "asked.hpp"

/// Imports: upload, mapping, faults, mending, take, undo. An import is its user's, and its address is below its
/// register's, so that a program's token for some registers reaches the imports of those only.
namespace zhijia::http {

namespace json = boost::json;
using exchange::ImportJob;
using registers::Register;

namespace {

constexpr std::size_t faults_on_page_max = 1'000;
/// Nobody mends more by hand at once.
constexpr std::size_t cells_mended_max = 5'000;

std::string letters_of(std::size_t column) {
  std::string name = exchange::cell_name(column, 1);
  name.pop_back();
  return name;
}

std::string_view name_of(exchange::SheetColumn::By by) {
  constexpr std::string_view names[] = {"nothing", "title", "likeness", "memory", "user"};
  return names[static_cast<std::size_t>(by)];
}

json::object mapping_json(const Register& into, const exchange::Mapping& mapping) {
  json::array columns, fields;
  for (const exchange::SheetColumn& column : mapping.columns)
    columns.push_back(json::object{{"column", letters_of(column.place)},
                                   {"header", column.header},
                                   {"field", column.field.empty() ? json::value(nullptr) : json::value(column.field)},
                                   {"ignored", column.is_ignored},
                                   {"by", name_of(column.by)}});
  for (const registers::CellColumn& column : registers::cell_columns(into)) {
    const registers::Field& field = into.fields[column.field];
    fields.push_back(json::object{{"field", column.key},
                                  {"title", titled(column.title)},
                                  {"required", field.required && field.default_text.empty()}});
  }
  return {{"sheet", mapping.sheet},
          {"header_rows", json::array{mapping.header_first, mapping.header_last}},
          {"columns", std::move(columns)},
          {"fields", std::move(fields)}};
}

json::object job_json(const Register& into, const ImportJob& job) {
  const exchange::ImportReport& report = job.report;
  const bool is_over = job.ended_at.time_since_epoch().count() > 0;
  return {{"id", std::to_string(job.id)},
          {"register", job.register_name},
          {"state", exchange::name_of(job.state)},
          {"existing", job.keeps_filled ? "keep" : "overwrite"},
          {"file", json::object{{"name", job.file_name}, {"bytes", job.file_bytes}, {"sha256", job.file_hash}}},
          {"mapping", job.mapping.has_header() ? json::value(mapping_json(into, job.mapping)) : json::value(nullptr)},
          {"rows_done", job.rows_done},
          {"report",
           json::object{{"rows", report.rows},
                        {"created", report.created},
                        {"changed", report.changed},
                        {"unchanged", report.unchanged},
                        {"faulty", report.faulty},
                        {"faults", report.faults},
                        {"written", job.state == exchange::JobState::taken && report.first_position > 0
                                        ? json::value(fmt::format("{}-{}", report.first_position, report.last_position))
                                        : json::value(nullptr)}}},
          {"corrections", job.corrections},
          {"problems", problems_json(job.problems)},
          {"made_at", to_string(job.made_at)},
          {"ended_at", is_over ? json::value(to_string(job.ended_at)) : json::value(nullptr)}};
}

Response answer(const Register& into, const Result<ImportJob>& job, int status = 200) {
  if (!job) return refusal(job.error());
  Response response = json_answer(job_json(into, *job));
  response.status = status;
  if (status == 201)
    response.headers.emplace_back("Location", "/api/v1/registers/" + into.name + "/imports/" + std::to_string(job->id));
  return response;
}

/// The job that the path names, if it is the asker's and of this register.
Result<ImportJob> asked_job(const Services& services, const Register& into, const Request& request) {
  auto job = services.imports->find(parse_id(request["id"]), request.session->user);
  if (job && job->register_name == into.name) return job;
  return fail("import.not_found", "没有这次导入，或不是您的导入。", "There is no such import, or it is not yours.");
}

/// "overwrite": what a row says replaces what is stored; "keep": only what is empty is filled.
Result<std::optional<bool>> keeps_filled(std::string_view existing) {
  if (existing.empty()) return std::nullopt;
  if (existing == "keep" || existing == "overwrite") return existing == "keep";
  return std::unexpected(
      Problems{bad_parameter("existing", "应为 overwrite 或 keep。", "“overwrite” or “keep” is wanted.")});
}

Response upload(const Services& services, const Register& into, const Request& request) {
  const std::string name(request.parameter("name"));
  const auto keeps = keeps_filled(request.parameter("existing"));
  if (!keeps) return refusal(keeps.error());
  if (!request.upload || name.empty() || name.size() > 255 || name.contains('/') || name.contains('\0'))
    return refusal(Problems{bad_parameter("name", "请给出文件名。", "Give the file's name.")});
  return answer(into,
                services.imports->begin(into, request.session->user, request.from, name, request.upload->path,
                                        keeps->value_or(false)),
                201);
}

Response list(const Services& services, const Register& into, const Request& request) {
  json::array items;
  for (const ImportJob& job : services.imports->of(into, request.session->user)) items.push_back(job_json(into, job));
  return json_answer(json::object{{"items", std::move(items)}, {"next", nullptr}});
}

Response show(const Services& services, const Register& into, const Request& request) {
  return answer(into, asked_job(services, into, request));
}

Response faults(const Services& services, const Register& into, const Request& request) {
  const auto limit = asked_number(request, "limit", 1, faults_on_page_max);
  if (!limit) return refusal(limit.error());
  const auto job = asked_job(services, into, request);
  if (!job) return refusal(job.error());
  const auto page = services.imports->faults(job->id, request.session->user, request.parameter("after"),
                                             static_cast<std::size_t>(limit->value_or(100)));
  if (!page) return refusal(page.error());
  std::string items;
  for (const std::string& item : page->items) items += (items.empty() ? "" : ",") + item;
  return {.body =
              "{\"items\":[" + items + "],\"next\":" + (page->next.empty() ? "null" : "\"" + page->next + "\"") + "}"};
}

std::unexpected<Problems> bad_member(std::string_view name) {
  return std::unexpected(Problems{bad_parameter(name, "格式不对，见接口说明。", "Not of the form described.")});
}

Result<std::vector<exchange::Choice>> asked_choices(const json::object& body) {
  std::vector<exchange::Choice> choices;
  const json::value* columns = body.if_contains("columns");
  if (!columns) return choices;
  if (!columns->is_array()) return bad_member("columns");
  for (const json::value& each : columns->get_array()) {
    const json::object* column = each.if_object();
    const json::value* field = column ? column->if_contains("field") : nullptr;
    const auto place = column ? exchange::read_cell_name(text_of(*column, "column") + "1") : std::nullopt;
    if (!place || !field || !(field->is_null() || field->is_string())) return bad_member("columns");
    choices.push_back({place->first, field->is_null() ? std::string() : text_of(*column, "field")});
  }
  return choices;
}

Response change_mapping(const Services& services, const Register& into, const Request& request) {
  const auto body = asked_body(request, {"columns", "existing"});
  if (!body) return refusal(body.error());
  const auto choices = asked_choices(*body);
  if (!choices) return refusal(choices.error());
  const auto keeps = keeps_filled(text_of(*body, "existing"));
  if (!keeps) return refusal(keeps.error());
  const auto job = asked_job(services, into, request);
  if (!job) return refusal(job.error());
  return answer(into, services.imports->map(job->id, request.session->user, *choices, *keeps));
}

Response mend_cells(const Services& services, const Register& into, const Request& request) {
  const auto body = asked_body(request, {"cells"});
  if (!body) return refusal(body.error());
  const json::value* cells = body->if_contains("cells");
  if (!cells || !cells->is_array() || cells->get_array().size() > cells_mended_max)
    return refusal(bad_member("cells").error());
  exchange::Corrections corrections;
  for (const json::value& each : cells->get_array()) {
    const json::object* cell = each.if_object();
    const auto place = cell ? exchange::read_cell_name(text_of(*cell, "cell")) : std::nullopt;
    const json::value* value = cell ? cell->if_contains("value") : nullptr;
    if (!place || !value || !value->is_string()) return refusal(bad_member("cells").error());
    corrections[{place->second, place->first}] = text_of(*cell, "value");
  }
  const auto job = asked_job(services, into, request);
  if (!job) return refusal(job.error());
  return answer(into, services.imports->mend(job->id, request.session->user, corrections));
}

Response take(const Services& services, const Register& into, const Request& request) {
  const auto body = asked_body(request, {"rows"});
  if (!body) return refusal(body.error());
  const std::string rows = text_of(*body, "rows");
  if (rows != "all" && rows != "good")
    return refusal(Problems{bad_parameter("rows", "应为 all 或 good。", "“all” or “good” is wanted.")});
  const auto job = asked_job(services, into, request);
  if (!job) return refusal(job.error());
  return answer(into, services.imports->take(job->id, request.session->user, rows == "good"), 202);
}

Response cancel(const Services& services, const Register& into, const Request& request) {
  const auto job = asked_job(services, into, request);
  return answer(into, job ? services.imports->cancel(job->id, request.session->user) : job, 202);
}

Response undo(const Services& services, const Register& into, const Request& request) {
  const auto job = asked_job(services, into, request);
  return answer(into, job ? services.imports->undo(job->id, request.session->user) : job, 202);
}

Response marked(const Services& services, const Register& into, const Request& request) {
  const auto job = asked_job(services, into, request);
  if (!job) return refusal(job.error());
  const auto made = services.imports->marked(job->id, request.session->user);
  if (!made) return refusal(made.error());
  const auto file = std::make_shared<Upload>();  // removed when it was sent
  file->path = *made;
  return {.type = std::string(workbook_type),
          .headers = {{"Content-Disposition", "attachment; filename=\"marked.xlsx\""}},
          .stream = [file](const Piece& send) {
            std::ifstream stream(file->path, std::ios::binary);
            std::string piece(1 << 17, '\0');
            while (stream.read(piece.data(), static_cast<std::streamsize>(piece.size())) || stream.gcount() > 0)
              if (!send(piece.substr(0, static_cast<std::size_t>(stream.gcount())))) return;
          }};
}

}  // namespace

void add_imports(Router& router, const Services& services) {
  if (!services.imports) return;
  const std::string imports = "/api/v1/registers/{register}/imports";
  router.add_upload("POST", imports, exchange::upload_bytes_max, of_register(services, upload));
  router.add("GET", imports, of_register(services, list));
  router.add("GET", imports + "/{id}", of_register(services, show));
  router.add("GET", imports + "/{id}/faults", of_register(services, faults));
  router.add("PATCH", imports + "/{id}/mapping", of_register(services, change_mapping));
  router.add("PATCH", imports + "/{id}/cells", of_register(services, mend_cells));
  router.add("POST", imports + "/{id}/take", of_register(services, take));
  router.add("POST", imports + "/{id}/cancel", of_register(services, cancel));
  router.add("POST", imports + "/{id}/undo", of_register(services, undo));
  router.add("GET", imports + "/{id}/marked.xlsx", of_register(services, marked));
}

}  // namespace zhijia::http
