#pragma once

#include <initializer_list>
#include <string>
#include <string_view>

#include "http/router.hpp"

/// Questions whose terms may be secret, for what somebody looks for is often a whole identity number. Addresses are
/// kept in places that bodies are not: a proxy's log, a browser's history (OWASP ASVS 5.0, 14.2.1).
namespace zhijia::http {

/// Answers GET `get` with its terms in the query, and POST `post` with the same terms as members of a JSON object,
/// which is a question too: whoever may read may ask it. A GET whose `q` or `where` holds a whole identity or card
/// number is refused, and told of the POST. Problems: list.number_in_address; of the POST those of asked_body and
/// http.parameter.
void add_asking(Router& router, const std::string& get, const std::string& post,
                std::initializer_list<std::string_view> terms, const Handler& handler);

/// Whether it is such a POST: it changes nothing.
bool is_asking(const Request& request);

/// Whether the text holds a whole identity number or a bank card's, with a check digit that fits.
bool holds_whole_number(std::string_view text);

}  // namespace zhijia::http
