#include "web/web.hpp"

#include <memory>

#include "answers.hpp"
#include "web/archive.hpp"

namespace zhijia::http {

namespace {

// Scripts and styles are files of this origin; libraries that set an element's style do it through the DOM.
constexpr std::string_view policy =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self' data:; "
    "connect-src 'self'; media-src 'self' blob:; manifest-src 'self'; worker-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'";

constexpr std::string_view not_built = R"(<!DOCTYPE html>
<html lang="zh-CN"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>职家</title></head><body><main><h1>工作台页面尚未编入本程序</h1>
<p>请用 <code>./dev build</code> 构建（需要 Node 18 以上），或使用<a href="/plain">简明页面</a>。</p>
<p lang="en">The console was not built into this program: build it with <code>./dev build</code> (it needs Node 18 or later), or use the <a href="/plain">plain pages</a>.</p>
</main></body></html>
)";

using Files = std::map<std::string, PageFile, std::less<>>;

Response answer_file(const PageFile& file, const Request& request, bool is_named_by_content) {
  Response response{.type = file.type};
  response.headers = {{"ETag", file.etag},
                      {"Vary", "Accept-Encoding"},
                      {"Content-Security-Policy", std::string(policy)},
                      {"Cache-Control", is_named_by_content ? "public, max-age=31536000, immutable" : "no-cache"}};
  if (request.header("if-none-match") == file.etag) {
    response.status = 304;
    return response;
  }
  const PagePart& part = part_for(file, request.header("accept-encoding"));
  if (part.encoding != "identity") response.headers.emplace_back("Content-Encoding", part.encoding);
  response.body = part.body;
  return response;
}

/// A browser that opens an address says that it wants HTML; a script that asks for nothing known does not.
bool opens_page(const Request& request) { return request.header("accept").find("text/html") != std::string_view::npos; }

Response answer_page(const Files& files, const Request& request) {
  std::string path;
  for (const std::string& segment : request.path) path += "/" + segment;
  if (const auto file = files.find(path); file != files.end())
    return answer_file(file->second, request, path.starts_with("/assets/"));
  if (path.starts_with("/assets/") || (!path.empty() && !opens_page(request))) return not_found();
  const auto page = files.find(!request.path.empty() && request.path[0] == "m" ? "/m.html" : "/index.html");
  if (page != files.end()) return answer_file(page->second, request, false);
  return {.status = 503, .type = "text/html; charset=utf-8", .body = std::string(not_built)};
}

}  // namespace

bool is_of_web(const std::vector<std::string>& path) {
  return path.empty() || (path[0] != "api" && path[0] != "plain" && path[0] != "healthz");
}

void add_web(Router& router) {
  const auto files = std::make_shared<const Files>(read_archive(built_in_archive()));
  router.otherwise([files](const Request& request) {
    const bool is_reading = request.method == "GET" || request.method == "HEAD";
    return is_reading && is_of_web(request.path) ? answer_page(*files, request) : not_found();
  });
}

}  // namespace zhijia::http
