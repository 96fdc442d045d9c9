#pragma once

#include "asked.hpp"

namespace zhijia::http {

/// What the asker sees of the fields of a register's records: worked out once where all his roles see alike, else
/// record by record. Not to outlive its reader.
class Sights {
 public:
  Sights(const Services& services, store::Reader& reader, const registers::Register& of, const Request& request);

  /// By place of the field.
  const std::vector<registers::Sight>& of(Id record);

 private:
  std::vector<std::string> reading(const std::vector<access::Grant>& grants) const;

  const Services& services_;
  store::Reader& reader_;
  const registers::Register& register_;
  const std::vector<access::Grant>* grants_;
  bool differs_;
  std::vector<registers::Sight> sights_;
};

/// The state of a record; empty for a register without flow.
std::string state_of(const registers::Register& of, const registers::Record& record);

/// What the pack keeps from the asker of changing these fields of the record now.
Problems refused_fields(const Services& services, store::Reader& reader, const registers::Register& of,
                        const registers::Record& record, const Request& request,
                        const std::vector<std::string>& fields);

}  // namespace zhijia::http
