#include "records/closure.hpp"

namespace zhijia::registers {

Result<void> place_union(store::Transaction& transaction, Id union_id, std::optional<Id> parent) {
  const bool is_new = transaction.execute(
                          "INSERT INTO organisation_closure (ancestor, descendant) VALUES (?1, ?1) "
                          "ON CONFLICT (ancestor, descendant) DO NOTHING",
                          union_id) == 1;
  if (parent &&
      transaction.query("SELECT 1 FROM organisation_closure WHERE ancestor = ? AND descendant = ?", union_id, *parent)
          .next())
    return fail("union.circle", "上级工会不能是本工会或其下级，请更正上级工会。",
                "The parent lies under this union itself; correct the parent.", {.field = "parent"});
  if (!is_new)
    transaction.execute(
        "DELETE FROM organisation_closure WHERE descendant IN "
        "(SELECT descendant FROM organisation_closure WHERE ancestor = ?1) AND ancestor NOT IN "
        "(SELECT descendant FROM organisation_closure WHERE ancestor = ?1)",
        union_id);
  if (parent)
    transaction.execute(
        "INSERT INTO organisation_closure (ancestor, descendant) SELECT above.ancestor, below.descendant "
        "FROM organisation_closure above CROSS JOIN organisation_closure below "
        "WHERE above.descendant = ?1 AND below.ancestor = ?2",
        *parent, union_id);
  return {};
}

}  // namespace zhijia::registers
