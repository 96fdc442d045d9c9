#include <unicode/locid.h>
#include <unicode/unistr.h>

#include <algorithm>

#include "base/text.hpp"
#include "builtins.hpp"
#include "evaluator.hpp"
#include "lexical.hpp"
#include "regex.hpp"

namespace zhijia::feel {
namespace {

using Arguments = std::span<const Value>;

/// The byte at which code point `count` begins (the end when there are fewer).
std::size_t byte_of(std::string_view text, std::size_t count) {
  const auto begins_code_point = [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; };
  std::size_t at = 0;
  for (; at < text.size(); ++at)
    if (begins_code_point(text[at]) && count-- == 0) break;
  return at;
}

Value substring(Evaluator& evaluator, Arguments a) {
  const auto text = a[0].string();
  const auto size = static_cast<std::int64_t>(code_points(text));
  const auto start = a[1].number().to_integer();
  if (!start || *start == 0 || *start > size || *start < -size)
    return evaluator.fail("feel.index_out_of_range", "起始位置超出文本", "The start position lies outside the text");
  const auto from = *start > 0 ? *start - 1 : size + *start;
  auto length = size - from;
  if (!a[2].is_null()) {
    const auto wanted = a[2].number().to_integer();
    if (!wanted || *wanted < 1)
      return evaluator.fail("feel.index_out_of_range", "长度须大于零", "The length must be greater than zero");
    length = std::min(length, *wanted);
  }
  const auto begin = byte_of(text, static_cast<std::size_t>(from));
  const auto rest = text.substr(begin);
  return evaluator.new_text(rest.substr(0, byte_of(rest, static_cast<std::size_t>(length))));
}

Value string_length(Evaluator&, Arguments a) { return static_cast<std::int64_t>(code_points(a[0].string())); }

Value in_case(Evaluator& evaluator, Arguments a, bool upper) {
  const auto text = a[0].string();
  if (std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x80; })) {
    const char first = upper ? 'a' : 'A';
    return evaluator.new_text(text.size(), [&](char* bytes) {
      for (const char c : text) *bytes++ = c >= first && c <= first + 25 ? static_cast<char>(c ^ 0x20) : c;
    });
  }
  auto converted = icu::UnicodeString::fromUTF8(icu::StringPiece(text.data(), static_cast<std::int32_t>(text.size())));
  upper ? converted.toUpper(icu::Locale::getRoot()) : converted.toLower(icu::Locale::getRoot());
  std::string out;
  converted.toUTF8String(out);
  return evaluator.new_text(out);
}

Value upper_case(Evaluator& evaluator, Arguments a) { return in_case(evaluator, a, true); }
Value lower_case(Evaluator& evaluator, Arguments a) { return in_case(evaluator, a, false); }

Value substring_before(Evaluator& evaluator, Arguments a) {
  const auto at = a[0].string().find(a[1].string());
  return evaluator.new_text(at == std::string_view::npos ? "" : a[0].string().substr(0, at));
}

Value substring_after(Evaluator& evaluator, Arguments a) {
  const auto at = a[0].string().find(a[1].string());
  return evaluator.new_text(at == std::string_view::npos ? "" : a[0].string().substr(at + a[1].string().size()));
}

Value contains_text(Evaluator&, Arguments a) { return a[0].string().find(a[1].string()) != std::string_view::npos; }
Value starts_with(Evaluator&, Arguments a) { return a[0].string().starts_with(a[1].string()); }
Value ends_with(Evaluator&, Arguments a) { return a[0].string().ends_with(a[1].string()); }

Value bad_pattern(Evaluator& evaluator) {
  return evaluator.fail("feel.regular_expression", "正则表达式、标志或替换文本无效,或匹配过于耗时",
                        "The regular expression, its flags or replacement are not valid, or it takes too long");
}

std::string_view flags_of(const Value& flags) { return flags.is_null() ? std::string_view() : flags.string(); }

Value matches(Evaluator& evaluator, Arguments a) {
  std::uint64_t work = 0;
  const auto found = regex_matches(a[0].string(), a[1].string(), flags_of(a[2]), work);
  if (!evaluator.charge_steps(work)) return {};
  return found ? Value(*found) : bad_pattern(evaluator);
}

Value replace(Evaluator& evaluator, Arguments a) {
  std::uint64_t work = 0;
  const auto replaced = regex_replace(a[0].string(), a[1].string(), a[2].string(), flags_of(a[3]), work);
  if (!evaluator.charge_steps(work)) return {};
  return replaced ? evaluator.new_text(*replaced) : bad_pattern(evaluator);
}

Value split_text(Evaluator& evaluator, Arguments a) {
  std::uint64_t work = 0;
  const auto parts = regex_split(a[0].string(), a[1].string(), work);
  if (!evaluator.charge_steps(work)) return {};
  if (!parts) return bad_pattern(evaluator);
  Values items;
  for (const auto& part : *parts) items.push_back(evaluator.new_text(part));
  return evaluator.new_list(std::move(items));
}

}  // namespace

std::span<const Builtin> string_builtins() {
  static const std::vector<Builtin> table{
      {"substring", {{"string: s, start position: n, length: n?", substring}}},
      {"string length", {{"string: s", string_length}}},
      {"upper case", {{"string: s", upper_case}}},
      {"lower case", {{"string: s", lower_case}}},
      {"substring before", {{"string: s, match: s", substring_before}}},
      {"substring after", {{"string: s, match: s", substring_after}}},
      {"contains", {{"string: s, match: s", contains_text}}},
      {"starts with", {{"string: s, match: s", starts_with}}},
      {"ends with", {{"string: s, match: s", ends_with}}},
      {"matches", {{"input: s, pattern: s, flags: s?", matches}}},
      {"replace", {{"input: s, pattern: s, replacement: s, flags: s?", replace}}},
      {"split", {{"string: s, delimiter: s", split_text}}},
  };
  return table;
}

}  // namespace zhijia::feel
