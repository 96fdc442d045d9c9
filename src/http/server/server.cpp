#include "http/server.hpp"

#include <algorithm>
#include <atomic>
#include <boost/asio.hpp>
#include <boost/asio/experimental/as_tuple.hpp>
#include <boost/beast.hpp>
#include <thread>
#include <vector>

#include "answers.hpp"
#include "server/target.hpp"

namespace zhijia::http {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace wire = boost::beast::http;
using tcp = asio::ip::tcp;

namespace {

constexpr auto awaited = asio::experimental::as_tuple(asio::use_awaitable);

/// Handlers wait for the database, so there are more of them than cores; far more of them only make one another late.
const int threads_count = std::max(8, 4 * static_cast<int>(std::thread::hardware_concurrency()));

const std::pair<const char*, const char*> security_headers[] = {
    {"X-Content-Type-Options", "nosniff"},
    {"X-Frame-Options", "DENY"},
    {"Referrer-Policy", "no-referrer"},
    {"Cross-Origin-Opener-Policy", "same-origin"},
    {"Cross-Origin-Resource-Policy", "same-origin"},
    {"Content-Security-Policy",
     "default-src 'none'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; form-action 'self'; base-uri 'none'; "
     "frame-ancestors 'none'"},
    // Records of persons are kept by nobody on the way.
    {"Cache-Control", "no-store"}};

std::string lower(std::string_view text) {
  std::string small(text);
  for (char& c : small)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return small;
}

Request read_request(const wire::request<wire::string_body>& message, const tcp::endpoint& peer, bool& is_read) {
  Request request{.method = std::string(message.method_string()), .body = message.body()};
  request.from = peer.address().to_string();
  for (const auto& field : message) {
    auto& value = request.headers[lower(field.name_string())];
    value += (value.empty() ? "" : ", ") + std::string(field.value());
  }
  is_read = read_target(message.target(), request);
  return request;
}

Response malformed() {
  return refusal(400, {{"http.malformed", {}, {"请求格式有误。", "The request cannot be read."}}});
}

/// What stands for a request that could not be read; nothing when the peer just left.
std::optional<Response> refusal_of(beast::error_code error) {
  if (error == wire::error::body_limit)
    return refusal(413, {{"http.too_large", {}, {"请求内容过大。", "The request's body is too large."}}});
  if (error == wire::error::header_limit || error == wire::error::buffer_overflow)
    return refusal(431, {{"http.headers", {}, {"请求头过大。", "The request's headers are too large."}}});
  if (error.category() == wire::make_error_code(wire::error::bad_method).category() &&
      error != wire::error::end_of_stream && error != wire::error::partial_message)
    return malformed();
  return std::nullopt;
}

wire::response<wire::string_body> message_of(Response response, unsigned version, bool keep_alive) {
  wire::response<wire::string_body> message(static_cast<wire::status>(response.status), version);
  message.set(wire::field::content_type, response.type);
  for (const auto& [name, value] : security_headers) message.set(name, value);
  for (const auto& [name, value] : response.headers) message.set(name, value);
  message.keep_alive(keep_alive);
  message.body() = std::move(response.body);
  message.prepare_payload();
  return message;
}

}  // namespace

struct Server::Parts {
  Handler handler;
  Limits limits;
  asio::io_context context{threads_count};
  tcp::acceptor acceptor{context};
  std::vector<std::jthread> threads;
  std::atomic<std::size_t> connections = 0;

  /// Whether the request was meant for this server, and not for a name that somebody made point here.
  bool is_meant(std::string_view host) const {
    const std::string_view name = host.substr(0, host.starts_with('[') ? host.find(']') + 1 : host.find(':'));
    return name == "localhost" || name == "127.0.0.1" || name == "[::1]";
  }

  Response answer(const wire::request<wire::string_body>& message, const tcp::endpoint& peer) const {
    bool is_read = false;
    Request request = read_request(message, peer, is_read);
    if (!is_read) return malformed();
    if (!is_meant(request.header("host")))
      return refusal(421, {{"http.host", {}, {"请用 localhost 访问本机服务。", "Ask for this server as localhost."}}});
    try {
      return handler(request);
    } catch (const std::exception& fault) {
      // What went wrong inside is for the log of the program, not for strangers.
      std::fprintf(stderr, "%s %s: %s\n", request.method.c_str(), std::string(message.target()).c_str(), fault.what());
      return refusal(
          500, {{"http.fault", {}, {"程序故障，请联系管理员。", "A fault of the program: tell its administrator."}}});
    }
  }

  asio::awaitable<bool> send(beast::tcp_stream& stream, wire::response<wire::string_body> message, bool is_head) {
    stream.expires_after(limits.request_timeout);
    beast::error_code error;
    std::size_t sent = 0;
    if (is_head) {
      wire::response_serializer<wire::string_body> serializer(message);
      std::tie(error, sent) = co_await wire::async_write_header(stream, serializer, awaited);
    } else {
      std::tie(error, sent) = co_await wire::async_write(stream, message, awaited);
    }
    co_return !error && message.keep_alive();
  }

  asio::awaitable<void> serve(tcp::socket socket) {
    beast::error_code ignored;
    socket.set_option(tcp::no_delay(true), ignored);
    const tcp::endpoint peer = socket.remote_endpoint(ignored);
    beast::tcp_stream stream(std::move(socket));
    beast::flat_buffer buffer;
    for (bool goes_on = true; goes_on;) {
      wire::request_parser<wire::string_body> parser;
      parser.header_limit(static_cast<std::uint32_t>(limits.header_bytes_max));
      parser.body_limit(limits.body_bytes_max);
      stream.expires_after(limits.request_timeout);
      const auto [error, size] = co_await wire::async_read(stream, buffer, parser, awaited);
      if (error) {
        if (auto refused = refusal_of(error)) co_await send(stream, message_of(std::move(*refused), 11, false), false);
        break;
      }
      const auto& message = parser.get();
      const bool is_head = message.method() == wire::verb::head;
      goes_on =
          co_await send(stream, message_of(answer(message, peer), message.version(), message.keep_alive()), is_head);
    }
    stream.socket().shutdown(tcp::socket::shutdown_send, ignored);
    --connections;
  }

  asio::awaitable<void> accept() {
    for (;;) {
      auto [error, socket] = co_await acceptor.async_accept(asio::make_strand(context), awaited);
      if (error == asio::error::operation_aborted || !acceptor.is_open()) co_return;
      if (error) continue;
      if (++connections > limits.connections_max) {
        --connections;
        continue;  // closed by its destruction
      }
      const auto executor = socket.get_executor();
      asio::co_spawn(executor, serve(std::move(socket)), asio::detached);
    }
  }
};

Server::Server() : parts_(std::make_unique<Parts>()) {}

Result<std::unique_ptr<Server>> Server::start(const Address& address, Handler handler, const Limits& limits) {
  beast::error_code error;
  const auto host = asio::ip::make_address(address.host == "localhost" ? "127.0.0.1" : address.host, error);
  if (error || !host.is_loopback())
    return fail("http.not_loopback", "目前只能在本机地址（127.0.0.1）上提供服务：" + address.host,
                "Only a loopback address (127.0.0.1) can be served at present: " + address.host);
  std::unique_ptr<Server> server(new Server());
  Parts& parts = *server->parts_;
  parts.handler = std::move(handler);
  parts.limits = limits;
  const tcp::endpoint endpoint(host, address.port);
  parts.acceptor.open(endpoint.protocol(), error);
  if (!error) parts.acceptor.set_option(asio::socket_base::reuse_address(true), error);
  if (!error) parts.acceptor.bind(endpoint, error);
  if (!error) parts.acceptor.listen(asio::socket_base::max_listen_connections, error);
  if (error)
    return fail(
        "http.listen", "端口 " + std::to_string(address.port) + " 不能使用，请用 --port 换一个：" + error.message(),
        "Port " + std::to_string(address.port) + " cannot be used, choose another with --port: " + error.message());
  asio::co_spawn(parts.context, parts.accept(), asio::detached);
  for (int i = 0; i < threads_count; ++i) parts.threads.emplace_back([&parts] { parts.context.run(); });
  return server;
}

Server::~Server() {
  parts_->context.stop();
  parts_->threads.clear();
}

std::uint16_t Server::port() const { return parts_->acceptor.local_endpoint().port(); }

}  // namespace zhijia::http
