#include "server/wire.hpp"

#include <algorithm>
#include <iterator>

#include "answers.hpp"
#include "server/target.hpp"

namespace zhijia::http {

namespace wire = boost::beast::http;

namespace {

const std::pair<const char*, const char*> security_headers[] = {
    {"X-Content-Type-Options", "nosniff"},
    {"X-Frame-Options", "DENY"},
    {"Referrer-Policy", "no-referrer"},
    {"Cross-Origin-Opener-Policy", "same-origin"},
    {"Cross-Origin-Resource-Policy", "same-origin"},
    {"Permissions-Policy", "camera=(), microphone=(), geolocation=(), payment=(), usb=()"},
    {"Content-Security-Policy",
     "default-src 'none'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; form-action 'self'; base-uri 'none'; "
     "frame-ancestors 'none'"},
    // Records of persons are kept by nobody on the way.
    {"Cache-Control", "no-store"}};

/// What OWASP ASVS 5.0, 3.4.1, asks for: a year, and subdomains too.
constexpr const char* https_only = "max-age=31536000; includeSubDomains";

std::string lower(std::string_view text) {
  std::string small(text);
  for (char& c : small)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return small;
}

std::string forwarded_for(std::string_view header) {
  const auto comma = header.rfind(',');
  std::string_view last = comma == std::string_view::npos ? header : header.substr(comma + 1);
  while (last.starts_with(' ')) last.remove_prefix(1);
  while (last.ends_with(' ')) last.remove_suffix(1);
  boost::beast::error_code error;
  const auto address = boost::asio::ip::make_address(std::string(last), error);
  return error ? std::string() : address.to_string();
}

}  // namespace

std::optional<Request> read_request(WireRequest& message, const boost::asio::ip::address& peer, const Front& front) {
  Request request{.method = std::string(message.method_string()), .body = std::move(message.body())};
  request.from = peer.to_string();
  for (const auto& field : message) {
    auto& value = request.headers[lower(field.name_string())];
    value += (value.empty() ? "" : ", ") + std::string(field.value());
  }
  request.is_secure = !front.is_local();
  if (!front.proxy.empty() && request.from == front.proxy)
    if (std::string from = forwarded_for(request.header("x-forwarded-for")); !from.empty())
      request.from = std::move(from);
  if (!read_target(message.target(), request)) return std::nullopt;
  return request;
}

Response malformed() {
  return refusal(400, {{"http.malformed", {}, {"请求格式有误。", "The request cannot be read."}}});
}

std::optional<Response> refusal_of(boost::beast::error_code error) {
  if (error == wire::error::body_limit)
    return refusal(413, {{"http.too_large", {}, {"请求内容过大。", "The request's body is too large."}}});
  if (error == wire::error::header_limit || error == wire::error::buffer_overflow)
    return refusal(431, {{"http.headers", {}, {"请求头过大。", "The request's headers are too large."}}});
  if (error.category() == wire::make_error_code(wire::error::bad_method).category() &&
      error != wire::error::end_of_stream && error != wire::error::partial_message)
    return malformed();
  return std::nullopt;
}

std::string head_of(const Response& response, const Sending& how) {
  std::string head;
  head.reserve(1'024);
  const auto add = [&head](std::string_view name, std::initializer_list<std::string_view> value) {
    head.append(name).append(": ");
    // A line's end within a value would begin a header of somebody else's.
    for (const std::string_view part : value)
      std::ranges::copy_if(part, std::back_inserter(head), [](char c) { return c != '\r' && c != '\n'; });
    head.append("\r\n");
  };
  const auto brings = [&](std::string_view name) {
    return std::ranges::any_of(response.headers,
                               [&](const auto& header) { return boost::beast::iequals(header.first, name); });
  };
  head.append(how.version >= 11 ? "HTTP/1.1 " : "HTTP/1.0 ").append(std::to_string(response.status)).append(" ");
  const auto reason = wire::obsolete_reason(static_cast<wire::status>(response.status));
  head.append(reason.data(), reason.size()).append("\r\n");
  add("Content-Type", {response.type});
  for (const auto& [name, value] : security_headers)
    if (!brings(name)) add(name, {value});
  if (how.is_secure) add("Strict-Transport-Security", {https_only});
  for (const auto& [name, value] : response.headers)
    if (how.is_secure && name == "Set-Cookie")
      add(name, {"__Host-", value, "; Secure"});
    else
      add(name, {value});
  if (how.is_chunked)
    add("Transfer-Encoding", {"chunked"});
  else if (response.status != 204 && response.status != 304)
    add("Content-Length", {std::to_string(response.body.size())});
  if (how.keep_alive != (how.version >= 11)) add("Connection", {how.keep_alive ? "keep-alive" : "close"});
  return head.append("\r\n");
}

bool is_meant(std::string_view host, const Front& front) {
  const std::string name = lower(host.substr(0, host.starts_with('[') ? host.find(']') + 1 : host.find(':')));
  if (name == "localhost" || name == "127.0.0.1" || name == "[::1]") return true;
  return std::ranges::find(front.names, name) != front.names.end();
}

}  // namespace zhijia::http
