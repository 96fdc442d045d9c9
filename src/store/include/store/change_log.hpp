#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/date.hpp"
#include "base/ids.hpp"
#include "base/problem.hpp"

namespace zhijia::store {

using Hash = std::array<unsigned char, 32>;

/// Both give 32 bytes: SHA-256 (FIPS 180-4), or SM3 (GB/T 32905-2016) where national algorithms are asked for.
/// Chosen when the database is made and kept for its life.
enum class HashAlgorithm { sha256, sm3 };

/// What a change-log entry says. Nothing secret may stand in it in clear: bodies hold sealed values.
struct LogEntry {
  std::string actor = {};      ///< who: a user's id, or "system"
  std::string source = {};     ///< from where: an address, "import:FILE", "system"
  std::string kind = {};       ///< what: "create", "change", "remove", "step:approve", "reveal" …
  std::string register_ = {};  ///< which table, or empty
  Id record = 0;               ///< which record of it, or 0
  std::string body = {};       ///< before and after, as JSON
};

struct StoredEntry {
  std::int64_t position = 0;  ///< 1, 2, 3 … without gaps
  std::string at;             ///< ISO 8601, UTC, milliseconds
  LogEntry entry;
};

/// The bytes whose hash is the entry's leaf: position, at, actor, source, kind, register, record and body, each as a
/// netstring ("5:hello,"), so that no two different entries share their bytes.
std::string canonical_bytes(std::int64_t position, std::string_view at, const LogEntry& entry);

/// The head of the log as somebody outside may keep it. Text form: a C2SP signed note over "origin\nsize\nroot\n".
struct Checkpoint {
  std::string origin;     ///< which log: a name of the federation's choice
  std::int64_t size = 0;  ///< entries covered
  Hash root{};
  std::string signature;  ///< Ed25519 over the note's text, with the key's 4-byte hint before it

  std::string note() const;
  static Result<Checkpoint> parse(std::string_view note);
};

/// RFC 9162, 2.1.3: the hashes from a leaf up to the root, lowest first.
using Proof = std::vector<Hash>;

/// RFC 9162 2.1.3.2. `index` counts from 0, so it is the entry's position less one.
bool proves_inclusion(HashAlgorithm algorithm, const Hash& leaf, std::int64_t index, std::int64_t size,
                      const Hash& root, const Proof& proof);
/// RFC 9162 2.1.4.2.
bool proves_consistency(HashAlgorithm algorithm, std::int64_t old_size, const Hash& old_root, std::int64_t new_size,
                        const Hash& new_root, const Proof& proof);

std::string to_hex(const Hash& hash);

/// What verification found.
struct Verification {
  std::int64_t entries = 0;
  Hash root{};
  std::int64_t checkpoints = 0;  ///< signed checkpoints that were compared, stored and given
  Problems problems;             ///< empty when nothing was altered or removed; each says where
};

/// Problems named one by one before verification only counts on; enough to see the pattern of a damage.
constexpr std::size_t verification_problems_max = 100;

}  // namespace zhijia::store
