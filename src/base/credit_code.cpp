#include "base/credit_code.hpp"

#include <fmt/format.h>

#include "base/text.hpp"

namespace zhijia {

namespace {
constexpr std::string_view alphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY";
}

char credit_check_character(std::string_view first_seventeen) {
  std::size_t sum = 0, weight = 1;
  for (char c : first_seventeen.substr(0, 17)) {
    sum += alphabet.find(c) * weight;
    weight = weight * 3 % 31;
  }
  return alphabet[(31 - sum % 31) % 31];
}

Result<CreditCode> CreditCode::parse(std::string_view original) {
  std::string text = tidy(original);
  std::erase(text, ' ');
  for (char& c : text)
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  if (text.size() != 18)
    return fail("credit_code.length", fmt::format("统一社会信用代码应为18位,这里是{}位", code_points(text)),
                fmt::format("a unified social credit code has 18 characters, this has {}", code_points(text)));
  if (const std::size_t at = text.find_first_not_of(alphabet); at != std::string::npos)
    return fail(
        "credit_code.character", fmt::format("统一社会信用代码第{}位不能是“{}”(不用 I O S V Z)", at + 1, text[at]),
        fmt::format("character {} of the credit code cannot be “{}” (I O S V Z are not used)", at + 1, text[at]));
  if (credit_check_character(text) != text[17])
    return fail("credit_code.check_character", "统一社会信用代码校验位不对;请对照证书核对",
                "the check character of the credit code is wrong; compare it with the certificate");
  return CreditCode(std::move(text));
}

}  // namespace zhijia
