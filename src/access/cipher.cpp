#include "cipher.hpp"

#include <argon2.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <openssl/sha.h>

#include <algorithm>
#include <charconv>
#include <memory>
#include <stdexcept>

namespace zhijia::access {
namespace {

constexpr std::size_t header_bytes = 5;
constexpr std::size_t gcm_nonce_bytes = 12;  // what SP 800-38D recommends; random ones are safe for 2^32 values a key
constexpr std::size_t gcm_tag_bytes = 16;
constexpr std::size_t ctr_iv_bytes = 16;
constexpr std::size_t mac_bytes = 32;
constexpr std::size_t fingerprint_bytes = 16;
constexpr std::size_t hash_block_bytes = 64;  // of SHA-256 and SM3

using Cipher = std::unique_ptr<EVP_CIPHER_CTX, decltype(&EVP_CIPHER_CTX_free)>;

void ensure(bool done) {
  if (!done) throw std::runtime_error("OpenSSL refused a vault operation");
}

unsigned char* bytes(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }
const unsigned char* bytes(std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }

/// The hash after one block of the key, each byte of it combined with `pad`.
std::shared_ptr<const EVP_MD_CTX> begun(Suite suite, std::string_view key, unsigned char pad) {
  std::array<unsigned char, hash_block_bytes> block{};
  block.fill(pad);
  for (std::size_t i = 0; i < key.size(); ++i) block[i] ^= static_cast<unsigned char>(key[i]);
  const std::shared_ptr<EVP_MD_CTX> hash(EVP_MD_CTX_new(), &EVP_MD_CTX_free);
  ensure(hash && EVP_DigestInit_ex(hash.get(), suite == Suite::sm4_sm3 ? EVP_sm3() : EVP_sha256(), nullptr) == 1 &&
         EVP_DigestUpdate(hash.get(), block.data(), block.size()) == 1);
  OPENSSL_cleanse(block.data(), block.size());
  return hash;
}

/// A nonce must never come again, but is no secret: many are drawn at once, for one costs as much as all of them.
std::string next_nonce() {
  constexpr std::size_t nonces_drawn = 128;
  thread_local std::string drawn;
  if (drawn.empty()) drawn = random_bytes(gcm_nonce_bytes * nonces_drawn);
  std::string nonce = drawn.substr(drawn.size() - gcm_nonce_bytes);
  drawn.resize(drawn.size() - gcm_nonce_bytes);
  return nonce;
}

/// nonce, ciphertext, tag
template <typename Key>
std::string gcm_seal(const Key& key, std::string_view header, std::string_view clear) {
  // Finding the cipher by its name costs more than sealing a short text.
  static const auto* const aes_gcm = EVP_CIPHER_fetch(nullptr, "AES-256-GCM", nullptr);
  std::string sealed = next_nonce();
  sealed.resize(gcm_nonce_bytes + clear.size() + gcm_tag_bytes);
  const Cipher cipher(EVP_CIPHER_CTX_new(), &EVP_CIPHER_CTX_free);
  int written = 0;
  ensure(EVP_EncryptInit_ex(cipher.get(), aes_gcm, nullptr, key.data(), bytes(sealed)) == 1 &&
         EVP_EncryptUpdate(cipher.get(), nullptr, &written, bytes(header), static_cast<int>(header.size())) == 1 &&
         EVP_EncryptUpdate(cipher.get(), bytes(sealed) + gcm_nonce_bytes, &written, bytes(clear),
                           static_cast<int>(clear.size())) == 1 &&
         EVP_EncryptFinal_ex(cipher.get(), bytes(sealed) + gcm_nonce_bytes + written, &written) == 1 &&
         EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_GCM_GET_TAG, gcm_tag_bytes,
                             bytes(sealed) + gcm_nonce_bytes + clear.size()) == 1);
  return sealed;
}

template <typename Key>
std::optional<std::string> gcm_open(const Key& key, std::string_view header, std::string_view sealed) {
  if (sealed.size() < gcm_nonce_bytes + gcm_tag_bytes) return std::nullopt;
  std::string tag(sealed.substr(sealed.size() - gcm_tag_bytes));
  const std::string_view body = sealed.substr(gcm_nonce_bytes, sealed.size() - gcm_nonce_bytes - gcm_tag_bytes);
  std::string clear(body.size(), '\0');
  const Cipher cipher(EVP_CIPHER_CTX_new(), &EVP_CIPHER_CTX_free);
  int written = 0;
  ensure(EVP_DecryptInit_ex(cipher.get(), EVP_aes_256_gcm(), nullptr, key.data(), bytes(sealed)) == 1 &&
         EVP_DecryptUpdate(cipher.get(), nullptr, &written, bytes(header), static_cast<int>(header.size())) == 1 &&
         EVP_DecryptUpdate(cipher.get(), bytes(clear), &written, bytes(body), static_cast<int>(body.size())) == 1 &&
         EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_GCM_SET_TAG, gcm_tag_bytes, tag.data()) == 1);
  if (EVP_DecryptFinal_ex(cipher.get(), bytes(clear) + written, &written) != 1) return std::nullopt;
  return clear;
}

/// Counter mode is its own inverse.
template <typename Key>
std::string sm4_ctr(const Key& key, std::string_view iv, std::string_view text) {
  std::string turned(text.size(), '\0');
  const Cipher cipher(EVP_CIPHER_CTX_new(), &EVP_CIPHER_CTX_free);
  int written = 0;
  ensure(EVP_EncryptInit_ex(cipher.get(), EVP_sm4_ctr(), nullptr, key.data(), bytes(iv)) == 1 &&
         EVP_EncryptUpdate(cipher.get(), bytes(turned), &written, bytes(text), static_cast<int>(text.size())) == 1);
  return turned;
}

}  // namespace

KeyedHash::KeyedHash(Suite suite, std::string_view key) {
  if (key.size() > hash_block_bytes) throw std::invalid_argument("a key is no longer than a block of the hash");
  inner_ = begun(suite, key, 0x36);
  outer_ = begun(suite, key, 0x5c);
}

std::string KeyedHash::of(std::string_view text) const {
  thread_local const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> hash(EVP_MD_CTX_new(), &EVP_MD_CTX_free);
  std::string digest(mac_bytes, '\0');
  ensure(hash && EVP_MD_CTX_copy_ex(hash.get(), inner_.get()) == 1 &&
         EVP_DigestUpdate(hash.get(), text.data(), text.size()) == 1 &&
         EVP_DigestFinal_ex(hash.get(), bytes(digest), nullptr) == 1 &&
         EVP_MD_CTX_copy_ex(hash.get(), outer_.get()) == 1 &&
         EVP_DigestUpdate(hash.get(), digest.data(), digest.size()) == 1 &&
         EVP_DigestFinal_ex(hash.get(), bytes(digest), nullptr) == 1);
  return digest;
}

namespace {

std::string_view half(std::string_view secret, std::size_t number) {
  if (secret.size() != 2 * key_bytes) throw std::invalid_argument("a data key is made of 64 bytes");
  return secret.substr(number * key_bytes, key_bytes);
}

}  // namespace

// With SM4, encryption and authentication have keys of their own, drawn from the first half; SM4 takes the first half
// of its own. GCM authenticates by itself.
DataKey::DataKey(int number, Suite suite, std::string_view secret)
    : number_(number),
      suite_(suite),
      authenticating_(suite, KeyedHash(suite, half(secret, 0)).of("authenticate")),
      matching_(suite, half(secret, 1)) {
  std::ranges::copy(
      suite == Suite::aes_sha2 ? std::string(half(secret, 0)) : KeyedHash(suite, half(secret, 0)).of("seal"),
      sealing_.begin());
}

std::string DataKey::header() const {
  std::string header("\x01", 1);
  for (int shift = 24; shift >= 0; shift -= 8) header += static_cast<char>(number_ >> shift);
  return header;
}

std::string DataKey::seal(std::string_view clear) const {
  const std::string begin = header();
  if (suite_ == Suite::aes_sha2) return begin + gcm_seal(sealing_, begin, clear);
  const std::string iv = random_bytes(ctr_iv_bytes);
  const std::string sealed = begin + iv + sm4_ctr(sealing_, iv, clear);
  return sealed + authenticating_.of(sealed);
}

std::optional<std::string> DataKey::open(std::string_view sealed) const {
  if (key_number(sealed) != number_) return std::nullopt;
  if (suite_ == Suite::aes_sha2) return gcm_open(sealing_, sealed.substr(0, header_bytes), sealed.substr(header_bytes));
  if (sealed.size() < header_bytes + ctr_iv_bytes + mac_bytes) return std::nullopt;
  const std::string_view tag = sealed.substr(sealed.size() - mac_bytes);
  const std::string_view covered = sealed.substr(0, sealed.size() - mac_bytes);
  if (CRYPTO_memcmp(authenticating_.of(covered).data(), tag.data(), mac_bytes) != 0) return std::nullopt;
  return sm4_ctr(sealing_, covered.substr(header_bytes, ctr_iv_bytes), covered.substr(header_bytes + ctr_iv_bytes));
}

std::string DataKey::fingerprint(std::string_view clear) const {
  return hex(std::string_view(matching_.of(clear)).substr(0, fingerprint_bytes));
}

std::optional<int> key_number(std::string_view sealed) {
  if (sealed.size() < header_bytes || sealed.front() != '\x01') return std::nullopt;
  unsigned number = 0;
  for (std::size_t i = 1; i < header_bytes; ++i) number = number << 8U | static_cast<unsigned char>(sealed[i]);
  return static_cast<int>(number);
}

std::string random_bytes(std::size_t count) {
  std::string drawn(count, '\0');
  ensure(RAND_bytes(bytes(drawn), static_cast<int>(count)) == 1);
  return drawn;
}

std::string sha256(std::string_view text) {
  std::string digest(SHA256_DIGEST_LENGTH, '\0');
  SHA256(bytes(text), text.size(), bytes(digest));
  return digest;
}

std::string hex(std::string_view raw) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  text.reserve(2 * raw.size());
  for (const char c : raw) {
    text += digits[static_cast<unsigned char>(c) >> 4U];
    text += digits[static_cast<unsigned char>(c) & 15U];
  }
  return text;
}

std::optional<std::string> from_hex(std::string_view digits) {
  if (digits.size() % 2 != 0) return std::nullopt;
  std::string raw;
  for (std::size_t i = 0; i < digits.size(); i += 2) {
    unsigned byte = 0;
    const auto [end, error] = std::from_chars(digits.data() + i, digits.data() + i + 2, byte, 16);
    if (error != std::errc() || end != digits.data() + i + 2) return std::nullopt;
    raw += static_cast<char>(byte);
  }
  return raw;
}

std::string stretched(std::string_view passphrase, std::string_view salt) {
  constexpr std::uint32_t passes = 3, memory_kib = 64 * 1024, lanes = 4;
  std::string key(key_bytes, '\0');
  if (argon2id_hash_raw(passes, memory_kib, lanes, passphrase.data(), passphrase.size(), salt.data(), salt.size(),
                        key.data(), key.size()) != ARGON2_OK)
    throw std::runtime_error("Argon2 refused a passphrase");
  return key;
}

}  // namespace zhijia::access
