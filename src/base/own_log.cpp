#include "base/own_log.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <ctime>
#include <mutex>
#include <string>

namespace zhijia {

namespace {

constexpr int facility_daemon = 3;
constexpr std::size_t line_bytes_max = 8'000;  // what rsyslog takes unless told otherwise

/// syslog(3) would do, but knows /dev/log alone, and does not tell when nobody listens there.
class Syslog {
 public:
  bool open(const std::filesystem::path& path) {
    const std::lock_guard lock(mutex_);
    path_ = path.string();
    lost_ = 0;
    return connect();
  }

  void send(Severity severity, const std::string& text) {
    const std::lock_guard lock(mutex_);
    if (path_.empty()) return;
    if (lost_ > 0 && deliver(Severity::warning, fmt::format("{} lines before this one were lost", lost_))) lost_ = 0;
    if (!deliver(severity, text)) ++lost_;
  }

 private:
  bool connect() {
    if (socket_ >= 0) close(socket_);
    socket_ = -1;
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path_.empty()) return true;
    if (path_.size() >= sizeof address.sun_path) return false;
    std::ranges::copy(path_, address.sun_path);
    socket_ = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    return socket_ >= 0 && ::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
  }

  bool deliver(Severity severity, const std::string& text) {
    const std::string line =
        fmt::format("<{}>{:%b %e %H:%M:%S} zhijia[{}]: {}", facility_daemon * 8 + static_cast<int>(severity),
                    fmt::localtime(std::time(nullptr)), getpid(), text.substr(0, line_bytes_max));
    const auto sent = [&] { return ::send(socket_, line.data(), line.size(), MSG_DONTWAIT | MSG_NOSIGNAL) >= 0; };
    if (sent()) return true;
    if (errno == EAGAIN) return false;  // it is there, but does not keep up
    return connect() && sent();         // it was begun anew
  }

  std::mutex mutex_;
  std::string path_;
  int socket_ = -1;
  int lost_ = 0;
};

Syslog& the_syslog() {
  static Syslog syslog;
  return syslog;
}

}  // namespace

void log_line(Severity severity, std::string_view text) {
  std::string line(text);
  std::ranges::replace_if(line, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; }, ' ');
  std::fprintf(stderr, "%s\n", line.c_str());
  the_syslog().send(severity, line);
}

Result<void> send_log_to(const std::filesystem::path& socket) {
  if (the_syslog().open(socket)) return {};
  return fail("log.syslog",
              "没有 syslog 在 " + socket.string() + " 接收；请写本机 rsyslog 或 journald 的套接字，一般是 /dev/log。",
              "No syslog listens at " + socket.string() +
                  ": name the socket of this machine's rsyslog or journald, mostly /dev/log.");
}

}  // namespace zhijia
