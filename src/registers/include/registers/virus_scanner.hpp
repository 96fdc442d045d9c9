#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>

#include "base/problem.hpp"

namespace zhijia::registers {

/// A clamd (ClamAV) that looks at files before they are kept. It must be on this machine, for it speaks without
/// encryption. Any thread may use it; each file has a connection of its own.
class VirusScanner {
 public:
  /// `address`: a socket's path, or HOST:PORT of loopback. Asks whether it answers. Problems: scanner.address,
  /// attachment.not_scanned.
  static Result<VirusScanner> at(std::string_view address, std::chrono::seconds patience = std::chrono::seconds(60));

  /// Problems: attachment.infected, which names what was found; attachment.not_scanned, when clamd gives no answer
  /// within its patience, or one that is no "OK", as for a file beyond its StreamMaxLength: what nobody looked at is
  /// not taken. Cost: some 50 ms a megabyte.
  Result<void> scan(std::string_view bytes) const;

  /// The same of a file, which is read piece by piece. Problems: the same; attachment.not_scanned when it cannot be
  /// read.
  Result<void> scan_file(const std::filesystem::path& path) const;

 private:
  VirusScanner(std::string path, int port, std::chrono::seconds patience)
      : path_(std::move(path)), port_(port), patience_(patience) {}
  /// The next piece of what is scanned, good until the next call; empty at its end.
  using Pieces = std::function<std::string_view()>;
  int connect() const;
  std::string ask(std::string_view command, const Pieces& next) const;
  Result<void> scan_pieces(const Pieces& next) const;

  std::string path_;  ///< of a socket, or "127.0.0.1", "::1"
  int port_;          ///< 0: of a socket
  std::chrono::seconds patience_;
};

}  // namespace zhijia::registers
