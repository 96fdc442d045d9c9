#include "postgresql_address.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <ostream>

#include "store/rights.hpp"
#include "support/database.hpp"

namespace zhijia::store {
namespace {

struct Case {
  const char *name, *url, *problem;
  friend void PrintTo(const Case& each, std::ostream* out) { *out << each.name; }
};

const Case cases[] = {
    {"a_sockets_folder_stays_here", "postgresql:///city?host=/var/run/postgresql", ""},
    {"no_host_is_a_socket", "postgresql:///city", ""},
    {"loopback_stays_here", "postgresql://zhijia@127.0.0.1/city", ""},
    {"so_does_its_name", "postgresql://zhijia@localhost:5433/city?application_name=x", ""},
    {"and_that_of_version_6", "postgresql://zhijia@[::1]/city", ""},
    {"elsewhere_is_refused", "postgresql://zhijia@db.example/city", "store.not_encrypted"},
    {"encrypted_for_anybody_is_refused", "postgresql://zhijia@db.example/city?sslmode=require", "store.not_encrypted"},
    {"checked_without_the_name_is_refused", "postgresql://zhijia@db.example/city?sslmode=verify-ca",
     "store.not_encrypted"},
    {"checked_with_the_name_is_taken", "postgresql://zhijia@db.example/city?sslmode=verify-full&sslrootcert=/ca.pem",
     ""},
    {"a_host_among_the_parameters", "postgresql:///city?host=db.example", "store.not_encrypted"},
    {"one_elsewhere_among_several", "postgresql://127.0.0.1,10.0.0.8/city", "store.not_encrypted"},
    {"an_address_counts_before_a_name", "postgresql://localhost/city?hostaddr=10.0.0.8", "store.not_encrypted"},
    {"a_service_may_be_anywhere", "postgresql:///city?service=other", "store.not_encrypted"},
    {"what_cannot_be_read_is_told", "postgresql://zhijia@db.example/city?nothing=1", "store.url"},
};

class Address : public testing::TestWithParam<Case> {};

TEST_P(Address, is_taken_or_refused) {
  const auto checked = check_postgresql_address(GetParam().url);
  EXPECT_EQ(checked ? "" : checked.error().front().code, GetParam().problem);
}

TEST_P(Address, is_refused_before_anything_is_sent) {
  if (std::string_view(GetParam().problem).empty()) return;
  FixedClock clock{Date::of(2021, 1, 10)};
  const auto opened = Store::open(GetParam().url, clock);
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().front().code, GetParam().problem);
}

INSTANTIATE_TEST_SUITE_P(Store, Address, testing::ValuesIn(cases), [](const auto& each) { return each.param.name; });

TEST(AddressByEnvironment, counts_where_the_address_says_nothing) {
  setenv("PGHOST", "db.example", 1);
  const bool is_open = check_postgresql_address("postgresql:///city").has_value();
  setenv("PGSSLMODE", "verify-full", 1);
  const bool is_sealed = check_postgresql_address("postgresql:///city").has_value();
  unsetenv("PGHOST");
  unsetenv("PGSSLMODE");
  EXPECT_FALSE(is_open);
  EXPECT_TRUE(is_sealed);
}

/// The same database, opened by another role.
std::string by(std::string url, const std::string& role) {
  return url.replace(url.find("user="), std::string::npos, "user=" + role);
}

std::string outcome(const std::string& url) {
  FixedClock clock{Date::of(2021, 1, 10)};
  const auto store = Store::open(url, clock, {.durable = false});
  if (!store) return store.error().front().code;
  const auto checked = (*store)->read([](Reader& reader) { return check_rights(reader); });
  return checked ? "" : checked.error().front().code;
}

TEST(Rights, are_no_more_than_serving_needs) {
  const tests::TestDatabase database("postgresql");
  if (!database.missing().empty()) GTEST_SKIP() << database.missing();
  FixedClock clock{Date::of(2021, 1, 10)};
  const auto owner = Store::open(database.url(), clock, {.durable = false}).value();
  const auto run = [&](const std::string& sql) {
    ASSERT_TRUE(owner->write([&](Transaction& transaction) -> Result<void> {
      transaction.execute(sql);
      return {};
    }));
  };
  for (const char* role : {"plain", "maker", "unbound", "behind"}) {
    run(std::string("CREATE ROLE ") + role + " LOGIN");
    run(std::string("GRANT ALL ON ALL TABLES IN SCHEMA public TO ") + role);
  }
  run("ALTER ROLE maker CREATEROLE");
  run("ALTER ROLE unbound BYPASSRLS");
  run("GRANT maker TO behind");
  EXPECT_EQ(outcome(database.url()), "store.rights") << "a superuser";
  EXPECT_EQ(outcome(by(database.url(), "plain")), "");
  EXPECT_EQ(outcome(by(database.url(), "maker")), "store.rights");
  EXPECT_EQ(outcome(by(database.url(), "unbound")), "store.rights");
  EXPECT_EQ(outcome(by(database.url(), "behind")), "store.rights") << "by a role that it may take on";
}

TEST(Rights, are_nobodys_on_sqlite) {
  const tests::TestDatabase database("sqlite");
  EXPECT_EQ(outcome(database.url()), "");
}

}  // namespace
}  // namespace zhijia::store
