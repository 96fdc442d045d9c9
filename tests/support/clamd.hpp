#pragma once

#include <sys/types.h>

#include <string>

#include "support/database.hpp"

namespace zhijia::tests {

/// Debian's clamd as a process of its own, on a socket and a port, knowing one virus that the test made up. Nothing is
/// downloaded; it is there within a second.
class Clamd {
 public:
  Clamd();
  Clamd(const Clamd&) = delete;
  Clamd& operator=(const Clamd&) = delete;
  ~Clamd();

  /// Why there is none (it is not installed), or empty.
  const std::string& missing() const { return missing_; }
  std::string socket() const { return (folder_.path / "socket").string(); }
  std::string port() const { return "127.0.0.1:" + std::to_string(port_); }

  /// What it knows as "Zhijia.Planted".
  static constexpr const char* virus = "a virus that a test made up";

 private:
  TemporaryFolder folder_;
  std::string missing_;
  int port_ = 0;
  pid_t process_ = 0;
};

}  // namespace zhijia::tests
