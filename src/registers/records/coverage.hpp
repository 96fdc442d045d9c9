#pragma once

#include <map>
#include <optional>
#include <string>
#include <unordered_map>

#include "registers/permission.hpp"

namespace zhijia::registers {

/// Whether records lie within a reach, told from their values before they are stored: the rule of covers(), for rows
/// that no query sees yet. Remembers what it looked up.
class Coverage {
 public:
  Coverage(store::Reader& reader, const Catalogue& catalogue, const Register& of, Reach reach);

  /// With `at`, whether the union in that field does: see Step::at.
  bool covers(const Record& record, std::string_view at = {});
  /// A union that was just written may have others below it in the same batch.
  void note_written(const Record& record);

 private:
  bool covers_union(const Record& record);
  bool covers_value(const Field& place, const Record& record);
  bool lies_below(const Record& record);
  /// Whether the stored record of a register lies within it.
  bool covers_stored(const Register& of, Id id, const Reach& reach, std::unordered_map<Id, bool>& known);
  const Stored* value_of(const Record& record, std::string_view field) const;

  store::Reader& reader_;
  const Catalogue& catalogue_;
  const Register& of_;
  const Reach reach_, below_;         // all of it, and the part that what lies below a union lies in too
  const Field* place_ = nullptr;      // the field that tells where a record lies; null: it lies nowhere
  const Register* target_ = nullptr;  // what that field leads to
  std::unordered_map<Id, bool> places_, parents_;
};

/// What the grants of one account allow to records about to be written.
class Permits {
 public:
  Permits(store::Reader& reader, const Catalogue& catalogue, const Register& of, std::vector<access::Grant> grants);

  bool may_create(const Record& record) { return create_.covers(record); }
  bool may_change(const Record& record) { return change_.covers(record); }
  std::vector<std::string> roles_over(const Record& record);
  bool has_role(const std::string& role, const Record& record, std::string_view at = {});
  void note_written(const Record& record);

 private:
  store::Reader& reader_;
  const Catalogue& catalogue_;
  const Register& of_;
  const std::vector<access::Grant> grants_;
  Coverage create_, change_;
  std::map<std::string, Coverage> roles_;
};

}  // namespace zhijia::registers
