#include "http/server.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <boost/asio.hpp>
#include <boost/asio/experimental/as_tuple.hpp>
#include <boost/asio/experimental/concurrent_channel.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/beast.hpp>
#include <boost/beast/ssl.hpp>
#include <map>
#include <mutex>
#include <thread>
#include <vector>

#include "answers.hpp"
#include "base/own_log.hpp"
#include "server/wire.hpp"

namespace zhijia::http {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace wire = boost::beast::http;
namespace ssl = boost::asio::ssl;
using tcp = asio::ip::tcp;

namespace {

/// What happens on a connection happens one thing after another.
using Executor = asio::strand<asio::io_context::executor_type>;
template <typename T>
using Awaitable = asio::awaitable<T, Executor>;
constexpr asio::use_awaitable_t<Executor> awaitable;
constexpr auto awaited = asio::experimental::as_tuple(awaitable);

/// Who reads waits for the database, so there are more of them than cores; far more of them only make one another late.
const int reading_threads = std::max(8, 4 * static_cast<int>(std::thread::hardware_concurrency()));
/// Who writes waits for the disk: those who wait together share one flush.
constexpr int writing_threads = 32;

constexpr std::chrono::seconds handshake_timeout{10};

using Socket = asio::basic_stream_socket<tcp, Executor>;
using Plain = beast::basic_stream<tcp, Executor>;
using Sealed = beast::ssl_stream<Plain>;

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
void tell(Severity severity, const char* what, const Request& request, const std::string& target,
          const std::string& how, Id account = 0) {
  log_line(severity, fmt::format("{} {} {} {}: {}; account {} from {}", to_string(system_clock().now()), what,
                                 request.method, target.substr(0, target.find('?')), how, account, request.from));
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

/// A request as it comes.
struct Incoming {
  wire::request_parser<wire::string_body> parser;
  std::optional<Share> share;
  std::shared_ptr<Upload> upload;
  std::optional<Response> refused;
  bool is_question = false;
};

}  // namespace

struct Server::Parts {
  Handler handler;
  Limits limits;
  Front front;
  Admit admit;
  asio::io_context context{reading_threads};
  asio::thread_pool writing{writing_threads};
  tcp::acceptor acceptor{context};
  std::optional<ssl::context> tls;
  std::vector<std::jthread> threads;
  std::atomic<std::size_t> connections = 0;
  std::atomic<std::size_t> file_bytes = 0, streams = 0;
  std::mutex addresses_mutex;
  std::map<asio::ip::address, std::size_t> addresses;  // connections of each

  Response answer(WireRequest& message, const asio::ip::address& peer, std::shared_ptr<const Upload> upload) const {
    const std::string target(message.target());
    auto request = read_request(message, peer, front);
    if (!request) return malformed();
    request->upload = std::move(upload);
    if (!is_meant(request->header("host"), front)) return elsewhere();
    try {
      Response response = handler(*request);
      if (response.status == 401 || response.status == 403 || response.status == 429)
        tell(Severity::warning, "refused", *request, target, std::to_string(response.status), response.asked_by);
      return response;
    } catch (const std::exception& fault) {
      // What went wrong inside is for the log of the program, not for strangers.
      tell(Severity::error, "fault", *request, target, fault.what());
      return refusal(
          500, {{"http.fault", {}, {"程序故障，请联系管理员。", "A fault of the program: tell its administrator."}}});
    }
  }

  /// On a thread where it may wait for the disk.
  Awaitable<Response> answer_writing(WireRequest& message, const asio::ip::address& peer,
                                     std::shared_ptr<const Upload> upload) {
    using Pool = asio::thread_pool::executor_type;
    const auto answered = [&]() -> asio::awaitable<Response, Pool> {
      co_return answer(message, peer, std::move(upload));
    };
    co_return co_await asio::co_spawn(writing.get_executor(), answered, awaitable);
  }

  template <typename Stream>
  Awaitable<bool> send(Stream& stream, const Response& response, const Sending& how, bool is_head) {
    const auto needed = std::chrono::seconds(response.body.size() / limits.file_rate_min);
    beast::get_lowest_layer(stream).expires_after(limits.request_timeout + needed);
    const std::string head = head_of(response, how);
    const std::array<asio::const_buffer, 2> whole{asio::buffer(head),
                                                  is_head ? asio::const_buffer() : asio::buffer(response.body)};
    const auto [error, sent] = co_await asio::async_write(stream, whole, awaited);
    co_return !error && how.keep_alive;
  }

  /// An answer that is made while it is sent, in chunks. Its maker waits when the peer takes it slowly, and is told
  /// when the peer has gone.
  template <typename Stream>
  Awaitable<bool> send_stream(Stream& stream, const Response& response, const Sending& how) {
    constexpr std::size_t pieces_ahead = 8;
    using Channel = asio::experimental::concurrent_channel<void(beast::error_code, std::string)>;
    const auto channel = std::make_shared<Channel>(stream.get_executor(), pieces_ahead);
    const std::string head = head_of(response, how);
    beast::get_lowest_layer(stream).expires_after(limits.piece_timeout);
    auto [error, sent] = co_await asio::async_write(stream, asio::buffer(head), awaited);
    if (error) co_return false;
    std::atomic<bool> is_whole = false;
    std::jthread maker([&is_whole, &make = response.stream, channel] {
      const auto send_piece = [&channel](std::string bytes) {
        try {
          channel->async_send({}, std::move(bytes), asio::use_future).get();
          return true;
        } catch (const std::exception&) {
          return false;  // nobody receives any more
        }
      };
      try {
        make(send_piece);
        is_whole = true;
      } catch (const std::exception& fault) {
        log_line(Severity::error, std::string("an answer was broken off: ") + fault.what());
      }
      channel->async_send(asio::error::eof, {}, [channel](beast::error_code) {});
    });
    for (;;) {
      const auto [ended, piece] = co_await channel->async_receive(awaited);
      if (ended) break;
      beast::get_lowest_layer(stream).expires_after(limits.piece_timeout);
      std::tie(error, sent) = co_await asio::async_write(stream, wire::make_chunk(asio::buffer(piece)), awaited);
      if (error) break;
    }
    channel->close();
    maker.join();
    if (error || !is_whole) co_return false;
    beast::get_lowest_layer(stream).expires_after(limits.piece_timeout);
    std::tie(error, sent) = co_await asio::async_write(stream, wire::make_chunk_last(), awaited);
    co_return !error && how.keep_alive;
  }

  /// A file for what comes, which no other account of this machine may read.
  std::shared_ptr<Upload> make_upload() const {
    std::string path = (limits.upload_folder / "upload-XXXXXX").string();
    const int file = ::mkstemp(path.data());
    if (file < 0) throw std::runtime_error("no file can be made in " + limits.upload_folder.string());
    ::close(file);
    auto upload = std::make_shared<Upload>();
    upload->path = path;
    return upload;
  }

  /// The body goes to the disk as it comes, within the time for a piece each, and the time for it all.
  template <typename Stream>
  Awaitable<beast::error_code> receive(Stream& stream, beast::flat_buffer& buffer,
                                       wire::request_parser<wire::string_body>& head, std::uint64_t bytes_max,
                                       std::shared_ptr<Upload> upload) {
    wire::request_parser<wire::file_body> parser(std::move(head));
    parser.body_limit(bytes_max);
    beast::error_code error;
    parser.get().body().open(upload->path.c_str(), beast::file_mode::write, error);
    const auto ends_at = std::chrono::steady_clock::now() + limits.upload_timeout;
    while (!error && !parser.is_done()) {
      if (std::chrono::steady_clock::now() > ends_at) co_return beast::error::timeout;
      beast::get_lowest_layer(stream).expires_after(limits.piece_timeout);
      std::size_t size = 0;
      std::tie(error, size) = co_await wire::async_read_some(stream, buffer, parser, awaited);
    }
    parser.get().body().close();
    std::error_code unknown;
    upload->bytes = std::filesystem::file_size(upload->path, unknown);
    static_cast<wire::request_header<>&>(head.get()) = std::move(parser.get().base());
    co_return error;
  }

  /// What a refused peer still sends is thrown away for a while: a connection closed before that would take the answer
  /// with it.
  template <typename Stream>
  Awaitable<void> drain(Stream& stream, beast::flat_buffer& buffer) {
    constexpr int pieces_max = 1'000;
    constexpr std::size_t piece_bytes = 65'536;
    beast::error_code error;
    for (int i = 0; i < pieces_max && !error; ++i) {
      buffer.clear();
      beast::get_lowest_layer(stream).expires_after(std::chrono::seconds(2));
      std::size_t got = 0;
      std::tie(error, got) = co_await stream.async_read_some(buffer.prepare(piece_bytes), awaited);
    }
  }

  /// What is said of a request by its head, when it brings a body.
  Admission admission_of(wire::request_parser<wire::string_body>& parser, const asio::ip::address& peer) const {
    if (!admit || parser.is_done()) return {};
    auto head = read_request(parser.get(), peer, front);
    return head && is_meant(head->header("host"), front) ? admit(*head) : Admission{};
  }

  /// Reads a request's head, then as much of a body as its target may have.
  template <typename Stream>
  Awaitable<beast::error_code> read(Stream& stream, beast::flat_buffer& buffer, const asio::ip::address& peer,
                                    Incoming& in) {
    auto& parser = in.parser;
    parser.header_limit(static_cast<std::uint32_t>(limits.header_bytes_max));
    // Said before the head is read, for a body's announced length is held against it there.
    parser.body_limit(boost::none);
    beast::get_lowest_layer(stream).expires_after(limits.request_timeout);
    auto [error, size] = co_await wire::async_read_header(stream, buffer, parser, awaited);
    if (error) co_return error;
    Admission admission = admission_of(parser, peer);
    if (admission.refused) {
      in.refused = std::move(admission.refused);
      co_return asio::error::access_denied;
    }
    in.is_question = admission.is_question;
    const std::string_view target(parser.get().target().data(), parser.get().target().size());
    const std::size_t file_max = limits.file_bytes_max ? limits.file_bytes_max(target) : 0;
    const std::uint64_t most = admission.upload_max.value_or(file_max == 0 ? limits.body_bytes_max : file_max);
    const auto announced = parser.content_length();
    if (announced && *announced > most) co_return make_error_code(wire::error::body_limit);
    if (parser.is_done()) co_return error;
    parser.body_limit(most);
    const std::size_t expected = announced ? static_cast<std::size_t>(*announced) : parser.chunked() ? most : 0;
    if (expected > limits.body_bytes_max && !admission.upload_max) {
      if (file_bytes + expected > limits.file_bytes_total_max) co_return asio::error::no_buffer_space;
      in.share.emplace(file_bytes, expected);
    }
    if (beast::iequals(parser.get()[wire::field::expect], "100-continue")) {
      wire::response<wire::empty_body> go_on(wire::status::continue_, parser.get().version());
      std::tie(error, size) = co_await wire::async_write(stream, go_on, awaited);
      if (error) co_return error;
    }
    if (admission.upload_max) {
      in.upload = make_upload();
      error = co_await receive(stream, buffer, parser, most, in.upload);
      co_return error;
    }
    beast::get_lowest_layer(stream).expires_after(limits.request_timeout +
                                                  std::chrono::seconds(expected / limits.file_rate_min));
    std::tie(error, size) = co_await wire::async_read(stream, buffer, parser, awaited);
    co_return error;
  }

  template <typename Stream>
  Awaitable<void> converse(Stream& stream, const asio::ip::address& peer) {
    beast::flat_buffer buffer;
    for (bool goes_on = true; goes_on;) {
      Incoming in;
      const beast::error_code error = co_await read(stream, buffer, peer, in);
      const bool is_secure = !front.is_local();
      if (error) {
        if (!in.refused) in.refused = error == asio::error::no_buffer_space ? busy() : refusal_of(error);
        if (!in.refused) break;
        const Sending how{.is_secure = is_secure};
        co_await send(stream, *in.refused, how, false);
        co_await drain(stream, buffer);
        break;
      }
      auto& message = in.parser.get();
      const bool is_head = message.method() == wire::verb::head;
      Sending how{.version = message.version(), .keep_alive = message.keep_alive(), .is_secure = is_secure};
      Response response;
      if (is_head || message.method() == wire::verb::get || in.is_question)
        response = answer(message, peer, in.upload);
      else
        response = co_await answer_writing(message, peer, in.upload);
      const bool is_stream = response.stream && !is_head;
      // One of few at a time; and before HTTP/1.1 there were no chunks.
      how.is_chunked = is_stream && ++streams <= limits.streams_max && how.version >= 11;
      if (is_stream && !how.is_chunked) response = busy();
      if (how.is_chunked)
        goes_on = co_await send_stream(stream, response, how);
      else
        goes_on = co_await send(stream, response, how, is_head);
      if (is_stream) --streams;
    }
  }

  Awaitable<void> serve(Socket socket, asio::ip::address peer) {
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

  Awaitable<void> accept() {
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
                                              const Front& front, Admit admit) {
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
  parts.admit = std::move(admit);
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
  asio::co_spawn(asio::make_strand(parts.context), parts.accept(), asio::detached);
  for (int i = 0; i < reading_threads; ++i) parts.threads.emplace_back([&parts] { parts.context.run(); });
  return server;
}

Server::~Server() {
  parts_->context.stop();
  parts_->threads.clear();
  parts_->writing.join();
}

std::uint16_t Server::port() const { return parts_->acceptor.local_endpoint().port(); }

}  // namespace zhijia::http
