#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace zhijia::feel {

/// Reads a FEEL text from the front: spaces and comments, names, literals. It knows characters, not grammar.
class Cursor {
 public:
  explicit Cursor(std::string_view text) : text_(text) {}

  std::uint32_t at() const { return static_cast<std::uint32_t>(at_); }
  void go_to(std::uint32_t at) { at_ = at; }
  std::string_view text() const { return text_; }

  void skip_space();  ///< also comments
  bool at_end() {
    skip_space();
    return at_ >= text_.size();
  }
  char peek() {
    skip_space();
    return at_ < text_.size() ? text_[at_] : '\0';
  }
  /// Takes the symbol if it comes next.
  bool take(std::string_view symbol);
  bool comes(std::string_view symbol);
  /// Takes the word if it comes next as a whole word.
  bool take_word(std::string_view word);
  bool comes_word(std::string_view word);
  /// The next word (a maximal run of name characters that begins with a name start character), not taken.
  std::string_view peek_word();

  /// A name of any number of words and the symbols . / - ' + * as in a context's key or a parameter, or, where it is a
  /// loop's variable, up to the word `in`. Empty when there is none.
  std::string take_name(bool stops_at_in = false);

  /// The words and symbols from here on that might belong to a name, at most `count`; `ends` are where each ends.
  struct Part {
    std::string_view text;
    std::uint32_t end;
  };
  std::vector<Part> name_parts(std::size_t count);

  std::optional<std::string_view> take_number();
  /// A string literal with its escapes resolved; std::nullopt when none comes or it does not end.
  std::optional<std::string> take_string();

 private:
  std::string_view text_;
  std::size_t at_ = 0;
};

/// How names are compared: words separated by one space, symbols without spaces ("a + b" is "a+b").
std::string name_key(std::string_view name);
std::string name_key(const std::vector<Cursor::Part>& parts, std::size_t count);
std::size_t name_part_count(std::string_view key);

/// Decodes one code point at `at` of well-formed UTF-8; sets its length.
char32_t code_point(std::string_view text, std::size_t at, std::size_t& length);
void append_utf8(std::string& text, char32_t c);

}  // namespace zhijia::feel
