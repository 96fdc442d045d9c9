#include "http/server.hpp"

#include <gtest/gtest.h>

#include "support/client.hpp"

namespace zhijia::http {
namespace {

class ServerTest : public testing::Test {
 protected:
  std::unique_ptr<Server> server_ =
      Server::start({.host = "127.0.0.1", .port = 0},
                    [](const Request& request) -> Response {
                      if (request.path == std::vector<std::string>{"fault"})
                        throw std::runtime_error("the password is hunter2");
                      return {.type = "text/plain", .body = request.method + request.body};
                    },
                    {.header_bytes_max = 2'000, .body_bytes_max = 100})
          .value();

  Answer ask(const std::string& head, const std::string& body = {}) {
    return exchange_raw(server_->port(), head + "\r\n\r\n" + body, head.starts_with("HEAD"));
  }
};

struct Case {
  const char* name;
  std::string head, body;
  int status;
  friend void PrintTo(const Case& each, std::ostream* out) { *out << each.name; }
};

const Case cases[] = {
    {"a_request_is_answered", "GET / HTTP/1.1\r\nHost: localhost", "", 200},
    {"an_old_client_is_answered", "GET / HTTP/1.0\r\nHost: localhost", "", 200},
    {"a_body_arrives", "POST / HTTP/1.1\r\nHost: [::1]:80\r\nContent-Length: 2", "ok", 200},
    {"a_head_request_has_no_body", "HEAD / HTTP/1.1\r\nHost: localhost", "", 200},
    {"another_host_is_misdirected", "GET / HTTP/1.1\r\nHost: evil.example", "", 421},
    {"no_host_is_misdirected", "GET / HTTP/1.1\r\nAccept: *", "", 421},
    {"what_is_no_http_is_refused", "hello", "", 400},
    {"a_bad_target_is_refused", "GET /%zz HTTP/1.1\r\nHost: localhost", "", 400},
    {"a_body_beyond_the_limit_is_refused", "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 101", "", 413},
    {"headers_beyond_the_limit_are_refused", "GET / HTTP/1.1\r\nHost: localhost\r\nX: " + std::string(3'000, 'x'), "",
     431},
    {"two_lengths_are_refused", "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\nContent-Length: 2", "ab",
     400},
    {"a_fault_is_answered", "GET /fault HTTP/1.1\r\nHost: localhost", "", 500},
};

class Asked : public ServerTest, public testing::WithParamInterface<Case> {};

TEST_P(Asked, gets_the_status) { EXPECT_EQ(ask(GetParam().head, GetParam().body).status, GetParam().status); }

INSTANTIATE_TEST_SUITE_P(Server, Asked, testing::ValuesIn(cases), [](const auto& each) { return each.param.name; });

TEST_F(ServerTest, tells_strangers_nothing_of_a_fault) {
  EXPECT_EQ(ask("GET /fault HTTP/1.1\r\nHost: localhost").body.find("hunter2"), std::string::npos);
}

TEST_F(ServerTest, answers_tell_browsers_to_be_careful) {
  const Answer answer = ask("GET / HTTP/1.1\r\nHost: localhost");
  for (const char* name : {"content-security-policy", "x-content-type-options", "referrer-policy", "cache-control"})
    EXPECT_TRUE(answer.headers.contains(name)) << name;
}

TEST_F(ServerTest, a_port_is_taken_once) {
  const auto second = Server::start({.host = "127.0.0.1", .port = server_->port()}, nullptr);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().front().code, "http.listen");
}

TEST(Server, serves_this_machine_only) {
  for (const char* host : {"0.0.0.0", "192.0.2.1", "example.org"}) {
    const auto server = Server::start({.host = host, .port = 0}, nullptr);
    ASSERT_FALSE(server) << host;
    EXPECT_EQ(server.error().front().code, "http.not_loopback");
  }
}

}  // namespace
}  // namespace zhijia::http
