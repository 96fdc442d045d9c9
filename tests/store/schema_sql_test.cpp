#include <gtest/gtest.h>

#include <stdexcept>

#include "store/schema.hpp"
#include "store/store.hpp"

namespace zhijia::store {
namespace {

TEST(Names, only_checked_names_reach_sql) {
  struct Case {
    std::string_view name, text;
    bool passes;
  };
  const std::string too_long(name_length_max + 1, 'a');
  const Case cases[] = {
      {"a plain name passes", "winter_visit", true},
      {"digits may follow", "a1", true},
      {"a digit may not lead", "1a", false},
      {"capitals are refused", "Winter", false},
      {"a quote is refused", "a\"; drop table x", false},
      {"the empty name is refused", "", false},
      {"what PostgreSQL would cut is refused", too_long, false},
  };
  for (const Case& each : cases) {
    SCOPED_TRACE(each.name);
    EXPECT_EQ(is_name(each.text), each.passes);
    if (!each.passes) {
      EXPECT_THROW(quoted_name(each.text), std::invalid_argument);
    }
  }
}

TEST(Statements, are_written_alike_for_both_databases) {
  EXPECT_EQ(insert_sql("visit", {"id", "amount"}), R"(INSERT INTO "visit" ("id", "amount") VALUES (?, ?))");
  EXPECT_EQ(
      upsert_sql("visit", {"id", "amount"}, {"id"}),
      R"(INSERT INTO "visit" ("id", "amount") VALUES (?, ?) ON CONFLICT ("id") DO UPDATE SET "amount" = excluded."amount")");
  EXPECT_EQ(upsert_sql("mark", {"id"}, {"id"}),
            R"(INSERT INTO "mark" ("id") VALUES (?) ON CONFLICT ("id") DO NOTHING)");
}

}  // namespace
}  // namespace zhijia::store
