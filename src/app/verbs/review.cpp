#include "insight/review.hpp"

#include <fmt/format.h>

#include <fstream>
#include <stdexcept>

#include "json.hpp"
#include "verbs.hpp"

namespace zhijia::app {

namespace {

using insight::Language;

void write_file(const std::filesystem::path& path, std::string_view text) {
  std::ofstream file(path, std::ios::binary);
  file.write(text.data(), static_cast<std::streamsize>(text.size()));
  if (!file.flush()) throw std::runtime_error("cannot write " + path.string());
}

void print_json(const std::vector<insight::Figure>& figures, int year) {
  fmt::print("{{\"year\": {}, \"figures\": [", year);
  const char* separator = "\n";
  for (const insight::Figure& figure : figures) {
    fmt::print("{}  {{\"id\": {}, \"value\": {}, \"unit\": {}, \"records\": {}}}", separator,
               json_text(figure.indicator->id), json_text(figure.text()), json_text(figure.indicator->unit),
               figure.records);
    separator = ",\n";
  }
  fmt::print("\n]}}\n");
}

}  // namespace

Result<void> review(const OpenSite& site, const ReviewOptions& options) {
  const registers::Catalogue& catalogue = site.registers->catalogue();
  const auto figures =
      site.store->read([&](store::Reader& reader) { return insight::compute_all(reader, catalogue, options.view); });
  if (!figures) return std::unexpected(figures.error());
  const auto markdown = [&](Language language) {
    return insight::review_markdown(catalogue, *figures, options.view.year, language, "/figures/");
  };
  if (options.as_json)
    print_json(*figures, options.view.year);
  else if (options.out.empty())
    fmt::print("{}", markdown(Language::zh));
  if (options.out.empty()) return {};

  std::filesystem::create_directories(options.out);
  for (const auto& [language, code] : {std::pair{Language::zh, "zh"}, {Language::en, "en"}}) {
    const std::string text = markdown(language);
    write_file(options.out / fmt::format("review.{}.md", code), text);
    write_file(options.out / fmt::format("review.{}.html", code), insight::page_of_markdown(text, language));
  }
  return {};
}

}  // namespace zhijia::app
