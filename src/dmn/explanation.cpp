#include <algorithm>
#include <cctype>

#include "dmn/dmn.hpp"

namespace zhijia::dmn {

namespace {

/// Near misses beyond these say less than they cost to read.
constexpr std::size_t misses_shown_max = 3;
constexpr std::size_t value_bytes_max = 160;

std::string shortened(std::string text) {
  if (text.size() <= value_bytes_max) return text;
  // Never ends within a character.
  auto end = value_bytes_max;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;
  return text.substr(0, end) + "…";
}

/// Says values and tests in one of the languages.
class Speaker {
 public:
  Speaker(bool chinese, const Words& words) : chinese_(chinese), words_(words) {}

  std::string value(const feel::Value& value) const { return shortened(whole(value)); }

  std::string name(const std::string& name) const {
    const auto* said = find(words_.names, name);
    return said != nullptr ? *said : name;
  }

  /// What a cell asks for: its names, texts and truths said as everything else is.
  std::string test(std::string_view test) const {
    std::string said;
    for (std::size_t at = 0; at < test.size();) {
      const auto word = word_at(test, at);
      if (word.empty())
        said += test[at++];
      else
        at += take(word, said);
    }
    return said;
  }

 private:
  std::string whole(const feel::Value& value) const {
    switch (value.kind()) {
      case feel::Kind::null:
        return chinese_ ? "空" : "null";
      case feel::Kind::boolean:
        return truth(value.is_true());
      case feel::Kind::string: {
        const auto* said = find(words_.texts, value.string());
        return said != nullptr ? *said : feel::literal(value);
      }
      case feel::Kind::list: {
        std::string all;
        for (const auto& item : value.items()) all += (all.empty() ? "" : chinese_ ? "、" : ", ") + whole(item);
        return all.empty() ? (chinese_ ? "无" : "none") : all;
      }
      case feel::Kind::context: {
        std::string all;
        for (std::size_t i = 0; i < value.keys().size(); ++i)
          all += (i == 0 ? "" : chinese_ ? "；" : "; ") + name(value.keys()[i]) + " = " + whole(value.entries()[i]);
        return all;
      }
      default:
        return feel::literal(value);
    }
  }

  std::string truth(bool is_true) const {
    if (chinese_) return is_true ? "是" : "否";
    return is_true ? "true" : "false";
  }

  const std::string* find(const Words::Said& said, std::string_view word) const {
    const auto found = said.find(word);
    return found == said.end() ? nullptr : chinese_ ? &found->second.zh : &found->second.en;
  }

  /// A quoted text, or the longest name or truth that begins there and does not go on.
  std::string_view word_at(std::string_view test, std::size_t at) const {
    if (test[at] == '"') {
      const auto end = test.find('"', at + 1);
      return end == std::string_view::npos ? std::string_view() : test.substr(at, end - at + 1);
    }
    const auto is_letter = [](char byte) { return std::isalnum(static_cast<unsigned char>(byte)) != 0 || byte == '_'; };
    if (at > 0 && is_letter(test[at - 1])) return {};
    std::string_view longest;
    const auto consider = [&](std::string_view word) {
      const auto rest = test.substr(at);
      const bool is_whole = rest.starts_with(word) && (rest.size() == word.size() || !is_letter(rest[word.size()]));
      if (is_whole && word.size() > longest.size()) longest = test.substr(at, word.size());
    };
    for (const auto& [name, said] : words_.names) consider(name);
    consider("true");
    consider("false");
    return longest;
  }

  /// Says the word; @return its bytes
  std::size_t take(std::string_view word, std::string& said) const {
    if (word.front() == '"') {
      const auto* text = find(words_.texts, word.substr(1, word.size() - 2));
      said += text != nullptr ? *text : std::string(word);
    } else if (word == "true" || word == "false") {
      said += truth(word == "true");
    } else {
      said += *find(words_.names, word);
    }
    return word.size();
  }

  bool chinese_;
  const Words& words_;
};

const std::string& name_of(const TableTrace::Column& column, bool chinese) {
  return chinese && !column.label.empty() ? column.label : column.expression;
}

/// The part of a note in the language: authors write the English sentence first, and the Chinese one behind it.
std::string in_language(const std::string& note, bool chinese) {
  constexpr auto is_wide = [](char byte) { return static_cast<unsigned char>(byte) >= 0xE3; };  // from U+3000 on
  const auto begin = std::ranges::find_if(note, is_wide);
  std::string part = chinese ? std::string(begin, note.end()) : std::string(note.begin(), begin);
  while (!part.empty() && (part.back() == ' ' || part.back() == '.')) part.pop_back();
  if (chinese && part.ends_with("。")) part.resize(part.size() - std::string_view("。").size());
  return part;
}

std::string rows_text(const TableTrace& table, bool chinese) {
  if (table.by_default) return chinese ? "无行命中，取默认值" : "no row matched; the default was taken";
  if (table.rows.empty()) return chinese ? "无行命中" : "no row matched";
  std::string rows;
  for (std::size_t i = 0; i < table.rows.size(); ++i) {
    rows += (i == 0 ? "" : ", ") + std::to_string(table.rows[i]);
    if (const auto note = in_language(table.notes[i], chinese); !note.empty())
      rows += chinese ? "（" + note + "）" : " (" + note + ")";
  }
  return chinese ? "命中行：" + rows : "row " + rows + " matched";
}

std::string table_text(const TableTrace& table, bool chinese, const Speaker& speaker) {
  std::string text = "   " + rows_text(table, chinese) + (chinese ? "；" : ": ");
  for (std::size_t i = 0; i < table.columns.size(); ++i) {
    if (i > 0) text += chinese ? "；" : "; ";
    text += name_of(table.columns[i], chinese) + " = " + speaker.value(table.columns[i].value);
  }
  text += "\n";
  auto misses = table.misses;
  // An amount that nearly sufficed says more than a yes where a no was asked for.
  std::ranges::sort(misses, {}, [&](const auto& miss) {
    return std::pair(!table.columns[miss.column].value.is(feel::Kind::number), miss.row);
  });
  for (std::size_t i = 0; i < misses.size() && i < misses_shown_max; ++i) {
    const auto& miss = misses[i];
    const auto& column = table.columns[miss.column];
    const auto row = std::to_string(miss.row);
    const auto& name = name_of(column, chinese);
    const auto value = speaker.value(column.value);
    const auto test = speaker.test(miss.test);
    text += chinese ? "   第 " + row + " 行只差一项：" + name + " 为 " + value + "，该行要求 " + test + "\n"
                    : "   row " + row + " failed in one column: " + name + " is " + value + ", the row asks for " +
                          test + "\n";
  }
  return text;
}

}  // namespace

std::string explanation(const Outcome& outcome, bool chinese, const Words& words) {
  const Speaker speaker(chinese, words);
  std::string text;
  for (std::size_t i = 0; i < outcome.steps.size(); ++i) {
    const auto& step = outcome.steps[i];
    const auto& name = chinese && !step.label.empty() ? step.label : step.decision;
    text += std::to_string(i + 1) + ". " + name + (chinese ? "：" : ": ") + speaker.value(step.value) + "\n";
    for (const auto& table : step.tables) text += table_text(table, chinese, speaker);
  }
  for (const auto& problem : outcome.problems)
    text += (chinese ? "注意：" + problem.message.zh : "Note: " + problem.message.en) + "\n";
  return text;
}

}  // namespace zhijia::dmn
