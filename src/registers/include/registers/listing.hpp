#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "registers/engine.hpp"
#include "registers/permission.hpp"

namespace zhijia::registers {

/// Which records of a register, in which order, from where on.
struct ListQuery {
  std::string where;  ///< FEEL over the register's fields; empty for all
  std::string text;   ///< what a text field or a person's name contains, or a whole identity number; empty for all
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
  std::optional<std::int64_t> as_of;  ///< as the records stood at this position of the change log
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
/// one that has no order: a link or a secret), list.after (no place of this list), list.limit.
/// Cost: one pass over the register's rows, unless they are asked for in the order of their ids.
Result<ListPage> list(store::Reader& reader, const Registers& registers, const Register& of, const ListQuery& query);

}  // namespace zhijia::registers
