#pragma once

#include <string>
#include <unordered_map>
#include <vector>

#include "records/table.hpp"

namespace zhijia::registers {

/// Finds records by the values of some fields: by a key, or by what must be unique. What the batch itself wrote is
/// remembered, since a bulk write may not show it to queries yet; the table is asked only when it held rows before.
class Matcher {
 public:
  Matcher(const Table& table, const std::vector<std::string>& names, bool had_rows);

  /// At most two ids; none when a value is missing.
  std::vector<Id> find(store::Reader& reader, const Record& record) const;
  bool was_written(const Record& record) const { return written_.contains(signature(record)); }
  void note_written(const Record& record);

  const Field& first_field() const { return table_.of.fields[fields_.front()]; }
  /// The values as one text; empty when one is missing.
  std::string signature(const Record& record) const;
  /// Titles of the fields in both languages, for messages.
  Title titles() const;

 private:
  const Table& table_;
  const bool had_rows_;
  std::vector<std::size_t> fields_;
  std::unordered_map<std::string, Id> written_;
};

}  // namespace zhijia::registers
