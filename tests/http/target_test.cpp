#include "server/target.hpp"

#include <gtest/gtest.h>

namespace zhijia::http {
namespace {

struct Case {
  const char* name;
  const char* target;
  bool is_read = true;
  std::vector<std::string> path = {};
  std::vector<std::pair<std::string, std::string>> query = {};
  friend void PrintTo(const Case& each, std::ostream* out) { *out << each.name; }
};

const Case cases[] = {
    {"the_root_has_no_segments", "/"},
    {"segments_are_decoded", "/a/b%20c", true, {"a", "b c"}},
    {"chinese_is_decoded", "/%E5%B7%A5%E4%BC%9A", true, {"工会"}},
    {"an_encoded_slash_stays_within_its_segment", "/a%2Fb", true, {"a/b"}},
    {"plus_is_a_space_in_a_query", "/?q=a+b%2B", true, {}, {{"q", "a b+"}}},
    {"a_parameter_may_be_empty", "/?q=&q=2&x", true, {}, {{"q", ""}, {"q", "2"}, {"x", ""}}},
    {"a_path_that_climbs_is_refused", "/a/../b", false},
    {"an_encoded_climb_is_refused", "/%2e%2e/etc", false},
    {"a_bad_escape_is_refused", "/%zz", false},
    {"an_overlong_encoding_is_refused", "/%C0%AF", false},
    {"a_null_character_is_refused", "/a%00b", false},
    {"a_null_character_in_a_query_is_refused", "/?q=%00", false},
    {"bytes_that_are_no_text_are_refused", "/?q=%FF", false},
    {"a_whole_address_is_refused", "http://example.org/", false},
    {"nothing_is_refused", "", false},
};

class ReadTarget : public testing::TestWithParam<Case> {};

TEST_P(ReadTarget, gives_path_and_query) {
  Request request;
  ASSERT_EQ(read_target(GetParam().target, request), GetParam().is_read);
  if (!GetParam().is_read) return;
  EXPECT_EQ(request.path, GetParam().path);
  EXPECT_EQ(request.query, GetParam().query);
}

INSTANTIATE_TEST_SUITE_P(Http, ReadTarget, testing::ValuesIn(cases), [](const auto& each) { return each.param.name; });

}  // namespace
}  // namespace zhijia::http
