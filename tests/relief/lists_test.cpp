#include "relief/lists.hpp"

#include <gmock/gmock.h>

#include <fstream>

#include "support/office.hpp"

namespace zhijia::relief {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class Lists : public Office {
 protected:
  void on_the_roll(int n, const registers::Cells& more = {}) {
    file(n, "7000", more);
    period(n, "open", "2018-02-01");
  }

  std::filesystem::path list(const std::string& rows) {
    const std::filesystem::path path = database_.folder.path / "list.csv";
    std::ofstream(path) << rows;
    return path;
  }

  Result<std::vector<Listed>> read(const std::string& text, std::size_t rows_max = 1'000) {
    std::vector<Listed> rows;
    const auto read = read_list(list(text), rows_max, [&](const Listed& row) { rows.push_back(row); });
    if (!read) return std::unexpected(read.error());
    return rows;
  }

  ListComparison compared(AgencyList kind, const std::string& text,
                          const registers::Reach& reach = registers::Reach::everything()) {
    const auto rows = read(text);
    EXPECT_TRUE(rows);
    return store_->read([&](store::Reader& reader) { return compare_list(reader, *registers_, kind, *rows, reach); });
  }

  /// "car 1 list.csv 2020-01-05": kind, whether beyond the norm, source and its day, one a line.
  std::vector<std::string> property_of(const std::string& code) {
    return store_->read([&](store::Reader& reader) {
      std::vector<std::string> lines;
      auto rows = reader.query(
          "SELECT y.kind, y.is_beyond, coalesce(y.source, ''), coalesce(y.told_on, '') FROM difficulty_file_property y "
          "JOIN difficulty_file f ON f.id = y.part_of WHERE f.code = ? ORDER BY y.id",
          code);
      while (rows.next())
        lines.push_back(std::string(rows.text(0)) + " " + std::to_string(rows.integer(1)) + " " +
                        std::string(rows.text(2)) + " " + std::string(rows.text(3)));
      return lines;
    });
  }

  /// "exact D1 unstated_business 2", one a match.
  static std::vector<std::string> told(const ListComparison& compared) {
    std::vector<std::string> all;
    for (const ListMatch& each : compared.matches)
      all.push_back(std::string(code_of(each.outcome)) + " " + each.code + " " + each.finding + " " +
                    std::to_string(each.listed.row));
    return all;
  }

  static std::string row(const std::string& name, int person) { return name + "," + identity_number(person) + "\n"; }
};

TEST_P(Lists, a_lists_columns_are_known_whatever_the_agency_calls_them) {
  struct Case {
    const char* name;
    std::string text;
    std::vector<std::string> names;
    std::string problem;
  };
  const Case cases[] = {{"a title stands above the header",
                         "低保对象花名册\n序号,户主姓名,公民身份号码\n1,张三,610799198001010017\n",
                         {"张三"},
                         ""},
                        {"owners of cars", "号牌,机动车所有人,证件号码\n陕F1,李四,610799198001010017\n", {"李四"}, ""},
                        {"rows without a name are passed over", "姓名,电话\n,13900000000\n王五,\n", {"王五"}, ""},
                        {"a list without names is refused", "编号,金额\n1,2\n", {}, "match.header"},
                        {"a list beyond the limit is refused", "姓名\n甲\n乙\n丙\n", {}, "match.too_long"}};
  for (const Case& c : cases) {
    SCOPED_TRACE(c.name);
    const auto rows = read(c.text, 2);
    if (!c.problem.empty()) {
      EXPECT_EQ(rows.error().front().code, c.problem);
      continue;
    }
    ASSERT_TRUE(rows) << describe(rows.error().front());
    std::vector<std::string> names;
    for (const Listed& each : *rows) names.push_back(each.name);
    EXPECT_EQ(names, c.names);
  }
}

TEST_P(Lists, what_a_list_tells_beyond_a_file_is_found_and_what_both_say_is_not) {
  on_the_roll(1);
  on_the_roll(2, {{"on_subsistence", "是"}});
  on_the_roll(3, {{"on_subsistence", "是"}});
  on_the_roll(4, {{"housing", "own"}});
  file(5, "7000");  // never applied for
  create("difficulty_file_members", {{"part_of", "D1"},
                                     {"member.name", "配偶"},
                                     {"member.identity_number", identity_number(20)},
                                     {"relation", "spouse"},
                                     {"work", "unable"}});
  create("difficulty_file_property", {{"part_of", "D2"}, {"kind", "car"}, {"detail", "电动三轮"}});
  struct Case {
    const char* name;
    AgencyList kind;
    std::string rows;
    std::vector<std::string> told;
    std::size_t agreed;
  };
  const Case cases[] = {{"on the roll unstated, stated and on it, stated and not on it",
                         AgencyList::subsistence,
                         row("户主1", 1) + row("户主2", 2),
                         {"exact D1 unstated_subsistence 2", "absent D3 not_on_subsistence 0"},
                         1},
                        {"a member's business is the household's",
                         AgencyList::business,
                         row("配偶", 20),
                         {"exact D1 unstated_business 2"},
                         0},
                        {"a car that the file states, and one that it does not",
                         AgencyList::vehicle,
                         row("户主2", 2) + row("户主1", 1),
                         {"exact D1 unstated_car 3"},
                         1},
                        {"a second home of who states one",
                         AgencyList::housing,
                         row("户主4", 4) + row("户主4", 4),
                         {"exact D4 unstated_home 3"},
                         1},
                        {"wages are stated", AgencyList::tax, row("户主1", 1), {}, 1},
                        {"whose file nobody applied for is not compared, nor a stranger",
                         AgencyList::business,
                         row("户主5", 5) + row("路人", 30),
                         {},
                         0}};
  for (const Case& c : cases) {
    SCOPED_TRACE(c.name);
    const ListComparison found = compared(c.kind, "姓名,身份证号\n" + c.rows);
    EXPECT_EQ(told(found), c.told);
    EXPECT_EQ(found.agreed, c.agreed);
    EXPECT_EQ(found.persons, 5u);
  }
  registers::Reach elsewhere;
  elsewhere.regions = {"610703"};
  EXPECT_THAT(told(compared(AgencyList::business, "姓名,身份证号\n" + row("户主1", 1), elsewhere)), IsEmpty());
}

TEST_P(Lists, a_row_with_a_wrong_digit_or_none_is_doubtful_with_its_evidence) {
  const char* const surnames[] = {"赵", "钱", "孙", "李", "周", "吴", "郑", "王", "冯", "陈"};
  const char* const given[] = {"建国", "秀英", "志强"};
  std::string rows = "经营者姓名,身份证号,电话,住址\n";
  std::string wrong = identity_number(3);
  wrong[15] = wrong[15] == '1' ? '2' : '1';
  for (int n = 1; n <= 30; ++n) {
    const std::string name = std::string(surnames[n % 10]) + given[n / 10 % 3],
                      phone = std::to_string(13911000000 + n * 7919),
                      address = "汉台区" + std::string(given[n % 3]) + "路" + std::to_string(n) + "号";
    on_the_roll(n, {{"subject.name", name}, {"phone", phone}, {"address", address}});
    const std::string number = n == 3 ? wrong : n == 4 ? "" : n == 5 ? identity_number(55) : identity_number(n);
    rows += name + "," + number + "," + phone + "," + address + "\n";
  }
  const ListComparison found = compared(AgencyList::business, rows);
  ASSERT_EQ(found.matches.size(), 29u) << "all but the fifth: there a right number is somebody else's";
  std::vector<std::string> doubtful;
  for (const ListMatch& each : found.matches)
    if (each.outcome == ListMatch::Outcome::doubtful) {
      doubtful.push_back(each.code + " " + std::to_string(each.listed.row));
      EXPECT_GT(each.probability, 0.5);
      EXPECT_FALSE(each.evidence.zh.empty());
    }
  EXPECT_THAT(doubtful, ElementsAre("D3 4", "D4 5"));
}

TEST_P(Lists, what_is_found_is_kept_once_and_confirmed_into_the_file) {
  on_the_roll(1);
  on_the_roll(3, {{"on_subsistence", "是"}});
  const ListComparison found = compared(AgencyList::subsistence, "姓名,身份证号\n" + row("户主1", 1) + row("路人", 30));
  const auto keep = [&] {
    return store_->write([&](store::Transaction& transaction) {
      return keep_matches(transaction, *registers_, AgencyList::subsistence, found.matches, "低保.csv",
                          Date::of(2020, 1, 5), {.id = "test", .source = "test", .roles = {}});
    });
  };
  const auto kept = keep();
  ASSERT_TRUE(kept) << describe(kept.error().front());
  EXPECT_EQ(*keep(), *kept) << "the same list once more adds nothing";
  for (const Id record : *kept) {
    const auto taken = store_->write([&](store::Transaction& transaction) {
      const auto match = registers_->read(transaction, of("agency_match"), record);
      EXPECT_EQ(text(*match, "agency_match", "listed_as").find(identity_number(1)), std::string::npos)
          << "numbers are masked";
      return registers_->take_step(transaction, of("agency_match"), record, "confirm",
                                   {.id = "clerk", .source = "test", .roles = {"clerk"}});
    });
    ASSERT_TRUE(taken) << describe(taken.error().front());
  }
  store_->read([&](store::Reader& reader) {
    auto rows = reader.query("SELECT on_subsistence FROM difficulty_file ORDER BY code");
    EXPECT_TRUE(rows.next());
    EXPECT_EQ(rows.integer(0), 1) << "on the roll: the file says so now";
    EXPECT_TRUE(rows.next());
    EXPECT_EQ(rows.integer(0), 0) << "not on it any more";
    auto count = reader.query("SELECT COUNT(*) FROM agency_match");
    EXPECT_TRUE(count.next());
    EXPECT_EQ(count.integer(0), 2) << "of strangers nothing is kept";
    return 0;
  });
}

TEST_P(Lists, a_confirmed_car_home_or_business_becomes_a_line_of_property_once) {
  struct Case {
    const char* name;
    AgencyList kind;
    registers::Cells file;
    std::vector<registers::Cells> property;  ///< that stands in the file when the match is confirmed
    std::string rows;                        ///< of the list, all of the household
    std::vector<std::string> lines;          ///< of the property afterwards
  };
  const std::string one = row("户主1", 1), two = one + one;
  const Case cases[] = {{"a car", AgencyList::vehicle, {}, {}, one, {"car 1 部门.csv 2020-01-05"}},
                        {"two cars of one household",
                         AgencyList::vehicle,
                         {},
                         {},
                         two,
                         {"car 1 部门.csv 2020-01-05", "car 1 部门.csv 2020-01-05"}},
                        {"a car entered by hand meanwhile",
                         AgencyList::vehicle,
                         {},
                         {{{"kind", "car"}, {"detail", "旧车"}}},
                         one,
                         {"car 0  "}},
                        {"the second of two, when one was entered",
                         AgencyList::vehicle,
                         {},
                         {{{"kind", "car"}, {"detail", "旧车"}}},
                         two,
                         {"car 0  ", "car 1 部门.csv 2020-01-05"}},
                        {"a business", AgencyList::business, {}, {}, one, {"business 1 部门.csv 2020-01-05"}},
                        {"a home beside the one that is owned",
                         AgencyList::housing,
                         {{"housing", "own"}},
                         {},
                         two,
                         {"home 1 部门.csv 2020-01-05"}},
                        {"the subsistence roll tells of no property", AgencyList::subsistence, {}, {}, one, {}}};
  int n = 0;
  for (const Case& c : cases) {
    SCOPED_TRACE(c.name);
    // A household of its own for each: the list names it as it is called in the case.
    const std::string code = "D" + std::to_string(++n), number = identity_number(n), name = "户主" + std::to_string(n);
    on_the_roll(n, c.file);
    std::string rows = "姓名,身份证号\n";
    for (std::size_t at = 0; at < c.rows.size(); at += one.size()) rows += name + "," + number + "\n";
    const ListComparison found = compared(c.kind, rows);
    for (registers::Cells cells : c.property) {
      cells["part_of"] = code;
      create("difficulty_file_property", cells);
    }
    // The same list of a later day, brought before the first was looked into, tells nothing new.
    for (const Date day : {Date::of(2020, 1, 5), Date::of(2020, 1, 6)}) {
      const auto kept = store_->write([&](store::Transaction& transaction) {
        return keep_matches(transaction, *registers_, c.kind, found.matches, "部门.csv", day,
                            {.id = "test", .source = "test", .roles = {}});
      });
      ASSERT_TRUE(kept) << describe(kept.error().front());
      for (const Id record : *kept) {
        const auto taken = store_->write([&](store::Transaction& transaction) {
          return registers_->take_step(transaction, of("agency_match"), record, "confirm",
                                       {.id = "clerk", .source = "test", .roles = {"clerk"}},
                                       {.reason = {}, .cells = {{"is_beyond", "是"}}});
        });
        ASSERT_TRUE(taken) << describe(taken.error().front());
      }
    }
    EXPECT_EQ(property_of(code), c.lines);
    EXPECT_THAT(told(compared(c.kind, rows)), IsEmpty()) << "the file says as much now";
  }
}

INSTANTIATE_TEST_SUITE_P(On, Lists, testing::Values("sqlite", "postgresql"),
                         [](const auto& each) { return each.param; });

}  // namespace
}  // namespace zhijia::relief
