#include <fmt/format.h>

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
  for (const insight::Contribution& part : *records) {
    if (as_json)
      fmt::print("{{\"register\": {}, \"id\": \"{}\", \"label\": {}, \"on\": {}, \"value\": {}}}\n",
                 json_text(indicator->of), part.record, json_text(part.label), json_text(part.on), part.value);
    else
      fmt::print("{}/{}\t{}\t{}\t{}\n", indicator->of, part.record, part.on, part.label, part.value);
  }
  return {};
}

}  // namespace zhijia::app
