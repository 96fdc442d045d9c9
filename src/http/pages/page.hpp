#pragma once

#include <string>
#include <string_view>

#include "asked.hpp"
#include "registers/pack.hpp"

/// Plain pages: HTML that needs no script, works by keyboard and screen reader, and fits a phone.
namespace zhijia::http {

void add_pages(Router& router, const Services& services);
void add_sign_in_pages(Router& router, const Services& services);
void add_register_pages(Router& router, const Services& services);

/// Text as it may stand in HTML, within quotation marks too.
std::string escaped(std::string_view text);
/// Text as it may stand in the query of a link.
std::string encoded(std::string_view text);

inline const std::string& in(insight::Language language, const Message& text) {
  return language == insight::Language::zh ? text.zh : text.en;
}

/// A whole page. `main` is HTML; `here` is this page's address in the other language.
Response page(insight::Language language, std::string_view title, std::string_view main, const Request& request,
              int status = 200);

/// The problems as a page that says them.
Response problem_page(insight::Language language, const Problems& problems, const Request& request, int status);

/// "?year=2020&language=en": what goes along from page to page, less what is usual.
std::string carried(const Request& request, std::string_view more = {});

}  // namespace zhijia::http
