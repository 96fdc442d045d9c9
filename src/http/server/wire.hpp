#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/http.hpp>
#include <optional>

#include "http/message.hpp"
#include "http/server.hpp"

/// Between what came over the wire and what handlers see.
namespace zhijia::http {

using WireRequest = boost::beast::http::request<boost::beast::http::string_body>;
using WireResponse = boost::beast::http::response<boost::beast::http::string_body>;

/// Nothing when the request cannot be read. A proxy's word for whom it speaks is taken when the peer is that proxy: the
/// last address of X-Forwarded-For, which it added itself.
std::optional<Request> read_request(WireRequest& message, const boost::asio::ip::address& peer, const Front& front);

/// With the headers that every answer has.
WireResponse message_of(Response response, unsigned version, bool keep_alive, bool is_secure);

/// What stands for a request that could not be read; nothing when the peer just left.
std::optional<Response> refusal_of(boost::beast::error_code error);

Response malformed();

/// Whether the request was meant for this server, and not for a name that somebody made point here.
bool is_meant(std::string_view host, const Front& front);

}  // namespace zhijia::http
