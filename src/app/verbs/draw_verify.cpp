#include <fmt/format.h>

#include <fstream>
#include <sstream>

#include "draw/draw.hpp"
#include "verbs.hpp"

namespace zhijia::app {

Result<void> verify_draw(const std::filesystem::path& path) {
  std::ostringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  const auto sheet = draw::parse(text.str());
  if (!sheet) return std::unexpected(sheet.error());
  if (auto problems = draw::verify(*sheet); !problems.empty()) return std::unexpected(std::move(problems));
  fmt::print("{} entries, {} winners: list, commitment, seed and winners follow.\n", sheet->entries.size(),
             sheet->winners.size());
  for (const std::string& ticket : sheet->winners) fmt::print("{}\n", ticket);
  return {};
}

}  // namespace zhijia::app
