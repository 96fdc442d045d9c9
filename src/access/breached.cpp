#include "access/breached.hpp"

#include <fcntl.h>
#include <openssl/evp.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>

namespace zhijia::access {
namespace {

constexpr std::size_t digits = 40;
/// A hash, a colon, the count, an end of line of two characters.
constexpr std::size_t line_bytes_max = digits + 1 + 20 + 2;
constexpr int lines_looked_at = 32;

std::unexpected<Problems> bad_list(const std::filesystem::path& file, std::string_view zh, std::string_view en) {
  return fail("password_list.file", zh, en,
              {.file = file.string(), .sheet = {}, .cell = {}, .record = {}, .field = "password"});
}

std::unexpected<Problems> not_such_a_list(const std::filesystem::path& file) {
  return bad_list(
      file, "泄露密码清单应每行一个大写 SHA-1 值（后面可有“:次数”），并按此值排序；请下载按散列排序的那一种。",
      "A list of breached passwords has an upper-case SHA-1 a line (“:COUNT” may follow), sorted by it; download "
      "the one that is ordered by hash.");
}

class List {
 public:
  explicit List(const std::filesystem::path& file) : file_(open(file.c_str(), O_RDONLY | O_CLOEXEC)) {
    struct stat about{};
    if (file_ >= 0 && fstat(file_, &about) == 0 && S_ISREG(about.st_mode)) size_ = about.st_size;
  }
  List(const List&) = delete;
  List& operator=(const List&) = delete;
  ~List() {
    if (file_ >= 0) close(file_);
  }

  std::int64_t size() const { return size_; }

  struct Line {
    std::int64_t begins = 0, ends = 0;  ///< the second: where the next one begins
    std::string hash;                   ///< empty: the line is none of such a list
  };
  /// The first line that begins at `from` or later; nothing when none does.
  std::optional<Line> line_from(std::int64_t from) const {
    std::array<char, 2 * line_bytes_max> bytes{};
    const std::int64_t before = std::max<std::int64_t>(0, from - 1);
    const std::string_view read = read_at(before, bytes);
    std::size_t begin = 0;
    if (from > 0) {
      const auto end = read.find('\n');
      if (end == std::string_view::npos)
        return before + static_cast<std::int64_t>(read.size()) < size_ ? std::optional(Line{from, size_, {}})
                                                                       : std::nullopt;
      begin = end + 1;
    }
    if (begin == read.size()) return std::nullopt;
    const auto end = std::min(read.find('\n', begin), read.size());
    return Line{before + static_cast<std::int64_t>(begin), before + static_cast<std::int64_t>(end) + 1,
                hash_of(read.substr(begin, end - begin))};
  }

 private:
  std::string_view read_at(std::int64_t place, std::span<char> into) const {
    const ssize_t count = pread(file_, into.data(), into.size(), place);
    return {into.data(), count < 0 ? 0 : static_cast<std::size_t>(count)};
  }

  static std::string hash_of(std::string_view line) {
    const auto is_digit = [](char c) { return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'F'); };
    if (line.size() < digits || !std::ranges::all_of(line.substr(0, digits), is_digit)) return {};
    const std::string_view rest = line.substr(digits);
    return rest.empty() || rest.front() == ':' || rest == "\r" ? std::string(line.substr(0, digits)) : std::string();
  }

  int file_;
  std::int64_t size_ = -1;
};

std::string sha1_of(std::string_view text) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned length = 0;
  if (EVP_Digest(text.data(), text.size(), digest.data(), &length, EVP_sha1(), nullptr) != 1)
    throw std::runtime_error("OpenSSL could not hash");
  std::string hex;
  for (unsigned i = 0; i < length; ++i) {
    hex += "0123456789ABCDEF"[digest[i] >> 4];
    hex += "0123456789ABCDEF"[digest[i] & 15];
  }
  return hex;
}

std::unexpected<Problems> unreadable(const std::filesystem::path& file) {
  return bad_list(
      file, "读不到泄露密码清单，暂不能设置密码；请管理员检查 --breached-passwords 所指的文件。",
      "The list of breached passwords cannot be read, so no password is set; the administrator is to look at the "
      "file that --breached-passwords names.");
}

}  // namespace

Result<void> check_breached_list(const std::filesystem::path& file) {
  const List list(file);
  if (list.size() < 0) return unreadable(file);
  std::string before;
  for (int i = 0; i < lines_looked_at; ++i) {
    const auto line = list.line_from(list.size() / lines_looked_at * i);
    if (!line && i > 0) continue;  // fewer lines than are looked at
    if (!line || line->hash.empty() || line->hash < before) return not_such_a_list(file);
    before = line->hash;
  }
  return {};
}

Result<bool> is_breached(const std::filesystem::path& file, std::string_view password) {
  const List list(file);
  if (list.size() < 0) return unreadable(file);
  const std::string sought = sha1_of(password);
  // Among the lines that begin in [first, last); `first` is where a line begins.
  for (std::int64_t first = 0, last = list.size(); first < last;) {
    const std::int64_t middle = first + (last - first) / 2;
    const auto line = list.line_from(middle);
    if (!line || line->begins >= last) {
      last = middle;
      continue;
    }
    if (line->hash.empty()) return not_such_a_list(file);
    if (line->hash == sought) return true;
    if (line->hash < sought)
      first = line->ends;
    else
      last = middle;
  }
  return false;
}

}  // namespace zhijia::access
