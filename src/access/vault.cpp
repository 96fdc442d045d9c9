#include "access/vault.hpp"

#include <fcntl.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <memory>
#include <stdexcept>

namespace zhijia::access {
namespace {

constexpr std::size_t nonce_bytes = 12;  // what SP 800-38D recommends; random ones are safe for 2^32 values a key
constexpr std::size_t tag_bytes = 16;

using Cipher = std::unique_ptr<EVP_CIPHER_CTX, decltype(&EVP_CIPHER_CTX_free)>;

void ensure(bool done) {
  if (!done) throw std::runtime_error("OpenSSL refused a vault operation");
}

unsigned char* bytes(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }
const unsigned char* bytes(std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }

std::string random_bytes(std::size_t count) {
  std::string drawn(count, '\0');
  ensure(RAND_bytes(bytes(drawn), static_cast<int>(count)) == 1);
  return drawn;
}

class File {
 public:
  File(const std::filesystem::path& path, int flags) : descriptor_(::open(path.c_str(), flags | O_CLOEXEC, 0600)) {}
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  ~File() {
    if (is_open()) ::close(descriptor_);
  }
  bool is_open() const { return descriptor_ >= 0; }
  int descriptor() const { return descriptor_; }

 private:
  int descriptor_;
};

bool write_new(const std::filesystem::path& path, std::string_view content) {
  const File file(path, O_WRONLY | O_CREAT | O_EXCL);
  return file.is_open() &&
         ::write(file.descriptor(), content.data(), content.size()) == static_cast<ssize_t>(content.size()) &&
         ::fsync(file.descriptor()) == 0;
}

std::unexpected<Problems> sealed_elsewhere() {
  return fail("vault.sealed_elsewhere", "密文无法用当前密钥打开，请使用该数据库的密钥文件。",
              "The sealed value does not open with this key; use the key file that belongs to the database.");
}

std::string hex(std::string_view raw) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  for (const char c : raw) {
    text += digits[static_cast<unsigned char>(c) >> 4U];
    text += digits[static_cast<unsigned char>(c) & 15U];
  }
  return text;
}

template <typename Key>
std::string sealed_with(const Key& key, std::string_view clear) {
  std::string sealed = random_bytes(nonce_bytes);
  sealed.resize(nonce_bytes + clear.size() + tag_bytes);
  const Cipher cipher(EVP_CIPHER_CTX_new(), &EVP_CIPHER_CTX_free);
  int written = 0;
  ensure(EVP_EncryptInit_ex(cipher.get(), EVP_aes_256_gcm(), nullptr, key.data(), bytes(sealed)) == 1 &&
         EVP_EncryptUpdate(cipher.get(), bytes(sealed) + nonce_bytes, &written, bytes(clear),
                           static_cast<int>(clear.size())) == 1 &&
         EVP_EncryptFinal_ex(cipher.get(), bytes(sealed) + nonce_bytes + written, &written) == 1 &&
         EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_GCM_GET_TAG, tag_bytes,
                             bytes(sealed) + nonce_bytes + clear.size()) == 1);
  return sealed;
}

template <typename Key>
Result<std::string> opened_with(const Key& key, std::string_view sealed) {
  if (sealed.size() < nonce_bytes + tag_bytes) return sealed_elsewhere();
  std::string tag(sealed.substr(sealed.size() - tag_bytes));
  const std::string_view body = sealed.substr(nonce_bytes, sealed.size() - nonce_bytes - tag_bytes);
  std::string clear(body.size(), '\0');
  const Cipher cipher(EVP_CIPHER_CTX_new(), &EVP_CIPHER_CTX_free);
  int written = 0;
  ensure(EVP_DecryptInit_ex(cipher.get(), EVP_aes_256_gcm(), nullptr, key.data(), bytes(sealed)) == 1 &&
         EVP_DecryptUpdate(cipher.get(), bytes(clear), &written, bytes(body), static_cast<int>(body.size())) == 1 &&
         EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_GCM_SET_TAG, tag_bytes, tag.data()) == 1);
  if (EVP_DecryptFinal_ex(cipher.get(), bytes(clear) + written, &written) != 1) return sealed_elsewhere();
  return clear;
}

}  // namespace

Result<Vault> Vault::from_file(const std::filesystem::path& path) {
  constexpr std::size_t keys_bytes = 2 * sizeof(Key);
  std::error_code ignored;
  if (!std::filesystem::exists(path, ignored) && !write_new(path, random_bytes(keys_bytes)))
    return fail("vault.file", "无法创建密钥文件，请检查文件夹的权限。",
                "The key file cannot be made; check the permissions of its folder.", {.file = path.string()});

  const File file(path, O_RDONLY);
  if (!file.is_open())
    return fail("vault.file", "无法读取密钥文件，请检查它的权限。",
                "The key file cannot be read; check its permissions.", {.file = path.string()});
  std::array<unsigned char, keys_bytes + 1> content{};
  if (::read(file.descriptor(), content.data(), content.size()) != static_cast<ssize_t>(keys_bytes))
    return fail("vault.damaged", "密钥文件已损坏，请从备份恢复。",
                "The key file is damaged; bring it back from a backup.", {.file = path.string()});
  Key sealing{};
  Key matching{};
  std::copy_n(content.begin(), sealing.size(), sealing.begin());
  std::copy_n(content.begin() + sealing.size(), matching.size(), matching.begin());
  return Vault(sealing, matching);
}

std::string Vault::seal(std::string_view clear) const { return sealed_with(sealing_, clear); }

Result<std::string> Vault::open(std::string_view sealed) const { return opened_with(sealing_, sealed); }

SealedFile Vault::seal_file(std::string_view clear) const {
  const std::string key = random_bytes(sizeof(Key));
  Key drawn{};
  std::copy_n(bytes(key), drawn.size(), drawn.begin());
  return {.bytes = sealed_with(drawn, clear), .key = hex(key)};
}

Result<std::string> Vault::open_file(std::string_view sealed, std::string_view key) const {
  Key read{};
  if (key.size() != 2 * read.size()) return sealed_elsewhere();
  for (std::size_t i = 0; i < read.size(); ++i)
    if (std::from_chars(key.data() + 2 * i, key.data() + 2 * i + 2, read[i], 16).ptr != key.data() + 2 * i + 2)
      return sealed_elsewhere();
  return opened_with(read, sealed);
}

/// Half of the digest, the least that RFC 2104, section 5, allows: it keeps the indexes over it half as large.
constexpr std::size_t fingerprint_bytes = 16;

std::string Vault::fingerprint(std::string_view clear) const {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  ensure(HMAC(EVP_sha256(), matching_.data(), static_cast<int>(matching_.size()), bytes(clear), clear.size(),
              digest.data(), &size) != nullptr);
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  text.reserve(2 * fingerprint_bytes);
  for (std::size_t i = 0; i < fingerprint_bytes; ++i) {
    text += digits[digest[i] >> 4U];
    text += digits[digest[i] & 15U];
  }
  return text;
}

}  // namespace zhijia::access
