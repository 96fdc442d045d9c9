#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/date.hpp"
#include "base/problem.hpp"

namespace zhijia::exchange {

/// A piece of text of one look; with `link`, one that leads to an address.
struct Run {
  std::string text;
  std::string link = {};
  bool operator==(const Run&) const = default;
};

struct Paragraph {
  enum class Kind { title, heading, text, item } kind = Kind::text;
  std::vector<Run> runs;
  bool operator==(const Paragraph&) const = default;
};

struct Document {
  enum class Language { zh, en } language = Language::zh;
  Moment made_at;
  std::vector<Paragraph> paragraphs;
};

/// Writes a Word document (ECMA-376, transitional) on A4. A Chinese one is set as official documents are (GB/T
/// 9704-2012: margins, 28 points a line, 仿宋 for the text, 黑体 for headings), pages numbered. The same document gives
/// the same bytes. Problems: document.write.
Result<void> write_docx(const std::filesystem::path& file, const Document& document);

}  // namespace zhijia::exchange
