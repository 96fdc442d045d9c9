#include "ledger/ledger.hpp"

namespace zhijia::ledger {

using store::Type;

std::vector<store::TableSchema> schemas() {
  store::TableSchema account{.name = "account",
                             .columns = {{"id", Type::integer, true}, {"path", Type::text, true}},
                             .primary_key = {"id"},
                             .uniques = {{"path"}},
                             .indexes = {},
                             .checks = {}};
  store::TableSchema posting{.name = "posting",
                             .columns = {{"id", Type::integer, true},
                                         {"position", Type::integer, true},
                                         {"posted_on", Type::text, true},
                                         {"register", Type::text, true},
                                         {"record", Type::integer, true}},
                             .primary_key = {"id"},
                             .uniques = {},
                             .indexes = {{"register", "record"}, {"posted_on"}},
                             .checks = {}};
  store::TableSchema line{.name = "posting_line",
                          .columns = {{"id", Type::integer, true},
                                      {"posting", Type::integer, true},
                                      {"account", Type::integer, true},
                                      {"debit", Type::integer, true},
                                      {"credit", Type::integer, true}},
                          .primary_key = {"id"},
                          .uniques = {},
                          .indexes = {{"posting"}, {"account"}},
                          .checks = {"debit >= 0 AND credit >= 0 AND (debit = 0) <> (credit = 0)"}};
  return {std::move(account), std::move(posting), std::move(line)};
}

Result<Id> Journal::post(const Posting& posting) {
  Money balance;
  for (const Line& line : posting.lines) {
    if (line.amount <= Money{})
      return fail("ledger.amount", "记账金额必须大于零。", "An amount posted must be above zero.");
    balance = line.side == Line::Side::debit ? balance + line.amount : balance - line.amount;
  }
  if (balance != Money{} || posting.lines.empty())
    return fail("ledger.unbalanced", "借贷不平衡，凭证未记入。", "Debit and credit differ; nothing was posted.");

  const Id id = ids_.next();
  transaction_.inserter("posting", {"id", "position", "posted_on", "register", "record"})
      .add(id, posting.position, to_string(posting.on), posting.register_, posting.record);
  auto& lines = transaction_.inserter("posting_line", {"id", "posting", "account", "debit", "credit"});
  for (const Line& line : posting.lines) {
    const bool is_debit = line.side == Line::Side::debit;
    lines.add(ids_.next(), id, account(line.account), is_debit ? line.amount : Money{},
              is_debit ? Money{} : line.amount);
  }
  return id;
}

Id Journal::account(const std::string& path) {
  const auto known = accounts_.find(path);
  if (known != accounts_.end()) return known->second;
  auto rows = transaction_.query("SELECT id FROM account WHERE path = ?", path);
  const bool exists = rows.next();
  const Id id = exists ? rows.integer(0) : ids_.next();
  if (!exists) transaction_.execute("INSERT INTO account (id, path) VALUES (?, ?)", id, path);
  accounts_.emplace(path, id);
  return id;
}

}  // namespace zhijia::ledger
