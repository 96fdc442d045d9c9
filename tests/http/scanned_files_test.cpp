#include <gmock/gmock.h>

#include <regex>

#include "support/clamd.hpp"
#include "support/small_city.hpp"

/// Whatever address takes a file, the file is shown to the virus scanner before anything reads or keeps it.
namespace zhijia::http {
namespace {

namespace json = boost::json;
using testing::HasSubstr;
using testing::Not;

class ScannedFiles : public SmallCity {
 protected:
  ScannedFiles() : users_(*store_, vault_, clock_) {
    imports_.emplace(*store_, *registers_, users_, clock_, folder_.path / "imports");
  }

  Router router_with(const registers::VirusScanner* scanner) {
    Services services{*store_, *registers_, 2020, &users_, &files_};
    services.imports = &*imports_;
    services.scanner = scanner;
    Router router = routes(services);
    router.guard({});  // sessions are given by hand
    return router;
  }

  /// The addresses that are described as taking a file, with something in each of their places.
  static std::vector<std::string> file_addresses(const Router& router) {
    const json::value described = json::parse(router.answer({.method = "GET", .path = {"api", "openapi.json"}}).body);
    const json::object& paths = described.at("paths").as_object();
    std::vector<std::string> addresses;
    for (const auto& [path, operations] : paths) {
      const json::value* posted = operations.as_object().if_contains("post");
      const json::value* body = posted ? posted->as_object().if_contains("requestBody") : nullptr;
      if (body && body->at("content").as_object().contains("application/octet-stream"))
        addresses.push_back(std::regex_replace(std::string(path), std::regex("\\{[a-z_]+\\}"), "7"));
    }
    return addresses;
  }

  Response bring(const Router& router, const std::string& address, const std::string& file) const {
    Request request = request_of("POST", address + "?name=list.csv");
    request.session = std::make_shared<const access::Session>(access::Session{
        .user = {.id = 7, .name = "clerk", .grants = {access::parse_grant("clerk").value()}}, .csrf = {}});
    if (router.admit(request).upload_max) {
      auto upload = std::make_shared<Upload>();
      upload->path = folder_.path / "upload";
      std::ofstream(upload->path, std::ios::binary) << file;
      request.upload = upload;
    } else {
      request.body = file;
    }
    return router.answer(std::move(request));
  }

  access::Users users_;
  std::optional<exchange::ImportJobs> imports_;
};

TEST_F(ScannedFiles, are_those_of_every_address_that_takes_a_file) {
  auto clamd = std::make_unique<tests::Clamd>();
  if (!clamd->missing().empty()) GTEST_SKIP() << clamd->missing();
  const auto scanner = registers::VirusScanner::at(clamd->socket()).value();
  const Router router = router_with(&scanner);
  const auto addresses = file_addresses(router);
  EXPECT_THAT(addresses, testing::IsSupersetOf({"/api/v1/registers/7/imports", "/api/v1/relief/lists"}));
  EXPECT_THAT(addresses, testing::Contains(HasSubstr("/attachments/")));
  EXPECT_THAT(addresses, testing::Contains(testing::StartsWith("/api/v1/me/")));
  const std::string clean = "姓名,身份证号\n王伟,610799198001010017\n";
  // Beyond the first of the pieces that a file is shown in.
  const std::string infected = clean + std::string(200'000, ' ') + tests::Clamd::virus + "\n";
  for (const std::string& address : addresses) {
    const Response refused = bring(router, address, infected);
    EXPECT_EQ(refused.status, 422) << address;
    EXPECT_THAT(refused.body, HasSubstr("attachment.infected")) << address;
    EXPECT_THAT(refused.body, HasSubstr("Zhijia.Planted")) << address;
    EXPECT_THAT(bring(router, address, clean).body, Not(HasSubstr("attachment.infected"))) << address;
    const Response beyond = bring(router, address, std::string(3'000'000, ' '));
    EXPECT_EQ(beyond.status, 503) << address;
    EXPECT_THAT(beyond.body, HasSubstr("StreamMaxLength")) << address << ": larger than clamd looks at";
  }
  clamd.reset();
  for (const std::string& address : addresses) {
    const Response unseen = bring(router, address, clean);
    EXPECT_EQ(unseen.status, 503) << address;
    EXPECT_THAT(unseen.body, HasSubstr("attachment.not_scanned")) << address;
  }
  EXPECT_FALSE(std::filesystem::exists(files_.folder()));
}

TEST_F(ScannedFiles, reach_their_handlers_where_there_is_no_scanner) {
  const Router router = router_with(nullptr);
  for (const std::string& address : file_addresses(router))
    EXPECT_THAT(bring(router, address, "a page").body, Not(HasSubstr("attachment.not_scanned"))) << address;
}

}  // namespace
}  // namespace zhijia::http
