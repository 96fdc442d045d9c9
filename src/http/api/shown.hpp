#pragma once

#include "api/api.hpp"

/// Records and registers as those see them who are not staff: the fields that a pack opens to them and no others.
namespace zhijia::http {

/// {id, version, label, state, values}: the fields named. Of `masks`, persons by their surname only.
boost::json::object shown_json(const registers::Catalogue& catalogue, registers::Texts& texts,
                               const registers::Register& of, const registers::Record& record,
                               const std::vector<std::string>& fields, bool masks);

/// A field as a form needs it: type, title, whether it must be filled, and the choices it has.
boost::json::object field_json(const registers::Catalogue& catalogue, const registers::Field& field);

/// {name, title} of each state of the flow; empty without one.
boost::json::array states_json(const registers::Register& of);

/// Whether anyone may read this record of the register.
bool is_open(store::Reader& reader, const registers::Registers& registers, const registers::Register& of, Id record);

}  // namespace zhijia::http
