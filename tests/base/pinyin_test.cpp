#include "base/pinyin.hpp"

#include <gtest/gtest.h>

namespace zhijia {
namespace {

struct Case {
  std::string_view name, text, pinyin, initials;
};

constexpr Case cases[] = {
    {"a name of two characters", "张伟", "zhang wei", "zw"},
    {"a surname has its own reading", "单雄", "shan xiong", "sx"},
    {"the same character has its common one elsewhere", "简单", "jian dan", "jd"},
    {"lü is written with u, as on a keyboard without ü", "吕布", "lu bu", "lb"},
    {"letters and digits stand as they are", "A座12号", "a zuo 12 hao", "az1h"},
    {"a foreign name", "John Smith", "john smith", "js"},
    {"nothing", "", "", ""},
};

TEST(Pinyin, IsReadAsStaffTypeIt) {
  for (const Case& each : cases) {
    EXPECT_EQ(pinyin(each.text), each.pinyin) << each.name;
    EXPECT_EQ(pinyin_initials(each.text), each.initials) << each.name;
  }
}

TEST(Pinyin, HomophonesShareASyllable) {
  EXPECT_EQ(syllable(U'伟', false), syllable(U'威', false));
  EXPECT_NE(syllable(U'伟', false), syllable(U'强', false));
  EXPECT_EQ(syllable(U'单', true), syllable(U'山', false));
  EXPECT_EQ(syllable(U'x', false), 0);
}

}  // namespace
}  // namespace zhijia
