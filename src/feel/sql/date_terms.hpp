#pragma once

#include <optional>

#include "feel/ast.hpp"

namespace zhijia::feel {

/// A comparison of a day moved by a constant, or of its distance from a constant day, said of the bare day instead.
/// SQLite and PostgreSQL do not agree on what a month after 31 January is; FEEL's answer is worked out here once.
struct DateTerm {
  const Node* day;
  Node::Operator op;
  Date from;    ///< the first day that gives at least the limit
  Date behind;  ///< the first day that gives more than the limit
};

/// Of `day ± duration op date`, `day - date op duration`, `date - day op duration` and their mirror images;
/// std::nullopt for anything else, and where a day would leave the years 1 to 9999.
std::optional<DateTerm> date_term_of(const Node& comparison);

}  // namespace zhijia::feel
