#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "base/problem.hpp"
#include "store/store.hpp"

/// Keeps what the database must not show.
///
/// Values are sealed under a data key; data keys lie in the database, sealed under the federation's master key, which
/// does not. Several data keys may be in use at once: the latest seals, all open. Each also has a matching key, whose
/// fingerprints let equal values be found without opening them.
namespace zhijia::access {

/// What values are sealed and hashed with; chosen for each data key when it is made.
enum class Suite {
  aes_sha2,  ///< AES-256-GCM (NIST SP 800-38D), HMAC-SHA-256 (FIPS 198-1)
  sm4_sm3    ///< SM4-CTR (GB/T 32907), then HMAC-SM3 (GB/T 32905) over it: OpenSSL 3.0 has no SM4-GCM
};

std::string_view name_of(Suite suite);
std::optional<Suite> parse_suite(std::string_view name);

/// A file sealed under a key of its own, so that another data key means to seal 32 bytes anew, and not the file.
struct SealedFile {
  std::string bytes;
  std::string key;  ///< 64 hexadecimal digits: a secret, to be kept sealed itself
};

/// Where sealed values lie: so that they can be sealed anew.
struct SealedColumn {
  std::string table;
  std::vector<std::string> key;  ///< its primary key: whole numbers
  std::string column;
  std::string hash_column;  ///< of the value's fingerprint; empty for none
};

/// Any thread may use it; copies share their keys.
class Vault {
 public:
  /// One data key alone, kept in a file of its own and not in a database: for tools and tests. Makes the file (mode
  /// 0600) when there is none. Problems: vault.file, vault.damaged.
  static Result<Vault> from_file(const std::filesystem::path& path);

  /// The keys of a database, under the master key from `source`:
  ///   a path           its bytes, 32 at least; made (mode 0600) when there is none and the database has no keys yet
  ///   env:NAME         64 hexadecimal digits in an environment variable
  ///   passphrase:PATH  the first line of a file, as service managers hand secrets over, by Argon2id (RFC 9106)
  /// Makes the table of keys, and the first one, of `suite`, where there is none. `store` must outlive it. Who loses
  /// the master key loses every sealed value. Problems: vault.file, vault.damaged, vault.source, vault.wrong_master.
  static Result<Vault> open(std::string_view source, store::Store& store, Suite suite = Suite::aes_sha2);

  /// Bytes for a blob column. Sealing the same text twice gives different bytes.
  std::string seal(std::string_view clear) const;
  /// Problems: vault.sealed_elsewhere (another key, or altered bytes).
  Result<std::string> open(std::string_view sealed) const;
  SealedFile seal_file(std::string_view clear) const;
  /// Problems: vault.sealed_elsewhere.
  Result<std::string> open_file(std::string_view sealed, std::string_view key) const;

  /// 32 hexadecimal digits, equal for equal texts under the latest key.
  std::string fingerprint(std::string_view clear) const;
  /// Under every key that stored fingerprints may still be of, the latest first: what to look for.
  std::vector<std::string> fingerprints(std::string_view clear) const;
  /// Whether it is the text's under any key there ever was: entries of the change log keep theirs.
  bool is_fingerprint(std::string_view fingerprint, std::string_view clear) const;

  /// Learns of keys that another program has made. To be asked within a transaction before it looks for fingerprints,
  /// or an equal value under a key not known here would not be found. Cost: some microseconds.
  void refresh(store::Reader& reader) const;

  /// Makes a data key that seals from now on. Returns its number.
  int add_key(Suite suite, std::string_view actor) const;

  /// Seals everything in the columns under the latest key, in transactions of some hundred rows, and retires the keys
  /// before it when nothing is left under them. Other programs may write meanwhile; what was begun and cut off is gone
  /// on with by calling it again. Returns how many values were sealed anew.
  std::int64_t reseal(std::span<const SealedColumn> columns, std::string_view actor, const std::stop_token& stop = {},
                      const std::function<void(std::int64_t sealed)>& progress = {}) const;

  struct KeyStatus {
    int number = 0;
    Suite suite = Suite::aes_sha2;
    std::string made_at, retired_at;  ///< ISO; retired_at empty while in use
    std::int64_t values = 0;          ///< sealed under it
  };
  /// Cost: reads every sealed column.
  std::vector<KeyStatus> status(std::span<const SealedColumn> columns) const;

  /// Whether there are keys to be retired, because a rotation was cut off.
  bool is_rotating() const;

 private:
  struct Shared;
  explicit Vault(std::shared_ptr<Shared> shared) : shared_(std::move(shared)) {}
  std::shared_ptr<Shared> shared_;
};

/// Table vault_key.
store::TableSchema vault_schema();

}  // namespace zhijia::access
