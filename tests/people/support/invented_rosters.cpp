#include "support/invented_rosters.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <random>
#include <string_view>

#include "base/code_points.hpp"
#include "base/pinyin.hpp"

namespace zhijia::tests {
namespace {

// The hundred commonest surnames, commonest first.
constexpr std::u32string_view surnames =
    U"王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈"
    U"姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤";
// Characters of given names, commonest first.
constexpr std::u32string_view given =
    U"英华文玉秀明丽国建志红小芳军春海平金永桂德兰伟玲林生晓梅云荣福强清敏杰霞宝燕辉艳俊新成珍龙凤东忠庆雪"
    U"美安兴斌佳立波涛立宁学娟静娜洁莉琴慧峰刚勇磊洋超鹏飞浩宇轩涵欣怡梓子晨雨诗婷嘉凯鑫瑞博豪航诚思雅萍"
    U"莲菊香翠淑兵权利贵发财元光祥顺义仁信礼智中山川江河湖石松柏竹青红紫兰白正大长天地人和良才贤能武振"
    U"家世传宗耀祖邦定安康健全力为民维卫保守先进步胜利丰收月星辰阳旭昕晴冰霜露虹霓雯霏岚岩峻岳嵩泰恒昌盛";
constexpr std::string_view counties[] = {"汉台区", "南郑区", "城固县", "洋县",   "西乡县", "勉县",
                                         "宁强县", "略阳县", "镇巴县", "留坝县", "佛坪县"};
constexpr std::u32string_view road_characters =
    U"东西南北中大新民主和平人解放建设团结友爱汉江天石兴元文化教育工农前进光明幸福"
    U"太白莲花梧桐劳动胜利望江滨河虎头桥梁山洪武";
constexpr std::string_view road_kinds[] = {"路", "街", "巷", "大道", "村"};

class Inventor {
 public:
  Inventor(std::size_t size, std::uint64_t seed) : random_(seed), size_(size) {
    for (std::uint32_t i = 0; i < 4'000; ++i) roads_.push_back(road());
    for (const char32_t c : given) homophones_[syllable(c, false)] += c;
    for (const char32_t c : surnames) surname_homophones_[syllable(c, true)] += c;
  }

  Rosters invent() {
    // 60 % stand in both rosters, the rest of each in that one only.
    const std::size_t people = size_ + size_ * 2 / 5;
    std::vector<Entry> all;
    all.reserve(people);
    while (all.size() < people) family(all, people);
    Rosters rosters;
    const std::size_t both = size_ * 3 / 5;
    std::ranges::shuffle(all, random_);
    for (std::size_t i = 0; i < people; ++i) {
      if (i < size_) rosters.left.push_back(all[i]);
      if (i < both || i >= size_) rosters.right.push_back(all[i]);
    }
    for (Entry& entry : rosters.right) spoil(entry);
    std::ranges::shuffle(rosters.right, random_);
    return rosters;
  }

 private:
  std::size_t below(std::size_t bound) { return static_cast<std::size_t>(random_() % bound); }
  bool chance(double share) { return static_cast<double>(random_() >> 11) * 0x1.0p-53 < share; }
  /// A place in a list whose first entries are much commoner than its last, as names are.
  std::size_t uneven(std::size_t bound, double steepness) {
    const double u = static_cast<double>(random_() >> 11) * 0x1.0p-53;
    return std::min(bound - 1, static_cast<std::size_t>(static_cast<double>(bound) * std::pow(u, steepness)));
  }

  static void append(std::string& text, char32_t c) {
    text += static_cast<char>(0xE0 | (c >> 12));
    text += static_cast<char>(0x80 | ((c >> 6) & 0x3F));
    text += static_cast<char>(0x80 | (c & 0x3F));
  }
  static std::string text_of(const std::u32string& name) {
    std::string text;
    for (const char32_t c : name) append(text, c);
    return text;
  }

  std::string road() {
    std::string name;
    append(name, road_characters[below(road_characters.size())]);
    append(name, road_characters[below(road_characters.size())]);
    return name + std::string(road_kinds[below(std::size(road_kinds))]);
  }
  std::string address() {
    if (chance(0.05)) return fmt::format("汉台区{}1号宿舍", roads_[below(100)]);  // dormitories
    const std::size_t at = below(roads_.size());
    return fmt::format("{}{}{}号{}单元{}室", counties[at % 11], roads_[at], 1 + below(180), 1 + below(3),
                       101 + below(600));
  }
  std::string phone() { return fmt::format("1{}{:09}", 3 + below(7), below(1'000'000'000)); }
  std::string birth_date(int from, int to) {
    const int year = from + static_cast<int>(below(static_cast<std::size_t>(to - from)));
    if (chance(0.01)) return fmt::format("{}-01-01", year);  // known by the year only
    return fmt::format("{}-{:02}-{:02}", year, 1 + below(12), 1 + below(28));
  }
  std::string given_name(char32_t generation) {
    std::string name;
    if (chance(0.14)) {
      append(name, given[uneven(given.size(), 1.7)]);
      return name;
    }
    append(name, generation ? generation : given[uneven(given.size(), 1.7)]);
    append(name, given[uneven(given.size(), 1.7)]);
    return name;
  }
  std::string surname() {
    std::string name;
    append(name, surnames[uneven(surnames.size(), 2.2)]);
    return name;
  }

  void family(std::vector<Entry>& all, std::size_t people_max) {
    const std::string home = address(), fathers = surname(), shared_phone = phone();
    const std::size_t members = 1 + below(4);
    const int born = 1945 + static_cast<int>(below(35));
    const char32_t generation = chance(0.4) ? given[uneven(given.size(), 1.7)] : 0;  // siblings share a character
    for (std::size_t i = 0; i < members && all.size() < people_max; ++i) {
      const bool is_parent = i < 2;
      all.push_back({.person = static_cast<std::uint32_t>(all.size()),
                     .name = (i == 1 ? surname() : fathers) + given_name(is_parent ? 0 : generation),
                     .birth_date = is_parent ? birth_date(born, born + 8) : birth_date(born + 22, born + 32),
                     .phone = chance(is_parent ? 0.15 : 0.3) ? shared_phone : phone(),
                     .address = home});
    }
  }

  /// Another character that sounds the same, or any other.
  char32_t misheard(char32_t c, bool is_first, bool keeps_sound) {
    auto& by_sound = is_first ? surname_homophones_ : homophones_;
    const std::u32string& alike = by_sound[syllable(c, is_first)];
    if (keeps_sound && alike.size() > 1)
      for (int tries = 0; tries < 8; ++tries)
        if (const char32_t other = alike[below(alike.size())]; other != c) return other;
    return is_first ? c : given[below(given.size())];
  }
  void spoil_name(std::string& name) {
    std::u32string characters = to_code_points(name);
    if (chance(0.10)) {
      const std::size_t at = below(characters.size());
      characters[at] = misheard(characters[at], at == 0, true);
    } else if (chance(0.03)) {
      const std::size_t at = 1 + below(characters.size() - 1);
      characters[at] = misheard(characters[at], false, false);
    } else if (characters.size() == 3 && chance(0.01)) {
      characters.erase(1 + below(2), 1);
    } else if (characters.size() == 3 && chance(0.005)) {
      std::swap(characters[1], characters[2]);
    }
    name = text_of(characters);
  }
  void spoil_digits(std::string& text, std::size_t from) {
    const std::size_t at = from + below(text.size() - from - 1);
    if (text[at] < '0' || text[at] > '9' || text[at + 1] < '0' || text[at + 1] > '9') return;
    if (chance(0.5))
      std::swap(text[at], text[at + 1]);
    else
      text[at] = static_cast<char>('0' + below(10));
  }
  void spoil_birth_date(std::string& date) {
    if (chance(0.02)) {
      date.clear();
    } else if (const bool swaps = chance(0.02); swaps && date.substr(8) <= "12") {
      date = date.substr(0, 5) + date.substr(8) + "-" + date.substr(5, 2);
    } else if (chance(0.04)) {
      std::string digits = date;
      spoil_digits(digits, 2);
      date = digits;
    }
  }
  void spoil_phone(std::string& number) {
    if (chance(0.1))
      number.clear();
    else if (chance(0.18))
      number = phone();
    else if (chance(0.05))
      spoil_digits(number, 3);
  }
  void spoil_address(std::string& text) {
    if (chance(0.08)) {
      text.clear();
      return;
    }
    if (chance(0.2)) text = address();  // moved; one of the two rosters does not know
    if (chance(0.3)) text = "陕西省汉中市" + text;
    if (chance(0.25)) replace(text, "单元", "-"), replace(text, "室", "");
    if (chance(0.05)) text = text.substr(0, text.find_first_of("0123456789"));
  }
  static void replace(std::string& text, std::string_view from, std::string_view to) {
    if (const std::size_t at = text.find(from); at != std::string::npos) text.replace(at, from.size(), to);
  }
  void spoil(Entry& entry) {
    spoil_name(entry.name);
    spoil_birth_date(entry.birth_date);
    spoil_phone(entry.phone);
    spoil_address(entry.address);
  }

  std::mt19937_64 random_;
  const std::size_t size_;
  std::vector<std::string> roads_;
  std::map<std::uint16_t, std::u32string> homophones_, surname_homophones_;
};

}  // namespace

Rosters invent_rosters(std::size_t size, std::uint64_t seed) { return Inventor(size, seed).invent(); }

}  // namespace zhijia::tests
