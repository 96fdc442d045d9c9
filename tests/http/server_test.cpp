#include "http/server.hpp"

#include <gtest/gtest.h>

#include <latch>
#include <thread>
#include <vector>

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
                    {.header_bytes_max = 2'000,
                     .body_bytes_max = 100,
                     .file_bytes_max = [](std::string_view target) { return target.starts_with("/files") ? 1'000 : 0; },
                     .file_bytes_total_max = 900})
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
    {"a_body_in_pieces_beyond_the_limit_is_refused", "POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked",
     "80\r\n" + std::string(128, 'x') + "\r\n0\r\n\r\n", 413},
    {"a_file_may_be_larger", "POST /files HTTP/1.1\r\nHost: localhost\r\nContent-Length: 500", std::string(500, 'x'),
     200},
    {"a_file_beyond_its_limit_is_refused", "POST /files HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1001", "", 413},
    {"a_file_that_memory_has_no_room_for_comes_again", "POST /files HTTP/1.1\r\nHost: localhost\r\nContent-Length: 950",
     "", 503},
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

TEST(Server, lets_one_address_open_so_many_connections) {
  const auto server = Server::start({.host = "127.0.0.1", .port = 0}, [](const Request&) { return Response{}; },
                                    {.connections_of_address_max = 0})
                          .value();
  EXPECT_EQ(get(server->port(), "/").status, 0);
}

TEST(Server, ends_a_connection_that_sends_too_slowly) {
  const auto server = Server::start({.host = "127.0.0.1", .port = 0}, [](const Request&) { return Response{}; },
                                    {.request_timeout = std::chrono::seconds(1)})
                          .value();
  const auto begun = std::chrono::steady_clock::now();
  EXPECT_EQ(exchange_raw(server->port(), "GET / HTTP/1.1\r\nHost: local").status, 0);
  EXPECT_LT(std::chrono::steady_clock::now() - begun, std::chrono::seconds(10));
}

/// All who may write wait, as for a disk that does not answer; a search, though it comes by POST, only reads.
TEST(Server, answers_a_question_by_POST_while_all_writers_wait) {
  constexpr int writers = 64;  // more than there are threads for
  std::latch may_end(1);
  std::atomic<int> waiting = 0;
  const auto server =
      Server::start(
          {.host = "127.0.0.1", .port = 0},
          [&](const Request& request) -> Response {
            if (request.path.front() == "search") return {.body = "found " + request.body};
            ++waiting;
            may_end.wait();
            return {};
          },
          {}, {}, [](const Request& head) { return Admission{.is_question = head.path.front() == "search"}; })
          .value();
  const auto post = [&](const std::string& path) {
    return exchange_raw(server->port(),
                        "POST /" + path + " HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n\r\nhi");
  };
  std::vector<std::jthread> asking;
  for (int i = 0; i < writers; ++i) asking.emplace_back([&] { EXPECT_EQ(post("write").status, 200); });
  for (int before = -1; before != waiting || before == 0; std::this_thread::sleep_for(std::chrono::milliseconds(200)))
    before = waiting;
  EXPECT_LT(waiting, writers) << "the others wait for a thread";
  EXPECT_EQ(post("search").body, "found hi");
  may_end.count_down();
}

struct Fronted {
  const char* name;
  Address address;
  Front front;
  const char* code;
};

TEST(Server, is_open_to_others_only_with_all_that_it_takes) {
  const Fronted fronts[] = {
      {"no name", {.host = "0.0.0.0", .port = 0}, {.proxy = "127.0.0.1"}, "http.names"},
      {"a proxy by name", {.host = "0.0.0.0", .port = 0}, {.names = {"a.example"}, .proxy = "proxy"}, "http.proxy"},
      {"no certificate",
       {.host = "0.0.0.0", .port = 0},
       {.names = {"a.example"}, .certificate = "/nowhere", .key = "/nowhere"},
       "http.tls"}};
  for (const Fronted& each : fronts) {
    const auto server = Server::start(each.address, nullptr, {}, each.front);
    ASSERT_FALSE(server) << each.name;
    EXPECT_EQ(server.error().front().code, each.code) << each.name;
  }
}

TEST(Server, behind_a_proxy_believes_it_and_nobody_else) {
  const auto asked_from = [](const Front& front, const std::string& headers) {
    const auto server =
        Server::start(
            {.host = "127.0.0.1", .port = 0},
            [](const Request& request) {
              return Response{.body = request.from, .headers = {{"Set-Cookie", "zhijia_session=x; Path=/"}}};
            },
            {}, front)
            .value();
    return exchange_raw(server->port(), "GET / HTTP/1.1\r\nHost: union.example\r\n" + headers + "\r\n");
  };
  const Front proxied{.names = {"union.example"}, .proxy = "127.0.0.1"};
  const Answer answer = asked_from(proxied, "X-Forwarded-For: 198.51.100.9, 203.0.113.5\r\n");
  EXPECT_EQ(answer.body, "203.0.113.5") << "the address that the proxy itself saw";
  EXPECT_EQ(answer.headers.at("set-cookie"), "__Host-zhijia_session=x; Path=/; Secure");
  EXPECT_EQ(answer.headers.at("strict-transport-security"), "max-age=31536000; includeSubDomains");
  EXPECT_EQ(asked_from(proxied, "X-Forwarded-For: <script>\r\n").body, "127.0.0.1");
  const Front another{.names = {"union.example"}, .proxy = "192.0.2.7"};
  EXPECT_EQ(asked_from(another, "X-Forwarded-For: 203.0.113.5\r\n").body, "127.0.0.1");
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
