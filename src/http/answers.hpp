#pragma once

#include <boost/json.hpp>

#include "base/problem_json.hpp"
#include "http/message.hpp"

namespace zhijia::http {

Response json_answer(const boost::json::value& value);

/// Problem details (RFC 9457), each problem with its code, place and sentence in both languages.
Response refusal(int status, const Problems& problems);

/// 404 for a record that is not there, 409 for a version that is past, 403 for a step that is another's, else 422.
Response refusal(const Problems& problems);

Response not_found();

/// 404 too: who may not see a record is not told that there is one.
Response out_of_reach();
Problems beyond_reach();

/// For an operation that neither the asker's roles nor their scopes open.
std::unexpected<Problems> not_permitted();

/// For the records behind the whole federation's figures.
Problems not_for_all();

}  // namespace zhijia::http
