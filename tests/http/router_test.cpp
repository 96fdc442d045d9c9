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

TEST(Router, knows_by_the_head_what_is_only_asked) {
  Router router = small_router();
  router.add_question("/things/search", [](const Request&) { return Response{}; });
  Request search{.method = "POST", .path = {"things", "search"}}, change{.method = "POST", .path = {"things", "7"}};
  EXPECT_TRUE(router.admit(search).is_question);
  EXPECT_FALSE(router.admit(change).is_question);
}

TEST(Router, shows_a_file_to_the_check_before_its_handler) {
  Router router = small_router();
  int taken = 0;
  router.add_file("POST", "/files", [&](const Request&) { return ++taken, Response{}; });
  router.check_files([](const Request& request) -> std::optional<Response> {
    if (request.body == "bad") return Response{.status = 422};
    return std::nullopt;
  });
  EXPECT_EQ(router.answer({.method = "POST", .path = {"files"}, .body = "bad"}).status, 422);
  EXPECT_EQ(taken, 0);
  EXPECT_EQ(router.answer({.method = "POST", .path = {"files"}, .body = "good"}).status, 200);
  EXPECT_EQ(router.answer({.method = "POST", .path = {"things", "7"}, .body = "bad"}).body, "changed 7")
      << "what is no file is not shown";
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
