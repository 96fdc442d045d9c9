#pragma once

#include <cstddef>
#include <cstdint>

#include "feel/feel.hpp"

/// The loops over a chunk in which a batch spends most of its time. Each is compiled for several generations of
/// processors; which one runs is chosen when the program starts.
namespace zhijia::dmn::columns::loops {

using Integers = const std::int64_t*;

/// Bits of the largest magnitude among n integers: products of which the bits add up to 62 or less fit 64.
int bits_of(Integers integers, std::size_t n);
constexpr int bits_max = 62;
/// Bits that a factor adds to a product; none where it is one.
int factor_bits(std::int64_t factor);

/// Widens them; @return the bits of the largest magnitude, as bits_of()
int widen(const std::int32_t* small, std::int64_t* integers, std::size_t n);

bool are_positive(Integers integers, std::size_t n);

// Of these the caller knows that everything fits.

void add(Integers x, Integers y, std::int64_t* sum, std::size_t n);
void add_scaled(Integers x, std::int64_t of_x, Integers y, std::int64_t of_y, std::int64_t* sum, std::size_t n);
void multiply(Integers x, Integers y, std::int64_t* product, std::size_t n);
void scale(Integers x, std::int64_t factor, std::int64_t* scaled, std::size_t n);
/// The lesser (greater, where `direction` is positive) of what is there and x × factor.
void keep_extreme(int direction, Integers x, std::int64_t factor, std::int64_t* best, std::size_t n);
/// Whether x × of_x and y × of_y compare so: 1, else 0.
void compare(feel::Node::Operator op, Integers x, std::int64_t of_x, Integers y, std::int64_t of_y,
             std::uint8_t* truths, std::size_t n);
/// The entry of each mask; false when some of them is that of no mask yet, `unknown`.
bool look_up(const std::uint8_t* masks, const std::uint32_t* by_mask, std::uint32_t unknown, std::uint32_t* found,
             std::size_t n);
/// Changes the bits `reached` of the masks of all values that are at least bound × divisor, and the bits `passed` of
/// those that are more. Without divisors: of the bound itself.
void change_from(std::int64_t bound, Integers values, Integers divisors, std::uint8_t reached, std::uint8_t passed,
                 std::uint8_t* masks, std::size_t n);

}  // namespace zhijia::dmn::columns::loops
