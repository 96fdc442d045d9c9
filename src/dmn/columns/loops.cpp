#include "columns/loops.hpp"

#include <algorithm>
#include <bit>
#include <cstring>
#include <type_traits>

// Sanitizers cannot be asked for what runs before they are ready, as the choice of a clone does.
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && !defined(__SANITIZE_ADDRESS__)
#define ZHIJIA_CLONES __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#define ZHIJIA_PERMUTES
#else
#define ZHIJIA_CLONES
#endif

namespace zhijia::dmn::columns::loops {

namespace {

template <typename T>
std::make_unsigned_t<T> bits(T integer) {
  return static_cast<std::make_unsigned_t<T>>(integer);
}

template <typename T>
constexpr int digits = std::numeric_limits<std::make_unsigned_t<T>>::digits;

}  // namespace

template <typename T>
ZHIJIA_CLONES int bits_of(const T* integers, std::size_t n) {
  std::make_unsigned_t<T> all = 0;
  for (std::size_t i = 0; i < n; ++i) {
    if constexpr (std::is_signed_v<T>)
      all |= bits<T>(integers[i] ^ (integers[i] >> (digits<T> - 1)));
    else
      all |= integers[i];
  }
  return digits<T> - std::countl_zero(all);
}
template int bits_of(const std::uint8_t*, std::size_t);
template int bits_of(const std::int32_t*, std::size_t);
template int bits_of(const std::int64_t*, std::size_t);

int factor_bits(std::int64_t factor) { return factor == 1 ? 0 : bits_of(&factor, 1); }

ZHIJIA_CLONES void widen(const std::uint8_t* bytes, std::int32_t* integers, std::size_t n) {
  for (std::size_t i = 0; i < n; ++i) integers[i] = bytes[i];
}

ZHIJIA_CLONES void widen(const std::int32_t* small, std::int64_t* integers, std::size_t n) {
  for (std::size_t i = 0; i < n; ++i) integers[i] = small[i];
}

template <typename T>
ZHIJIA_CLONES bool are_positive(const T* integers, std::size_t n) {
  std::make_unsigned_t<T> signs = 0;  // of the integers, and of those one less
  for (std::size_t i = 0; i < n; ++i) signs |= bits<T>(integers[i]) | (bits<T>(integers[i]) - 1);
  return signs >> (digits<T> - 1) == 0;
}
template bool are_positive(const std::int32_t*, std::size_t);
template bool are_positive(const std::int64_t*, std::size_t);

template <typename T>
ZHIJIA_CLONES void add(const T* x, const T* y, T* sum, std::size_t n) {
  for (std::size_t i = 0; i < n; ++i) sum[i] = x[i] + y[i];
}
template void add(const std::int32_t*, const std::int32_t*, std::int32_t*, std::size_t);
template void add(const std::int64_t*, const std::int64_t*, std::int64_t*, std::size_t);

template <typename T>
ZHIJIA_CLONES void add_scaled(const T* x, T of_x, const T* y, T of_y, T* sum, std::size_t n) {
  for (std::size_t i = 0; i < n; ++i) sum[i] = x[i] * of_x + y[i] * of_y;
}
template void add_scaled(const std::int32_t*, std::int32_t, const std::int32_t*, std::int32_t, std::int32_t*,
                         std::size_t);
template void add_scaled(const std::int64_t*, std::int64_t, const std::int64_t*, std::int64_t, std::int64_t*,
                         std::size_t);

template <typename T>
ZHIJIA_CLONES void multiply(const T* x, const T* y, T* product, std::size_t n) {
  for (std::size_t i = 0; i < n; ++i) product[i] = x[i] * y[i];
}
template void multiply(const std::int32_t*, const std::int32_t*, std::int32_t*, std::size_t);
template void multiply(const std::int64_t*, const std::int64_t*, std::int64_t*, std::size_t);

template <typename T>
ZHIJIA_CLONES void scale(const T* x, T factor, T* scaled, std::size_t n) {
  for (std::size_t i = 0; i < n; ++i) scaled[i] = x[i] * factor;
}
template void scale(const std::int32_t*, std::int32_t, std::int32_t*, std::size_t);
template void scale(const std::int64_t*, std::int64_t, std::int64_t*, std::size_t);

template <typename T>
ZHIJIA_CLONES void keep_extreme(int direction, const T* x, T factor, T* best, std::size_t n) {
  if (direction < 0)
    for (std::size_t i = 0; i < n; ++i) best[i] = std::min<T>(best[i], x[i] * factor);
  else
    for (std::size_t i = 0; i < n; ++i) best[i] = std::max<T>(best[i], x[i] * factor);
}
template void keep_extreme(int, const std::int32_t*, std::int32_t, std::int32_t*, std::size_t);
template void keep_extreme(int, const std::int64_t*, std::int64_t, std::int64_t*, std::size_t);

template <typename T>
ZHIJIA_CLONES void compare(feel::Node::Operator op, const T* x, T of_x, const T* y, T of_y, std::uint8_t* truths,
                           std::size_t n) {
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
template void compare(feel::Node::Operator, const std::int32_t*, std::int32_t, const std::int32_t*, std::int32_t,
                      std::uint8_t*, std::size_t);
template void compare(feel::Node::Operator, const std::int64_t*, std::int64_t, const std::int64_t*, std::int64_t,
                      std::uint8_t*, std::size_t);

template <typename T>
ZHIJIA_CLONES void change_from(T bound, const T* values, const T* divisors, std::uint8_t reached, std::uint8_t passed,
                               std::uint8_t* masks, std::size_t n) {
  const auto change = [=](T value, T against) {
    return static_cast<std::uint8_t>((value >= against ? reached : 0) ^ (value > against ? passed : 0));
  };
  if (divisors == nullptr)
    for (std::size_t i = 0; i < n; ++i) masks[i] ^= change(values[i], bound);
  else
    for (std::size_t i = 0; i < n; ++i) masks[i] ^= change(values[i], bound * divisors[i]);
}
template void change_from(std::int32_t, const std::int32_t*, const std::int32_t*, std::uint8_t, std::uint8_t,
                          std::uint8_t*, std::size_t);
template void change_from(std::int64_t, const std::int64_t*, const std::int64_t*, std::uint8_t, std::uint8_t,
                          std::uint8_t*, std::size_t);

ZHIJIA_CLONES bool are_truths(const std::uint8_t* truths, std::size_t n) {
  std::uint8_t all = 0;
  for (std::size_t i = 0; i < n; ++i) all |= truths[i];
  return all <= 1;
}

ZHIJIA_CLONES void both(const std::uint8_t* x, const std::uint8_t* y, std::uint8_t* truths, std::size_t n) {
  for (std::size_t i = 0; i < n; ++i) truths[i] = x[i] & y[i];
}

ZHIJIA_CLONES void either(const std::uint8_t* x, const std::uint8_t* y, std::uint8_t* truths, std::size_t n) {
  for (std::size_t i = 0; i < n; ++i) truths[i] = x[i] | y[i];
}

ZHIJIA_CLONES void keep(const std::uint8_t* truths, std::uint8_t no, std::uint8_t yes, std::uint8_t* masks,
                        std::size_t n) {
  const auto change = static_cast<std::uint8_t>(no ^ yes);
  for (std::size_t i = 0; i < n; ++i) masks[i] &= no ^ (change & static_cast<std::uint8_t>(-truths[i]));
}

namespace {

bool look_up_each(const std::uint8_t* bytes, const std::uint8_t* entries, std::uint8_t unknown, std::uint8_t* found,
                  std::size_t n) {
  bool is_missing = false;
  for (std::size_t i = 0; i < n; ++i) {
    found[i] = entries[bytes[i]];
    is_missing |= found[i] == unknown;
  }
  return !is_missing;
}

#ifdef ZHIJIA_PERMUTES

__attribute__((target("default"))) bool look_up_all(const std::uint8_t* bytes, const std::uint8_t* entries,
                                                    std::uint8_t unknown, std::uint8_t* found, std::size_t n) {
  return look_up_each(bytes, entries, unknown, found, n);
}

/// A table of 256 bytes is four registers, of which two can be looked up at a time.
__attribute__((target("avx512f,avx512bw,avx512vbmi"))) bool look_up_all(const std::uint8_t* bytes,
                                                                        const std::uint8_t* entries,
                                                                        std::uint8_t unknown, std::uint8_t* found,
                                                                        std::size_t n) {
  using Register [[gnu::vector_size(64)]] = std::uint8_t;
  constexpr std::size_t width = sizeof(Register);
  constexpr std::uint8_t half = 128;
  std::array<Register, 4> table;
  std::memcpy(table.data(), entries, sizeof table);
  Register missing{};
  std::size_t at = 0;
  for (; at + width <= n; at += width) {
    Register places;
    std::memcpy(&places, bytes + at, width);
    const Register low = __builtin_shuffle(table[0], table[1], places);
    const Register high = __builtin_shuffle(table[2], table[3], places);
    const Register entry = places < half ? low : high;
    std::memcpy(found + at, &entry, width);
    missing |= reinterpret_cast<Register>(entry == unknown);
  }
  std::array<std::uint64_t, 8> words;
  std::memcpy(words.data(), &missing, width);
  const bool is_missing = std::ranges::any_of(words, [](std::uint64_t word) { return word != 0; });
  return look_up_each(bytes + at, entries, unknown, found + at, n - at) && !is_missing;
}

#endif

}  // namespace

bool look_up(const std::uint8_t* bytes, const std::array<std::uint8_t, 256>& entries, std::uint8_t unknown,
             std::uint8_t* found, std::size_t n) {
#ifdef ZHIJIA_PERMUTES
  return look_up_all(bytes, entries.data(), unknown, found, n);
#else
  return look_up_each(bytes, entries.data(), unknown, found, n);
#endif
}

}  // namespace zhijia::dmn::columns::loops
