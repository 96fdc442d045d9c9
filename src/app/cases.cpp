#include "cases.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "base/text.hpp"
#include "exchange/sheet_reader.hpp"

namespace zhijia::app {

namespace {

using feel::Type;
using feel::Value;

/// A simple input, or one part of a structured one.
struct Slot {
  std::string input;
  std::string part;  ///< empty for a simple input
  Type type;

  std::string header() const { return part.empty() ? input : input + "." + part; }
};

std::vector<Slot> slots_of(const dmn::Model& model) {
  std::vector<Slot> slots;
  for (const auto& [name, type] : model.inputs()) {
    if (!type.is(Type::Kind::context)) slots.push_back({name, {}, type});
    for (const auto& [part, part_type] : type.fields()) slots.push_back({name, part, part_type});
  }
  return slots;
}

/// Nothing when the text is none of the type's.
std::optional<Value> value_of(const std::string& text, const Type& type) {
  const auto given = [](const auto& read) { return read ? std::optional<Value>(Value(*read)) : std::nullopt; };
  if (text.empty()) return Value();
  switch (type.kind()) {
    case Type::Kind::number:
      return given(feel::Number::parse(text));
    case Type::Kind::date: {
      const auto date = parse_date(text);
      return date ? given(feel::Date::parse(to_string(*date))) : std::nullopt;
    }
    case Type::Kind::boolean:
      if (text == "是" || text == "true" || text == "TRUE" || text == "yes") return Value(true);
      if (text == "否" || text == "false" || text == "FALSE" || text == "no") return Value(false);
      return std::nullopt;
    default:
      return Value(text);
  }
}

class Cases {
 public:
  Cases(const dmn::Model& model, std::string file)
      : slots_(slots_of(model)), file_(std::move(file)), values_(slots_.size()) {}

  bool take(const std::string& sheet, const exchange::Row& row) {
    sheet_ = sheet;
    if (columns_.empty()) return take_header(row);
    for (feel::Values& column : values_) column.emplace_back();
    for (const auto& [at, slot] : columns_)
      if (at < row.cells.size()) take_cell(slot, row.cells[at], exchange::cell_name(at, row.number));
    ++cases_;
    constexpr std::size_t problems_max = 1'000;
    return problems_.size() < problems_max;
  }

  void fix(const std::string& setting) {
    const std::size_t equals = setting.find('=');
    const std::string name = setting.substr(0, equals);
    const auto slot = find(name);
    auto value = slot != slots_.end() && equals != std::string::npos ? value_of(setting.substr(equals + 1), slot->type)
                                                                     : std::nullopt;
    if (!value)
      return refuse("decide.fixed", {}, fmt::format("“{}”应写成 输入名=值", setting),
                    fmt::format("“{}” should be INPUT=VALUE", setting));
    values_[static_cast<std::size_t>(slot - slots_.begin())] = {*value};
  }

  Result<dmn::Columns> finish() {
    if (columns_.empty() && problems_.empty())
      refuse("decide.column", {}, "表中没有以输入名为标题的列", "no column is headed by the name of an input");
    if (!problems_.empty()) return std::unexpected(std::move(problems_));
    dmn::Columns columns{.cases = cases_};
    for (std::size_t i = 0; i < slots_.size(); ++i) {
      if (values_[i].empty()) values_[i] = {Value()};
      if (slots_[i].part.empty())
        add(columns, slots_[i].input, std::move(values_[i]));
      else if (i == 0 || slots_[i - 1].input != slots_[i].input)
        add(columns, slots_[i].input, contexts(i));
    }
    return columns;
  }

 private:
  std::vector<Slot>::const_iterator find(const std::string& header) const {
    return std::ranges::find(slots_, header, &Slot::header);
  }

  static void add(dmn::Columns& columns, const std::string& name, feel::Values values) {
    columns.names.push_back(name);
    columns.values.push_back(std::move(values));
  }

  /// The parts of the structured input whose first is at `first`, put together case by case.
  feel::Values contexts(std::size_t first) {
    std::size_t end = first;
    std::vector<std::string> names;
    for (; end < slots_.size() && slots_[end].input == slots_[first].input; ++end) names.push_back(slots_[end].part);
    const auto keys = std::make_shared<const feel::Keys>(std::move(names));
    feel::Values contexts;
    for (std::size_t at = 0; at < cases_; ++at) {
      feel::Values parts;
      for (std::size_t i = first; i < end; ++i)
        parts.push_back(values_[i].empty() ? Value() : values_[i].size() == 1 ? values_[i][0] : values_[i][at]);
      contexts.push_back(Value::context(keys, std::move(parts)));
    }
    return contexts;
  }

  void refuse(std::string_view code, std::string cell, std::string zh, std::string en) {
    problems_.push_back({std::string(code),
                         {.file = file_, .sheet = sheet_, .cell = std::move(cell), .record = {}, .field = {}},
                         {std::move(zh), std::move(en)}});
  }

  bool take_header(const exchange::Row& row) {
    for (std::size_t i = 0; i < row.cells.size(); ++i) {
      const std::string header = tidy(row.cells[i].text);
      const auto slot = find(header);
      const auto place = static_cast<std::size_t>(slot - slots_.begin());
      if (header.empty()) continue;
      if (slot == slots_.end())
        refuse("decide.column", exchange::cell_name(i, row.number),
               fmt::format("模型没有输入“{}”；请改名或删去", header),
               fmt::format("the model has no input “{}”; rename or delete the column", header));
      else if (std::ranges::find(columns_, place, &std::pair<std::size_t, std::size_t>::second) != columns_.end())
        refuse("decide.column_twice", exchange::cell_name(i, row.number), fmt::format("“{}”列出现了两次", header),
               fmt::format("the column “{}” stands there twice", header));
      else
        columns_.emplace_back(i, place);
    }
    return problems_.empty();
  }

  void take_cell(std::size_t slot, const exchange::Cell& cell, std::string at) {
    auto value = cell.is_error ? std::nullopt : value_of(tidy(cell.text), slots_[slot].type);
    if (!value)
      return refuse("decide.value", std::move(at),
                    fmt::format("“{}”不是{}类型的值", cell.text, slots_[slot].type.text()),
                    fmt::format("“{}” is no {}", cell.text, slots_[slot].type.text()));
    values_[slot].back() = std::move(*value);
  }

  const std::vector<Slot> slots_;
  const std::string file_;
  std::string sheet_;
  std::vector<std::pair<std::size_t, std::size_t>> columns_;  // of the sheet, and the slot that it fills
  std::vector<feel::Values> values_;                          // by slot
  std::size_t cases_ = 0;
  Problems problems_;
};

}  // namespace

Result<dmn::Columns> read_cases(const dmn::Model& model, const std::filesystem::path& file,
                                const std::vector<std::string>& fixed) {
  Cases cases(model, file.filename().string());
  const auto read = exchange::read_sheet(
      file, [&](const std::string& sheet, const exchange::Row& row) { return cases.take(sheet, row); });
  if (!read) return std::unexpected(read.error());
  for (const std::string& setting : fixed) cases.fix(setting);
  return cases.finish();
}

}  // namespace zhijia::app
