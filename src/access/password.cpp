#include "password.hpp"

#include "access/users.hpp"

#include <argon2.h>
#include <openssl/crypto.h>
#include <openssl/rand.h>
#include <openssl/sha.h>

#include <array>
#include <semaphore>
#include <stdexcept>

namespace zhijia::access {
namespace {

// The least that OWASP's password storage cheat sheet asks of Argon2id.
constexpr std::uint32_t passes = 2, memory_kib = 19 * 1024, lanes = 1;
constexpr std::size_t salt_bytes = 16, hash_bytes = 32;

/// Hashing takes 19 MiB each: a crowd at the door must not take the machine's memory.
std::counting_semaphore<2> at_work(2);

class Turn {
 public:
  Turn() { at_work.acquire(); }
  Turn(const Turn&) = delete;
  Turn& operator=(const Turn&) = delete;
  ~Turn() { at_work.release(); }
};

std::string hex(const unsigned char* bytes, std::size_t count) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  for (std::size_t i = 0; i < count; ++i) {
    text += digits[bytes[i] >> 4U];
    text += digits[bytes[i] & 15U];
  }
  return text;
}

}  // namespace

std::string hash_password(std::string_view password) {
  const Turn turn;
  std::array<unsigned char, salt_bytes> salt{};
  if (RAND_bytes(salt.data(), salt.size()) != 1) throw std::runtime_error("OpenSSL has no random bytes");
  std::string encoded(argon2_encodedlen(passes, memory_kib, lanes, salt_bytes, hash_bytes, Argon2_id), '\0');
  if (argon2id_hash_encoded(passes, memory_kib, lanes, password.data(), password.size(), salt.data(), salt.size(),
                            hash_bytes, encoded.data(), encoded.size()) != ARGON2_OK)
    throw std::runtime_error("Argon2 refused to hash a password");
  encoded.resize(encoded.find('\0'));
  return encoded;
}

bool is_password(std::string_view password, const std::string& hash) {
  const Turn turn;
  return argon2id_verify(hash.c_str(), password.data(), password.size()) == ARGON2_OK;
}

void pretend_to_check(std::string_view password) {
  static const std::string nobody = hash_password(random_hex(16));
  is_password(password, nobody);
}

std::string random_hex(std::size_t count) {
  std::string bytes(count, '\0');
  auto* start = reinterpret_cast<unsigned char*>(bytes.data());
  if (RAND_bytes(start, static_cast<int>(count)) != 1) throw std::runtime_error("OpenSSL has no random bytes");
  return hex(start, count);
}

std::string sha256_hex(std::string_view text) {
  std::array<unsigned char, SHA256_DIGEST_LENGTH> digest{};
  SHA256(reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest.data());
  return hex(digest.data(), digest.size());
}

std::string random_text(std::string_view alphabet, std::size_t count) {
  std::string text;
  for (std::size_t i = 0; i < count; ++i) text += alphabet[std::stoull(random_hex(8), nullptr, 16) % alphabet.size()];
  return text;
}

std::string made_password() {
  constexpr std::size_t length = 20;  // a hundred bits
  return random_text(clear_letters, length);
}

bool is_same(std::string_view left, std::string_view right) {
  return left.size() == right.size() && CRYPTO_memcmp(left.data(), right.data(), left.size()) == 0;
}

}  // namespace zhijia::access
