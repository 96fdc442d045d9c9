// What the log can show to others: checkpoints, proofs, and its own verification.
#include <fmt/format.h>

#include <map>

#include "checkpoint.hpp"
#include "log_tree.hpp"
#include "parts.hpp"

namespace zhijia::store {

namespace {

std::unexpected<Problems> no_such_position(std::int64_t position, std::int64_t size) {
  return fail("store.position", fmt::format("日志只有{}条，没有第{}条", size, position),
              fmt::format("the log has {} entries; there is no {}", size, position));
}

/// Where a problem stands in the log, for whoever has to look for its cause.
class Findings {
 public:
  explicit Findings(Problems& problems) : problems_(problems) {}
  void add(std::string_view code, std::string record, std::string zh, std::string en) {
    if (problems_.size() >= verification_problems_max) return;
    Place place;
    place.record = std::move(record);
    problems_.push_back({std::string(code), std::move(place), {std::move(zh), std::move(en)}});
  }
  void add(Problem problem) {
    if (problems_.size() < verification_problems_max) problems_.push_back(std::move(problem));
  }

 private:
  Problems& problems_;
};

std::string place_of(const StoredEntry& entry) {
  return fmt::format("{}/{}", entry.entry.register_, entry.entry.record);
}

StoredEntry entry_of(const Rows& rows) {
  return {rows.integer(0), std::string(rows.text(1)),
          LogEntry{std::string(rows.text(2)), std::string(rows.text(3)), std::string(rows.text(4)),
                   std::string(rows.text(5)), rows.integer(6), std::string(rows.text(7))}};
}

constexpr std::string_view entry_columns = "position, at, actor, source, kind, register, record, body";

using RootBySize = std::map<std::int64_t, Hash>;

/// Walks the log once; gives the roots at the sizes asked for, as computed from the entries themselves.
void recompute(Reader& reader, HashAlgorithm algorithm, Verification& verification, RootBySize& roots) {
  Findings findings(verification.problems);
  Hasher hasher(algorithm);
  Frontier frontier;
  std::map<std::pair<int, std::int64_t>, Hash> unseen_nodes;
  auto nodes = reader.query("SELECT level, number, hash FROM change_log_node");
  while (nodes.next())
    if (nodes.blob(2).size() == sizeof(Hash))
      unseen_nodes[{static_cast<int>(nodes.integer(0)), nodes.integer(1)}] = hash_from(nodes.blob(2));

  const auto compare_node = [&](int level, std::int64_t number, const Hash& hash) {
    const auto stored = unseen_nodes.extract({level, number});
    if (!stored.empty() && stored.mapped() == hash) return;
    const std::int64_t first = (number << level) + 1, last = (number + 1) << level;
    findings.add("store.node_altered", "", fmt::format("第{}至{}条的合并散列与各条内容不符", first, last),
                 fmt::format("the joint hash of entries {} to {} does not match them", first, last));
  };

  auto rows = reader.query(fmt::format("SELECT {}, leaf FROM change_log ORDER BY position", entry_columns));
  while (rows.next()) {
    const StoredEntry entry = entry_of(rows);
    if (entry.position != frontier.size + 1) {
      findings.add("store.entry_missing", place_of(entry),
                   fmt::format("日志缺第{}至{}条", frontier.size + 1, entry.position - 1),
                   fmt::format("entries {} to {} of the log are missing", frontier.size + 1, entry.position - 1));
      break;  // every hash after a gap differs; to name them all would hide the cause
    }
    const Hash leaf = hasher.leaf(canonical_bytes(entry.position, entry.at, entry.entry));
    if (view(leaf) != rows.blob(8))
      findings.add("store.entry_altered", place_of(entry),
                   fmt::format("第{}条日志（{}，{}）被改动", entry.position, entry.at, entry.entry.kind),
                   fmt::format("entry {} ({}, {}) was altered", entry.position, entry.at, entry.entry.kind));
    frontier.append(hasher, leaf, compare_node);
    if (const auto wanted = roots.find(frontier.size); wanted != roots.end()) wanted->second = frontier.root(hasher);
  }
  for (const auto& [place, hash] : unseen_nodes)
    if (((place.second + 1) << place.first) > frontier.size)
      findings.add("store.entry_missing", "", fmt::format("日志末尾有条目被删除：只剩{}条", frontier.size),
                   fmt::format("entries were removed from the log's end: {} are left", frontier.size));
  verification.entries = frontier.size;
  verification.root = frontier.root(hasher);
}

std::vector<Checkpoint> kept_checkpoints(Reader& reader, Findings& findings) {
  std::vector<Checkpoint> checkpoints;
  auto rows = reader.query("SELECT size, note FROM change_log_checkpoint ORDER BY size");
  while (rows.next()) {
    auto checkpoint = Checkpoint::parse(rows.text(1));
    if (checkpoint)
      checkpoints.push_back(std::move(*checkpoint));
    else
      findings.add("store.checkpoint_altered", "", fmt::format("第{}条处的检查点被改动", rows.integer(0)),
                   fmt::format("the checkpoint at entry {} was altered", rows.integer(0)));
  }
  return checkpoints;
}

void compare_checkpoint(const Checkpoint& checkpoint, const SigningKey& key, std::int64_t entries, const Hash& root,
                        Findings& findings) {
  const std::int64_t size = checkpoint.size;
  if (!key.has_signed(checkpoint))
    findings.add("store.signature", "", fmt::format("第{}条处的检查点签名不符", size),
                 fmt::format("the checkpoint at entry {} is not signed by this log's key", size));
  if (size > entries)
    findings.add("store.entry_missing", "", fmt::format("检查点时日志有{}条，现在只有{}条", size, entries),
                 fmt::format("the log had {} entries at the checkpoint and has {} now", size, entries));
  else if (root != checkpoint.root)
    findings.add("store.root", "", fmt::format("前{}条日志与检查点不符：其中有条目被改动", size),
                 fmt::format("the first {} entries do not match the checkpoint: some were altered", size));
}

/// To make a new key here would only turn every old signature into a false alarm.
std::unexpected<Problems> key_missing(const std::filesystem::path& file) {
  Place place;
  place.file = file.string();
  return fail("store.key", "找不到检查点签名密钥文件，请把原来的密钥文件放回此处",
              "the key file that signed the checkpoints is missing; put the original here", std::move(place));
}

void compare_rows(Reader& reader, const Store::RowCheck& row_check, Findings& findings) {
  auto latest =
      reader.query(fmt::format("SELECT {} FROM change_log WHERE position IN (SELECT max(position) FROM change_log "
                               "WHERE record <> 0 GROUP BY register, record) ORDER BY position",
                               entry_columns));
  while (latest.next())
    if (auto problem = row_check(reader, entry_of(latest))) findings.add(std::move(*problem));
}

}  // namespace

Result<Checkpoint> Store::checkpoint() {
  const auto key = SigningKey::load_or_make(parts_->options.key_file);
  if (!key) return std::unexpected(key.error());
  return write([&](Transaction& transaction) -> Result<Checkpoint> {
    Checkpoint checkpoint{parts_->options.origin, transaction.position(), {}, {}};
    checkpoint.root = LogTree(transaction, parts_->algorithm).root(checkpoint.size);
    key->sign(checkpoint);
    transaction.execute(upsert_sql("change_log_checkpoint", {"size", "at", "note"}, {"size"}), checkpoint.size,
                        to_string(transaction.at()), checkpoint.note());
    return checkpoint;
  });
}

Result<std::string> Store::verifier_key() {
  const auto key = SigningKey::load_or_make(parts_->options.key_file);
  if (!key) return std::unexpected(key.error());
  return key->verifier_key(parts_->options.origin);
}

Result<Verification> Store::verify(const std::optional<Checkpoint>& given, const RowCheck& row_check) {
  return read([&](Reader& reader) -> Result<Verification> {
    Verification verification;
    Findings findings(verification.problems);
    std::vector<Checkpoint> checkpoints = kept_checkpoints(reader, findings);
    if (given) checkpoints.push_back(*given);
    RootBySize roots;
    Hasher hasher(parts_->algorithm);
    for (const Checkpoint& checkpoint : checkpoints) roots[checkpoint.size] = hasher.empty();
    recompute(reader, parts_->algorithm, verification, roots);

    if (!checkpoints.empty()) {
      if (!std::filesystem::exists(parts_->options.key_file)) return key_missing(parts_->options.key_file);
      const auto key = SigningKey::load_or_make(parts_->options.key_file);
      if (!key) return std::unexpected(key.error());
      for (const Checkpoint& checkpoint : checkpoints)
        compare_checkpoint(checkpoint, *key, verification.entries, roots[checkpoint.size], findings);
    }
    verification.checkpoints = static_cast<std::int64_t>(checkpoints.size());
    if (row_check) compare_rows(reader, row_check, findings);
    return verification;
  });
}

Result<Proof> Store::inclusion_proof(std::int64_t position, std::int64_t size) {
  return read([&](Reader& reader) -> Result<Proof> {
    const std::int64_t present = reader.position();
    const std::int64_t in = size == 0 ? present : size;
    if (in > present || in < 1) return no_such_position(in, present);
    if (position < 1 || position > in) return no_such_position(position, in);
    return LogTree(reader, parts_->algorithm).inclusion(position - 1, in);
  });
}

Result<Proof> Store::consistency_proof(std::int64_t old_size, std::int64_t new_size) {
  return read([&](Reader& reader) -> Result<Proof> {
    const std::int64_t present = reader.position();
    const std::int64_t in = new_size == 0 ? present : new_size;
    if (in > present || in < 0) return no_such_position(in, present);
    if (old_size < 0 || old_size > in) return no_such_position(old_size, in);
    return LogTree(reader, parts_->algorithm).consistency(old_size, in);
  });
}

Result<Hash> Store::root(std::int64_t size) {
  return read([&](Reader& reader) -> Result<Hash> {
    const std::int64_t present = reader.position();
    if (size < 0 || size > present) return no_such_position(size, present);
    return LogTree(reader, parts_->algorithm).root(size == 0 ? present : size);
  });
}

}  // namespace zhijia::store
