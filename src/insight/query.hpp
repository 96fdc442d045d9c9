#pragma once

#include <string>
#include <variant>
#include <vector>

#include "insight/insight.hpp"

namespace zhijia::insight {

/// The rows that an indicator counts, as the part of a query from FROM on.
struct Selection {
  std::string from;   ///< "FROM … AS t LEFT JOIN … WHERE …"
  std::string value;  ///< what each row brings: a column of t, or 1
  int scale = 0;
  std::vector<std::variant<std::int64_t, std::string>> parameters;
};

Result<Selection> select_rows(const registers::Catalogue& catalogue, const registers::Indicator& indicator,
                              const View& view);

/// Runs the query with the selection's parameters, then `more`.
store::Rows run(store::Reader& reader, const std::string& sql, const Selection& selection,
                std::vector<std::int64_t> more = {});

}  // namespace zhijia::insight
