#include <fmt/format.h>
#include <fmt/os.h>
#include <sys/resource.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "base/pinyin.hpp"
#include "base/text.hpp"
#include "people/matching.hpp"
#include "support/invented_rosters.hpp"

/// match_bench generate SIZE FOLDER   writes left.csv and right.csv, with who is who
/// match_bench match FOLDER           reads them, matches, writes pairs.csv and says how long it took
namespace zhijia::bench {
using tests::Entry;
using tests::Rosters;
namespace {

void write(const std::filesystem::path& path, const std::vector<Entry>& entries) {
  auto out = fmt::output_file(path.string());
  out.print("id,person,name,pinyin,birth_date,phone,address\n");
  for (std::size_t i = 0; i < entries.size(); ++i)
    out.print("{},{},{},{},{},{},{}\n", i, entries[i].person, entries[i].name, pinyin(entries[i].name),
              entries[i].birth_date, entries[i].phone, entries[i].address);
}

int generate(std::size_t size, const std::filesystem::path& folder) {
  std::filesystem::create_directories(folder);
  const Rosters rosters = tests::invent_rosters(size, 20'201'231);
  write(folder / "left.csv", rosters.left);
  write(folder / "right.csv", rosters.right);
  return 0;
}

people::Roster read(const std::filesystem::path& path) {
  people::Roster roster;
  std::ifstream file(path);
  std::string line;
  std::getline(file, line);
  while (std::getline(file, line)) {
    const auto cells = split(line, ',');
    roster.add(
        {.name = cells[2], .identity_number = {}, .birth_date = cells[4], .phone = cells[5], .address = cells[6]});
  }
  return roster;
}

int match_files(const std::filesystem::path& folder) {
  const auto start = std::chrono::steady_clock::now();
  const auto seconds = [&] { return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count(); };
  people::Roster left = read(folder / "left.csv"), right = read(folder / "right.csv");
  const double read_after = seconds();
  const people::Matching matching =
      people::match(left, right, {.probability_min = 0.01F, .is_one_to_one = false, .threads = 0});
  const double matched_after = seconds();
  rusage used{};
  getrusage(RUSAGE_SELF, &used);
  fmt::print("zhijia: {} against {}: {:.2f} s, of which reading {:.2f} s; {} pairs compared, {} MB\n", left.size(),
             right.size(), matched_after, read_after, matching.candidates, used.ru_maxrss / 1024);
  auto out = fmt::output_file((folder / "pairs-zhijia.csv").string());
  out.print("left,right,probability\n");
  for (const people::Pair& pair : matching.pairs) out.print("{},{},{:.6f}\n", pair.left, pair.right, pair.probability);
  std::ofstream(folder / "seconds-zhijia") << matched_after;
  return 0;
}

}  // namespace
}  // namespace zhijia::bench

int main(int count, char** words) {
  const std::string verb = count > 1 ? words[1] : "";
  if (verb == "generate" && count == 4) return zhijia::bench::generate(std::strtoull(words[2], nullptr, 10), words[3]);
  if (verb == "match" && count == 3) return zhijia::bench::match_files(words[2]);
  fmt::print(stderr, "match_bench generate SIZE FOLDER | match_bench match FOLDER\n");
  return 2;
}
