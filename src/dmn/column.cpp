#include "dmn/column.hpp"

#include <algorithm>
#include <utility>

namespace zhijia::dmn {

using feel::Value;

namespace {

void put_integers(Column& column, std::vector<std::int64_t> integers) {
  if (std::ranges::all_of(integers, [](std::int64_t integer) { return std::in_range<std::int32_t>(integer); }))
    column.small.assign(integers.begin(), integers.end());
  else
    column.integers = std::move(integers);
}

}  // namespace

Column Column::of_numbers(std::vector<std::int64_t> coefficients, int scale) {
  Column column;
  column.form = Form::numbers;
  put_integers(column, std::move(coefficients));
  column.scale = scale;
  return column;
}

Column Column::of_dates(std::vector<std::int64_t> days) {
  Column column;
  column.form = Form::dates;
  put_integers(column, std::move(days));
  return column;
}

Column Column::of_booleans(std::vector<std::uint8_t> truths) {
  Column column;
  column.form = Form::booleans;
  column.truths = std::move(truths);
  return column;
}

Column Column::of_codes(std::vector<std::uint32_t> codes, feel::Values dictionary) {
  Column column;
  column.form = Form::coded;
  column.codes = std::move(codes);
  column.values = std::move(dictionary);
  return column;
}

Column Column::of_parts(std::vector<std::pair<std::string, Column>> parts) {
  Column column;
  column.form = Form::parts;
  column.parts = std::move(parts);
  return column;
}

std::size_t Column::size() const {
  switch (form) {
    case Form::values:
      return values.size();
    case Form::numbers:
    case Form::dates:
      return std::max(integers.size(), small.size());
    case Form::booleans:
      return truths.size();
    case Form::coded:
      return codes.size();
    case Form::parts: {
      std::size_t size = 1;
      for (const auto& [name, part] : parts) size = std::max(size, part.size());
      return size;
    }
  }
  return 0;
}

Value Column::at(std::size_t place) const {
  if (form == Form::parts) {
    std::vector<std::pair<std::string, Value>> entries;
    for (const auto& [name, part] : parts) entries.emplace_back(name, part.at(place));
    return Value::context(std::move(entries));
  }
  if (size() == 1) place = 0;
  if (!missing.empty() && missing[place] != 0) return {};
  switch (form) {
    case Form::numbers:
      return feel::Number::scaled(integer(place), -scale);
    case Form::dates:
      return feel::Date{integer(place)};
    case Form::booleans:
      return truths[place] != 0;
    case Form::coded:
      return values[codes[place]];
    default:
      return values[place];
  }
}

bool Column::covers(std::size_t cases) const {
  if (form == Form::parts)
    return std::ranges::all_of(parts, [&](const auto& part) { return part.second.covers(cases); });
  constexpr int scale_max = 18;
  const bool fits = (size() == 1 || size() == cases) && (missing.empty() || missing.size() == size());
  if (form == Form::numbers) return fits && scale >= 0 && scale <= scale_max;
  return fits &&
         (form != Form::coded || std::ranges::all_of(codes, [&](std::uint32_t code) { return code < values.size(); }));
}

}  // namespace zhijia::dmn
