#pragma once

#include <array>
#include <cstdint>

#include "hasher.hpp"
#include "store/store.hpp"

namespace zhijia::store {

/// Nodes are stored at every eighth level: 1/255 row an entry, and a proof reads at most 255 hashes a stored level.
constexpr int stored_level_step = 8;

/// The right edge of the tree: all that is needed to append. Copied to undo what was appended.
struct Frontier {
  std::int64_t size = 0;
  std::array<Hash, 63> peaks{};  ///< peaks[l] is set when bit l of size is

  /// `stored(level, number, hash)` is called for each node completed at a stored level.
  template <typename Stored>
  void append(Hasher& hasher, Hash hash, Stored&& stored) {
    int level = 0;
    for (; (size >> level) & 1; ++level) {
      hash = hasher.node(peaks[static_cast<std::size_t>(level)], hash);
      if ((level + 1) % stored_level_step == 0) stored(level + 1, size >> (level + 1), hash);
    }
    peaks[static_cast<std::size_t>(level)] = hash;
    ++size;
  }
  Hash root(Hasher& hasher) const;
};

/// The tree as stored. Throws DatabaseError where hashes are missing.
class LogTree {
 public:
  LogTree(Reader& reader, HashAlgorithm algorithm) : reader_(reader), hasher_(algorithm) {}

  Frontier frontier(std::int64_t size);
  Hash root(std::int64_t size) { return frontier(size).root(hasher_); }
  Proof inclusion(std::int64_t index, std::int64_t size);
  Proof consistency(std::int64_t old_size, std::int64_t size);

 private:
  Hash subtree(int level, std::int64_t number);
  Hash range(std::int64_t begin, std::int64_t end);
  void inclusion(Proof& proof, std::int64_t index, std::int64_t begin, std::int64_t end);
  void consistency(Proof& proof, std::int64_t old_size, std::int64_t begin, std::int64_t end, bool known);

  Reader& reader_;
  Hasher hasher_;
};

}  // namespace zhijia::store
