#pragma once

#include "store/schema.hpp"

namespace zhijia::http {

/// Lists as somebody likes to see them, by register and name: what filters, sorts and stands in columns.
store::TableSchema view_schema();

}  // namespace zhijia::http
