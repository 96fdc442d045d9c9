#include "base/identity_number.hpp"

#include <fmt/format.h>

#include <array>

#include "base/text.hpp"

namespace zhijia {

namespace {

bool all_digits(std::string_view text) { return text.find_first_not_of("0123456789") == std::string_view::npos; }

/// "6.10702E+17", as a spreadsheet shows a number too long for it.
bool is_scientific(std::string_view text) {
  return text.size() > 4 && text.find_first_of("Ee") != std::string_view::npos &&
         text.find_first_not_of("0123456789.+Ee") == std::string_view::npos;
}

std::unexpected<Problems> refuse(std::string_view code, std::string_view zh, std::string_view en) {
  return fail(fmt::format("identity_number.{}", code), zh, en);
}

}  // namespace

char identity_check_character(std::string_view first_seventeen) {
  constexpr std::array weights{7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2};
  int sum = 0;
  for (std::size_t i = 0; i < weights.size(); ++i) sum += (first_seventeen[i] - '0') * weights[i];
  return "10X98765432"[sum % 11];
}

Result<IdentityNumber> IdentityNumber::parse(std::string_view original) {
  std::string text = tidy(original);
  if (is_scientific(text))
    return refuse(
        "scientific", "身份证号被表格软件改成了科学计数;请把该列设为“文本”后重新填写",
        "a spreadsheet turned the identity number into scientific notation; make the column text and type it again");
  std::erase(text, ' ');
  if (text.size() == 15 && all_digits(text)) {
    text.insert(6, "19");
    text += identity_check_character(text);
  }
  if (text.size() != 18)
    return refuse("length", fmt::format("身份证号应为18位,这里是{}位", code_points(text)),
                  fmt::format("an identity number has 18 characters, this has {}", code_points(text)));
  if (text[17] == 'x') text[17] = 'X';
  if (!all_digits(std::string_view(text).substr(0, 17)) ||
      (text[17] != 'X' && !all_digits(std::string_view(text).substr(17))))
    return refuse("character", "身份证号前17位应为数字,末位为数字或X",
                  "the first 17 characters of an identity number are digits, the last a digit or X");
  if (!parse_date(std::string_view(text).substr(6, 8)))
    return refuse("birth_date", "身份证号中的出生日期不存在;请核对第7至14位",
                  "the birth date inside the identity number does not exist; check characters 7 to 14");
  if (identity_check_character(text) != text[17])
    return refuse("check_digit", "身份证号校验位不对;请对照证件核对每一位",
                  "the check digit of the identity number is wrong; compare every digit with the card");
  return IdentityNumber(std::move(text));
}

Date IdentityNumber::birth_date() const {
  return date_from_iso(fmt::format("{}-{}-{}", text_.substr(6, 4), text_.substr(10, 2), text_.substr(12, 2)));
}

bool IdentityNumber::is_male() const { return (text_[16] - '0') % 2 == 1; }

}  // namespace zhijia
