#include "store/store.hpp"

#include <gtest/gtest.h>

#include <future>
#include <thread>

#include "support/database.hpp"

namespace zhijia::store {
namespace {

const TableSchema visit{.name = "visit",
                        .columns = {{"id", Type::integer, true},
                                    {"position", Type::integer, true},
                                    {"version", Type::integer, true},
                                    {"name", Type::text, true},
                                    {"amount", Type::integer},
                                    {"paper", Type::blob}},
                        .primary_key = {"id"},
                        .uniques = {{"name"}},
                        .indexes = {{"amount"}},
                        .checks = {"amount >= 0"},
                        .versioned = true};

class StoreTest : public testing::TestWithParam<std::string> {
 protected:
  void SetUp() override {
    if (!database.missing().empty()) GTEST_SKIP() << database.missing();
    reopen();
  }
  void reopen() {
    store.reset();
    auto opened = Store::open(database.url(), clock, {.durable = false});
    if (!opened) throw std::runtime_error(describe(opened.error().front()));
    store = std::move(*opened);
    const auto migrated = store->migrate(std::span(&visit, 1));
    if (!migrated) throw std::runtime_error(describe(migrated.error().front()));
  }
  Result<std::int64_t> add(Id id, std::string_view name, std::optional<std::int64_t> amount = {}) {
    return store->write([&](Transaction& transaction) -> Result<std::int64_t> {
      const std::int64_t position = transaction.log({"tester", "test", "create", "visit", id, "{}"});
      transaction.execute("INSERT INTO visit (id, position, version, name, amount) VALUES (?, ?, 1, ?, ?)", id,
                          position, name, amount);
      return position;
    });
  }
  std::int64_t count(std::string_view sql) {
    return store->read([&](Reader& reader) {
      auto rows = reader.query(sql);
      rows.next();
      return rows.integer(0);
    });
  }

  tests::TestDatabase database{GetParam()};
  FixedClock clock{Date::of(2020, 1, 31)};
  std::unique_ptr<Store> store;
};

TEST_P(StoreTest, keeps_what_was_acknowledged) {
  EXPECT_EQ(add(1, "张三", 500).value(), 1);
  EXPECT_EQ(add(2, "李四").value(), 2);
  reopen();
  store->read([](Reader& reader) {
    EXPECT_EQ(reader.position(), 2);
    auto rows = reader.query("SELECT id, name, amount FROM visit WHERE id >= ? ORDER BY id", 1);
    EXPECT_TRUE(rows.next());
    EXPECT_EQ(rows.text(1), "张三");
    EXPECT_EQ(rows.integer(2), 500);
    EXPECT_TRUE(rows.next());
    EXPECT_TRUE(rows.is_null(2));
    EXPECT_EQ(rows.integer_if(2), std::nullopt);
    EXPECT_FALSE(rows.next());
    return 0;
  });
  EXPECT_EQ(add(3, "王五").value(), 3);
}

TEST_P(StoreTest, undoes_failed_work_alone) {
  const auto refused = store->write([&](Transaction& transaction) -> Result<int> {
    transaction.log({"tester", "test", "create", "visit", 9, "{}"});
    return fail("test.no", "不行", "no");
  });
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().front().code, "test.no");
  EXPECT_THROW((void)store->write([&](Transaction& transaction) -> Result<int> {
    transaction.log({"tester", "test", "create", "visit", 9, "{}"});
    throw std::runtime_error("fault");
  }),
               std::runtime_error);
  EXPECT_EQ(add(1, "张三").value(), 1);
}

TEST_P(StoreTest, names_the_broken_rule) {
  ASSERT_TRUE(add(1, "张三"));
  EXPECT_EQ(add(2, "张三").error().front().code, "store.unique");
  EXPECT_EQ(add(3, "李四", -1).error().front().code, "store.check");
  const auto unnamed = store->write([](Transaction& transaction) -> Result<void> {
    transaction.execute("INSERT INTO visit (id, position, version) VALUES (4, 1, 1)");
    return {};
  });
  EXPECT_EQ(unnamed.error().front().code, "store.not_null");
}

TEST_P(StoreTest, takes_many_writers_at_once) {
  constexpr int threads = 8, each = 50;
  {
    std::vector<std::jthread> writers;
    for (int t = 0; t < threads; ++t)
      writers.emplace_back([&, t] {
        for (int i = 0; i < each; ++i) EXPECT_TRUE(add(t * each + i, std::to_string(t * each + i)));
      });
  }
  EXPECT_EQ(count("SELECT count(*) FROM visit"), threads * each);
  EXPECT_EQ(count("SELECT count(DISTINCT position) FROM visit"), threads * each);
}

TEST_P(StoreTest, a_reader_sees_one_snapshot) {
  ASSERT_TRUE(add(1, "张三"));
  store->read([&](Reader& reader) {
    EXPECT_EQ(reader.position(), 1);
    EXPECT_TRUE(add(2, "李四"));
    EXPECT_EQ(reader.position(), 1);
    return 0;
  });
  EXPECT_EQ(count("SELECT max(position) FROM change_log"), 2);
}

TEST_P(StoreTest, inserts_in_bulk) {
  const auto written = store->write([](Transaction& transaction) -> Result<void> {
    Inserter& rows = transaction.inserter("visit", {"id", "position", "version", "name", "amount", "paper"});
    for (int i = 1; i <= 1000; ++i) {
      const auto position = transaction.log({"tester", "import:x", "create", "visit", i, "{}"});
      rows.add(i, position, 1, i == 1 ? "tab\t, line\n and \\" : std::to_string(i), i % 2 ? Parameter(i) : nullptr,
               Parameter::blob(std::string_view("\0\xff", 2)));
    }
    return {};
  });
  ASSERT_TRUE(written);
  EXPECT_EQ(count("SELECT count(*) FROM visit WHERE amount IS NULL"), 500);
  store->read([](Reader& reader) {
    auto rows = reader.query("SELECT name, paper FROM visit WHERE id = ?", 1);
    EXPECT_TRUE(rows.next());
    EXPECT_EQ(rows.text(0), "tab\t, line\n and \\");
    EXPECT_EQ(rows.blob(1), std::string_view("\0\xff", 2));
    return 0;
  });
}

/// Past the first thousand, rows may be written by another thread, and the indexes are made at the end.
TEST_P(StoreTest, many_rows_are_there_for_whoever_asks_after_a_flush) {
  constexpr Id rows_count = 5'000;
  const auto written = store->write([&](Transaction& transaction) -> Result<void> {
    Inserter& rows = transaction.inserter("visit", {"id", "position", "version", "name", "amount"});
    const std::string long_name(200'000, 'x');
    for (Id id = 1; id <= rows_count; ++id) {
      const std::int64_t position = transaction.log({"tester", "test", "create", "visit", id, "{}"});
      rows.add(id, position, 1, id == 3'000 ? long_name : "第" + std::to_string(id),
               id == 4'000 ? nullptr : Parameter(id));
      if (id % 1'500 != 0) continue;
      // Other tables may be asked while rows wait, and rows added while somebody reads.
      auto open = transaction.query("SELECT 1 UNION SELECT 2");
      EXPECT_TRUE(open.next());
      ++id;
      rows.add(id, transaction.log({"tester", "test", "create", "visit", id, "{}"}), 1,
               "while read " + std::to_string(id), id);
      EXPECT_TRUE(open.next());
    }
    rows.flush();
    auto sum = transaction.query("SELECT count(*), sum(amount), max(length(name)) FROM visit");
    EXPECT_TRUE(sum.next());
    EXPECT_EQ(sum.integer(0), rows_count);
    EXPECT_EQ(sum.integer(1), rows_count * (rows_count + 1) / 2 - 4'000);
    EXPECT_EQ(sum.integer(2), 200'000);
    return {};
  });
  ASSERT_TRUE(written);
  EXPECT_EQ(count("SELECT count(*) FROM visit"), rows_count);
  EXPECT_TRUE(store->verify()->problems.empty());
}

TEST_P(StoreTest, one_bad_row_among_many_undoes_all_of_them) {
  for (const Id bad : {1'500, 4'999}) {
    const auto written = store->write([&](Transaction& transaction) -> Result<void> {
      Inserter& rows = transaction.inserter("visit", {"id", "position", "version", "name"});
      for (Id id = 1; id <= 5'000; ++id)
        rows.add(id == bad ? 7 : id, transaction.log({"tester", "test", "create", "visit", id, "{}"}), 1,
                 std::to_string(id));
      return {};
    });
    ASSERT_FALSE(written) << bad;
    EXPECT_EQ(written.error().front().code, "store.unique");
  }
  const auto given_up = store->write([&](Transaction& transaction) -> Result<void> {
    Inserter& rows = transaction.inserter("visit", {"id", "position", "version", "name"});
    for (Id id = 1; id <= 5'000; ++id) rows.add(id, 1, 1, std::to_string(id));
    return fail("test.given_up", "放弃", "given up");
  });
  EXPECT_FALSE(given_up);
  EXPECT_EQ(count("SELECT count(*) FROM visit"), 0);
  EXPECT_EQ(count("SELECT count(*) FROM change_log"), 0);
  EXPECT_TRUE(add(1, "张三"));
}

TEST_P(StoreTest, the_log_refuses_to_be_changed) {
  ASSERT_TRUE(add(1, "张三"));
  for (const char* sql : {"UPDATE change_log SET body = 'x'", "DELETE FROM change_log"}) {
    const auto refused = store->write([&](Transaction& transaction) -> Result<void> {
      transaction.execute(sql);
      return {};
    });
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().front().code, "store.check");
  }
}

TEST_P(StoreTest, reads_a_table_as_it_was) {
  ASSERT_TRUE(add(1, "张三", 100));
  ASSERT_TRUE(store->write([](Transaction& transaction) -> Result<void> {
    const auto position = transaction.log({"tester", "test", "change", "visit", 1, "{}"});
    transaction.execute(archive_sql(visit), position, 1);
    transaction.execute("UPDATE visit SET amount = 200, position = ?, version = 2 WHERE id = 1", position);
    return {};
  }));
  const auto amount_at = [&](std::int64_t position) {
    return count("SELECT coalesce(sum(amount), 0) FROM " + source_as_of("visit", {"id", "amount"}, position) + " AS v");
  };
  EXPECT_EQ(amount_at(0), 0);
  EXPECT_EQ(amount_at(1), 100);
  EXPECT_EQ(amount_at(2), 200);
}

TEST_P(StoreTest, migration_loses_no_column) {
  ASSERT_TRUE(add(1, "张三", 100));
  TableSchema changed = visit;
  changed.columns[4].type = Type::text;                   // amount: another type
  changed.columns.erase(changed.columns.begin() + 3);     // name: required, declared no more
  changed.columns.push_back({"note", Type::text, true});  // new
  changed.uniques.clear();
  changed.checks.clear();
  for (int again = 0; again < 2; ++again) ASSERT_TRUE(store->migrate(std::span(&changed, 1)));
  EXPECT_EQ(count("SELECT count(*) FROM visit WHERE name = '张三' AND amount_until_20200131 = 100"), 1);
  EXPECT_TRUE(store->write([](Transaction& transaction) -> Result<void> {
    transaction.execute("INSERT INTO visit (id, position, version, amount) VALUES (2, 0, 1, 'much')");
    return {};
  }));
}

TEST_P(StoreTest, guards_see_other_tables) {
  const TableSchema gift{.name = "gift",
                         .columns = {{"visit", Type::integer, true}},
                         .primary_key = {"visit"},
                         .guards = {"EXISTS (SELECT 1 FROM visit WHERE id = NEW.visit)"},
                         .append_only = true};
  for (int again = 0; again < 2; ++again) ASSERT_TRUE(store->migrate(std::span(&gift, 1)));
  const auto run = [&](const std::string& sql) {
    return store->write([&](Transaction& transaction) -> Result<void> {
      transaction.execute(sql);
      return {};
    });
  };
  EXPECT_EQ(run("INSERT INTO gift VALUES (1)").error().front().code, "store.check");
  ASSERT_TRUE(add(1, "张三"));
  EXPECT_TRUE(run("INSERT INTO gift VALUES (1)"));
  EXPECT_EQ(run("DELETE FROM gift").error().front().code, "store.check");
}

TEST_P(StoreTest, refuses_names_that_are_none) {
  const TableSchema bad{"Visit", {{"id; drop", Type::text}}, {"id"}};
  const auto refused = store->migrate(std::span(&bad, 1));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().size(), 3U);
}

TEST_P(StoreTest, settings_are_kept) {
  EXPECT_EQ(store->setting("city"), std::nullopt);
  store->set_setting("city", "汉中");
  store->set_setting("city", "汉中市");
  EXPECT_EQ(store->setting("city"), "汉中市");
}

TEST_P(StoreTest, opens_beside_a_writer_without_waiting) {
  ASSERT_TRUE(store->write([&](Transaction& transaction) -> Result<void> {
    transaction.log({"tester", "import:x", "create", "visit", 1, "{}"});
    EXPECT_TRUE(Store::open(database.url(), clock, {.durable = false}));
    return {};
  }));
}

TEST_P(StoreTest, a_second_program_continues_the_same_log) {
  auto other = Store::open(database.url(), clock, {.durable = false}).value();
  for (int round = 0; round < 3; ++round) {
    ASSERT_TRUE(add(round, std::to_string(round)));
    EXPECT_TRUE(other->write([&](Transaction& transaction) -> Result<void> {
      EXPECT_EQ(transaction.log({"other", "test", "create", "visit", 0, "{}"}), 2 * round + 2);
      return {};
    }));
  }
  EXPECT_TRUE(store->verify().value().problems.empty());
}

TEST_P(StoreTest, a_later_programs_database_is_refused) {
  store->set_setting("store.layout", "999");
  EXPECT_EQ(Store::open(database.url(), clock).error().front().code, "store.newer");
}

TEST_P(StoreTest, submitted_work_is_told_when_it_is_done) {
  std::promise<std::string> told;
  store->submit([](Transaction&) -> Result<void> { return fail("test.no", "不行", "no"); },
                [&](Result<void> result, std::exception_ptr fault) {
                  told.set_value(fault ? "fault" : result ? "done" : result.error().front().code);
                });
  EXPECT_EQ(told.get_future().get(), "test.no");
}

TEST(Opening, says_what_is_wrong_with_the_address) {
  const FixedClock clock{Date::of(2020, 1, 31)};
  for (const char* url : {"", "zhijia.db", "sqlite:", "sqlite:a\"b", "mysql://x"})
    EXPECT_EQ(Store::open(url, clock).error().front().code, "store.url") << url;
  for (const char* url : {"sqlite:/no/such/folder/x.db", "postgresql:///x?host=/no/such/folder"})
    EXPECT_EQ(Store::open(url, clock).error().front().code, "store.open") << url;
}

TEST(Opening, an_address_needs_no_parameters) {
  const tests::TestDatabase database("postgresql");
  if (!database.missing().empty()) GTEST_SKIP() << database.missing();
  // libpq takes from the environment what the address does not say.
  const std::string url = database.url(), query = url.substr(url.find('?') + 1);
  setenv("PGHOST", query.substr(5, query.find('&') - 5).c_str(), 1);
  setenv("PGUSER", "zhijia", 1);
  const FixedClock clock{Date::of(2020, 1, 31)};
  const auto opened = Store::open(url.substr(0, url.find('?')), clock);
  unsetenv("PGHOST");
  unsetenv("PGUSER");
  EXPECT_TRUE(opened) << opened.error().front().message.en;
}

INSTANTIATE_TEST_SUITE_P(On, StoreTest, testing::Values("sqlite", "postgresql"),
                         [](const auto& each) { return each.param; });

}  // namespace
}  // namespace zhijia::store
