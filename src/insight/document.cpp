#include <fmt/format.h>

#include <algorithm>

#include "insight/review.hpp"

namespace zhijia::insight {

using exchange::Document;
using exchange::Paragraph;
using exchange::Run;

namespace {

std::string_view take_line(std::string_view& text) {
  const std::size_t end = std::min(text.find('\n'), text.size());
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return line;
}

/// "## Title" → 2; 0 for any other line.
std::size_t heading_level(std::string_view line) {
  const std::size_t level = line.find_first_not_of('#');
  return level != std::string_view::npos && level <= 6 && level > 0 && line[level] == ' ' ? level : 0;
}

/// [text](target) becomes a run with a link; everything else is text.
std::vector<Run> runs_of(std::string_view text) {
  std::vector<Run> runs;
  const auto add = [&](std::string_view plain) {
    if (!plain.empty()) runs.push_back({std::string(plain)});
  };
  while (!text.empty()) {
    const std::size_t open = text.find('['), middle = text.find("](", open), close = text.find(')', middle);
    if (open == std::string_view::npos || middle == std::string_view::npos || close == std::string_view::npos) break;
    add(text.substr(0, open));
    runs.push_back({std::string(text.substr(open + 1, middle - open - 1)),
                    std::string(text.substr(middle + 2, close - middle - 2))});
    text.remove_prefix(close + 1);
  }
  add(text);
  return runs;
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

std::string html_of(const std::vector<Run>& runs) {
  std::string html;
  for (const Run& run : runs)
    html += run.link.empty() ? escaped(run.text)
                             : fmt::format("<a href=\"{}\">{}</a>", escaped(run.link), escaped(run.text));
  return html;
}

std::string_view tag_of(Paragraph::Kind kind) {
  switch (kind) {
    case Paragraph::Kind::title:
      return "h1";
    case Paragraph::Kind::heading:
      return "h2";
    case Paragraph::Kind::item:
      return "li";
    case Paragraph::Kind::text:
      break;
  }
  return "p";
}

constexpr std::string_view style =
    "body{font:1.05rem/1.8 'Noto Sans CJK SC','Microsoft YaHei',sans-serif;max-width:46rem;margin:2rem auto;padding:0 "
    "1rem;"
    "color:#1c1c1c;background:#fff}h1{font-size:1.7rem;color:#a3001b}h2{font-size:1.2rem;margin-top:2rem}"
    "a{color:#a3001b;font-weight:600;font-variant-numeric:tabular-nums}"
    "@media(prefers-color-scheme:dark){body{color:#eee;background:#181818}h1,a{color:#ff8a94}}"
    "@media print{a{color:inherit;text-decoration:none}}";

}  // namespace

Document document_of_markdown(std::string_view markdown, Language language, Moment made_at) {
  Document document{language, made_at, {}};
  std::string open_text;
  const auto end_text = [&] {
    if (!open_text.empty()) document.paragraphs.push_back({Paragraph::Kind::text, runs_of(open_text)});
    open_text.clear();
  };
  while (!markdown.empty()) {
    const std::string_view line = take_line(markdown);
    if (const std::size_t level = heading_level(line); level > 0) {
      end_text();
      document.paragraphs.push_back(
          {level == 1 ? Paragraph::Kind::title : Paragraph::Kind::heading, runs_of(line.substr(level + 1))});
    } else if (line.starts_with("- ")) {
      end_text();
      document.paragraphs.push_back({Paragraph::Kind::item, runs_of(line.substr(2))});
    } else if (line.empty()) {
      end_text();
    } else {
      // Chinese lines join without a space.
      if (!open_text.empty() && language == Language::en) open_text += ' ';
      open_text += line;
    }
  }
  end_text();
  return document;
}

std::string html_of(const Document& document) {
  std::string html;
  bool is_in_list = false;
  for (const Paragraph& paragraph : document.paragraphs) {
    const bool is_item = paragraph.kind == Paragraph::Kind::item;
    if (is_item != is_in_list) html += is_item ? "<ul>\n" : "</ul>\n";
    is_in_list = is_item;
    html += fmt::format("<{0}>{1}</{0}>\n", tag_of(paragraph.kind), html_of(paragraph.runs));
  }
  return is_in_list ? html + "</ul>\n" : html;
}

std::string page_of(const Document& document) {
  std::string title;
  for (const Paragraph& paragraph : document.paragraphs)
    if (paragraph.kind == Paragraph::Kind::title)
      for (const Run& run : paragraph.runs) title += run.text;
  return fmt::format(
      "<!DOCTYPE html>\n<html lang=\"{}\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" "
      "content=\"width=device-width, "
      "initial-scale=1\"><title>{}</title><style>{}</style></head><body><main>\n{}</main></body></html>\n",
      document.language == Language::zh ? "zh-CN" : "en", escaped(title), style, html_of(document));
}

}  // namespace zhijia::insight
