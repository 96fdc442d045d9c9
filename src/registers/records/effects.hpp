#pragma once

#include <map>
#include <string>
#include <vector>

#include "feel/feel.hpp"
#include "records/links.hpp"

namespace zhijia::registers {

/// What the steps of one register write besides the state (Step::settings, Step::ranking), its expressions parsed.
class Effects {
 public:
  /// Problems: pack.expression, naming the step.
  static Result<Effects> parse(const Catalogue& catalogue, const Register& of, const Clock& clock);

  /// What the setting writes, as the field `target` holds it. A field alone is copied as it is; an expression sees links
  /// as the records behind them, and the register's sub-tables, by their names, as lists of contexts.
  Stored value_of(const Setting& setting, const Field& target, const Register& of, const Record& record, Links& links,
                  store::Reader& reader, const access::Vault& vault) const;

 private:
  const Clock* clock_ = nullptr;
  std::vector<const Register*> tables_;
  std::map<const Setting*, feel::Expression> settings_;
};

}  // namespace zhijia::registers
