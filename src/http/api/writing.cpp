#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "api/api.hpp"
#include "api/body.hpp"
#include "api/once.hpp"
#include "asked.hpp"
#include "base/text.hpp"
#include "finance/matches.hpp"
#include "people/people.hpp"
#include "registers/columns.hpp"
#include "registers/publicity.hpp"
#include "sights.hpp"

namespace zhijia::http {

namespace json = boost::json;
using registers::Cells;
using registers::Field;
using registers::FieldType;
using registers::Operation;
using registers::Record;
using registers::Register;

namespace {

/// How many records one request may take a step of.
constexpr std::size_t batch_max = 500;
constexpr std::size_t id_digits_max = 20;

Place at_field(const std::string& name) { return {.file = {}, .sheet = {}, .cell = {}, .record = {}, .field = name}; }

std::unexpected<Problems> bad_value(const std::string& field) {
  return fail("record.value", "“" + field + "”的值格式不对，见接口说明。",
              "The value of “" + field + "” has not the form that the description asks for.", at_field(field));
}

/// Whether a text is of the form that the field is described with. Programs have one way to write a value, not the many
/// that a workbook is forgiven.
bool is_well_formed(const registers::Catalogue& catalogue, const Field& field, std::string_view text) {
  if (text.find('\0') != std::string_view::npos) return false;
  if (field.type == FieldType::date && !registers::is_sealed(field)) {
    const auto day = parse_date(text);
    return day && to_string(*day) == text;
  }
  const registers::CodeList* codes = field.type == FieldType::choice ? catalogue.find_codes(field.target) : nullptr;
  return !codes || std::ranges::any_of(codes->values, [&](const auto& code) { return code.first == text; });
}

/// A value as a cell of a workbook has it, when it is of the form that the field is described with: a number in binary
/// is no amount of money, and what is absent is null.
std::optional<std::string> plain_text(const registers::Catalogue& catalogue, const Field& field,
                                      const json::value& value) {
  if (value.is_null()) return "";
  if (field.type == FieldType::yes_no)
    return value.is_bool() ? std::optional(value.get_bool() ? "是" : "否") : std::nullopt;
  if (field.type == FieldType::integer)
    return value.is_int64() ? std::optional(std::to_string(value.get_int64())) : std::nullopt;
  if (!value.is_string() || !is_well_formed(catalogue, field, value.get_string())) return std::nullopt;
  return std::string(value.get_string());
}

/// Whether the members of a link are texts of the lengths described.
bool is_well_formed(const json::object& link) {
  struct Member {
    const char* name;
    std::size_t least, most;  ///< characters
  };
  // What is wrong with a name or a number is told by what reads them.
  constexpr Member members[] = {
      {"id", 1, id_digits_max}, {"key", 1, 200}, {"name", 0, 100}, {"identity_number", 0, 40}};
  return std::ranges::all_of(members, [&](const Member& member) {
    const json::value* value = link.if_contains(member.name);
    if (!value) return true;
    if (!value->is_string()) return false;
    const std::size_t size = code_points(std::string_view(value->get_string()));
    return size >= member.least && size <= member.most;
  });
}

/// {"id": …}, {"key": …} or, of people, {"name": …, "identity_number": …}, as the cells of a workbook.
Result<void> read_link(registers::Texts& texts, const Register& of, std::size_t place, const json::object& link,
                       Cells& cells) {
  const Field& field = of.fields[place];
  const bool is_person = field.type == FieldType::person || field.type == FieldType::household;
  if (!is_well_formed(link)) return bad_value(field.name);
  if (const std::string id = text_of(link, "id"); !id.empty()) {
    Record asked{.id = 0, .position = 0, .version = 0, .values = std::vector<registers::Stored>(of.fields.size())};
    asked.values[place] = parse_id(id);
    const auto columns = registers::cell_columns(of);
    const auto written = texts.cells(of, asked);
    for (std::size_t i = 0; i < columns.size(); ++i) {
      if (columns[i].field != place) continue;
      if (written[i].empty())
        return fail("field.no_such", "没有编号为 " + id + " 的记录。", "There is no record with the id " + id + ".",
                    at_field(field.name));
      // By its id, whatever its key: two records may bear the same label.
      cells[columns[i].key] = is_person ? written[i] : "#" + id;
    }
    return {};
  }
  if (is_person && link.contains("identity_number")) {
    cells[field.name + ".name"] = text_of(link, "name");
    cells[field.name + ".identity_number"] = text_of(link, "identity_number");
    return {};
  }
  const std::string key = text_of(link, "key");
  if (is_person || key.empty()) return bad_value(field.name);
  cells[field.name] = key;
  return {};
}

}  // namespace

Result<Cells> read_values(const Services& services, store::Reader& reader, const Register& of, const json::object& body,
                          bool may_lack) {
  const json::value* values = body.if_contains("values");
  if (!values && may_lack) return Cells();
  if (!values || !values->is_object()) return bad_value("values");
  registers::Texts texts(services.registers, reader, registers::Texts::Secrets::clear);
  Cells cells;
  for (const auto& [key, value] : values->get_object()) {
    const std::string name(key);
    const Field* field = of.field(name);
    if (of.flow && name == "state")
      return fail("record.state", "状态只能通过流程步骤改变。", "A state is changed by the steps of the flow only.",
                  at_field(name));
    if (!field)
      return fail("record.no_such_field", "没有字段“" + name + "”。", "There is no field “" + name + "”.",
                  at_field(name));
    if (registers::is_link(*field) && value.is_object()) {
      const auto place = of.place(*field);
      if (auto read = read_link(texts, of, place, value.get_object(), cells); !read)
        return std::unexpected(std::move(read.error()));
      continue;
    }
    // Of a link, only that there is none; files have addresses of their own.
    const bool is_plain = !registers::is_link(*field) && field->type != FieldType::attachment;
    auto text = plain_text(services.registers.catalogue(), *field, value);
    if (!text || !(is_plain || (registers::is_link(*field) && value.is_null()))) return bad_value(name);
    if (field->type == FieldType::person || field->type == FieldType::household) {
      cells[name + ".name"] = cells[name + ".identity_number"] = "";
      continue;
    }
    cells[name] = std::move(*text);
  }
  return cells;
}

namespace {

std::vector<access::Grant> grants_over(const Services& services, store::Reader& reader, const Register& of, Id id,
                                       const Request& request, std::string_view at) {
  return registers::grants_over(reader, services.registers, of, id, request.session->user.grants, at);
}

/// The fields that the body names.
std::vector<std::string> fields_of(const json::object& body) {
  std::vector<std::string> fields;
  if (const json::value* values = body.if_contains("values"); values && values->is_object())
    for (const auto& [name, value] : values->get_object()) fields.emplace_back(name);
  return fields;
}

Response written(const Services& services, store::Reader& reader, const Register& of, const Record& record,
                 const Request& request, int status) {
  registers::Texts texts(services.registers, reader);
  Response response = json_answer(record_json(texts, of, record, Sights(services, reader, of, request).of(record.id)));
  response.status = status;
  response.headers.emplace_back("ETag", fmt::format("\"{}\"", record.version));
  if (status == 201)
    response.headers.emplace_back("Location", fmt::format("/api/v1/registers/{}/records/{}", of.name, record.id));
  return response;
}

}  // namespace

Result<std::int64_t> asked_version(const Request& request) {
  const std::string_view tag = request.header("if-match");
  if (tag.empty())
    return fail("http.if_match_needed", "请在 If-Match 中注明所改记录的版本。",
                "Say in If-Match which version of the record you saw.");
  std::int64_t version = 0;
  const auto [end, error] = std::from_chars(tag.data() + 1, tag.data() + tag.size(), version);
  if (tag.size() < 3 || tag.front() != '"' || error != std::errc() || end != tag.data() + tag.size() - 1 || *end != '"')
    return fail("http.if_match", "If-Match 应为记录的 ETag。", "If-Match is to be the record's ETag.");
  return version;
}

namespace {

Response create_record(const Services& services, const Register& of, const Request& request) {
  const auto body = asked_body(request, {"values"});
  if (!body) return refusal(body.error());
  return once(services, request, [&](store::Transaction& transaction) -> Result<Response> {
    const registers::Reach reach = reach_for(request, of, Operation::create);
    if (reach.is_none()) return not_permitted();
    const auto cells = read_values(services, transaction, of, *body);
    if (!cells) return std::unexpected(cells.error());
    const auto record = services.registers.create(transaction, of, *cells, actor_of(request));
    if (!record) return std::unexpected(record.error());
    if (!registers::covers(transaction, services.registers, of, record->id, reach)) return not_permitted();
    return written(services, transaction, of, *record, request, 201);
  });
}

Response change_record(const Services& services, const Register& of, const Request& request) {
  const auto version = asked_version(request);
  if (!version) return refusal(version.error());
  const auto body = asked_body(request, {"values"});
  if (!body) return refusal(body.error());
  const Id id = parse_id(request["id"]);
  return once(services, request, [&](store::Transaction& transaction) -> Result<Response> {
    if (!registers::covers(transaction, services.registers, of, id, reading_reach(request, of)))
      return std::unexpected(beyond_reach());
    const registers::Reach reach = reach_for(request, of, Operation::change);
    if (!registers::covers(transaction, services.registers, of, id, reach)) return not_permitted();
    const auto before = services.registers.read(transaction, of, id);
    if (!before) return std::unexpected(before.error());
    if (Problems refused = refused_fields(services, transaction, of, *before, request, fields_of(*body));
        !refused.empty())
      return std::unexpected(std::move(refused));
    const auto cells = read_values(services, transaction, of, *body);
    if (!cells) return std::unexpected(cells.error());
    const auto record = services.registers.change(transaction, of, id, *version, *cells, actor_of(request));
    if (!record) return std::unexpected(record.error());
    if (!registers::covers(transaction, services.registers, of, id, reach)) return not_permitted();
    return written(services, transaction, of, *record, request, 200);
  });
}

/// A row of a sub-table, by who may change all of it by hand. Its state is led by steps and changed by nobody, so it is
/// not asked for.
Response remove_record(const Services& services, const Register& of, const Request& request) {
  const auto version = asked_version(request);
  if (!version) return refusal(version.error());
  const Id id = parse_id(request["id"]);
  return once(services, request, [&](store::Transaction& transaction) -> Result<Response> {
    if (!registers::covers(transaction, services.registers, of, id, reading_reach(request, of)))
      return std::unexpected(beyond_reach());
    if (!registers::covers(transaction, services.registers, of, id, reach_for(request, of, Operation::change)))
      return not_permitted();
    const auto before = services.registers.read(transaction, of, id);
    if (!before) return std::unexpected(before.error());
    std::vector<std::string> fields;
    for (const Field& field : of.fields)
      if (field.computed_as.empty() && field.name != "state") fields.push_back(field.name);
    if (Problems refused = refused_fields(services, transaction, of, *before, request, fields); !refused.empty())
      return std::unexpected(std::move(refused));
    if (auto removed = services.registers.remove(transaction, of, id, *version, actor_of(request)); !removed)
      return std::unexpected(removed.error());
    return Response{.status = 204};
  });
}

json::object described(const registers::Step& step, bool is_allowed) {
  json::array needs, may;
  for (const std::string& name : step.needs_fields) needs.emplace_back(name);
  for (const std::string& name : step.may_fields) may.emplace_back(name);
  return {{"name", step.name},
          {"title", titled(step.title)},
          {"to", step.to},
          {"by", step.by},
          {"needs_reason", step.needs_reason},
          {"with", std::move(needs)},
          {"may", std::move(may)},
          {"allowed", is_allowed}};
}

/// The steps that lead on from the record's state, and whether the asker holds their role over it.
Response list_steps(const Services& services, const Register& of, const Request& request) {
  return services.store.read([&](store::Reader& reader) {
    const auto record = services.registers.read(reader, of, parse_id(request["id"]));
    if (!record) return refusal(record.error());
    if (!registers::covers(reader, services.registers, of, record->id, reading_reach(request, of)))
      return out_of_reach();
    json::array steps;
    if (!of.flow) return json_answer(steps);
    std::map<std::string, std::vector<std::string>, std::less<>> roles_at;
    const auto holds = [&](const registers::Step& step) {
      const auto [known, is_new] = roles_at.try_emplace(step.at);
      if (is_new) known->second = registers::roles_of(grants_over(services, reader, of, record->id, request, step.at));
      return step.by.empty() || std::ranges::find(known->second, step.by) != known->second.end();
    };
    const std::string state = state_of(of, *record);
    const registers::Publicity* publicity = of.flow->publicity(state);
    const bool waits =
        publicity && registers::standing_of(reader, of, record->id, services.registers.clock().today()) !=
                         registers::Standing::unopposed;
    for (const registers::Step& step : of.flow->steps) {
      if (step.from != state) continue;
      const bool is_held_up = waits && step.name == publicity->unopposed;
      steps.push_back(described(step, request.session && holds(step) && !step.is_automatic() && !is_held_up));
    }
    return json_answer(steps);
  });
}

/// What comes with a step; a request without a body brings nothing.
Result<json::object> asked_input(const Request& request, bool has_ids) {
  if (request.body.empty() && !has_ids) return json::object();
  return has_ids ? asked_body(request, {"ids", "reason", "values"}) : asked_body(request, {"reason", "values"});
}

/// Which of the fields named no step of that name asks for: they are wrong whatever the record.
Problems not_asked_for(const Register& of, std::string_view name, const std::vector<std::string>& fields) {
  Problems problems;
  for (const std::string& field : fields)
    if (of.field(field) && std::ranges::none_of(of.flow->steps, [&](const registers::Step& step) {
          return step.name == name && step.sets(field);
        }))
      problems.push_back(
          {"step.field", at_field(field), {"此项不能随这个步骤填写。", "It cannot be set together with this step."}});
  return problems;
}

/// At which of its unions the record's next step of that name is taken; empty for any, and where there is no such step.
std::string_view end_of(const Services& services, store::Reader& reader, const Register& of, Id id,
                        std::string_view name) {
  if (of.ends.empty()) return {};
  const auto record = services.registers.read(reader, of, id);
  const std::string state = record ? state_of(of, *record) : std::string();
  for (const registers::Step& each : of.flow->steps)
    if (each.name == name && each.from == state) return each.at;
  return {};
}

/// The reason and the values that a step is taken with.
Result<registers::StepInput> read_input(const Services& services, store::Reader& reader, const Register& of,
                                        const json::object& body) {
  const json::value* reason = body.if_contains("reason");
  if (reason && (!reason->is_string() || reason->get_string().find('\0') != json::string::npos ||
                 code_points(std::string_view(reason->get_string())) > registers::reason_characters_max))
    return bad_value("reason");
  auto cells = read_values(services, reader, of, body, true);
  if (!cells) return std::unexpected(cells.error());
  return registers::StepInput{.reason = text_of(body, "reason"), .cells = std::move(*cells)};
}

}  // namespace

Result<Record> step_taken(const Services& services, store::Transaction& transaction, const Register& of,
                          const Request& request, Id id, std::string_view name, const registers::StepInput& input) {
  if (!registers::covers(transaction, services.registers, of, id, reading_reach(request, of)))
    return std::unexpected(beyond_reach());
  if (auto fits = finance::may_take(transaction, services.registers.catalogue(), of, id, name, input); !fits)
    return std::unexpected(std::move(fits.error()));
  registers::Actor actor = actor_of(request);
  registers::add_roles(grants_over(services, transaction, of, id, request, end_of(services, transaction, of, id, name)),
                       actor);
  return services.registers.take_step(transaction, of, id, name, actor, input);
}

json::array brief(const Problems& refused) {
  json::array problems;
  for (const Problem& problem : refused) {
    json::object object{{"code", problem.code}, {"zh", problem.message.zh}, {"en", problem.message.en}};
    if (!problem.place.field.empty()) object.emplace("field", problem.place.field);
    problems.push_back(std::move(object));
  }
  return problems;
}

namespace {

Response take_step(const Services& services, const Register& of, const Request& request) {
  const auto version = asked_version(request);
  if (!version) return refusal(version.error());
  const auto body = asked_input(request, false);
  if (!body) return refusal(body.error());
  const Id id = parse_id(request["id"]);
  return once(services, request, [&](store::Transaction& transaction) -> Result<Response> {
    const auto before = services.registers.read(transaction, of, id);
    if (!before || !registers::covers(transaction, services.registers, of, id, reading_reach(request, of)))
      return std::unexpected(beyond_reach());
    if (before->version != *version)
      return fail("record.version", "此记录已被他人更改，请刷新后再办理。",
                  "Somebody else has changed this record; load it again.");
    const auto input = read_input(services, transaction, of, *body);
    if (!input) return std::unexpected(input.error());
    const auto record = step_taken(services, transaction, of, request, id, request["step"], *input);
    if (!record) return std::unexpected(record.error());
    return written(services, transaction, of, *record, request, 200);
  });
}

/// One step of many records, with what it asks for given once: each is checked for itself, what is refused says why and
/// does not hold up the others. A request that makes no sense for any of them is refused as a whole.
Response take_steps(const Services& services, const Register& of, const Request& request) {
  const auto body = asked_input(request, true);
  if (!body) return refusal(body.error());
  if (!of.flow || std::ranges::find(of.flow->steps, request["step"], &registers::Step::name) == of.flow->steps.end())
    return refusal({{"step.unknown", {}, {"没有这个步骤。", "There is no such step."}}});
  const json::value* ids = body->if_contains("ids");
  const auto is_id = [](const json::value& each) {
    return each.is_string() && !each.get_string().empty() && each.get_string().size() <= id_digits_max;
  };
  if (!ids || !ids->is_array() || ids->get_array().empty() || ids->get_array().size() > batch_max ||
      !std::ranges::all_of(ids->get_array(), is_id))
    return refusal(Problems{bad_parameter("ids", "应为 1 至 500 个记录编号。", "1 to 500 ids of records are wanted.")});
  const auto input =
      services.store.read([&](store::Reader& reader) { return read_input(services, reader, of, *body); });
  if (!input) return refusal(input.error());
  if (const Problems refused = not_asked_for(of, request["step"], fields_of(*body)); !refused.empty())
    return refusal(refused);
  json::array taken, refused;
  for (const json::value& each : ids->get_array()) {
    const std::string id(each.get_string());
    const auto record = services.store.write([&](store::Transaction& transaction) -> Result<Record> {
      return step_taken(services, transaction, of, request, parse_id(id), request["step"], *input);
    });
    if (record)
      taken.emplace_back(id);
    else
      refused.push_back(json::object{{"id", id}, {"problems", brief(record.error())}});
  }
  return json_answer(json::object{{"taken", std::move(taken)}, {"refused", std::move(refused)}});
}

/// A secret in clear, for a reason that goes to the change log before the value leaves.
Response reveal(const Services& services, const Register& of, const Request& request) {
  const auto body = asked_body(request, {"field", "reason"});
  if (!body) return refusal(body.error());
  const Field* field = of.field(text_of(*body, "field"));
  const std::string reason = text_of(*body, "reason");
  const bool is_person = field && (field->type == FieldType::person || field->type == FieldType::household);
  if (!field || (!registers::is_sealed(*field) && !is_person))
    return refusal(Problems{bad_parameter("field", "应为保密字段。", "A secret field is wanted.")});
  if (reason.empty() || reason.size() > 1'000)
    return refusal(Problems{bad_parameter("reason", "请填写查看原因。", "Say why you need to see it.")});
  const auto shown = services.store.write([&](store::Transaction& transaction) -> Result<Response> {
    const auto record = services.registers.read(transaction, of, parse_id(request["id"]));
    if (!record || !registers::covers(transaction, services.registers, of, record->id, reading_reach(request, of)))
      return std::unexpected(beyond_reach());
    if (!registers::covers(transaction, services.registers, of, record->id, reach_for(request, of, Operation::reveal)))
      return not_permitted();
    const auto place = of.place(*field);
    if (Sights(services, transaction, of, request).of(record->id)[place] == registers::Sight::hidden)
      return not_permitted();
    transaction.log({.actor = std::to_string(request.session->user.id),
                     .source = request.from,
                     .kind = "reveal",
                     .register_ = of.name,
                     .record = record->id,
                     .body = json::serialize(json::object{{"field", field->name}, {"reason", reason}})});
    std::string clear;
    if (!is_person) {
      if (const auto* text = std::get_if<std::string>(&record->values[place])) clear = *text;
    } else if (const auto* id = std::get_if<std::int64_t>(&record->values[place])) {
      const auto person = field->type == FieldType::person ? people::find_person(transaction, *id)
                                                           : people::find_head(transaction, *id);
      if (person)
        clear = people::find_identity_number(transaction, services.registers.vault(), person->id).value_or("");
    }
    return json_answer(json::object{{"value", clear}});
  });
  return shown ? *shown : refusal(shown.error());
}

}  // namespace

void add_writing(Router& router, const Services& services) {
  const std::string records = "/api/v1/registers/{register}/records";
  router.add("GET", records + "/{id}/steps", of_register(services, list_steps));
  if (!services.users) return;  // nobody could be told from anybody
  router.add("POST", records, of_register(services, create_record));
  router.add("PATCH", records + "/{id}", of_register(services, change_record));
  router.add("DELETE", records + "/{id}", of_register(services, remove_record));
  router.add("POST", records + "/{id}/steps/{step}", of_register(services, take_step));
  router.add("POST", "/api/v1/registers/{register}/steps/{step}", of_register(services, take_steps));
  router.add("POST", records + "/{id}/reveal", of_register(services, reveal));
}

}  // namespace zhijia::http
