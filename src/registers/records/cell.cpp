#include "records/cell.hpp"

#include <algorithm>
#include <charconv>

#include "base/credit_code.hpp"
#include "base/identity_number.hpp"
#include "base/text.hpp"
#include "records/regions.hpp"
#include "registers/attachments.hpp"
#include "registers/columns.hpp"

namespace zhijia::registers {
namespace {

constexpr std::size_t text_characters_max = 500;            // a name or title; longer is a mistaken paste
constexpr std::size_t long_text_characters_max = 20'000;    // ten pages
constexpr std::int64_t number_max = 1'000'000'000'000'000;  // keeps sums of millions of records within 64 bits

std::unexpected<Problems> refuse(const Field& field, std::string_view code, std::string_view zh, std::string_view en) {
  return std::unexpected(Problems{problem_at(field, code, zh, en)});
}

template <typename T>
Result<Stored> stored(const Field& field, Result<T> parsed, Stored (*store)(const T&)) {
  if (parsed) return store(*parsed);
  for (Problem& problem : parsed.error()) problem.place.field = field.name;
  return std::unexpected(std::move(parsed.error()));
}

std::int64_t power_of_ten(int exponent) {
  std::int64_t power = 1;
  while (exponent-- > 0) power *= 10;
  return power;
}

Result<Stored> read_number(const Field& field, std::string text, int scale) {
  std::erase(text, ',');
  const auto number = feel::Number::parse(text.starts_with('+') ? std::string_view(text).substr(1) : text);
  if (!number) return refuse(field, "field.number", "“" + text + "”不是数字。", "“" + text + "” is no number.");
  const auto scaled = multiply(*number, feel::Number(power_of_ten(scale)));
  if (!scaled || !scaled->is_integer())
    return scale == 0 ? refuse(field, "field.number", "应为整数。", "It must be a whole number.")
                      : refuse(field, "field.number", "小数最多 " + std::to_string(scale) + " 位。",
                               "It may have at most " + std::to_string(scale) + " decimals.");
  const auto integer = scaled->to_integer();
  if (!integer || *integer > number_max || *integer < -number_max)
    return refuse(field, "field.number", "数字太大，请核对。", "The number is too large; check it.");
  return *integer;
}

Result<Stored> read_text(const Field& field, const std::string& text, std::size_t characters_max) {
  if (!is_utf8(text))
    return refuse(field, "field.text", "文字编码有误，请重新输入。", "The text is not valid UTF-8; type it again.");
  if (code_points(text) > characters_max)
    return refuse(field, "field.text", "文字超过 " + std::to_string(characters_max) + " 字，请缩短。",
                  "The text is longer than " + std::to_string(characters_max) + " characters; shorten it.");
  return text;
}

Result<Stored> read_yes_no(const Field& field, const std::string& text) {
  if (text == "是" || text == "yes" || text == "true" || text == "1") return 1;
  if (text == "否" || text == "no" || text == "false" || text == "0") return 0;
  return refuse(field, "field.yes_no", "应填“是”或“否”。", "It must be 是 (yes) or 否 (no).");
}

Result<Stored> read_choice(const Field& field, const CodeList& codes, const std::string& text) {
  std::string known;
  for (const auto& [code, title] : codes.values) {
    if (text == code || text == title.zh || text == title.en) return code;
    known += (known.empty() ? "" : "、") + title.zh;
  }
  return refuse(field, "field.choice", "“" + text + "”不在可选值中：" + known + "。",
                "“" + text + "” is not one of: " + known + ".");
}

/// Mobile numbers, and landlines with area code: 0916-2212345.
Result<Stored> read_phone(const Field& field, const std::string& text) {
  std::string digits = text;
  std::erase_if(digits, [](char c) { return c == '-' || c == ' '; });
  const bool all_digits = std::ranges::all_of(digits, [](char c) { return c >= '0' && c <= '9'; });
  const bool is_landline = all_digits && digits.starts_with('0') && digits.size() >= 10 && digits.size() <= 12;
  if (is_mobile(digits)) return digits;
  if (is_landline) return text;
  return refuse(field, "field.phone", "不是有效的手机号或带区号的电话。",
                "It is neither a mobile number nor a telephone number with area code.");
}

Result<Stored> read_bank_card(const Field& field, std::string text) {
  std::erase_if(text, [](char c) { return c == ' ' || c == '-'; });
  if (is_bank_card(text)) return text;
  return refuse(field, "field.bank_card", "银行卡号有误：位数或校验位不对。",
                "The bank card number is wrong in length or check digit.");
}

}  // namespace

Problem problem_at(const Field& field, std::string_view code, std::string_view zh, std::string_view en) {
  const std::string zh_title = field.title.zh.empty() ? "" : field.title.zh + "：";
  const std::string en_title = field.title.en.empty() ? "" : field.title.en + ": ";
  return {std::string(code), {.field = field.name}, {zh_title + std::string(zh), en_title + std::string(en)}};
}

Result<Stored> read_cell(const Field& field, const CodeList* codes, const std::string& text) {
  switch (field.type) {
    case FieldType::integer:
      return read_number(field, text, 0);
    case FieldType::decimal:
      return read_number(field, text, field.scale);
    case FieldType::money:
      return stored<Money>(field, parse_money(text), [](const Money& amount) -> Stored { return amount.fen; });
    case FieldType::date:
      return stored<Date>(field, parse_date(text), [](const Date& date) -> Stored { return to_string(date); });
    case FieldType::yes_no:
      return read_yes_no(field, text);
    case FieldType::choice:
      return read_choice(field, *codes, text);
    case FieldType::region:
      if (const auto code = region_code(text)) return std::string(*code);
      return refuse(field, "field.region", "“" + text + "”不是本市的县区名称或代码。",
                    "“" + text + "” is neither name nor code of a county of this city.");
    case FieldType::phone:
      return read_phone(field, text);
    case FieldType::identity_number:
      return stored<IdentityNumber>(field, IdentityNumber::parse(text),
                                    [](const IdentityNumber& number) -> Stored { return number.text(); });
    case FieldType::credit_code:
      return stored<CreditCode>(field, CreditCode::parse(text),
                                [](const CreditCode& code) -> Stored { return code.text(); });
    case FieldType::bank_card:
      return read_bank_card(field, text);
    case FieldType::long_text:
      return read_text(field, text, long_text_characters_max);
    default:
      return read_text(field, text, text_characters_max);
  }
}

feel::Value to_feel(const Field& field, const Stored& value) {
  if (const auto* integer = std::get_if<std::int64_t>(&value)) {
    if (field.type == FieldType::yes_no) return *integer != 0;
    if (field.type == FieldType::money) return feel::Number::scaled(*integer, -2);
    if (field.type == FieldType::decimal) return feel::Number::scaled(*integer, -field.scale);
    return *integer;
  }
  if (const auto* text = std::get_if<std::string>(&value)) {
    if (field.type == FieldType::date) return feel::Value::of(feel::Date::parse(*text));
    if (field.type == FieldType::attachment) {
      feel::Values names;
      for (const Attachment& each : attachments_of(value)) names.emplace_back(each.name);
      return feel::Value::list(std::move(names));
    }
    return *text;
  }
  // No file is an empty list, so that count() may be asked of it.
  if (field.type == FieldType::attachment) return feel::Value::list({});
  return {};
}

Stored from_feel(const Field& field, const feel::Value& value) {
  if (value.is(feel::Kind::boolean) && field.type == FieldType::yes_no) return std::int64_t{value.boolean()};
  if (value.is(feel::Kind::date) && field.type == FieldType::date) return value.date().text();
  if (value.is(feel::Kind::number) && column_type(field) == store::Type::integer) {
    const int scale = field.type == FieldType::money ? 2 : field.type == FieldType::decimal ? field.scale : 0;
    const auto rounded = value.number().rounded(scale, feel::Number::Rounding::half_up);
    const auto scaled = rounded ? multiply(*rounded, feel::Number(power_of_ten(scale))) : std::nullopt;
    const auto integer = scaled ? scaled->to_integer() : std::nullopt;
    return integer ? Stored(*integer) : Stored();
  }
  if (value.is(feel::Kind::string) && feel_type(field).is(feel::Type::Kind::string)) return std::string(value.string());
  return {};
}

}  // namespace zhijia::registers
