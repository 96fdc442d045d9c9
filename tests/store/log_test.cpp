#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "hasher.hpp"
#include "store/store.hpp"
#include "support/database.hpp"

namespace zhijia::store {
namespace {

/// RFC 9162 2.1.1, word for word and slow.
Hash tree_head(Hasher& hasher, std::span<const Hash> leaves) {
  if (leaves.empty()) return hasher.empty();
  if (leaves.size() == 1) return leaves.front();
  std::size_t split = 1;
  while (split * 2 < leaves.size()) split *= 2;
  return hasher.node(tree_head(hasher, leaves.first(split)), tree_head(hasher, leaves.subspan(split)));
}

class LogTest : public testing::TestWithParam<std::string> {
 protected:
  void SetUp() override {
    if (!database.missing().empty()) GTEST_SKIP() << database.missing();
    store = open(HashAlgorithm::sha256);
  }
  std::unique_ptr<Store> open(HashAlgorithm hash) {
    Options options;
    options.durable = false;
    options.hash = hash;
    options.origin = "汉中市总工会";
    options.key_file = database.folder.path / "log.key";
    auto opened = Store::open(database.url(), clock, options);
    if (!opened) throw std::runtime_error(describe(opened.error().front()));
    return std::move(*opened);
  }
  void append(int count) {
    ASSERT_TRUE(store->write([&](Transaction& transaction) -> Result<void> {
      for (int i = 0; i < count; ++i)
        transaction.log({"user", "10.0.0.1", "create", "visit", transaction.next_position(), R"({"amount":100})"});
      return {};
    }));
  }
  /// As one with the database's password could, past the triggers.
  void tamper(const std::string& sql) {
    ASSERT_TRUE(store->write([&](Transaction& transaction) -> Result<void> {
      const std::string on = transaction.database() == Database::sqlite ? "" : " ON change_log";
      transaction.execute("DROP TRIGGER change_log_no_update" + on);
      transaction.execute("DROP TRIGGER change_log_no_delete" + on);
      transaction.execute(sql);
      return {};
    }));
  }
  std::vector<Hash> leaves() {
    return store->read([](Reader& reader) {
      std::vector<Hash> found;
      auto rows = reader.query("SELECT leaf FROM change_log ORDER BY position");
      while (rows.next()) found.push_back(hash_from(rows.blob(0)));
      return found;
    });
  }

  tests::TestDatabase database{GetParam()};
  FixedClock clock{Date::of(2020, 1, 31)};
  std::unique_ptr<Store> store;
};

TEST_P(LogTest, proves_inclusion_and_consistency_at_every_size) {
  append(520);
  const auto all = leaves();
  Hasher hasher(HashAlgorithm::sha256);
  for (const int size : {1, 2, 3, 7, 8, 255, 256, 257, 511, 512, 513, 520}) {
    SCOPED_TRACE(size);
    const Hash root = store->root(size).value();
    EXPECT_EQ(root, tree_head(hasher, std::span(all).first(static_cast<std::size_t>(size))));
    for (const int index : {0, 1, 6, 100, 255, 256, 512, 519}) {
      if (index >= size) continue;
      const Proof proof = store->inclusion_proof(index + 1, size).value();
      const auto leaf = all[static_cast<std::size_t>(index)];
      EXPECT_TRUE(proves_inclusion(HashAlgorithm::sha256, leaf, index, size, root, proof)) << index;
      EXPECT_FALSE(proves_inclusion(HashAlgorithm::sha256, root, index, size, leaf, proof) && size > 1) << index;
      if (size > 1) {
        EXPECT_FALSE(proves_inclusion(HashAlgorithm::sha256, leaf, index ^ 1, size, root, proof)) << index;
      }
    }
    for (const int old_size : {0, 1, 2, 3, 6, 8, 255, 256, 300, 512, 520}) {
      if (old_size > size) continue;
      const Hash old_root = tree_head(hasher, std::span(all).first(static_cast<std::size_t>(old_size)));
      Proof proof = store->consistency_proof(old_size, size).value();
      EXPECT_TRUE(proves_consistency(HashAlgorithm::sha256, old_size, old_root, size, root, proof)) << old_size;
      if (!proof.empty()) {
        proof.back()[0] ^= 1;
        EXPECT_FALSE(proves_consistency(HashAlgorithm::sha256, old_size, old_root, size, root, proof)) << old_size;
      }
    }
  }
}

TEST_P(LogTest, tells_the_life_of_a_record) {
  append(3);
  const auto life = store->read([](Reader& reader) { return reader.entries_of("visit", 2); });
  ASSERT_EQ(life.size(), 1U);
  EXPECT_EQ(life.front().position, 2);
  EXPECT_EQ(life.front().at, "2020-01-31T04:00:00.000Z");
  EXPECT_EQ(life.front().entry.actor, "user");
  EXPECT_EQ(life.front().entry.body, R"({"amount":100})");
}

TEST_P(LogTest, goes_on_after_reopening) {
  append(300);
  store = open(HashAlgorithm::sha256);
  append(300);
  EXPECT_TRUE(store->verify().value().problems.empty());
  Hasher hasher(HashAlgorithm::sha256);
  EXPECT_EQ(store->root().value(), tree_head(hasher, leaves()));
}

TEST_P(LogTest, keeps_its_hash_for_life) {
  append(3);
  store = open(HashAlgorithm::sm3);
  EXPECT_EQ(store->hash_algorithm(), HashAlgorithm::sha256);
}

TEST_P(LogTest, names_what_was_altered) {
  struct Case {
    std::string_view name, sql, code, en;
  };
  const Case cases[] = {
      {"one byte of a body", "UPDATE change_log SET body = '{\"amount\":900}' WHERE position = 77",
       "store.entry_altered", "entry 77 "},
      {"the time of an entry", "UPDATE change_log SET at = '2020-01-31T04:00:00.001Z' WHERE position = 300",
       "store.entry_altered", "entry 300 "},
      {"an entry taken out", "DELETE FROM change_log WHERE position = 12", "store.entry_missing", "entries 12 to 12"},
      {"the end cut off", "DELETE FROM change_log WHERE position > 290", "store.entry_missing", "has 290 now"},
      {"a joint hash", "UPDATE change_log_node SET hash = (SELECT leaf FROM change_log WHERE position = 1)",
       "store.node_altered", "entries 1 to 256"},
  };
  for (const Case& each : cases) {
    SCOPED_TRACE(each.name);
    tests::TestDatabase fresh{GetParam()};
    store.reset();
    auto opened = Store::open(fresh.url(), clock, {.durable = false, .key_file = fresh.folder.path / "log.key"});
    ASSERT_TRUE(opened);
    store = std::move(*opened);
    append(300);
    ASSERT_TRUE(store->checkpoint());
    ASSERT_TRUE(store->verify().value().problems.empty());
    tamper(std::string(each.sql));
    const auto found = store->verify().value().problems;
    ASSERT_FALSE(found.empty());
    EXPECT_EQ(found.front().code, each.code);
    EXPECT_TRUE(found.front().message.en.contains(each.en)) << describe(found.front());
  }
}

TEST_P(LogTest, a_checkpoint_held_outside_finds_a_log_written_anew) {
  append(10);
  const std::string note = store->checkpoint().value().note();
  const auto held = Checkpoint::parse(note);
  ASSERT_TRUE(held);
  EXPECT_EQ(held->note(), note);
  append(5);
  EXPECT_TRUE(store->verify(*held).value().problems.empty());
  EXPECT_EQ(store->verify(*held).value().checkpoints, 2);

  auto forged = *held;
  forged.root[0] ^= 1;
  const auto found = store->verify(forged).value().problems;
  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(found[0].code, "store.signature");
  EXPECT_EQ(found[1].code, "store.root");
}

TEST_P(LogTest, rows_are_compared_with_their_latest_entry) {
  append(4);
  const auto found = store->verify({}, [](Reader&, const StoredEntry& latest) -> std::optional<Problem> {
    if (latest.entry.record != 3) return std::nullopt;
    return Problem{"registers.row_altered", {}, {"x", "x"}};
  });
  ASSERT_EQ(found->problems.size(), 1U);
}

TEST_P(LogTest, backup_is_restored_only_when_it_verifies) {
  const auto copy = database.folder.path / "copy.db", target = database.folder.path / "target.db";
  append(300);
  if (GetParam() == "postgresql") {
    EXPECT_EQ(store->backup(copy).error().front().code, "store.backup");
    return;
  }
  ASSERT_TRUE(store->backup(copy));
  EXPECT_EQ(store->backup(copy).error().front().code, "store.backup");
  ASSERT_TRUE(restore(copy, target, clock));
  {
    auto restored = Store::open("sqlite:" + target.string(), clock);
    EXPECT_EQ((*restored)->root().value(), store->root().value());
  }

  std::stringstream bytes;
  bytes << std::ifstream(copy).rdbuf();
  std::string altered = bytes.str();
  altered[altered.rfind(R"({"amount":100})") + 10] = '9';
  std::ofstream(copy) << altered;
  const auto refused = restore(copy, target, clock);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().front().code, "store.entry_altered");
}

TEST(Checkpoints, that_are_none_are_refused) {
  for (const char* text :
       {"", "a\n1\n\n\n", "a\nx\nAAAA\n\n\u2014 a AAAA\n", "\n\n\n\n\n\n", "a\n1\n====\n\n\u2014 a AAAA\n"})
    EXPECT_EQ(Checkpoint::parse(text).error().front().code, "store.checkpoint") << text;
}

TEST(CanonicalBytes, keep_fields_apart) {
  EXPECT_EQ(canonical_bytes(7, "T", {"ab", "", "create", "visit", 5, "{}"}),
            "1:7,1:T,2:ab,0:,6:create,5:visit,1:5,2:{},");
}

TEST(Hashes, are_the_standards) {
  // RFC 9162 has the root of no leaves as the hash of nothing; GB/T 32905 for SM3.
  EXPECT_EQ(to_hex(Hasher(HashAlgorithm::sha256).empty()),
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(to_hex(Hasher(HashAlgorithm::sm3).empty()),
            "1ab21d8355cfa17f8e61194831e81a8f22bec8c728fefb747ed035eb5082aa2b");
}

INSTANTIATE_TEST_SUITE_P(On, LogTest, testing::Values("sqlite", "postgresql"),
                         [](const auto& each) { return each.param; });

}  // namespace
}  // namespace zhijia::store
