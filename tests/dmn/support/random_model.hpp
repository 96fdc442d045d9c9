#pragma once

#include <random>
#include <string>

#include "dmn/batch.hpp"

namespace zhijia::dmn::tests {

/// Makes models of decisions that depend on each other, and cases for them: right, missing, null, of a wrong type.
class RandomModel {
 public:
  explicit RandomModel(std::uint64_t seed) : random_(seed) {}

  std::string xml();
  std::string last_decision() const { return "P" + std::to_string(decisions_ - 1); }
  Columns cases(std::size_t count);

 private:
  std::size_t below(std::size_t bound) { return random_() % bound; }
  bool chance(std::size_t percent) { return below(100) < percent; }
  template <typename... Texts>
  std::string one_of(Texts... texts) {
    const std::string all[] = {texts...};
    return all[below(sizeof...(texts))];
  }

  std::string number(int depth);
  std::string truth(int depth);
  std::string text(int depth);
  std::string date(int depth);
  std::string any(int depth);
  std::string of(char kind, int depth);
  std::string constant(char kind);
  std::string earlier(char kind);
  std::string literal(const std::string& expression);
  std::string logic(char kind, int depth);
  std::string table(char kind);
  std::string cell(char kind);

  Column column(char kind, std::size_t count);
  feel::Value value(char kind);

  std::mt19937_64 random_;
  std::size_t decisions_ = 0;
  std::string kinds_;  ///< of the decisions so far
};

}  // namespace zhijia::dmn::tests
