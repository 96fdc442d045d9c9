#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "base/problem.hpp"
#include "http/router.hpp"

namespace zhijia::http {

/// What a stranger may ask of the server before he is refused.
struct Limits {
  std::size_t header_bytes_max = 16'384;
  std::size_t body_bytes_max = 1'048'576;
  std::size_t connections_max = 2'000;
  std::chrono::seconds request_timeout{30};  ///< for a request to arrive whole, or an answer to be taken
};

struct Address {
  std::string host = "127.0.0.1";
  std::uint16_t port = 8080;  ///< 0: any free one
};

/// An HTTP/1.1 server (RFC 9112) on threads of its own, from start() to its destruction.
class Server {
 public:
  /// Until users sign in, only a loopback address is served, and only requests whose Host names it (so that no page of
  /// the web can be pointed at it by its name). Problems: http.not_loopback, http.listen (the port is taken).
  static Result<std::unique_ptr<Server>> start(const Address& address, Handler handler, const Limits& limits = {});
  /// Lets handlers at work come to their end, and stops.
  ~Server();

  std::uint16_t port() const;

 private:
  Server();
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace zhijia::http
