#include "http/server.hpp"

#include <algorithm>
#include <atomic>
#include <boost/asio.hpp>
#include <boost/asio/experimental/as_tuple.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/beast.hpp>
#include <boost/beast/ssl.hpp>
#include <map>
#include <mutex>
#include <thread>
#include <vector>

#include "answers.hpp"
#include "server/wire.hpp"

namespace zhijia::http {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace wire = boost::beast::http;
namespace ssl = boost::asio::ssl;
using tcp = asio::ip::tcp;

namespace {

constexpr auto awaited = asio::experimental::as_tuple(asio::use_awaitable);

/// Handlers wait for the database, so there are more of them than cores; far more of them only make one another late.
const int threads_count = std::max(8, 4 * static_cast<int>(std::thread::hardware_concurrency()));

constexpr std::chrono::seconds handshake_timeout{10};

using Plain = beast::tcp_stream;
using Sealed = beast::ssl_stream<beast::tcp_stream>;

Response busy() {
  return refusal(503, {{"http.busy", {}, {"系统忙，请稍后再试。", "The server is busy; try again shortly."}}});
}

Response elsewhere() {
  return refusal(421, {{"http.host",
                        {},
                        {"请用本系统的正式地址访问（本机用 localhost）。",
                         "Ask for this server by its own name, or on its machine as localhost."}}});
}

/// A line for the program's log: when, what, who, from where. Not the query, which may name somebody.
void tell(const char* what, const Request& request, const std::string& target, const std::string& how, Id account = 0) {
  std::fprintf(stderr, "%s %s %s %s: %s; account %lld from %s\n", to_string(system_clock().now()).c_str(), what,
               request.method.c_str(), target.substr(0, target.find('?')).c_str(), how.c_str(),
               static_cast<long long>(account), request.from.c_str());
}

/// Bytes that large requests hold, given back when a request is done.
class Share {
 public:
  Share(std::atomic<std::size_t>& all, std::size_t bytes) : all_(all), bytes_(bytes) { all_ += bytes_; }
  Share(const Share&) = delete;
  Share& operator=(const Share&) = delete;
  ~Share() { all_ -= bytes_; }

 private:
  std::atomic<std::size_t>& all_;
  std::size_t bytes_;
};

}  // namespace

struct Server::Parts {
  Handler handler;
  Limits limits;
  Front front;
  asio::io_context context{threads_count};
  tcp::acceptor acceptor{context};
  std::optional<ssl::context> tls;
  std::vector<std::jthread> threads;
  std::atomic<std::size_t> connections = 0;
  std::atomic<std::size_t> file_bytes = 0;
  std::mutex addresses_mutex;
  std::map<asio::ip::address, std::size_t> addresses;  // connections of each

  Response answer(WireRequest& message, const asio::ip::address& peer) const {
    const std::string target(message.target());
    const auto request = read_request(message, peer, front);
    if (!request) return malformed();
    if (!is_meant(request->header("host"), front)) return elsewhere();
    try {
      Response response = handler(*request);
      if (response.status == 401 || response.status == 403 || response.status == 429)
        tell("refused", *request, target, std::to_string(response.status), response.asked_by);
      return response;
    } catch (const std::exception& fault) {
      // What went wrong inside is for the log of the program, not for strangers.
      tell("fault", *request, target, fault.what());
      return refusal(
          500, {{"http.fault", {}, {"程序故障，请联系管理员。", "A fault of the program: tell its administrator."}}});
    }
  }

  template <typename Stream>
  asio::awaitable<bool> send(Stream& stream, WireResponse message, bool is_head) {
    const auto needed = std::chrono::seconds(message.body().size() / limits.file_rate_min);
    beast::get_lowest_layer(stream).expires_after(limits.request_timeout + needed);
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

  /// Reads a request's head, then as much of a body as its target may have.
  template <typename Stream>
  asio::awaitable<beast::error_code> read(Stream& stream, beast::flat_buffer& buffer,
                                          wire::request_parser<wire::string_body>& parser,
                                          std::optional<Share>& share) {
    parser.header_limit(static_cast<std::uint32_t>(limits.header_bytes_max));
    // Said before the head is read, for a body's announced length is held against it there.
    parser.body_limit(boost::none);
    beast::get_lowest_layer(stream).expires_after(limits.request_timeout);
    auto [error, size] = co_await wire::async_read_header(stream, buffer, parser, awaited);
    if (error) co_return error;
    const std::string_view target(parser.get().target().data(), parser.get().target().size());
    const std::size_t file_max = limits.file_bytes_max ? limits.file_bytes_max(target) : 0;
    const std::size_t most = file_max == 0 ? limits.body_bytes_max : file_max;
    const auto announced = parser.content_length();
    if (announced && *announced > most) co_return make_error_code(wire::error::body_limit);
    parser.body_limit(most);
    const std::size_t expected = announced ? static_cast<std::size_t>(*announced) : parser.chunked() ? most : 0;
    if (expected > limits.body_bytes_max) {
      if (file_bytes + expected > limits.file_bytes_total_max) co_return asio::error::no_buffer_space;
      share.emplace(file_bytes, expected);
    }
    if (beast::iequals(parser.get()[wire::field::expect], "100-continue")) {
      wire::response<wire::empty_body> go_on(wire::status::continue_, parser.get().version());
      std::tie(error, size) = co_await wire::async_write(stream, go_on, awaited);
      if (error) co_return error;
    }
    beast::get_lowest_layer(stream).expires_after(limits.request_timeout +
                                                  std::chrono::seconds(expected / limits.file_rate_min));
    std::tie(error, size) = co_await wire::async_read(stream, buffer, parser, awaited);
    co_return error;
  }

  template <typename Stream>
  asio::awaitable<void> converse(Stream& stream, const asio::ip::address& peer) {
    beast::flat_buffer buffer;
    for (bool goes_on = true; goes_on;) {
      wire::request_parser<wire::string_body> parser;
      std::optional<Share> share;
      const beast::error_code error = co_await read(stream, buffer, parser, share);
      const bool is_secure = !front.is_local();
      if (error) {
        auto refused = error == asio::error::no_buffer_space ? busy() : refusal_of(error);
        if (refused) co_await send(stream, message_of(std::move(*refused), 11, false, is_secure), false);
        break;
      }
      auto& message = parser.get();
      const bool is_head = message.method() == wire::verb::head;
      const unsigned version = message.version();
      const bool keep_alive = message.keep_alive();
      goes_on = co_await send(stream, message_of(answer(message, peer), version, keep_alive, is_secure), is_head);
    }
  }

  asio::awaitable<void> serve(tcp::socket socket, asio::ip::address peer) {
    beast::error_code ignored;
    socket.set_option(tcp::no_delay(true), ignored);
    if (tls) {
      Sealed stream(std::move(socket), *tls);
      beast::get_lowest_layer(stream).expires_after(handshake_timeout);
      const auto [error] = co_await stream.async_handshake(ssl::stream_base::server, awaited);
      if (!error) {
        co_await converse(stream, peer);
        beast::get_lowest_layer(stream).expires_after(handshake_timeout);
        std::ignore = co_await stream.async_shutdown(awaited);
      }
    } else {
      Plain stream(std::move(socket));
      co_await converse(stream, peer);
      stream.socket().shutdown(tcp::socket::shutdown_send, ignored);
    }
    let_go(peer);
  }

  /// Counts a connection in, unless there are too many, or too many of its address.
  bool take_up(const asio::ip::address& peer) {
    if (++connections > limits.connections_max) {
      --connections;
      return false;
    }
    const std::lock_guard lock(addresses_mutex);
    std::size_t& count = addresses[peer];
    if (count >= limits.connections_of_address_max && peer.to_string() != front.proxy) {
      --connections;
      return false;
    }
    ++count;
    return true;
  }

  void let_go(const asio::ip::address& peer) {
    --connections;
    const std::lock_guard lock(addresses_mutex);
    if (const auto found = addresses.find(peer); found != addresses.end() && --found->second == 0)
      addresses.erase(found);
  }

  asio::awaitable<void> accept() {
    for (;;) {
      auto [error, socket] = co_await acceptor.async_accept(asio::make_strand(context), awaited);
      if (error == asio::error::operation_aborted || !acceptor.is_open()) co_return;
      if (error) continue;
      const auto peer = socket.remote_endpoint(error);
      if (error || !take_up(peer.address())) continue;  // closed by its destruction
      const auto executor = socket.get_executor();
      asio::co_spawn(executor, serve(std::move(socket), peer.address()), asio::detached);
    }
  }

  Result<void> prepare_tls() {
    if (!front.has_tls()) return {};
    beast::error_code error;
    tls.emplace(ssl::context::tls_server);
    SSL_CTX_set_min_proto_version(tls->native_handle(), TLS1_2_VERSION);
    // Of TLS 1.2 only what keeps past traffic secret should the key be lost, and is authenticated (RFC 9325).
    SSL_CTX_set_cipher_list(tls->native_handle(), "ECDHE+AESGCM:ECDHE+CHACHA20");
    SSL_CTX_set_options(tls->native_handle(), SSL_OP_NO_RENEGOTIATION | SSL_OP_CIPHER_SERVER_PREFERENCE);
    tls->use_certificate_chain_file(front.certificate.string(), error);
    if (!error) tls->use_private_key_file(front.key.string(), ssl::context::pem, error);
    if (!error && SSL_CTX_check_private_key(tls->native_handle()) == 1) return {};
    Place place;
    place.file = front.certificate.string();
    return fail("http.tls", "证书或私钥不能使用，请检查两个文件是否配套。",
                "The certificate and its key cannot be used; see whether they belong together.", std::move(place));
  }
};

Server::Server() : parts_(std::make_unique<Parts>()) {}

namespace {

Result<void> check_front(const Address& address, const asio::ip::address& host, const Front& front) {
  if (front.is_local() && !host.is_loopback())
    return fail("http.not_loopback",
                "对外提供服务须有 TLS 证书（--tls-cert、--tls-key）或反向代理（--behind-proxy）：" + address.host,
                "To serve others than this machine, give a certificate (--tls-cert, --tls-key) or name the proxy in "
                "front (--behind-proxy): " +
                    address.host);
  if (!front.is_local() && front.names.empty())
    return fail("http.names", "请用 --name 写明访问本系统所用的域名。",
                "Say with --name by which host name this server is asked for.");
  beast::error_code error;
  if (!front.proxy.empty() && (asio::ip::make_address(front.proxy, error), error))
    return fail("http.proxy", "--behind-proxy 应为代理的 IP 地址：" + front.proxy,
                "--behind-proxy is the IP address of the proxy: " + front.proxy);
  return {};
}

}  // namespace

Result<std::unique_ptr<Server>> Server::start(const Address& address, Handler handler, const Limits& limits,
                                              const Front& front) {
  beast::error_code error;
  const auto host = asio::ip::make_address(address.host == "localhost" ? "127.0.0.1" : address.host, error);
  if (error)
    return fail("http.not_loopback", "--host 应为 IP 地址：" + address.host,
                "--host is an IP address: " + address.host);
  if (auto checked = check_front(address, host, front); !checked) return std::unexpected(checked.error());
  std::unique_ptr<Server> server(new Server());
  Parts& parts = *server->parts_;
  parts.handler = std::move(handler);
  parts.limits = limits;
  parts.front = front;
  if (!front.proxy.empty()) parts.front.proxy = asio::ip::make_address(front.proxy).to_string();
  if (auto prepared = parts.prepare_tls(); !prepared) return std::unexpected(prepared.error());
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
