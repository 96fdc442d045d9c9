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

}  // namespace zhijia::http
