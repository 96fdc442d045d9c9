#include "registers/audit.hpp"

#include <boost/json.hpp>

#include "access/users.hpp"
#include "audit/logged_table.hpp"
#include "ledger/ledger.hpp"

namespace zhijia::registers {

namespace {

/// One row of flow_history with the entry that it was written with.
bool agrees_with_entry(const store::Rows& rows) {
  constexpr std::string_view prefix = "step:";
  const std::string_view kind = rows.text(3);
  if (rows.is_null(3) || rows.text(8) != rows.text(9)) return false;
  // A record that was made or imported in a later state has gone a way that its entry does not spell out.
  if (!kind.starts_with(prefix)) return true;
  if (kind.substr(prefix.size()) != rows.text(2)) return false;
  boost::json::error_code error;
  const boost::json::value body = boost::json::parse(std::string(rows.text(4)), error);
  if (error || !body.is_object()) return false;
  const auto member = [&](std::string_view name) {
    const boost::json::value* value = body.as_object().if_contains(name);
    return value ? *value : boost::json::value(nullptr);
  };
  const auto cell = [&](int column) {
    return rows.is_null(column) ? boost::json::value(nullptr)
                                : boost::json::value(boost::json::string(std::string(rows.text(column))));
  };
  const bool stays = rows.text(5) == rows.text(6);
  return (stays || member("state") == boost::json::value(boost::json::array{cell(5), cell(6)})) &&
         member("#reason") == cell(7) && member("#for") == cell(10);
}

/// Each step's actor, states, reason and place are those of the entry that it was taken with.
void compare_steps(store::Reader& reader, Findings& findings) {
  auto rows = reader.query(
      "SELECT f.register, f.record, f.step, c.kind, c.body, f.from_state, f.to_state, f.reason, f.actor, c.actor, "
      "f.for_whom FROM flow_history f LEFT JOIN change_log c ON c.position = f.position AND c.register = f.register "
      "AND "
      "c.record = f.record");
  while (rows.next()) {
    ++findings.audit().rows;
    if (!agrees_with_entry(rows))
      findings.add("audit.step", std::string(rows.text(0)) + "/" + std::to_string(rows.integer(1)),
                   std::string(rows.text(2)), "办理步骤的记载与日志不符",
                   "who took this step is not what the log says");
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

void compare_accounts(store::Reader& reader, Findings& findings) {
  findings.audit().rows += access::compare_with_log(reader, [&](Id user, std::string_view what) {
    findings.add("audit.account", "user_account/" + std::to_string(user), std::string(what), "账号或其权限与日志不符",
                 "the account, or what it may, is not what the log says");
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
  compare_accounts(reader, findings);
  return audit;
}

}  // namespace zhijia::registers
