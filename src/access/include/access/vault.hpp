#pragma once

#include <array>
#include <filesystem>
#include <string>
#include <string_view>

#include "base/problem.hpp"

namespace zhijia::access {

/// A file sealed under a key of its own, so that another data key means to seal 32 bytes anew, and not the file.
struct SealedFile {
  std::string bytes;
  std::string key;  ///< 64 hexadecimal digits: a secret, to be kept sealed itself
};

/// Keeps what the database must not show: values sealed with AES-256-GCM (NIST SP 800-38D), and fingerprints
/// (HMAC-SHA-256, FIPS 198-1) that let equal values be found without opening them. Any thread may use it.
class Vault {
 public:
  /// Reads the key file, or makes one that only its owner may read (mode 0600). Who loses it loses every sealed value;
  /// who has it and the database can read them all. Problems: vault.file, vault.damaged.
  static Result<Vault> from_file(const std::filesystem::path& path);

  /// Bytes for a blob column: nonce, ciphertext, tag. Sealing the same text twice gives different bytes.
  std::string seal(std::string_view clear) const;
  /// Problems: vault.sealed_elsewhere (another key, or altered bytes).
  Result<std::string> open(std::string_view sealed) const;
  SealedFile seal_file(std::string_view clear) const;
  /// Problems: vault.sealed_elsewhere.
  Result<std::string> open_file(std::string_view sealed, std::string_view key) const;
  /// 64 hexadecimal digits, equal for equal texts under this key file.
  std::string fingerprint(std::string_view clear) const;

 private:
  using Key = std::array<unsigned char, 32>;
  Vault(Key sealing, Key matching) : sealing_(sealing), matching_(matching) {}
  Key sealing_;
  Key matching_;
};

}  // namespace zhijia::access
