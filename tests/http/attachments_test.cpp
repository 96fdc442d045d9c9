#include <gmock/gmock.h>

#include "registers/attachments.hpp"
#include "server/target.hpp"
#include "support/clamd.hpp"
#include "support/papers.hpp"
#include "support/small_city.hpp"

namespace zhijia::http {
namespace {

namespace json = boost::json;
using testing::HasSubstr;
using testing::Not;

/// A fund whose vouchers anybody who sees it may see, and a dispute whose papers are secret.
class Attachments : public SmallCity {
 protected:
  Attachments() : users_(*store_, vault_, clock_) {
    router_ = routes({*store_, *registers_, 2020, &users_, &files_});
    router_.guard({});  // sessions are given by hand
    create("season_programme", {{"code", "D2020"}, {"name", "送温暖"}, {"season", "winter"}, {"budget", "1000"}});
    fund_ =
        "/api/v1/registers/season_fund/records/" + std::to_string(create("season_fund", {{"code", "A"},
                                                                                         {"programme", "D2020"},
                                                                                         {"region", "610702"},
                                                                                         {"source", "union"},
                                                                                         {"amount", "100"},
                                                                                         {"paid_on", "2020-01-15"}}));
    const auto* of = registers_->catalogue().find_register("dispute");
    const std::string cause = registers_->catalogue().find_codes(of->field("cause")->target)->values.front().first;
    dispute_ = "/api/v1/registers/dispute/records/" +
               std::to_string(create("dispute", {{"code", "A"},
                                                 {"subject.name", "郑安"},
                                                 {"subject.identity_number", "610799198001010017"},
                                                 {"cause", cause},
                                                 {"requested_on", "2020-01-15"},
                                                 {"due_on", "2020-01-30"}}));
  }

  Response ask(const std::string& grant, const std::string& method, const std::string& target,
               std::string_view body = {}, std::map<std::string, std::string, std::less<>> headers = {}) {
    Request request{.method = method, .headers = std::move(headers), .body = std::string(body)};
    EXPECT_TRUE(read_target(target, request)) << target;
    access::Session session{
        .user = {.id = 7, .name = "u", .title = "u", .grants = {access::parse_grant(grant).value()}}, .csrf = {}};
    request.session = std::make_shared<const access::Session>(std::move(session));
    return router_.answer(std::move(request));
  }

  static std::string code_of(const Response& response) {
    return std::string(json::parse(response.body).at("problems").at(0).at("code").as_string());
  }

  static std::string header_of(const Response& response, const std::string& name) {
    for (const auto& [header, value] : response.headers)
      if (header == name) return value;
    return {};
  }

  json::object paper_of(const Response& record, const char* field) {
    return json::parse(record.body).at("values").at(field).at(0).as_object();
  }

  std::string all_log_bodies() {
    return store_->read([](store::Reader& reader) {
      std::string all;
      auto rows = reader.query("SELECT kind, body FROM change_log");
      while (rows.next()) all += std::string(rows.text(0)) + " " + std::string(rows.text(1)) + "\n";
      return all;
    });
  }

  access::Users users_;
  Router router_;
  std::string fund_, dispute_;
};

TEST_F(Attachments, a_file_is_added_read_back_and_taken_out_and_its_life_is_in_the_log) {
  const std::string vouchers = fund_ + "/attachments/vouchers";
  const Response added = ask("clerk", "POST", vouchers, tests::small_png, {{"x-file-name", "%E5%8F%91%E7%A5%A8.exe"}});
  ASSERT_EQ(added.status, 201) << added.body;
  const json::object paper = paper_of(added, "vouchers");
  EXPECT_EQ(paper.at("name").as_string(), "发票.exe.png") << "whose ending is what the file is";
  EXPECT_EQ(paper.at("type").as_string(), "image/png");
  const std::string one = vouchers + "/" + std::string(paper.at("id").as_string());

  const Response read = ask("clerk@610702", "GET", one);
  EXPECT_EQ(read.body, tests::small_png);
  EXPECT_EQ(read.type, "image/png");
  EXPECT_EQ(header_of(read, "Content-Disposition"), "attachment; filename*=UTF-8''%E5%8F%91%E7%A5%A8.exe.png");
  EXPECT_EQ(header_of(read, "Content-Security-Policy"), "sandbox; default-src 'none'");
  EXPECT_EQ(ask("clerk@610703", "GET", one).status, 404) << "another county's";

  EXPECT_THAT(all_log_bodies(), HasSubstr(std::string(paper.at("hash").as_string())));
  const Response removed = ask("clerk", "DELETE", one);
  EXPECT_EQ(removed.status, 200) << removed.body;
  EXPECT_EQ(ask("clerk", "GET", one).status, 404);
  const json::value life = json::parse(ask("clerk", "GET", fund_ + "/history").body);
  EXPECT_EQ(life.at(1).at("action").as_string(), "attach");
  EXPECT_EQ(life.at(2).at("changes").at("vouchers").at("before").at(0).at("name").as_string(), "发票.exe.png");
}

TEST_F(Attachments, a_secret_one_is_sealed_and_opens_with_a_reason_that_is_logged) {
  const std::string papers = dispute_ + "/attachments/papers";
  const Response added = ask("clerk", "POST", papers, tests::small_pdf, {{"x-file-name", "diagnosis.pdf"}});
  ASSERT_EQ(added.status, 201) << added.body;
  EXPECT_THAT(added.body, Not(HasSubstr("diagnosis")));
  for (const auto& entry : std::filesystem::recursive_directory_iterator(files_.folder())) {
    if (!entry.is_regular_file()) continue;
    EXPECT_THAT(files_.get(entry.path().filename().string()).value(), Not(HasSubstr("%PDF")));
  }
  const std::string one = papers + "/" + std::string(paper_of(added, "papers").at("id").as_string());
  EXPECT_EQ(code_of(ask("manager", "GET", one)), "access.reason");
  const std::map<std::string, std::string, std::less<>> as_json{{"content-type", "application/json"}};
  EXPECT_EQ(ask("clerk", "POST", one + "/reveal", R"({"reason":"hearing"})", as_json).status, 403);
  EXPECT_EQ(ask("manager", "POST", one + "/reveal", R"({"reason":""})", as_json).status, 400);
  const Response shown = ask("manager", "POST", one + "/reveal", R"({"reason":"hearing"})", as_json);
  EXPECT_EQ(shown.body, tests::small_pdf);
  const std::string log = all_log_bodies();
  EXPECT_THAT(log, HasSubstr("hearing"));
  EXPECT_THAT(log, Not(HasSubstr("diagnosis")));
}

struct Refused {
  const char* name;
  std::string bytes;
  const char* code;
};

TEST_F(Attachments, what_is_no_paper_is_refused) {
  const Refused cases[] = {{"nothing", "", "attachment.empty"},
                           {"a page", "<html><script>alert(1)</script></html>", "attachment.type"},
                           {"too much", std::string(registers::attachment_bytes_max + 1, 'x'), "attachment.size"}};
  for (const Refused& each : cases)
    EXPECT_EQ(code_of(ask("clerk", "POST", fund_ + "/attachments/vouchers", each.bytes)), each.code) << each.name;
  EXPECT_EQ(ask("clerk", "POST", fund_ + "/attachments/amount", tests::small_png).status, 404);
}

TEST_F(Attachments, what_the_scanner_finds_or_cannot_look_at_is_not_kept) {
  auto clamd = std::make_unique<tests::Clamd>();
  if (!clamd->missing().empty()) GTEST_SKIP() << clamd->missing();
  const auto scanner = registers::VirusScanner::at(clamd->socket()).value();
  Services services{*store_, *registers_, 2020, &users_, &files_};
  services.scanner = &scanner;
  router_ = routes(services);
  router_.guard({});
  const auto kept = [&] {
    if (!std::filesystem::exists(files_.folder())) return std::ptrdiff_t{0};
    return std::ranges::count_if(std::filesystem::recursive_directory_iterator(files_.folder()),
                                 [](const auto& entry) { return entry.is_regular_file(); });
  };
  const std::string vouchers = fund_ + "/attachments/vouchers", papers = dispute_ + "/attachments/papers";
  std::string infected(tests::small_pdf);
  infected.insert(infected.find('\n') + 1, std::string("% ") + tests::Clamd::virus + "\n");
  for (const std::string& address : {vouchers, papers}) {
    const Response refused = ask("clerk", "POST", address, infected);
    EXPECT_EQ(refused.status, 422);
    EXPECT_EQ(code_of(refused), "attachment.infected");
    EXPECT_THAT(refused.body, HasSubstr("Zhijia.Planted"));
  }
  EXPECT_EQ(kept(), 0);
  EXPECT_EQ(ask("clerk", "POST", vouchers, tests::small_pdf).status, 201);
  EXPECT_EQ(kept(), 1);
  clamd.reset();
  const Response unseen = ask("clerk", "POST", papers, tests::small_pdf);
  EXPECT_EQ(unseen.status, 503);
  EXPECT_EQ(code_of(unseen), "attachment.not_scanned");
  EXPECT_EQ(kept(), 1);
}

TEST_F(Attachments, the_same_request_with_the_same_key_adds_one_file) {
  const auto add = [&] {
    return ask("clerk", "POST", fund_ + "/attachments/vouchers", tests::small_png, {{"idempotency-key", "k"}});
  };
  EXPECT_EQ(add().body, add().body);
  EXPECT_EQ(json::parse(ask("clerk", "GET", fund_).body).at("values").at("vouchers").as_array().size(), 1u);
}

TEST_F(Attachments, an_altered_file_is_not_served) {
  const Response added = ask("clerk", "POST", fund_ + "/attachments/vouchers", tests::small_png);
  for (const auto& entry : std::filesystem::recursive_directory_iterator(files_.folder()))
    if (entry.is_regular_file()) std::filesystem::resize_file(entry.path(), 10);
  const std::string id(paper_of(added, "vouchers").at("id").as_string());
  EXPECT_EQ(code_of(ask("clerk", "GET", fund_ + "/attachments/vouchers/" + id)), "attachment.damaged");
}

}  // namespace
}  // namespace zhijia::http
