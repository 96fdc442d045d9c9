#include "draw/draw.hpp"

#include <algorithm>
#include <charconv>
#include <limits>
#include <numeric>
#include <utility>

#include "access/digest.hpp"

namespace zhijia::draw {

namespace {

/// Numbers of 64 bits, one after the other: the 16-digit pieces of SHA-256("SEED:0"), SHA-256("SEED:1") …
class Numbers {
 public:
  explicit Numbers(std::string_view seed) : seed_(seed) {}

  /// The next number below `bound`, each as likely as any other.
  std::uint64_t below(std::uint64_t bound) {
    constexpr std::uint64_t most = std::numeric_limits<std::uint64_t>::max();
    // 2^64 is no multiple of the bound, as a rule: the numbers above the largest multiple would favour small
    // remainders.
    const std::uint64_t surplus = (most % bound + 1) % bound;
    std::uint64_t number = next();
    while (number > most - surplus) number = next();
    return number % bound;
  }

 private:
  std::uint64_t next() {
    constexpr std::size_t digits = 16;
    if (at_ == block_.size()) {
      block_ = access::sha256_hex(seed_ + ":" + std::to_string(counter_++));
      at_ = 0;
    }
    std::uint64_t number = 0;
    std::from_chars(block_.data() + at_, block_.data() + at_ + digits, number, 16);
    at_ += digits;
    return number;
  }

  const std::string seed_;
  std::string block_;
  std::size_t at_ = 0;
  std::uint64_t counter_ = 0;
};

bool has_twice(const std::vector<std::string>& entries) {
  std::vector<std::string_view> sorted(entries.begin(), entries.end());
  std::ranges::sort(sorted);
  return std::ranges::adjacent_find(sorted) != sorted.end();
}

}  // namespace

std::string new_secret() { return access::random_hex(32); }

std::string commitment_of(std::string_view secret) { return access::sha256_hex(secret); }

std::string hash_of(const std::vector<std::string>& entries) {
  std::string text;
  for (const std::string& entry : entries) text += entry + "\n";
  return access::sha256_hex(text);
}

std::string seed_of(std::string_view entries_hash, std::string_view secret, std::string_view random_value) {
  std::string text = "zhijia-draw-1\n";
  for (const std::string_view part : {entries_hash, secret, random_value}) (text += part) += "\n";
  return access::sha256_hex(text);
}

std::vector<std::size_t> winners_of(std::string_view seed, std::size_t count, std::size_t places) {
  std::vector<std::size_t> order(count);
  std::iota(order.begin(), order.end(), std::size_t{0});
  Numbers numbers(seed);
  places = std::min(places, count);
  for (std::size_t i = 0; i < places; ++i) std::swap(order[i], order[i + numbers.below(count - i)]);
  order.resize(places);
  return order;
}

void draw(Sheet& sheet, std::string_view secret, std::string_view random_value) {
  sheet.secret = secret;
  sheet.random_value = random_value;
  sheet.seed = seed_of(sheet.entries_hash, secret, random_value);
  sheet.winners.clear();
  for (const std::size_t place : winners_of(sheet.seed, sheet.entries.size(), sheet.places))
    sheet.winners.push_back(sheet.entries[place]);
}

Problems verify(const Sheet& sheet) {
  Problems problems;
  const auto refuse = [&](const char* code, const char* zh, const char* en) {
    problems.push_back({code, {}, {zh, en}});
  };
  if (has_twice(sheet.entries)) refuse("draw.entries_twice", "名单中有重复的号码。", "A ticket is listed twice.");
  if (hash_of(sheet.entries) != sheet.entries_hash)
    refuse("draw.entries_hash", "名单与封存时公布的摘要不符：名单被改动过。",
           "The list is not the one whose hash was published when it was frozen.");
  if (sheet.seed.empty()) {
    refuse("draw.not_drawn", "尚未开奖：目前只能核对名单。", "It is not drawn yet: only the list can be checked.");
    return problems;
  }
  if (commitment_of(sheet.secret) != sheet.commitment)
    refuse("draw.commitment", "公布的密钥与事先的承诺不符。", "The secret is not the one that was committed to.");
  if (seed_of(sheet.entries_hash, sheet.secret, sheet.random_value) != sheet.seed)
    refuse("draw.seed", "种子不是由名单、密钥和公开随机数得出的。",
           "The seed does not follow from list, secret and public value.");
  Sheet again = sheet;
  draw(again, sheet.secret, sheet.random_value);
  if (again.winners != sheet.winners)
    refuse("draw.winners", "中奖号码与重新计算的结果不同。", "The winners are not those that the seed gives.");
  return problems;
}

}  // namespace zhijia::draw
