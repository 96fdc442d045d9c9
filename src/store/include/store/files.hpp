#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "store/change_log.hpp"

namespace zhijia::store {

/// A folder of files, each named by the hash of its bytes (64 hexadecimal digits): what is stored never changes, and
/// whether it has been altered can be seen from its name alone. Any thread may use it, and several programs at once.
/// docs/decisions/0020-files-beside-the-database.md says why they are not in the database.
class Files {
 public:
  /// The folder is made with the first file.
  explicit Files(std::filesystem::path folder, HashAlgorithm algorithm = HashAlgorithm::sha256)
      : folder_(std::move(folder)), algorithm_(algorithm) {}

  /// Returns the name, after the bytes reached the disk. The same bytes twice are one file. Throws
  /// std::filesystem::filesystem_error when the disk is full or not ours.
  std::string put(std::string_view bytes) const;

  /// The bytes; nothing when there is no such file or its bytes are no longer those of its name.
  std::optional<std::string> get(std::string_view name) const;

  /// Copies all files into another folder, those excepted that are there already. Safe while others put.
  void copy_to(const std::filesystem::path& other) const;

  const std::filesystem::path& folder() const { return folder_; }

 private:
  std::filesystem::path path_of(std::string_view name) const;

  std::filesystem::path folder_;
  HashAlgorithm algorithm_;
};

}  // namespace zhijia::store
