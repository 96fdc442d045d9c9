#pragma once

#include <openssl/evp.h>

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "store/change_log.hpp"

namespace zhijia::store {

/// The Ed25519 key that signs checkpoints.
class SigningKey {
 public:
  /// Reads the PEM file, or makes one that only its owner may read when there is none.
  /// Problems: store.key (unreadable, or not Ed25519).
  static Result<SigningKey> load_or_make(const std::filesystem::path& file);

  void sign(Checkpoint& checkpoint) const;
  bool has_signed(const Checkpoint& checkpoint) const;
  /// C2SP signed-note form: "origin+hint+key".
  std::string verifier_key(std::string_view origin) const;

 private:
  struct Free {
    void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
  };
  explicit SigningKey(EVP_PKEY* key) : key_(key) {}
  std::string public_bytes() const;
  std::string hint(std::string_view origin) const;

  std::unique_ptr<EVP_PKEY, Free> key_;
};

}  // namespace zhijia::store
