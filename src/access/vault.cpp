#include "access/vault.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <fstream>

#include "cipher.hpp"
#include "vault_ring.hpp"

namespace zhijia::access {
namespace {

constexpr std::size_t secret_bytes = 2 * key_bytes;  // of a data key
constexpr std::size_t file_bytes_max = 4'096;        // of a file that holds a key

std::unexpected<Problems> sealed_elsewhere() {
  return fail("vault.sealed_elsewhere", "密文无法用当前密钥打开，请使用该数据库的密钥。",
              "The sealed value does not open with this key; use the key that belongs to the database.");
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

Place place_of(const std::filesystem::path& path) {
  Place place;
  place.file = path.string();
  return place;
}

Result<std::string> read_file(const std::filesystem::path& path) {
  const File file(path, O_RDONLY);
  std::string content(file_bytes_max + 1, '\0');
  const ssize_t size = file.is_open() ? ::read(file.descriptor(), content.data(), content.size()) : -1;
  if (size < 0)
    return fail("vault.file", "无法读取密钥文件，请检查它的权限。",
                "The key file cannot be read; check its permissions.", place_of(path));
  content.resize(static_cast<std::size_t>(size));
  return content;
}

/// The file's bytes; new ones when there is no file and one may be made.
Result<std::string> key_file(const std::filesystem::path& path, bool may_make) {
  std::error_code ignored;
  if (!std::filesystem::exists(path, ignored)) {
    if (!may_make)
      return fail("vault.file", "找不到密钥文件，请把原来的密钥文件放回此处。",
                  "The key file is missing; put the one that belongs to the database here.", place_of(path));
    if (!write_new(path, random_bytes(secret_bytes)))
      return fail("vault.file", "无法创建密钥文件，请检查文件夹的权限。",
                  "The key file cannot be made; check the permissions of its folder.", place_of(path));
  }
  auto content = read_file(path);
  if (content && (content->size() < key_bytes || content->size() > file_bytes_max))
    return fail("vault.damaged", "密钥文件已损坏，请从备份恢复。",
                "The key file is damaged; bring it back from a backup.", place_of(path));
  return content;
}

std::unexpected<Problems> bad_source(std::string_view source) {
  return fail("vault.source", "主密钥的来源有误：应为文件路径、env:变量名（64 位十六进制）或 passphrase:文件路径。",
              "The master key's source is wrong: a path, env:NAME (64 hexadecimal digits) or passphrase:PATH; found " +
                  std::string(source.substr(0, source.find(':'))));
}

/// One salt for each database, kept in it.
std::string salt_of(store::Store& store) {
  if (const auto kept = store.setting("vault.salt"))
    if (const auto salt = from_hex(*kept)) return *salt;
  const std::string salt = random_bytes(16);
  store.set_setting("vault.salt", hex(salt));
  return salt;
}

/// 64 bytes for a DataKey, from 32 or more of whatever the master key is.
std::string master_secret(std::string_view material) {
  return sha256("zhijia master seal " + std::string(material)) + sha256("zhijia master match " + std::string(material));
}

Result<std::string> master_from(std::string_view source, store::Store& store, bool may_make) {
  if (source.starts_with("env:")) {
    const char* value = std::getenv(std::string(source.substr(4)).c_str());
    const auto key = value ? from_hex(value) : std::nullopt;
    if (!key || key->size() != key_bytes) return bad_source(source);
    return master_secret(*key);
  }
  if (source.starts_with("passphrase:")) {
    const auto content = read_file(std::string(source.substr(11)));
    if (!content) return std::unexpected(content.error());
    const std::string passphrase = content->substr(0, content->find('\n'));
    if (passphrase.size() < 12)
      return fail("vault.source", "口令至少 12 个字符。", "The passphrase has at least 12 characters.");
    return master_secret(stretched(passphrase, salt_of(store)));
  }
  const auto content = key_file(std::string(source), may_make);
  if (!content) return std::unexpected(content.error());
  return master_secret(*content);
}

}  // namespace

std::string_view name_of(Suite suite) { return suite == Suite::sm4_sm3 ? "sm" : "aes"; }

std::optional<Suite> parse_suite(std::string_view name) {
  if (name == "aes") return Suite::aes_sha2;
  if (name == "sm") return Suite::sm4_sm3;
  return std::nullopt;
}

Result<Vault> Vault::from_file(const std::filesystem::path& path) {
  const auto secret = key_file(path, true);
  if (!secret) return std::unexpected(secret.error());
  if (secret->size() != secret_bytes)
    return fail("vault.damaged", "密钥文件已损坏，请从备份恢复。",
                "The key file is damaged; bring it back from a backup.", place_of(path));
  auto shared = std::make_shared<Shared>();
  auto ring = std::make_shared<Ring>();
  ring->keys.push_back({DataKey(0, Suite::aes_sha2, *secret), {}, {}});
  shared->ring = std::move(ring);
  return Vault(std::move(shared));
}

Result<Vault> Vault::open(std::string_view source, store::Store& store, Suite suite) {
  const store::TableSchema schema = vault_schema();
  if (auto made = store.migrate({&schema, 1}); !made) return std::unexpected(std::move(made.error()));
  const bool has_keys =
      store.read([](store::Reader& reader) { return reader.query("SELECT 1 FROM vault_key LIMIT 1").next(); });
  const auto secret = master_from(source, store, !has_keys);
  if (!secret) return std::unexpected(secret.error());
  auto shared = std::make_shared<Shared>();
  shared->store = &store;
  shared->master.emplace(0, Suite::aes_sha2, *secret);
  // Of two programs that open a new database, one makes its first key.
  auto loaded = store.write([&](store::Transaction& transaction) -> Result<std::shared_ptr<const Ring>> {
    if (!transaction.query("SELECT 1 FROM vault_key LIMIT 1").next())
      insert_key(transaction, *shared->master, 1, suite);
    return load_ring(transaction, *shared->master);
  });
  if (!loaded) return std::unexpected(std::move(loaded.error()));
  shared->ring = std::move(*loaded);
  return Vault(std::move(shared));
}

std::string Vault::seal(std::string_view clear) const { return shared_->ring.load()->latest().seal(clear); }

Result<std::string> Vault::open(std::string_view sealed) const {
  const auto number = key_number(sealed);
  if (!number) return sealed_elsewhere();
  auto ring = shared_->ring.load();
  if (!ring->find(*number) && shared_->store) {
    shared_->store->read([&](store::Reader& reader) {
      refresh(reader);
      return 0;
    });
    ring = shared_->ring.load();
  }
  const RingKey* key = ring->find(*number);
  auto clear = key ? key->key.open(sealed) : std::nullopt;
  if (!clear) return sealed_elsewhere();
  return std::move(*clear);
}

SealedFile Vault::seal_file(std::string_view clear) const {
  const std::string key = random_bytes(key_bytes);
  const DataKey once(0, shared_->ring.load()->latest().suite(), key + std::string(key_bytes, '\0'));
  // The suite is the first byte: the file outlives the data key.
  return {.bytes = std::string(name_of(once.suite()).substr(0, 1)) + once.seal(clear), .key = hex(key)};
}

Result<std::string> Vault::open_file(std::string_view sealed, std::string_view key) const {
  const auto read = from_hex(key);
  if (!read || read->size() != key_bytes || sealed.empty()) return sealed_elsewhere();
  const DataKey once(0, sealed.front() == 's' ? Suite::sm4_sm3 : Suite::aes_sha2, *read + std::string(key_bytes, '\0'));
  auto clear = once.open(sealed.substr(1));
  if (!clear) return sealed_elsewhere();
  return std::move(*clear);
}

std::string Vault::fingerprint(std::string_view clear) const {
  return shared_->ring.load()->latest().fingerprint(clear);
}

std::vector<std::string> Vault::fingerprints(std::string_view clear) const {
  std::vector<std::string> all;
  const auto ring = shared_->ring.load();
  for (auto key = ring->keys.rbegin(); key != ring->keys.rend(); ++key)
    if (key->retired_at.empty()) all.push_back(key->key.fingerprint(clear));
  return all;
}

bool Vault::is_fingerprint(std::string_view fingerprint, std::string_view clear) const {
  const auto ring = shared_->ring.load();
  return std::ranges::any_of(ring->keys,
                             [&](const RingKey& each) { return each.key.fingerprint(clear) == fingerprint; });
}

}  // namespace zhijia::access
