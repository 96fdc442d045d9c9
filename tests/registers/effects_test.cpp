#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "base/identity_number.hpp"
#include "registers/engine.hpp"
#include "support/database.hpp"
#include "support/source.hpp"

/// What steps write besides the state: own fields, fields of linked records, places; and what packs may not ask for.
namespace zhijia::registers {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::IsEmpty;

std::string number_of(int person) {
  const std::string first = "6107991980010" + std::to_string(1000 + person);
  return first + identity_check_character(first);
}

/// Registers over a database of either kind.
class Effects : public testing::TestWithParam<std::string> {
 protected:
  void SetUp() override {
    if (!database_.missing().empty()) GTEST_SKIP() << database_.missing();
    store_ = store::Store::open(database_.url(), clock_, {.durable = false}).value();
    auto opened = open(tests::source_folder() / "packs");
    ASSERT_TRUE(opened) << describe(opened.error().front());
    registers_ = std::move(*opened);
  }

  Result<std::unique_ptr<Registers>> open(const fs::path& packs) {
    auto catalogue = load_packs(packs);
    if (!catalogue) return std::unexpected(std::move(catalogue.error()));
    return Registers::open(*store_, std::move(*catalogue), vault_, clock_);
  }

  const Register& of(std::string_view name) { return *registers_->catalogue().find_register(name); }

  Id make(std::string_view name, const Cells& cells) {
    const auto made = store_->write([&](store::Transaction& transaction) {
      return registers_->create(transaction, of(name), cells, {.id = "1", .source = "test", .roles = {}});
    });
    if (!made) ADD_FAILURE() << name << " " << describe(made.error().front());
    return made ? made->id : 0;
  }

  /// The codes of what stands against the step; none when it is taken.
  std::vector<std::string> step(std::string_view in, Id id, std::string_view name, const std::string& who = "7") {
    return codes(store_->write([&](store::Transaction& transaction) {
      return registers_->take_step(transaction, of(in), id, name,
                                   {.id = who, .source = "test", .roles = {"clerk", "approver", "reviewer"}}, {});
    }));
  }

  template <typename T>
  static std::vector<std::string> codes(const Result<T>& result) {
    std::vector<std::string> codes;
    if (!result)
      for (const Problem& problem : result.error()) codes.push_back(problem.code);
    return codes;
  }

  /// The first column of the rows, “-” for what is empty.
  std::vector<std::string> column(const std::string& sql) {
    return store_->read([&](store::Reader& reader) {
      std::vector<std::string> texts;
      for (auto rows = reader.query(sql); rows.next();) texts.emplace_back(rows.is_null(0) ? "-" : rows.text(0));
      return texts;
    });
  }
  std::string value(const std::string& field, const std::string& in, Id id) {
    return column("SELECT CAST(" + field + " AS TEXT) FROM " + in + " WHERE id = " + std::to_string(id)).at(0);
  }

  std::int64_t position() {
    return store_->read([](store::Reader& reader) { return reader.position(); });
  }

  tests::TestDatabase database_{GetParam()};
  FixedClock clock_{Date::of(2020, 3, 2)};
  access::Vault vault_ = access::Vault::from_file(database_.folder.path / "vault").value();
  std::unique_ptr<store::Store> store_;
  std::unique_ptr<Registers> registers_;
};

TEST_P(Effects, AScoreIsCountedFromWhatTheJudgesGave) {
  struct Case {
    std::string name, judges_min, drops;
    std::vector<std::string> points;
    std::string score, refused;  ///< in hundredths
  };
  const std::vector<Case> cases{
      {"the mean of all, rounded", "3", "0", {"80", "81", "81"}, "8067", ""},
      {"without the highest and the lowest", "3", "1", {"60", "90", "100", "80", "85"}, "8500", ""},
      {"in the order of numbers, not of their digits", "3", "1", {"9", "100", "80"}, "8000", ""},
      {"as many judges as there must be", "2", "0", {"70", "71"}, "7050", ""},
      {"a judge too few", "3", "0", {"80", "90"}, "-", "step.guard"},
      {"no judge at all", "1", "0", {}, "-", "step.guard"},
  };
  int number = 0;
  for (const Case& c : cases) {
    const std::string code = "C" + std::to_string(++number);
    make("contest", {{"code", code},
                     {"name", c.name},
                     {"category", "skill"},
                     {"held_on", "2020-03-01"},
                     {"judges_min", c.judges_min},
                     {"drops", c.drops}});
    const Id entry = make(
        "contest_entry",
        {{"code", code}, {"contest", code}, {"subject.name", "王小明"}, {"subject.identity_number", number_of(1)}});
    int judge = 0;
    for (const std::string& points : c.points)
      make("contest_entry_scores", {{"part_of", code}, {"judge", std::to_string(++judge)}, {"points", points}});
    const auto refused = step("contest_entry", entry, "score");
    EXPECT_EQ(refused, c.refused.empty() ? std::vector<std::string>{} : std::vector{c.refused}) << c.name;
    EXPECT_EQ(value("score", "contest_entry", entry), c.score) << c.name;
    EXPECT_EQ(value("state", "contest_entry", entry), c.refused.empty() ? "scored" : "entered") << c.name;
  }
}

TEST_P(Effects, StockFollowsWhatComesInAndGoesOutAndNeverFallsBelowZero) {
  struct Case {
    std::string name, direction, quantity, rest, refused;
  };
  const std::vector<Case> cases{
      {"what comes in is added", "in", "5", "15", ""},
      {"what goes out is taken off", "out", "4", "6", ""},
      {"what is lost is taken off", "loss", "3", "7", ""},
      {"the last piece goes out", "out", "10", "0", ""},
      {"more than there is does not go out", "out", "11", "10", "record.check"},
  };
  int number = 0;
  for (const Case& c : cases) {
    const std::string code = "M" + std::to_string(++number);
    const Id item = make("supply_item", {{"code", code}, {"name", "口罩"}, {"unit", "只"}, {"rest", "10"}});
    const Id move = make("supply_move", {{"code", code},
                                         {"item", code},
                                         {"direction", c.direction},
                                         {"quantity", c.quantity},
                                         {"recipient", "医院"},
                                         {"moved_on", "2020-03-01"}});
    const bool comes_in = c.direction == "in";
    if (!comes_in) {
      EXPECT_THAT(step("supply_move", move, "approve", "8"), IsEmpty()) << c.name;
    }
    const std::int64_t before = position();
    const auto refused = step("supply_move", move, comes_in ? "receive" : "hand_out");
    EXPECT_EQ(refused, c.refused.empty() ? std::vector<std::string>{} : std::vector{c.refused}) << c.name;
    EXPECT_EQ(value("rest", "supply_item", item), c.rest) << c.name;
    EXPECT_EQ(value("state", "supply_move", move), c.refused.empty() ? "booked" : "approved") << c.name;
    const auto logged = column("SELECT register || ' ' || kind || ' by ' || actor FROM change_log WHERE position > " +
                               std::to_string(before) + " ORDER BY position");
    std::vector<std::string> expected;
    if (c.refused.empty())
      expected = {comes_in ? "supply_move step:receive by 7" : "supply_move step:hand_out by 7",
                  "supply_item change by 7"};
    EXPECT_EQ(logged, expected) << c.name;
  }
}

TEST_P(Effects, WhoEnteredARecordDoesNotApproveIt) {
  make("supply_item", {{"code", "K"}, {"name", "口罩"}, {"unit", "只"}, {"rest", "10"}});
  const Id move = make("supply_move", {{"code", "1"},
                                       {"item", "K"},
                                       {"direction", "out"},
                                       {"quantity", "6"},
                                       {"recipient", "医院"},
                                       {"moved_on", "2020-03-01"}});
  EXPECT_THAT(step("supply_move", move, "approve", "1"), ElementsAre("step.never_by"));
  EXPECT_THAT(step("supply_move", move, "approve", "8"), IsEmpty());
}

TEST_P(Effects, AStepTakenTwiceForOneItemSeesWhatTheFirstLeft) {
  const Id item = make("supply_item", {{"code", "K"}, {"name", "口罩"}, {"unit", "只"}, {"rest", "10"}});
  for (const char* code : {"1", "2"}) {
    const Id move = make("supply_move", {{"code", code},
                                         {"item", "K"},
                                         {"direction", "out"},
                                         {"quantity", "6"},
                                         {"recipient", "医院"},
                                         {"moved_on", "2020-03-01"}});
    EXPECT_THAT(step("supply_move", move, "approve", "8"), IsEmpty());
    const auto refused = step("supply_move", move, "hand_out");
    EXPECT_EQ(refused,
              code == std::string("1") ? std::vector<std::string>{} : std::vector<std::string>{"record.check"});
  }
  EXPECT_EQ(value("rest", "supply_item", item), "4");
}

TEST_P(Effects, WhatTookEffectElsewhereIsNotUndone) {
  make("supply_item", {{"code", "K"}, {"name", "口罩"}, {"unit", "只"}, {"rest", "10"}});
  struct Case {
    std::string name, state, rest, refused;
  };
  const std::vector<Case> cases{{"a move that is entered only", "entered", "10", ""},
                                {"a move that is booked", "booked", "15", "undo.took_effect"}};
  for (const Case& c : cases) {
    const std::int64_t before = position();
    make("supply_move", {{"code", c.state},
                         {"item", "K"},
                         {"direction", "in"},
                         {"quantity", "5"},
                         {"moved_on", "2020-03-01"},
                         {"state", c.state}});
    const auto refused = codes(store_->write([&](store::Transaction& transaction) {
      return registers_->undo(transaction, of("supply_move"), before + 1, transaction.position(),
                              {.id = "1", .source = "test", .roles = {}});
    }));
    EXPECT_EQ(refused, c.refused.empty() ? std::vector<std::string>{} : std::vector{c.refused}) << c.name;
    EXPECT_THAT(column("SELECT CAST(rest AS TEXT) FROM supply_item"), ElementsAre(c.rest)) << c.name;
  }
}

class Ranks : public Effects {
 protected:
  /// A contest that was held, with an entry for each score; an entry is withdrawn where the score says so.
  Id contest(const std::string& code, const std::vector<std::string>& scores) {
    const Id made =
        make("contest",
             {{"code", code}, {"name", code}, {"category", "skill"}, {"held_on", "2020-03-01"}, {"state", "held"}});
    for (std::size_t i = 0; i < scores.size(); ++i) {
      const bool is_withdrawn = scores[i].ends_with(" withdrawn");
      entries_.push_back(make("contest_entry", {{"code", code + "-" + std::to_string(i)},
                                                {"contest", code},
                                                {"subject.name", "王小明"},
                                                {"subject.identity_number", number_of(static_cast<int>(i))},
                                                {"score", scores[i].substr(0, scores[i].find(' '))},
                                                {"state", is_withdrawn ? "withdrawn" : "entered"}}));
    }
    return made;
  }

  std::vector<std::string> places(Id contest) {
    return column("SELECT CAST(rank AS TEXT) FROM contest_entry WHERE contest = " + std::to_string(contest) +
                  " ORDER BY code");
  }

  std::vector<Id> entries_;
};

TEST_P(Ranks, PlacesGoByTheScoreThatCounts) {
  struct Case {
    std::string name;
    std::vector<std::string> scores, places;
  };
  const std::vector<Case> cases{
      {"the highest comes first", {"70", "90", "80.5"}, {"3", "1", "2"}},
      {"who is level shares a place and the next is left out", {"80", "90", "80", "70"}, {"2", "1", "2", "4"}},
      {"who has no score has no place", {"", "90", ""}, {"-", "1", "-"}},
      {"who withdrew takes nobody's place", {"99 withdrawn", "90", "80"}, {"-", "1", "2"}},
      {"nothing is a score too", {"0", "", "1"}, {"2", "-", "1"}},
      {"a contest without entries is ranked all the same", {}, {}},
  };
  int number = 0;
  for (const Case& c : cases) {
    const Id held = contest("C" + std::to_string(++number), c.scores);
    EXPECT_THAT(step("contest", held, "rank"), IsEmpty()) << c.name;
    EXPECT_EQ(places(held), c.places) << c.name;
    EXPECT_EQ(value("state", "contest", held), "ranked") << c.name;
  }
}

TEST_P(Ranks, OnlyTheOwnEntriesAreRankedAndPrizesFollow) {
  const Id other = contest("B", {"100"});
  const Id held = contest("A", {"70", "90", "80", "60"});
  EXPECT_THAT(step("contest", held, "rank"), IsEmpty());
  EXPECT_THAT(places(other), ElementsAre("-"));
  EXPECT_THAT(column("SELECT award FROM contest_entry WHERE contest = " + std::to_string(held) + " ORDER BY code"),
              ElementsAre("second", "first", "second", "third"));
}

TEST_P(Ranks, RankedAgainOnlyWhosePlaceChangedIsWrittenAndLogged) {
  const Id held = contest("A", {"70", "90", "80"});
  EXPECT_THAT(step("contest", held, "rank"), IsEmpty());
  EXPECT_THAT(step("contest_entry", entries_[1], "disqualify"), ElementsAre("step.reason"));
  store_
      ->write([&](store::Transaction& transaction) {
        return registers_->take_step(transaction, of("contest_entry"), entries_[1], "disqualify",
                                     {.id = "8", .source = "test", .roles = {"reviewer"}},
                                     {.reason = "冒名顶替", .cells = {}});
      })
      .value();
  const std::int64_t before = position();
  EXPECT_THAT(step("contest", held, "rank", "9"), IsEmpty());
  EXPECT_THAT(places(held), ElementsAre("2", "-", "1"));
  const std::int64_t between = position();
  EXPECT_EQ(between - before, 4) << "the contest and its three entries";
  EXPECT_THAT(step("contest", held, "rank", "9"), IsEmpty());
  EXPECT_EQ(position() - between, 1) << "the contest alone: no place has changed";
  EXPECT_THAT(column("SELECT DISTINCT kind || ' by ' || actor FROM change_log WHERE register = 'contest_entry' AND "
                     "position > " +
                     std::to_string(before)),
              ElementsAre("change by 9"));
}

constexpr std::string_view box = R"(
register: box
title: {zh: 箱, en: Box}
fields:
  code:  {type: text, required: true, title: {zh: 编号, en: Code}}
  rest:  {type: integer, check: "? >= 0", title: {zh: 结存, en: Rest}}
  card:  {type: bank_card, title: {zh: 银行卡, en: Card}}
  twice: {type: computed, as: rest * 2, gives: integer, title: {zh: 两倍, en: Twice}}
key: [code]
flow:
  start: open
  states: {open: {zh: 开, en: Open}, taken: {zh: 取, en: Taken}, sorted: {zh: 排, en: Sorted}}
  steps:
    - {do: take, title: {zh: 取, en: Take}, from: [open, taken], to: taken, by: clerk, sets: {rest: rest - 5}, guard: "twice != 2"}
    - {do: sort, title: {zh: 排, en: Sort}, from: taken, to: sorted, by: clerk, ranks: {of: move, by: size, into: place}}
)";

constexpr std::string_view move = R"(
register: move
title: {zh: 搬运, en: Move}
scope: organisation
ends: [to]
fields:
  code:  {type: text, required: true, title: {zh: 编号, en: Code}}
  box:   {type: ref, to: box, required: true, title: {zh: 箱, en: Box}}
  to:    {type: organisation, required: true, title: {zh: 去向, en: To}}
  size:  {type: integer, title: {zh: 大小, en: Size}}
  place: {type: integer, title: {zh: 名次, en: Place}}
flow:
  start: asked
  states: {asked: {zh: 申请, en: Asked}, done: {zh: 完成, en: Done}}
  steps:
    - {do: accept, title: {zh: 接收, en: Accept}, from: asked, to: done, by: clerk, at: to, sets: {box.rest: size}}
)";

constexpr std::string_view union_ = R"(
register: union
title: {zh: 工会, en: Union}
label: name
fields:
  name: {type: text, required: true, title: {zh: 名称, en: Name}}
key: [name]
)";

/// The small pack with one place of it written otherwise.
fs::path small_pack(const fs::path& root, std::string_view from = "", std::string_view to = "") {
  fs::create_directories(root / "small");
  const auto write = [&](const char* name, std::string text) {
    if (const auto at = from.empty() ? std::string::npos : text.find(from); at != std::string::npos)
      text.replace(at, from.size(), to);
    std::ofstream(root / "small" / name) << text;
  };
  write("pack.yaml", "pack: small\ntitle: {zh: 小, en: Small}\n");
  write("review.md", "--- zh\n无\n--- en\nNone\n");
  write("union.yaml", std::string(union_));
  write("box.yaml", std::string(box));
  write("move.yaml", std::string(move));
  return root;
}

TEST_P(Effects, WhatAStepSetsIsHeldToTheRecordsOwnRules) {
  auto opened = open(small_pack(database_.folder.path / "packs"));
  ASSERT_TRUE(opened) << describe(opened.error().front());
  registers_ = std::move(*opened);
  struct Case {
    std::string name, rest, refused, left;
  };
  const std::vector<Case> cases{
      {"what is right is stored", "7", "", "2"},
      {"to the bound", "5", "", "0"},
      {"beyond a check nothing is written", "4", "field.check", "4"},
      {"the condition sees what follows from what was set", "6", "step.guard", "6"},
  };
  for (const Case& c : cases) {
    const Id made = make("box", {{"code", c.rest}, {"rest", c.rest}});
    EXPECT_EQ(step("box", made, "take"), c.refused.empty() ? std::vector<std::string>{} : std::vector{c.refused})
        << c.name;
    EXPECT_EQ(value("rest", "box", made), c.left) << c.name;
    EXPECT_EQ(value("state", "box", made), c.refused.empty() ? "taken" : "open") << c.name;
  }
}

TEST_P(Effects, APackThatAsksForWhatCannotBeWrittenIsRefused) {
  struct Fault {
    std::string_view name, from, to, code;
  };
  constexpr Fault cases[] = {
      {"sets a field that is not there", "{rest: rest - 5}", "{rests: rest - 5}", "pack.no_such_field"},
      {"sets a sealed field", "{rest: rest - 5}", "{card: rest - 5}", "pack.field_kind"},
      {"sets a computed field", "{rest: rest - 5}", "{twice: rest - 5}", "pack.field_kind"},
      {"sets the state", "{rest: rest - 5}", "{state: code}", "pack.field_kind"},
      {"sets by an expression that is broken", "{rest: rest - 5}", "{rest: rest -}", "pack.expression"},
      {"sets by a field that is not there", "{rest: rest - 5}", "{rest: left - 5}", "pack.expression"},
      {"sets what is no list of fields", "{rest: rest - 5}", "[rest]", "pack.not_a_map"},
      {"sets a field to a list", "{rest: rest - 5}", "{rest: [5]}", "pack.not_a_text"},
      {"sets through a field that is not there", "{box.rest: size}", "{chest.rest: size}", "pack.no_such_field"},
      {"sets through a field that is no link", "{box.rest: size}", "{size.rest: size}", "pack.field_kind"},
      {"sets a field that the linked register has not", "{box.rest: size}", "{box.rests: size}", "pack.no_such_field"},
      {"sets a sealed field of a linked record", "{box.rest: size}", "{box.card: size}", "pack.field_kind"},
      {"ranks a register that is not there", "of: move", "of: moves", "pack.no_such_register"},
      {"ranks a register that does not refer here", "of: move", "of: union", "pack.no_such_register"},
      {"ranks by a field that is not there", "by: size", "by: weight", "pack.no_such_field"},
      {"ranks by a text", "by: size", "by: code", "pack.field_kind"},
      {"ranks into a text", "into: place", "into: code", "pack.field_kind"},
      {"ranks without saying by what", "by: size, ", "", "pack.missing_key"},
      {"a role held at a field that is no end", "at: to", "at: box", "pack.ends"},
      {"a role held at a field that is not there", "at: to", "at: nowhere", "pack.ends"},
      {"an end that is no organisation", "ends: [to]", "ends: [to, box]", "pack.ends"},
      {"an end that is not there", "ends: [to]", "ends: [to, from]", "pack.no_such_field"},
      {"ends of a register that lies nowhere", "scope: organisation\n", "", "pack.ends"},
  };
  for (const Fault& c : cases)
    EXPECT_THAT(codes(open(small_pack(database_.folder.path / "faults", c.from, c.to))), testing::Contains(c.code))
        << c.name;
  EXPECT_THAT(codes(open(small_pack(database_.folder.path / "faults"))), IsEmpty()) << "as it was";
}

INSTANTIATE_TEST_SUITE_P(On, Effects, testing::Values("sqlite", "postgresql"),
                         [](const auto& each) { return each.param; });
INSTANTIATE_TEST_SUITE_P(On, Ranks, testing::Values("sqlite", "postgresql"),
                         [](const auto& each) { return each.param; });

}  // namespace
}  // namespace zhijia::registers
