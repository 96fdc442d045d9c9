#include <algorithm>
#include <array>
#include <optional>

#include "base/date.hpp"
#include "base/text.hpp"
#include "dmn/authoring.hpp"

namespace zhijia::dmn {

namespace {

using Column = TableText::Column;
using Use = TableText::Use;

/// The rows above the rules, by what their first cell says.
enum class Head : std::size_t { table, use, label, expression, type, allowed, fallback };
constexpr std::array<std::string_view, 7> heads{
    "决策表 Decision table", "用途 Use", "标题 Label", "表达式 Expression", "类型 Type", "取值 Values", "默认 Default"};
constexpr std::string_view policy_head = "命中 Hit policy";
constexpr std::size_t policy_column = 2;  ///< of its title; the policy stands to the right of it

constexpr std::array<std::pair<std::string_view, Use>, 6> uses{{{"输入 input", Use::input},
                                                                {"输出 output", Use::output},
                                                                {"备注 note", Use::note},
                                                                {"输入", Use::input},
                                                                {"输出", Use::output},
                                                                {"备注", Use::note}}};

constexpr std::array<std::string_view, 11> policies{"UNIQUE",      "ANY",          "PRIORITY",     "FIRST",
                                                    "RULE ORDER",  "OUTPUT ORDER", "COLLECT",      "COLLECT SUM",
                                                    "COLLECT MIN", "COLLECT MAX",  "COLLECT COUNT"};

std::string cell_name(std::size_t column, std::size_t row) {
  std::string letters;
  for (auto left = column + 1; left > 0; left = (left - 1) / 26)
    letters.insert(letters.begin(), static_cast<char>('A' + (left - 1) % 26));
  return letters + std::to_string(row);
}

std::string trimmed(std::string_view text) {
  const auto from = text.find_first_not_of(" \t\r\n");
  return std::string(from == std::string_view::npos ? ""
                                                    : text.substr(from, text.find_last_not_of(" \t\r\n") - from + 1));
}

std::string_view head_word(std::string_view head) { return head.substr(head.find(' ') + 1); }

/// Whether a first cell is this heading: as it was written, or one of its two languages.
bool is_head(std::string_view cell, std::string_view head) {
  return cell == head || cell == head.substr(0, head.find(' ')) || cell == head_word(head);
}

std::optional<Use> use_of(std::string_view text) {
  for (const auto& [word, use] : uses)
    if (text == word || text == head_word(word)) return use;
  return std::nullopt;
}

std::string_view word_of(Use use) {
  return std::ranges::find(uses, use, &std::pair<std::string_view, Use>::second)->first;
}

/// What people's keyboards type where FEEL has its own signs; nothing inside a text in quotes is meant.
std::optional<std::string_view> foreign_sign(std::string_view cell) {
  constexpr std::array<std::string_view, 14> signs{"“",  "”",  "，", "（", "）", "＜", "＞",
                                                   "＝", "［", "］", "≥",  "≤",  "≠",  "－"};
  bool quoted = false;
  for (std::size_t at = 0; at < cell.size(); ++at) {
    if (cell[at] == '"' && (at == 0 || cell[at - 1] != '\\')) quoted = !quoted;
    if (quoted) continue;
    for (const auto sign : signs)
      if (cell.substr(at).starts_with(sign)) return sign;
  }
  return std::nullopt;
}

/// Excel makes dates and truth values of what staff type; FEEL writes them otherwise.
std::string as_feel(std::string cell) {
  if (cell == "是") return "true";
  if (cell == "否") return "false";
  constexpr std::size_t iso_size = 10;
  if (cell.size() == iso_size && parse_date(cell)) return "date(\"" + cell + "\")";
  return cell;
}

/// Reads a grid from top to bottom; every fault is kept, with its cell.
class Reader {
 public:
  Reader(const Grid& grid, std::string_view file, std::string_view sheet) : grid_(grid), file_(file), sheet_(sheet) {}

  Result<TableText> read() {
    if (!read_heads()) return std::unexpected(std::move(problems_));
    read_columns();
    read_policy();
    if (problems_.empty()) read_rules();
    if (!problems_.empty()) return std::unexpected(std::move(problems_));
    std::ranges::stable_sort(order_, {}, [&](std::size_t at) { return columns_[at].column.use; });
    return in_order();
  }

 private:
  struct Placed {
    Column column;
    std::size_t place;
  };

  std::string cell(std::size_t row, std::size_t column) const {
    return row < grid_.size() && column < grid_[row].size() ? trimmed(grid_[row][column]) : std::string();
  }

  void refuse(std::string_view code, std::size_t row, std::size_t column, std::string zh, std::string en) {
    constexpr std::size_t problems_max = 100;
    if (problems_.size() == problems_max) return;
    Place place;
    place.file = file_;
    place.sheet = sheet_;
    place.cell = cell_name(column, row + 1);
    problems_.push_back({std::string(code), std::move(place), {std::move(zh), std::move(en)}});
  }

  bool read_heads() {
    for (std::size_t i = 0; i < heads.size(); ++i) {
      if (is_head(cell(i, 0), heads[i])) continue;
      refuse("table.head", i, 0, "这里应是“" + std::string(heads[i]) + "”；请从导出的表改起，不要删去前七行",
             "this should be “" + std::string(heads[i]) + "”; edit an exported sheet and keep its first seven rows");
      return false;
    }
    table_.name = cell(0, 1);
    return true;
  }

  std::string text_at(Head head, std::size_t column) const { return cell(static_cast<std::size_t>(head), column); }

  void read_columns() {
    std::size_t width = 0;
    for (const auto& row : grid_) width = std::max(width, row.size());
    for (std::size_t at = 1; at < width; ++at) {
      const auto said = text_at(Head::use, at);
      if (said.empty()) {
        refuse_stray(at);
        continue;
      }
      const auto use = use_of(said);
      if (!use) {
        refuse("table.use", 1, at, "用途应是 输入、输出 或 备注，不是“" + said + "”",
               "a column is for input, output or note, not for “" + said + "”");
        continue;
      }
      columns_.push_back({{*use, text_at(Head::label, at), text_at(Head::expression, at), text_at(Head::type, at),
                           text_at(Head::allowed, at), text_at(Head::fallback, at)},
                          at});
      order_.push_back(columns_.size() - 1);
      check_column(columns_.back());
    }
    const bool has_output =
        std::ranges::any_of(columns_, [](const Placed& placed) { return placed.column.use == Use::output; });
    if (!has_output && problems_.empty())
      refuse("table.column", 1, 1, "决策表至少要有一列输出", "a decision table needs a column of outputs");
  }

  /// A column without a use may hold nothing: what stands in it would be lost.
  void refuse_stray(std::size_t at) {
    for (std::size_t row = 1; row < grid_.size(); ++row)
      if (!cell(row, at).empty())
        return refuse("table.column", row, at, "这一列没有写明用途；请在第二行写 输入、输出 或 备注，或清空此列",
                      "this column has no use; write input, output or note in row 2, or empty the column");
  }

  void check_column(const Placed& placed) {
    const auto& column = placed.column;
    if (column.use == Use::input && column.expression.empty())
      refuse("table.column", static_cast<std::size_t>(Head::expression), placed.place, "输入列要写表达式",
             "a column of inputs needs an expression");
    if (column.use != Use::output && !column.fallback.empty())
      refuse("table.column", static_cast<std::size_t>(Head::fallback), placed.place, "只有输出列可以有默认值",
             "only a column of outputs has a default");
    if (column.use == Use::note) return;
    check_signs(static_cast<std::size_t>(Head::expression), placed.place, column.expression);
    check_signs(static_cast<std::size_t>(Head::allowed), placed.place, column.allowed);
    check_signs(static_cast<std::size_t>(Head::fallback), placed.place, column.fallback);
  }

  void check_signs(std::size_t row, std::size_t column, std::string_view text) {
    if (const auto sign = foreign_sign(text))
      refuse("table.punctuation", row, column, "请把“" + std::string(*sign) + "”改成英文标点或 >= <= != -",
             "replace “" + std::string(*sign) + "” by its plain sign: \" , ( ) < > = [ ] >= <= != -");
  }

  void read_policy() {
    auto said = tidy(cell(0, policy_column + 1));
    std::ranges::transform(said, said.begin(),
                           [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; });
    table_.hit_policy = said.empty() ? "UNIQUE" : said;
    if (std::ranges::find(policies, table_.hit_policy) != policies.end()) return;
    std::string known;
    for (const auto policy : policies) known += (known.empty() ? "" : ", ") + std::string(policy);
    refuse("table.hit_policy", 0, policy_column + 1, "命中规则应是：" + known,
           "the hit policy should be one of: " + known);
  }

  void read_rules() {
    for (std::size_t row = heads.size(); row < grid_.size(); ++row) {
      std::vector<std::string> cells;
      bool is_empty = true;
      for (const auto& [column, place] : columns_) {
        auto text = cell(row, place);
        is_empty = is_empty && text.empty();
        if (column.use != Use::note) {
          check_signs(row, place, text);
          text = as_feel(std::move(text));
        }
        cells.push_back(std::move(text));
      }
      if (is_empty) continue;
      check_rule(row, cells);
      rules_.push_back(std::move(cells));
    }
  }

  /// An empty input asks for nothing; an empty output would decide nothing.
  void check_rule(std::size_t row, std::vector<std::string>& cells) {
    for (std::size_t i = 0; i < cells.size(); ++i)
      if (cells[i].empty() && columns_[i].column.use == Use::output)
        refuse("table.cell", row, columns_[i].place, "输出不能空着；没有结果请写 null",
               "an output must not be empty; write null for no result");
  }

  TableText in_order() {
    for (const auto at : order_) table_.columns.push_back(columns_[at].column);
    for (auto& cells : rules_) {
      auto& rule = table_.rules.emplace_back();
      for (const auto at : order_) rule.push_back(std::move(cells[at]));
    }
    return std::move(table_);
  }

  const Grid& grid_;
  std::string file_, sheet_;
  TableText table_;
  std::vector<Placed> columns_;
  std::vector<std::size_t> order_;  ///< of columns_: inputs, outputs, notes
  std::vector<std::vector<std::string>> rules_;
  Problems problems_;
};

}  // namespace

Grid grid_of(const TableText& table) {
  Grid grid(heads.size());
  for (std::size_t i = 0; i < heads.size(); ++i) grid[i].emplace_back(heads[i]);
  grid[0].insert(grid[0].end(), {table.name, std::string(policy_head), table.hit_policy});
  const auto row = [&](Head head) -> std::vector<std::string>& { return grid[static_cast<std::size_t>(head)]; };
  for (const auto& column : table.columns) {
    row(Head::use).emplace_back(word_of(column.use));
    row(Head::label).push_back(column.label);
    row(Head::expression).push_back(column.expression);
    row(Head::type).push_back(column.type);
    row(Head::allowed).push_back(column.allowed);
    row(Head::fallback).push_back(column.fallback);
  }
  for (std::size_t i = 0; i < table.rules.size(); ++i) {
    auto& cells = grid.emplace_back();
    cells.push_back(std::to_string(i + 1));
    for (std::size_t at = 0; at < table.columns.size(); ++at) {
      const bool is_nothing = table.columns[at].use == Use::output && table.rules[i][at].empty();
      cells.push_back(is_nothing ? "null" : table.rules[i][at]);
    }
  }
  return grid;
}

Result<TableText> table_of(const Grid& grid, std::string_view file, std::string_view sheet) {
  return Reader(grid, file, sheet).read();
}

std::string cell_of(const Grid& grid, std::string_view beginning) {
  for (std::size_t row = 0; row < grid.size(); ++row)
    for (std::size_t column = 1; column < grid[row].size(); ++column)
      if (as_feel(trimmed(grid[row][column])).starts_with(beginning)) return cell_name(column, row + 1);
  return {};
}

}  // namespace zhijia::dmn
