#include "columns/loops.hpp"

#include <algorithm>
#include <bit>

// Sanitizers cannot be asked for what runs before they are ready, as the choice of a clone does.
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && !defined(__SANITIZE_ADDRESS__)
#define ZHIJIA_CLONES __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define ZHIJIA_CLONES
#endif

namespace zhijia::dmn::columns::loops {

namespace {

std::uint64_t bits(std::int64_t integer) { return static_cast<std::uint64_t>(integer); }

}  // namespace

ZHIJIA_CLONES int bits_of(Integers integers, std::size_t n) {
  std::uint64_t all = 0;
  for (std::size_t i = 0; i < n; ++i) all |= bits(integers[i] ^ (integers[i] >> 63));
  return 64 - std::countl_zero(all);
}

int factor_bits(std::int64_t factor) { return factor == 1 ? 0 : bits_of(&factor, 1); }

ZHIJIA_CLONES int widen(const std::int32_t* small, std::int64_t* integers, std::size_t n) {
  std::uint32_t all = 0;
  for (std::size_t i = 0; i < n; ++i) {
    integers[i] = small[i];
    all |= static_cast<std::uint32_t>(small[i] ^ (small[i] >> 31));
  }
  return 32 - std::countl_zero(all);
}

ZHIJIA_CLONES bool are_positive(Integers integers, std::size_t n) {
  std::uint64_t signs = 0;  // of the integers, and of those one less
  for (std::size_t i = 0; i < n; ++i) signs |= bits(integers[i]) | (bits(integers[i]) - 1);
  return signs >> 63U == 0;
}

ZHIJIA_CLONES void add(Integers x, Integers y, std::int64_t* sum, std::size_t n) {
  for (std::size_t i = 0; i < n; ++i) sum[i] = x[i] + y[i];
}

ZHIJIA_CLONES void add_scaled(Integers x, std::int64_t of_x, Integers y, std::int64_t of_y, std::int64_t* sum,
                              std::size_t n) {
  for (std::size_t i = 0; i < n; ++i) sum[i] = x[i] * of_x + y[i] * of_y;
}

ZHIJIA_CLONES void multiply(Integers x, Integers y, std::int64_t* product, std::size_t n) {
  for (std::size_t i = 0; i < n; ++i) product[i] = x[i] * y[i];
}

ZHIJIA_CLONES void scale(Integers x, std::int64_t factor, std::int64_t* scaled, std::size_t n) {
  for (std::size_t i = 0; i < n; ++i) scaled[i] = x[i] * factor;
}

ZHIJIA_CLONES void keep_extreme(int direction, Integers x, std::int64_t factor, std::int64_t* best, std::size_t n) {
  if (direction < 0)
    for (std::size_t i = 0; i < n; ++i) best[i] = std::min(best[i], x[i] * factor);
  else
    for (std::size_t i = 0; i < n; ++i) best[i] = std::max(best[i], x[i] * factor);
}

ZHIJIA_CLONES void compare(feel::Node::Operator op, Integers x, std::int64_t of_x, Integers y, std::int64_t of_y,
                           std::uint8_t* truths, std::size_t n) {
  using NO = feel::Node::Operator;
  // What is left of the six: equal, less and at most, of one order and its opposite.
  const bool is_swapped = op == NO::greater || op == NO::greater_equal;
  if (is_swapped) {
    std::swap(x, y);
    std::swap(of_x, of_y);
  }
  if (op == NO::less || op == NO::greater)
    for (std::size_t i = 0; i < n; ++i) truths[i] = x[i] * of_x < y[i] * of_y ? 1 : 0;
  else if (op == NO::less_equal || op == NO::greater_equal)
    for (std::size_t i = 0; i < n; ++i) truths[i] = x[i] * of_x <= y[i] * of_y ? 1 : 0;
  else if (op == NO::equal)
    for (std::size_t i = 0; i < n; ++i) truths[i] = x[i] * of_x == y[i] * of_y ? 1 : 0;
  else
    for (std::size_t i = 0; i < n; ++i) truths[i] = x[i] * of_x != y[i] * of_y ? 1 : 0;
}

ZHIJIA_CLONES bool look_up(const std::uint8_t* masks, const std::uint32_t* by_mask, std::uint32_t unknown,
                           std::uint32_t* found, std::size_t n) {
  std::uint32_t missing = 0;
  for (std::size_t i = 0; i < n; ++i) {
    found[i] = by_mask[masks[i]];
    missing |= found[i] == unknown ? 1U : 0U;
  }
  return missing == 0;
}

ZHIJIA_CLONES void change_from(std::int64_t bound, Integers values, Integers divisors, std::uint8_t reached,
                               std::uint8_t passed, std::uint8_t* masks, std::size_t n) {
  const auto change = [=](std::int64_t value, std::int64_t against) {
    return static_cast<std::uint8_t>((value >= against ? reached : 0) ^ (value > against ? passed : 0));
  };
  if (divisors == nullptr)
    for (std::size_t i = 0; i < n; ++i) masks[i] ^= change(values[i], bound);
  else
    for (std::size_t i = 0; i < n; ++i) masks[i] ^= change(values[i], bound * divisors[i]);
}

}  // namespace zhijia::dmn::columns::loops
