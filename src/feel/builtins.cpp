#include "builtins.hpp"

#include <algorithm>
#include <array>
#include <stdexcept>

namespace zhijia::feel {
namespace {

constexpr std::uint16_t bit(Kind kind) { return static_cast<std::uint16_t>(1U << static_cast<unsigned>(kind)); }

std::uint16_t kinds_of(char letter) {
  switch (letter) {
    case 's':
      return bit(Kind::string);
    case 'n':
      return bit(Kind::number);
    case 'b':
      return bit(Kind::boolean);
    case 'd':
      return bit(Kind::date);
    case 't':
      return bit(Kind::time);
    case 'D':
      return bit(Kind::date_time);
    case 'y':
      return bit(Kind::months);
    case 'T':
      return bit(Kind::duration);
    case 'l':
      return bit(Kind::list);
    case 'c':
      return bit(Kind::context);
    case 'r':
      return bit(Kind::range);
    case 'f':
      return bit(Kind::function);
    case 'p':
      return bit(Kind::string) | bit(Kind::number) | bit(Kind::date) | bit(Kind::time) | bit(Kind::date_time) |
             bit(Kind::months) | bit(Kind::duration);
    case '0':
      return bit(Kind::null);
    case 'a':
      return UINT16_MAX;
    default:
      throw std::logic_error("unknown letter in a built-in function's parameters");
  }
}

std::string_view trimmed(std::string_view text) {
  const auto from = text.find_first_not_of(' ');
  return from == std::string_view::npos ? std::string_view() : text.substr(from, text.find_last_not_of(' ') - from + 1);
}

}  // namespace

Signature::Signature(std::string_view text, Body body_) : body(body_) {
  packed = text.ends_with("...");
  if (packed) text.remove_suffix(3);
  while (!text.empty()) {
    const auto comma = std::min(text.find(','), text.size());
    const auto part = text.substr(0, comma);
    text.remove_prefix(std::min(comma + 1, text.size()));
    const auto colon = part.find(':');
    Parameter parameter{trimmed(part.substr(0, colon)), 0, false};
    for (const char letter : trimmed(part.substr(colon + 1))) {
      if (letter == '?')
        parameter.optional = true;
      else
        parameter.kinds |= kinds_of(letter);
    }
    parameters.push_back(parameter);
    if (!parameter.optional) required = parameters.size();
  }
}

std::span<const Builtin* const> all_builtins() {
  static const auto sorted = [] {
    std::vector<const Builtin*> all;
    for (const auto& table : {conversion_builtins(), boolean_builtins(), string_builtins(), number_builtins(),
                              list_builtins(), context_builtins(), temporal_builtins(), range_builtins()})
      for (const auto& builtin : table) all.push_back(&builtin);
    std::ranges::sort(all, {}, [](const Builtin* builtin) { return builtin->name; });
    return all;
  }();
  return sorted;
}

const Builtin* find_builtin(std::string_view name_key) {
  const auto all = all_builtins();
  const auto name_of = [](const Builtin* builtin) { return builtin->name; };
  const auto found = std::ranges::lower_bound(all, name_key, {}, name_of);
  return found != all.end() && (*found)->name == name_key ? *found : nullptr;
}

std::string_view builtin_name(const Builtin& builtin) { return builtin.name; }

}  // namespace zhijia::feel
