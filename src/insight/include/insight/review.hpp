#pragma once

#include <string>
#include <string_view>

#include "insight/insight.hpp"

namespace zhijia::insight {

enum class Language { zh, en };

/// A figure as people read it: "1,826万元", "CNY 18,260,000", "3,629人", "3,629 persons".
std::string shown(const Figure& figure, Language language);

/// The review of a year in Markdown: the packs' parts in their order, each figure a link made of `link_prefix` and the
/// indicator's id. The same figures give the same bytes.
std::string review_markdown(const registers::Catalogue& catalogue, const std::vector<Figure>& figures, int year,
                            Language language, std::string_view link_prefix);

/// The Markdown that reviews are written in (headings, paragraphs, lists, links) as a whole HTML page, without scripts.
std::string page_of_markdown(std::string_view markdown, Language language);

}  // namespace zhijia::insight
