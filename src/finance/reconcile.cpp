#include "finance/reconcile.hpp"

#include <algorithm>
#include <map>
#include <set>

#include "book.hpp"
#include "finance/batches.hpp"
#include "finance/running_balance.hpp"
#include "ledger/ledger.hpp"

namespace zhijia::finance {

namespace {

/// A line of the bank and what it was matched with.
struct BankLine {
  Movement movement;
  Id batch = 0, posting = 0;  ///< 0: none
};

const std::string movement_columns =
    "id, booked_on, coalesce(received, 0) - coalesce(paid, 0), coalesce(counterparty, ''), reference, "
    "coalesce(summary, '')";

Movement movement_of(const store::Rows& rows) {
  return {.id = rows.integer(0),
          .on = date_from_iso(rows.text(1)),
          .amount = Money{rows.integer(2)},
          .name = std::string(rows.text(3)),
          .words = std::string(rows.text(4)) + " " + std::string(rows.text(5))};
}

/// All matched lines, and those of the days that are asked for.
std::vector<BankLine> bank_lines(store::Reader& reader, Date from, Date to) {
  std::vector<BankLine> lines;
  auto rows =
      reader.query("SELECT " + movement_columns +
                       ", coalesce(batch, 0), coalesce(voucher, '') FROM bank_line "
                       "WHERE state = 'matched' OR (booked_on >= ?1 AND booked_on <= ?2) ORDER BY booked_on, id",
                   to_string(from), to_string(to));
  while (rows.next()) lines.push_back({movement_of(rows), rows.integer(6), parse_id(rows.text(7))});
  return lines;
}

struct ToldBalance {
  std::optional<Money> at_end;
  std::optional<BalanceMisfit> misfit;
};

/// Of all accounts together, each in the order in which its lines were entered; nothing when one of them tells none.
ToldBalance told_balance(store::Reader& reader, Date from, Date to) {
  std::map<std::string, std::pair<std::vector<Movement>, std::vector<ToldLine>>> accounts;
  {
    auto rows = reader.query(
        "SELECT " + movement_columns + ", account, balance FROM bank_line WHERE booked_on <= ?1 ORDER BY id",
        to_string(to));
    while (rows.next()) {
      auto& [movements, lines] = accounts[std::string(rows.text(6))];
      movements.push_back(movement_of(rows));
      lines.push_back({movements.back().on, movements.back().amount,
                       rows.is_null(7) ? std::nullopt : std::optional(Money{rows.integer(7)})});
    }
  }
  ToldBalance told;
  bool is_told = !accounts.empty();
  Money sum;
  for (const auto& [account, held] : accounts) {
    const auto& [movements, lines] = held;
    const RunningBalance running = running_balance(lines);
    is_told = is_told && running.last;
    sum += running.last.value_or(Money{});
    // What lies before the first day is taken as agreed.
    const auto first =
        std::ranges::find_if(running.misfits, [&](const Misfit& each) { return lines[each.line].on >= from; });
    if (!told.misfit && first != running.misfits.end())
      told.misfit = {movements[first->line], *lines[first->line].balance, first->expected};
  }
  if (is_told) told.at_end = sum;
  return told;
}

void add_up(const std::vector<Movement>& movements, Money& received, Money& paid) {
  for (const Movement& each : movements)
    if (each.amount > Money{})
      received += each.amount;
    else
      paid += Money{-each.amount.fen};
}

/// Those of `all` at these places.
std::vector<Movement> at(const std::vector<Movement>& all, const std::vector<std::size_t>& places) {
  std::vector<Movement> found;
  for (const std::size_t place : places) found.push_back(all[place]);
  return found;
}

/// A batch, or a posting.
using Key = std::pair<bool, Id>;
Key key_of(const Movement& entry) { return {entry.is_batch, entry.id}; }
Key key_of(const BankLine& line) { return {line.batch != 0, line.batch != 0 ? line.batch : line.posting}; }

/// Whether the book had what a line was matched with only after the last day.
bool is_posted_after(store::Reader& reader, const Key& key, Date to) {
  auto rows =
      key.first ? reader.query("SELECT 1 FROM payment_batch WHERE id = ?1 AND paid_on > ?2", key.second, to_string(to))
                : reader.query("SELECT 1 FROM posting WHERE id = ?1 AND posted_on > ?2", key.second, to_string(to));
  return rows.next();
}

/// Proposals among these places of the result only.
Matching propose(const Reconciliation& made, const std::vector<std::size_t>& lines,
                 const std::vector<std::size_t>& entries, int days) {
  Matching proposed = match(at(made.lines, lines), at(made.entries, entries), days);
  for (Pair& pair : proposed.exact) pair = {lines[pair.line], entries[pair.entry]};
  for (Doubt& doubt : proposed.doubtful) {
    doubt.line = lines[doubt.line];
    for (std::size_t& entry : doubt.entries) entry = entries[entry];
  }
  return proposed;
}

}  // namespace

Reconciliation reconcile(store::Reader& reader, const registers::Registers& registers, Date from, Date to, int days) {
  Reconciliation made;
  std::vector<Movement> entries = book_entries(reader, registers.catalogue(), from, to);
  name_payees(reader, registers, entries);
  std::set<Key> cleared, matched;  // by a line until the last day; by any
  std::vector<std::size_t> free_lines, free_entries;
  for (const BankLine& line : bank_lines(reader, from, to)) {
    const Key key = key_of(line);
    const bool is_matched = key.second != 0;
    if (is_matched) matched.insert(key);
    if (is_matched && line.movement.on <= to) cleared.insert(key);
    if (line.movement.on < from || line.movement.on > to) continue;
    if (is_matched && !is_posted_after(reader, key, to)) continue;
    if (!is_matched) free_lines.push_back(made.lines.size());
    made.lines.push_back(line.movement);
  }
  for (Movement& entry : entries) {
    if (cleared.contains(key_of(entry))) continue;
    if (!matched.contains(key_of(entry))) free_entries.push_back(made.entries.size());
    made.entries.push_back(std::move(entry));
  }
  made.proposed = propose(made, free_lines, free_entries, days);
  made.book_balance = ledger::balance(reader, bank_account, to, {.organisation = own_book});
  const ToldBalance told = told_balance(reader, from, to);
  made.bank_balance = told.at_end;
  made.balance_misfit = told.misfit;
  add_up(made.entries, made.book_received, made.book_paid);
  add_up(made.lines, made.bank_received, made.bank_paid);
  return made;
}

}  // namespace zhijia::finance
