#include "importing/job_table.hpp"

#include <algorithm>
#include <stdexcept>

#include "base/problem_json.hpp"

namespace zhijia::exchange {

namespace json = boost::json;

namespace {

constexpr std::string_view state_names[] = {"checking", "checked", "taking",    "taken",
                                            "undoing",  "undone",  "cancelled", "failed"};
constexpr std::string_view by_names[] = {"nothing", "title", "likeness", "memory", "user"};

template <typename Enum, std::size_t Count>
Enum value_of(const std::string_view (&names)[Count], std::string_view name) {
  const auto found = std::ranges::find(names, name);
  if (found == std::end(names)) throw std::logic_error("an import job has no such state or origin");
  return static_cast<Enum>(found - std::begin(names));
}

std::string text_of(const json::object& object, std::string_view name) {
  const json::value* value = object.if_contains(name);
  return value && value->is_string() ? std::string(value->get_string()) : std::string();
}

std::string body_of(const ImportJob& job) {
  json::array columns;
  for (const SheetColumn& column : job.mapping.columns)
    columns.push_back(json::object{{"place", column.place},
                                   {"header", column.header},
                                   {"field", column.field},
                                   {"ignored", column.is_ignored},
                                   {"by", name_of(column.by)}});
  const ImportReport& report = job.report;
  return json::serialize(
      json::object{{"sheet", job.mapping.sheet},
                   {"header", json::array{job.mapping.header_first, job.mapping.header_last}},
                   {"columns", std::move(columns)},
                   {"corrections", job.corrections},
                   {"report", json::array{report.rows, report.created, report.changed, report.unchanged, report.faulty,
                                          report.faults, report.first_position, report.last_position}},
                   {"problems", problems_json(job.problems)}});
}

void read_body(std::string_view text, ImportJob& job) {
  const json::value value = json::parse(text);
  const json::object& body = value.as_object();
  job.mapping.sheet = text_of(body, "sheet");
  job.mapping.header_first = body.at("header").as_array().at(0).to_number<std::size_t>();
  job.mapping.header_last = body.at("header").as_array().at(1).to_number<std::size_t>();
  for (const json::value& each : body.at("columns").as_array()) {
    const json::object& column = each.as_object();
    job.mapping.columns.push_back({column.at("place").to_number<std::size_t>(), text_of(column, "header"),
                                   text_of(column, "field"), column.at("ignored").as_bool(),
                                   value_of<SheetColumn::By>(by_names, text_of(column, "by"))});
  }
  job.corrections = body.at("corrections").to_number<std::size_t>();
  const json::array& numbers = body.at("report").as_array();
  ImportReport& report = job.report;
  std::int64_t* const into[] = {&report.rows,   &report.created, &report.changed,        &report.unchanged,
                                &report.faulty, &report.faults,  &report.first_position, &report.last_position};
  for (std::size_t i = 0; i < std::size(into); ++i) *into[i] = numbers.at(i).to_number<std::int64_t>();
  job.problems = problems_from(body.at("problems"));
}

constexpr std::string_view columns =
    "id, user_id, register, file_name, file_hash, file_bytes, state, keeps_filled, body, made_at, ended_at";

ImportJob job_of(const store::Rows& rows) {
  ImportJob job{.id = rows.integer(0),
                .user = rows.integer(1),
                .register_name = std::string(rows.text(2)),
                .file_name = std::string(rows.text(3)),
                .file_hash = std::string(rows.text(4)),
                .file_bytes = rows.integer(5),
                .state = value_of<JobState>(state_names, rows.text(6)),
                .keeps_filled = rows.integer(7) != 0};
  read_body(rows.text(8), job);
  job.made_at = Moment(std::chrono::milliseconds(rows.integer(9)));
  job.ended_at = Moment(std::chrono::milliseconds(rows.integer(10)));
  return job;
}

}  // namespace

std::string_view name_of(JobState state) { return state_names[static_cast<std::size_t>(state)]; }
std::string_view name_of(SheetColumn::By by) { return by_names[static_cast<std::size_t>(by)]; }

std::vector<store::TableSchema> ImportJobs::schemas() {
  using store::Type;
  return {{.name = "import_job",
           .columns = {{"id", Type::integer, true},
                       {"user_id", Type::integer, true},
                       {"register", Type::text, true},
                       {"file_name", Type::text, true},
                       {"file_hash", Type::text, true},
                       {"file_bytes", Type::integer, true},
                       {"state", Type::text, true},
                       {"keeps_filled", Type::integer, true},
                       {"body", Type::text, true},
                       {"source", Type::text, true},
                       {"made_at", Type::integer, true},
                       {"ended_at", Type::integer, true}},
           .primary_key = {"id"},
           .indexes = {{"user_id", "register"}, {"state"}}},
          {.name = "import_mapping",
           .columns = {{"register", Type::text, true},
                       {"fingerprint", Type::text, true},
                       {"body", Type::text, true},
                       {"user_id", Type::integer, true},
                       {"at", Type::integer, true}},
           .primary_key = {"register", "fingerprint"}}};
}

void insert_job(store::Transaction& transaction, const ImportJob& job, const std::string& source) {
  transaction.execute(
      store::insert_sql("import_job", {"id", "user_id", "register", "file_name", "file_hash", "file_bytes", "state",
                                       "keeps_filled", "body", "source", "made_at", "ended_at"}),
      job.id, job.user, job.register_name, job.file_name, job.file_hash, job.file_bytes, name_of(job.state),
      job.keeps_filled ? 1 : 0, body_of(job), source, job.made_at.time_since_epoch().count(),
      job.ended_at.time_since_epoch().count());
}

std::optional<ImportJob> load_job(store::Reader& reader, Id id) {
  auto rows = reader.query("SELECT " + std::string(columns) + " FROM import_job WHERE id = ?", id);
  if (!rows.next()) return std::nullopt;
  return job_of(rows);
}

std::vector<ImportJob> load_jobs(store::Reader& reader, Id user, const std::string& register_name) {
  constexpr int jobs_listed_max = 100;
  std::vector<ImportJob> jobs;
  auto rows = reader.query(
      "SELECT " + std::string(columns) + " FROM import_job WHERE user_id = ? AND register = ? ORDER BY id DESC LIMIT ?",
      user, register_name, jobs_listed_max);
  while (rows.next()) jobs.push_back(job_of(rows));
  return jobs;
}

std::string source_of(store::Reader& reader, Id id) {
  auto rows = reader.query("SELECT source FROM import_job WHERE id = ?", id);
  return rows.next() ? std::string(rows.text(0)) : std::string();
}

bool update_job(store::Transaction& transaction, const ImportJob& job, JobState from) {
  return transaction.execute(
             "UPDATE import_job SET state = ?, keeps_filled = ?, body = ?, ended_at = ? WHERE id = ? AND state = ?",
             name_of(job.state), job.keeps_filled ? 1 : 0, body_of(job), job.ended_at.time_since_epoch().count(),
             job.id, name_of(from)) == 1;
}

std::vector<Choice> remembered(store::Reader& reader, const std::string& register_name,
                               const std::string& fingerprint) {
  std::vector<Choice> choices;
  auto rows = reader.query("SELECT body FROM import_mapping WHERE register = ? AND fingerprint = ?", register_name,
                           fingerprint);
  if (!rows.next()) return choices;
  const json::value body = json::parse(rows.text(0));
  for (const json::value& each : body.as_array())
    choices.push_back({each.as_object().at("place").to_number<std::size_t>(), text_of(each.as_object(), "field")});
  return choices;
}

void remember(store::Transaction& transaction, const std::string& register_name, const Mapping& mapping, Id user) {
  json::array body;
  for (const SheetColumn& column : mapping.columns)
    if (column.by == SheetColumn::By::user || column.by == SheetColumn::By::memory)
      body.push_back(json::object{{"place", column.place}, {"field", column.field}});
  transaction.execute(store::upsert_sql("import_mapping", {"register", "fingerprint", "body", "user_id", "at"},
                                        {"register", "fingerprint"}),
                      register_name, mapping.fingerprint(), json::serialize(body), user,
                      transaction.at().time_since_epoch().count());
}

}  // namespace zhijia::exchange
