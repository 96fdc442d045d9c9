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

std::string escaped(std::string_view text) {
  std::string safe;
  for (const char c : text) {
    if (c == '&')
      safe += "&amp;";
    else if (c == '<')
      safe += "&lt;";
    else if (c == '>')
      safe += "&gt;";
    else if (c == '"')
      safe += "&quot;";
    else
      safe += c;
  }
  return safe;
}

/// [text](target) becomes a link; everything else is text.
std::string inline_html(std::string_view text) {
  std::string html;
  while (!text.empty()) {
    const std::size_t open = text.find('['), middle = text.find("](", open), close = text.find(')', middle);
    if (open == std::string_view::npos || middle == std::string_view::npos || close == std::string_view::npos) break;
    html += escaped(text.substr(0, open));
    html += fmt::format("<a href=\"{}\">{}</a>", escaped(text.substr(middle + 2, close - middle - 2)),
                        escaped(text.substr(open + 1, middle - open - 1)));
    text.remove_prefix(close + 1);
  }
  return html + escaped(text);
}

std::string_view take_line(std::string_view& text) {
  const std::size_t end = std::min(text.find('\n'), text.size());
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return line;
}

constexpr std::string_view style =
    "body{font:1.05rem/1.8 'Noto Sans CJK SC','Microsoft YaHei',sans-serif;max-width:46rem;margin:2rem auto;padding:0 "
    "1rem;"
    "color:#1c1c1c;background:#fff}h1{font-size:1.7rem;color:#a3001b}h2{font-size:1.2rem;margin-top:2rem}"
    "a{color:#a3001b;font-weight:600;font-variant-numeric:tabular-nums}"
    "@media(prefers-color-scheme:dark){body{color:#eee;background:#181818}h1,a{color:#ff8a94}}"
    "@media print{a{color:inherit;text-decoration:none}}";

}  // namespace

std::string shown(const Figure& figure, Language language) {
  return language == Language::zh ? shown_in_chinese(figure) : shown_in_english(figure);
}

std::string review_markdown(const registers::Catalogue& catalogue, const std::vector<Figure>& figures, int year,
                            Language language, std::string_view link_prefix) {
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
      if (figure != figures.end()) review += fmt::format("[{}]({}{})", shown(*figure, language), link_prefix, id);
      part.remove_prefix(close + 1);
    }
  }
  return review;
}

std::string page_of_markdown(std::string_view markdown, Language language) {
  std::string title, body, paragraph;
  bool in_list = false;
  const auto end_block = [&] {
    if (!paragraph.empty()) body += "<p>" + std::exchange(paragraph, {}) + "</p>\n";
    if (std::exchange(in_list, false)) body += "</ul>\n";
  };
  while (!markdown.empty()) {
    const std::string_view line = take_line(markdown);
    const std::size_t level = line.find_first_not_of('#');
    if (line.empty()) {
      end_block();
    } else if (level != 0 && level != std::string_view::npos && level <= 6 && line[level] == ' ') {
      end_block();
      if (title.empty()) title = escaped(line.substr(level + 1));
      body += fmt::format("<h{0}>{1}</h{0}>\n", level, inline_html(line.substr(level + 1)));
    } else if (line.starts_with("- ")) {
      if (!in_list) {
        end_block();
        body += "<ul>\n";
        in_list = true;
      }
      body += "<li>" + inline_html(line.substr(2)) + "</li>\n";
    } else {
      // Chinese lines join without a space.
      if (!paragraph.empty() && language == Language::en) paragraph += ' ';
      paragraph += inline_html(line);
    }
  }
  end_block();
  return fmt::format(
      "<!DOCTYPE html>\n<html lang=\"{}\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" "
      "content=\"width=device-width, "
      "initial-scale=1\"><title>{}</title><style>{}</style></head><body><main>\n{}</main></body></html>\n",
      language == Language::zh ? "zh-CN" : "en", title, style, body);
}

}  // namespace zhijia::insight
