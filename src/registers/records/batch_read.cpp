#include <algorithm>
#include <iterator>

#include "base/text.hpp"
#include "records/cell.hpp"
#include "records/flow.hpp"
#include "records/parts.hpp"
#include "records/rows.hpp"

namespace zhijia::registers {
namespace {

void append(Problems& to, Problems from) {
  to.insert(to.end(), std::make_move_iterator(from.begin()), std::make_move_iterator(from.end()));
}

bool is_absent(const Stored& value) { return std::holds_alternative<std::monostate>(value); }

}  // namespace

std::vector<CellColumn> cell_columns(const Register& of) {
  using enum CellColumn::Part;
  std::vector<CellColumn> columns;
  for (std::size_t i = 0; i < of.fields.size(); ++i) {
    const Field& field = of.fields[i];
    if (!field.computed_as.empty() || field.type == FieldType::attachment) continue;
    if (field.type != FieldType::person && field.type != FieldType::household) {
      columns.push_back({i, value, field.name, field.title});
      continue;
    }
    const Title head = field.type == FieldType::household ? Title{"户主", "Head of household"} : field.title;
    const std::string gap = head.en.empty() ? "" : " ";
    columns.push_back({i, name, field.name + ".name", {head.zh + "姓名", head.en + gap + "name"}});
    columns.push_back({i,
                       identity_number,
                       field.name + ".identity_number",
                       {head.zh + "身份证号", head.en + gap + "identity number"}});
  }
  return columns;
}

Problems Batch::Parts::read_cells(std::span<const std::string_view* const> cells, bool defaults, Record& record) {
  Problems problems;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    const CellColumn& column = columns[i];
    const Field& field = of.fields[column.field];
    if (!cells[i]) continue;
    std::string text = field.type == FieldType::long_text ? std::string(*cells[i]) : tidy(*cells[i]);
    if (text.empty() && defaults) text = field.default_text;
    Result<Stored> value;
    if (column.part == CellColumn::Part::name) {
      const std::string number = i + 1 < cells.size() && cells[i + 1] ? tidy(*cells[i + 1]) : "";
      value = read_person(field, text, number);
      ++i;  // the number's own column
    } else if (column.part == CellColumn::Part::identity_number) {
      value = read_person(field, "", text);
    } else {
      value = read_value(field, column.field, text);
    }
    if (value)
      record.values[column.field] = std::move(*value);
    else
      append(problems, std::move(value.error()));
  }
  return problems;
}

Problems Batch::Parts::read_given(const Cells& cells, Record& record) {
  std::vector<std::string_view> views(columns.size());
  std::vector<const std::string_view*> given(columns.size(), nullptr);
  for (std::size_t i = 0; i < columns.size(); ++i) {
    const auto cell = cells.find(columns[i].key);
    if (cell == cells.end()) continue;
    views[i] = cell->second;
    given[i] = &views[i];
  }
  return read_cells(given, false, record);
}

Problems Batch::Parts::unknown_cells(const Cells& cells) const {
  Problems problems;
  for (const auto& [name, text] : cells)
    if (std::ranges::find(columns, name, &CellColumn::key) == columns.end())
      problems.push_back({"record.no_such_field",
                          {.field = name},
                          {"“" + of.title.zh + "”没有可填写的字段“" + name + "”。",
                           "“" + of.title.en + "” has no field “" + name + "” to fill in."}});
  return problems;
}

Result<Stored> Batch::Parts::read_value(const Field& field, std::size_t place, const std::string& text) {
  if (text.empty()) return Stored();
  if (place == state_place) {
    if (auto code = state_code(*of.flow, text)) return std::move(*code);
    return std::unexpected(Problems{
        problem_at(field, "field.choice", "流程中没有状态“" + text + "”。", "The flow has no state “" + text + "”.")});
  }
  if (is_link(field)) {
    auto id = links.find(field, text);
    return id ? Result<Stored>(*id) : std::unexpected(std::move(id.error()));
  }
  return read_cell(field, codes[place], text);
}

Result<Stored> Batch::Parts::read_person(const Field& field, const std::string& name, const std::string& number) {
  if (name.empty() && number.empty()) return Stored();
  if (name.empty() || number.empty())
    return std::unexpected(Problems{problem_at(field, "field.required", "姓名和身份证号必须同时填写。",
                                               "Name and identity number must both be given.")});
  const auto refuse = [&](Problems problems) -> Result<Stored> {
    for (Problem& problem : problems) problem.place.field = field.name;
    return std::unexpected(std::move(problems));
  };
  const auto parsed = IdentityNumber::parse(number);
  if (!parsed) return refuse(parsed.error());
  const auto found = field.type == FieldType::person ? people.find_or_create_person(name, *parsed)
                                                     : people.find_or_create_household(name, *parsed);
  return found ? Result<Stored>(*found) : refuse(found.error());
}

Problems Batch::Parts::complete(Record& record) {
  const std::optional<Record>& before = predecessor_of(record).record;
  if (before) {
    record.id = before->id;  // whose sub-tables it computes with
    for (std::size_t i = 0; i < columns.size(); ++i)
      if (!has_column(i)) record.values[columns[i].field] = before->values[columns[i].field];
    for (std::size_t i = 0; rules.keeps_filled && i < record.values.size(); ++i)
      if (!is_absent(before->values[i])) record.values[i] = before->values[i];
  }
  Problems problems;
  if (!before && !rules.has_column.empty()) {
    const std::string_view nothing;
    std::vector<const std::string_view*> others(columns.size(), nullptr);
    for (std::size_t i = 0; i < columns.size(); ++i)
      if (!has_column(i)) others[i] = &nothing;
    problems = read_cells(others, true, record);
  }
  if (state_place && is_absent(record.values[*state_place]))
    record.values[*state_place] = before ? before->values[*state_place] : Stored(of.flow->start);
  return problems;
}

void Batch::Parts::compute(Record& record) {
  expressions.compute(
      of, record, [this](const Field& link, Id id) { return links.follow(link, id); },
      [&](const Register& parts) { return rows_of(parts, record.id, transaction, engine.layouts); });
}

Problems Batch::Parts::decide(Record& record) {
  const auto plan = engine.decisions.plans.find(of.name);
  if (plan == engine.decisions.plans.end()) return {};
  const auto lacks = [&](const Field& field) {
    return field.required && is_absent(record.values[of.place(field.name)]);
  };
  if (std::ranges::any_of(of.fields, lacks)) return {};  // which is said elsewhere
  people.flush();
  auto decided = decide_record(transaction, engine.decisions, of, record, engine.clock);
  return decided ? Problems{} : std::move(decided.error());
}

Problems Batch::Parts::validate(Record& record, Problems unread) {
  compute(record);
  const bool whole = unread.empty();
  Problems problems = std::move(unread);
  for (std::size_t i = 0; i < of.fields.size(); ++i) {
    const Field& field = of.fields[i];
    const bool is_named = std::ranges::any_of(problems, [&](const Problem& p) { return p.place.field == field.name; });
    if (field.required && is_absent(record.values[i]) && !is_named)
      problems.push_back(problem_at(field, "field.required", "必须填写。", "It must be filled in."));
  }
  append(problems,
         expressions.refusals(of, record, whole, [this](const Field& link, Id id) { return links.follow(link, id); }));
  return problems;
}

Result<Record> Batch::read(std::span<const std::string_view> cells) {
  Record record{.values = std::vector<Stored>(parts_->of.fields.size())};
  std::vector<const std::string_view*> given;
  for (std::size_t i = 0; i < cells.size(); ++i) given.push_back(parts_->has_column(i) ? &cells[i] : nullptr);
  Problems unread = parts_->read_cells(given, true, record);
  if (unread.empty()) unread = parts_->complete(record);
  if (unread.empty()) unread = parts_->decide(record);
  Problems problems = parts_->validate(record, std::move(unread));
  if (!problems.empty()) return std::unexpected(std::move(problems));
  return record;
}

}  // namespace zhijia::registers
