#include "http/router.hpp"

#include <gtest/gtest.h>

namespace zhijia::http {
namespace {

Router small_router() {
  Router router;
  const auto says = [](std::string text) {
    return [text](const Request& request) { return Response{.body = text + std::string(request["id"])}; };
  };
  router.add("GET", "/", says("root"));
  router.add("GET", "/things/{id}", says("thing "));
  router.add("POST", "/things/{id}", says("changed "));
  router.add("GET", "/things/new", says("form"));
  return router;
}

Response ask(const char* method, std::vector<std::string> path) {
  return small_router().answer({.method = method, .path = std::move(path)});
}

TEST(Router, finds_a_handler_by_path_and_method) {
  EXPECT_EQ(ask("GET", {}).body, "root");
  EXPECT_EQ(ask("GET", {"things", "7"}).body, "thing 7");
  EXPECT_EQ(ask("POST", {"things", "7"}).body, "changed 7");
}

TEST(Router, prefers_a_literal_to_a_place) { EXPECT_EQ(ask("GET", {"things", "new"}).body, "form"); }

TEST(Router, answers_HEAD_as_GET) { EXPECT_EQ(ask("HEAD", {"things", "7"}).body, "thing 7"); }

TEST(Router, says_what_a_path_allows) {
  const Response response = ask("DELETE", {"things", "7"});
  EXPECT_EQ(response.status, 405);
  ASSERT_EQ(response.headers.size(), 1u);
  EXPECT_EQ(response.headers[0].second, "GET, POST");
}

TEST(Router, knows_no_other_paths) {
  for (const auto& path :
       std::vector<std::vector<std::string>>{{"other"}, {"things"}, {"things", ""}, {"things", "7", "8"}})
    EXPECT_EQ(ask("GET", path).status, 404);
}

}  // namespace
}  // namespace zhijia::http
