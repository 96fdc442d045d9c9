#include <fmt/format.h>

#include "insight/review.hpp"
#include "json.hpp"
#include "verbs.hpp"

namespace zhijia::app {

Result<void> drill(const OpenSite& site, const std::string& id, const insight::View& view, bool as_json) {
  const registers::Catalogue& catalogue = site.registers->catalogue();
  const registers::Indicator* indicator = catalogue.find_indicator(id);
  if (!indicator)
    return fail("drill.indicator", fmt::format("没有指标“{}”，全部指标见 review --json", id),
                fmt::format("There is no indicator \"{}\": review --json lists them all", id));
  const auto records =
      site.store->read([&](store::Reader& reader) { return insight::drill(reader, catalogue, *indicator, view); });
  if (!records) return std::unexpected(records.error());
  const auto figure =
      site.store->read([&](store::Reader& reader) { return insight::compute(reader, catalogue, *indicator, view); });
  if (!figure) return std::unexpected(figure.error());
  for (const insight::Contribution& part : *records) {
    const std::string value = insight::Figure{indicator, part.value, figure->scale, 1}.text();
    if (as_json)
      fmt::print("{{\"register\": {}, \"id\": \"{}\", \"label\": {}, \"on\": {}, \"value\": {}}}\n",
                 json_text(indicator->of), part.record, json_text(part.label), json_text(part.on), json_text(value));
    else
      fmt::print("{}/{}\t{}\t{}\t{}\n", indicator->of, part.record, part.on, part.label, value);
  }
  // Not among the records, so that these stay a table for other programs.
  fmt::print(stderr, "{} {} / {}: {} 条记录 / records, {} / {}\n", indicator->id, indicator->title.zh,
             indicator->title.en, figure->records, shown(*figure, insight::Language::zh),
             shown(*figure, insight::Language::en));
  return {};
}

}  // namespace zhijia::app
