#pragma once

#include <filesystem>
#include <string_view>

#include "base/problem.hpp"

/// A file of passwords known from breaches, as it can be downloaded: their SHA-1 as 40 upper-case hexadecimal digits,
/// sorted, one a line, with ":COUNT" behind or not. It may be 40 GB: it is searched where it lies, by some 40 reads of
/// a few bytes.
namespace zhijia::access {

/// Whether it can be read and looks so: some lines across the file are of that form and in their order, so that the
/// kind sorted by how often each was seen is told. Problems: password_list.file.
Result<void> check_breached_list(const std::filesystem::path& file);

/// Whether the password is in it. Problems: password_list.file.
Result<bool> is_breached(const std::filesystem::path& file, std::string_view password);

}  // namespace zhijia::access
