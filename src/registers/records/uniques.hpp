#pragma once

#include <string>
#include <unordered_map>

#include "records/matcher.hpp"

namespace zhijia::registers {

/// One rule of `unique`, held for what one batch writes.
class UniqueRule {
 public:
  UniqueRule(const Table& table, Unique rule, bool had_rows);

  /// Whether another record has the same. `before` is what the record was (null: a new one): what it had already is not
  /// asked anew, so that a record from before the rule can still be put right.
  bool is_broken_by(store::Reader& reader, const Record& record, const Record* before);
  void note_written(const Record& record, const Record* before);

  /// What is to be said where it is broken.
  Problem problem() const;

 private:
  bool covers(const Record& record) const;
  bool holds_alike(const Record& one, const Record& other) const;

  const Unique rule_;
  const std::size_t state_place_;  // of a rule for some states
  Matcher matcher_;
  std::size_t asked_ = 0;
  std::unordered_map<std::string, Id> freed_;  // what a record no longer has: a rehearsal shows it to no query
};

}  // namespace zhijia::registers
