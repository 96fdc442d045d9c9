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
/// Lists as somebody likes to see them, shared with colleagues or not.
void add_views(Router& router, const Services& services);
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
/// The packs' decision models, to be read, edited and tried.
void add_models(Router& router, const Services& services);
void describe_models(boost::json::object& paths);
/// Records of a register put together by a field, counted and added up.
void add_groups(Router& router, const Services& services);
/// One word over all registers.
void add_search(Router& router, const Services& services);
/// The workers' and everyone's addresses; those for files where they are kept.
void describe_workers(const registers::Catalogue& catalogue, bool has_files, boost::json::object& paths,
                      boost::json::object& schemas);
void add_description(Router& router, const Services& services);

/// What a worker does for himself: signing up, joining, his own records.
void add_workers(Router& router, const Services& services);
void add_self(Router& router, const Services& services);
/// The worker who asks. Problems: access.workers (staff have other addresses), access.unconfirmed.
Result<Id> asking_person(const Services& services, const Request& request);
/// Quizzes, and the draws among who passed them.
void add_quizzes(Router& router, const Services& services);
/// What anyone may read: registers that packs open, and records whose link one holds.
void add_openings(Router& router, const Services& services);

/// A value as docs/api.md has it: money and decimals as texts, so that nobody's floating point rounds them.
boost::json::value value_json(registers::Texts& texts, const registers::Register& of, std::size_t place,
                              const registers::Record& record);

/// {"values": …} of a request as the cells of a workbook; without it nothing is set, where it `may_lack`. Problems:
/// record.value, record.state, record.no_such_field, field.no_such.
Result<registers::Cells> read_values(const Services& services, store::Reader& reader, const registers::Register& of,
                                     const boost::json::object& body, bool may_lack = false);

/// Takes a step of a record that the asker reads, with the roles that he holds over it. Problems: those of
/// registers::Registers::take_step, and 404 beyond his reach.
Result<registers::Record> step_taken(const Services& services, store::Transaction& transaction,
                                     const registers::Register& of, const Request& request, Id id,
                                     std::string_view step, const registers::StepInput& input);

/// Problems of one of many, as answers to batches have them: code, zh, en, field.
boost::json::array brief(const Problems& refused);

/// The version that If-Match names ("3" in quotes). Problems: http.if_match, http.if_match_needed.
Result<std::int64_t> asked_version(const Request& request);

/// As docs/api.md has it, with who signed in and the token that writes bring back.
boost::json::object session_json(const access::Session& session);

/// A record as docs/api.md has it: of its fields what the sights (by place) allow.
boost::json::object record_json(registers::Texts& texts, const registers::Register& of, const registers::Record& record,
                                const std::vector<registers::Sight>& sights);

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
