#include "registers/audit.hpp"

#include "audit/logged_table.hpp"
#include "ledger/ledger.hpp"

namespace zhijia::registers {

namespace {

/// Each step's actor and place are those of the entry that it was taken with.
void compare_steps(store::Reader& reader, Findings& findings) {
  auto rows = reader.query(
      "SELECT f.register, f.record, f.step, c.position IS NOT NULL AND (c.kind NOT LIKE 'step:%' OR c.kind = 'step:' || "
      "f.step) FROM flow_history f LEFT JOIN change_log c ON c.position = f.position AND c.register = f.register AND "
      "c.record = f.record AND c.actor = f.actor");
  while (rows.next()) {
    ++findings.audit().rows;
    if (rows.integer(3) == 0)
      findings.add("audit.step", std::string(rows.text(0)) + "/" + std::to_string(rows.integer(1)),
                   std::string(rows.text(2)), "办理步骤的记载与日志不符", "who took this step is not what the log says");
  }
}

/// Which union lies under which, worked out again from their parents.
void compare_closure(store::Reader& reader, const Catalogue& catalogue, Findings& findings) {
  const Register* of = catalogue.find_register("union");
  if (!of || !of->field("parent")) return;
  auto rows = reader.query(
      "WITH RECURSIVE up (descendant, ancestor) AS (SELECT id, id FROM \"union\" UNION SELECT up.descendant, u.parent "
      "FROM up JOIN \"union\" u ON u.id = up.ancestor WHERE u.parent IS NOT NULL), "
      "kept AS (SELECT descendant, ancestor FROM organisation_closure), "
      "wrong AS (SELECT * FROM (SELECT * FROM up EXCEPT SELECT * FROM kept) m "
      "UNION SELECT * FROM (SELECT * FROM kept EXCEPT SELECT * FROM up) n) "
      "SELECT descendant, ancestor FROM wrong ORDER BY descendant, ancestor LIMIT 100");
  while (rows.next())
    findings.add("audit.closure", "union/" + std::to_string(rows.integer(0)), "", "工会隶属关系表与上级工会不符",
                 "which unions lie above this one is not what their parents say");
}

void compare_postings(store::Reader& reader, Findings& findings) {
  findings.audit().rows += ledger::compare_with_log(reader, [&](Id posting, std::string_view what) {
    findings.add("audit.posting", "posting/" + std::to_string(posting), std::string(what), "凭证与日志不符",
                 "the posting is not what the log says");
  });
}

}  // namespace

Audit audit(store::Reader& reader, const Registers& registers, const store::Files& files) {
  Audit audit;
  Findings findings(audit);
  registers.vault().refresh(reader);
  std::vector<LoggedTable> tables{logged_person(), logged_household()};
  for (const Register& of : registers.catalogue().registers) tables.push_back(logged_table(of));
  for (const LoggedTable& table : tables) compare_table(reader, table, registers.vault(), files, findings);
  compare_steps(reader, findings);
  compare_closure(reader, registers.catalogue(), findings);
  compare_postings(reader, findings);
  return audit;
}

}  // namespace zhijia::registers
