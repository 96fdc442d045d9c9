#include <fmt/format.h>

#include "base/text.hpp"
#include "pages/page.hpp"

namespace zhijia::http {

using insight::Language;
using registers::Indicator;

namespace {

constexpr std::int64_t parts_on_a_page = 100;

Response show_review(const Services& services, const Request& request) {
  const Language language = asked_language(request);
  const auto view = asked_view(request, services);
  if (!view) return problem_page(language, view.error(), request, 400);
  const auto& catalogue = services.registers.catalogue();
  const auto figures =
      services.store.read([&](store::Reader& reader) { return insight::compute_all(reader, catalogue, *view); });
  if (!figures) return problem_page(language, figures.error(), request, 422);
  const std::string markdown = insight::review_markdown(
      catalogue, *figures, view->year, language,
      [&](const std::string& id) { return "/plain/figures/" + encoded(id) + carried(request); });
  const std::string title = language == Language::zh ? "年度回顾" : "The year's review";
  return page(language, title,
              "<main class=\"text\">" + insight::html_of(insight::document_of_markdown(markdown, language)) + "</main>",
              request);
}

/// What is counted, in words: the register, the filter, the days.
std::string definition(const registers::Catalogue& catalogue, const Indicator& indicator, int year, Language language) {
  const bool chinese = language == Language::zh;
  const registers::Register& of = *catalogue.find_register(indicator.of);
  const insight::Span span = insight::span_of(indicator, year);
  const std::string last = to_string(span.last);
  std::string text = fmt::format("<a href=\"/plain/registers/{}\">{}</a>", of.name, escaped(in(language, of.title)));
  text += " · " + (span.first ? to_string(*span.first) + (chinese ? " 至 " : " to ") + last
                              : (chinese ? "截至 " + last : "until " + last));
  if (!indicator.where.empty()) text += " · <code>" + escaped(indicator.where) + "</code>";
  return text;
}

Response show_figure(const Services& services, const Request& request) {
  const Language language = asked_language(request);
  const bool chinese = language == Language::zh;
  const auto view = asked_view(request, services);
  if (!view) return problem_page(language, view.error(), request, 400);
  const auto after = asked_number(request, "after", 0, INT32_MAX);
  if (!after) return problem_page(language, after.error(), request, 400);
  const auto& catalogue = services.registers.catalogue();
  const Indicator* indicator = catalogue.find_indicator(request["id"]);
  if (!indicator)
    return problem_page(language, {{"figure.not_found", {}, {"没有这个指标。", "There is no such figure."}}}, request,
                        404);

  return services.store.read([&](store::Reader& reader) {
    const auto figure = insight::compute(reader, catalogue, *indicator, *view);
    if (!figure) return problem_page(language, figure.error(), request, 422);
    const std::int64_t first = after->value_or(0);
    if (!reading_reach(request, *catalogue.find_register(indicator->of)).all)
      return problem_page(language, not_for_all(), request, 403);
    const auto parts = insight::drill(reader, catalogue, *indicator, *view, parts_on_a_page, first);
    if (!parts) return problem_page(language, parts.error(), request, 422);

    const std::string title = in(language, indicator->title);
    std::string main = fmt::format(
        "<main><h1>{}</h1><p class=\"figure\">{}</p><p class=\"quiet\">{}</p><h2>{}</h2><div class=\"wide\"><table>"
        "<thead><tr><th>{}</th><th>{}</th><th class=\"number\">{}</th></tr></thead><tbody>",
        escaped(title), escaped(shown(*figure, language)), definition(catalogue, *indicator, view->year, language),
        chinese ? fmt::format("由 {} 条记录得出", figure->records)
                : fmt::format("Counted from {} records", figure->records),
        chinese ? "记录" : "Record", chinese ? "日期" : "Day", chinese ? "计入" : "Counts");
    for (const insight::Contribution& part : *parts) {
      const insight::Figure share{indicator, part.value, figure->scale, 1};
      main += fmt::format(
          "<tr><td><a href=\"/plain/registers/{}/{}{}\">{}</a></td><td>{}</td><td class=\"number\">{}</td></tr>",
          indicator->of, part.record, escaped(carried(request)),
          escaped(part.label.empty() ? std::to_string(part.record) : part.label), escaped(part.on), share.text());
    }
    main += "</tbody></table></div><p class=\"pages\">";
    const std::string here = "/plain/figures/" + encoded(indicator->id);
    const auto link = [&](std::int64_t to, std::string_view text) {
      return fmt::format("<a href=\"{}{}\">{}</a>", here, escaped(carried(request, fmt::format("after={}", to))), text);
    };
    if (first > 0) main += link(std::max<std::int64_t>(0, first - parts_on_a_page), chinese ? "上一页" : "Before");
    if (const std::int64_t next = first + static_cast<std::int64_t>(parts->size()); next < figure->records)
      main += link(next, chinese ? "下一页" : "Next");
    return page(language, title, main + "</p></main>", request);
  });
}

}  // namespace

void add_pages(Router& router, const Services& services) {
  router.add("GET", "/plain", [services](const Request& request) { return show_review(services, request); });
  router.add("GET", "/plain/review/{year}", [services](const Request& request) {
    Request of_year = request;
    std::erase_if(of_year.query, [](const auto& parameter) { return parameter.first == "year"; });
    of_year.query.emplace_back("year", std::string(request["year"]));
    return show_review(services, of_year);
  });
  router.add("GET", "/plain/figures/{id}",
             [services](const Request& request) { return show_figure(services, request); });
}

}  // namespace zhijia::http
