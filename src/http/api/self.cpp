#include <fmt/format.h>

#include <algorithm>

#include "api/body.hpp"
#include "api/once.hpp"
#include "api/self.hpp"
#include "api/shown.hpp"
#include "asked.hpp"
#include "base/text.hpp"
#include "people/people.hpp"
#include "registers/attachments.hpp"
#include "registers/columns.hpp"
#include "registers/listing.hpp"

/// The workers' own addresses: each sees what concerns him, in the registers and fields that packs open to him.
namespace zhijia::http {

namespace json = boost::json;
using registers::Field;
using registers::FieldType;
using registers::Record;
using registers::Register;
using registers::SelfService;

namespace {

/// More than one person ever has of one register.
constexpr std::size_t own_records_max = 1'000;
/// Parts that a worker may send with one record: a family, the sheets of one illness.
constexpr std::size_t parts_max = 50;

std::unexpected<Problems> unconfirmed() {
  return fail("access.unconfirmed", "请先向工会索取确认码完成本人确认。",
              "First ask your union for the code that confirms that it is you.");
}

/// The parts of a register's records that are open to him.
std::vector<const Register*> tables_of(const registers::Catalogue& catalogue, const Register& of) {
  std::vector<const Register*> tables;
  for (const Register& table : catalogue.registers)
    if (table.part_of == of.name && table.self) tables.push_back(&table);
  return tables;
}

std::string part_name(const Register& table) { return table.name.substr(table.part_of.size() + 1); }

bool may_change(const Register& of, const Record& record) {
  return std::ranges::find(of.self->change_in, state_of(of, record)) != of.self->change_in.end();
}

/// The record with what he may do to it now.
json::object own_json(const registers::Catalogue& catalogue, registers::Texts& texts, const Register& of,
                      const Record& record) {
  json::object shown = shown_json(catalogue, texts, of, record, of.self->reads, false);
  // His own files are named to him, where they are kept secret from others too.
  for (const std::string& name : of.self->reads)
    if (const registers::Field* field = of.field(name); field->type == registers::FieldType::attachment) {
      json::array files;
      for (const registers::Attachment& file : registers::attachments_of(record.values[of.place(*field)]))
        files.push_back(json::object{{"id", std::to_string(file.id)}, {"name", file.name}});
      shown.at("values").as_object()[name] = std::move(files);
    }
  json::array steps;
  if (of.flow)
    for (const registers::Step& step : of.flow->steps)
      if (step.by == registers::worker_role && step.from == state_of(of, record))
        steps.push_back(json::object{{"name", step.name}, {"title", titled(step.title)}});
  shown.emplace("register", of.name);
  shown.emplace("steps", std::move(steps));
  shown.emplace("may_change", may_change(of, record));
  shown.emplace("may_attach", std::ranges::find(of.self->attach_in, state_of(of, record)) != of.self->attach_in.end());
  return shown;
}

/// His records of the register, the latest first.
json::array own_records(const Services& services, store::Reader& reader, const Register& of, Id person) {
  const auto page = registers::list(reader, services.registers, of,
                                    {.limit = own_records_max, .reach = registers::Reach::of_person(person)});
  registers::Texts texts(services.registers, reader);
  json::array items;
  for (const Record& record : page.value().records)
    items.push_back(own_json(services.registers.catalogue(), texts, of, record));
  std::ranges::reverse(items);
  return items;
}

json::object described(const registers::Catalogue& catalogue, const Register& of) {
  const SelfService& self = *of.self;
  json::array fields, writes, tables;
  for (const Field& field : of.fields)
    if (std::ranges::find(self.reads, field.name) != self.reads.end() ||
        std::ranges::find(self.writes, field.name) != self.writes.end())
      fields.push_back(field_json(catalogue, field));
  for (const std::string& name : self.writes) writes.emplace_back(name);
  for (const Register* table : tables_of(catalogue, of)) {
    json::object part = described(catalogue, *table);
    part["name"] = part_name(*table);
    tables.push_back(std::move(part));
  }
  return {{"name", of.name},
          {"theme", self.theme},
          {"title", titled(of.title)},
          {"fields", std::move(fields)},
          {"writes", std::move(writes)},
          {"states", states_json(of)},
          {"tables", std::move(tables)}};
}

Response show_me(const Services& services, const Request& request) {
  if (!request.session || !request.session->user.is_worker) return refusal(asking_person(services, request).error());
  const access::User& user = request.session->user;
  return services.store.read([&](store::Reader& reader) {
    json::object me{{"name", user.title},
                    {"phone", mask_phone(user.name)},
                    {"confirmed", user.person != 0},
                    {"has_totp", user.has_totp}};
    json::value joining = nullptr;
    const Register* member = services.registers.catalogue().find_register("member");
    if (const auto record = member && user.joining != 0 ? services.registers.read(reader, *member, user.joining)
                                                        : std::unexpected(Problems{})) {
      registers::Texts texts(services.registers, reader);
      const auto place = member->place("organisation");
      joining = json::object{{"union", texts.value(*member, place, *record)}, {"state", state_of(*member, *record)}};
      joining.as_object().emplace("states", states_json(*member));
    }
    me.emplace("joining", std::move(joining));
    return json_answer(me);
  });
}

Response list_all_own(const Services& services, const Request& request) {
  const auto person = asking_person(services, request);
  if (!person) return refusal(person.error());
  return services.store.read([&](store::Reader& reader) {
    json::object all;
    for (const Register& of : services.registers.catalogue().registers)
      if (of.self && of.part_of.empty()) all.emplace(of.name, own_records(services, reader, of, *person));
    return json_answer(all);
  });
}

Response list_own(const Services& services, const Register& of, Id person, const Request&) {
  return services.store.read(
      [&](store::Reader& reader) { return json_answer(own_records(services, reader, of, person)); });
}

/// What happened to the record, without who did it: "create", "change", "step:NAME".
json::array timeline(store::Reader& reader, const Register& of, Id record) {
  json::array events;
  for (const store::StoredEntry& stored : reader.entries_of(of.name, record)) {
    const std::string& kind = stored.entry.kind;
    if (kind == "reveal") continue;
    json::object event{{"at", stored.at}, {"action", kind}};
    if (of.flow && kind.starts_with("step:")) {
      const auto step = std::ranges::find(of.flow->steps, kind.substr(5), &registers::Step::name);
      if (step != of.flow->steps.end()) event.emplace("title", titled(step->title));
    }
    events.push_back(std::move(event));
  }
  return events;
}

Response show_own(const Services& services, const Register& of, Id person, const Request& request) {
  return services.store.read([&](store::Reader& reader) {
    const Id id = parse_id(request["id"]);
    if (!is_own(services, reader, of, id, person)) return out_of_reach();
    const auto record = services.registers.read(reader, of, id);
    return record ? own_answer(services, reader, of, *record, 200) : refusal(record.error());
  });
}

/// Only fields that the pack lets him fill in, and links only to what he may see: to name a record by its id must not
/// tell whose it is.
Result<void> check_written(const Services& services, store::Reader& reader, const Register& of, Id person,
                           const json::object& values) {
  for (const auto& [key, value] : values) {
    const std::string name(key);
    const Place place{.file = {}, .sheet = {}, .cell = {}, .record = {}, .field = name};
    const Field* field = of.field(name);
    if (!field || std::ranges::find(of.self->writes, name) == of.self->writes.end())
      return fail("self.field", "“" + name + "”不由本人填写。", "“" + name + "” is not yours to fill in.", place);
    if (!registers::is_link(*field) || value.is_null()) continue;
    const Register* target = services.registers.catalogue().find_register(registers::target_of(*field));
    const Id id = value.is_object() ? parse_id(text_of(value.get_object(), "id")) : 0;
    const bool may_see =
        target && id != 0 &&
        (is_open(reader, services.registers, *target, id) || is_own(services, reader, *target, id, person));
    if (!may_see)
      return fail("field.no_such", "没有可选的这一项，请重新选择。", "There is no such choice; choose again.", place);
  }
  return {};
}

/// The latest union whose member he is, by its key. Problems: self.no_union.
Result<std::string> union_of(store::Reader& reader, Id person) {
  auto rows = reader.query(
      "SELECT u.code FROM member m JOIN \"union\" u ON u.id = m.organisation WHERE m.subject = ? AND m.state = "
      "'member' ORDER BY m.joined_on DESC, m.id DESC",
      person);
  if (rows.next()) return std::string(rows.text(0));
  return fail("self.no_union", "请先加入工会，再办理此项。", "Join a union first.");
}

Result<void> fill(const Services& services, store::Transaction& transaction, const Register& of, Id person,
                  registers::Cells& cells) {
  for (const auto& [name, how] : of.self->fills) {
    if (how == registers::Fill::today) cells[name] = to_string(FixedClock(transaction.at()).today());
    if (how == registers::Fill::number) cells[name] = fmt::format("Z{}", services.registers.ids().next());
    if (how != registers::Fill::union_) continue;
    auto code = union_of(transaction, person);
    if (!code) return std::unexpected(std::move(code.error()));
    cells[name] = std::move(*code);
  }
  if (!of.field(of.self->whose)) return {};
  const auto found = people::find_person(transaction, person);
  cells[of.self->whose + ".name"] = found.value().name;
  cells[of.self->whose + ".identity_number"] =
      people::find_identity_number(transaction, services.registers.vault(), person).value();
  return {};
}

Result<Record> create_one(const Services& services, store::Transaction& transaction, const Register& of, Id person,
                          const json::value& values, const registers::Actor& actor, Id owner = 0) {
  if (!values.is_object()) return not_for_self();
  if (auto checked = check_written(services, transaction, of, person, values.get_object()); !checked)
    return std::unexpected(std::move(checked.error()));
  json::object written = values.get_object();
  if (owner != 0) written.emplace("part_of", json::object{{"id", std::to_string(owner)}});
  auto cells = read_values(services, transaction, of, {{"values", std::move(written)}});
  if (!cells) return std::unexpected(std::move(cells.error()));
  if (auto filled = fill(services, transaction, of, person, *cells); !filled)
    return std::unexpected(std::move(filled.error()));
  return services.registers.create(transaction, of, *cells, actor);
}

/// The record's parts as {"members": [{…}]}.
Result<void> create_parts(const Services& services, store::Transaction& transaction, const Register& of, Id person,
                          const json::value* parts, const registers::Actor& actor, Id owner) {
  if (!parts) return {};
  if (!parts->is_object()) return not_for_self();
  for (const auto& [name, list] : parts->get_object()) {
    const Register* table =
        services.registers.catalogue().find_register(of.name + "_" + std::string(std::string_view(name)));
    if (!table || table->part_of != of.name || !table->self || table->self->writes.empty() || !list.is_array() ||
        list.get_array().size() > parts_max)
      return not_for_self();
    for (std::size_t i = 0; i < list.get_array().size(); ++i) {
      auto made = create_one(services, transaction, *table, person, list.get_array()[i], actor, owner);
      if (made) continue;
      for (Problem& problem : made.error())
        problem.place.field = fmt::format("{}.{}.{}", std::string_view(name), i, problem.place.field);
      return std::unexpected(std::move(made.error()));
    }
  }
  return {};
}

Response create_own(const Services& services, const Register& of, Id person, const Request& request) {
  const auto body = asked_body(request, {"values", "parts"});
  if (!body) return refusal(body.error());
  return once(services, request, [&](store::Transaction& transaction) -> Result<Response> {
    const json::value* values = body->if_contains("values");
    if (of.self->writes.empty() || !of.part_of.empty() || !values) return not_for_self();
    const registers::Actor actor = worker_of(request);
    auto record = create_one(services, transaction, of, person, *values, actor);
    if (!record) return std::unexpected(std::move(record.error()));
    if (auto made = create_parts(services, transaction, of, person, body->if_contains("parts"), actor, record->id);
        !made)
      return std::unexpected(std::move(made.error()));
    return own_answer(services, transaction, of, *record, 201);
  });
}

Response change_own(const Services& services, const Register& of, Id person, const Request& request) {
  const auto version = asked_version(request);
  if (!version) return refusal(version.error());
  const auto body = asked_body(request, {"values"});
  if (!body) return refusal(body.error());
  return once(services, request, [&](store::Transaction& transaction) -> Result<Response> {
    const Id id = parse_id(request["id"]);
    if (!is_own(services, transaction, of, id, person)) return std::unexpected(beyond_reach());
    const auto before = services.registers.read(transaction, of, id);
    const json::value* values = body->if_contains("values");
    if (!before || !may_change(of, *before) || !values || !values->is_object()) return not_for_self();
    if (auto checked = check_written(services, transaction, of, person, values->get_object()); !checked)
      return std::unexpected(std::move(checked.error()));
    const auto cells = read_values(services, transaction, of, *body);
    if (!cells) return std::unexpected(cells.error());
    const auto record = services.registers.change(transaction, of, id, *version, *cells, worker_of(request));
    if (!record) return std::unexpected(record.error());
    return own_answer(services, transaction, of, *record, 200);
  });
}

Response step_own(const Services& services, const Register& of, Id person, const Request& request) {
  const auto version = asked_version(request);
  if (!version) return refusal(version.error());
  return once(services, request, [&](store::Transaction& transaction) -> Result<Response> {
    const Id id = parse_id(request["id"]);
    if (!is_own(services, transaction, of, id, person)) return std::unexpected(beyond_reach());
    const auto before = services.registers.read(transaction, of, id);
    if (before && before->version != *version)
      return fail("record.version", "此记录已有变动，请刷新后再办理。", "The record has changed; load it again.");
    const auto record = services.registers.take_step(transaction, of, id, request["step"], worker_of(request));
    if (!record) return std::unexpected(record.error());
    return own_answer(services, transaction, of, *record, 200);
  });
}

}  // namespace

registers::Actor worker_of(const Request& request) { return actor_of(request, {std::string(registers::worker_role)}); }

std::unexpected<Problems> not_for_self() {
  return fail("access.self", "本人不能办理此项，请联系工会。", "This is not yours to do; ask your union.");
}

bool is_own(const Services& services, store::Reader& reader, const Register& of, Id record, Id person) {
  return registers::covers(reader, services.registers, of, record, registers::Reach::of_person(person));
}

Handler for_self(const Services& services, Response (*answer)(const Services&, const Register&, Id, const Request&)) {
  return [services, answer](const Request& request) {
    const auto person = asking_person(services, request);
    if (!person) return refusal(person.error());
    const Register* of = services.registers.catalogue().find_register(request["register"]);
    return of && of->self ? answer(services, *of, *person, request) : out_of_reach();
  };
}

Response own_answer(const Services& services, store::Reader& reader, const Register& of, const Record& record,
                    int status) {
  registers::Texts texts(services.registers, reader);
  json::object shown = own_json(services.registers.catalogue(), texts, of, record);
  json::object parts;
  for (const Register* table : tables_of(services.registers.catalogue(), of)) {
    const auto page =
        registers::list(reader, services.registers, *table, {.limit = own_records_max, .part_of = record.id});
    json::array items;
    for (const Record& part : page.value().records)
      items.push_back(shown_json(services.registers.catalogue(), texts, *table, part, table->self->reads, false));
    parts.emplace(part_name(*table), std::move(items));
  }
  shown.emplace("parts", std::move(parts));
  shown.emplace("timeline", timeline(reader, of, record.id));
  Response response = json_answer(shown);
  response.status = status;
  response.headers.emplace_back("ETag", fmt::format("\"{}\"", record.version));
  return response;
}

Result<Id> asking_person(const Services& services, const Request& request) {
  if (!request.session || !request.session->user.is_worker)
    return fail("access.workers", "这里供职工本人使用。", "This is for workers themselves.");
  if (request.session->user.person == 0) return unconfirmed();
  const Id person = request.session->user.person;
  // Whoever was registered twice is one person by now, and the records are with the one who stays.
  return services.store.read([&](store::Reader& reader) -> Id {
    auto rows = reader.query("SELECT COALESCE(merged_into, id) FROM person WHERE id = ?", person);
    return rows.next() ? rows.integer(0) : person;
  });
}

void add_self(Router& router, const Services& services) {
  if (!services.users) return;
  json::array opened;
  for (const Register& of : services.registers.catalogue().registers)
    if (of.self && of.part_of.empty()) opened.push_back(described(services.registers.catalogue(), of));
  router.add("GET", "/api/v1/me/registers",
             [description = json::serialize(opened)](const Request&) { return Response{.body = description}; });
  router.add("GET", "/api/v1/me", [services](const Request& request) { return show_me(services, request); });
  router.add("GET", "/api/v1/me/records",
             [services](const Request& request) { return list_all_own(services, request); });
  const std::string records = "/api/v1/me/records/{register}";
  router.add("GET", records, for_self(services, list_own));
  router.add("POST", records, for_self(services, create_own));
  router.add("GET", records + "/{id}", for_self(services, show_own));
  router.add("PATCH", records + "/{id}", for_self(services, change_own));
  router.add("POST", records + "/{id}/steps/{step}", for_self(services, step_own));
  add_self_files(router, services);
}

}  // namespace zhijia::http
