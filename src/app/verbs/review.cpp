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
    return insight::review_markdown(catalogue, *figures, options.view.year, language, [&](const std::string& id) {
      return fmt::format("{}/figures/{}?year={}", options.address, id, options.view.year);
    });
  };
  if (options.as_json)
    print_json(*figures, options.view.year);
  else if (options.out.empty())
    fmt::print("{}", markdown(Language::zh));
  if (options.out.empty()) return {};

  std::filesystem::create_directories(options.out);
  // The moment is the year's, not the machine's: the same records give the same bytes.
  const Moment made_at{Date::of(options.view.year, 12, 31).day};
  for (const auto& [language, code] : {std::pair{Language::zh, "zh"}, {Language::en, "en"}}) {
    const std::string text = markdown(language), name = fmt::format("review.{}", code);
    const exchange::Document document = insight::document_of_markdown(text, language, made_at);
    write_file(options.out / (name + ".md"), text);
    write_file(options.out / (name + ".html"), insight::page_of(document));
    if (auto written = exchange::write_docx(options.out / (name + ".docx"), document); !written) return written;
    fmt::print(stderr, "{}\n", (options.out / name).string() + ".{md,html,docx}");
  }
  return {};
}

}  // namespace zhijia::app
