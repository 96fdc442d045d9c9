#include <fmt/format.h>

#include <algorithm>

#include "api/api.hpp"
#include "api/body.hpp"
#include "api/files.hpp"
#include "api/once.hpp"
#include "asked.hpp"
#include "registers/columns.hpp"
#include "sights.hpp"

namespace zhijia::http {

namespace json = boost::json;
using registers::Attachment;
using registers::Field;
using registers::Operation;
using registers::Record;
using registers::Register;

namespace {

constexpr std::size_t reason_bytes_max = 1'000;

/// The handler, given the register and the field of type attachment that the path names.
Handler of_field(const Services& services,
                 Response (*answer)(const Services&, const Register&, const Field&, const Request&)) {
  return [services, answer](const Request& request) {
    const Register* of = services.registers.catalogue().find_register(request["register"]);
    const Field* field = of ? of->field(request["field"]) : nullptr;
    if (!field || field->type != registers::FieldType::attachment) return no_such_file_field();
    return answer(services, *of, *field, request);
  };
}

Response written(const Services& services, store::Reader& reader, const Register& of, const Record& record,
                 const Request& request, int status) {
  registers::Texts texts(services.registers, reader);
  Response response = json_answer(record_json(texts, of, record, Sights(services, reader, of, request).of(record.id)));
  response.status = status;
  response.headers.emplace_back("ETag", fmt::format("\"{}\"", record.version));
  return response;
}

/// Whether the asker may change this field of the record. Problems: record.not_found, access.scope, access.state,
/// access.field.
Result<void> may_change(const Services& services, store::Reader& reader, const Register& of, const Field& field,
                        const Request& request, Id id) {
  const auto record = services.registers.read(reader, of, id);
  if (!record || !registers::covers(reader, services.registers, of, id, reading_reach(request, of)))
    return std::unexpected(beyond_reach());
  if (!registers::covers(reader, services.registers, of, id, reach_for(request, of, Operation::change)))
    return not_permitted();
  if (Problems refused = refused_fields(services, reader, of, *record, request, {field.name}); !refused.empty())
    return std::unexpected(std::move(refused));
  return {};
}

Response attach(const Services& services, const Register& of, const Field& field, const Request& request) {
  const Id id = parse_id(request["id"]);
  const auto permitted =
      services.store.read([&](store::Reader& reader) { return may_change(services, reader, of, field, request, id); });
  if (!permitted) return refusal(permitted.error());
  const auto attachment =
      registers::take_in(services.registers, *services.files, field, asked_file_name(request), request.body);
  if (!attachment) return refusal(attachment.error());
  return once(services, told_by_hash(request), [&](store::Transaction& transaction) -> Result<Response> {
    if (auto still = may_change(services, transaction, of, field, request, id); !still)
      return std::unexpected(still.error());
    const auto record = services.registers.attach(transaction, of, id, field, *attachment, actor_of(request));
    if (!record) return std::unexpected(record.error());
    return written(services, transaction, of, *record, request, 201);
  });
}

Response detach(const Services& services, const Register& of, const Field& field, const Request& request) {
  const Id id = parse_id(request["id"]);
  return once(services, request, [&](store::Transaction& transaction) -> Result<Response> {
    if (auto permitted = may_change(services, transaction, of, field, request, id); !permitted)
      return std::unexpected(permitted.error());
    const auto record =
        services.registers.detach(transaction, of, id, field, parse_id(request["attachment"]), actor_of(request));
    if (!record) return std::unexpected(record.error());
    return written(services, transaction, of, *record, request, 200);
  });
}

/// The attachment that the path names, of a record within the asker's reach and a field that he sees.
Result<Attachment> asked_attachment(const Services& services, store::Reader& reader, const Register& of,
                                    const Field& field, const Request& request) {
  const auto record = services.registers.read(reader, of, parse_id(request["id"]));
  if (!record || !registers::covers(reader, services.registers, of, record->id, reading_reach(request, of)))
    return std::unexpected(beyond_reach());
  const registers::Sight sight = Sights(services, reader, of, request).of(record->id)[of.place(field)];
  // A secret is masked for everybody, and opened by reveal.
  if (sight == registers::Sight::hidden || (sight == registers::Sight::masked && !registers::is_sealed(field)))
    return std::unexpected(beyond_reach());
  return named_file(record->values[of.place(field)], request);
}

Response download(const Services& services, const Register& of, const Field& field, const Request& request) {
  const auto attachment = services.store.read(
      [&](store::Reader& reader) { return asked_attachment(services, reader, of, field, request); });
  if (!attachment) return refusal(attachment.error());
  if (registers::is_sealed(field))
    return refusal({{"access.reason",
                     {.file = {}, .sheet = {}, .cell = {}, .record = {}, .field = field.name},
                     {"保密附件须说明原因后查看。", "A secret file is opened with a reason, by POST …/reveal."}}});
  return file_answer(services, *attachment);
}

/// A secret file in clear; who looked, and why, is in the change log before the bytes leave.
Response reveal(const Services& services, const Register& of, const Field& field, const Request& request) {
  const auto body = asked_body(request, {"reason"});
  if (!body) return refusal(body.error());
  const std::string reason = text_of(*body, "reason");
  if (reason.empty() || reason.size() > reason_bytes_max)
    return refusal(Problems{bad_parameter("reason", "请填写查看原因。", "Say why you need to see it.")});
  const auto attachment = services.store.write([&](store::Transaction& transaction) -> Result<Attachment> {
    const auto found = asked_attachment(services, transaction, of, field, request);
    if (!found) return found;
    const Id id = parse_id(request["id"]);
    if (!registers::covers(transaction, services.registers, of, id, reach_for(request, of, Operation::reveal)))
      return not_permitted();
    const json::object noted{{"field", field.name}, {"attachment", std::to_string(found->id)}, {"reason", reason}};
    transaction.log({.actor = std::to_string(request.session->user.id),
                     .source = request.from,
                     .kind = "reveal",
                     .register_ = of.name,
                     .record = id,
                     .body = json::serialize(noted)});
    return found;
  });
  return attachment ? file_answer(services, *attachment) : refusal(attachment.error());
}

}  // namespace

json::array attachments_json(const Field& field, const registers::Stored& value) {
  json::array list;
  for (const Attachment& each : registers::attachments_of(value)) {
    json::object described{{"id", std::to_string(each.id)}, {"type", each.type}, {"size", each.size}};
    // A file's name may say as much as its page.
    if (!registers::is_sealed(field)) {
      described.emplace("name", each.name);
      described.emplace("hash", each.hash);
    }
    list.push_back(std::move(described));
  }
  return list;
}

void add_attachments(Router& router, const Services& services) {
  if (!services.files) return;
  const std::string field = "/api/v1/registers/{register}/records/{id}/attachments/{field}";
  router.add("GET", field + "/{attachment}", of_field(services, download));
  if (!services.users) return;  // nobody could be told from anybody
  router.add_file("POST", field, of_field(services, attach));
  router.add("DELETE", field + "/{attachment}", of_field(services, detach));
  router.add("POST", field + "/{attachment}/reveal", of_field(services, reveal));
}

}  // namespace zhijia::http
