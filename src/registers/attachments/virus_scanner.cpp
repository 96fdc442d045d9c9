#include "registers/virus_scanner.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <fstream>

#include "base/own_log.hpp"

namespace zhijia::registers {

namespace {

constexpr std::size_t piece_bytes = 65'536;

/// A connection, closed at the end.
class Socket {
 public:
  explicit Socket(int handle) : handle_(handle) {}
  Socket(const Socket&) = delete;
  Socket& operator=(const Socket&) = delete;
  ~Socket() {
    if (handle_ >= 0) close(handle_);
  }

  bool send(std::string_view bytes) const {
    while (!bytes.empty()) {
      const ssize_t sent = ::send(handle_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
  }

  /// A piece of a stream, or its end: four bytes of length, the highest first, and the bytes.
  bool send_piece(std::string_view bytes) const {
    const std::uint32_t length = htonl(static_cast<std::uint32_t>(bytes.size()));
    return send({reinterpret_cast<const char*>(&length), sizeof length}) && send(bytes);
  }

  /// Up to clamd's zero byte; empty when none comes.
  std::string receive() const {
    constexpr std::size_t answer_bytes_max = 4'000;
    std::string answer;
    std::array<char, 512> bytes{};
    while (answer.size() < answer_bytes_max) {
      const ssize_t count = recv(handle_, bytes.data(), bytes.size(), 0);
      if (count <= 0) return {};
      answer.append(bytes.data(), static_cast<std::size_t>(count));
      if (const auto end = answer.find('\0'); end != std::string::npos) return answer.substr(0, end);
    }
    return {};
  }

 private:
  int handle_;
};

std::unexpected<Problems> not_scanned() {
  return fail("attachment.not_scanned", "病毒扫描程序（clamd）没有应答，文件未保存，请稍后再传；一直如此请告诉管理员。",
              "The virus scanner (clamd) does not answer, so the file was not kept: try again later, and tell the "
              "administrator "
              "if that goes on.");
}

std::unexpected<Problems> too_large_to_scan() {
  return fail(
      "attachment.not_scanned",
      "文件超过病毒扫描程序（clamd）的上限，没有保存。请分成几个小文件，或请管理员调高 clamd 的 StreamMaxLength。",
      "The file is larger than the virus scanner (clamd) takes, so it was not kept: split it, or have the "
      "administrator raise clamd's StreamMaxLength.");
}

template <typename Address>
bool connects(int handle, const Address& address) {
  return ::connect(handle, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
}

}  // namespace

Result<VirusScanner> VirusScanner::at(std::string_view address, std::chrono::seconds patience) {
  const auto refuse = [&] {
    return fail("scanner.address",
                "病毒扫描程序的地址不对：" + std::string(address) +
                    "。应为 clamd 的套接字路径，如 /run/clamav/clamd.ctl，或本机地址，如 127.0.0.1:3310（clamd "
                    "不加密，不能在另一台机器上）。",
                "This is no address of a virus scanner: " + std::string(address) +
                    ". Name clamd's socket, such as /run/clamav/clamd.ctl, or one of this machine, such as "
                    "127.0.0.1:3310: clamd "
                    "does not encrypt, so it must not be elsewhere.");
  };
  std::string path(address);
  int port = 0;
  if (!path.starts_with('/')) {
    const auto colon = path.rfind(':');
    if (colon == std::string::npos) return refuse();
    const char* end = path.data() + path.size();
    const auto [read, error] = std::from_chars(path.data() + colon + 1, end, port);
    if (error != std::errc() || read != end || port < 1 || port > 65'535) return refuse();
    path.resize(colon);
    if (path == "localhost") path = "127.0.0.1";
    if (path == "[::1]") path = "::1";
    if (path != "127.0.0.1" && path != "::1") return refuse();
  } else if (path.size() >= sizeof(sockaddr_un::sun_path)) {
    return refuse();
  }
  VirusScanner scanner(std::move(path), port, patience);
  if (scanner.ask("PING", {}) != "PONG") return not_scanned();
  return scanner;
}

int VirusScanner::connect() const {
  const int family = port_ == 0 ? AF_UNIX : path_ == "::1" ? AF_INET6 : AF_INET;
  const int handle = socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const timeval patience{.tv_sec = patience_.count(), .tv_usec = 0};
  setsockopt(handle, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  setsockopt(handle, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
  bool is_there = false;
  if (family == AF_UNIX) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::ranges::copy(path_, address.sun_path);
    is_there = connects(handle, address);
  } else if (family == AF_INET) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(port_));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    is_there = connects(handle, address);
  } else {
    sockaddr_in6 address{};
    address.sin6_family = AF_INET6;
    address.sin6_port = htons(static_cast<std::uint16_t>(port_));
    address.sin6_addr = in6addr_loopback;
    is_there = connects(handle, address);
  }
  if (is_there) return handle;
  close(handle);
  return -1;
}

/// clamd's answer (clamd(8)); empty when there is none.
std::string VirusScanner::ask(std::string_view command, const Pieces& next) const {
  const Socket clamd(connect());
  if (!clamd.send("z" + std::string(command) + '\0')) return {};
  if (command == "INSTREAM") {
    // It may stop listening at its own limit (StreamMaxLength), and say so.
    bool goes_on = true;
    for (std::string_view piece = next(); goes_on && !piece.empty(); piece = next()) goes_on = clamd.send_piece(piece);
    if (goes_on) clamd.send_piece({});
  }
  return clamd.receive();
}

Result<void> VirusScanner::scan(std::string_view bytes) const {
  return scan_pieces([&bytes] {
    const std::string_view piece = bytes.substr(0, piece_bytes);
    bytes.remove_prefix(piece.size());
    return piece;
  });
}

Result<void> VirusScanner::scan_file(const std::filesystem::path& path) const {
  std::ifstream file(path, std::ios::binary);
  std::string piece(piece_bytes, '\0');
  bool is_whole = file.is_open();
  auto scanned = scan_pieces([&] {
    file.read(piece.data(), static_cast<std::streamsize>(piece.size()));
    is_whole = is_whole && !file.bad();
    return std::string_view(piece).substr(0, static_cast<std::size_t>(file.gcount()));
  });
  if (scanned && !is_whole) return not_scanned();
  return scanned;
}

Result<void> VirusScanner::scan_pieces(const Pieces& next) const {
  constexpr std::string_view before = "stream: ", found = " FOUND", beyond = "size limit exceeded";
  const std::string answer = ask("INSTREAM", next);
  if (answer == "stream: OK") return {};
  if (!answer.starts_with(before) || !answer.ends_with(found)) {
    if (!answer.empty()) log_line(Severity::error, "clamd: " + answer);
    return answer.find(beyond) == std::string::npos ? not_scanned() : too_large_to_scan();
  }
  const std::string name = answer.substr(before.size(), answer.size() - before.size() - found.size());
  return fail(
      "attachment.infected", "文件中发现病毒（" + name + "），没有保存。请用杀毒软件检查来源的电脑。",
      "A virus was found in the file (" + name + "), so it was not kept. Have the computer that it came from scanned.");
}

}  // namespace zhijia::registers
