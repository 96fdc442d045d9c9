#include "access/vault.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>

#include "cipher.hpp"
#include "support/database.hpp"

namespace zhijia::access {
namespace {

namespace fs = std::filesystem;

class VaultTest : public testing::Test {
 protected:
  ~VaultTest() override { fs::remove_all(folder_); }
  Vault vault(const char* name = "a.vault") { return Vault::from_file(folder_ / name).value(); }

  const fs::path folder_ = [] {
    auto path = fs::temp_directory_path() / ("zhijia_vault_" + std::to_string(::getpid()));
    fs::create_directories(path);
    return path;
  }();
};

TEST(KeyedHash, is_the_hmac_of_rfc_2104) {
  // RFC 4231, case 2; with SM3 as `openssl dgst -sm3 -mac HMAC` gives it.
  const std::string_view key = "Jefe", text = "what do ya want for nothing?";
  EXPECT_EQ(hex(KeyedHash(Suite::aes_sha2, key).of(text)),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  EXPECT_EQ(hex(KeyedHash(Suite::sm4_sm3, key).of(text)),
            "2e87f1d16862e6d964b50a5200bf2b10b764faa9680a296a2405f24bec39f882");
}

TEST_F(VaultTest, AValueSealedOpensWithTheSameKeyFileLater) {
  const std::string sealed = vault().seal("6222021234567890");
  EXPECT_EQ(sealed.find("6222"), std::string::npos);
  EXPECT_EQ(vault().open(sealed), "6222021234567890");
}

TEST_F(VaultTest, SealsOfEqualValuesDifferButTheirFingerprintsAreEqual) {
  const Vault kept = vault();
  EXPECT_NE(kept.seal("same"), kept.seal("same"));
  EXPECT_EQ(kept.fingerprint("same"), kept.fingerprint("same"));
  EXPECT_NE(kept.fingerprint("same"), vault("b.vault").fingerprint("same"));
}

TEST_F(VaultTest, AlteredBytesAndOtherKeysAreRefused) {
  std::string sealed = vault().seal("secret");
  EXPECT_EQ(vault("b.vault").open(sealed).error().front().code, "vault.sealed_elsewhere");
  sealed[14] = static_cast<char>(sealed[14] ^ 1);
  EXPECT_EQ(vault().open(sealed).error().front().code, "vault.sealed_elsewhere");
  EXPECT_EQ(vault().open("short").error().front().code, "vault.sealed_elsewhere");
}

TEST_F(VaultTest, OnlyTheOwnerMayReadTheKeyFile) {
  (void)vault();
  EXPECT_EQ(fs::status(folder_ / "a.vault").permissions(), fs::perms::owner_read | fs::perms::owner_write);
}

TEST_F(VaultTest, ADamagedKeyFileIsRefusedAndLeftAsItIs) {
  std::ofstream(folder_ / "a.vault") << "short";
  EXPECT_EQ(Vault::from_file(folder_ / "a.vault").error().front().code, "vault.damaged");
  EXPECT_EQ(fs::file_size(folder_ / "a.vault"), 5U);
}

TEST_F(VaultTest, AFileIsSealedUnderAKeyOfItsOwn) {
  const SealedFile sealed = vault().seal_file("a page");
  EXPECT_EQ(sealed.bytes.find("a page"), std::string::npos);
  EXPECT_EQ(vault().open_file(sealed.bytes, sealed.key), "a page");
  EXPECT_FALSE(vault().open_file(sealed.bytes, std::string(64, '0')));
  EXPECT_FALSE(vault().open_file(sealed.bytes.substr(0, 20), sealed.key));
  EXPECT_FALSE(vault().open_file(sealed.bytes, "no key"));
}

/// The keys of a database, and a table of a thousand secrets in it.
class KeysTest : public testing::TestWithParam<std::string> {
 protected:
  void SetUp() override {
    if (!database_.missing().empty()) GTEST_SKIP() << database_.missing();
    store_ = store::Store::open(database_.url(), clock_, {.durable = false}).value();
    const store::TableSchema schema{.name = "secret",
                                    .columns = {{"id", store::Type::integer, true},
                                                {"value", store::Type::blob},
                                                {"value_hash", store::Type::text}},
                                    .primary_key = {"id"},
                                    .uniques = {{"value_hash"}}};
    ASSERT_TRUE(store_->migrate({&schema, 1}));
  }

  std::string master() const { return (database_.folder.path / "master").string(); }
  Vault opened(Suite suite = Suite::aes_sha2) { return Vault::open(master(), *store_, suite).value(); }

  void fill(const Vault& vault, int first, int last) {
    store_
        ->write([&](store::Transaction& transaction) -> Result<void> {
          for (int i = first; i <= last; ++i) {
            const std::string clear = "secret " + std::to_string(i);
            transaction.execute(store::insert_sql("secret", {"id", "value", "value_hash"}), i,
                                store::Parameter::blob(vault.seal(clear)), vault.fingerprint(clear));
          }
          return {};
        })
        .value();
  }

  /// How many open to what they should, and are found by their fingerprints.
  int sound(const Vault& vault) {
    return store_->read([&](store::Reader& reader) {
      int count = 0;
      auto rows = reader.query("SELECT id, value, value_hash FROM secret");
      while (rows.next()) {
        const std::string clear = "secret " + std::to_string(rows.integer(0));
        const auto sought = vault.fingerprints(clear);
        const bool is_found = std::ranges::find(sought, std::string(rows.text(2))) != sought.end();
        count += vault.open(rows.blob(1)) == clear && is_found ? 1 : 0;
      }
      return count;
    });
  }

  const std::vector<SealedColumn> columns_{{"secret", {"id"}, "value", "value_hash"}};
  tests::TestDatabase database_{GetParam()};
  FixedClock clock_{Date::of(2021, 1, 10)};
  std::unique_ptr<store::Store> store_;
};

TEST_P(KeysTest, a_rotation_seals_all_anew_and_retires_the_key_before) {
  for (const Suite suite : {Suite::sm4_sm3, Suite::aes_sha2}) {
    const Vault vault = opened();
    if (suite == Suite::sm4_sm3) fill(vault, 1, 1'000);
    vault.add_key(suite, "test");
    EXPECT_TRUE(vault.is_rotating());
    EXPECT_EQ(sound(vault), 1'000) << "while nothing has been sealed anew";
    EXPECT_EQ(vault.reseal(columns_, "test"), 1'000);
    EXPECT_FALSE(vault.is_rotating());
    EXPECT_EQ(sound(vault), 1'000);
    EXPECT_EQ(vault.fingerprints("x").size(), 1u);
    EXPECT_EQ(sound(opened()), 1'000) << "and for a program that starts later";
    const auto status = vault.status(columns_);
    EXPECT_EQ(status.back().values, 1'000);
    EXPECT_EQ(status.back().suite, suite);
    EXPECT_FALSE(status.front().retired_at.empty());
  }
}

TEST_P(KeysTest, a_rotation_that_is_cut_off_is_gone_on_with) {
  const Vault vault = opened();
  fill(vault, 1, 1'000);
  vault.add_key(Suite::aes_sha2, "test");
  std::stop_source stop;
  const auto done = vault.reseal(columns_, "test", stop.get_token(), [&](std::int64_t) { stop.request_stop(); });
  EXPECT_GT(done, 0);
  EXPECT_LT(done, 1'000);
  const Vault later = opened();
  EXPECT_TRUE(later.is_rotating());
  EXPECT_EQ(sound(later), 1'000) << "half of them under each key";
  fill(later, 1'001, 1'100);
  EXPECT_EQ(later.reseal(columns_, "test"), 1'000 - done);
  EXPECT_EQ(sound(later), 1'100);
}

TEST_P(KeysTest, another_program_learns_of_the_new_key_before_it_writes) {
  const Vault serving = opened();
  fill(serving, 1, 10);
  const Vault rotating = opened();
  rotating.add_key(Suite::sm4_sm3, "test");
  rotating.reseal(columns_, "test");
  EXPECT_EQ(serving.open(rotating.seal("new")), "new") << "what it meets, it opens";
  store_->read([&](store::Reader& reader) {
    serving.refresh(reader);
    return 0;
  });
  EXPECT_EQ(serving.fingerprint("x"), rotating.fingerprint("x"));
  EXPECT_TRUE(serving.is_fingerprint(serving.fingerprint("secret 1"), "secret 1"));
}

TEST_P(KeysTest, another_master_key_is_refused_and_a_lost_one_is_not_made_anew) {
  (void)opened();
  std::ofstream(database_.folder.path / "other") << std::string(64, 'x');
  EXPECT_EQ(Vault::open((database_.folder.path / "other").string(), *store_).error().front().code,
            "vault.wrong_master");
  EXPECT_EQ(Vault::open((database_.folder.path / "lost").string(), *store_).error().front().code, "vault.file");
  EXPECT_FALSE(fs::exists(database_.folder.path / "lost"));
}

TEST_P(KeysTest, the_master_key_may_be_a_variable_or_a_passphrase) {
  ASSERT_EQ(::setenv("ZHIJIA_TEST_MASTER", std::string(64, 'a').c_str(), 1), 0);
  const Vault vault = Vault::open("env:ZHIJIA_TEST_MASTER", *store_).value();
  EXPECT_EQ(Vault::open("env:ZHIJIA_TEST_MASTER", *store_)->open(vault.seal("x")), "x");
  EXPECT_EQ(Vault::open("env:ZHIJIA_TEST_NONE", *store_).error().front().code, "vault.source");
  std::ofstream(database_.folder.path / "words") << "correct horse battery\n";
  const std::string words = "passphrase:" + (database_.folder.path / "words").string();
  EXPECT_EQ(Vault::open(words, *store_).error().front().code, "vault.wrong_master");
}

TEST_P(KeysTest, an_altered_value_opens_under_neither_suite) {
  for (const Suite suite : {Suite::aes_sha2, Suite::sm4_sm3}) {
    const Vault vault = opened();
    vault.add_key(suite, "test");
    const std::string sealed = vault.seal("secret");
    for (std::size_t i = 0; i < sealed.size(); ++i) {
      std::string altered = sealed;
      altered[i] = static_cast<char>(altered[i] ^ 1);
      EXPECT_FALSE(vault.open(altered)) << i;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(On, KeysTest, testing::Values("sqlite", "postgresql"),
                         [](const auto& each) { return each.param; });

}  // namespace
}  // namespace zhijia::access
