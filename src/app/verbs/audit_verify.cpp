#include <fmt/format.h>

#include <boost/json.hpp>
#include <fstream>
#include <iterator>

#include "registers/audit.hpp"
#include "verbs.hpp"

namespace zhijia::app {

namespace {

/// The note itself; of lines of a syslog (serve --syslog) the last that brings one.
std::string note_of(const std::string& text) {
  constexpr std::string_view mark = ": checkpoint \"";
  const auto at = text.rfind(mark);
  if (at == std::string::npos) return text;
  const auto quoted = at + mark.size() - 1;
  boost::json::error_code error;
  const auto note = boost::json::parse(text.substr(quoted, text.find('\n', quoted) - quoted), error);
  return !error && note.is_string() ? std::string(note.get_string()) : text;
}

Result<std::optional<store::Checkpoint>> read_checkpoint(const std::filesystem::path& file) {
  if (file.empty()) return std::nullopt;
  std::ifstream stream(file, std::ios::binary);
  auto checkpoint = store::Checkpoint::parse(note_of(std::string{std::istreambuf_iterator<char>(stream), {}}));
  if (checkpoint) return std::move(*checkpoint);
  for (Problem& problem : checkpoint.error()) problem.place.file = file.string();
  return std::unexpected(std::move(checkpoint.error()));
}

}  // namespace

Result<void> verify_log(const OpenSite& site, const std::filesystem::path& checkpoint_file) {
  const auto given = read_checkpoint(checkpoint_file);
  if (!given) return std::unexpected(given.error());
  auto found = site.store->verify(*given);
  if (!found) return std::unexpected(found.error());
  auto compared =
      site.store->read([&](store::Reader& reader) { return registers::audit(reader, *site.registers, site.files); });
  Problems problems = std::move(found->problems);
  for (Problem& problem : compared.problems) problems.push_back(std::move(problem));
  if (!problems.empty()) return std::unexpected(std::move(problems));
  fmt::print("{} entries, {} checkpoints, {} rows, {} files, root {}: nothing was altered or removed.\n",
             found->entries, found->checkpoints, compared.rows, compared.files, store::to_hex(found->root));
  return {};
}

Result<void> make_checkpoint(const OpenSite& site) {
  const auto checkpoint = site.store->checkpoint();
  if (!checkpoint) return std::unexpected(checkpoint.error());
  const auto key = site.store->verifier_key();
  if (!key) return std::unexpected(key.error());
  fmt::print("{}", checkpoint->note());
  fmt::print(stderr, "{}\n", *key);
  return {};
}

}  // namespace zhijia::app
