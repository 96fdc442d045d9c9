#include "regex.hpp"

#include <unicode/regex.h>

#include <map>
#include <memory>

namespace zhijia::feel {
namespace {

/// ICU counts this in steps of its engine, about a millisecond each; patterns that backtrack without end stop here.
constexpr std::int32_t match_steps_max = 1000;
constexpr std::int32_t match_stack_bytes_max = 4'000'000;
constexpr std::uint64_t states_per_step = 10'000;  // of ICU's engine
constexpr std::size_t patterns_kept_max = 64;

icu::UnicodeString unicode(std::string_view text) {
  return icu::UnicodeString::fromUTF8(icu::StringPiece(text.data(), static_cast<std::int32_t>(text.size())));
}

std::string utf8(const icu::UnicodeString& text) {
  std::string out;
  text.toUTF8String(out);
  return out;
}

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

constexpr std::string_view name_start_class = ":A-Z_a-z\\u00C0-\\u02FF\\u0370-\\u1FFF\\u2070-\\u218F\\u2C00-\\uD7FF";
constexpr std::string_view name_class = "\\-.0-9\\u00B7\\u0300-\\u036F";

/// Flag `x`: blanks outside character classes do not count, not even behind a backslash.
std::string without_blanks(std::string_view pattern) {
  std::string out;
  int class_depth = 0;
  for (const char c : pattern) {
    if (class_depth == 0 && is_blank(c)) continue;
    const bool escaped = out.ends_with('\\') && !out.ends_with("\\\\");
    if (!escaped) class_depth += c == '[' ? 1 : c == ']' ? -1 : 0;
    out += c;
  }
  return out;
}

/// What XPath writes otherwise than ICU: `\i` and `\c`, subtraction in classes, `$` only at the very end, `#` as
/// itself. Empty when a class refers back to a group, which XPath forbids.
std::optional<std::string> translated(std::string_view pattern, bool lines) {
  std::string out;
  int class_depth = 0;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    const char c = pattern[i];
    if (c == '\\' && i + 1 < pattern.size()) {
      const char escaped = pattern[++i];
      if (class_depth > 0 && escaped >= '0' && escaped <= '9') return std::nullopt;
      const bool is_initial = escaped == 'i' || escaped == 'I';
      if (is_initial || escaped == 'c' || escaped == 'C') {
        out += escaped < 'a' ? "[^" : "[";
        out += name_start_class;
        if (!is_initial) out += name_class;
        out += "]";
      } else if (pattern.substr(i).starts_with("p{Is") || pattern.substr(i).starts_with("P{Is")) {
        out += std::string("\\") + escaped + "{In";
        i += 3;
      } else {
        out += c;
        out += escaped;
      }
      continue;
    }
    if (class_depth > 0) {
      if (c == '-' && i + 1 < pattern.size() && pattern[i + 1] == '[') out += "-";
      if (c == '[') ++class_depth;
      if (c == ']') --class_depth;
      out += c;
      if (c == '&' || (c == '-' && i + 1 < pattern.size() && pattern[i + 1] == '-')) out.insert(out.size() - 1, "\\");
      continue;
    }
    if (c == '[') ++class_depth;
    if (c == '$' && !lines)
      out += "\\z";
    else if (c == '#')
      out += "\\#";
    else
      out += c;
  }
  return out;
}

/// Compiled patterns of this thread: expressions call with the same pattern again and again.
const icu::RegexPattern* compiled(std::string_view pattern, std::string_view flags) {
  thread_local std::map<std::string, std::unique_ptr<icu::RegexPattern>, std::less<>> kept;
  const auto key = std::string(flags) + "/" + std::string(pattern);
  if (const auto found = kept.find(key); found != kept.end()) return found->second.get();
  std::uint32_t options = 0;
  bool drop_blanks = false;
  for (const char flag : flags) {
    switch (flag) {
      case 's':
        options |= UREGEX_DOTALL;
        break;
      case 'm':
        options |= UREGEX_MULTILINE;
        break;
      case 'i':
        options |= UREGEX_CASE_INSENSITIVE;
        break;
      case 'x':
        drop_blanks = true;
        break;
      default:
        return nullptr;
    }
  }
  const bool lines = (options & UREGEX_MULTILINE) != 0;
  const auto icu_pattern = translated(drop_blanks ? without_blanks(pattern) : std::string(pattern), lines);
  if (!icu_pattern) return nullptr;
  UErrorCode status = U_ZERO_ERROR;
  UParseError error{};
  std::unique_ptr<icu::RegexPattern> made(icu::RegexPattern::compile(unicode(*icu_pattern), options, error, status));
  if (U_FAILURE(status)) return nullptr;
  if (kept.size() >= patterns_kept_max) kept.clear();
  return (kept[key] = std::move(made)).get();
}

/// A match in progress; ICU keeps a reference to the input, so both live here.
struct Matching {
  icu::UnicodeString input;
  std::unique_ptr<icu::RegexMatcher> matcher;
  UErrorCode status = U_ZERO_ERROR;
  std::int32_t engine_steps = 0;
  std::uint64_t& work;

  Matching(std::string_view text, std::string_view pattern, std::string_view flags, std::uint64_t& work_)
      : input(unicode(text)), work(work_) {
    work += text.size() + pattern.size();
    const auto* regex = compiled(pattern, flags);
    if (regex == nullptr) return;
    matcher.reset(regex->matcher(input, status));
    if (matcher == nullptr) return;
    matcher->setTimeLimit(match_steps_max, status);
    matcher->setStackLimit(match_stack_bytes_max, status);
    matcher->setMatchCallback(&Matching::count, &engine_steps, status);
  }
  ~Matching() { work += static_cast<std::uint64_t>(engine_steps) * states_per_step; }
  Matching(const Matching&) = delete;
  Matching& operator=(const Matching&) = delete;
  explicit operator bool() const { return matcher != nullptr && U_SUCCESS(status); }
  static UBool U_CALLCONV count(const void* counter, std::int32_t steps) {
    *static_cast<std::int32_t*>(const_cast<void*>(counter)) = steps;
    return 1;
  }
  std::string between(std::int32_t from, std::int32_t to) const { return utf8(input.tempSubStringBetween(from, to)); }
};

/// A pattern that matches nothing at all has no place to split or replace at (XPath error FORX0003).
bool matches_nothing(std::string_view pattern, std::string_view flags, std::uint64_t& work) {
  Matching empty("", pattern, flags, work);
  return empty && empty.matcher->find(empty.status) != 0;
}

/// The replacement for the current match: `$n` is a group, `\$` and `\\` themselves; std::nullopt when malformed.
bool append_replacement(std::string& out, Matching& match, std::string_view replacement) {
  for (std::size_t i = 0; i < replacement.size(); ++i) {
    const char c = replacement[i];
    if (c != '$' && c != '\\') {
      out += c;
      continue;
    }
    if (++i == replacement.size()) return false;
    const char next = replacement[i];
    if (c == '\\') {
      if (next != '$' && next != '\\') return false;
      out += next;
      continue;
    }
    if (next < '0' || next > '9') return false;
    // As many digits as there are groups for; a group beyond them is empty.
    const auto groups = match.matcher->groupCount();
    std::int32_t group = next - '0';
    while (i + 1 < replacement.size() && replacement[i + 1] >= '0' && replacement[i + 1] <= '9' &&
           group * 10 + (replacement[i + 1] - '0') <= groups)
      group = group * 10 + (replacement[++i] - '0');
    if (group <= groups) out += utf8(match.matcher->group(group, match.status));
  }
  return true;
}

}  // namespace

std::optional<bool> regex_matches(std::string_view input, std::string_view pattern, std::string_view flags,
                                  std::uint64_t& work) {
  Matching match(input, pattern, flags, work);
  if (!match) return std::nullopt;
  const bool found = match.matcher->find(match.status) != 0;
  return U_SUCCESS(match.status) ? std::optional(found) : std::nullopt;
}

std::optional<std::string> regex_replace(std::string_view input, std::string_view pattern, std::string_view replacement,
                                         std::string_view flags, std::uint64_t& work) {
  Matching match(input, pattern, flags, work);
  if (!match || matches_nothing(pattern, flags, work)) return std::nullopt;
  std::string out;
  std::int32_t from = 0;
  while (match.matcher->find(match.status) != 0 && U_SUCCESS(match.status)) {
    out += match.between(from, match.matcher->start(match.status));
    if (!append_replacement(out, match, replacement)) return std::nullopt;
    from = match.matcher->end(match.status);
  }
  if (U_FAILURE(match.status)) return std::nullopt;
  return out + match.between(from, match.input.length());
}

std::optional<std::vector<std::string>> regex_split(std::string_view input, std::string_view pattern,
                                                    std::uint64_t& work) {
  Matching match(input, pattern, "", work);
  if (!match || matches_nothing(pattern, "", work)) return std::nullopt;
  std::vector<std::string> parts;
  std::int32_t from = 0;
  while (match.matcher->find(match.status) != 0 && U_SUCCESS(match.status)) {
    parts.push_back(match.between(from, match.matcher->start(match.status)));
    from = match.matcher->end(match.status);
  }
  if (U_FAILURE(match.status)) return std::nullopt;
  parts.push_back(match.between(from, match.input.length()));
  return parts;
}

}  // namespace zhijia::feel
