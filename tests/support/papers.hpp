#pragma once

#include <string>
#include <string_view>

/// Small files as people attach them, made by hand from their formats.
namespace zhijia::tests {

using namespace std::string_view_literals;

/// One white pixel.
constexpr std::string_view small_png =
    "\x89PNG\r\n\x1A\n"
    "\0\0\0\x0DIHDR\0\0\0\x01\0\0\0\x01\x08\0\0\0\0\x3A\x7E\x9B\x55"
    "\0\0\0\x0AIDAT\x78\x9C\x63\xF8\x0F\0\x01\x01\x01\0\x1B\xB6\xEE\x56"
    "\0\0\0\0IEND\xAE\x42\x60\x82"sv;

constexpr std::string_view small_jpeg =
    "\xFF\xD8\xFF\xE0\0\x10JFIF\0\x01\x01\0\0\x01\0\x01\0\0"
    "\xFF\xC0\0\x0B\x08\0\x01\0\x01\x01\x01\x11\0"
    "\xFF\xDA\0\x08\x01\x01\0\0\x3F\0\x7F\xFF\xD9"sv;

constexpr std::string_view small_webp = "RIFF\x10\0\0\0WEBPVP8L\x04\0\0\0\x2F\0\0\0"sv;

constexpr std::string_view small_pdf =
    "%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\nstartxref\n42\n%%EOF\n"sv;

/// A ZIP of empty files of these names.
inline std::string zip_of(std::initializer_list<std::string_view> names) {
  const auto number = [](std::size_t value, int count) {
    std::string bytes;
    for (int i = 0; i < count; ++i) bytes += static_cast<char>(value >> (8 * i));
    return bytes;
  };
  std::string files, directory;
  for (const std::string_view name : names) {
    const std::string shared = number(20, 2) + std::string(20, '\0') + number(name.size(), 2) + number(0, 2);
    const std::size_t at = files.size();
    files += "PK\x03\x04" + shared + std::string(name);
    directory += "PK\x01\x02" + number(20, 2) + shared + std::string(10, '\0') + number(at, 4) + std::string(name);
  }
  return files + directory + "PK\x05\x06" + number(0, 4) + number(names.size(), 2) + number(names.size(), 2) +
         number(directory.size(), 4) + number(files.size(), 4) + number(0, 2);
}

}  // namespace zhijia::tests
