#include "placeholders.hpp"

#include <algorithm>
#include <charconv>

namespace zhijia::store {

NumberedSql numbered_placeholders(std::string_view sql) {
  NumberedSql numbered;
  char quote = 0;
  for (std::size_t i = 0; i < sql.size(); ++i) {
    const char c = sql[i];
    if (quote != 0) {
      if (c == quote) quote = 0;
    } else if (c == '\'' || c == '"') {
      quote = c;
    } else if (c == '?') {
      std::size_t number = numbered.count + 1;
      const auto end = std::from_chars(sql.data() + i + 1, sql.data() + sql.size(), number).ptr;
      numbered.count = std::max(numbered.count, number);
      numbered.sql += '$' + std::to_string(number);
      i = static_cast<std::size_t>(end - sql.data()) - 1;
      continue;
    }
    numbered.sql += c;
  }
  return numbered;
}

}  // namespace zhijia::store
