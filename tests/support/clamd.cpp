#include "support/clamd.hpp"

#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <stdexcept>
#include <thread>

namespace zhijia::tests {

namespace {

constexpr const char* program = "/usr/sbin/clamd";
constexpr std::chrono::seconds start_time_max{30};

int free_port() {
  const int handle = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  if (bind(handle, reinterpret_cast<sockaddr*>(&address), size) != 0 ||
      getsockname(handle, reinterpret_cast<sockaddr*>(&address), &size) != 0)
    throw std::runtime_error("no free port");
  close(handle);
  return ntohs(address.sin_port);
}

bool listens(const std::string& path) {
  const int handle = ::socket(AF_UNIX, SOCK_STREAM, 0);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::strncpy(address.sun_path, path.c_str(), sizeof address.sun_path - 1);
  const bool is_up = connect(handle, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
  close(handle);
  return is_up;
}

std::string hex(const char* text) {
  std::string digits;
  char pair[3];
  for (; *text; ++text) {
    std::snprintf(pair, sizeof pair, "%02x", static_cast<unsigned char>(*text));
    digits += pair;
  }
  return digits;
}

}  // namespace

Clamd::Clamd() {
  if (access(program, X_OK) != 0) {
    missing_ = "clamd is not installed: apt-get install clamav-daemon";
    return;
  }
  port_ = free_port();
  const std::string folder = folder_.path.string(), settings = folder + "/clamd.conf";
  std::filesystem::create_directory(folder + "/signatures");
  std::ofstream(folder + "/signatures/planted.ndb") << "Zhijia.Planted:0:*:" << hex(virus) << "\n";
  std::ofstream(settings) << "Foreground yes\nLocalSocket " << socket() << "\nDatabaseDirectory " << folder
                          << "/signatures\nTCPAddr 127.0.0.1\nTCPSocket " << port_ << "\nStreamMaxLength 1M\n";
  process_ = fork();
  if (process_ == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (!freopen("/dev/null", "w", stdout) || !freopen("/dev/null", "w", stderr)) _exit(126);
    execl(program, program, "-c", settings.c_str(), nullptr);
    _exit(127);
  }
  const auto deadline = std::chrono::steady_clock::now() + start_time_max;
  while (!listens(socket())) {  // the socket is there a moment before somebody listens
    if (std::chrono::steady_clock::now() > deadline || waitpid(process_, nullptr, WNOHANG) != 0)
      throw std::runtime_error("clamd does not start");
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
}

Clamd::~Clamd() {
  if (process_ <= 0) return;
  kill(process_, SIGKILL);
  waitpid(process_, nullptr, 0);
}

}  // namespace zhijia::tests
