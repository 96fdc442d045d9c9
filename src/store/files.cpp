#include "store/files.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <fstream>
#include <iterator>

#include "hasher.hpp"

namespace zhijia::store {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t name_digits = 64;

bool is_name_of_hash(std::string_view name) {
  return name.size() == name_digits &&
         std::ranges::all_of(name, [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

[[noreturn]] void throw_last_error(const char* what, const fs::path& path) {
  throw fs::filesystem_error(what, path, std::error_code(errno, std::generic_category()));
}

/// A file or folder that is closed in the end.
class Descriptor {
 public:
  Descriptor(const fs::path& path, int flags) : path_(path), number_(::open(path.c_str(), flags | O_CLOEXEC, 0600)) {
    if (number_ < 0) throw_last_error("cannot open", path);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() { ::close(number_); }

  void write(std::string_view bytes) const {
    while (!bytes.empty()) {
      const ssize_t written = ::write(number_, bytes.data(), bytes.size());
      if (written < 0 && errno == EINTR) continue;
      if (written < 0) throw_last_error("cannot write", path_);
      bytes.remove_prefix(static_cast<std::size_t>(written));
    }
  }
  void flush_to_disk() const {
    if (::fsync(number_) != 0) throw_last_error("did not reach the disk", path_);
  }

 private:
  fs::path path_;
  int number_;
};

/// Unlike those of any other thread or program.
fs::path beside(const fs::path& path) {
  static std::atomic<unsigned> count = 0;
  return path.string() + "." + std::to_string(::getpid()) + "." + std::to_string(++count) + ".part";
}

}  // namespace

fs::path Files::path_of(std::string_view name) const {
  return folder_ / std::string(name.substr(0, 2)) / std::string(name);
}

std::string Files::put(std::string_view bytes) const {
  const std::string name = to_hex(Hasher(algorithm_).file(bytes));
  const fs::path path = path_of(name);
  if (get(name)) return name;
  fs::create_directories(path.parent_path());
  const fs::path part = beside(path);
  {
    const Descriptor file(part, O_WRONLY | O_CREAT | O_EXCL);
    file.write(bytes);
    file.flush_to_disk();
  }
  // A file is there whole or not at all, whenever the power goes.
  fs::rename(part, path);
  Descriptor(path.parent_path(), O_RDONLY | O_DIRECTORY).flush_to_disk();
  Descriptor(folder_, O_RDONLY | O_DIRECTORY).flush_to_disk();
  return name;
}

std::optional<std::string> Files::get(std::string_view name) const {
  if (!is_name_of_hash(name)) return std::nullopt;
  std::ifstream file(path_of(name), std::ios::binary);
  if (!file) return std::nullopt;
  std::string bytes{std::istreambuf_iterator<char>(file), {}};
  if (to_hex(Hasher(algorithm_).file(bytes)) != name) return std::nullopt;
  return bytes;
}

void Files::copy_to(const fs::path& other) const {
  if (!fs::exists(folder_)) return;
  const Files copies(other, algorithm_);
  for (const auto& entry : fs::recursive_directory_iterator(folder_)) {
    const std::string name = entry.path().filename().string();
    if (!entry.is_regular_file() || !is_name_of_hash(name) || fs::exists(copies.path_of(name))) continue;
    if (const auto bytes = get(name)) copies.put(*bytes);
  }
}

}  // namespace zhijia::store
