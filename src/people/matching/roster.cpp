#include <functional>

#include "base/code_points.hpp"
#include "base/pinyin.hpp"
#include "base/text.hpp"
#include "people/matching.hpp"

namespace zhijia::people {
namespace {

std::uint32_t hash(std::string_view text) {
  if (text.empty()) return 0;
  std::uint64_t h = 0xcbf29ce484222325ULL;  // FNV-1a: the same on every machine, so that results are too
  for (const char c : text) h = (h ^ static_cast<unsigned char>(c)) * 0x100000001b3ULL;
  const auto folded = static_cast<std::uint32_t>(h ^ (h >> 32));
  return folded == 0 ? 1 : folded;
}

std::uint64_t digits_of(std::string_view text, std::size_t digits_max) {
  std::uint64_t number = 0;
  std::size_t count = 0;
  for (const char c : text)
    if (c >= '0' && c <= '9' && count < digits_max) {
      number = number * 10 + static_cast<std::uint64_t>(c - '0');
      ++count;
    }
  return number;
}

/// The 17 digits that the check character follows; those of the old form with the century put in.
std::uint64_t identity_digits(std::string_view text) {
  if (text.size() == 18) return digits_of(text.substr(0, 17), 17);
  if (text.size() == 15) return digits_of(std::string(text.substr(0, 6)) + "19" + std::string(text.substr(6)), 17);
  return 0;
}

void pack_name(Roster::Packed& packed, std::string_view text) {
  const std::string name = tidy_name(text);
  std::string reading;
  for (const char32_t c : to_code_points(name)) {
    const std::uint16_t syllable_of = syllable(c, reading.empty());
    reading += static_cast<char>(syllable_of >> 8);
    reading += static_cast<char>(syllable_of & 0xFF);
    if (syllable_of == 0) reading += static_cast<char>(c & 0x7F);
    if (packed.length == Roster::name_length_max) continue;
    packed.name[packed.length] = static_cast<char16_t>(c);
    packed.syllables[packed.length++] = syllable_of;
  }
  packed.name_hash = hash(name);
  packed.reading_hash = hash(reading);
}

std::size_t end_of(std::string_view text, std::string_view mark, std::size_t from = 0) {
  const std::size_t at = text.find(mark, from);
  return at == std::string_view::npos ? 0 : at + mark.size();
}

/// "陕西省汉中市汉台区东大街12号3单元" is told in many ways: with or without province and city, with "号" or without.
/// What stays the same is county, road and the numbers in their order.
void pack_address(Roster::Packed& packed, std::string_view text) {
  const std::string tidied = tidy(text);
  std::string_view rest = tidied;
  for (const std::string_view mark : {"省", "市"})
    if (const std::size_t end = end_of(rest.substr(0, 24), mark)) rest.remove_prefix(end);
  std::size_t area = 0;
  for (const std::string_view mark : {"区", "县"})
    if (const std::size_t end = end_of(rest.substr(0, 24), mark); end && (!area || end < area)) area = end;
  packed.area = hash(rest.substr(0, area));
  std::string road, numbers;
  for (std::size_t at = area; at < rest.size(); ++at) {
    const char c = rest[at];
    if (c >= '0' && c <= '9')
      numbers += c;
    else if (!numbers.empty() && numbers.back() != '-')
      numbers += '-';
    else if (numbers.empty() && c != ' ' && c != '-')
      road += c;
  }
  if (!numbers.empty() && numbers.back() == '-') numbers.pop_back();
  packed.street = hash(road);
  packed.address = numbers.empty() || road.empty() ? 0 : hash(road + "|" + numbers);
}

}  // namespace

void Roster::add(const Traits& traits) {
  Packed packed;
  pack_name(packed, traits.name);
  packed.identity = identity_digits(traits.identity_number);
  packed.birth = static_cast<std::uint32_t>(digits_of(traits.birth_date, 8));
  packed.phone = digits_of(traits.phone, 19);
  pack_address(packed, traits.address);
  people_.push_back(packed);
}

}  // namespace zhijia::people
