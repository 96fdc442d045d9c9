#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/http.hpp>
#include <optional>

#include "http/message.hpp"
#include "http/server.hpp"

/// Between what came over the wire and what handlers see.
namespace zhijia::http {

using WireRequest = boost::beast::http::request<boost::beast::http::string_body>;

/// Nothing when the request cannot be read. A proxy's word for whom it speaks is taken when the peer is that proxy: the
/// last address of X-Forwarded-For, which it added itself.
std::optional<Request> read_request(WireRequest& message, const boost::asio::ip::address& peer, const Front& front);

/// How an answer goes over the wire.
struct Sending {
  unsigned version = 11;  ///< of HTTP: 10 or 11
  bool keep_alive = false;
  bool is_secure = false;   ///< by TLS, here or at the proxy
  bool is_chunked = false;  ///< its length is not known yet
};

/// The answer's head, to its empty line, with the headers that every answer has unless it brings its own.
std::string head_of(const Response& response, const Sending& how);

/// What stands for a request that could not be read; nothing when the peer just left.
std::optional<Response> refusal_of(boost::beast::error_code error);

Response malformed();

/// Whether the request was meant for this server, and not for a name that somebody made point here.
bool is_meant(std::string_view host, const Front& front);

}  // namespace zhijia::http
