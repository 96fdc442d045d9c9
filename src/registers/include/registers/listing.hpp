#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "registers/engine.hpp"
#include "registers/permission.hpp"

namespace zhijia::registers {

/// Which records of a register, in which order, from where on.
struct ListQuery {
  std::string where;   ///< FEEL over the register's fields; empty for all
  std::string text;    ///< what a text field or a person's name contains, or a whole identity number; empty for all
  std::string linked;  ///< a link field whose record is to be one of `ids`; empty: no such condition
  std::vector<Id> ids;
  /// Only the records that the change log says were written from one position to another, as an import writes them.
  std::optional<std::pair<std::int64_t, std::int64_t>> written;
  struct Sort {
    std::string field;
    bool is_descending = false;
  };
  std::vector<Sort> sort;             ///< then by id; records without a value come last
  std::string after;                  ///< ListPage::next of the page before; empty for the first page
  std::size_t limit = 50;             ///< at most list_limit_max
  bool counts_total = false;          ///< whether all that match are counted
  Reach reach = Reach::everything();  ///< which records may be seen at all
  std::optional<Id> part_of;          ///< of a sub-table: the parts of this record
  std::optional<Id> only;             ///< this record, when it is among them
  /// Of who asks; then `reach` is theirs, less those that do not see in clear what is filtered or sorted by: nobody
  /// finds out by asking what he may not read. Null: whoever asks sees all but secrets.
  const std::vector<access::Grant>* grants = nullptr;
  Operation operation = Operation::read;  ///< what the grants must reach a record for: a shared register is read whole
  std::optional<std::int64_t> as_of;      ///< as the records stood at this position of the change log
};

/// "-amount,code" as ListQuery has it.
std::vector<ListQuery::Sort> parse_sort(std::string_view text);

constexpr std::size_t list_limit_max = 1'000;

struct ListPage {
  std::vector<Record> records;
  std::string next;  ///< where the next page begins; empty after the last record
  std::optional<std::int64_t> total;
};

/// A page of records. Pages are found by the last record seen, so that a page costs the same wherever it lies and a
/// record added meanwhile shifts nothing. Problems: those of FEEL (place.field "where"), list.sort (no such field, or
/// one that has no order: a link or a secret), list.hidden (nothing that the asker sees in clear), list.after (no place
/// of this list), list.limit, list.linked (no link of the register). Cost: one pass over the register's rows, unless
/// they are asked for in the order of their ids.
Result<ListPage> list(store::Reader& reader, const Registers& registers, const Register& of, const ListQuery& query);

/// The records that a list would hold, put together by a field.
struct GroupQuery {
  ListQuery list;   ///< its filter, text, reach and as_of
  std::string by;   ///< a field, or one that links lead to: "organisation.region"; days are put together by month
  std::string sum;  ///< a field of money, a decimal or an integer to be added up; empty: none
};

struct Group {
  Stored value;  ///< of the field; "2020-01" for a month; nothing where the field is empty
  std::int64_t records = 0;
  std::int64_t sum = 0;  ///< in the field's unit: fen, or times 10^scale
};

constexpr std::size_t groups_max = 500;

/// How many records fall to each value, most first; at most groups_max. Problems: those of list, and list.group (the
/// field is not there, or is secret), list.sum (nothing that can be added up).
/// Cost: one pass over the register's rows.
Result<std::vector<Group>> group(store::Reader& reader, const Registers& registers, const Register& of,
                                 const GroupQuery& query);

/// Takes a record; false when no more are wanted.
using RecordSink = std::function<bool(const Record&)>;

/// All records of a list, whatever its `after` and `limit`, one by one as they are read: memory does not grow with
/// them. Problems: as list().
Result<void> each(store::Reader& reader, const Registers& registers, const Register& of, const ListQuery& query,
                  const RecordSink& sink);

}  // namespace zhijia::registers
