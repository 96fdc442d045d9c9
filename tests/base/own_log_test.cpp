#include "base/own_log.hpp"

#include <gmock/gmock.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstring>

#include "support/database.hpp"

namespace zhijia {
namespace {

using testing::ContainsRegex;
using testing::HasSubstr;

/// What listens as rsyslog does.
class Reader {
 public:
  explicit Reader(const std::filesystem::path& path) : socket_(socket(AF_UNIX, SOCK_DGRAM, 0)) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::strncpy(address.sun_path, path.c_str(), sizeof address.sun_path - 1);
    if (bind(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
      throw std::runtime_error("bind");
    const timeval patience{.tv_sec = 2, .tv_usec = 0};
    setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  }
  Reader(const Reader&) = delete;
  Reader& operator=(const Reader&) = delete;
  ~Reader() { close(socket_); }

  std::string line() {
    char bytes[20'000];
    const ssize_t count = recv(socket_, bytes, sizeof bytes, 0);
    return count < 0 ? "nothing" : std::string(bytes, static_cast<std::size_t>(count));
  }

 private:
  int socket_;
};

class OwnLog : public testing::Test {
 protected:
  ~OwnLog() override { EXPECT_TRUE(send_log_to({})); }
  tests::TemporaryFolder folder_;
  const std::filesystem::path path_ = folder_.path / "log";
};

TEST_F(OwnLog, comes_to_syslog_as_it_speaks) {
  Reader reader(path_);
  ASSERT_TRUE(send_log_to(path_));
  log_line(Severity::warning, "refused GET /x");
  const std::string line = reader.line();
  EXPECT_THAT(line, ContainsRegex("^<28>[A-Z][a-z][a-z] [ 0-9][0-9] [0-9:]* zhijia[[][0-9]*[]]: refused GET /x$"));
  log_line(Severity::error, "fault");
  EXPECT_THAT(reader.line(), HasSubstr("<27>"));
}

TEST_F(OwnLog, keeps_to_one_line_whatever_is_in_it) {
  Reader reader(path_);
  ASSERT_TRUE(send_log_to(path_));
  log_line(Severity::error, "a\nJan  1 00:00:00 forged\x7F" + std::string(20'000, 'x'));
  const std::string line = reader.line();
  EXPECT_THAT(line, HasSubstr("a Jan  1 00:00:00 forged xxx"));
  EXPECT_LT(line.size(), 8'200u);
}

TEST_F(OwnLog, goes_on_when_syslog_was_begun_anew_and_tells_what_was_lost) {
  auto reader = std::make_unique<Reader>(path_);
  ASSERT_TRUE(send_log_to(path_));
  reader.reset();
  std::filesystem::remove(path_);
  log_line(Severity::error, "lost");
  log_line(Severity::error, "lost too");
  Reader again(path_);
  log_line(Severity::error, "heard");
  EXPECT_THAT(again.line(), HasSubstr("2 lines before this one were lost"));
  EXPECT_THAT(again.line(), HasSubstr("heard"));
}

TEST_F(OwnLog, does_not_wait_for_a_syslog_that_does_not_keep_up) {
  Reader reader(path_);
  ASSERT_TRUE(send_log_to(path_));
  for (int i = 0; i < 5'000; ++i) log_line(Severity::error, "again and again");
  EXPECT_THAT(reader.line(), HasSubstr("again and again"));
}

TEST_F(OwnLog, nobody_listening_is_told_at_once) {
  const auto refused = send_log_to(path_);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().front().code, "log.syslog");
  EXPECT_FALSE(send_log_to(std::string(200, 'x')));
}

}  // namespace
}  // namespace zhijia
