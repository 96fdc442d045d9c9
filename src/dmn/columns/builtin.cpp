#include <algorithm>
#include <array>
#include <utility>

#include "columns/planner.hpp"

namespace zhijia::dmn::columns {

using feel::Kind;
using feel::Value;

namespace {

/// A part of contexts, or a property of dates, times and durations.
class PathOp final : public Op {
 public:
  PathOp(const Op& base, std::string_view name, bool base_has_values)
      : base_(base), name_(name), base_has_values_(base_has_values) {
    feel::Scope scope;
    scope.declare("a");
    // Properties of values that are no contexts; other names are known from contexts only.
    if (auto parsed = feel::parse("a." + name_, scope)) property_ = std::move(*parsed);
  }

  void run(std::size_t, std::size_t n) override {
    const auto& base = base_.vector();
    unsure_.assign(n, 0);
    for (std::size_t i = 0; i < n; ++i) {
      const bool is_odd = (base.states[i] & odd) != 0;
      auto found = is_odd && !base_has_values_ ? std::nullopt : part_of(base.get(i));
      unsure_[i] = found ? 0 : 1;
      own_.room()[i] = found ? std::move(*found) : Value();
    }
    own_.take(n);
    if (std::ranges::find(unsure_, 1) == unsure_.end()) return;
    for (std::size_t i = 0; i < n; ++i)
      if (unsure_[i] != 0) own_.states[i] = odd;
    own_.note_states(n);
  }

 private:
  std::optional<Value> part_of(const Value& value) const {
    if (value.is_null()) return Value();
    if (value.is(Kind::context)) {
      const auto* entry = value.find(name_);
      return entry == nullptr ? Value() : *entry;
    }
    if (!property_ || value.is(Kind::list)) return std::nullopt;
    return feel::evaluate(property_, {.variables = std::span(&value, 1)});
  }

  const Op& base_;
  std::string name_;
  bool base_has_values_;
  feel::Expression property_;
  std::vector<std::uint8_t> unsure_;
};

/// A call of a built-in function, case by case; once for each code where its only operand that varies is coded.
class BuiltinOp final : public Op {
 public:
  BuiltinOp(feel::Expression call, std::vector<const Op*> operands)
      : call_(std::move(call)), operands_(std::move(operands)), arguments_(operands_.size()) {
    for (const auto* operand : operands_)
      if (!operand->is_constant) varying_ = varying_ == nullptr ? operand : &many_;
  }

  void run(std::size_t, std::size_t n) override {
    const bool by_code = varying_ != nullptr && varying_ != &many_ && varying_->vector().form == Form::coded;
    if (by_code && by_codes(varying_->vector(), n)) return;
    State seen = given;
    for (const auto* operand : operands_) seen |= operand->vector().seen;
    unsure_.assign(n, 0);
    for (std::size_t i = 0; i < n; ++i) {
      if ((seen & odd) != 0)
        for (const auto* operand : operands_) unsure_[i] |= operand->vector().states[i] & odd;
      own_.room()[i] = unsure_[i] != 0 ? Value() : call(i);
    }
    own_.take(n);
    if ((seen & odd) == 0) return;
    for (std::size_t i = 0; i < n; ++i)
      if (unsure_[i] != 0) own_.states[i] = odd;
    own_.note_states(n);
  }

 private:
  Value call(std::size_t at) {
    for (std::size_t i = 0; i < operands_.size(); ++i) arguments_[i] = operands_[i]->vector().get(at);
    return feel::evaluate(call_, {.variables = arguments_});
  }

  /// True when every code gives a small integer, which most functions of texts and lists do.
  bool by_codes(const Vector& vector, std::size_t n) {
    if (vector.dictionary != known_of_) {
      known_of_ = vector.dictionary;
      known_.clear();
      learned_ = 0;
      fit_bytes_ = true;
    }
    if (known_.size() < vector.dictionary->size()) known_.resize(vector.dictionary->size());
    own_.clear(Form::fixed, n);
    own_.scale = 0;
    const auto& codes = vector.integers;
    if (vector.seen == given && learned_ == known_.size()) {
      if (fit_bytes_ && codes.width() == Integers::Width::byte) {
        loops::look_up(codes.bytes(), by_byte_, 0, own_.integers.own_bytes(), n);
      } else {
        auto* const integers = own_.integers.own_wide();
        for (std::size_t i = 0; i < n; ++i) integers[i] = known_[static_cast<std::size_t>(codes[i])].integer;
      }
      return true;
    }
    auto* const integers = own_.integers.own_wide();
    bool are_integers = true;
    for (std::size_t i = 0; i < n && are_integers; ++i) {
      integers[i] = 0;
      if (vector.states[i] != given) {
        // What a null gives is not known: the expression is evaluated alone for it.
        own_.states[i] = odd;
        continue;
      }
      const auto& known = learned(static_cast<std::size_t>(codes[i]), i);
      are_integers = known.state == integer;
      integers[i] = known.integer;
    }
    own_.note_states(n);
    return are_integers;
  }

  enum State_ : std::uint8_t { unknown, integer, other };
  struct Known {
    std::int64_t integer = 0;
    State_ state = unknown;
  };

  /// What the call gives for a code, which is that of the case.
  const Known& learned(std::size_t code, std::size_t at) {
    auto& known = known_[code];
    if (known.state != unknown) return known;
    known = learn(at);
    learned_ += known.state == integer ? 1 : 0;
    fit_bytes_ = fit_bytes_ && code < by_byte_.size() && std::in_range<std::uint8_t>(known.integer);
    if (fit_bytes_) by_byte_[code] = static_cast<std::uint8_t>(known.integer);
    return known;
  }

  Known learn(std::size_t at) {
    const auto value = call(at);
    std::int64_t coefficient = 0;
    int exponent = 0;
    const bool is_integer = value.is(Kind::number) && value.number().as_scaled(coefficient, exponent) && exponent == 0;
    return {coefficient, is_integer ? integer : other};
  }

  /// Stands for several operands that vary.
  class Many final : public Op {
   public:
    void run(std::size_t, std::size_t) override {}
  };

  feel::Expression call_;
  std::vector<const Op*> operands_;
  feel::Values arguments_;
  Many many_;
  const Op* varying_ = nullptr;
  const feel::Values* known_of_ = nullptr;
  std::vector<Known> known_;  ///< by code
  std::size_t learned_ = 0;   ///< of them, those that are integers
  bool fit_bytes_ = true;     ///< they and their codes
  std::array<std::uint8_t, 256> by_byte_{};
  std::vector<std::uint8_t> unsure_;
};

}  // namespace

std::unique_ptr<Op> path(const Op& base, std::string_view name, bool base_has_values) {
  return std::make_unique<PathOp>(base, name, base_has_values);
}

std::unique_ptr<Op> builtin(std::string_view name, std::vector<const Op*> arguments) {
  feel::Scope scope;
  std::string text(name);
  text += "(";
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const auto argument = "a" + std::to_string(i);
    scope.declare(argument);
    text += (i == 0 ? "" : ", ") + argument;
  }
  auto call = feel::parse(text + ")", scope);
  if (!call) return nullptr;
  return std::make_unique<BuiltinOp>(std::move(*call), std::move(arguments));
}

}  // namespace zhijia::dmn::columns
