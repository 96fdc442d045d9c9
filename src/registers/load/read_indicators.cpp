#include <fmt/format.h>

#include "base/date.hpp"

#include "load/readers.hpp"

namespace zhijia::registers {

namespace {

Count read_count(YamlReader& reader, const YAML::Node& node) {
  const std::string name = reader.required_text(node, "count");
  if (name == "records") return Count::records;
  if (name == "distinct") return Count::distinct;
  if (name == "sum") return Count::sum;
  if (name == "max") return Count::max;
  if (name == "min") return Count::min;
  if (name == "least_share") return Count::least_share;
  if (name == "shares_below") return Count::shares_below;
  reader.refuse(node["count"] ? node["count"] : node, "pack.count", fmt::format("不会“{}”这种统计", name),
                fmt::format("“{}” is not a way of counting; see docs/packs.md", name));
  return Count::records;
}

/// "09-30" into month and day.
void read_until(YamlReader& reader, const YAML::Node& node, Period& period) {
  const std::string until = reader.text(node, "until");
  if (until.empty()) return;
  const Result<Date> date = parse_date("2020-" + until);
  if (!date) {
    reader.refuse(node["until"], "pack.until", "until 应为“月-日”,如 09-30",
                  "until is a month and a day, such as 09-30");
    return;
  }
  period.until_month = date->month();
  period.until_day = date->day_of_month();
}

Period read_period(YamlReader& reader, const YAML::Node& node) {
  Period period;
  read_until(reader, node, period);
  const YAML::Node written = node["period"];
  if (!written || (written.IsScalar() && written.Scalar() == "year")) return period;
  if (written.IsScalar() && written.Scalar() == "to_end") {
    period.kind = Period::Kind::to_end;
    return period;
  }
  if (written.IsMap()) {
    reader.only_keys(written, {"years", "end_of"});
    period.years = reader.number(written, "years", 1);
    if (written["end_of"]) {
      period.kind = Period::Kind::end_of;
      period.offset = reader.number(written, "end_of", 0);
    }
    return period;
  }
  reader.refuse(written, "pack.period", "period 应为 year、to_end、{years: N} 或 {end_of: -N}",
                "period is year, to_end, {years: N} or {end_of: -N}");
  return period;
}

Indicator read_indicator(YamlReader& reader, const std::string& id, const YAML::Node& node) {
  reader.only_keys(node, {"title", "unit", "of", "count", "value", "share_of", "by", "below", "where", "on", "open",
                          "period", "until"});
  Indicator indicator;
  indicator.id = id;
  if (!node.IsMap()) return indicator;
  indicator.title = reader.required_title(node, "title");
  indicator.unit = reader.required_text(node, "unit");
  indicator.of = reader.required_text(node, "of");
  indicator.count = read_count(reader, node);
  indicator.values = reader.texts(node, indicator.compares_shares() ? "share_of" : "value");
  indicator.by = reader.text(node, "by");
  indicator.below = reader.number(node, "below", 0);
  if ((indicator.count == Count::shares_below) != (indicator.below > 0))
    reader.refuse(node, "pack.below", fmt::format("“{}”：shares_below 要写 below（百分数），其他统计不写", id),
                  fmt::format("“{}”: shares_below says below which percent; nothing else does", id));
  indicator.where = reader.text(node, "where");
  indicator.on = reader.text(node, "on");
  indicator.period = read_period(reader, node);
  if (const YAML::Node open = node["open"]) {
    reader.only_keys(open, {"from", "to"});
    if (open.IsMap()) {
      indicator.open_from = reader.required_text(open, "from");
      indicator.open_to = reader.required_text(open, "to");
    }
  }
  if (indicator.on.empty() == indicator.open_from.empty())
    reader.refuse(node, "pack.indicator_time", fmt::format("“{}”要有 on 或 open 之一", id),
                  fmt::format("“{}” needs either on or open", id));
  return indicator;
}

}  // namespace

std::vector<Indicator> read_indicators(YamlReader& reader, const YAML::Node& root, const std::string& pack) {
  reader.only_keys(root, {"indicators"});
  std::vector<Indicator> indicators;
  for (const auto& entry : root["indicators"]) {
    Indicator indicator = read_indicator(reader, entry.first.Scalar(), entry.second);
    indicator.pack = pack;
    indicator.file = reader.file();
    indicators.push_back(std::move(indicator));
  }
  return indicators;
}

}  // namespace zhijia::registers
