#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "exchange/document.hpp"
#include "insight/insight.hpp"

namespace zhijia::insight {

using Language = exchange::Document::Language;

/// A figure as people read it: "1,826万元", "CNY 18,260,000", "3,629人", "3,629 persons".
std::string shown(const Figure& figure, Language language);

/// The address that a figure opens at, by the indicator's id.
using FigureLink = std::function<std::string(const std::string& id)>;

/// The review of a year in Markdown: the packs' parts in their order, each figure a link. The same figures give the
/// same bytes.
std::string review_markdown(const registers::Catalogue& catalogue, const std::vector<Figure>& figures, int year,
                            Language language, const FigureLink& link);

/// The Markdown that reviews are written in (headings, paragraphs, lists, links) as a document.
exchange::Document document_of_markdown(std::string_view markdown, Language language, Moment made_at = {});

/// The document as HTML, all texts escaped.
std::string html_of(const exchange::Document& document);

/// The same as a whole page, without scripts, named by its title.
std::string page_of(const exchange::Document& document);

}  // namespace zhijia::insight
