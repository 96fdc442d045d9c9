#include "support/database.hpp"

#include <stdlib.h>

#include <stdexcept>

namespace zhijia::tests {

namespace {

std::filesystem::path new_folder() {
  std::string name = (std::filesystem::temp_directory_path() / "zhijia-XXXXXX").string();
  if (!mkdtemp(name.data())) throw std::runtime_error("no temporary folder");
  return name;
}

}  // namespace

TemporaryFolder::TemporaryFolder() : path(new_folder()) {}
TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path, ignored);
}

}  // namespace zhijia::tests
