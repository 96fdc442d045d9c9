#pragma once

#include <string>
#include <string_view>

#include "base/problem.hpp"

namespace zhijia {

/// A unified social credit code (GB 32100-2015): 18 characters, the last a check. Trade unions' begin with 81.
class CreditCode {
 public:
  /// Tidies, upper-cases and checks. Problems: credit_code.length, .character, .check_character.
  static Result<CreditCode> parse(std::string_view text);
  const std::string& text() const { return text_; }
  bool is_trade_union() const { return text_.starts_with("81"); }
  bool operator==(const CreditCode&) const = default;

 private:
  explicit CreditCode(std::string text) : text_(std::move(text)) {}
  std::string text_;
};

/// The check character for the first seventeen characters, which the caller guarantees to be of the code's alphabet.
char credit_check_character(std::string_view first_seventeen);

}  // namespace zhijia
