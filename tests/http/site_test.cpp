#include "http/site.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "api/asking.hpp"
#include "server/target.hpp"
#include "support/small_city.hpp"

namespace zhijia::http {
namespace {

namespace json = boost::json;
using testing::HasSubstr;
using testing::Not;

/// The project's own packs over a small database: two unions, three payments, one of them not yet paid.
class Site : public SmallCity {
 protected:
  Site() {
    create("season_programme", {{"code", "D2020"}, {"name", "送温暖"}, {"season", "winter"}, {"budget", "1000"}});
    for (const auto& [code, amount, state] :
         {std::tuple{"A", "100.50", "paid"}, {"B<i>", "200", "paid"}, {"C", "7", "planned"}})
      create("season_fund", {{"code", code},
                             {"programme", "D2020"},
                             {"region", "汉台区"},
                             {"source", "工会经费"},
                             {"amount", amount},
                             {"paid_on", "2020-01-15"},
                             {"state", state}});
    router_ = routes({*store_, *registers_, 2020, nullptr, &files_});
  }

  Response ask(const std::string& target) {
    Request request{.method = "GET"};
    EXPECT_TRUE(read_target(target, request)) << target;
    return router_.answer(request);
  }

  json::value json_of(const std::string& target) {
    const Response response = ask(target);
    EXPECT_EQ(response.status, 200) << target << response.body;
    return json::parse(response.body);
  }

  /// The answer to a question whose terms are in its body.
  json::value json_sent(const std::string& target, const json::object& terms) {
    const Response response = router_.answer(request_of("POST", target, terms));
    EXPECT_EQ(response.status, 200) << target << response.body;
    return json::parse(response.body);
  }

  Response search_form(const std::string& target, const std::string& body) {
    Request request = request_of("POST", target);
    request.headers["content-type"] = "application/x-www-form-urlencoded";
    request.body = body;
    return router_.answer(request);
  }

  Router router_;
};

TEST_F(Site, gives_a_figure_with_its_value_and_its_records) {
  const json::value figure = json_of("/api/v1/indicators/winter.funds?year=2020");
  EXPECT_EQ(figure.at("value").as_string(), "300.50");
  EXPECT_EQ(figure.at("unit").as_string(), "CNY");
  EXPECT_EQ(figure.at("records").as_int64(), 2);
}

TEST_F(Site, gives_figures_as_known_at_the_end_of_a_day) {
  const json::value before = json_of("/api/v1/review?year=2020&as_of_day=1990-01-01");
  EXPECT_EQ(before.at("position").as_int64(), 0);
  const json::value after = json_of("/api/v1/review?year=2020&as_of_day=2199-12-31");
  EXPECT_EQ(after.at("position").as_int64(), json_of("/api/v1/review?year=2020").at("position").as_int64());
}

TEST_F(Site, gives_the_review_as_a_document_and_as_a_sheet) {
  for (const char* address : {"/api/v1/review.docx?year=2020", "/api/v1/review.xlsx?year=2020&language=en"}) {
    const Response file = ask(address);
    EXPECT_EQ(file.status, 200) << address;
    EXPECT_TRUE(file.body.starts_with("PK")) << address;
  }
}

TEST_F(Site, gives_the_records_behind_a_figure_page_by_page) {
  const json::value first = json_of("/api/v1/indicators/winter.funds/records?year=2020&limit=1");
  ASSERT_EQ(first.at("items").as_array().size(), 1u);
  EXPECT_EQ(first.at("items").at(0).at("value").as_string(), "100.50");
  EXPECT_EQ(first.at("next").as_string(), "1");
  const json::value second = json_of("/api/v1/indicators/winter.funds/records?year=2020&limit=1&after=1");
  EXPECT_EQ(second.at("items").at(0).at("value").as_string(), "200");
  EXPECT_TRUE(second.at("next").is_null());
}

TEST_F(Site, lists_records_with_typed_values) {
  const json::value list = json_of("/api/v1/registers/season_fund/records?where=amount%20%3E%20150&total=true");
  EXPECT_EQ(list.at("total").as_int64(), 1);
  const json::value& values = list.at("items").at(0).at("values");
  EXPECT_EQ(values.at("amount").as_string(), "200.00");
  EXPECT_EQ(values.at("paid_on").as_string(), "2020-01-15");
  EXPECT_EQ(values.at("source").as_string(), "union");
  EXPECT_EQ(values.at("programme").at("label").as_string(), "D2020");
}

TEST_F(Site, shows_a_record_and_its_life) {
  const json::value list = json_of("/api/v1/registers/season_fund/records?limit=1");
  const std::string id(list.at("items").at(0).at("id").as_string());
  const std::string address = "/api/v1/registers/season_fund/records/" + id;
  EXPECT_EQ(json_of(address).at("id").as_string(), id);
  const json::value life = json_of(address + "/history");
  EXPECT_EQ(life.at(0).at("action").as_string(), "create");
  EXPECT_EQ(life.at(0).at("changes").at("code").at("after").as_string(), "A");
}

TEST_F(Site, a_record_that_one_has_is_not_sent_again) {
  const json::value list = json_of("/api/v1/registers/season_fund/records?limit=1");
  Request request{.method = "GET"};
  read_target("/api/v1/registers/season_fund/records/" + std::string(list.at("items").at(0).at("id").as_string()),
              request);
  request.headers["if-none-match"] = "\"1\"";
  EXPECT_EQ(router_.answer(request).status, 304);
}

TEST_F(Site, every_figure_of_the_review_is_a_link_that_opens) {
  const std::string review = ask("/plain").body;
  int links = 0;
  for (std::size_t at = 0; (at = review.find("/plain/figures/", at)) != std::string::npos; ++at, ++links) {
    const std::string target = review.substr(at, review.find('"', at) - at);
    EXPECT_EQ(ask(target).status, 200) << target;
  }
  EXPECT_GE(links, 58);
}

TEST_F(Site, a_figures_page_leads_to_its_records) {
  const std::string figure = ask("/plain/figures/winter.funds").body;
  const std::size_t at = figure.find("/plain/registers/season_fund/");
  ASSERT_NE(at, std::string::npos);
  const std::string record = ask(figure.substr(at, figure.find('"', at) - at)).body;
  EXPECT_THAT(record, HasSubstr("100.50"));
  EXPECT_THAT(record, HasSubstr("create"));
}

TEST_F(Site, texts_of_records_never_become_markup) {
  const std::string list = ask("/plain/registers/season_fund").body;
  EXPECT_THAT(list, HasSubstr("B&lt;i&gt;"));
  EXPECT_THAT(list, Not(HasSubstr("B<i>")));
}

TEST_F(Site, pages_are_in_english_when_asked) {
  EXPECT_THAT(ask("/plain?language=en").body, HasSubstr("<html lang=\"en\">"));
  EXPECT_THAT(ask("/plain?language=en").body, HasSubstr("The work of 2020"));
  EXPECT_THAT(ask("/plain/figures/winter.funds?language=en").body, HasSubstr("Counted from 2 records"));
}

struct Refusal {
  const char* name;
  const char* target;
  int status;
  const char* code;
  friend void PrintTo(const Refusal& each, std::ostream* out) { *out << each.name; }
};

const Refusal refusals[] = {
    {"an_unknown_address", "/api/v1/nothing", 404, "http.not_found"},
    {"an_unknown_register", "/api/v1/registers/nothing/records", 404, "register.not_found"},
    {"an_unknown_record", "/api/v1/registers/union/records/7", 404, "record.not_found"},
    {"an_id_that_is_none", "/api/v1/registers/union/records/x", 404, "record.not_found"},
    {"an_unknown_indicator", "/api/v1/indicators/nothing", 404, "http.not_found"},
    {"a_year_that_is_none", "/api/v1/indicators?year=20x", 400, "http.parameter"},
    {"a_day_that_is_none", "/api/v1/review?as_of_day=yesterday", 400, "http.parameter"},
    {"a_day_beside_a_position", "/api/v1/review?as_of_day=2020-12-31&as_of=7", 400, "http.parameter"},
    {"a_page_too_large", "/api/v1/registers/union/records?limit=1001", 400, "http.parameter"},
    {"a_filter_over_no_field", "/api/v1/registers/union/records?where=nothing%20%3D%201", 400, "feel.unknown_name"},
    {"an_order_by_no_field", "/api/v1/registers/union/records?sort=nothing", 400, "list.sort"},
    {"an_order_by_a_link", "/api/v1/registers/union/records?sort=parent", 400, "list.sort"},
    {"a_link_that_is_none", "/api/v1/registers/union/records?linked=name:7", 400, "list.linked"},
    {"groups_by_no_field", "/api/v1/registers/union/groups?by=nothing", 400, "list.group"},
    {"groups_by_none", "/api/v1/registers/union/groups", 400, "list.group"},
    {"a_sum_of_texts", "/api/v1/registers/union/groups?by=level&sum=name", 400, "list.sum"},
    {"a_place_that_is_none", "/api/v1/registers/union/records?after=5b5d", 400, "list.after"},
    {"a_forged_place", "/api/v1/registers/union/records?sort=name&after=5b312c315d", 400, "list.after"},
    {"an_identity_number_in_an_address", "/api/v1/registers/member/records?q=610799198001010017", 400,
     "list.number_in_address"},
    {"one_in_a_condition", "/api/v1/registers/union/groups?by=level&where=name%20%3D%20%22610799198001010017%22", 400,
     "list.number_in_address"},
    {"one_in_the_search_of_all", "/api/v1/search?q=610799198001010017", 400, "list.number_in_address"},
    {"a_card_in_the_address_of_an_export", "/api/v1/registers/member/export.xlsx?q=6222020200112230", 400,
     "list.number_in_address"},
};

class Refused : public Site, public testing::WithParamInterface<Refusal> {};

TEST_P(Refused, with_status_and_problem) {
  const Response response = ask(GetParam().target);
  EXPECT_EQ(response.status, GetParam().status) << response.body;
  EXPECT_EQ(response.type, "application/problem+json");
  EXPECT_EQ(json::parse(response.body).at("problems").at(0).at("code").as_string(), GetParam().code);
}

INSTANTIATE_TEST_SUITE_P(Http, Refused, testing::ValuesIn(refusals), [](const auto& each) { return each.param.name; });

TEST_F(Site, puts_records_together_by_a_field_and_adds_them_up) {
  const json::value groups = json_of("/api/v1/registers/season_fund/groups?by=state&sum=amount");
  EXPECT_EQ(json::serialize(groups), R"({"items":[{"value":"paid","records":2,"sum":"300.50"},)"
                                     R"({"value":"planned","records":1,"sum":"7.00"}]})");
}

TEST_F(Site, puts_days_together_by_month_and_follows_links) {
  const json::value months = json_of("/api/v1/registers/season_fund/groups?by=paid_on&where=amount%20%3E%20100");
  EXPECT_EQ(json::serialize(months), R"({"items":[{"value":"2020-01","records":2}]})");
  const json::value seasons = json_of("/api/v1/registers/season_fund/groups?by=programme.season");
  EXPECT_EQ(json::serialize(seasons), R"({"items":[{"value":"winter","records":3}]})");
  const json::value programmes = json_of("/api/v1/registers/season_fund/groups?by=programme");
  EXPECT_EQ(programmes.at("items").at(0).at("value").at("label").as_string(), "送温暖");
}

TEST_F(Site, answers_alike_whether_the_terms_are_in_the_address_or_in_the_body) {
  const std::string funds = "/api/v1/registers/season_fund";
  EXPECT_EQ(
      json_sent(funds + "/search", {{"where", "amount > 100"}, {"sort", "-amount"}, {"limit", 1}, {"total", true}}),
      json_of(funds + "/records?where=amount%20%3E%20100&sort=-amount&limit=1&total=true"));
  EXPECT_EQ(json_sent(funds + "/search", {}), json_of(funds + "/records"));
  EXPECT_EQ(json_sent(funds + "/groups", {{"by", "state"}, {"sum", "amount"}}),
            json_of(funds + "/groups?by=state&sum=amount"));
  EXPECT_EQ(json_sent("/api/v1/search", {{"q", "D20"}}), json_of("/api/v1/search?q=D20"));
  const Response sheet = router_.answer(request_of("POST", funds + "/export.csv", json::object{{"q", "D2020"}}));
  EXPECT_EQ(sheet.status, 200);
  EXPECT_TRUE(sheet.stream);
}

TEST_F(Site, a_term_that_there_is_not_or_of_another_type_is_named) {
  for (const json::object& terms :
       {json::object{{"nothing", "x"}}, json::object{{"q", 5}}, json::object{{"limit", "5"}},
        json::object{{"total", "true"}}, json::object{{"q", std::string(1, '\0')}}}) {
    const Response refused = router_.answer(request_of("POST", "/api/v1/registers/season_fund/search", terms));
    EXPECT_EQ(refused.status, 400) << json::serialize(terms);
    EXPECT_EQ(json::parse(refused.body).at("problems").at(0).at("field").as_string(), terms.begin()->key());
  }
}

TEST_F(Site, a_number_in_an_address_is_told_where_it_belongs) {
  const std::string refused = ask("/api/v1/registers/member/records?q=610799198001010017").body;
  EXPECT_THAT(refused, HasSubstr("POST /api/v1/registers/member/search"));
  EXPECT_THAT(refused, Not(HasSubstr("610799198001010017")));
}

TEST_F(Site, a_page_without_script_searches_by_its_body_and_keeps_the_words_out_of_its_links) {
  const std::string funds = "/plain/registers/season_fund";
  EXPECT_EQ(ask(funds + "?q=610799198001010017").status, 400);
  const Response page = search_form(funds + "?language=en", "q=B%3Ci%3E");
  EXPECT_EQ(page.status, 200);
  EXPECT_THAT(page.body, HasSubstr("1 records"));
  EXPECT_THAT(page.body, Not(HasSubstr("?q=")));
  EXPECT_THAT(page.body, Not(HasSubstr("&amp;q=")));
  EXPECT_EQ(search_form(funds, "q=%00").status, 400);
}

struct Words {
  const char *name, *text;
  bool is_number;
  friend void PrintTo(const Words& each, std::ostream* out) { *out << each.name; }
};

const Words words[] = {
    {"an_identity_number", "610799198001010017", true},
    {"one_that_ends_in_x", "61079919800101005X", true},
    {"one_in_full_width", "６１０７９９１９８００１０１００１７", true},
    {"one_within_a_condition", "contains(note, \"610799198001010017\")", true},
    {"one_with_blanks", "610799 19800101 0017", true},
    {"one_of_fifteen_digits", "610799800101001", true},
    {"one_whose_check_digit_is_wrong", "610799198001010018", false},
    {"one_whose_day_there_is_not", "610799198013010017", false},
    {"a_card", "6222020200112230", true},
    {"a_card_as_it_is_printed", "6222 0202 0011 2230", true},
    {"a_card_whose_check_digit_is_wrong", "6222020200112231", false},
    {"a_phone", "13812341234", false},
    {"a_records_id", "part_of = 910000000000000005", false},
    {"a_span_of_days", "paid_on >= date(\"2020-01-15\") and paid_on < date(\"2020-12-31\")", false},
    {"a_name", "张卫东", false},
    {"nothing", "", false},
};

class WholeNumber : public testing::TestWithParam<Words> {};
TEST_P(WholeNumber, is_told_from_other_words) { EXPECT_EQ(holds_whole_number(GetParam().text), GetParam().is_number); }
INSTANTIATE_TEST_SUITE_P(Http, WholeNumber, testing::ValuesIn(words), [](const auto& each) { return each.param.name; });

/// What a word finds: "register label".
std::set<std::string> found(const json::value& answer) {
  std::set<std::string> all;
  for (const json::value& each : answer.at("items").as_array())
    all.insert(std::string(each.at("register").as_string()) + " " + std::string(each.at("label").as_string()));
  return all;
}

TEST_F(Site, finds_people_by_name_initials_and_number_and_records_by_code) {
  create("winter_visit", {{"subject.name", "张卫东"},
                          {"subject.identity_number", "610799198001010017"},
                          {"programme", "D2020"},
                          {"visited_on", "2020-01-15"},
                          {"amount", "500"}});
  const std::set<std::string> visit = {"winter_visit 张卫东"};
  EXPECT_EQ(found(json_of("/api/v1/search?q=%E5%BC%A0%E5%8D%AB")), visit);
  EXPECT_EQ(found(json_of("/api/v1/search?q=zwd")), visit);
  EXPECT_EQ(found(json_of("/api/v1/search?q=ZW")), visit);
  EXPECT_EQ(found(json_sent("/api/v1/search", {{"q", "610799198001010017"}})), visit);
  EXPECT_EQ(found(json_of("/api/v1/search?q=wdz")), std::set<std::string>());
  EXPECT_EQ(found(json_of("/api/v1/search?q=D20")), (std::set<std::string>{"season_programme 送温暖"}));
}

TEST_F(Site, lists_what_leads_to_a_record) {
  const json::value programmes = json_of("/api/v1/registers/season_programme/records");
  const std::string id(programmes.at("items").at(0).at("id").as_string());
  const std::string address = "/api/v1/registers/season_fund/records?total=true&linked=programme:";
  EXPECT_EQ(json_of(address + id).at("total").as_int64(), 3);
  EXPECT_EQ(json_of(address + "7").at("total").as_int64(), 0);
}

TEST_F(Site, a_word_is_only_a_word) {
  EXPECT_EQ(found(json_of("/api/v1/search?q=%22%20or%20true%20or%20code%20%3D%20%22")), std::set<std::string>());
  EXPECT_EQ(ask("/api/v1/search?q=%20").status, 400);
}

TEST_F(Site, describes_every_register) {
  const json::value description = json_of("/api/openapi.json");
  for (const registers::Register& of : registers_->catalogue().registers)
    EXPECT_TRUE(description.at("paths").as_object().contains("/api/v1/registers/" + of.name + "/records")) << of.name;
}

/// "GET /api/v1/registers/dispute/records" of "GET /api/v1/registers/{register}/records".
std::string for_disputes(std::string pattern) {
  const std::string place = "{register}";
  if (const auto at = pattern.find(place); at != std::string::npos) pattern.replace(at, place.size(), "dispute");
  return pattern;
}

TEST_F(Site, describes_every_address_of_the_interface_and_no_other) {
  access::Users users(*store_, vault_, clock_);
  exchange::ImportJobs imports(*store_, *registers_, users, clock_, folder_.path / "imports");
  Services services{*store_, *registers_, 2020, &users, &files_};
  services.imports = &imports;
  relief::RecheckJobs rechecks(*store_, *registers_, clock_);
  services.rechecks = &rechecks;
  const Router router = routes(services);
  std::set<std::string> routed, described;
  for (const std::string& pattern : router.patterns())
    if (pattern.find(" /api/v1/") != std::string::npos) routed.insert(for_disputes(pattern));
  const json::value description = json_of("/api/openapi.json");
  for (const auto& [address, operations] : description.at("paths").as_object()) {
    const std::string path = for_disputes(std::string(address));
    if (path.starts_with("/api/v1/registers/") && !path.starts_with("/api/v1/registers/dispute/")) continue;
    for (const auto& [method, operation] : operations.as_object()) {
      std::string upper(method);
      for (char& c : upper) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
      described.insert(for_disputes(upper + " " + path));
    }
  }
  EXPECT_EQ(routed, described);
}

}  // namespace
}  // namespace zhijia::http
