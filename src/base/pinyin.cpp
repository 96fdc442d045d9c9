#include "base/pinyin.hpp"

#include <unicode/translit.h>
#include <unicode/unistr.h>

#include <memory>
#include <stdexcept>
#include <unordered_map>
#include <vector>

#include "base/code_points.hpp"
#include "base/text.hpp"

namespace zhijia {
namespace {

// The blocks of Unicode that names are written in: the basic ideographs and their first extension.
constexpr char32_t first_han = 0x3400, last_han = 0x9FFF;

/// The readings of every character, as a first character of a name and elsewhere. ICU takes some microseconds a text; a
/// table makes that nothing for a million names.
class Readings {
 public:
  Readings() {
    learn("Han-Latin; Latin-ASCII; Lower", elsewhere_);
    learn("Han-Latin/Names; Latin-ASCII; Lower", first_);
  }

  std::uint16_t number(char32_t c, bool is_first) const {
    return c < first_han || c > last_han ? 0 : (is_first ? first_ : elsewhere_)[c - first_han];
  }
  const std::string& text(std::uint16_t number) const { return texts_[number]; }

 private:
  void learn(const char* transform, std::vector<std::uint16_t>& numbers) {
    UErrorCode status = U_ZERO_ERROR;
    const std::unique_ptr<icu::Transliterator> reader(
        icu::Transliterator::createInstance(transform, UTRANS_FORWARD, status));
    if (U_FAILURE(status)) throw std::runtime_error(std::string("ICU has no transform ") + transform);
    // All characters at once, a line each: no character is read by its neighbours.
    icu::UnicodeString lines;
    for (char32_t c = first_han; c <= last_han; ++c) lines.append(static_cast<UChar32>(c)).append(u'\n');
    reader->transliterate(lines);
    std::string read;
    lines.toUTF8String(read);
    for (const std::string_view line : split(read, '\n'))
      if (numbers.size() <= last_han - first_han) numbers.push_back(numbered(line));
  }

  std::uint16_t numbered(std::string_view line) {
    std::string letters;
    for (const char c : line)
      if (c >= 'a' && c <= 'z') letters += c;
    const auto [at, is_new] = known_.try_emplace(letters, static_cast<std::uint16_t>(texts_.size()));
    if (is_new) texts_.push_back(letters);
    return at->second;
  }

  std::vector<std::uint16_t> first_, elsewhere_;
  std::vector<std::string> texts_{""};
  std::unordered_map<std::string, std::uint16_t> known_{{"", 0}};
};

const Readings& readings() {
  static const Readings all;
  return all;
}

}  // namespace

std::string pinyin(std::string_view name) {
  std::string read;
  bool follows_han = false;
  for (std::size_t at = 0; at < name.size();) {
    const std::size_t from = at;
    char32_t code = 0;
    if (!next_code_point(name, at, code)) ++at;
    const std::string& han = readings().text(readings().number(code, from == 0));
    if (!read.empty() && read.back() != ' ' && (follows_han || !han.empty())) read += ' ';
    if (!han.empty())
      read += han;
    else if (code < 0x80)
      read += static_cast<char>(code >= 'A' && code <= 'Z' ? code + ('a' - 'A') : code);
    else
      read.append(name.substr(from, at - from));
    follows_han = !han.empty();
  }
  return read;
}

std::string pinyin_initials(std::string_view name) {
  std::string initials;
  bool begins = true;
  for (const char c : pinyin(name)) {
    if (begins && c != ' ') initials += c;
    begins = c == ' ';
  }
  return initials;
}

std::uint16_t syllable(char32_t character, bool is_first) { return readings().number(character, is_first); }

}  // namespace zhijia
