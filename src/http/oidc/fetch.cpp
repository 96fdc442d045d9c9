#include "oidc/fetch.hpp"

#include <boost/asio.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/beast.hpp>
#include <boost/beast/ssl.hpp>
#include <boost/url.hpp>

namespace zhijia::http::oidc {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace wire = boost::beast::http;
using asio::ip::tcp;

namespace {

constexpr std::chrono::seconds time_max{10};
constexpr std::size_t body_bytes_max = 1'048'576;

std::unexpected<Problems> unreachable(const std::string& host) {
  return fail(
      "oidc.provider", "单点登录服务（" + host + "）没有正确应答，请稍后再试或用密码登录。",
      "The sign-on provider (" + host + ") did not answer as it should; try again later, or use your password.");
}

bool is_this_machine(std::string_view host) { return host == "localhost" || host == "127.0.0.1" || host == "[::1]"; }

template <typename Stream>
asio::awaitable<wire::response<wire::string_body>> ask(Stream& stream,
                                                       const wire::request<wire::string_body>& request) {
  co_await wire::async_write(stream, request, asio::use_awaitable);
  beast::flat_buffer buffer;
  wire::response_parser<wire::string_body> parser;
  parser.body_limit(body_bytes_max);
  co_await wire::async_read(stream, buffer, parser, asio::use_awaitable);
  co_return parser.release();
}

asio::awaitable<wire::response<wire::string_body>> converse(const boost::urls::url& url,
                                                            const wire::request<wire::string_body>& request) {
  const bool is_tls = url.scheme_id() == boost::urls::scheme::https;
  const std::string port = url.has_port() ? std::string(url.port()) : is_tls ? "443" : "80";
  const std::string host = url.host_address();
  tcp::resolver resolver(co_await asio::this_coro::executor);
  const auto found = co_await resolver.async_resolve(host, port, asio::use_awaitable);
  if (!is_tls) {
    beast::tcp_stream stream(co_await asio::this_coro::executor);
    stream.expires_after(time_max);
    co_await stream.async_connect(found, asio::use_awaitable);
    co_return co_await ask(stream, request);
  }
  asio::ssl::context tls(asio::ssl::context::tls_client);
  SSL_CTX_set_min_proto_version(tls.native_handle(), TLS1_2_VERSION);
  tls.set_default_verify_paths();
  beast::ssl_stream<beast::tcp_stream> stream(co_await asio::this_coro::executor, tls);
  stream.set_verify_mode(asio::ssl::verify_peer);
  stream.set_verify_callback(asio::ssl::host_name_verification(host));
  SSL_set_tlsext_host_name(stream.native_handle(), host.c_str());
  beast::get_lowest_layer(stream).expires_after(time_max);
  co_await beast::get_lowest_layer(stream).async_connect(found, asio::use_awaitable);
  co_await stream.async_handshake(asio::ssl::stream_base::client, asio::use_awaitable);
  co_return co_await ask(stream, request);
}

}  // namespace

bool is_safe_address(std::string_view text) {
  const auto url = boost::urls::parse_uri(text);
  if (!url || url->host().empty() || url->has_userinfo()) return false;
  if (url->scheme_id() == boost::urls::scheme::https) return true;
  return url->scheme_id() == boost::urls::scheme::http && is_this_machine(url->host());
}

Result<std::string> fetch(const Fetch& what) {
  if (!is_safe_address(what.url)) return unreachable(what.url);
  const boost::urls::url url = *boost::urls::parse_uri(what.url);
  const std::string target = url.encoded_path().empty() ? "/" : std::string(url.encoded_target());
  wire::request<wire::string_body> request(what.form.empty() ? wire::verb::get : wire::verb::post, target, 11);
  request.set(wire::field::host, std::string(url.encoded_host_and_port()));
  request.set(wire::field::accept, "application/json");
  for (const auto& [name, value] : what.headers) request.set(name, value);
  if (!what.form.empty()) {
    request.set(wire::field::content_type, "application/x-www-form-urlencoded");
    request.body() = what.form;
  }
  request.keep_alive(false);
  request.prepare_payload();
  try {
    asio::io_context context;
    auto answered = asio::co_spawn(context, converse(url, request), asio::use_future);
    context.run_for(2 * time_max);
    if (answered.wait_for(std::chrono::seconds(0)) != std::future_status::ready) return unreachable(url.host());
    auto response = answered.get();
    if (response.result_int() != 200) return unreachable(url.host());
    return std::move(response.body());
  } catch (const boost::system::system_error&) {
    return unreachable(url.host());
  }
}

}  // namespace zhijia::http::oidc
