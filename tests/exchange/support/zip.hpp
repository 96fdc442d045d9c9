#pragma once

#include <filesystem>
#include <map>
#include <string>

namespace zhijia::exchange {

/// A workbook put together by hand, so that it can be as wrong as those that arrive: one sheet of this XML, the other
/// parts as given or as small as can be.
void write_workbook(const std::filesystem::path& file, const std::string& sheet_xml,
                    std::map<std::string, std::string> other_parts = {});

/// A workbook whose sheet unpacks to `head` and then spaces, `bytes` in all. On disk it is a thousandth of that: one
/// deflated piece over and over. `claimed` is the size that the archive states for it.
void write_bomb(const std::filesystem::path& file, const std::string& head, std::uint64_t bytes, std::uint64_t claimed);

}  // namespace zhijia::exchange
