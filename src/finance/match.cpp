#include <algorithm>
#include <map>

#include "book.hpp"

namespace zhijia::finance {

namespace {

/// A bank puts a batch's code wherever it likes.
bool agree(const Movement& line, const Movement& entry) {
  if (names_agree(line.name, entry.name)) return true;
  return entry.is_batch && !entry.words.empty() &&
         (line.words.find(entry.words) != std::string::npos || line.name.find(entry.words) != std::string::npos);
}

}  // namespace

Matching match(std::span<const Movement> lines, std::span<const Movement> entries, int days) {
  std::map<std::int64_t, std::vector<std::size_t>> by_amount;
  for (std::size_t i = 0; i < entries.size(); ++i) by_amount[entries[i].amount.fen].push_back(i);
  const auto apart = [&](std::size_t line, std::size_t entry) {
    return std::abs(days_between(lines[line].on, entries[entry].on));
  };
  std::vector<std::vector<std::size_t>> near(lines.size());
  std::vector<std::vector<std::size_t>> named(lines.size());
  std::vector<int> named_by(entries.size());
  for (std::size_t line = 0; line < lines.size(); ++line)
    for (const std::size_t entry : by_amount[lines[line].amount.fen]) {
      if (apart(line, entry) > days) continue;
      near[line].push_back(entry);
      if (!agree(lines[line], entries[entry])) continue;
      named[line].push_back(entry);
      ++named_by[entry];
    }
  Matching matching;
  std::vector<bool> is_taken(entries.size()), is_matched(lines.size());
  for (std::size_t line = 0; line < lines.size(); ++line) {
    if (named[line].size() != 1 || named_by[named[line].front()] != 1) continue;
    matching.exact.push_back({line, named[line].front()});
    is_taken[named[line].front()] = is_matched[line] = true;
  }
  for (std::size_t line = 0; line < lines.size(); ++line) {
    if (is_matched[line]) continue;
    std::erase_if(near[line], [&](std::size_t entry) { return is_taken[entry]; });
    if (near[line].empty()) continue;
    std::ranges::stable_sort(near[line], {}, [&](std::size_t entry) { return apart(line, entry); });
    matching.doubtful.push_back({line, std::move(near[line])});
  }
  return matching;
}

}  // namespace zhijia::finance
