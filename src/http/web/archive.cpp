#include "web/archive.hpp"

#include <algorithm>
#include <charconv>
#include <stdexcept>

#include "base/text.hpp"

namespace zhijia::http {

namespace {

std::string_view take_line(std::string_view& bytes) {
  const auto end = bytes.find('\n');
  if (end == std::string_view::npos) throw std::runtime_error("the built pages end within their list");
  const std::string_view line = bytes.substr(0, end);
  bytes.remove_prefix(end + 1);
  return line;
}

std::size_t number_of(std::string_view text) {
  std::size_t number = 0;
  if (std::from_chars(text.data(), text.data() + text.size(), number).ec != std::errc())
    throw std::runtime_error("the built pages name no size: " + std::string(text));
  return number;
}

bool allows(std::string_view accept_encoding, std::string_view encoding) {
  for (std::string_view each : split(accept_encoding, ',')) {
    each.remove_prefix(std::min(each.find_first_not_of(' '), each.size()));
    const std::string_view name = each.substr(0, each.find_first_of("; "));
    if (name == encoding) return !each.ends_with("q=0") && !each.ends_with("q=0.0");
  }
  return false;
}

}  // namespace

std::map<std::string, PageFile, std::less<>> read_archive(std::string_view bytes) {
  std::map<std::string, PageFile, std::less<>> files;
  if (bytes.empty()) return files;
  constexpr std::string_view mark = "zhijia-pages ";
  const std::string_view first = take_line(bytes);
  if (!first.starts_with(mark)) throw std::runtime_error("the built pages are no archive of pages");
  std::vector<std::string_view> lines(number_of(first.substr(mark.size())));
  for (std::string_view& line : lines) line = take_line(bytes);
  for (const std::string_view line : lines) {
    const auto columns = split(line, '\t');
    const std::size_t size = columns.size() == 5 ? number_of(columns[4]) : bytes.size() + 1;
    if (size > bytes.size()) throw std::runtime_error("the built pages lack a part: " + std::string(line));
    PageFile& file = files[std::string(columns[0])];
    file.type = columns[1];
    file.etag = "\"" + std::string(columns[3]) + "\"";
    file.parts.push_back({std::string(columns[2]), bytes.substr(0, size)});
    bytes.remove_prefix(size);
  }
  return files;
}

const PagePart& part_for(const PageFile& file, std::string_view accept_encoding) {
  for (auto part = file.parts.rbegin(); part != file.parts.rend(); ++part)
    if (part->encoding != "identity" && allows(accept_encoding, part->encoding)) return *part;
  return file.parts.front();
}

}  // namespace zhijia::http
