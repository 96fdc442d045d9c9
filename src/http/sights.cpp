#include "sights.hpp"

namespace zhijia::http {

Sights::Sights(const Services& services, store::Reader& reader, const registers::Register& of, const Request& request)
    : services_(services),
      reader_(reader),
      register_(of),
      grants_(grants_of(request)),
      differs_(grants_ && !of.is_shared && registers::has_field_access(of)),
      sights_(registers::sights_of(of, grants_ ? reading(*grants_) : std::vector<std::string>())) {}

std::vector<std::string> Sights::reading(const std::vector<access::Grant>& grants) const {
  std::vector<std::string> roles;
  for (const access::Grant& grant : grants)
    if (registers::may(register_, grant.role, registers::Operation::read)) roles.push_back(grant.role);
  return roles;
}

const std::vector<registers::Sight>& Sights::of(Id record) {
  if (differs_)
    sights_ = registers::sights_of(
        register_, reading(registers::grants_over(reader_, services_.registers, register_, record, *grants_)));
  return sights_;
}

std::string state_of(const registers::Register& of, const registers::Record& record) {
  return of.flow ? registers::text_in(of, record, "state") : std::string();
}

Problems refused_fields(const Services& services, store::Reader& reader, const registers::Register& of,
                        const registers::Record& record, const Request& request,
                        const std::vector<std::string>& fields) {
  if (!of.access.change && !registers::has_field_access(of)) return {};
  const auto grants = registers::grants_over(reader, services.registers, of, record.id, request.session->user.grants);
  return registers::refused_changes(of, registers::roles_of(grants), state_of(of, record), fields);
}

}  // namespace zhijia::http
