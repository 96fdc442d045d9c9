#include "api/api.hpp"
#include "api/operation.hpp"
#include "api/relief.hpp"
#include "asked.hpp"
#include "base/text.hpp"
#include "relief/lists.hpp"

/// Other agencies' lists: uploaded, compared with the files of households in difficulty, and what they say against a
/// file kept as an agency_match, to be confirmed or dismissed by its steps.
namespace zhijia::http {

namespace json = boost::json;

namespace {

/// What is compared while somebody waits. A county's roll has some ten thousand rows, a city's a hundred thousand.
constexpr std::size_t list_rows_max = 200'000;
constexpr std::uint64_t list_bytes_max = 60'000'000;
/// Beyond this the list is of somebody else than the households', and nobody would look through what is found.
constexpr std::size_t matches_max = 20'000;

/// The upload under the ending by which a workbook is known from a text.
class NamedUpload {
 public:
  NamedUpload(const std::filesystem::path& upload, const std::string& ending) : path_(upload.string() + ending) {
    std::filesystem::create_hard_link(upload, path_);
  }
  ~NamedUpload() {
    std::error_code ignored;
    std::filesystem::remove(path_, ignored);
  }
  NamedUpload(const NamedUpload&) = delete;
  NamedUpload& operator=(const NamedUpload&) = delete;
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

struct Asked {
  relief::AgencyList list{};
  std::string name;
  Date on;
};

Result<Asked> asked_list_of(const Services& services, const Request& request) {
  const auto list = relief::agency_list_of(request.parameter("kind"));
  if (!list)
    return std::unexpected(Problems{bad_parameter("kind", "应为 subsistence、tax、vehicle、housing 或 business。",
                                                  "subsistence, tax, vehicle, housing or business is wanted.")});
  const std::string name(request.parameter("name"));
  const std::string ending = std::filesystem::path(name).extension().string();
  if (name.size() > 255 || name.contains('/') || name.contains('\0') ||
      (ending != ".xlsx" && ending != ".csv" && ending != ".txt"))
    return std::unexpected(Problems{
        bad_parameter("name", "请给出 .xlsx 或 .csv 文件的名称。", "Give the name of an .xlsx or .csv file.")});
  const auto on = asked_day(request, "on", services.clock.today());
  if (!on) return std::unexpected(on.error());
  return Asked{*list, name, *on};
}

json::object match_json(const relief::ListMatch& match, Id record) {
  const bool is_listed = match.outcome != relief::ListMatch::Outcome::absent;
  return {
      {"id", std::to_string(record)},
      {"outcome", relief::code_of(match.outcome)},
      {"finding", match.finding},
      {"file", std::to_string(match.file)},
      {"code", match.code},
      {"region", match.region},
      {"person", json::object{{"name", match.name}, {"identity_number", mask_number(match.identity_number)}}},
      {"listed", is_listed ? json::value(json::object{{"row", match.listed.row},
                                                      {"name", match.listed.name},
                                                      {"identity_number", mask_number(match.listed.identity_number)},
                                                      {"birth_date", match.listed.birth_date}})
                           : json::value(nullptr)},
      {"probability", match.probability},
      {"evidence", json::object{{"zh", match.evidence.zh}, {"en", match.evidence.en}}}};
}

Response compare(const Services& services, const Request& request) {
  const registers::Register* of = services.registers.catalogue().find_register("agency_match");
  const registers::Reach reach = reach_for(request, *of, registers::Operation::create);
  if (reach.is_none())
    return refusal(
        403,
        {{"access.scope", {}, {"您的角色或权限范围不允许此操作。", "Neither your roles nor their reach allow this."}}});
  const auto asked = asked_list_of(services, request);
  if (!asked) return refusal(asked.error());
  if (!request.upload) return refusal(Problems{bad_parameter("name", "请上传文件。", "Bring a file.")});
  std::vector<relief::Listed> rows;
  const NamedUpload file(request.upload->path, std::filesystem::path(asked->name).extension().string());
  const auto read =
      relief::read_list(file.path(), list_rows_max, [&](const relief::Listed& row) { rows.push_back(row); });
  if (!read) {
    Problems problems = read.error();
    for (Problem& problem : problems) problem.place.file = asked->name;
    return refusal(problems);
  }
  const relief::ListComparison compared = services.store.read([&](store::Reader& reader) {
    return relief::compare_list(reader, services.registers, asked->list, rows, reach);
  });
  if (compared.matches.size() > matches_max)
    return refusal(Problems{
        {"match.too_many",
         {.file = asked->name},
         {"比中的超过两万条，请确认名单种类是否选对，或按县区分开上传。",
          "More than 20,000 rows match: see whether the kind of list is right, or bring it county by county."}}});
  const auto kept = services.store.write([&](store::Transaction& transaction) {
    return relief::keep_matches(transaction, services.registers, asked->list, compared.matches, asked->name, asked->on,
                                actor_of(request));
  });
  if (!kept) return refusal(kept.error());
  json::array matches;
  for (std::size_t i = 0; i < kept->size(); ++i) matches.push_back(match_json(compared.matches[i], (*kept)[i]));
  return json_answer(json::object{{"kind", relief::code_of(asked->list)},
                                  {"name", asked->name},
                                  {"on", to_string(asked->on)},
                                  {"rows", compared.rows},
                                  {"persons", compared.persons},
                                  {"agreed", compared.agreed},
                                  {"matches", std::move(matches)}});
}

}  // namespace

void add_relief_lists(Router& router, const Services& services) {
  router.add_upload("POST", "/api/v1/relief/lists", list_bytes_max,
                    [services](const Request& request) { return compare(services, request); });
}

void describe_relief_lists(json::object& paths) {
  using namespace openapi;
  const auto text = [] { return of_type("string"); };
  const auto number = [] { return of_type("integer"); };
  const auto match = object_of({{"id", text()},
                                {"outcome", json::object{{"enum", json::array{"exact", "doubtful", "absent"}}}},
                                {"finding", text()},
                                {"file", text()},
                                {"code", text()},
                                {"region", text()},
                                {"person", object_of({{"name", text()}, {"identity_number", text()}})},
                                {"listed", nullable("object")},
                                {"probability", of_type("number")},
                                {"evidence", reference("Text")}});
  describe(
      paths, "/api/v1/relief/lists",
      {.method = "post",
       .summary = "Another agency's list compared with the files; what it says against one is kept, to be confirmed",
       .parameters = {in_query(
                          "kind",
                          json::object{{"enum", json::array{"subsistence", "tax", "vehicle", "housing", "business"}}},
                          "Which list it is"),
                      in_query("name", text_of_length(1, 255), "The file's name, with its ending"),
                      in_query("on", json::object{{"type", "string"}, {"format", "date"}},
                               "Day of the list; today when not said")},
       .body = json::object{{"type", "string"}, {"format", "binary"}},
       .answers = {{200, object_of({{"kind", text()},
                                    {"name", text()},
                                    {"on", text()},
                                    {"rows", number()},
                                    {"persons", number()},
                                    {"agreed", number()},
                                    {"matches", list_of(match)}})}},
       .body_type = "application/octet-stream"});
}

}  // namespace zhijia::http
