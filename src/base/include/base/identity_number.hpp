#pragma once

#include <string>
#include <string_view>

#include "base/date.hpp"
#include "base/problem.hpp"

namespace zhijia {

/// A resident identity number (GB 11643-1999): six digits of area, eight of birth date, three of sequence (odd for men)
/// and one check character by ISO 7064 MOD 11-2.
class IdentityNumber {
 public:
  /// Tidies, converts the fifteen-digit form of before 1999 (century 19), and checks. Problems:
  ///   identity_number.length, .character, .birth_date, .check_digit,
  ///   .scientific ("6.10702E+17": a spreadsheet rounded it; the cell must be text and typed anew)
  static Result<IdentityNumber> parse(std::string_view text);

  const std::string& text() const { return text_; }  ///< 18 characters, the last maybe 'X'
  Date birth_date() const;
  bool is_male() const;
  std::string area() const { return text_.substr(0, 6); }  ///< GB/T 2260 code; an unknown one is no fault

  bool operator==(const IdentityNumber&) const = default;

 private:
  explicit IdentityNumber(std::string text) : text_(std::move(text)) {}
  std::string text_;
};

/// The check character for the first seventeen digits. The caller guarantees that they are digits.
char identity_check_character(std::string_view first_seventeen);

}  // namespace zhijia
