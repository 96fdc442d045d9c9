#pragma once

#include <boost/json.hpp>

#include "base/problem.hpp"
#include "http/message.hpp"

namespace zhijia::http {

/// The object that a request brings as application/json. Problems: http.media_type, http.body.
Result<boost::json::object> asked_body(const Request& request);

/// The same, with no members but these. Problems: those of asked_body, http.member.
Result<boost::json::object> asked_body(const Request& request, std::initializer_list<std::string_view> members);

/// The text of a member; empty when it is missing or no text.
std::string text_of(const boost::json::object& body, std::string_view name);

}  // namespace zhijia::http
