#include "api/api.hpp"
#include "api/files.hpp"
#include "asked.hpp"
#include "exchange/sheet_writer.hpp"

namespace zhijia::http {

namespace json = boost::json;
using insight::Language;
using registers::Indicator;

namespace {

json::object figure_json(const insight::Figure& figure) {
  const Indicator& indicator = *figure.indicator;
  return {{"id", indicator.id},
          {"pack", indicator.pack},
          {"register", indicator.of},
          {"title", titled(indicator.title)},
          {"unit", indicator.unit},
          {"value", figure.text()},
          {"text", json::object{{"zh", shown(figure, Language::zh)}, {"en", shown(figure, Language::en)}}},
          {"records", figure.records}};
}

std::string figure_address(const std::string& id, const insight::View& view) {
  const std::string address = "/figures/" + id + "?year=" + std::to_string(view.year);
  return view.as_of ? address + "&as_of=" + std::to_string(*view.as_of) : address;
}

/// The last position of the change log on a civil day in China (UTC+8): positions have no gaps and go with time, so
/// that it is found among a million by twenty looks.
std::int64_t position_at_end_of(store::Reader& reader, Date day) {
  const std::string end = to_string(day) + "T16:00:00.000Z";
  std::int64_t low = 0, high = reader.position();
  while (low < high) {
    const std::int64_t middle = low + (high - low + 1) / 2;
    auto entry = reader.query("SELECT at FROM change_log WHERE position = ?", middle);
    if (entry.next() && entry.text(0) < end)
      low = middle;
    else
      high = middle - 1;
  }
  return low;
}

/// Parameters `year`, and `as_of` or `as_of_day`.
Result<insight::View> seen_view(store::Reader& reader, const Request& request, const Services& services) {
  auto view = asked_view(request, services);
  if (!view || !is_given(request, "as_of_day")) return view;
  const auto day = parse_date(request.parameter("as_of_day"));
  if (!day || view->as_of)
    return std::unexpected(Problems{bad_parameter("as_of_day", "应为一个日期，如 2020-12-31；不能同时给 as_of。",
                                                  "A day such as 2020-12-31 is wanted, and no as_of beside it.")});
  view->as_of = position_at_end_of(reader, *day);
  return view;
}

Response list_figures(const Services& services, const Request& request) {
  const auto figures = services.store.read([&](store::Reader& reader) -> Result<std::vector<insight::Figure>> {
    const auto view = seen_view(reader, request, services);
    if (!view) return std::unexpected(view.error());
    return insight::compute_all(reader, services.registers.catalogue(), *view);
  });
  if (!figures) return refusal(figures.error());
  json::array list;
  for (const insight::Figure& figure : *figures) list.push_back(figure_json(figure));
  return json_answer(list);
}

Response show_figure(const Services& services, const Request& request) {
  const auto view = asked_view(request, services);
  if (!view) return refusal(view.error());
  const Indicator* indicator = services.registers.catalogue().find_indicator(request["id"]);
  if (!indicator) return not_found();
  const auto figure = services.store.read([&](store::Reader& reader) {
    return insight::compute(reader, services.registers.catalogue(), *indicator, *view);
  });
  return figure ? json_answer(figure_json(*figure)) : refusal(figure.error());
}

Response list_parts(const Services& services, const Request& request) {
  const auto view = asked_view(request, services);
  if (!view) return refusal(view.error());
  const auto limit = asked_number(request, "limit", 1, 1'000), skipped = asked_number(request, "after", 0, INT32_MAX);
  if (!limit) return refusal(limit.error());
  if (!skipped) return refusal(skipped.error());
  const Indicator* indicator = services.registers.catalogue().find_indicator(request["id"]);
  if (!indicator) return not_found();
  const registers::Register& of = *services.registers.catalogue().find_register(indicator->of);
  if (!reading_reach(request, of).all) return refusal(not_for_all());
  const std::int64_t count = limit->value_or(50), first = skipped->value_or(0);
  return services.store.read([&](store::Reader& reader) {
    const auto& catalogue = services.registers.catalogue();
    const auto figure = insight::compute(reader, catalogue, *indicator, *view);
    if (!figure) return refusal(figure.error());
    const auto parts = insight::drill(reader, catalogue, *indicator, *view, count, first);
    if (!parts) return refusal(parts.error());
    json::array items;
    for (const insight::Contribution& part : *parts) {
      const insight::Figure share{indicator, part.value, figure->scale, 1};
      items.push_back(json::object{{"register", indicator->of},
                                   {"id", std::to_string(part.record)},
                                   {"label", part.label},
                                   {"on", part.on},
                                   {"value", share.text()}});
    }
    const std::int64_t next = first + static_cast<std::int64_t>(items.size());
    json::object answer{{"items", std::move(items)}, {"total", figure->records}, {"value", figure->text()}};
    answer.emplace("next", next < figure->records ? json::value(std::to_string(next)) : json::value(nullptr));
    return json_answer(answer);
  });
}

/// A year's figures, and how the review is asked for.
struct Year {
  insight::View view;
  Language language = Language::zh;
  std::vector<insight::Figure> figures;
};

Result<Year> asked_year(store::Reader& reader, const Services& services, const Request& request) {
  const auto view = seen_view(reader, request, services);
  if (!view) return std::unexpected(view.error());
  if (const auto language = request.parameter("language"); language != "en" && language != "zh" && !language.empty())
    return std::unexpected(Problems{bad_parameter("language", "应为 zh 或 en。", "“zh” or “en” is wanted.")});
  auto figures = insight::compute_all(reader, services.registers.catalogue(), *view);
  if (!figures) return std::unexpected(std::move(figures.error()));
  return Year{*view, asked_language(request), std::move(*figures)};
}

std::string markdown_of(const Services& services, const Year& year) {
  return insight::review_markdown(services.registers.catalogue(), year.figures, year.view.year, year.language,
                                  [&](const std::string& id) { return figure_address(id, year.view); });
}

Response show_review(const Services& services, const Request& request) {
  return services.store.read([&](store::Reader& reader) {
    const auto year = asked_year(reader, services, request);
    if (!year) return refusal(year.error());
    return json_answer(json::object{{"year", year->view.year},
                                    {"position", year->view.as_of.value_or(reader.position())},
                                    {"markdown", markdown_of(services, *year)}});
  });
}

/// The end of the year, not the machine's clock: the same records give the same bytes.
Moment made_at(const Year& year) { return Moment{Date::of(year.view.year, 12, 31).day}; }

std::string file_name(const Year& year, const char* ending) {
  return "review-" + std::to_string(year.view.year) + ending;
}

Response give_document(const Services& services, const Request& request) {
  const auto year = services.store.read([&](store::Reader& reader) { return asked_year(reader, services, request); });
  if (!year) return refusal(year.error());
  // On paper a figure leads nowhere: the document has its text only.
  exchange::Document document =
      insight::document_of_markdown(markdown_of(services, *year), year->language, made_at(*year));
  for (exchange::Paragraph& paragraph : document.paragraphs)
    for (exchange::Run& run : paragraph.runs) run.link.clear();
  return made_file(file_name(*year, ".docx"), "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
                   [&](const std::string& path) { return exchange::write_docx(path, document); });
}

Result<void> write_figures(const std::string& path, const Services& services, const Year& year) {
  using Format = exchange::SheetWriter::Format;
  const bool is_english = year.language == Language::en;
  const auto said = [&](const registers::Title& title) { return is_english ? title.en : title.zh; };
  auto sheet = exchange::SheetWriter::create(path, std::to_string(year.view.year),
                                             {{is_english ? "Line of work" : "业务"},
                                              {is_english ? "Figure" : "指标", Format::text, 40},
                                              {is_english ? "Value" : "数值", Format::number},
                                              {is_english ? "Unit" : "单位"},
                                              {is_english ? "As read" : "写法", Format::text, 20},
                                              {is_english ? "Records" : "记录数", Format::number}},
                                             made_at(year));
  if (!sheet) return std::unexpected(std::move(sheet.error()));
  for (const insight::Figure& figure : year.figures) {
    const auto& packs = services.registers.catalogue().packs;
    const auto pack = std::ranges::find(packs, figure.indicator->pack, &registers::Pack::name);
    (*sheet)->add_row({pack == packs.end() ? figure.indicator->pack : said(pack->title), said(figure.indicator->title),
                       figure.text(), figure.indicator->unit, shown(figure, year.language),
                       std::to_string(figure.records)});
  }
  return (*sheet)->finish();
}

Response give_sheet(const Services& services, const Request& request) {
  const auto year = services.store.read([&](store::Reader& reader) { return asked_year(reader, services, request); });
  if (!year) return refusal(year.error());
  return made_file(file_name(*year, ".xlsx"), workbook_type,
                   [&](const std::string& path) { return write_figures(path, services, *year); });
}

}  // namespace

void add_figures(Router& router, const Services& services) {
  const auto answering = [&services](Response (*answer)(const Services&, const Request&)) {
    return [services, answer](const Request& request) { return answer(services, request); };
  };
  router.add("GET", "/api/v1/indicators", answering(list_figures));
  router.add("GET", "/api/v1/indicators/{id}", answering(show_figure));
  router.add("GET", "/api/v1/indicators/{id}/records", answering(list_parts));
  router.add("GET", "/api/v1/review", answering(show_review));
  router.add("GET", "/api/v1/review.docx", answering(give_document));
  router.add("GET", "/api/v1/review.xlsx", answering(give_sheet));
}

}  // namespace zhijia::http
