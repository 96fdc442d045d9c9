#include <gmock/gmock.h>

#include <random>

#include "relief/audit.hpp"
#include "relief/recheck.hpp"
#include "relief/stock.hpp"
#include "relief/timeline.hpp"
#include "support/office.hpp"

namespace zhijia::relief {
namespace {

using testing::Contains;
using testing::ElementsAre;

class Relief : public Office {
 protected:
  std::int64_t position() {
    return store_->read([](store::Reader& reader) { return reader.position(); });
  }

  Recheck checked(Date on) {
    auto found = store_->read([&](store::Reader& reader) { return recheck(reader, *registers_, on, 2019); });
    for (const Problem& problem : found ? Problems{} : found.error()) ADD_FAILURE() << describe(problem);
    return found.value_or(Recheck{});
  }

  /// Three on the roll: one as before, one of another kind now, one above the limit; and one closed, one refused.
  void open_files() {
    file(1, "7000");
    file(2, "12000");
    file(3, "50000");
    file(4, "7000");
    file(5, "7000");
    for (const int n : {1, 2, 3}) period(n, "open", "2018-02-01");
    period(4, "ended", "2018-02-01", "2018-12-01");
    period(5, "refused", "", "", {{"opened_on", ""}, {"applied_on", "2018-02-01"}});
    create("household_survey", {{"file", "D1"},
                                {"surveyed_on", "2019-03-01"},
                                {"surveyor", "甲"},
                                {"second_surveyor", "乙"},
                                {"form_id", "RH1"}});
  }
};

TEST_P(Relief, the_yearly_recheck_says_who_stays_changes_and_is_out_and_what_is_dormant) {
  open_files();
  const std::int64_t before = position();
  const Recheck found = checked(Date::of(2019, 12, 31));
  EXPECT_EQ(position(), before) << "nothing is written";
  ASSERT_EQ(found.findings.size(), 3u);
  using enum Finding::Change;
  const std::array expected{std::tuple{"D1", same, "deep"}, std::tuple{"D2", changed, "relative"},
                            std::tuple{"D3", out, "none"}};
  for (std::size_t i = 0; i < expected.size(); ++i) {
    EXPECT_EQ(found.findings[i].code, std::get<0>(expected[i]));
    EXPECT_EQ(found.findings[i].change, std::get<1>(expected[i])) << found.findings[i].code;
    EXPECT_EQ(found.findings[i].kind, std::get<2>(expected[i]));
    EXPECT_FALSE(found.findings[i].row_label.empty());
  }
  ASSERT_EQ(found.dormant.size(), 2u) << "two were not seen within twelve months";
  EXPECT_EQ(found.dormant[0].code, "D2");
}

TEST_P(Relief, a_file_without_an_income_of_the_year_is_asked_for_and_not_judged) {
  file(1, "7000");
  period(1, "open", "2018-02-01");
  const auto found = store_->write([&](store::Transaction& transaction) {
    return apply_recheck(transaction, *registers_, Date::of(2019, 12, 31), 2018,
                         {.id = "test", .source = "test", .roles = {}});
  });
  ASSERT_TRUE(found) << describe(found.error().front());
  EXPECT_EQ(found->findings.at(0).change, Finding::Change::unstated);
  store_->read([](store::Reader& reader) {
    EXPECT_FALSE(reader.query("SELECT 1 FROM difficulty_decision").next());
    return 0;
  });
}

TEST_P(Relief, the_written_recheck_keeps_a_decision_for_each_file_and_moves_the_kind) {
  open_files();
  const auto written = store_->write([&](store::Transaction& transaction) {
    return apply_recheck(transaction, *registers_, Date::of(2019, 12, 31), 2019,
                         {.id = "test", .source = "test", .roles = {}});
  });
  ASSERT_TRUE(written) << describe(written.error().front());
  store_->read([&](store::Reader& reader) {
    auto rows = reader.query(
        "SELECT f.code, f.kind, d.kind, d.explanation_zh FROM difficulty_decision d JOIN difficulty_file f ON f.id = "
        "d.file WHERE d.purpose = 'yearly' ORDER BY f.code");
    const std::array expected{std::tuple{"D1", "deep", "deep"}, std::tuple{"D2", "relative", "relative"},
                              std::tuple{"D3", "deep", "none"}};
    for (const auto& [code, kind, decided] : expected) {
      EXPECT_TRUE(rows.next());
      EXPECT_EQ(rows.text(0), code);
      EXPECT_EQ(rows.text(1), kind);
      EXPECT_EQ(rows.text(2), decided);
      EXPECT_FALSE(rows.text(3).empty());
    }
    return 0;
  });
}

TEST_P(Relief, a_policy_is_tried_on_a_years_files_and_nothing_is_written) {
  open_files();
  create("difficulty_file_needs", {{"part_of", "D3"}, {"need", "living"}});
  create("help_programme", {{"code", "L"},
                            {"name", "生活"},
                            {"need", "living"},
                            {"kind", "living"},
                            {"deep_amount", "3000"},
                            {"relative_amount", "2000"},
                            {"accidental_amount", "1"},
                            {"starts_on", "2019-01-01"},
                            {"ends_on", "2019-12-31"}});
  const std::int64_t before = position();
  const auto tried = [&](const std::string& setting) {
    return store_->read([&](store::Reader& reader) {
      return try_policy(reader, *registers_, 2019, {parse_override(setting).value()}, nullptr);
    });
  };
  struct Case {
    std::string name, setting;
    std::size_t gains, losses;
    std::int64_t cost_after;
  };
  const Case cases[] = {{"the same policy changes nothing", "relative_multiple=2", 0, 0, 0},
                        {"a higher line brings in who was above it", "subsistence_line=3000", 2, 0, 200'000},
                        {"another county's change is not felt", "subsistence_line@610703=3000", 0, 0, 0},
                        {"a lower multiple lets go who was relative", "relative_multiple=1.5", 0, 1, 0}};
  for (const Case& c : cases) {
    SCOPED_TRACE(c.name);
    const auto trial = tried(c.setting);
    ASSERT_TRUE(trial) << describe(trial.error().front());
    EXPECT_EQ(trial->files, 4u) << "those on the roll, and who asked";
    EXPECT_EQ(trial->gains, c.gains);
    EXPECT_EQ(trial->losses, c.losses);
    EXPECT_EQ(trial->cost_after.fen, c.cost_after);
  }
  EXPECT_EQ(position(), before);
  EXPECT_EQ(tried("dormant_months=3").error().front().code, "trial.parameter");
  EXPECT_EQ(tried("relative_multiple=two").error().front().code, "trial.value");
}

TEST_P(Relief, stock_and_flow_agree_whatever_the_days) {
  std::mt19937 random(20200101);
  const auto day = [&](int year) { return to_string(Date::of(year, 1, 1) + std::chrono::days(random() % 365)); };
  for (int n = 1; n <= 30; ++n) {
    file(n, "7000");
    const std::string opened = day(2018);
    if (random() % 2)
      period(n, "ended", opened, std::max(opened, day(2018 + static_cast<int>(random() % 2))));
    else
      period(n, "open", opened);
    if (random() % 4 == 0) period(n, "open", day(2020), "", {{"number", "2"}});
  }
  std::int64_t carried = 0;
  for (int year = 2018; year <= 2020; ++year) {
    const auto stocks = store_->read(
        [&](store::Reader& reader) { return stock_and_flow(reader, Date::of(year, 1, 1), Date::of(year, 12, 31)); });
    ASSERT_EQ(stocks.size(), 1u);
    EXPECT_TRUE(stocks[0].agrees());
    EXPECT_EQ(stocks[0].opening, carried) << "what one year leaves the next begins with";
    carried = stocks[0].open;
  }
}

TEST_P(Relief, the_audit_draws_by_the_seed_and_names_the_gaps) {
  EXPECT_EQ(ticket("2020", "D1"), "c9a3d89ca6b994b6277cf560959ad75fb55b750095eb87dd43b6a5a33bb69fff")
      << "sha256 of 2020:D1";
  open_files();
  const auto drawn = [&](const std::string& seed, std::size_t size) {
    return store_->read(
        [&](store::Reader& reader) { return audit(reader, *registers_, seed, size, Date::of(2019, 12, 31)); });
  };
  const Audit all = drawn("2020", 100);
  EXPECT_EQ(all.drawn_from, 4u) << "all that were ever on the roll";
  const Audit two = drawn("2020", 2);
  ASSERT_EQ(two.files.size(), 2u);
  EXPECT_EQ(two.files[0].code, all.files[0].code);
  EXPECT_EQ(two.files[1].code, all.files[1].code);
  EXPECT_TRUE(std::ranges::is_sorted(all.files, {}, &Audited::ticket));
  const auto evidence = [&](const std::string& code, std::string_view check) {
    const auto known = checks();
    const auto file = std::ranges::find(all.files, code, &Audited::code);
    return file->evidence[static_cast<std::size_t>(std::ranges::find(known, check, &Check::id) - known.begin())];
  };
  using enum Audited::Evidence;
  EXPECT_EQ(evidence("D1", "consent"), found);
  EXPECT_EQ(evidence("D1", "visited"), missing) << "the visit came after the opening";
  EXPECT_EQ(evidence("D1", "closing_decided"), not_asked) << "it is on the roll";
  EXPECT_EQ(evidence("D4", "closing_decided"), missing);
  ASSERT_EQ(all.counties.size(), 1u);
  EXPECT_LT(all.counties[0].score(), 100);
}

TEST_P(Relief, a_household_is_one_answer_across_packs_within_the_reach) {
  open_files();
  create("difficulty_file_members", {{"part_of", "D1"},
                                     {"member.name", "配偶"},
                                     {"member.identity_number", identity_number(30)},
                                     {"relation", "spouse"},
                                     {"work", "unable"}});
  create("season_programme", {{"code", "S"}, {"name", "送温暖"}, {"season", "winter"}, {"budget", "100000"}});
  create("winter_visit", {{"subject.name", "配偶"},
                          {"subject.identity_number", identity_number(30)},
                          {"programme", "S"},
                          {"visited_on", "2019-01-20"},
                          {"amount", "1000"},
                          {"state", "received"}});
  const Id household = store_->read([&](store::Reader& reader) {
    auto rows = reader.query("SELECT subject FROM difficulty_file WHERE code = 'D1'");
    rows.next();
    return rows.integer(0);
  });
  const auto seen_by = [&](const registers::Reach& reach, registers::Sight amounts) {
    const auto sights = [&](const registers::Register& of, Id) {
      std::vector<registers::Sight> each;
      for (const registers::Field& field : of.fields)
        each.push_back(field.type == registers::FieldType::money ? amounts : registers::Sight::visible);
      return each;
    };
    return store_->read([&](store::Reader& reader) {
      return timeline(reader, *registers_, household, [&](const registers::Register&) { return reach; }, sights);
    });
  };
  const auto seen = [&](const registers::Reach& reach) { return seen_by(reach, registers::Sight::visible); };
  const auto registers_of = [](const Timeline& timeline) {
    std::vector<std::string> names;
    for (const Event& event : timeline.events) names.push_back(event.of->name);
    return names;
  };
  const auto whole = seen(registers::Reach::everything());
  ASSERT_TRUE(whole);
  EXPECT_THAT(registers_of(*whole), ElementsAre("difficulty_period", "winter_visit", "household_survey"));
  EXPECT_EQ(whole->paid.fen, 100'000);
  ASSERT_EQ(whole->members.size(), 2u);
  EXPECT_EQ(whole->members[1].person.name, "配偶");
  const auto without_amounts = seen_by(registers::Reach::everything(), registers::Sight::masked);
  ASSERT_TRUE(without_amounts);
  EXPECT_EQ(without_amounts->events.size(), whole->events.size());
  EXPECT_EQ(without_amounts->paid.fen, 0) << "whoever does not see an amount does not see it in a sum";
  registers::Reach county;
  county.regions = {"610702"};
  const auto part = seen(county);
  ASSERT_TRUE(part);
  EXPECT_THAT(registers_of(*part), ElementsAre("difficulty_period", "household_survey"))
      << "a visit that lies nowhere is the city's";
  county.regions = {"610703"};
  EXPECT_EQ(seen(county).error().front().code, "household.not_found");
}

INSTANTIATE_TEST_SUITE_P(On, Relief, testing::Values("sqlite", "postgresql"),
                         [](const auto& each) { return each.param; });

}  // namespace
}  // namespace zhijia::relief
