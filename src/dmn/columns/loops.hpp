#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "feel/feel.hpp"

/// The loops over a chunk in which a batch spends most of its time. Each is compiled for several generations of
/// processors; which one runs is chosen when the program starts. T is std::int32_t or std::int64_t: half the bits are
/// twice the cases at a time.
namespace zhijia::dmn::columns::loops {

/// Bits of the largest magnitude among n integers (T may be std::uint8_t too): products of which the bits add up to
/// bits_max or less fit 64.
template <typename T>
int bits_of(const T* integers, std::size_t n);
constexpr int bits_max = 62;
/// Integers of so many fit 32.
constexpr int small_bits_max = 31;
/// Bits that a factor adds to a product; none where it is one.
int factor_bits(std::int64_t factor);

void widen(const std::uint8_t* bytes, std::int32_t* integers, std::size_t n);
void widen(const std::int32_t* small, std::int64_t* integers, std::size_t n);

template <typename T>
bool are_positive(const T* integers, std::size_t n);

// Of these the caller knows that everything fits.

template <typename T>
void add(const T* x, const T* y, T* sum, std::size_t n);
template <typename T>
void add_scaled(const T* x, T of_x, const T* y, T of_y, T* sum, std::size_t n);
template <typename T>
void multiply(const T* x, const T* y, T* product, std::size_t n);
template <typename T>
void scale(const T* x, T factor, T* scaled, std::size_t n);
/// The lesser (greater, where `direction` is positive) of what is there and x × factor.
template <typename T>
void keep_extreme(int direction, const T* x, T factor, T* best, std::size_t n);
/// Whether x × of_x and y × of_y compare so: 1, else 0.
template <typename T>
void compare(feel::Node::Operator op, const T* x, T of_x, const T* y, T of_y, std::uint8_t* truths, std::size_t n);
/// Changes the bits `reached` of the masks of all values that are at least bound × divisor, and the bits `passed` of
/// those that are more. Without divisors: of the bound itself.
template <typename T>
void change_from(T bound, const T* values, const T* divisors, std::uint8_t reached, std::uint8_t passed,
                 std::uint8_t* masks, std::size_t n);

/// Where all truths are 0 or 1.
bool are_truths(const std::uint8_t* truths, std::size_t n);
void both(const std::uint8_t* x, const std::uint8_t* y, std::uint8_t* truths, std::size_t n);
void either(const std::uint8_t* x, const std::uint8_t* y, std::uint8_t* truths, std::size_t n);
/// Leaves of the masks the bits `no`, or `yes` where the truth is 1.
void keep(const std::uint8_t* truths, std::uint8_t no, std::uint8_t yes, std::uint8_t* masks, std::size_t n);
/// The entry of each byte; false when some of them is `unknown`.
bool look_up(const std::uint8_t* bytes, const std::array<std::uint8_t, 256>& entries, std::uint8_t unknown,
             std::uint8_t* found, std::size_t n);

}  // namespace zhijia::dmn::columns::loops
