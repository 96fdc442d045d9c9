#pragma once

#include <openssl/types.h>

#include <array>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "access/vault.hpp"

/// Sealing by OpenSSL, in either suite.
namespace zhijia::access {

constexpr std::size_t key_bytes = 32;

/// HMAC (RFC 2104) with SHA-256 or SM3 under one key, whose part of the work is done once. Any thread may use it.
class KeyedHash {
 public:
  KeyedHash(Suite suite, std::string_view key);
  std::string of(std::string_view text) const;

 private:
  std::shared_ptr<const EVP_MD_CTX> inner_, outer_;  ///< the hashes that have taken in the key, to be copied
};

/// What one data key is made of. Made once and used often.
class DataKey {
 public:
  /// `secret`: 64 random bytes, half of it to seal, half to match.
  DataKey(int number, Suite suite, std::string_view secret);

  /// A byte 1, the key's number in four, and what the suite makes of it; all of it is authenticated.
  std::string seal(std::string_view clear) const;
  /// Nothing when it was sealed under another key, or altered.
  std::optional<std::string> open(std::string_view sealed) const;
  /// The first 16 bytes of the keyed hash, in hexadecimal digits: the least that RFC 2104, section 5, allows; it keeps
  /// the indexes over them half as large.
  std::string fingerprint(std::string_view clear) const;

  int number() const { return number_; }
  Suite suite() const { return suite_; }
  /// The bytes that everything sealed under this key begins with.
  std::string header() const;

 private:
  using Key = std::array<unsigned char, key_bytes>;
  int number_;
  Suite suite_;
  Key sealing_{};
  KeyedHash authenticating_, matching_;
};

/// The number of the key that it was sealed under; nothing when it is nothing sealed.
std::optional<int> key_number(std::string_view sealed);

std::string random_bytes(std::size_t count);
std::string sha256(std::string_view bytes);
std::string hex(std::string_view bytes);
std::optional<std::string> from_hex(std::string_view digits);

/// RFC 9106, section 4, second choice: 64 MiB, three passes, four lanes.
std::string stretched(std::string_view passphrase, std::string_view salt);

}  // namespace zhijia::access
