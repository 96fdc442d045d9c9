#include "columns/vector.hpp"

#include <algorithm>
#include <array>

namespace zhijia::dmn::columns {

using feel::Kind;
using feel::Number;
using feel::Value;

std::int64_t power_of_ten(int exponent) {
  static constexpr auto powers = [] {
    std::array<std::int64_t, scale_max + 1> all{1};
    for (std::size_t i = 1; i < all.size(); ++i) all[i] = all[i - 1] * 10;
    return all;
  }();
  return powers[static_cast<std::size_t>(exponent)];
}

namespace {

/// The coefficient of `number` at `scale`; false when it has more digits than fit.
bool at_scale(Number number, int scale, std::int64_t& coefficient) {
  int exponent = 0;
  if (!number.as_scaled(coefficient, exponent)) return false;
  if (coefficient == 0) return true;
  const int shift = exponent + scale;
  if (shift < 0 || shift > scale_max) return false;
  return !__builtin_mul_overflow(coefficient, power_of_ten(shift), &coefficient);
}

}  // namespace

feel::Values& Vector::room() {
  values.resize(chunk_cases);
  return values;
}

Number Vector::number_at(std::size_t at) const {
  switch (form) {
    case Form::fixed:
      return Number::scaled(integers[at], -scale);
    case Form::ratio:
      // The divisor is not zero and both are of 64 bits: there is a quotient.
      return *divide(dividend->number_at(at), divisor->number_at(at));
    default:
      return numbers[at];
  }
}

Value Vector::get(std::size_t at) const {
  if ((states[at] & odd) != 0) return values[at];
  if (states[at] != given) return {};
  switch (form) {
    case Form::null:
      return {};
    case Form::boolean:
      return truths[at] != 0;
    case Form::fixed:
    case Form::ratio:
    case Form::number:
      return number_at(at);
    case Form::date:
      return feel::Date{integers[at]};
    case Form::coded:
      return (*dictionary)[static_cast<std::size_t>(integers[at])];
  }
  return {};
}

void Vector::clear(Form new_form, std::size_t n) {
  form = new_form;
  // Where nothing but given was seen, the states of so many are given still.
  if (seen != given || given_ < n) {
    std::fill_n(states.begin(), n, given);
    given_ = n;
  }
  seen = given;
  integers.clear(n);
  truths.own();
  divisors.clear(n);
  if (form == Form::number) numbers.resize(chunk_cases);
}

void Vector::note_states(std::size_t n) {
  State all = given;
  for (std::size_t i = 0; i < n; ++i) all |= states[i];
  seen = all;
}

void Vector::repeat() {
  std::fill(states.begin(), states.end(), states[0]);
  given_ = 0;
  integers.repeat();
  truths.repeat();
  divisors.repeat();
  if (!numbers.empty()) std::fill(numbers.begin(), numbers.end(), numbers[0]);
  if (!values.empty()) std::fill(values.begin() + 1, values.end(), values[0]);
}

bool Vector::put_scaled(std::size_t at, Number number) {
  std::int64_t coefficient = 0;
  const bool fits = at_scale(number, scale, coefficient);
  if (fits) integers.put(at, coefficient);
  return fits;
}

/// Puts a value that is of the form's kind; false when it does not fit.
bool Vector::set(std::size_t at, const Value& value) {
  switch (form) {
    case Form::boolean:
      if (!value.is(Kind::boolean)) return false;
      truths[at] = value.boolean() ? 1 : 0;
      return true;
    case Form::fixed:
      return value.is(Kind::number) && put_scaled(at, value.number());
    case Form::number:
      if (!value.is(Kind::number)) return false;
      numbers[at] = value.number();
      return true;
    case Form::date:
      if (!value.is(Kind::date)) return false;
      integers.put(at, value.date().days);
      return true;
    default:
      return false;
  }
}

void Vector::put(std::size_t at, Value value) {
  integers.put(at, 0);
  truths[at] = 0;
  states[at] = value.is_null() ? null : given;
  if (value.is_null() || set(at, value)) return;
  states[at] = odd;
  room()[at] = std::move(value);
}

void Vector::take(std::size_t n) {
  const auto end = values.begin() + static_cast<std::ptrdiff_t>(n);
  const auto first = std::find_if(values.begin(), end, [](const Value& value) { return !value.is_null(); });
  const auto kind = first == end ? Kind::null : first->kind();
  switch (kind) {
    case Kind::number:
      return take_numbers(n);
    case Kind::string:
      return take_texts(n);
    case Kind::boolean:
      clear(Form::boolean, n);
      break;
    case Kind::date:
      clear(Form::date, n);
      break;
    default:
      clear(Form::null, n);
      break;
  }
  for (std::size_t i = 0; i < n; ++i) put(i, values[i]);
  note_states(n);
}

void Vector::take_numbers(std::size_t n) {
  int finest = 0;
  bool fits = true;
  for (std::size_t i = 0; i < n; ++i) {
    if (!values[i].is(Kind::number)) continue;
    std::int64_t coefficient = 0;
    int exponent = 0;
    fits = fits && values[i].number().as_scaled(coefficient, exponent);
    if (coefficient != 0) finest = std::max(finest, -exponent);
  }
  fits = fits && finest <= scale_max;
  clear(fits ? Form::fixed : Form::number, n);
  scale = fits ? finest : 0;
  for (std::size_t i = 0; i < n && fits; ++i) fits = !values[i].is(Kind::number) || put_scaled(i, values[i].number());
  if (!fits) clear(Form::number, n);
  for (std::size_t i = 0; i < n; ++i) put(i, values[i]);
  note_states(n);
}

void Vector::take_texts(std::size_t n) {
  if (!own_) own_ = std::make_unique<Own>();
  clear(Form::coded, n);
  dictionary = &own_->values;
  auto* const codes = integers.own_wide();
  for (std::size_t i = 0; i < n; ++i) {
    codes[i] = 0;
    states[i] = values[i].is_null() ? null : odd;
    if (!values[i].is(Kind::string)) continue;
    auto found = own_->codes.find(values[i].string());
    if (found == own_->codes.end()) {
      if (own_->values.size() == codes_max) continue;
      found = own_->codes.emplace(values[i].string(), own_->values.size()).first;
      own_->values.push_back(values[i]);
    }
    codes[i] = found->second;
    states[i] = given;
  }
  note_states(n);
}

}  // namespace zhijia::dmn::columns
