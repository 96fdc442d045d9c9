#include "relief/recheck_jobs.hpp"

#include <gmock/gmock.h>

#include "relief/recheck.hpp"
#include "support/office.hpp"

namespace zhijia::relief {
namespace {

class RechecksAsJobs : public Office {
 protected:
  void SetUp() override {
    Office::SetUp();
    if (IsSkipped()) return;
    ASSERT_TRUE(store_->migrate(RecheckJobs::schemas()));
  }

  void on_the_roll(int first, int last) {
    for (int n = first; n <= last; ++n) {
      file(n, n == 2 ? "12000" : n == 3 ? "50000" : "7000");
      period(n, "open", "2018-02-01");
    }
  }

  std::int64_t count(const std::string& sql) {
    return store_->read([&](store::Reader& reader) {
      auto rows = reader.query(sql);
      EXPECT_TRUE(rows.next());
      return rows.integer(0);
    });
  }
  std::int64_t decisions() { return count("SELECT COUNT(*) FROM difficulty_decision"); }

  const Date on_ = Date::of(2019, 12, 31);
  const registers::Actor actor_{.id = "7", .source = "test", .roles = {}};
};

TEST_P(RechecksAsJobs, a_job_decides_every_file_and_says_how_it_went) {
  on_the_roll(1, 4);
  RecheckJobs jobs(*store_, *registers_, clock_);
  const auto begun = jobs.begin(on_, 2019, actor_);
  ASSERT_TRUE(begun);
  jobs.wait();
  const auto job = jobs.find(begun->id);
  ASSERT_TRUE(job);
  EXPECT_EQ(name_of(job->state), "done");
  EXPECT_EQ(job->files, 4);
  EXPECT_EQ(job->files_done, 4);
  EXPECT_EQ(job->same, 2);
  EXPECT_EQ(job->changed, 1);
  EXPECT_EQ(job->out, 1);
  EXPECT_EQ(decisions(), 4);
  EXPECT_EQ(count("SELECT COUNT(*) FROM difficulty_file WHERE kind = 'relative'"), 1) << "the kind has moved";
  EXPECT_EQ(jobs.cancel(begun->id).error().front().code, "recheck.ended");
  EXPECT_EQ(jobs.cancel(1).error().front().code, "recheck.not_found");
}

TEST_P(RechecksAsJobs, a_job_goes_on_where_it_stood_and_decides_no_file_twice) {
  on_the_roll(1, 5);
  const auto slice = store_->write([&](store::Transaction& transaction) {
    return apply_recheck(transaction, *registers_, on_, 2019, actor_, {.after = 0, .files_max = 2});
  });
  ASSERT_TRUE(slice);
  ASSERT_EQ(slice->findings.size(), 2u);
  const std::int64_t before = decisions();
  // The program ended here.
  store_
      ->write([&](store::Transaction& transaction) -> Result<void> {
        transaction.execute(
            "INSERT INTO recheck_job VALUES (42, '7', 'test', '2019-12-31', 2019, 'running', 5, 2, ?, 1, 1, 0, 0, "
            "'[]', 0, 0)",
            slice->findings.back().file);
        return {};
      })
      .value();
  RecheckJobs jobs(*store_, *registers_, clock_);
  jobs.wait();
  const auto job = jobs.find(42);
  EXPECT_EQ(name_of(job->state), "done");
  EXPECT_EQ(job->files_done, 5);
  EXPECT_EQ(before, 2);
  EXPECT_EQ(decisions(), 5);
  EXPECT_EQ(count("SELECT MAX(version) FROM difficulty_decision"), 1) << "none was written anew";
}

TEST_P(RechecksAsJobs, what_was_cancelled_decides_no_further_file_and_keeps_what_it_decided) {
  on_the_roll(1, 3);
  RecheckJobs jobs(*store_, *registers_, clock_);
  jobs.wait();
  const auto slice = store_->write([&](store::Transaction& transaction) {
    transaction.execute(
        "INSERT INTO recheck_job VALUES (42, '7', 'test', '2019-12-31', 2019, 'running', 3, 1, 1, 1, 0, 0, 0, '[]', 0, "
        "0)");
    return apply_recheck(transaction, *registers_, on_, 2019, actor_, {.after = 0, .files_max = 1});
  });
  ASSERT_TRUE(slice);
  EXPECT_EQ(jobs.begin(on_, 2019, actor_).error().front().code, "recheck.running");
  ASSERT_TRUE(jobs.cancel(42));
  jobs.wait();
  EXPECT_EQ(decisions(), 1);
  EXPECT_EQ(name_of(jobs.find(42)->state), "cancelled");
  ASSERT_TRUE(jobs.begin(on_, 2019, actor_)) << "another may be begun";
  jobs.wait();
  EXPECT_EQ(decisions(), 3);
}

TEST_P(RechecksAsJobs, files_that_cannot_be_decided_are_told_before_anything_is_written) {
  on_the_roll(1, 2);
  RecheckJobs jobs(*store_, *registers_, clock_);
  const auto begun = jobs.begin(Date::of(2018, 12, 31), 2018, actor_);
  ASSERT_TRUE(begun);
  jobs.wait();
  const auto job = jobs.find(begun->id);
  EXPECT_EQ(name_of(job->state), "failed");
  ASSERT_FALSE(job->problems.empty());
  EXPECT_EQ(job->problems.front().code, "recheck.no_policy");
  EXPECT_EQ(decisions(), 0);
}

TEST_P(RechecksAsJobs, files_are_looked_at_slice_by_slice_before_anything_is_written) {
  on_the_roll(1, 5);
  struct Case {
    const char* name;
    int year;
    std::vector<std::size_t> files;  ///< of each slice of two
    bool has_problems;
  };
  const Case cases[] = {{"all can be decided", 2019, {2, 2, 1}, false},
                        {"no parameters were in force", 2018, {0, 0, 0}, true}};
  for (const Case& c : cases) {
    SCOPED_TRACE(c.name);
    std::vector<std::size_t> files;
    for (Id after = 0;;) {
      const auto looked = store_->read([&](store::Reader& reader) {
        return look_over(reader, *registers_, Date::of(c.year, 12, 31), c.year, {.after = after, .files_max = 2});
      });
      if (!looked) break;
      EXPECT_GT(looked->last, after);
      EXPECT_EQ(!looked->problems.empty(), c.has_problems);
      files.push_back(looked->files);
      after = looked->last;
    }
    EXPECT_EQ(files, c.files);
  }
  EXPECT_EQ(decisions(), 0);
}

INSTANTIATE_TEST_SUITE_P(On, RechecksAsJobs, testing::Values("sqlite", "postgresql"),
                         [](const auto& each) { return each.param; });

}  // namespace
}  // namespace zhijia::relief
