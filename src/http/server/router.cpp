#include "http/router.hpp"

#include <algorithm>

#include "answers.hpp"
#include "base/text.hpp"

namespace zhijia::http {

namespace {

bool is_place(std::string_view segment) { return segment.starts_with('{'); }

bool fits(const std::vector<std::string>& segments, const std::vector<std::string>& path) {
  return std::ranges::equal(segments, path, [](const std::string& segment, const std::string& part) {
    return is_place(segment) ? !part.empty() : segment == part;
  });
}

}  // namespace

std::string_view Request::parameter(std::string_view name) const {
  const auto found = std::ranges::find(query, name, &std::pair<std::string, std::string>::first);
  return found == query.end() ? std::string_view() : found->second;
}

std::string_view Request::header(std::string_view name) const {
  const auto found = headers.find(name);
  return found == headers.end() ? std::string_view() : found->second;
}

std::string_view Request::operator[](std::string_view place) const {
  const auto found = captured.find(place);
  return found == captured.end() ? std::string_view() : found->second;
}

Upload::~Upload() {
  std::error_code ignored;
  if (!path.empty()) std::filesystem::remove(path, ignored);
}

void Router::add(std::string_view method, std::string_view pattern, Handler handler) {
  add_route(
      {.method = std::string(method), .pattern = std::string(pattern), .segments = {}, .handler = std::move(handler)});
}

void Router::add_question(std::string_view pattern, Handler handler) {
  add_route({.method = "POST",
             .pattern = std::string(pattern),
             .segments = {},
             .handler = std::move(handler),
             .is_question = true});
}

void Router::add_file(std::string_view method, std::string_view pattern, Handler handler) {
  add_route({.method = std::string(method),
             .pattern = std::string(pattern),
             .segments = {},
             .handler = std::move(handler),
             .takes_file = true});
}

Admission Router::admit(Request& head) const {
  if (head.method == "GET" || head.method == "HEAD") return {};  // what reads anyway and brings nothing
  for (const Route& route : routes_) {
    if (route.method != head.method || !fits(route.segments, head.path)) continue;
    if (route.upload_max == 0) return {.is_question = route.is_question};
    if (gate_)
      if (auto stopped = gate_(head)) return {.refused = std::move(stopped)};
    return {.upload_max = route.upload_max};
  }
  return {};
}

void Router::add_upload(std::string_view method, std::string_view pattern, std::uint64_t bytes_max, Handler handler) {
  add_route({.method = std::string(method),
             .pattern = std::string(pattern),
             .segments = {},
             .handler = std::move(handler),
             .takes_file = true,
             .upload_max = bytes_max});
}

void Router::add_route(Route route) {
  if (route.pattern != "/")
    for (const std::string_view segment : split(std::string_view(route.pattern).substr(1), '/'))
      route.segments.emplace_back(segment);
  const auto literals = [](const Route& each) { return std::ranges::count_if(each.segments, std::not_fn(is_place)); };
  const auto place = std::ranges::find_if(routes_, [&](const Route& each) { return literals(each) < literals(route); });
  routes_.insert(place, std::move(route));
}

Response Router::answer(Request request) const {
  Response response = find_and_answer(request);
  if (request.session) response.asked_by = request.session->user.id;
  return response;
}

Response Router::find_and_answer(Request& request) const {
  if (gate_)
    if (auto stopped = gate_(request)) return std::move(*stopped);
  const std::string method = request.method == "HEAD" ? "GET" : request.method;
  std::string allowed;
  for (const Route& route : routes_) {
    if (!fits(route.segments, request.path)) continue;
    if (route.method != method) {
      allowed += (allowed.empty() ? "" : ", ") + route.method;
      continue;
    }
    for (std::size_t i = 0; i < route.segments.size(); ++i)
      if (const std::string& segment = route.segments[i]; is_place(segment))
        request.captured.emplace(segment.substr(1, segment.size() - 2), request.path[i]);
    if (route.takes_file && file_check_)
      if (auto refused = file_check_(request)) return std::move(*refused);
    return route.handler(request);
  }
  if (allowed.empty()) return otherwise_ ? otherwise_(request) : not_found();
  Response response = refusal(
      405, {{"http.method", {}, {"此地址只接受 " + allowed + "。", "This address takes " + allowed + " only."}}});
  response.headers.emplace_back("Allow", allowed);
  return response;
}

std::vector<std::string> Router::patterns() const {
  std::vector<std::string> patterns;
  for (const Route& route : routes_) patterns.push_back(route.method + " " + route.pattern);
  return patterns;
}

}  // namespace zhijia::http
