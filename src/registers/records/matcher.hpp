#pragma once

#include <boost/unordered/unordered_flat_map.hpp>
#include <memory>
#include <memory_resource>
#include <optional>
#include <string>
#include <vector>

#include "records/table.hpp"

namespace zhijia::registers {

/// Finds records by the values of some fields: by a key, or by what must be unique. What the batch itself wrote is
/// remembered, since a bulk write may not show it to queries yet; the table is asked only when it held rows before.
class Matcher {
 public:
  /// `condition` (SQL) narrows the stored records; empty for all.
  Matcher(const Table& table, const std::vector<std::string>& names, bool had_rows, std::string condition = {});

  /// At most two ids; none when a value is missing.
  std::vector<Id> find(store::Reader& reader, const Record& record) const {
    return find(reader, record, signature(record));
  }
  std::vector<Id> find(store::Reader& reader, const Record& record, std::string_view signature) const;
  /// What the table held before the batch.
  std::vector<Id> find_stored(store::Reader& reader, const Record& record) const;
  /// What the batch itself wrote.
  std::optional<Id> written(std::string_view signature) const;
  void note_written(const Record& record);
  /// From now on all that is stored is remembered, and the table asked no more. Sealed values are not: they have more
  /// than one fingerprint while keys are changed.
  void read_all(store::Reader& reader);

  const Field& first_field() const { return table_.of.fields[fields_.front()]; }
  /// The values in one, which no others have; empty when one is missing.
  std::string signature(const Record& record) const;
  /// Titles of the fields in both languages, for messages.
  Title titles() const;

 private:
  const Table& table_;
  const std::string condition_;
  bool had_rows_;
  std::vector<std::size_t> fields_;
  // A batch of a million rows has as many: flat, and their bytes side by side, they take half the memory and time.
  boost::unordered_flat_map<std::string_view, Id> written_;
  std::unique_ptr<std::pmr::monotonic_buffer_resource> signatures_;
};

}  // namespace zhijia::registers
