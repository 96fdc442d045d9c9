#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace zhijia::tests {

/// A folder of its own for a test, removed with what is in it.
class TemporaryFolder {
 public:
  TemporaryFolder();
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  ~TemporaryFolder();
  const std::filesystem::path path;
};

/// A new, empty database of either kind, for tests that must hold on both:
///
///   class MyTest : public testing::TestWithParam<std::string> {
///     tests::TestDatabase database{GetParam()};  // in SetUp: if (!database.missing().empty()) GTEST_SKIP() << …
///   };
///   INSTANTIATE_TEST_SUITE_P(On, MyTest, testing::Values("sqlite", "postgresql"),
///                            [](const auto& each) { return each.param; });
///
/// PostgreSQL is Debian's server, started once a test program in a temporary folder, as an ordinary user, without
/// network and without fsync, and stopped when the program ends.
class TestDatabase {
 public:
  explicit TestDatabase(const std::string& kind);
  /// Why there is none (PostgreSQL is not installed), or empty.
  const std::string& missing() const { return missing_; }
  const std::string& url() const { return url_; }
  const TemporaryFolder folder;

 private:
  std::string url_, missing_;
};

}  // namespace zhijia::tests
