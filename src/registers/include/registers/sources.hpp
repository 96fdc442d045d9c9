#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "feel/sql.hpp"
#include "registers/pack.hpp"

namespace zhijia::registers {

/// What a query over a register reads FROM: the register's table as `t`, and one LEFT JOIN for each reference that a
/// name follows. Filters of lists and of indicators resolve their names here.
class Sources {
 public:
  /// With `as_of`, every table as it stood at that position of the change log. `root` is what is read instead of the
  /// register's table: a sub-select with some of its columns; `alias` names it and begins the joins' names.
  Sources(const Catalogue& catalogue, const Register& of, std::optional<std::int64_t> as_of, std::string root = {},
          std::string alias = "t");

  /// Follows a path such as {"programme", "season"} through references. Nothing where a step of it is no field, is
  /// sealed, or leads to a person: there is nothing there to compare with.
  std::optional<feel::SqlName> resolve(const std::vector<std::string_view>& path);

  /// The fields that resolve() has followed or ended at, each of its register.
  const std::vector<std::pair<const Register*, const Field*>>& used() const { return used_; }

  /// That the person of a `person` field, or the head of a `household` field, is one for whom `condition` holds (in
  /// columns of the table of persons). A set of ids, found once by the persons' own index: not a join row by row.
  std::string of_persons(const Field& field, const std::string& condition) const;

  /// "table AS t LEFT JOIN …", to follow FROM.
  const std::string& sql() const { return joins_; }

 private:
  std::string table(std::string_view name, const std::vector<std::string>& columns) const;
  std::string table(const Register& of) const;
  std::string join(const std::string& from, const std::string& column, const std::string& table);

  const Catalogue& catalogue_;
  const Register& of_;
  const std::optional<std::int64_t> as_of_;
  const std::string alias_;
  std::string joins_;
  std::map<std::string, std::string> aliases_;
  std::vector<std::pair<const Register*, const Field*>> used_;
};

/// The field's column in the table `alias`, for expressions.
feel::SqlName sql_name(const Field& field, const std::string& alias);

}  // namespace zhijia::registers
