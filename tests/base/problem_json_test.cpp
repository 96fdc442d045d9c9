#include "base/problem_json.hpp"

#include <gtest/gtest.h>

#include <boost/json.hpp>

namespace zhijia {
namespace {

TEST(ProblemJson, is_read_back_as_it_was_written) {
  const Problem problems[] = {{"file.unreadable", {}, {"读不了。", "Cannot be read."}},
                              {"field.required",
                               {.file = "a.xlsx", .sheet = "表", .cell = "C17", .record = "member/1", .field = "name"},
                               {"“姓名”必填。", "“Name” is wanted."}}};
  for (const Problem& problem : problems)
    EXPECT_EQ(problem_from(boost::json::parse(boost::json::serialize(problem_json(problem))).as_object()), problem);
}

TEST(ProblemJson, names_only_the_parts_of_the_place_that_are_known) {
  const auto json =
      problem_json({"a.b", {.file = {}, .sheet = {}, .cell = "C17", .record = {}, .field = {}}, {"甲", "A"}});
  EXPECT_EQ(boost::json::serialize(json), R"({"code":"a.b","zh":"甲","en":"A","cell":"C17"})");
}

}  // namespace
}  // namespace zhijia
