#include "api/api.hpp"
#include "asked.hpp"

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

std::string figure_address(const std::string& id, int year) {
  return "/figures/" + id + "?year=" + std::to_string(year);
}

Response list_figures(const Services& services, const Request& request) {
  const auto view = asked_view(request, services);
  if (!view) return refusal(view.error());
  const auto figures = services.store.read(
      [&](store::Reader& reader) { return insight::compute_all(reader, services.registers.catalogue(), *view); });
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

Response show_review(const Services& services, const Request& request) {
  const auto view = asked_view(request, services);
  if (!view) return refusal(view.error());
  if (const auto language = request.parameter("language"); language != "en" && language != "zh" && !language.empty())
    return refusal({bad_parameter("language", "应为 zh 或 en。", "“zh” or “en” is wanted.")});
  return services.store.read([&](store::Reader& reader) {
    const auto& catalogue = services.registers.catalogue();
    const auto figures = insight::compute_all(reader, catalogue, *view);
    if (!figures) return refusal(figures.error());
    return json_answer(json::object{
        {"year", view->year},
        {"position", view->as_of.value_or(reader.position())},
        {"markdown", insight::review_markdown(catalogue, *figures, view->year, asked_language(request),
                                              [&](const std::string& id) { return figure_address(id, view->year); })}});
  });
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
}

}  // namespace zhijia::http
