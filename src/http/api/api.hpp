#pragma once

#include <boost/json.hpp>

#include "http/site.hpp"
#include "registers/listing.hpp"
#include "registers/texts.hpp"

/// The JSON interface, by theme: each adds its routes.
namespace zhijia::http {

void add_catalogue(Router& router, const Services& services);
/// Signing in and out.
void add_session(Router& router, const Services& services);
/// Signing in by an OpenID Connect provider.
void add_sign_on(Router& router, const Services& services);
/// Accounts, for who has the role `admin`, and one's own tokens for programs.
void add_accounts(Router& router, const Services& services);
void add_records(Router& router, const Services& services);
/// Creating, changing, steps, secrets in clear.
void add_writing(Router& router, const Services& services);
/// The public list and its objections, for anyone.
void add_publicity(Router& router, const Services& services);
/// What waits for the asker, and roles given to colleagues.
void add_work(Router& router, const Services& services);
/// Files of a record: adding, taking, removing, and secret ones in clear.
void add_attachments(Router& router, const Services& services);
/// Workbooks into registers.
void add_imports(Router& router, const Services& services);
/// Lists as workbooks, and the empty workbooks to fill in.
void add_exports(Router& router, const Services& services);
void add_figures(Router& router, const Services& services);
/// Who is who: pairs of persons to decide, and merges.
void add_doubles(Router& router, const Services& services);
void describe_doubles(boost::json::object& paths);
/// Records of a register put together by a field, counted and added up.
void add_groups(Router& router, const Services& services);
/// One word over all registers.
void add_search(Router& router, const Services& services);
void add_description(Router& router, const Services& services);

/// A record as docs/api.md has it: of its fields what the sights (by place) allow.
boost::json::object record_json(registers::Texts& texts, const registers::Register& of,
                                const registers::Record& record, const std::vector<registers::Sight>& sights);

/// The files of a field, without what is secret of them.
boost::json::array attachments_json(const registers::Field& field, const registers::Stored& value);

/// Which list is asked for: where, q, sort, after, limit, total, as_of.
Result<registers::ListQuery> asked_list(const Request& request);

/// {"zh": …, "en": …}
boost::json::object titled(const registers::Title& title);

/// What an account is granted, as it is read and written.
boost::json::array grants_json(const std::vector<access::Grant>& grants);

/// "money", "yes_no" … as packs write them.
std::string_view type_name(registers::FieldType type);

}  // namespace zhijia::http
