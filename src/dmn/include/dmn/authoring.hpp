#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/problem.hpp"

/// Decision tables as their authors write them: texts, nothing evaluated. They go to a sheet and come back from it.
///
///     auto tables = tables_of(xml);
///     auto grid = grid_of(tables->front());      // a sheet's rows; staff edit them
///     auto edited = table_of(grid, "Rates.xlsx", "Sheet1");
///     auto changed = with_table(xml, *edited);   // the model with that table instead
namespace zhijia::dmn {

struct TableText {
  enum class Use { input, output, note };
  struct Column {
    Use use = Use::input;
    std::string label;
    std::string expression;  ///< of an input; of an output and a note its name
    std::string type;
    std::string allowed;   ///< the values that an input may have, or an output, best first
    std::string fallback;  ///< of an output: what it is when no row matches
    bool operator==(const Column&) const = default;
  };
  std::string name;             ///< of the decision or knowledge model; a second table within it is "NAME #2"
  std::string hit_policy;       ///< "UNIQUE", "COLLECT SUM" …
  std::vector<Column> columns;  ///< inputs, then outputs, then notes
  std::vector<std::vector<std::string>> rules;  ///< one text a column
  bool operator==(const TableText&) const = default;
};

/// Every decision table of a model, in its order. Problems: as load() for a text that is no model.
Result<std::vector<TableText>> tables_of(std::string_view xml);

/// The model with the table of that name as given; every byte outside the table stays as it is, and within it rules and
/// columns that did not change keep their identifiers. A table that did not change changes no byte.
/// Problems: "table.unknown" (with the names there are), "table.prepared" (the model is not in UTF-8).
Result<std::string> with_table(std::string_view xml, const TableText& table);

/// A sheet of texts, row by row.
using Grid = std::vector<std::vector<std::string>>;

/// Rows: name and hit policy; use, label, expression, type, allowed values and default of each column; then the rules,
/// numbered in the first column. An output that is
/// left empty is written as the null that it gives.
Grid grid_of(const TableText& table);

/// Reads such a sheet, however it was edited: rules may be added, moved and removed, and columns too. Typed dates and
/// truth values become FEEL. Faults name the cell of `sheet`: "table.head", "table.hit_policy", "table.use",
/// "table.column", "table.cell", "table.punctuation".
Result<TableText> table_of(const Grid& grid, std::string_view file, std::string_view sheet);

/// The first cell that holds a text that begins so, "C9": where the fault of an expression stands. Empty: none.
std::string cell_of(const Grid& grid, std::string_view beginning);

}  // namespace zhijia::dmn
