#pragma once

#include <optional>
#include <string>
#include <vector>

#include "access/vault.hpp"
#include "records/flow.hpp"
#include "registers/columns.hpp"
#include "registers/engine.hpp"

namespace zhijia::registers {

/// A register's table: its rows as records, sealed on the way in and opened on the way out.
class Table {
 public:
  Table(const Register& of, const access::Vault& vault);

  std::optional<Record> load(store::Reader& reader, Id id) const;
  /// The columns that record_of() reads, in its order: to follow SELECT, each of the table `alias`.
  std::string columns(std::string_view alias) const;
  Record record_of(const store::Rows& rows) const;
  store::Inserter& inserter(store::Transaction& transaction) const;
  void insert(store::Inserter& inserter, const Record& record) const;
  /// The stored version moves to the history.
  void update(store::Transaction& transaction, const Record& record) const;
  /// It moves to the history, and its removal is logged. @return the position of that
  std::int64_t remove(store::Transaction& transaction, const Record& before, const Actor& actor) const;
  /// What the record was until that position replaced or removed it.
  std::optional<Record> load_before(store::Reader& reader, Id id, std::int64_t position) const;

  /// Ids of at most two records whose fields (places) equal the values; for a sealed field the clear ones. Of those
  /// that meet the condition (SQL), where there is one.
  std::vector<Id> find(store::Reader& reader, const std::vector<std::size_t>& fields, const std::vector<Stored>& values,
                       const std::string& condition = {}) const;

  /// The change-log body: the values, or with `before` those that differ as [old, new]. Sealed ones as fingerprints.
  /// A step's reason and whom it was taken for stand in it as #reason and #for, which are no names of fields.
  std::string log_body(const Record& record, const Record* before, const Taken& taken = {}) const;

  bool has_rows(store::Reader& reader) const;

  const Register& of;

 private:
  struct Row;
  Row bind(const Record& record) const;

  const access::Vault& vault_;
  const store::TableSchema schema_;
  std::vector<std::string> columns_;
  std::string load_sql_, load_before_sql_, update_sql_, archive_sql_, remove_sql_;
};

}  // namespace zhijia::registers
