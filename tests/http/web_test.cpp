#include "web/web.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <stdexcept>

#include "web/archive.hpp"

namespace zhijia::http {
namespace {

const std::string archive =
    "zhijia-pages 4\n"
    "/index.html\ttext/html; charset=utf-8\tidentity\tabc\t6\n"
    "/index.html\ttext/html; charset=utf-8\tgzip\tabc\t4\n"
    "/index.html\ttext/html; charset=utf-8\tbr\tabc\t2\n"
    "/icon.svg\timage/svg+xml\tidentity\tdef\t5\n"
    "<html>gzipbr<svg>";

struct Encoding {
  const char *name, *accepted, *body;
  friend void PrintTo(const Encoding& each, std::ostream* out) { *out << each.name; }
};

class Encodings : public testing::TestWithParam<Encoding> {};

TEST_P(Encodings, are_chosen_as_accepted) {
  const auto files = read_archive(archive);
  EXPECT_EQ(part_for(files.at("/index.html"), GetParam().accepted).body, GetParam().body);
}

INSTANTIATE_TEST_SUITE_P(Pages, Encodings,
                         testing::ValuesIn<Encoding>({
                             {"none_named_none_used", "", "<html>"},
                             {"the_smallest_of_many", "gzip, deflate, br;q=0.5", "br"},
                             {"only_what_is_accepted", "deflate, gzip", "gzip"},
                             {"what_is_refused_is_not_used", "br;q=0, gzip", "gzip"},
                             {"a_longer_name_is_another", "brx", "<html>"},
                         }),
                         [](const auto& each) { return std::string(each.param.name); });

TEST(Archive, keeps_types_tags_and_bytes) {
  const auto files = read_archive(archive);
  EXPECT_EQ(files.size(), 2u);
  EXPECT_EQ(files.at("/icon.svg").type, "image/svg+xml");
  EXPECT_EQ(files.at("/icon.svg").etag, "\"def\"");
  EXPECT_EQ(part_for(files.at("/icon.svg"), "br").body, "<svg>");
}

TEST(Archive, that_is_cut_short_is_a_fault_of_the_build) {
  for (const std::size_t length : {3u, 14u, 40u, 90u})
    EXPECT_THROW(read_archive(std::string_view(archive).substr(0, length)), std::runtime_error) << length;
  EXPECT_THROW(read_archive(archive.substr(0, archive.size() - 1)), std::runtime_error);
}

Response ask(std::vector<std::string> path, std::string accept, std::string method = "GET") {
  Router router;
  router.add("GET", "/healthz", [](const Request&) { return Response{.body = "ok"}; });
  add_web(router);
  Request request{.method = std::move(method), .path = std::move(path)};
  request.headers["accept"] = std::move(accept);
  return router.answer(request);
}

/// With the pages built in or without them: a browser always gets a page, and a script never one instead of an answer.
TEST(Web, shows_a_page_for_what_a_browser_opens) {
  for (const auto& path : std::vector<std::vector<std::string>>{{}, {"registers", "union", "7"}, {"m", "join"}}) {
    const Response response = ask(path, "text/html,*/*");
    EXPECT_EQ(response.type, "text/html; charset=utf-8");
    EXPECT_EQ(response.status, built_in_archive().empty() ? 503 : 200);
  }
}

TEST(Web, has_nothing_but_pages) {
  EXPECT_EQ(ask({"registers", "union"}, "application/json").status, 404);
  EXPECT_EQ(ask({"assets", "none.js"}, "text/html").status, 404);
  EXPECT_EQ(ask({"api", "v1", "none"}, "text/html").status, 404);
  EXPECT_EQ(ask({"registers"}, "text/html", "POST").status, 404);
}

TEST(Web, files_named_by_their_content_are_kept_for_ever_and_the_pages_asked_for_anew) {
  for (const auto& [path, file] : read_archive(built_in_archive())) {
    std::vector<std::string> segments;
    for (std::size_t at = 1; at <= path.size();) {
      const auto end = std::min(path.find('/', at), path.size());
      segments.push_back(path.substr(at, end - at));
      at = end + 1;
    }
    const Response response = ask(segments, "*/*");
    ASSERT_EQ(response.status, 200) << path;
    const auto kept = std::ranges::find(response.headers, "Cache-Control", &std::pair<std::string, std::string>::first);
    EXPECT_EQ(kept->second == "no-cache", segments.size() == 1) << path;
  }
}

}  // namespace
}  // namespace zhijia::http
