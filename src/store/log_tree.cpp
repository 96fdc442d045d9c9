#include "log_tree.hpp"

#include <bit>

namespace zhijia::store {

namespace {

/// The largest power of two below `count`, which is at least 2.
std::int64_t split_of(std::int64_t count) {
  return static_cast<std::int64_t>(std::bit_floor(static_cast<std::uint64_t>(count - 1)));
}

bool is_odd(std::int64_t number) { return number & 1; }

}  // namespace

Hash Frontier::root(Hasher& hasher) const {
  if (size == 0) return hasher.empty();
  auto level = static_cast<std::size_t>(std::countr_zero(static_cast<std::uint64_t>(size)));
  Hash hash = peaks[level];
  while (size >> ++level)
    if ((size >> level) & 1) hash = hasher.node(peaks[level], hash);
  return hash;
}

Hash LogTree::subtree(int level, std::int64_t number) {
  const int stored = level / stored_level_step * stored_level_step;
  const std::int64_t count = std::int64_t{1} << (level - stored), first = number * count;
  auto rows = stored == 0
                  ? reader_.query("SELECT leaf FROM change_log WHERE position > ? AND position <= ? ORDER BY position",
                                  first, first + count)
                  : reader_.query(
                        "SELECT hash FROM change_log_node WHERE level = ? AND number >= ? AND number < ? "
                        "ORDER BY number",
                        stored, first, first + count);
  Frontier fold;
  while (rows.next()) fold.append(hasher_, hash_from(rows.blob(0)), [](int, std::int64_t, const Hash&) {});
  if (fold.size != count) throw DatabaseError("hashes of the change log are missing");
  return fold.root(hasher_);
}

Frontier LogTree::frontier(std::int64_t size) {
  Frontier frontier;
  frontier.size = size;
  for (int level = 0; size >> level; ++level)
    if ((size >> level) & 1) frontier.peaks[static_cast<std::size_t>(level)] = subtree(level, (size >> level) - 1);
  return frontier;
}

Hash LogTree::range(std::int64_t begin, std::int64_t end) {
  const auto count = static_cast<std::uint64_t>(end - begin);
  if (std::has_single_bit(count)) {
    const int level = std::countr_zero(count);
    return subtree(level, begin >> level);
  }
  const std::int64_t middle = begin + split_of(end - begin);
  const Hash left = range(begin, middle);
  return hasher_.node(left, range(middle, end));
}

Proof LogTree::inclusion(std::int64_t index, std::int64_t size) {
  Proof proof;
  inclusion(proof, index, 0, size);
  return proof;
}

void LogTree::inclusion(Proof& proof, std::int64_t index, std::int64_t begin, std::int64_t end) {
  if (end - begin == 1) return;
  const std::int64_t middle = begin + split_of(end - begin);
  if (index < middle) {
    inclusion(proof, index, begin, middle);
    proof.push_back(range(middle, end));
  } else {
    inclusion(proof, index, middle, end);
    proof.push_back(range(begin, middle));
  }
}

Proof LogTree::consistency(std::int64_t old_size, std::int64_t size) {
  Proof proof;
  if (old_size > 0 && old_size < size) consistency(proof, old_size, 0, size, true);
  return proof;
}

/// `known`: the old tree's root is the hash of this whole range's beginning, which the verifier has already.
void LogTree::consistency(Proof& proof, std::int64_t old_size, std::int64_t begin, std::int64_t end, bool known) {
  if (old_size == end) {
    if (!known) proof.push_back(range(begin, end));
    return;
  }
  const std::int64_t middle = begin + split_of(end - begin);
  if (old_size <= middle) {
    consistency(proof, old_size, begin, middle, known);
    proof.push_back(range(middle, end));
  } else {
    consistency(proof, old_size, middle, end, false);
    proof.push_back(range(begin, middle));
  }
}

bool proves_inclusion(HashAlgorithm algorithm, const Hash& leaf, std::int64_t index, std::int64_t size,
                      const Hash& root, const Proof& proof) {
  if (index < 0 || index >= size) return false;
  Hasher hasher(algorithm);
  Hash hash = leaf;
  std::int64_t node = index, last = size - 1;
  for (const Hash& sibling : proof) {
    if (last == 0) return false;
    if (is_odd(node) || node == last) {
      hash = hasher.node(sibling, hash);
      for (; !is_odd(node) && node != 0; node >>= 1) last >>= 1;
    } else {
      hash = hasher.node(hash, sibling);
    }
    node >>= 1;
    last >>= 1;
  }
  return last == 0 && hash == root;
}

bool proves_consistency(HashAlgorithm algorithm, std::int64_t old_size, const Hash& old_root, std::int64_t new_size,
                        const Hash& new_root, const Proof& given) {
  if (old_size < 0 || old_size > new_size) return false;
  if (old_size == new_size) return given.empty() && old_root == new_root;
  if (old_size == 0) return given.empty();
  Proof proof = given;
  if (std::has_single_bit(static_cast<std::uint64_t>(old_size))) proof.insert(proof.begin(), old_root);
  if (proof.empty()) return false;

  Hasher hasher(algorithm);
  std::int64_t node = old_size - 1, last = new_size - 1;
  for (; is_odd(node); node >>= 1) last >>= 1;
  Hash old_hash = proof.front(), new_hash = proof.front();
  for (std::size_t i = 1; i < proof.size(); ++i) {
    if (last == 0) return false;
    if (is_odd(node) || node == last) {
      old_hash = hasher.node(proof[i], old_hash);
      new_hash = hasher.node(proof[i], new_hash);
      for (; !is_odd(node) && node != 0; node >>= 1) last >>= 1;
    } else {
      new_hash = hasher.node(new_hash, proof[i]);
    }
    node >>= 1;
    last >>= 1;
  }
  return last == 0 && old_hash == old_root && new_hash == new_root;
}

}  // namespace zhijia::store
