#include "dmn/column.hpp"

#include <algorithm>
#include <utility>

namespace zhijia::dmn {

using feel::Value;

Column Column::of_numbers(std::vector<std::int64_t> coefficients, int scale) {
  Column column;
  column.form = Form::numbers;
  column.integers = Packed(std::move(coefficients));
  column.scale = scale;
  return column;
}

Column Column::of_dates(std::vector<std::int64_t> days) {
  Column column;
  column.form = Form::dates;
  column.integers = Packed(std::move(days));
  return column;
}

Column Column::of_booleans(std::vector<std::uint8_t> truths) {
  Column column;
  column.form = Form::booleans;
  column.truths = std::move(truths);
  return column;
}

Column Column::of_codes(Packed codes, feel::Values dictionary) {
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
      return integers.size();
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
      return feel::Number::scaled(integers[place], -scale);
    case Form::dates:
      return feel::Date{integers[place]};
    case Form::booleans:
      return truths[place] != 0;
    case Form::coded:
      return values[static_cast<std::size_t>(codes[place])];
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
  if (!fits || form != Form::coded) return fits;
  return codes.visit([&](const auto& cells) {
    return std::ranges::all_of(cells, [&](auto code) { return std::cmp_less(code, values.size()) && code >= 0; });
  });
}

}  // namespace zhijia::dmn
