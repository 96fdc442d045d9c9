#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "feel/feel.hpp"
#include "registers/engine.hpp"

namespace zhijia::registers {

/// A limit as one register has part in it, its expressions read and compiled.
struct LimitUse {
  /// What the records of one register come to, as SQL: everything but the values of the group, which follow.
  struct Total {
    std::string sql;
    std::vector<std::variant<std::int64_t, std::string>> parameters;
  };
  const Limit* limit = nullptr;
  const Limit::Part* part = nullptr;
  std::string name;  ///< the same for all who have part in it
  feel::Expression where, at_most;
  std::vector<Total> totals;  ///< of all parts of the limit
};

/// By register. Problems: pack.expression, for what cannot be read or be compiled to SQL.
Result<std::map<std::string, std::vector<LimitUse>, std::less<>>> read_limits(const Catalogue& catalogue);

/// Holds the records written to the limits. A group's total is asked of the database once a batch and kept from then
/// on.
class Limits {
 public:
  using Evaluate = std::function<feel::Value(const feel::Expression&, const Record&)>;

  Limits(const Register& of, const std::vector<LimitUse>* uses, store::Transaction& transaction)
      : of_(of), uses_(uses), transaction_(transaction) {}

  /// What the record, about to be stored in the place of `before` (null: a new one), would exceed. Problems:
  /// record.limit.
  Problems exceeded(const Record& record, const Record* before, const Evaluate& evaluate);

 private:
  /// The values of the group as parameters; nothing when one is missing.
  std::optional<std::vector<Stored>> group_of(const LimitUse& use, const Record& record) const;
  std::int64_t counted(const LimitUse& use, const Record& record, const Evaluate& evaluate) const;
  std::int64_t& total(const LimitUse& use, const std::vector<Stored>& group);

  const Register& of_;
  const std::vector<LimitUse>* uses_;
  store::Transaction& transaction_;
  std::unordered_map<std::string, std::int64_t> totals_;  // by limit and group
};

}  // namespace zhijia::registers
