#pragma once

#include <boost/json.hpp>

#include "http/site.hpp"

namespace zhijia::http {

/// Workers in difficulty: a household's timeline, the yearly re-check, stock and flow, the audit, the trial of a policy.
void add_relief(Router& router, const Services& services);

/// The addresses of add_relief(), for the description.
void describe_relief(boost::json::object& paths);

}  // namespace zhijia::http
