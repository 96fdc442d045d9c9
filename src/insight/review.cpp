#include "insight/review.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <utility>

namespace zhijia::insight {

namespace {

/// "18260000.5" → "18,260,000.5".
std::string grouped(const std::string& plain) {
  const std::size_t point = std::min(plain.find('.'), plain.size());
  std::string text = plain;
  const std::size_t first = text.starts_with('-') ? 1 : 0;
  for (std::size_t at = point; at > first + 3;) {
    at -= 3;
    text.insert(at, ",");
  }
  return text;
}

/// What each unit is counted with in Chinese.
std::string_view chinese_unit(std::string_view unit) {
  static const std::map<std::string_view, std::string_view> units{
      {"person", "人"},     {"document", "件"},  {"category", "类"},     {"award", "项"}, {"session", "场"},
      {"enterprise", "家"}, {"class", "大类"},   {"job type", "个工种"}, {"post", "个"},  {"station", "个"},
      {"percent", "%"},     {"outlet", "家"},    {"project", "个"},      {"batch", "批"}, {"day", "天"},
      {"article", "篇"},    {"household", "户"}, {"union", "个"},        {"group", "个"}};
  const auto found = units.find(unit);
  return found == units.end() ? std::string_view() : found->second;
}

std::string shown_in_chinese(const Figure& figure) {
  const std::string& unit = figure.indicator->unit;
  constexpr std::int64_t fen_of_ten_thousand_yuan = 1'000'000;
  if (unit != "CNY") return grouped(figure.text()) + std::string(chinese_unit(unit));
  const std::int64_t fen = figure.value;
  // 万元 only where it loses nothing that two decimals cannot show.
  if (figure.scale == 2 && fen >= fen_of_ten_thousand_yuan && fen % (fen_of_ten_thousand_yuan / 100) == 0) {
    const std::string hundredths =
        fmt::format("{}.{:02}", fen / fen_of_ten_thousand_yuan, fen % fen_of_ten_thousand_yuan / 10'000);
    const std::size_t kept = hundredths.find_last_not_of('0');
    return grouped(hundredths.substr(0, hundredths[kept] == '.' ? kept : kept + 1)) + "万元";
  }
  return grouped(figure.text()) + "元";
}

std::string shown_in_english(const Figure& figure) {
  const std::string& unit = figure.indicator->unit;
  const std::string number = grouped(figure.text());
  if (unit == "CNY") return "CNY " + number;
  if (unit == "percent") return number + " %";
  if (figure.text() == "1") return number + " " + unit;
  if (unit == "batch" || unit == "class") return number + " " + unit + "es";
  if (unit.ends_with('y') && unit != "day") return number + " " + unit.substr(0, unit.size() - 1) + "ies";
  return number + " " + unit + "s";
}

}  // namespace

std::string shown(const Figure& figure, Language language) {
  return language == Language::zh ? shown_in_chinese(figure) : shown_in_english(figure);
}

std::string review_markdown(const registers::Catalogue& catalogue, const std::vector<Figure>& figures, int year,
                            Language language, const FigureLink& link) {
  const bool chinese = language == Language::zh;
  std::string review = chinese ? fmt::format("# {}年工作回顾\n", year) : fmt::format("# The work of {}\n", year);
  for (const registers::Pack& pack : catalogue.packs) {
    std::string_view part = chinese ? pack.review_zh : pack.review_en;
    if (part.empty()) continue;
    if (!part.starts_with("## "))
      review += fmt::format("\n## {}\n\n", chinese ? pack.title.zh : pack.title.en);
    else
      review += '\n';
    while (!part.empty()) {
      const std::size_t open = std::min(part.find('{'), part.size());
      review += part.substr(0, open);
      part.remove_prefix(open);
      const std::size_t close = part.find('}');
      if (close == std::string_view::npos) break;
      const std::string_view id = part.substr(1, close - 1);
      const auto figure =
          std::ranges::find(figures, id, [](const Figure& f) { return std::string_view(f.indicator->id); });
      if (figure != figures.end())
        review += fmt::format("[{}]({})", shown(*figure, language), link(figure->indicator->id));
      part.remove_prefix(close + 1);
    }
  }
  return review;
}

}  // namespace zhijia::insight
