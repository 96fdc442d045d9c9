#include "placeholders.hpp"

#include <gtest/gtest.h>

namespace zhijia::store {
namespace {

TEST(Placeholders, are_numbered_outside_of_quotes) {
  struct Case {
    std::string_view name, ours, numbered;
    std::size_t count;
  };
  const Case cases[] = {
      {"bare ones count up", "a = ? AND b = ?", "a = $1 AND b = $2", 2},
      {"numbered ones keep their number", "?2, ?1, ?2", "$2, $1, $2", 2},
      {"a bare one follows the largest", "?2, ?", "$2, $3", 3},
      {"text is left alone", "'?' || ? || \"?\"", "'?' || $1 || \"?\"", 1},
      {"a doubled quote stays inside", "'it''s ?', ?", "'it''s ?', $1", 1},
      {"at the end of the text", "?12", "$12", 12},
  };
  for (const Case& each : cases) {
    SCOPED_TRACE(each.name);
    const NumberedSql found = numbered_placeholders(each.ours);
    EXPECT_EQ(found.sql, each.numbered);
    EXPECT_EQ(found.count, each.count);
  }
}

}  // namespace
}  // namespace zhijia::store
