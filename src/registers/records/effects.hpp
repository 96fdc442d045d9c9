#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "feel/feel.hpp"
#include "records/links.hpp"

namespace zhijia::registers {

/// What the steps of one register write besides the state (Step::settings, Step::ranking, Step::addition), its
/// expressions parsed.
class Effects {
 public:
  /// Problems: pack.expression, naming the step.
  static Result<Effects> parse(const Catalogue& catalogue, const Register& of, const Clock& clock);

  /// What the setting writes, as the field `target` holds it. A field alone is copied as it is; an expression sees
  /// links as the records behind them, and the register's sub-tables, by their names, as lists of contexts.
  Stored value_of(const Setting& setting, const Field& target, const Register& of, const Record& record, Links& links,
                  store::Reader& reader, const Layouts& layouts) const;
  /// Whether it looks into a sub-table, which a new record has no rows of yet.
  bool looks_into_parts(const Setting& setting) const { return of_parts_.contains(&setting); }

  /// The fields of the row that the step adds to the parts of `owner`, a record of these rows' register; nothing when
  /// it adds none.
  using Row = std::vector<std::pair<const Field*, Stored>>;
  std::optional<Row> row_of(const Addition& addition, const Register& rows, Id owner, const Register& of,
                            const Record& record, Links& links, store::Reader& reader, const Layouts& layouts) const;

 private:
  std::vector<feel::Value> seen_by(const Register& of, const Record& record, Links& links, store::Reader& reader,
                                   const Layouts& layouts) const;

  const Clock* clock_ = nullptr;
  std::vector<const Register*> tables_;
  std::map<const Setting*, feel::Expression> settings_;
  std::set<const Setting*> of_parts_;
};

}  // namespace zhijia::registers
