#pragma once

#include "api/api.hpp"
#include "sights.hpp"

/// What the workers' own addresses have in common.
namespace zhijia::http {

/// The worker as the change log names him.
registers::Actor worker_of(const Request& request);

/// The handler, given the register and the person, where the pack opens the one to the other.
Handler for_self(const Services& services,
                 Response (*answer)(const Services&, const registers::Register&, Id person, const Request&));

bool is_own(const Services& services, store::Reader& reader, const registers::Register& of, Id record, Id person);

/// His record with its parts, what happened to it, and what he may do to it now.
Response own_answer(const Services& services, store::Reader& reader, const registers::Register& of,
                    const registers::Record& record, int status);

/// Problem: access.self.
std::unexpected<Problems> not_for_self();

/// Files that a worker adds to a record of his own, and sees again.
void add_self_files(Router& router, const Services& services);

}  // namespace zhijia::http
