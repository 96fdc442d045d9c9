#include <gtest/gtest.h>

#include <chrono>
#include <cstdlib>

#include "support/random_model.hpp"

namespace zhijia::dmn {
namespace {

Inputs case_of(const Columns& columns, std::size_t at) {
  Inputs inputs;
  for (std::size_t i = 0; i < columns.names.size(); ++i) inputs.push_back({columns.names[i], columns.values[i].at(at)});
  return inputs;
}

/// The rows of all tables that a decision looked at, as text.
template <typename Tables, typename RowsOf>
std::string text_of(const Tables& tables, RowsOf rows_of) {
  std::string text;
  for (const auto& table : tables) {
    text += "[";
    for (const auto row : rows_of(table)) text += std::to_string(row) + " ";
    text += "]";
  }
  return text;
}

void expect_same(const Model& model, const std::string& decision, const Columns& columns, const Decided& decided,
                 std::size_t at) {
  const auto one = model.evaluate(decision, case_of(columns, at), {.explain = true});
  ASSERT_EQ(feel::literal(decided.values.at(at)), feel::literal(one.value)) << "case " << at;
  std::map<std::string, std::string> expected;
  for (const auto& step : one.steps)
    expected[step.decision] = text_of(step.tables, [](const TableTrace& table) { return table.rows; });
  std::map<std::string, std::string> kept;
  for (const auto& rows : decided.rows)
    kept[rows.decision] = text_of(rows.tables(at), [](const DecidingRows::Rows& table) { return table; });
  for (const auto& [name, rows] : expected) ASSERT_EQ(kept[name], rows) << "case " << at << ", decision " << name;
}

void check(std::uint64_t seed) {
  SCOPED_TRACE("seed " + std::to_string(seed) + " (ZHIJIA_SEED)");
  tests::RandomModel random(seed);
  const auto xml = random.xml();
  const auto model = load(xml);
  ASSERT_TRUE(model);
  const auto columns = random.cases(seed % 7 == 0 ? 2'100 : 1 + seed % 120);
  const auto decided = decide(*model, random.last_decision(), columns, {.threads = 2, .keep_rows = true});
  ASSERT_TRUE(decided);
  // Of long columns the first cases of each chunk and a few others.
  for (std::size_t at = 0; at < columns.cases; at += at % 1'024 < 100 ? 1 : 17) {
    expect_same(*model, random.last_decision(), columns, *decided, at);
    if (testing::Test::HasFatalFailure()) {
      if (std::getenv("ZHIJIA_SEED") != nullptr) std::fputs(xml.c_str(), stderr);
      return;
    }
  }
}

/// ZHIJIA_SEED=N repeats one model and prints it.
TEST(Batch, IsOneByOneEvaluationOnRandomModels) {
  if (const char* seed = std::getenv("ZHIJIA_SEED")) return check(std::strtoull(seed, nullptr, 10));
  const char* seconds = std::getenv("ZHIJIA_SECONDS");
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(seconds ? std::atoi(seconds) : 3);
  std::uint64_t seed = std::random_device{}();
  std::size_t models = 0;
  while (std::chrono::steady_clock::now() < until && !HasFatalFailure()) {
    if (std::getenv("ZHIJIA_TRACE") != nullptr)
      std::fprintf(stderr, "seed %llu\n", static_cast<unsigned long long>(seed));
    check(seed++);
    ++models;
  }
  std::printf("%zu models from seed %llu\n", models, static_cast<unsigned long long>(seed - models));
}

}  // namespace
}  // namespace zhijia::dmn
