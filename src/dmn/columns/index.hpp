#pragma once

#include <span>

#include "columns/planner.hpp"
#include "table.hpp"

namespace zhijia::dmn::columns {

using Word = std::uint64_t;
constexpr std::size_t word_bits = 64;

/// One input column of a table: which rows a value satisfies, looked up instead of tested.
///
/// Numbers and dates are cut at every bound that a test names; between two bounds all values satisfy the same rows.
/// Truths and codes have a mask each. Masks are made by evaluating the tests themselves, so they mean what those mean.
/// Tests that vary from case to case are steps of their own.
class ColumnIndex {
 public:
  /// An index would need more than it is worth.
  static constexpr std::size_t words_max = std::size_t{1} << 22U;  ///< 32 MB
  static constexpr std::size_t cells_max = 100'000'000;

  ColumnIndex(Planner& planner, Op& input, const TableBox& table, std::size_t column, const Terms& variables,
              std::size_t words);
  bool is_possible() const { return is_possible_; }
  /// Whether it lets the same rows through for every case.
  bool is_constant() const;
  /// Leaves of each case's rows those that the column lets through. Rows are bits, and after them comes one that
  /// tells whether the inputs are allowed: `words` of them for each case.
  void apply(std::vector<Word>& masks, std::size_t n);
  /// The same where a byte holds them, as it does for most tables.
  void apply(std::vector<std::uint8_t>& masks, std::size_t n);

 private:
  struct Test {
    feel::Expression expression;
    std::vector<std::size_t> rules;
    const Op* step = nullptr;     ///< where it varies
    std::vector<Word> bits = {};  ///< its rules
    feel::Values bounds = {};
    bool is_cut = false;  ///< between its bounds it is the same for all numbers and dates
  };

  void add_test(Planner& planner, const feel::Expression& expression, const Terms& variables);
  void fix_variables(const feel::Expression& expression, const Terms& variables);
  bool is_fixed(const feel::Expression& expression, const Terms& variables) const;
  bool holds(const feel::Expression& expression, const feel::Value& value) const;
  bool is_allowed(const feel::Value& value) const;
  void add_mask_of(const feel::Value& value, bool only_loose, std::span<Word> mask) const;
  bool cut();
  bool cut_test(const Test& test);
  void find_integers();
  std::span<Word> found(std::size_t at) { return std::span(found_).subspan(at * words_, words_); }
  void prepare();
  bool apply_truths(const Vector& vector, std::uint8_t* masks, std::size_t n) const;
  bool apply_bounds(const Vector& vector, std::uint8_t* masks, std::size_t n) const;
  /// The masks of values × of_value among bounds × of_bound × divisors, all of which fit T.
  template <typename T>
  void find_between(const T* values, std::int64_t of_value, const T* divisors, std::int64_t of_bound,
                    std::uint8_t* found, std::size_t n) const;
  void look_up(const Vector& vector, std::size_t n);
  bool is_for_numbers() const { return bounds_.empty() || bounds_.front().is(feel::Kind::number); }
  template <typename MaskOf>
  void look_up_each(const Vector& vector, std::size_t n, MaskOf&& mask_of);
  template <typename Order>
  void look_up_cut(const Vector& vector, std::size_t n, Order&& order_at);
  void add_steps(std::size_t n);
  const Word* mask_of_code(const Vector& vector, std::size_t at);

  Op& input_;
  std::size_t words_;
  std::size_t allowed_bit_;
  feel::Expression allowed_;
  std::vector<Test> tests_;
  std::vector<Word> always_;  ///< rules that look at nothing here, and the allowed bit where all are
  Variables fixed_;
  bool is_possible_ = true;
  bool has_fixed_ = false;
  bool has_steps_ = false;
  bool has_loose_ = false;  ///< fixed tests that are not cut

  feel::Values allowed_bounds_;
  feel::Values bounds_;          ///< of one kind, ascending
  std::vector<Word> cut_masks_;  ///< before the first bound, at it, after it …
  std::vector<std::int64_t> bound_integers_;
  int bound_scale_ = 0;
  bool bounds_are_integers_ = false;

  const feel::Values* known_of_ = nullptr;
  std::vector<Word> code_masks_;
  std::vector<std::uint8_t> code_known_;
  std::vector<Word> truth_masks_;  ///< false, true
  std::vector<Word> null_mask_;
  std::vector<Word> found_;  ///< of the chunk
};

}  // namespace zhijia::dmn::columns
