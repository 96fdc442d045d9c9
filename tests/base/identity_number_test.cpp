#include "base/identity_number.hpp"

#include <gtest/gtest.h>

namespace zhijia {
namespace {

struct Case {
  std::string_view name, input, problem;
};
constexpr Case cases[] = {
    {"a right check digit passes", "610799198001010017", ""},
    {"a small x is a capital X", "11010519491231002x", ""},
    {"a wrong check digit is named", "610799198001010011", "identity_number.check_digit"},
    {"Excel's scientific notation is told", "6.10799E+17", "identity_number.scientific"},
    {"full-width digits are folded",
     "\uFF16\uFF11\uFF10\uFF17\uFF19\uFF19\uFF11\uFF19\uFF18\uFF10\uFF10\uFF11\uFF10\uFF11\uFF10\uFF10\uFF11\uFF17",
     ""},
    {"spaces and line breaks are dropped", " 610799 19800101\n0017 ", ""},
    {"fifteen digits become eighteen", "610799800101001", ""},
    {"an impossible birthday is named", "610799198013010019", "identity_number.birth_date"},
    {"a letter inside is named", "61079919800101A019", "identity_number.character"},
    {"a missing digit is named", "61079919800101001", "identity_number.length"},
    {"nothing is named", "", "identity_number.length"},
};

TEST(IdentityNumber, Parses) {
  for (const Case& c : cases) {
    const auto parsed = IdentityNumber::parse(c.input);
    EXPECT_EQ(parsed ? "" : parsed.error().front().code, c.problem) << c.name;
  }
}

TEST(IdentityNumber, TellsBirthDateSexAndArea) {
  const auto number = IdentityNumber::parse("11010519491231002X").value();
  EXPECT_EQ(to_string(number.birth_date()), "1949-12-31");
  EXPECT_FALSE(number.is_male());
  EXPECT_EQ(number.area(), "110105");
}

}  // namespace
}  // namespace zhijia
