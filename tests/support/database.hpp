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

}  // namespace zhijia::tests
