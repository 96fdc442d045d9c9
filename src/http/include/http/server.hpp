#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/problem.hpp"
#include "http/router.hpp"

namespace zhijia::http {

/// What a stranger may ask of the server before he is refused.
struct Limits {
  std::size_t header_bytes_max = 16'384;
  std::size_t body_bytes_max = 1'048'576;
  /// Of a request that brings a file: of this target, so many bytes; 0 for body_bytes_max. Null: of none.
  std::function<std::size_t(std::string_view target)> file_bytes_max = {};
  /// All that large requests may hold in memory together; who comes beyond it is asked to come again.
  std::size_t file_bytes_total_max = 400'000'000;
  std::size_t connections_max = 2'000;
  std::size_t connections_of_address_max = 500;  ///< an office behind one address; not of the proxy
  /// For a request's head to arrive, a body to arrive (or as long as it takes at file_rate_min), an answer to be taken.
  std::chrono::seconds request_timeout{30};
  std::size_t file_rate_min = 50'000;  ///< bytes a second
  /// Of uploads and answers made while they are sent, for the next piece; and for an upload to arrive whole.
  std::chrono::seconds piece_timeout{30};
  std::chrono::seconds upload_timeout{1'800};
  std::filesystem::path upload_folder = std::filesystem::temp_directory_path();
  std::size_t streams_max = 8;  ///< answers made while they are sent, each with a thread
};

struct Address {
  std::string host = "127.0.0.1";
  std::uint16_t port = 8080;  ///< 0: any free one
};

/// How others than this machine reach the server: by TLS of its own, or through a proxy that ends TLS.
struct Front {
  std::vector<std::string> names;          ///< what a request's Host may say; "localhost" always may
  std::filesystem::path certificate, key;  ///< PEM: the chain, and its private key. Both or none
  std::string proxy;                       ///< address of the proxy, whose X-Forwarded-For is believed

  bool has_tls() const { return !certificate.empty(); }
  bool is_local() const { return !has_tls() && proxy.empty(); }
};

/// An HTTP/1.1 server (RFC 9112) on threads of its own, from start() to its destruction.
class Server {
 public:
  /// Without a front, only a loopback address is served. Only requests whose Host is one of ours are answered, so that
  /// no page of the web can be pointed at the server by a name of its own. Over TLS and behind a proxy, cookies are
  /// Secure and bear the prefix __Host-, and browsers are told to come by HTTPS only.
  /// Problems: http.not_loopback, http.names (a front needs a name), http.proxy (no address), http.tls (certificate and
  /// key do not fit), http.listen (the port is taken). `admit` is asked by the head of each request that has a body;
  /// without it there are no uploads, and only GET counts as reading.
  static Result<std::unique_ptr<Server>> start(const Address& address, Handler handler, const Limits& limits = {},
                                               const Front& front = {}, Admit admit = {});
  /// Lets handlers at work come to their end, and stops.
  ~Server();

  std::uint16_t port() const;

 private:
  Server();
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace zhijia::http
