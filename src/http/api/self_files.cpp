#include <algorithm>

#include "api/files.hpp"
#include "api/once.hpp"
#include "api/self.hpp"
#include "asked.hpp"

/// Photographs and papers that a worker adds to his own record: while the pack lets him, and never another's.
namespace zhijia::http {

using registers::Attachment;
using registers::Field;
using registers::Record;
using registers::Register;

namespace {

bool names(const std::vector<std::string>& list, const std::string& name) {
  return std::ranges::find(list, name) != list.end();
}

/// The field for files that the path names, where `open` has it; null otherwise.
const Field* asked_field(const Register& of, const std::vector<std::string>& open, const Request& request) {
  const Field* field = of.field(request["field"]);
  return field && field->type == registers::FieldType::attachment && names(open, field->name) ? field : nullptr;
}

/// Whether it is his and in one of the states. Problems: those of a record out of reach, access.self.
Result<Record> own_in(const Services& services, store::Reader& reader, const Register& of, Id person,
                      const std::vector<std::string>& states, const Request& request) {
  const Id id = parse_id(request["id"]);
  if (!is_own(services, reader, of, id, person)) return std::unexpected(beyond_reach());
  auto record = services.registers.read(reader, of, id);
  if (record && !names(states, state_of(of, *record))) return not_for_self();
  return record;
}

Response attach_own(const Services& services, const Register& of, Id person, const Request& request) {
  const Field* field = asked_field(of, of.self->writes, request);
  if (!field) return no_such_file_field();
  const auto permitted = services.store.read(
      [&](store::Reader& reader) { return own_in(services, reader, of, person, of.self->attach_in, request); });
  if (!permitted) return refusal(permitted.error());
  const auto attachment =
      registers::take_in(services.registers, *services.files, *field, asked_file_name(request), request.body);
  if (!attachment) return refusal(attachment.error());
  return once(services, told_by_hash(request), [&](store::Transaction& transaction) -> Result<Response> {
    if (auto still = own_in(services, transaction, of, person, of.self->attach_in, request); !still)
      return std::unexpected(std::move(still.error()));
    const auto record =
        services.registers.attach(transaction, of, parse_id(request["id"]), *field, *attachment, worker_of(request));
    if (!record) return std::unexpected(record.error());
    return own_answer(services, transaction, of, *record, 201);
  });
}

/// What was handed in is taken out only while the whole record is his to change.
Response detach_own(const Services& services, const Register& of, Id person, const Request& request) {
  const Field* field = asked_field(of, of.self->writes, request);
  if (!field) return no_such_file_field();
  return once(services, request, [&](store::Transaction& transaction) -> Result<Response> {
    if (auto his = own_in(services, transaction, of, person, of.self->change_in, request); !his)
      return std::unexpected(std::move(his.error()));
    const auto record = services.registers.detach(transaction, of, parse_id(request["id"]), *field,
                                                  parse_id(request["attachment"]), worker_of(request));
    if (!record) return std::unexpected(record.error());
    return own_answer(services, transaction, of, *record, 200);
  });
}

/// His own file, a secret one too: what is kept secret there is his.
Response show_own_file(const Services& services, const Register& of, Id person, const Request& request) {
  const Field* field = asked_field(of, of.self->reads, request);
  if (!field) return no_such_file_field();
  const auto attachment = services.store.read([&](store::Reader& reader) -> Result<Attachment> {
    const Id id = parse_id(request["id"]);
    if (!is_own(services, reader, of, id, person)) return std::unexpected(beyond_reach());
    const auto record = services.registers.read(reader, of, id);
    if (!record) return std::unexpected(record.error());
    return named_file(record->values[of.place(*field)], request);
  });
  return attachment ? file_answer(services, *attachment) : refusal(attachment.error());
}

}  // namespace

void add_self_files(Router& router, const Services& services) {
  if (!services.files) return;
  const std::string field = "/api/v1/me/records/{register}/{id}/attachments/{field}";
  router.add_file("POST", field, for_self(services, attach_own));
  router.add("GET", field + "/{attachment}", for_self(services, show_own_file));
  router.add("DELETE", field + "/{attachment}", for_self(services, detach_own));
}

}  // namespace zhijia::http
