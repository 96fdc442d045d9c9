#include <algorithm>

#include "dmn/dmn.hpp"

namespace zhijia::dmn {

namespace {

/// Near misses beyond these say less than they cost to read.
constexpr std::size_t misses_shown_max = 3;
constexpr std::size_t value_bytes_max = 160;

std::string shown(const feel::Value& value, bool chinese) {
  if (chinese && value.is_null()) return "空";
  if (chinese && value.is(feel::Kind::boolean)) return value.is_true() ? "是" : "否";
  auto text = feel::literal(value);
  if (text.size() <= value_bytes_max) return text;
  // Never ends within a character.
  auto end = value_bytes_max;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;
  return text.substr(0, end) + "…";
}

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

std::string table_text(const TableTrace& table, bool chinese) {
  std::string text = "   " + rows_text(table, chinese) + (chinese ? "；" : ": ");
  for (std::size_t i = 0; i < table.columns.size(); ++i) {
    if (i > 0) text += chinese ? "；" : "; ";
    text += name_of(table.columns[i], chinese) + " = " + shown(table.columns[i].value, chinese);
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
    text += chinese ? "   第 " + row + " 行只差一项：" + name_of(column, true) + " 为 " + shown(column.value, true) +
                          "，该行要求 " + miss.test + "\n"
                    : "   row " + row + " failed in one column: " + name_of(column, false) + " is " +
                          shown(column.value, false) + ", the row asks for " + miss.test + "\n";
  }
  return text;
}

}  // namespace

std::string explanation(const Outcome& outcome, bool chinese) {
  std::string text;
  for (std::size_t i = 0; i < outcome.steps.size(); ++i) {
    const auto& step = outcome.steps[i];
    const auto& name = chinese && !step.label.empty() ? step.label : step.decision;
    text += std::to_string(i + 1) + ". " + name + (chinese ? "：" : ": ") + shown(step.value, chinese) + "\n";
    for (const auto& table : step.tables) text += table_text(table, chinese);
  }
  for (const auto& problem : outcome.problems)
    text += (chinese ? "注意：" + problem.message.zh : "Note: " + problem.message.en) + "\n";
  return text;
}

}  // namespace zhijia::dmn
