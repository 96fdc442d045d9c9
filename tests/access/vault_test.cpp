#include "access/vault.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>

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

}  // namespace
}  // namespace zhijia::access
