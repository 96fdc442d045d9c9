#pragma once

#include <boost/json.hpp>

#include "base/date.hpp"
#include "base/problem.hpp"
#include "http/site.hpp"

namespace zhijia::http {

/// Workers in difficulty: a household's timeline, the yearly re-check, stock and flow, the audit, the trial of a
/// policy.
void add_relief(Router& router, const Services& services);

/// The addresses of add_relief(), for the description.
void describe_relief(boost::json::object& paths);

/// Which help: proposals for the files on the roll, and awards drafted from them.
void add_relief_help(Router& router, const Services& services);
void describe_relief_help(boost::json::object& paths);

/// The yearly re-check written, as a job that is followed and cancelled.
void add_relief_rechecks(Router& router, const Services& services);
void describe_relief_rechecks(boost::json::object& paths);

/// Other agencies' lists compared with the files.
void add_relief_lists(Router& router, const Services& services);
void describe_relief_lists(boost::json::object& paths);

/// The member `year` of a body; nothing when it has none. Problems: http.parameter.
Result<std::optional<int>> asked_year(const boost::json::object& body);
/// The day of a parameter; `otherwise` when it is not given.
Result<Date> asked_day(const Request& request, std::string_view name, std::optional<Date> otherwise);

}  // namespace zhijia::http
