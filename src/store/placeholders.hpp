#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace zhijia::store {

struct NumberedSql {
  std::string sql;
  std::size_t count = 0;  ///< of values to be bound
};

/// Our ? and ?1 as PostgreSQL's $1; what stands in quotes is left alone. A bare ? takes the number after the largest
/// yet.
NumberedSql numbered_placeholders(std::string_view sql);

}  // namespace zhijia::store
