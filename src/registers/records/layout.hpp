#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "records/table.hpp"

namespace zhijia::registers {

/// What is known of a register from its pack alone, worked out once: a record is read or written in less time than this
/// takes.
struct Layout {
  Layout(const Catalogue& catalogue, const Register& of, const access::Vault& vault);

  const Table table;
  const std::vector<CellColumn> columns;
  const std::vector<const CodeList*> codes;      ///< by field; null where it has none
  const std::optional<std::size_t> state_place;  ///< of a register with a flow
};

/// By register.
using Layouts = std::map<std::string, Layout, std::less<>>;

}  // namespace zhijia::registers
