#include <array>

#include "api/api.hpp"
#include "api/body.hpp"
#include "api/operation.hpp"
#include "asked.hpp"
#include "dmn/authoring.hpp"
#include "registers/cases.hpp"
#include "sights.hpp"

/// Decision models of the packs, as staff read, edit and try them. Nothing here changes one: an edited model is a file
/// for the pack's folder, which a policy then names.
namespace zhijia::http {

namespace json = boost::json;
using dmn::TableText;
using registers::ModelFile;
using registers::Register;

namespace {

constexpr std::size_t texts_max = 100'000;  ///< cells of the tables that a request brings
constexpr std::array uses{"input", "output", "note"};

Problem bad_table(std::string field, std::string_view zh, std::string_view en) {
  return {"model.table",
          {.file = {}, .sheet = {}, .cell = {}, .record = {}, .field = std::move(field)},
          {std::string(zh), std::string(en)}};
}

json::array texts_json(const std::vector<std::string>& texts) { return json::array(texts.begin(), texts.end()); }

json::object table_json(const TableText& table) {
  json::array columns, rules;
  for (const TableText::Column& column : table.columns)
    columns.push_back(json::object{{"use", uses[static_cast<std::size_t>(column.use)]},
                                   {"label", column.label},
                                   {"expression", column.expression},
                                   {"type", column.type},
                                   {"allowed", column.allowed},
                                   {"fallback", column.fallback}});
  for (const auto& rule : table.rules) rules.push_back(texts_json(rule));
  return {{"name", table.name},
          {"hit_policy", table.hit_policy},
          {"columns", std::move(columns)},
          {"rules", std::move(rules)}};
}

/// What a table in a request says; nothing when it has not this shape.
std::optional<TableText> read_table(const json::value& given, std::size_t& texts) {
  const auto text = [&](const json::object& of, std::string_view name, std::string& into) {
    const json::value* value = of.if_contains(name);
    if (!value) return true;
    if (!value->is_string() || ++texts > texts_max) return false;
    into = value->get_string();
    return true;
  };
  const json::object* table = given.if_object();
  TableText read;
  if (!table || !text(*table, "name", read.name) || !text(*table, "hit_policy", read.hit_policy)) return std::nullopt;
  const json::value *columns = table->if_contains("columns"), *rules = table->if_contains("rules");
  if (!columns || !columns->is_array() || !rules || !rules->is_array()) return std::nullopt;
  for (const json::value& each : columns->get_array()) {
    const json::object* column = each.if_object();
    TableText::Column one;
    std::string use;
    if (!column || !text(*column, "use", use) || !text(*column, "label", one.label) ||
        !text(*column, "expression", one.expression) || !text(*column, "type", one.type) ||
        !text(*column, "allowed", one.allowed) || !text(*column, "fallback", one.fallback))
      return std::nullopt;
    const auto at = std::ranges::find(uses, use);
    if (at == uses.end()) return std::nullopt;
    one.use = static_cast<TableText::Use>(at - uses.begin());
    read.columns.push_back(std::move(one));
  }
  for (const json::value& each : rules->get_array()) {
    const json::array* rule = each.if_array();
    if (!rule || rule->size() != read.columns.size() || (texts += rule->size()) > texts_max) return std::nullopt;
    auto& cells = read.rules.emplace_back();
    for (const json::value& cell : *rule) {
      if (!cell.is_string()) return std::nullopt;
      cells.emplace_back(cell.get_string());
    }
  }
  return read;
}

/// The model's text with the tables of the body's `tables` in it; as it is without them. Problems: model.table, those
/// of dmn::with_table.
Result<std::string> edited_text(const ModelFile& file, const json::object& body) {
  std::string text = *file.text;
  const json::value* tables = body.if_contains("tables");
  if (!tables) return text;
  const json::array* list = tables->if_array();
  std::size_t texts = 0;
  for (std::size_t i = 0; i < (list ? list->size() : 1); ++i) {
    const auto table = list ? read_table((*list)[i], texts) : std::nullopt;
    if (!table)
      return std::unexpected(
          Problems{bad_table("tables", "决策表应有 name、hit_policy、columns 和 rules，每条规则每列一格文字。",
                             "A table has name, hit_policy, columns and rules; a rule has a text for each column.")});
    auto changed = dmn::with_table(text, *table);
    if (!changed) return changed;
    text = std::move(*changed);
  }
  return text;
}

/// Registers whose records the model decides.
json::array decided_json(const Services& services, const ModelFile& file) {
  json::array registers;
  for (const Register& of : services.registers.catalogue().registers)
    if (of.decision && of.pack == file.pack && of.decision->model == file.name)
      registers.push_back(json::object{{"register", of.name}, {"policy", of.decision->policy}});
  return registers;
}

json::object model_json(const Services& services, const ModelFile& file) {
  return {{"pack", file.pack},
          {"name", file.name},
          {"decisions", texts_json(file.model->decisions())},
          {"decides", decided_json(services, file)}};
}

std::optional<ModelFile> asked_model(const Services& services, const Request& request) {
  for (ModelFile& file : registers::model_files(services.registers))
    if (file.pack == request["pack"] && file.name == request["model"]) return std::move(file);
  return std::nullopt;
}

Response no_model() {
  return refusal(404, {{"model.not_found", {}, {"没有这个决策模型。", "There is no such decision model."}}});
}

Response list_models(const Services& services, const Request&) {
  json::array models;
  for (const ModelFile& file : registers::model_files(services.registers)) models.push_back(model_json(services, file));
  return json_answer(models);
}

Response show_model(const Services& services, const Request& request) {
  const auto file = asked_model(services, request);
  if (!file) return no_model();
  const auto tables = dmn::tables_of(*file->text);
  if (!tables) return refusal(tables.error());
  json::object shown = model_json(services, *file);
  json::array described;
  for (const TableText& table : *tables) described.push_back(table_json(table));
  shown.emplace("tables", std::move(described));
  shown.emplace("findings", problems_json(file->model->warnings()));
  return json_answer(shown);
}

Response give_file(const Services& services, const Request& request) {
  const auto file = asked_model(services, request);
  if (!file) return no_model();
  Response response{.type = "application/xml", .body = *file->text};
  response.headers.emplace_back("Content-Disposition", "attachment; filename=\"" + file->name + ".dmn\"");
  return response;
}

/// Gaps, overlaps and faults of the edited tables, and the model's file with them.
Response check_model(const Services& services, const Request& request) {
  const auto file = asked_model(services, request);
  if (!file) return no_model();
  const auto body = asked_body(request, {"tables"});
  if (!body) return refusal(body.error());
  const auto text = edited_text(*file, *body);
  if (!text) return refusal(text.error());
  const auto model = dmn::load(*text, {}, file->name + ".dmn");
  return json_answer(json::object{{"findings", problems_json(model ? model->warnings() : model.error())},
                                  {"usable", model.has_value()},
                                  {"xml", *text}});
}

json::object outcome_json(const dmn::Outcome& outcome, const dmn::Words& words) {
  return {{"value", feel::text(outcome.value)},
          {"explanation", json::object{{"zh", dmn::explanation(outcome, true, words)},
                                       {"en", dmn::explanation(outcome, false, words)}}},
          {"problems", problems_json(outcome.problems)}};
}

/// One record's case decided by the model in force and by the edited one. Reads only, though it comes with a body.
Response try_model(const Services& services, const Request& request) {
  const auto file = asked_model(services, request);
  if (!file) return no_model();
  const auto body = asked_body(request, {"register", "id", "tables"});
  if (!body) return refusal(body.error());
  const Register* of = services.registers.catalogue().find_register(text_of(*body, "register"));
  if (!of || !of->decision || of->pack != file->pack)
    return refusal(Problems{
        bad_parameter("register", "应为由此模型认定的登记簿。", "A register that the model decides is wanted.")});
  const auto text = edited_text(*file, *body);
  if (!text) return refusal(text.error());
  const auto edited = dmn::load(*text, {}, file->name + ".dmn");
  if (!edited) return refusal(edited.error());
  const Id record = parse_id(text_of(*body, "id"));
  return services.store.read([&](store::Reader& reader) {
    if (!registers::covers(reader, services.registers, *of, record, reading_reach(request, *of))) return out_of_reach();
    const std::vector<registers::Sight> sights = Sights(services, reader, *of, request).of(record);
    if (std::ranges::find(sights, registers::Sight::hidden) != sights.end()) return refusal(not_permitted().error());
    const auto cases = registers::case_of_record(reader, services.registers, *of, record);
    if (!cases) return refusal(cases.error());
    if (cases->ids.empty()) return out_of_reach();
    const dmn::Model* ruling = registers::find_model(services.registers, *of, cases->models.front());
    if (!ruling) return no_model();
    const dmn::Inputs inputs = registers::inputs_of(cases->columns, 0);
    const auto decided = [&](const dmn::Model& model) {
      return outcome_json(
          model.evaluate(of->decision->decision, inputs, {.clock = &services.registers.clock(), .explain = true}),
          registers::words_of(services.registers, *of, model));
    };
    return json_answer(json::object{{"before", decided(*ruling)}, {"after", decided(*edited)}});
  });
}

}  // namespace

void add_models(Router& router, const Services& services) {
  const auto answering = [&services](Response (*answer)(const Services&, const Request&)) {
    return [services, answer](const Request& request) { return answer(services, request); };
  };
  router.add("GET", "/api/v1/models", answering(list_models));
  router.add("GET", "/api/v1/models/{pack}/{model}", answering(show_model));
  router.add("GET", "/api/v1/models/{pack}/{model}/file", answering(give_file));
  router.add("POST", "/api/v1/models/{pack}/{model}/check", answering(check_model));
  router.add("POST", "/api/v1/models/{pack}/{model}/try", answering(try_model));
}

void describe_models(json::object& paths) {
  using namespace openapi;
  const auto text = [] { return of_type("string"); };
  const auto described = [&] {
    return json::object{{"pack", text()},
                        {"name", text()},
                        {"decisions", list_of(text())},
                        {"decides", list_of(object_of({{"register", text()}, {"policy", text()}}))}};
  };
  const auto table = [&] {
    return object_of(
        {{"name", text()},
         {"hit_policy", text()},
         {"columns",
          list_of(object_of({{"use", json::object{{"type", "string"}, {"enum", json::array(uses.begin(), uses.end())}}},
                             {"label", text()},
                             {"expression", text()},
                             {"type", text()},
                             {"allowed", text()},
                             {"fallback", text()}}))},
         {"rules", list_of(list_of(text()))}},
        {"name", "hit_policy", "columns", "rules"});
  };
  const auto outcome = [&] {
    return object_of({{"value", text()},
                      {"explanation", object_of({{"zh", text()}, {"en", text()}})},
                      {"problems", list_of(of_type("object"))}});
  };
  const auto in_model = [] {
    return json::array{in_path("pack", "The pack's folder"), in_path("model", "The file's name without .dmn")};
  };
  const std::string address = "/api/v1/models/{pack}/{model}";
  describe(paths, "/api/v1/models",
           {.method = "get",
            .summary = "The decision models of the packs",
            .answers = {{200, list_of(object_of(described()))}}});
  json::object whole = described();
  whole.emplace("tables", list_of(table()));
  whole.emplace("findings", list_of(of_type("object")));
  describe(paths, address,
           {.method = "get",
            .summary = "A model's decision tables as texts, and what is to be said of them",
            .parameters = in_model(),
            .answers = {{200, object_of(std::move(whole))}}});
  describe(paths, address + "/file",
           {.method = "get",
            .summary = "The model's file",
            .parameters = in_model(),
            .answers = {{200, text()}},
            .answer_types = {"application/xml"}});
  describe(
      paths, address + "/check",
      {.method = "post",
       .summary = "The model with other tables: gaps, overlaps and faults, and its file; nothing is written",
       .parameters = in_model(),
       .body = object_of({{"tables", list_of(table())}}, {"tables"}),
       .answers = {
           {200,
            object_of({{"findings", list_of(of_type("object"))}, {"usable", of_type("boolean")}, {"xml", text()}})}}});
  describe(
      paths, address + "/try",
      {.method = "post",
       .summary = "A record that the model decides, by the model in force and with other tables; nothing is written",
       .parameters = in_model(),
       .body = object_of({{"register", text()}, {"id", text()}, {"tables", list_of(table())}}, {"register", "id"}),
       .answers = {{200, object_of({{"before", outcome()}, {"after", outcome()}})}}});
}

}  // namespace zhijia::http
