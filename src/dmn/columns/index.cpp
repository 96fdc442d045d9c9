#include "columns/index.hpp"

#include <algorithm>
#include <array>
#include <map>

#include "columns/number_order.hpp"

namespace zhijia::dmn::columns {

using feel::Kind;
using feel::Node;
using feel::Number;
using feel::Value;
using feel::Wide;
using NK = Node::Kind;

namespace {

void set_bit(std::span<Word> mask, std::size_t bit) { mask[bit / word_bits] |= Word{1} << (bit % word_bits); }

bool has_input(const Node& node) {
  return node.kind == NK::input ||
         std::ranges::any_of(node.children, [](const Node* child) { return child != nullptr && has_input(*child); });
}

/// Collects at what values of `?` a test may change.
class Bounds {
 public:
  Bounds(Planner& planner, const Terms& variables, feel::Values& found)
      : planner_(planner), variables_(variables), found_(found) {}

  /// False when it cannot be told by the test's shape.
  bool collect(const Node& node) {
    const bool is_shape = node.kind == NK::unary_tests || node.kind == NK::range;
    if (!is_shape && !has_input(node)) {
      const auto value = planner_.fixed(node, variables_);
      return value && add_constant(*value);
    }
    if (node.is_constant) return add_constant(node.value);
    switch (node.kind) {
      case NK::input:
        return true;
      case NK::unary_tests:
      case NK::range:
      case NK::conjunction:
      case NK::disjunction:
      case NK::comparison:
      case NK::between:
      case NK::in:
        return collect_all(node);
      case NK::builtin_call:
        return feel::builtin_name(*node.builtin) == "not" && collect_all(node);
      default:
        return false;
    }
  }

 private:
  bool collect_all(const Node& node) {
    return std::ranges::all_of(node.children, [&](const Node* child) { return child == nullptr || collect(*child); });
  }

  bool add(const Value& value) {
    if (value.is(Kind::number) || value.is(Kind::date)) found_.push_back(value);
    return !value.is(Kind::context) && !value.is(Kind::function) && !value.is(Kind::list);
  }

  bool add_one(const Value& value) {
    return value.is(Kind::range) ? add(value.range().low) && add(value.range().high) : add(value);
  }

  bool add_constant(const Value& value) {
    if (!value.is(Kind::list)) return add_one(value);
    return std::ranges::all_of(value.items(), [&](const Value& item) { return add_one(item); });
  }

  Planner& planner_;
  const Terms& variables_;
  feel::Values& found_;
};

/// A value that lies strictly between two, or beyond one where the other is absent.
std::optional<Value> between(const Value* low, const Value* high) {
  const auto& one = low != nullptr ? *low : *high;
  if (one.is(Kind::date)) {
    const auto days = low != nullptr ? low->date().days + 1 : high->date().days - 1;
    return Value(feel::Date{days});
  }
  std::optional<Number> number;
  if (low != nullptr && high != nullptr) {
    const auto sum = add(low->number(), high->number());
    number = sum ? feel::divide(*sum, Number(2)) : std::nullopt;
  } else {
    number = low != nullptr ? add(low->number(), Number(1)) : subtract(high->number(), Number(1));
  }
  const bool is_inside =
      number && (low == nullptr || *number > low->number()) && (high == nullptr || *number < high->number());
  return is_inside ? std::optional(Value(*number)) : std::nullopt;
}

bool before(const Value& a, const Value& b) { return feel::order(a, b).value_or(0) < 0; }

}  // namespace

ColumnIndex::ColumnIndex(Planner& planner, Op& input, const TableBox& table, std::size_t column, const Terms& variables,
                         std::size_t words)
    : input_(input), words_(words), allowed_bit_(table.parts().rules.size()), always_(words) {
  const auto& parts = table.parts();
  allowed_ = parts.inputs[column].allowed;
  if (!allowed_) set_bit(always_, allowed_bit_);
  if (allowed_ && !is_fixed(allowed_, variables)) {
    is_possible_ = false;
    return;
  }
  bool allowed_is_cut = true;
  if (allowed_) {
    fix_variables(allowed_, variables);
    allowed_is_cut = Bounds(planner, variables, allowed_bounds_).collect(allowed_->root());
  }
  std::map<std::string_view, std::size_t> places;
  for (std::size_t rule = 0; rule < parts.rules.size(); ++rule) {
    const auto& cell = parts.rules[rule].tests[column];
    if (!cell.test) continue;
    const auto& root = cell.test->root();
    if (root.kind == NK::unary_tests && root.children.empty() && !root.flag) {
      set_bit(always_, rule);
      continue;
    }
    const auto [place, is_new] = places.try_emplace(cell.text, tests_.size());
    if (is_new) add_test(planner, cell.test, variables);
    tests_[place->second].rules.push_back(rule);
  }
  for (auto& test : tests_) {
    test.bits.resize(words_);
    for (const auto rule : test.rules) set_bit(test.bits, rule);
  }
  is_possible_ = allowed_is_cut && cut();
}

bool ColumnIndex::is_fixed(const feel::Expression& expression, const Terms& variables) const {
  if (!is_plain(expression->root())) return false;
  std::set<std::uint32_t> slots;
  collect_slots(expression->root(), slots);
  return std::ranges::all_of(slots, [&](std::uint32_t slot) {
    return slot >= variables.size() || !variables[slot] ||
           (variables[slot].is_constant() && !variables[slot].get(0).is(Kind::function));
  });
}

void ColumnIndex::fix_variables(const feel::Expression& expression, const Terms& variables) {
  std::set<std::uint32_t> slots;
  collect_slots(expression->root(), slots);
  for (const auto slot : slots) {
    if (slot >= variables.size() || !variables[slot]) continue;
    fixed_.resize(std::max<std::size_t>(fixed_.size(), slot + 1));
    fixed_[slot] = variables[slot].get(0);
  }
}

void ColumnIndex::add_test(Planner& planner, const feel::Expression& expression, const Terms& variables) {
  Test test{expression, {}};
  if (is_fixed(expression, variables)) {
    fix_variables(expression, variables);
    test.is_cut = Bounds(planner, variables, test.bounds).collect(expression->root());
    if (!test.is_cut) test.bounds.clear();
    has_loose_ = has_loose_ || !test.is_cut;
    has_fixed_ = true;
  } else {
    test.step = planner.column_of(planner.expression(expression, variables, &input_));
    has_steps_ = true;
  }
  tests_.push_back(std::move(test));
}

bool ColumnIndex::holds(const feel::Expression& expression, const Value& value) const {
  return feel::evaluate(expression, {.variables = fixed_, .input = value}).is_true();
}

bool ColumnIndex::is_allowed(const Value& value) const {
  return !allowed_ || value.is_null() || holds(allowed_, value);
}

void ColumnIndex::add_mask_of(const Value& value, bool only_loose, std::span<Word> mask) const {
  for (const auto& test : tests_) {
    if (test.step != nullptr || (only_loose && test.is_cut) || !holds(test.expression, value)) continue;
    for (std::size_t word = 0; word < words_; ++word) mask[word] |= test.bits[word];
  }
  if (!only_loose && allowed_ && is_allowed(value)) set_bit(mask, allowed_bit_);
}

namespace {

void sort(feel::Values& bounds) {
  std::ranges::sort(bounds, before);
  const auto rest = std::ranges::unique(bounds, [](const Value& a, const Value& b) { return !before(a, b); });
  bounds.erase(rest.begin(), rest.end());
}

}  // namespace

/// Cuts the column at all bounds, which must be of one kind, as a column is.
bool ColumnIndex::cut() {
  bounds_ = allowed_bounds_;
  for (const auto& test : tests_) bounds_.insert(bounds_.end(), test.bounds.begin(), test.bounds.end());
  for (const auto& bound : bounds_)
    if (bound.kind() != bounds_.front().kind()) return false;
  sort(bounds_);
  const auto regions = bounds_.size() * 2 + 1;
  if (regions * words_ > words_max || regions * std::max<std::size_t>(tests_.size(), 1) > cells_max) return false;
  cut_masks_.assign(regions * words_, 0);
  for (auto& test : tests_) {
    if (test.step != nullptr || !test.is_cut) continue;
    sort(test.bounds);
    if (!cut_test(test)) return false;
  }
  if (allowed_) {
    Test allowed{allowed_, {}};
    allowed.bits.resize(words_);
    set_bit(allowed.bits, allowed_bit_);
    allowed.bounds = std::move(allowed_bounds_);
    sort(allowed.bounds);
    if (!cut_test(allowed)) return false;
  }
  find_integers();
  return true;
}

/// The bounds as integers of one scale, where they are.
void ColumnIndex::find_integers() {
  bounds_are_integers_ = bounds_.empty() || bounds_.front().is(Kind::number);
  if (!bounds_are_integers_) return;
  std::vector<std::pair<std::int64_t, int>> parts;
  for (const auto& bound : bounds_) {
    auto& [coefficient, exponent] = parts.emplace_back();
    bounds_are_integers_ = bounds_are_integers_ && bound.number().as_scaled(coefficient, exponent);
    if (coefficient != 0) bound_scale_ = std::max(bound_scale_, -exponent);
  }
  for (auto [coefficient, exponent] : parts) {
    const int shift = bound_scale_ + exponent;
    const bool fits = coefficient == 0 || (bound_scale_ <= scale_max && shift <= scale_max &&
                                           !__builtin_mul_overflow(coefficient, power_of_ten(shift), &coefficient));
    bounds_are_integers_ = bounds_are_integers_ && fits;
    bound_integers_.push_back(coefficient);
  }
}

/// Evaluates a test once for each stretch between its own bounds, and marks the regions in which it holds.
bool ColumnIndex::cut_test(const Test& test) {
  const auto& bounds = test.bounds;
  std::vector<bool> held;
  // Where nothing is named all values are alike; what they are is told by the other bounds, or is a number.
  const Value any = bounds_.empty() ? Value(0) : bounds_.front();
  for (std::size_t i = 0; i <= bounds.size(); ++i) {
    const auto* low = i == 0 ? nullptr : &bounds[i - 1];
    const auto* high = i == bounds.size() ? nullptr : &bounds[i];
    const auto inside = bounds.empty() ? std::optional(any) : between(low, high);
    if (!inside) return false;
    held.push_back(holds(test.expression, *inside));
    if (high != nullptr) held.push_back(holds(test.expression, *high));
  }
  std::size_t own = 0;
  for (std::size_t region = 0; region < bounds_.size() * 2 + 1; ++region) {
    // An odd region is a bound; behind it the test may have passed one of its own.
    const bool at_own = region % 2 == 1 && own / 2 < bounds.size() && !before(bounds_[region / 2], bounds[own / 2]);
    if (at_own) ++own;
    if (held[own])
      for (std::size_t word = 0; word < words_; ++word) cut_masks_[region * words_ + word] |= test.bits[word];
    if (at_own) ++own;
  }
  return true;
}

const Word* ColumnIndex::mask_of_code(const Vector& vector, std::size_t at) {
  if (vector.dictionary != known_of_) {
    known_of_ = vector.dictionary;
    code_known_.clear();
    code_masks_.clear();
  }
  const auto code = static_cast<std::size_t>(vector.integers[at]);
  if (code >= code_known_.size()) {
    code_known_.resize(vector.dictionary->size());
    code_masks_.resize(code_known_.size() * words_);
  }
  auto* mask = &code_masks_[code * words_];
  if (code_known_[code] == 0) add_mask_of((*vector.dictionary)[code], false, {mask, words_});
  code_known_[code] = 1;
  return mask;
}

template <typename MaskOf>
void ColumnIndex::look_up_each(const Vector& vector, std::size_t n, MaskOf&& mask_of) {
  if (words_ == 1 && vector.seen == given) {
    for (std::size_t i = 0; i < n; ++i) found_[i] |= *mask_of(i);
    return;
  }
  for (std::size_t i = 0; i < n; ++i) {
    const auto mask = found(i);
    if ((vector.states[i] & odd) != 0) {
      add_mask_of(vector.get(i), false, mask);
      continue;
    }
    const Word* known = vector.states[i] == given ? mask_of(i) : null_mask_.data();
    for (std::size_t word = 0; word < words_; ++word) mask[word] = known[word];
  }
}

template <typename Order>
void ColumnIndex::look_up_cut(const Vector& vector, std::size_t n, Order&& order_at) {
  look_up_each(vector, n, [&](std::size_t i) {
    // The first bound that is not before the value, and whether it is the value.
    std::size_t low = 0;
    std::size_t count = bounds_.size();
    bool is_at = false;
    while (count > 0) {
      const auto half = count / 2;
      const int order = order_at(i, low + half);
      if (order > 0) {
        low += half + 1;
        count -= half + 1;
      } else {
        is_at = order == 0;  // once found it stays the last that was not passed
        count = half;
      }
    }
    const auto region = low * 2 + (is_at ? 1 : 0);
    return &cut_masks_[region * words_];
  });
  if (!has_loose_) return;
  for (std::size_t i = 0; i < n; ++i)
    if (vector.states[i] == given) add_mask_of(vector.get(i), true, found(i));
}

/// Between few bounds every value is compared with each, without a branch, where 64 bits hold what is compared: what a
/// bound changes in the mask of those before it is changed back for the values that do not reach it.
bool ColumnIndex::apply_bounds(const Vector& vector, std::uint8_t* masks, std::size_t n) const {
  constexpr std::size_t few = 8;
  const bool is_exact = vector.form == Form::fixed || vector.form == Form::ratio;
  if (!is_exact || !is_for_numbers() || has_loose_ || bounds_.size() > few || !bounds_are_integers_) return false;
  const int shift = bound_scale_ - vector.scale;
  if (shift > scale_max || shift < -scale_max) return false;
  const auto of_value = power_of_ten(std::max(0, shift));
  const auto of_bound = power_of_ten(std::max(0, -shift));
  const auto* divisors = vector.form == Form::ratio ? &vector.divisors : nullptr;
  const int value_bits = vector.integers.bits() + loops::factor_bits(of_value);
  const int bound_bits = loops::bits_of(bound_integers_.data(), bound_integers_.size()) + loops::factor_bits(of_bound) +
                         (divisors != nullptr ? divisors->bits() : 0);
  const int bits = std::max(value_bits, bound_bits);
  if (bits > loops::bits_max) return false;
  std::array<std::uint8_t, chunk_cases> found;
  if (bits <= loops::small_bits_max && vector.integers.is_narrow() && (divisors == nullptr || divisors->is_narrow()))
    find_between<std::int32_t>(vector.integers.small(), of_value, divisors != nullptr ? divisors->small() : nullptr,
                               of_bound, found.data(), n);
  else
    find_between<std::int64_t>(vector.integers.wide(), of_value, divisors != nullptr ? divisors->wide() : nullptr,
                               of_bound, found.data(), n);
  loops::both(found.data(), masks, masks, n);
  return true;
}

template <typename T>
void ColumnIndex::find_between(const T* values, std::int64_t of_value, const T* divisors, std::int64_t of_bound,
                               std::uint8_t* found, std::size_t n) const {
  std::array<T, chunk_cases> scaled;
  if (of_value != 1) {
    loops::scale(values, static_cast<T>(of_value), scaled.data(), n);
    values = scaled.data();
  }
  const auto mask_of = [&](std::size_t region) { return static_cast<std::uint8_t>(cut_masks_[region] | always_[0]); };
  std::fill_n(found, n, mask_of(0));
  for (std::size_t at = 0; at < bounds_.size(); ++at) {
    const auto bound = static_cast<T>(bound_integers_[at] * of_bound);
    const auto reached = static_cast<std::uint8_t>(mask_of(at * 2) ^ mask_of(at * 2 + 1));
    const auto passed = static_cast<std::uint8_t>(mask_of(at * 2 + 1) ^ mask_of(at * 2 + 2));
    loops::change_from(bound, values, divisors, reached, passed, found, n);
  }
}

bool ColumnIndex::apply_truths(const Vector& vector, std::uint8_t* masks, std::size_t n) const {
  if (vector.form != Form::boolean) return false;
  const auto mask_of = [&](std::size_t truth) { return static_cast<std::uint8_t>(truth_masks_[truth] | always_[0]); };
  loops::keep(vector.truths.data(), mask_of(0), mask_of(1), masks, n);
  return true;
}

bool ColumnIndex::is_constant() const {
  return input_.is_constant &&
         std::ranges::all_of(tests_, [](const Test& test) { return test.step == nullptr || test.step->is_constant; });
}

void ColumnIndex::look_up(const Vector& vector, std::size_t n) {
  const bool of_numbers = is_for_numbers();
  const bool of_dates = bounds_.empty() ? !has_fixed_ : bounds_.front().is(Kind::date);
  const bool of_codes = vector.form == Form::coded && vector.dictionary->size() * words_ <= words_max;
  if (vector.form == Form::boolean) {
    look_up_each(vector, n, [&](std::size_t i) { return &truth_masks_[std::size_t{vector.truths[i]} * words_]; });
  } else if (of_codes) {
    look_up_each(vector, n, [&](std::size_t i) { return mask_of_code(vector, i); });
  } else if (of_numbers && vector.form == Form::fixed && bounds_are_integers_) {
    const auto of_value = power_of_ten(std::max(0, bound_scale_ - vector.scale));
    const auto of_bound = power_of_ten(std::max(0, vector.scale - bound_scale_));
    look_up_cut(vector, n, [&](std::size_t i, std::size_t bound) {
      const auto x = static_cast<Wide>(vector.integers[i]) * of_value;
      const auto y = static_cast<Wide>(bound_integers_[bound]) * of_bound;
      return x < y ? -1 : x > y ? 1 : 0;
    });
  } else if (of_numbers && vector.form == Form::ratio && bounds_are_integers_) {
    look_up_cut(vector, n, [&](std::size_t i, std::size_t bound) {
      return ratio_order(vector, i, bound_integers_[bound], bound_scale_, [&] { return bounds_[bound].number(); });
    });
  } else if (of_numbers && vector.is_number()) {
    look_up_cut(vector, n, [&](std::size_t i, std::size_t bound) {
      return compare(vector.number_at(i), bounds_[bound].number());
    });
  } else if (of_dates && vector.form == Form::date) {
    look_up_cut(vector, n, [&](std::size_t i, std::size_t bound) {
      const auto days = bounds_[bound].date().days;
      return vector.integers[i] < days ? -1 : vector.integers[i] > days ? 1 : 0;
    });
  } else {
    for (std::size_t i = 0; i < n; ++i) add_mask_of(vector.get(i), false, found(i));
  }
}

void ColumnIndex::add_steps(std::size_t n) {
  for (const auto& test : tests_) {
    if (test.step == nullptr) continue;
    const auto& held = test.step->vector();
    for (std::size_t i = 0; i < n; ++i) {
      const bool holds_here =
          held.states[i] == given ? held.form == Form::boolean && held.truths[i] == 1 : held.get(i).is_true();
      if (!holds_here) continue;
      const auto mask = found(i);
      for (std::size_t word = 0; word < words_; ++word) mask[word] |= test.bits[word];
    }
  }
}

void ColumnIndex::prepare() {
  if (!null_mask_.empty()) return;
  null_mask_.resize(words_);
  truth_masks_.resize(words_ * 2);
  add_mask_of({}, false, null_mask_);
  if (!allowed_ || is_allowed({})) set_bit(null_mask_, allowed_bit_);
  add_mask_of(false, false, std::span(truth_masks_).first(words_));
  add_mask_of(true, false, std::span(truth_masks_).last(words_));
}

void ColumnIndex::apply(std::vector<Word>& masks, std::size_t n) {
  prepare();
  found_.assign(n * words_, 0);
  look_up(input_.vector(), n);
  add_steps(n);
  if (words_ == 1) {
    for (std::size_t i = 0; i < n; ++i) masks[i] &= found_[i] | always_[0];
    return;
  }
  for (std::size_t i = 0; i < n; ++i)
    for (std::size_t word = 0; word < words_; ++word)
      masks[i * words_ + word] &= found_[i * words_ + word] | always_[word];
}

void ColumnIndex::apply(std::vector<std::uint8_t>& masks, std::size_t n) {
  prepare();
  const auto& vector = input_.vector();
  const bool is_simple = vector.seen == given && !has_steps_;
  if (is_simple && (apply_truths(vector, masks.data(), n) || apply_bounds(vector, masks.data(), n))) return;
  found_.assign(n, 0);
  look_up(vector, n);
  add_steps(n);
  for (std::size_t i = 0; i < n; ++i) masks[i] &= static_cast<std::uint8_t>(found_[i] | always_[0]);
}

}  // namespace zhijia::dmn::columns
