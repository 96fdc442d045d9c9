#pragma once

#include <boost/json.hpp>

#include "http/site.hpp"
#include "registers/texts.hpp"

/// The JSON interface, by theme: each adds its routes.
namespace zhijia::http {

void add_catalogue(Router& router, const Services& services);
/// Signing in and out.
void add_session(Router& router, const Services& services);
/// Accounts, for who has the role `admin`, and one's own tokens for programs.
void add_accounts(Router& router, const Services& services);
void add_records(Router& router, const Services& services);
/// Creating, changing, steps, secrets in clear.
void add_writing(Router& router, const Services& services);
void add_figures(Router& router, const Services& services);
/// Records of a register put together by a field, counted and added up.
void add_groups(Router& router, const Services& services);
/// One word over all registers.
void add_search(Router& router, const Services& services);
void add_description(Router& router, const Services& services);

/// A record as docs/api.md has it, secrets masked.
boost::json::object record_json(registers::Texts& texts, const registers::Register& of,
                                const registers::Record& record);

/// {"zh": …, "en": …}
boost::json::object titled(const registers::Title& title);

/// What an account is granted, as it is read and written.
boost::json::array grants_json(const std::vector<access::Grant>& grants);

/// "money", "yes_no" … as packs write them.
std::string_view type_name(registers::FieldType type);

}  // namespace zhijia::http
